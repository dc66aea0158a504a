//! What is shipped for Grafana holds together: dashboards, data sources, documents, metrics, and what docs/dashboards.md says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use portalgraph::simulator::{DEMO_LOGIN, Simulator, World};
use reqwest::StatusCode;
use serde_json::Value;

use crate::house::{Client, http};
use crate::metrics::{free, get};
use crate::program::Served;

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The names of the files of a folder, without what comes after the dot.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    entries.map(|entry| name(&entry.unwrap().path())).collect()
}

fn dashboards() -> BTreeMap<String, Value> {
    let read = |name: String| {
        let board = serde_json::from_str(&text(&format!("config/grafana/dashboards/{name}.json"))).unwrap();
        (name, board)
    };
    names("config/grafana/dashboards").into_iter().map(read).collect()
}

/// All panels with their dashboard's name.
fn panels(dashboards: &BTreeMap<String, Value>) -> Vec<(&str, &Value)> {
    dashboards
        .iter()
        .flat_map(|(name, board)| {
            board["panels"].as_array().unwrap().iter().map(move |panel| (name.as_str(), panel))
        })
        .collect()
}

fn targets(panel: &Value) -> impl Iterator<Item = &Value> {
    panel["targets"].as_array().unwrap().iter()
}

/// The gateway with the documents that the dashboards use, and a person who is signed in.
async fn served() -> (Simulator, Served, String, Client) {
    let simulator = Simulator::local(World::demo()).await;
    let operator = free();
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/documents");
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__PORTAL__CALLBACK_URL", &simulator.url()),
        ("PORTALGRAPH__SERVER__OPERATOR_LISTEN", &operator),
        ("PORTALGRAPH__TRUSTED_DOCUMENTS__PATH", documents.to_str().unwrap()),
    ]);
    let client = Client::sign_in(&http(), &served.url, DEMO_LOGIN).await;
    (simulator, served, operator, client)
}

async fn table(client: &Client, address: &str) -> (StatusCode, String) {
    let response =
        http().get(format!("{}{address}", client.url)).bearer_auth(&client.token).send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

#[test]
fn every_dashboard_is_one_that_grafana_takes() {
    let sources: Value =
        serde_saphyr::from_str(&text("config/grafana/provisioning/datasources/portalgraph.yaml")).unwrap();
    let sources: BTreeMap<_, _> = sources["datasources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| (source["uid"].as_str().unwrap(), source["type"].as_str().unwrap()))
        .collect();
    let providers: Value =
        serde_saphyr::from_str(&text("config/grafana/provisioning/dashboards/portalgraph.yaml")).unwrap();
    assert_eq!(providers["providers"][0]["type"], "file");
    let dashboards = dashboards();
    assert_eq!(dashboards.keys().collect::<Vec<_>>(), ["agents", "gateway", "precision-queues"]);
    for (name, board) in &dashboards {
        assert_eq!(board["uid"], format!("portalgraph-{name}"));
        assert!(board["schemaVersion"].is_u64() && board["title"].is_string());
        let panels = board["panels"].as_array().unwrap();
        let ids: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
        assert_eq!(ids.len(), panels.len(), "{name}");
        let mut taken = BTreeSet::new();
        for panel in panels {
            let place = |key: &str| panel["gridPos"][key].as_u64().unwrap();
            assert!(place("x") + place("w") <= 24, "{name}: {panel}");
            for x in place("x")..place("x") + place("w") {
                for y in place("y")..place("y") + place("h") {
                    assert!(taken.insert((x, y)), "{name}: two panels at {x}, {y}");
                }
            }
            for shown in [panel].into_iter().chain(targets(panel)) {
                let (uid, kind) = (&shown["datasource"]["uid"], &shown["datasource"]["type"]);
                assert_eq!(sources.get(uid.as_str().unwrap()).copied(), kind.as_str(), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn every_table_has_the_columns_that_panels_show() {
    let (_simulator, _served, _, client) = served().await;
    let dashboards = dashboards();
    let mut used = BTreeSet::new();
    for (name, panel) in panels(&dashboards) {
        for target in targets(panel).filter(|target| target["url"].is_string()) {
            let address = target["url"].as_str().unwrap();
            let document =
                address.strip_prefix("/table/").and_then(|rest| rest.split_once(".json?shape=objects"));
            let (document, parameters) = document.unwrap_or_else(|| panic!("{name}: {address}"));
            used.insert(document.to_owned());
            let (status, objects) = table(&client, address).await;
            assert_eq!(status, StatusCode::OK, "{name}: {address}: {objects}");
            let objects: Value = serde_json::from_str(&objects).unwrap();
            let first = objects[0].as_object().unwrap_or_else(|| panic!("{name}: {address} is empty"));
            let (_, answer) = table(&client, &format!("/table/{document}.json?{parameters}")).await;
            let whole: Value = serde_json::from_str(&answer).unwrap();
            let types: BTreeMap<String, &Value> = whole["columns"]
                .as_array()
                .unwrap()
                .iter()
                .map(|column| (column["name"].as_str().unwrap().replace('.', "_"), &column["type"]))
                .collect();
            for column in target["columns"].as_array().unwrap() {
                let selector = column["selector"].as_str().unwrap();
                assert!(first.contains_key(selector), "{name}: {address}: no {selector} in {first:?}");
                assert_eq!(types[selector], &column["type"], "{name}: {address}: {selector}");
            }
        }
    }
    // Nothing is shipped that nobody looks at.
    assert_eq!(used, names("config/documents"));
}

/// Every metric of an expression, by its name.
fn metrics_of(expression: &str) -> impl Iterator<Item = &str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    expression.split(move |c| !is_name(c)).filter(|word| word.starts_with("portalgraph_"))
}

/// The labels that an expression keeps.
fn labels_of(expression: &str) -> BTreeSet<&str> {
    let lists = expression.split("by (").skip(1).filter_map(|rest| rest.split(')').next());
    lists.flat_map(|list| list.split(", ")).collect()
}

#[tokio::test]
async fn every_metric_of_a_dashboard_is_one_that_is_counted() {
    let (_simulator, _served, operator, client) = served().await;
    for _ in 0..2 {
        assert_eq!(table(&client, "/table/skill-groups.json").await.0, StatusCode::OK);
    }
    assert_eq!(table(&client, "/table/nothing.json").await.0, StatusCode::NOT_FOUND);
    let (_, page) = get(&format!("http://{operator}/metrics")).await;
    let dashboards = dashboards();
    let mut expressions = 0;
    for (name, panel) in panels(&dashboards) {
        for expression in targets(panel).filter_map(|target| target["expr"].as_str()) {
            expressions += 1;
            for metric in metrics_of(expression) {
                let is_sample =
                    |line: &&str| line.strip_prefix(metric).is_some_and(|rest| rest.starts_with(['{', ' ']));
                let sample = page.lines().find(is_sample);
                let sample = sample.unwrap_or_else(|| panic!("{name}: nothing counts {metric}\n{page}"));
                for label in labels_of(expression) {
                    assert!(
                        sample.contains(&format!("{label}=\"")),
                        "{name}: {metric} has no {label}: {sample}"
                    );
                }
            }
        }
    }
    assert!(expressions >= 18, "{expressions}");
}

#[tokio::test]
async fn what_the_documentation_shows_is_answered() {
    let (_simulator, _served, _, client) = served().await;
    let text = text("docs/dashboards.md");
    let addresses: Vec<_> = text
        .split("$GATEWAY/table/")
        .skip(1)
        .filter_map(|rest| rest.split(['\'', '"', '`', '\n', ' ', ')']).next())
        .collect();
    assert!(addresses.len() >= 5, "{addresses:?}");
    for address in addresses {
        let (status, answer) = table(&client, &format!("/table/{address}")).await;
        assert_eq!(status, StatusCode::OK, "{address}: {answer}");
    }
}

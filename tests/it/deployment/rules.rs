//! Metrics as docs/operations.md lists them: all there are, with their labels; and rules and dashboards that ask for no others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use portalgraph::simulator::{DEMO_LOGIN, Fault, Simulator, World};
use serde_json::Value;

use super::{list, path, text, yaml};
use crate::house::{Client, http};
use crate::metrics::{free, get};
use crate::program::Served;

type Metrics = BTreeMap<String, BTreeSet<String>>;

/// Every metric of the documentation, with its labels.
fn documented() -> Metrics {
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let rows = text("docs/operations.md");
    let rows = rows.lines().filter(|line| line.starts_with("| `portalgraph_"));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').collect();
        (quoted(cells[1]).remove(0), quoted(cells[2]).into_iter().collect())
    })
    .collect()
}

/// What a name of a sample or in an expression is the name of.
fn metric<'a>(metrics: &'a Metrics, name: &str) -> Option<(&'a String, &'a BTreeSet<String>)> {
    let plain = ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part));
    metrics.get_key_value(name).or_else(|| metrics.get_key_value(plain?))
}

#[test]
fn every_metric_is_documented_and_no_other() {
    let source = text("src/upstream/metric.rs");
    let declared: BTreeSet<_> = source
        .split("= \"portalgraph_")
        .skip(1)
        .map(|rest| format!("portalgraph_{}", rest.split('"').next().unwrap()))
        .collect();
    assert!(declared.len() > 20);
    assert_eq!(documented().into_keys().collect::<BTreeSet<_>>(), declared);
}

#[tokio::test]
async fn labels_are_those_that_are_documented() {
    let (simulator, operator) = (Simulator::local(World::demo()).await, free());
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__SERVER__OPERATOR_LISTEN", &operator),
    ]);
    let client = Client::sign_in(&http(), &served.url, DEMO_LOGIN).await;
    for query in
        ["{ departments { name } agents { nodes { skillGroups { name } } } }", "{ departments { name } }"]
    {
        client.data(query).await;
    }
    simulator.faults().next("getAllSites", Fault::Status(502), 1);
    client.data("{ sites { name } }").await;
    client.http().get(format!("{}/graphql", served.url)).send().await.unwrap();
    let (_, page) = get(&format!("http://{operator}/metrics")).await;
    let metrics = documented();
    let mut seen = BTreeSet::new();
    for line in page.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (name, rest) = line.split_once(['{', ' ']).unwrap();
        let (name, labels) = metric(&metrics, name).unwrap_or_else(|| panic!("{line} is not documented"));
        let told = rest.split_once('}').map_or("", |(labels, _)| labels);
        let told: BTreeSet<_> = told
            .split("\",")
            .filter_map(|label| label.split_once('='))
            .map(|(name, _)| name.to_owned())
            .collect();
        let told: BTreeSet<_> = told.into_iter().filter(|label| label != "le").collect();
        if line.contains('{') {
            assert_eq!(told, *labels, "{line}");
        } else {
            assert!(labels.is_empty(), "{line}");
        }
        seen.insert(name.clone());
    }
    assert!(seen.len() >= 17, "{seen:?}");
}

/// Every expression of the rules, with the name it is recorded by, if it is.
fn rules() -> Vec<(Option<String>, String)> {
    let mut rules = Vec::new();
    for entry in fs::read_dir(path("config/prometheus/rules")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let file = yaml(&format!("config/prometheus/rules/{name}"));
        for rule in list(&file["groups"]).iter().flat_map(|group| list(&group["rules"])) {
            let recorded = rule["record"].as_str().map(str::to_owned);
            rules.push((recorded, rule["expr"].as_str().unwrap().to_owned()));
        }
    }
    rules
}

/// Every expression of the dashboards.
fn panels() -> Vec<String> {
    let board: Value = serde_json::from_str(&text("config/grafana/dashboards/gateway.json")).unwrap();
    let targets = list(&board["panels"]).iter().flat_map(|panel| list(&panel["targets"]));
    targets.filter_map(|target| Some(target["expr"].as_str()?.to_owned())).collect()
}

#[test]
fn rules_and_dashboards_ask_for_what_there_is() {
    let (metrics, rules) = (documented(), rules());
    let recorded: BTreeSet<_> = rules.iter().filter_map(|(recorded, _)| recorded.clone()).collect();
    assert!(recorded.len() >= 5 && rules.len() >= 15);
    let of_prometheus = ["job", "le", "instance"];
    for expression in rules.iter().map(|(_, expression)| expression.clone()).chain(panels()) {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
        let mut labels = BTreeSet::new();
        for word in expression.split(|c| !is_name(c)).filter(|word| word.contains("portalgraph_")) {
            if word.contains(':') {
                assert!(recorded.contains(word), "{word} of {expression} is not recorded");
                continue;
            }
            let (_, known) = metric(&metrics, word).unwrap_or_else(|| panic!("{word} of {expression}"));
            labels.extend(known.iter().map(String::as_str));
        }
        if labels.is_empty() {
            continue;
        }
        let lists = expression.split("by (").skip(1).filter_map(|rest| rest.split(')').next());
        let matched = expression.split('{').skip(1).filter_map(|rest| rest.split(['=', '!']).next());
        for label in lists.flat_map(|list| list.split(", ")).chain(matched) {
            assert!(labels.contains(label) || of_prometheus.contains(&label), "{label} of {expression}");
        }
    }
    for name in &recorded {
        let is_tested = [format!("expr: {name}\n"), format!("expr: round({name},")];
        let tests = text("config/prometheus/tests.yaml");
        assert!(is_tested.iter().any(|test| tests.contains(test)), "{name} has no test");
    }
}

#[test]
fn every_alert_has_a_line_that_says_what_to_do() {
    let alerts = yaml("config/prometheus/rules/alerts.yaml");
    let docs = text("docs/operations.md");
    let tested = text("config/prometheus/tests.yaml");
    for rule in list(&alerts["groups"][0]["rules"]) {
        let name = rule["alert"].as_str().unwrap();
        assert!(docs.contains(&format!("`{name}`")), "{name} is not in docs/operations.md");
        assert!(tested.contains(&format!("alertname: {name}")), "{name} has no test");
        assert!(["page", "ticket"].contains(&rule["labels"]["severity"].as_str().unwrap()), "{name}");
        assert!(rule["annotations"]["summary"].is_string(), "{name}");
    }
}

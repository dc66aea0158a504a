//! The console, as the operator's listener of the real program shows it: what it tells is what was asked and what that cost,
//! and nobody else's page is told anything.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;
use portalgraph::simulator::{ANY, DEMO_ICWS_LOGIN, DEMO_LOGIN, Fault, SIZED_LOGIN, Simulator, World};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::house::{Client, ICWS, http};
use crate::live::Socket;
use crate::metrics::{free, get};
use crate::program::Served;

const STATE: &str = "/console/state.json";

/// A gateway with an operator's listener, in front of the demonstration.
struct Watched {
    simulator: Simulator,
    served: Served,
    operator: String,
}

impl Watched {
    async fn with(settings: &[(&str, &str)]) -> Self {
        Self::over(World::demo(), settings).await
    }

    async fn over(world: World, settings: &[(&str, &str)]) -> Self {
        let simulator = Simulator::local(world).await;
        let operator = free();
        let url = simulator.url();
        let own = [
            ("PORTALGRAPH__PORTAL__URL", url.as_str()),
            ("PORTALGRAPH__PORTAL__CALLBACK_URL", &url),
            ("PORTALGRAPH__ICWS__URL", &url),
            ("PORTALGRAPH__SERVER__OPERATOR_LISTEN", &operator),
        ];
        let served = Served::start(&[&own, settings].concat());
        Self { simulator, served, operator }
    }

    async fn sign_in(&self) -> Client {
        Client::sign_in(&http(), &self.served.url, DEMO_LOGIN).await
    }

    async fn state(&self) -> Value {
        let (status, body) = get(&format!("http://{}{STATE}", self.operator)).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Asks at the operator's listener with these headers.
    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = http().request(method, format!("http://{}{path}", self.operator));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }
}

/// The row of a list in which these fields have these values.
fn row<'a>(list: &'a Value, fields: &[(&str, &str)]) -> &'a Value {
    let is_it = |row: &&Value| fields.iter().all(|(name, value)| row[*name] == *value);
    list.as_array().unwrap().iter().find(is_it).unwrap_or_else(|| panic!("no {fields:?} in {list}"))
}

fn sum(counts: &Value) -> u64 {
    counts.as_object().unwrap().values().filter_map(Value::as_u64).sum()
}

#[tokio::test]
async fn what_was_asked_is_told_with_what_it_cost_the_portal() {
    let documents = concat!(env!("CARGO_MANIFEST_DIR"), "/config/documents");
    let watched = Watched::with(&[("PORTALGRAPH__TRUSTED_DOCUMENTS__PATH", documents)]).await;
    let before = watched.state().await;
    assert_eq!(before["sessions"], json!({"people": 0, "serviceAccounts": 0, "serviceAccountsListed": 0}));
    assert_eq!((&before["operations"], &before["calls"]), (&json!([]), &json!([])));
    let client = watched.sign_in().await.entering(ICWS, DEMO_ICWS_LOGIN).await;
    client.data("{ users { totalCount } departments { name } }").await;
    client.data("{ users { nodes { displayName } } icws { roles { totalCount } } }").await;
    let named = format!("{}/table/skill-groups.csv", watched.served.url);
    for _ in 0..2 {
        let table = http().get(&named).bearer_auth(&client.token).send().await.unwrap();
        assert_eq!(table.status(), StatusCode::OK);
    }
    watched.simulator.faults().always("getAllSites", Fault::RefuseWith("NO"));
    assert_eq!(client.ask("{ sites { name } }").await.codes().len(), 1);
    client.ask("{ nothing }").await;

    let state = watched.state().await;
    assert_eq!(state["notReady"], Value::Null);
    assert!(state["upSeconds"].as_f64() > before["upSeconds"].as_f64());
    assert_eq!(state["sessions"]["people"], 1);
    // Every call the portal has seen, and no other.
    let mut seen: BTreeMap<_, u64> = BTreeMap::new();
    for call in watched.simulator.journal().take() {
        *seen.entry(call.operation.to_owned()).or_default() += 1;
    }
    let told = state["calls"].as_array().unwrap().iter();
    let told = told.map(|call| (call["operation"].as_str().unwrap().to_owned(), sum(&call["outcomes"])));
    assert_eq!(told.collect::<BTreeMap<_, _>>(), seen);
    assert_eq!(row(&state["calls"], &[("operation", "getAllSites")])["outcomes"], json!({"refused": 1}));
    let users = &row(&state["calls"], &[("operation", "getUsers")])["recent"];
    assert!(users["calls"] == 1 && users["bytes"].as_u64() > Some(1_000), "{users}");
    assert!(
        users["medianSeconds"].as_f64() > Some(0.0) && users["medianSeconds"] == users["p95Seconds"],
        "{users}"
    );
    // Signing in goes past the rooms for calls, where times are seen.
    assert_eq!(row(&state["calls"], &[("operation", "login")])["recent"], Value::Null);

    let operations = &state["operations"];
    let table = row(operations, &[("name", "SkillGroups"), ("type", "query")]);
    assert_eq!(table["outcomes"], json!({"ok": 2}));
    let other = row(operations, &[("name", "other"), ("type", "query")]);
    assert_eq!(other["outcomes"], json!({"ok": 2, "partial": 1, "refused": 1}));
    let classes: Vec<_> = other["classes"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
    assert_eq!(classes.len(), state["classEnds"].as_array().unwrap().len() + 1);
    assert!(classes.is_sorted() && classes.last() == Some(&3), "those that were not refused: {classes:?}");
    assert!(other["seconds"].as_f64() > Some(0.0));
    assert_eq!(row(operations, &[("name", "other"), ("type", "mutation")])["outcomes"], json!({"ok": 2}));
    assert_eq!(state["requests"]["wholeAnswers"], json!({"kept": 1, "worked_out": 5}));

    assert_eq!(
        row(&state["cache"]["nouns"], &[("noun", "user")]),
        &json!({"noun": "user", "called": 1, "shared": 0, "kept": 1})
    );
    let kept = &state["cache"]["answers"];
    assert!(kept["entries"].as_u64() >= Some(4) && kept["bytes"].as_u64() > Some(1_000), "{kept}");
    assert_eq!(kept["mostBytes"], 134_217_728);
    assert!(state["cache"]["wholeAnswers"]["entries"].as_u64() >= Some(2), "{}", state["cache"]);
    let room = row(&state["upstreams"], &[("name", "portal"), ("class", "read")]);
    let refused = json!({"full": 0, "late": 0, "open": 0, "paused": 0});
    assert_eq!(
        room,
        &json!({
            "name": "portal", "class": "read", "breaker": "closed", "underWay": 0, "waiting": 0,
            "limit": 64, "most": 64, "refused": refused,
        })
    );
}

#[tokio::test]
async fn what_is_kept_is_weighed_by_the_memory_that_its_records_take() {
    let watched = Watched::over(World::sized(60), &[]).await;
    let client = Client::sign_in(&http(), &watched.served.url, SIZED_LOGIN).await;
    let weight = |state: &Value| state["cache"]["answers"]["bytes"].as_u64().unwrap();
    client.data("{ users { totalCount } }").await;
    let before = weight(&watched.state().await);
    client.data("{ agents(first: 60) { nodes { attributes { value } } } }").await;
    let state = watched.state().await;
    let received =
        row(&state["calls"], &[("operation", "getAllAgents")])["recent"]["bytes"].as_u64().unwrap();
    // In each agent of this list are objects that no field names, and each of those takes several times its JSON.
    assert!(weight(&state) - before > 2 * received, "{received} bytes: {}", state["cache"]);
}

#[tokio::test]
async fn plans_are_told_by_the_way_they_went_and_with_what_was_learnt() {
    let watched = Watched::over(World::sized(60), &[]).await;
    let client = Client::sign_in(&http(), &watched.served.url, SIZED_LOGIN).await;
    let plan = |state: &Value| row(&state["plans"], &[("edge", "agent_skill_groups")]).clone();
    let before = plan(&watched.state().await);
    assert_eq!(before["ways"], json!({"forward": 0, "inverse": 0, "kept": 0}));
    assert_eq!((&before["setting"], &before["forward"][0]["isSeen"]), (&json!("auto"), &json!(false)));
    watched.simulator.journal().take();
    client.data("{ agents(first: 1) { nodes { skillGroups { name } } } }").await;
    let calls: Vec<_> = watched.simulator.journal().take().into_iter().map(|call| call.operation).collect();
    assert!(calls.contains(&"getSkillsForAgent") && !calls.contains(&"getSkillGroups"), "{calls:?}");
    let one = plan(&watched.state().await);
    assert_eq!(one["ways"], json!({"forward": 1, "inverse": 0, "kept": 0}));
    assert_eq!(one["forward"][0]["operation"], "getSkillsForAgent");
    assert_eq!(one["forward"][0]["isSeen"], true);
    client.data("{ agents { nodes { skillGroups { name } } } }").await;
    let calls: Vec<_> = watched.simulator.journal().take().into_iter().map(|call| call.operation).collect();
    assert!(calls.contains(&"getAllAgentsForSkill"), "{calls:?}");
    let all = plan(&watched.state().await);
    assert_eq!(all["ways"], json!({"forward": 1, "inverse": 1, "kept": 0}));
    // Another question about the same agents.
    client.data("{ agents { nodes { id skillGroups { name } } } }").await;
    assert_eq!(watched.simulator.journal().take().len(), 0);
    assert_eq!(plan(&watched.state().await)["ways"], json!({"forward": 1, "inverse": 1, "kept": 1}));
}

#[tokio::test]
async fn a_portal_that_fails_is_seen_at_its_breaker() {
    let watched = Watched::with(&[]).await;
    let client = watched.sign_in().await;
    watched.simulator.faults().always(ANY, Fault::Reset);
    for _ in 0..20 {
        client.ask("{ roleGroups { name } platforms { name } sites { name } }").await;
    }
    let state = watched.state().await;
    let read = row(&state["upstreams"], &[("name", "portal"), ("class", "read")]);
    assert!(read["breaker"] == "open" || read["breaker"] == "trying", "{read}");
    assert!(read["refused"]["open"].as_u64() > Some(0), "{read}");
    let write = row(&state["upstreams"], &[("name", "portal"), ("class", "write")]);
    assert_eq!(write["breaker"], "closed");
    let platforms = row(&state["calls"], &[("operation", "getAllPlatforms")]);
    assert!(platforms["retries"].as_u64() > Some(0) && platforms["outcomes"]["failed"].as_u64() > Some(0));
}

#[tokio::test]
async fn a_poller_is_told_for_as_long_as_somebody_subscribes() {
    let watched = Watched::with(&[
        ("PORTALGRAPH__LIVE__POLL_MIN_MILLISECONDS", "3600000"),
        ("PORTALGRAPH__LIVE__POLL_MAX_MILLISECONDS", "3600000"),
    ])
    .await;
    let client = watched.sign_in().await;
    watched.simulator.journal().take();
    let mut sockets = Vec::new();
    for _ in 0..2 {
        let mut socket = Socket::of(&client).await;
        socket.subscribe("1", "subscription { callbackQueues { name } }").await;
        socket.data().await;
        sockets.push(socket);
    }
    let asked = watched.simulator.journal().take();
    assert_eq!(asked.len(), 1, "one poll for both");
    let live = watched.state().await["live"].clone();
    assert_eq!(live["subscriptions"], 2);
    let poll = row(&live["polls"], &[("operation", asked[0].operation)]);
    assert_eq!((&poll["noun"], &poll["pollers"]), (&json!("catalogue"), &json!(1)), "{poll}");
    assert_eq!(poll["outcomes"], json!({"changed": 1}));
    assert!(poll["restSeconds"].as_f64() > Some(2_800.0), "{poll}");
    drop(sockets);
    let gone = loop {
        let live = watched.state().await["live"].clone();
        if live["subscriptions"] == 0 && live["polls"][0]["pollers"] == 0 {
            break live;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(gone["polls"][0]["restSeconds"], Value::Null);
    assert_eq!(gone["polls"][0]["outcomes"], json!({"changed": 1}), "what was counted stays");
}

#[tokio::test]
async fn settings_that_are_read_again_hold_for_the_console_too() {
    let simulator = Simulator::local(World::demo()).await;
    let operator = free();
    let file = std::env::temp_dir().join(format!("portalgraph-console-{}.toml", std::process::id()));
    let text =
        format!("[portal]\nurl = \"{}\"\n[server]\noperator_listen = \"{operator}\"\n", simulator.url());
    fs::write(&file, &text).unwrap();
    let served = Served::start_with(&["--config", file.to_str().unwrap()], &[]);
    let watched = Watched { simulator, served, operator };
    let before = watched.state().await;
    assert_eq!(before["requests"]["places"], 1_024);
    // Neither the callback service nor ICWS has an address in these settings.
    let servers: Vec<_> = before["upstreams"].as_array().unwrap().iter().map(|room| &room["name"]).collect();
    assert_eq!(servers, ["portal", "portal"]);
    let by_name = [("host", "gateway.internal")];
    assert_eq!(watched.ask(Method::GET, STATE, &by_name).await.status(), StatusCode::FORBIDDEN);
    fs::write(&file, format!("{text}max_requests = 7\noperator_hosts = [\"gateway.internal\"]\n")).unwrap();
    watched.served.signal(Signal::SIGHUP);
    while watched.state().await["requests"]["places"] != 7 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(watched.ask(Method::GET, STATE, &by_name).await.status(), StatusCode::OK);
    fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn nothing_of_the_console_is_where_clients_are() {
    let watched = Watched::with(&[]).await;
    let mut paths = vec!["/console".to_owned(), STATE.to_owned(), "/console.html".to_owned()];
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/dist/assets");
    for asset in fs::read_dir(assets).into_iter().flatten() {
        let name = asset.unwrap().file_name().into_string().unwrap();
        if name.starts_with("console") {
            paths.push(format!("/assets/{name}"));
        }
    }
    for path in &paths {
        assert_eq!(get(&format!("{}{path}", watched.served.url)).await.0, 404, "{path}");
    }
    // The file of the page is no address of its own there either.
    for path in paths.iter().filter(|path| *path != "/console.html") {
        assert_eq!(get(&format!("http://{}{path}", watched.operator)).await.0, 200, "{path}");
    }
    let simulator = Simulator::local(World::demo()).await;
    let served = Served::start(&[("PORTALGRAPH__PORTAL__URL", &simulator.url())]);
    assert_eq!(get(&format!("{}/console", served.url)).await.0, 404);
}

#[tokio::test]
async fn other_sites_are_told_nothing_and_nothing_can_be_changed() {
    let hosts = ("PORTALGRAPH__SERVER__OPERATOR_HOSTS", "gateway.internal");
    let watched = Watched::with(&[hosts]).await;
    let own = format!("http://{}", watched.operator);
    for (path, headers, expected) in [
        (STATE, vec![], 200),
        ("/console", vec![], 200),
        (STATE, vec![("sec-fetch-site", "same-origin")], 200),
        (STATE, vec![("origin", own.as_str())], 200),
        (STATE, vec![("host", "gateway.internal:9464")], 200),
        (STATE, vec![("host", "localhost:9464")], 200),
        // A link from elsewhere may open the page; what it shows it asks for itself.
        ("/console", vec![("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], 200),
        (STATE, vec![("sec-fetch-site", "cross-site")], 403),
        (STATE, vec![("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:1")], 403),
        (STATE, vec![("origin", "https://evil.example")], 403),
        (STATE, vec![("origin", "null")], 403),
        // Another site that has given its own name this address.
        (STATE, vec![("host", "evil.example:9464")], 403),
        ("/console", vec![("host", "evil.example")], 403),
        ("/assets/console.js", vec![("host", "evil.example")], 403),
    ] {
        let response = watched.ask(Method::GET, path, &headers).await;
        assert_eq!(response.status().as_u16(), expected, "{path} {headers:?}");
        let header = |name| response.headers().get(name).map_or("", |value| value.to_str().unwrap());
        assert_eq!(header("access-control-allow-origin"), "");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(header("x-frame-options"), "DENY");
        let policy = header("content-security-policy");
        let has = |directive| policy.split(';').any(|part| part.trim() == directive);
        assert!(
            has("default-src 'none'") && has("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        let text = response.text().await.unwrap();
        assert!(expected == 200 || !text.contains("upSeconds"), "{text}");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let response = watched.ask(method.clone(), STATE, &[]).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    assert_eq!(watched.simulator.journal().take().len(), 0, "nothing is asked of the portal for the console");
}

#[tokio::test]
async fn nobody_and_nothing_secret_is_told() {
    let password = crate::service::password_file(DEMO_LOGIN.1);
    let (token, hash) = crate::service::token();
    let watched = Watched::with(&[
        ("PORTALGRAPH__SERVICE_ACCOUNT__1__NAME", "wall-of-the-night"),
        ("PORTALGRAPH__SERVICE_ACCOUNT__1__TOKENS", &hash),
        ("PORTALGRAPH__SERVICE_ACCOUNT__1__USERNAME", DEMO_LOGIN.0),
        ("PORTALGRAPH__SERVICE_ACCOUNT__1__PASSWORD_FILE", password.to_str().unwrap()),
    ])
    .await;
    let client = watched.sign_in().await;
    let wall = client.holding(&token);
    let query =
        "query Whats_my_name { users(first: 1, search: {term: \"Sought_for\"}) { nodes { displayName } } }";
    for client in [&client, &wall] {
        client.data(query).await;
    }
    let text = watched.state().await.to_string();
    let state: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(state["sessions"], json!({"people": 1, "serviceAccounts": 1, "serviceAccountsListed": 1}));
    for secret in [
        DEMO_LOGIN.0,
        DEMO_LOGIN.1,
        "wall-of-the-night",
        &client.token,
        &token,
        &hash,
        "Whats_my_name",
        "Sought_for",
        "127.0.0.1",
        "localhost",
        "http",
        &watched.simulator.url(),
    ] {
        assert!(!text.contains(secret), "{secret}\n{text}");
    }
}

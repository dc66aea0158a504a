//! Starting, reloading and stopping: a portal that is not there yet, that is killed and comes back; settings that change; the
//! end under load.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

use nix::sys::signal::Signal;
use portalgraph::config::Config;
use portalgraph::simulator::{DEMO_LOGIN, Simulator, World};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::house::{self, Client, PORTAL, http};
use crate::program::{Served, program};

/// A portal in a process of its own, which is killed when dropped.
struct Killable(Child);

impl Killable {
    async fn start(address: &str) -> Self {
        let mut command = program(&["simulate", "--listen", address]);
        let portal = Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        while tokio::net::TcpStream::connect(address).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
        portal
    }
}

impl Drop for Killable {
    fn drop(&mut self) {
        // That is kill -9.
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Waits until the gateway is ready or not, and answers what it says.
async fn readiness(url: &str, status: StatusCode) -> Value {
    loop {
        let response = http().get(format!("{url}/health/ready")).send().await.unwrap();
        if response.status() == status {
            return serde_json::from_str(&response.text().await.unwrap()).unwrap();
        }
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_portal_that_comes_and_is_killed_and_comes_back_needs_no_restart() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut config = Config::default();
    config.portal.url = format!("http://{address}");
    let (url, _stop) = house::gateway(config).await;
    let nobody = Client::nobody(&http(), &url);
    assert_eq!(nobody.log_in(PORTAL, DEMO_LOGIN).await.codes(), ["PORTAL_UNREACHABLE"]);
    let reason = readiness(&url, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(reason, json!({"status": "not ready", "reason": "the portal (portal.url) cannot be reached"}));
    let live = http().get(format!("{url}/health/live")).send().await.unwrap();
    assert_eq!(live.status(), StatusCode::OK);

    let portal = Killable::start(&address).await;
    readiness(&url, StatusCode::OK).await;
    let client = nobody.entering(PORTAL, DEMO_LOGIN).await;
    let departments = client.data("{ departments { name } }").await;
    drop(portal);
    let answer = client.ask("{ departments { name } sites { name } roleGroups { name } }").await;
    assert_eq!(answer.codes(), ["PORTAL_UNREACHABLE"; 2], "{}", answer.body);
    assert_eq!(answer.body["data"]["departments"], departments["departments"], "what is kept stands");
    let errors = answer.body["errors"].as_array().unwrap();
    let mut paths: Vec<_> = errors.iter().map(|error| error["path"].to_string()).collect();
    paths.sort();
    assert_eq!(paths, ["[\"roleGroups\"]", "[\"sites\"]"]);

    let _portal = Killable::start(&address).await;
    // The portal has forgotten its sessions: that is said, and signing in again is all it takes.
    assert_eq!(client.ask("{ sites { name } }").await.codes(), ["UNAUTHENTICATED"]);
    let client = nobody.entering(PORTAL, DEMO_LOGIN).await;
    let data = client.data("{ departments { name } sites { name } roleGroups { name } }").await;
    assert_eq!(data["departments"], departments["departments"]);
    readiness(&url, StatusCode::OK).await;
}

fn settings_file(name: &str, text: &str) -> PathBuf {
    let file = std::env::temp_dir().join(format!("portalgraph-life-{}-{name}.toml", std::process::id()));
    fs::write(&file, text).unwrap();
    file
}

/// Asks until it is answered so.
async fn until_answered(client: &Client, query: &str, codes: &[&str]) {
    while client.ask(query).await.codes() != codes {
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn settings_are_read_again_and_what_needs_a_restart_is_named() {
    let simulator = Simulator::local(World::demo()).await;
    let portal = format!("[portal]\nurl = \"{}\"\n", simulator.url());
    let file = settings_file("reload", &portal);
    let served = Served::start_with(&["--config", file.to_str().unwrap()], &[]);
    let client = Client::sign_in(&http(), &served.url, DEMO_LOGIN).await;
    let deep = "{ viewer { user { agent { id } } } }";
    until_answered(&client, deep, &[]).await;

    let changed = "max_concurrent_calls = 3\n[limits]\nmax_depth = 3\n[log]\nlevel = \"debug\"\n";
    fs::write(&file, format!("{portal}{changed}")).unwrap();
    served.signal(Signal::SIGHUP);
    until_answered(&client, deep, &["QUERY_TOO_COSTLY"]).await;
    client.data("{ departments { name } }").await;

    // An invalid file changes nothing; a valid one is taken up without a signal.
    fs::write(&file, format!("{portal}[limits]\nmax_depth = \"deep\"\n")).unwrap();
    served.signal(Signal::SIGHUP);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(client.ask(deep).await.codes(), ["QUERY_TOO_COSTLY"]);
    fs::write(&file, &portal).unwrap();
    until_answered(&client, deep, &[]).await;

    let log = served.end();
    fs::remove_file(file).unwrap();
    for expected in [
        "limits.max_depth, log.level",
        "need a restart settings.changed=\"portal.max_concurrent_calls\"",
        "are not valid; those from before still hold",
        "; expected a whole number from 1",
        "portal.operation=\"getAllDepartments\"",
    ] {
        assert!(log.contains(expected), "{expected} in {log}");
    }
    assert!(!log.contains(&simulator.url()), "{log}");
}

/// Asks until nobody listens any more; answers how often something was answered.
async fn busy(client: Client, id: String, number: usize) -> usize {
    let mut answered = 0;
    for round in 0.. {
        let (query, key) = if number.is_multiple_of(4) {
            let input = format!("{{skillGroupId: \"{id}\", description: \"{number} {round}\"}}");
            (
                format!("mutation {{ saveSkillGroup(input: {input}) {{ userErrors {{ code }} }} }}"),
                "saveSkillGroup",
            )
        } else {
            (
                format!(
                    "{{ skillGroups(first: 3) {{ nodes {{ n{round}: name agents {{ totalCount }} }} }} }}"
                ),
                "skillGroups",
            )
        };
        let request = http_of(&client).body(json!({ "query": query }).to_string());
        match request.send().await {
            Ok(response) => {
                assert_eq!(response.status(), StatusCode::OK);
                let text = response.text().await.expect("an answer that began comes to its end");
                let body: Value = serde_json::from_str(&text).unwrap();
                assert!(body["errors"].is_null() && body["data"][key].is_object(), "{body}");
                answered += 1;
            }
            Err(error) => {
                assert!(error.is_connect(), "an accepted request without an answer: {error:?}");
                break;
            }
        }
    }
    answered
}

fn http_of(client: &Client) -> reqwest::RequestBuilder {
    let request = client.http().post(format!("{}/graphql", client.url)).bearer_auth(&client.token);
    request.header("content-type", "application/json")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_under_load_it_leaves_no_request_without_an_answer_and_sends_no_write_twice() {
    for _ in 0..3 {
        let simulator = Simulator::local(World::demo()).await;
        simulator.settings(|settings| settings.delay = Duration::from_millis(20));
        let served = Served::start(&[
            ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
            ("PORTALGRAPH__RATE__IDENTITY_REQUESTS_PER_MINUTE", "0"),
            ("PORTALGRAPH__SERVER__WORKER_THREADS", "2"),
        ]);
        let client = Client::sign_in(&http(), &served.url, DEMO_LOGIN).await;
        let ids = client.data("{ skillGroups(first: 20) { nodes { id } } }").await;
        let ids = ids["skillGroups"]["nodes"].as_array().unwrap();
        let id = |number: usize| ids[number % ids.len()]["id"].as_str().unwrap().to_owned();
        // Each with connections of its own, as separate clients have.
        let clients =
            (0..16).map(|number| (number, Client::nobody(&http(), &served.url).holding(&client.token)));
        let busy: Vec<_> =
            clients.map(|(number, client)| tokio::spawn(busy(client, id(number), number))).collect();
        sleep(Duration::from_millis(700)).await;
        served.signal(Signal::SIGTERM);
        let (mut changes, mut all) = (0, 0);
        for (number, busy) in busy.into_iter().enumerate() {
            let answered = busy.await.unwrap();
            all += answered;
            changes += if number.is_multiple_of(4) { answered } else { 0 };
        }
        let (status, log) = tokio::task::spawn_blocking(|| served.wait()).await.unwrap();
        assert!(status.success(), "{log}");
        assert!(changes > 0 && all > changes, "{changes} of {all}");
        assert_eq!(simulator.journal().counts()["saveSkillGroup"], u64::try_from(changes).unwrap());
    }
}

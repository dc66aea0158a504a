//! What the program logs, however much it is asked to log, what it tells a collector of traces, and what it puts into the store,
//! holds no secret and nothing the portal or a client said.

use std::fs;
use std::time::Duration;

use nix::sys::signal::Signal;
use portalgraph::simulator::{ANY, Fault, Simulator, World};
use serde_json::Value;

use crate::house::{self, Client, ICWS};
use crate::program::Served;
use crate::redis::Redis;
use crate::service::{password_file, token};
use crate::traces::Collector;

/// A password that appears nowhere else.
const PASSWORD: &str = "s3cr3t-of-the-portal";
const NAME: &str = "admin@dmn";
const ICWS_PASSWORD: &str = "s3cr3t-of-icws";
const ICWS_NAME: &str = "icadmin";
const SERVICE_PASSWORD: &str = "s3cr3t-of-the-dashboard";
const SERVICE_NAME: &str = "billing@dmn";
/// What a client sends that is nobody else's business.
const SEARCHED: &str = "a-name-somebody-looks-for";

fn world() -> World {
    let mut world = World::demo();
    for login in world.logins.iter_mut().filter(|login| login.name == NAME) {
        PASSWORD.clone_into(&mut login.password);
    }
    for login in world.logins.iter_mut().filter(|login| login.name == SERVICE_NAME) {
        SERVICE_PASSWORD.clone_into(&mut login.password);
    }
    ICWS_PASSWORD.clone_into(&mut world.icws.users[0].password);
    world
}

// The collector goes on while the test waits for the program to end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_secret_is_logged_at_any_level_or_traced_or_can_be_read_in_the_store() {
    let simulator = Simulator::local(world()).await;
    let people = names(&simulator);
    assert!(people.len() > 100, "{people:?}");
    let (file, (service_token, hash)) = (password_file(SERVICE_PASSWORD), token());
    for (level, format) in [("trace", "pretty"), ("trace", "json")] {
        let (redis, collector) = (Redis::start(), Collector::start().await);
        let served = Served::start(&[
            ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
            ("PORTALGRAPH__PORTAL__CALLBACK_URL", &simulator.url()),
            ("PORTALGRAPH__PORTAL__CALL_TIMEOUT_MILLISECONDS", "300"),
            ("PORTALGRAPH__ICWS__URL", &simulator.url()),
            ("PORTALGRAPH__ICWS__CALL_TIMEOUT_MILLISECONDS", "300"),
            ("PORTALGRAPH__SERVICE_ACCOUNT__1__NAME", "wall"),
            ("PORTALGRAPH__SERVICE_ACCOUNT__1__TOKENS", &hash),
            ("PORTALGRAPH__SERVICE_ACCOUNT__1__USERNAME", SERVICE_NAME),
            ("PORTALGRAPH__SERVICE_ACCOUNT__1__PASSWORD_FILE", file.to_str().unwrap()),
            ("PORTALGRAPH__SESSION__STORE", &redis.url()),
            ("PORTALGRAPH__SESSION__STORE_KEYS_FILE", redis.keys().to_str().unwrap()),
            ("PORTALGRAPH__CACHE__SHARED", "true"),
            ("PORTALGRAPH__LOG__LEVEL", level),
            ("PORTALGRAPH__LOG__FORMAT", format),
            ("PORTALGRAPH__TELEMETRY__ENDPOINT", &collector.url),
            ("PORTALGRAPH__TELEMETRY__SAMPLE_PER_THOUSAND", "1000"),
            ("PORTALGRAPH__TELEMETRY__EXPORT_INTERVAL_MILLISECONDS", "100"),
        ]);
        let http = house::http();
        let client = Client::sign_in(&http, &served.url, (NAME, PASSWORD)).await;
        let client = client.entering(ICWS, (ICWS_NAME, ICWS_PASSWORD)).await;
        let wall = Client::nobody(&http, &served.url).holding(&service_token);
        assert!(wall.data("{ users { totalCount } }").await["users"]["totalCount"].is_number());
        wall.holding(&format!("{service_token}x")).ask("{ users { totalCount } }").await;
        change_everything(&client).await;
        let secrets = ask_for_everything(&simulator, &http, &client).await;
        let (stored, proofs) = (redis.everything(), simulator.proofs());
        assert!(proofs.len() > 3 && stored.len() > 10_000, "{} {}", proofs.len(), stored.len());
        let key = fs::read_to_string(redis.keys()).unwrap().split_once(':').unwrap().1.trim().to_owned();
        // With the last spans, which are sent when it stops.
        served.signal(Signal::SIGTERM);
        let (_, log) = served.wait();
        let traces: Vec<u8> = collector.sent().iter().flat_map(|sent| sent.body.to_vec()).collect();
        for call in ["getUsers", "listRoles", "createRole", "login", "connect"] {
            assert!(collector.spans().iter().any(|span| span.is_call() && span.name == call), "{call}");
        }
        for call in ["portal call", "getUsers", "ICWS call", "listRoles", "createRole"] {
            assert!(log.contains(call), "the log is there: {log:.500}");
        }
        let host = simulator.url().strip_prefix("http://").unwrap().to_owned();
        let port = host.rsplit(':').next().unwrap().to_owned();
        for secret in secrets.iter().chain(&people).chain(&proofs).map(String::as_str).chain([
            &*key,
            &redis.url(),
            SERVICE_PASSWORD,
            SERVICE_NAME,
            &encoded(SERVICE_PASSWORD),
            &encoded(SERVICE_NAME),
            &service_token,
            &hash,
            PASSWORD,
            &encoded(PASSWORD),
            &encoded("wrong-password"),
            &encoded(NAME),
            "wrong-password",
            SEARCHED,
            &client.token,
            "JSESSIONID",
            "authToken",
            "userToken",
            &host,
            &format!(":{port}"),
            "Alder",
            "j_security_check",
            ICWS_PASSWORD,
            ICWS_NAME,
            "icws_",
            "csrfToken",
            "ININ-ICWS",
            "May do everything",
            "Leads a team",
        ]) {
            // The audit log is there to say who signed in.
            let is_who = |line: &&str| secret == ICWS_NAME && line.contains("portalgraph::audit");
            let line = log.lines().filter(|line| !is_who(line)).find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret} is logged");
            let is_stored = stored.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!is_stored, "{secret} is in the store");
            let is_told = traces.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!is_told, "{secret} is in a trace");
        }
    }
}

/// What people are called, and how they are reached.
fn names(simulator: &Simulator) -> Vec<String> {
    simulator.world(|world| {
        let users = world.tenants.iter().flat_map(|tenant| tenant.users.values());
        let texts = users
            .flat_map(|user| [&user.login_nm, &user.email, &user.phone, &user.last_nm].map(Clone::clone));
        // Shorter ones are parts of other words.
        texts.flatten().map(String::from).filter(|text| text.len() > 4 && text != NAME).collect()
    })
}

/// Some mutations of each kind, with texts that are nobody else's business.
async fn change_everything(client: &Client) {
    let found = client
        .data("{ user(by: {loginName: \"clara.cedar@dmn\"}) { id } skillGroups { nodes { id } } }")
        .await;
    let (user, group) = (&found["user"]["id"], &found["skillGroups"]["nodes"][0]["id"]);
    for change in [
        format!("updateUser(input: {{userId: {user}, email: \"{SEARCHED}@example.com\"}})"),
        format!("resetPassword(input: {{userId: {user}, newPassword: \"{SEARCHED}\"}})"),
        format!("saveSkillGroup(input: {{skillGroupId: {group}, description: \"{SEARCHED}\"}})"),
        format!("deleteUser(input: {{user: {{id: {user}}}, loginName: \"{SEARCHED}\"}})"),
    ] {
        let answer = client.ask(&format!("mutation {{ done: {change} {{ userErrors {{ code }} }} }}")).await;
        assert!(answer.body["data"]["done"].is_object(), "{change}: {}", answer.body);
    }
}

fn encoded(text: &str) -> String {
    portalgraph::portal::dialect::encode(portalgraph::config::Encoding::Base64, text)
}

/// Reads, failures of every kind and a refused sign-in; answers what else must not be in the log.
async fn ask_for_everything(simulator: &Simulator, http: &reqwest::Client, client: &Client) -> Vec<String> {
    let search = format!("{{ users(search: {{field: LAST_NAME, term: \"{SEARCHED}\"}}) {{ totalCount }} }}");
    let roles = format!(
        "{{ icws {{ roles {{ nodes {{ notes members {{ name }} }} }} a: role(by: {{name: \"{SEARCHED}\"}}) {{ name }} }} }}"
    );
    for query in [
        "{ users { nodes { displayName department { name } } } agents { nodes { skillGroups { name } } } }",
        "{ callback(databaseId: 7001) { id } callbackQueues { name } precisionQueues { nodes { name } } }",
        &search,
        &roles,
        &format!(
            "mutation {{ createIcwsRole(input: {{roleId: \"{SEARCHED}\", notes: \"{SEARCHED}\"}}) {{ isVisible }} }}"
        ),
        "{ not a query",
        "{ unknown }",
    ] {
        client.ask(query).await;
    }
    let wrong =
        "mutation { login(input: {username: \"admin@dmn\", password: \"wrong-password\"}) { status } }";
    http.post(format!("{}/graphql", client.url))
        .header("content-type", "application/json")
        .body(serde_json::json!({ "query": wrong }).to_string())
        .send()
        .await
        .unwrap();
    client.log_in(ICWS, (ICWS_NAME, "wrong-password")).await;
    for fault in [
        Fault::Status(500),
        Fault::Html,
        Fault::NotJson,
        Fault::Truncated,
        Fault::WrongType,
        Fault::Reset,
        Fault::Delay(Duration::from_millis(600)),
        Fault::LoginPage,
    ] {
        simulator.faults().always(ANY, fault);
        client.ask("{ sites { name } icws { roles { nodes { createdAt } } } }").await;
        client.log_in(ICWS, (ICWS_NAME, ICWS_PASSWORD)).await;
        client
            .ask(&format!("mutation {{ createIcwsRole(input: {{roleId: \"{SEARCHED}\"}}) {{ isVisible }} }}"))
            .await;
        simulator.faults().clear();
    }
    let answer = client.ask_with("{ viewer { loginName } }", Value::Null).await;
    answer.body["data"]["viewer"]["email"].as_str().map(str::to_owned).into_iter().collect()
}

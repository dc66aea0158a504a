//! What a portal that fails now and then makes of answers: 12 kinds of faults, at 5, 20 and 50 % of its calls.
//!
//! `cargo bench --bench faults`, `-- --seconds 3 --clients 16`; with `-- --check` it fails if a bar is missed. Nothing is kept, so that
//! each answer needs the portal. Prints, for each kind and share: answers that were whole, null in part with an error on the right
//! path, wrong (none may be), the slowest beside its deadline, calls for each that was needed, and how long after the end of the
//! faults everything was right again. What ends a session (401, the login page) is not among them: whoever loses theirs signs in
//! again, which is no failure of an answer.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop")]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use portalgraph::config::Config;
use portalgraph::server;
use portalgraph::simulator::{ANY, Fault, SIZED_LOGIN, Simulator, World};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

const DEADLINE: Duration = Duration::from_secs(1);
const CALL: Duration = Duration::from_millis(300);
const BEYOND: Duration = Duration::from_millis(100);
const BACK_WITHIN: Duration = Duration::from_secs(5);
const MOST_CALLS: f64 = 1.2;

const QUERIES: [&str; 4] = [
    "{ viewer { loginName user { databaseId } } }",
    "{ agents(first: 8) { nodes { databaseId skillGroups { databaseId name } platform { name } } } }",
    "{ precisionQueues(first: 3) { nodes { name steps { stepNumber: __typename } } } attributes(first: 5) { nodes { name } } }",
    "{ users(first: 20) { nodes { loginName department { name } site { name } } } departments { name } }",
];

const LOGIN: &str = "mutation ($name: String!, $password: String!) {
    login(input: { username: $name, password: $password }) { sessionToken } }";

fn faults() -> [(&'static str, Fault); 12] {
    [
        ("500", Fault::Status(500)),
        ("503", Fault::Status(503)),
        ("429 for a second", Fault::StatusWithRetryAfter(429, 1)),
        ("too late", Fault::Delay(2 * CALL)),
        ("503 for a second", Fault::StatusWithRetryAfter(503, 1)),
        ("other page", Fault::Html),
        ("empty", Fault::Empty),
        ("not JSON", Fault::NotJson),
        ("truncated", Fault::Truncated),
        ("reset", Fault::Reset),
        ("refused", Fault::RefuseWith("NOT_NOW")),
        ("wrong type", Fault::WrongType),
    ]
}

/// A gateway, its portal, and somebody who is signed in.
struct House {
    simulator: Simulator,
    url: String,
    token: String,
    http: reqwest::Client,
    _stop: oneshot::Sender<()>,
}

impl House {
    async fn new() -> Self {
        let simulator = Simulator::local(World::sized(60)).await;
        let mut config = Config::default();
        config.portal.url = simulator.url();
        config.portal.call_timeout_milliseconds = u64::try_from(CALL.as_millis()).unwrap();
        config.server.deadline_seconds = DEADLINE.as_secs();
        config.cache.max_bytes = 0;
        config.rate.identity_requests_per_minute = 0;
        config.rate.address_requests_per_minute = 0;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/graphql", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server::run(config, listener, async {
            let _ = stopped.await;
        }));
        let house = Self { simulator, url, token: String::new(), http: client(), _stop: stop };
        let answer = house.ask(LOGIN, json!({ "name": SIZED_LOGIN.0, "password": SIZED_LOGIN.1 })).await;
        let token = answer["data"]["login"]["sessionToken"].as_str().unwrap().to_owned();
        Self { token, ..house }
    }

    async fn ask(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let request = self.http.post(&self.url).header("content-type", "application/json").body(body);
        let request = if self.token.is_empty() { request } else { request.bearer_auth(&self.token) };
        serde_json::from_slice(&request.send().await.unwrap().bytes().await.unwrap()).unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "a client of the gateway, not of the portal")]
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tcp_nodelay(true).build().unwrap()
}

/// Whether what is there is right, and what is missing has an error on its path.
fn is_explained(right: &Value, found: &Value, path: &mut Vec<Value>, errors: &[Value]) -> bool {
    match (right, found) {
        (right, found) if right == found => true,
        (_, Value::Null) => errors.iter().any(|error| {
            let at = error["path"].as_array().map(Vec::as_slice).unwrap_or_default();
            at.starts_with(path)
        }),
        (Value::Object(right), Value::Object(found)) => right.iter().all(|(key, right)| {
            path.push(key.as_str().into());
            let is_it = found.get(key).is_some_and(|found| is_explained(right, found, path, errors));
            path.pop();
            is_it
        }),
        (Value::Array(right), Value::Array(found)) if right.len() == found.len() => {
            right.iter().zip(found).enumerate().all(|(place, (right, found))| {
                path.push(place.into());
                let is_it = is_explained(right, found, path, errors);
                path.pop();
                is_it
            })
        }
        _ => false,
    }
}

/// What came of one kind of fault at one share.
#[derive(Default)]
struct Outcome {
    whole: usize,
    partial: usize,
    wrong: usize,
    slowest: Duration,
    calls: f64,
    back_after: Duration,
}

impl Outcome {
    fn holds(&self) -> bool {
        self.wrong == 0
            && self.slowest <= DEADLINE + BEYOND
            && self.calls <= MOST_CALLS
            && self.back_after <= BACK_WITHIN
    }
}

/// How many reads were put once more so far.
fn retries(snapshotter: &Snapshotter) -> u64 {
    let counted = snapshotter.snapshot().into_vec().into_iter();
    let of = counted.filter(|(key, ..)| key.key().name() == "portalgraph_portal_retries_total");
    of.map(|(.., value)| if let DebugValue::Counter(count) = value { count } else { 0 }).sum()
}

async fn outcome(
    (fault, percent): (Fault, usize),
    (seconds, clients): (u64, usize),
    snapshotter: &Snapshotter,
) -> Outcome {
    let house = Arc::new(House::new().await);
    let mut right = Vec::new();
    for query in QUERIES {
        let answer = house.ask(query, Value::Null).await;
        assert!(answer["errors"].is_null(), "{answer}");
        right.push(answer["data"].clone());
    }
    let right = Arc::new(right);
    let _ = retries(snapshotter);
    house.simulator.journal().take();
    house.simulator.faults().sometimes(ANY, fault, percent);
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut busy = JoinSet::new();
    for number in 0..clients {
        let (house, right) = (Arc::clone(&house), Arc::clone(&right));
        busy.spawn(async move {
            let mut outcome = Outcome::default();
            let mut nth = number;
            while Instant::now() < until {
                nth += 1;
                let place = nth % QUERIES.len();
                let began = Instant::now();
                let answer = house.ask(QUERIES[place], Value::Null).await;
                outcome.slowest = outcome.slowest.max(began.elapsed());
                let errors = answer["errors"].as_array().cloned().unwrap_or_default();
                if answer["data"] == right[place] {
                    outcome.whole += 1;
                } else if is_explained(&right[place], &answer["data"], &mut Vec::new(), &errors) {
                    outcome.partial += 1;
                } else {
                    outcome.wrong += 1;
                }
            }
            outcome
        });
    }
    let mut sum = Outcome::default();
    for outcome in busy.join_all().await {
        sum.whole += outcome.whole;
        sum.partial += outcome.partial;
        sum.wrong += outcome.wrong;
        sum.slowest = sum.slowest.max(outcome.slowest);
    }
    let calls = u32::try_from(house.simulator.journal().take().len()).unwrap();
    let retries = u32::try_from(retries(snapshotter)).unwrap();
    sum.calls = f64::from(calls) / f64::from(calls.saturating_sub(retries).max(1));
    house.simulator.faults().clear();
    let ended = Instant::now();
    for (query, right) in QUERIES.iter().zip(right.iter()) {
        while house.ask(query, Value::Null).await["data"] != *right && ended.elapsed() < 2 * BACK_WITHIN {}
    }
    sum.back_after = ended.elapsed();
    sum
}

fn argument(name: &str, default: usize) -> usize {
    let arguments: Vec<String> = std::env::args().collect();
    let place = arguments.iter().position(|argument| argument == name);
    place.and_then(|place| arguments.get(place + 1)?.parse().ok()).unwrap_or(default)
}

#[tokio::main]
async fn main() -> ExitCode {
    let (seconds, clients) = (argument("--seconds", 3), argument("--clients", 16));
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    recorder.install().unwrap();
    let mut holds = true;
    println!(
        "| fault | share | whole | in part | wrong | slowest | calls a needed one | right again after |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (name, fault) in faults() {
        for percent in [5, 20, 50] {
            let extent = (u64::try_from(seconds).unwrap(), clients);
            let outcome = outcome((fault.clone(), percent), extent, &snapshotter).await;
            println!(
                "| {name} | {percent} % | {} | {} | {} | {} ms | {:.2} | {} ms |",
                outcome.whole,
                outcome.partial,
                outcome.wrong,
                outcome.slowest.as_millis(),
                outcome.calls,
                outcome.back_after.as_millis()
            );
            holds &= outcome.holds();
        }
    }
    let is_checked = std::env::args().any(|argument| argument == "--check");
    if is_checked && !holds { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

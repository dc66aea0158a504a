//! The measurement that `answers` and `answers_system_allocator` share, each with its own allocator.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use portalgraph::config::Config;
use portalgraph::server;
use portalgraph::simulator::{SIZED_LOGIN, Simulator, World};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const WARM_ROUNDS: u32 = 20;
const COLD_ROUNDS: u32 = 5;

const QUERIES: [(&str, &str); 4] = [
    ("nothing", "{ __typename }"),
    (
        "100 users x 6 fields",
        "{ users(first: 100) { nodes { loginName firstName lastName email phone isActive } } }",
    ),
    ("100 agents x skill groups", "{ agents(first: 100) { nodes { agentNumber skillGroups { name } } } }"),
    (
        "100 agents x every edge",
        "{ agents(first: 100) { nodes { user { department { name } site { name } } skillGroups { name }
           attributes { attribute { name } value } precisionQueues { name } } } }",
    ),
];

struct Measured {
    calls: u64,
    cold: Duration,
    warm: Duration,
}

#[expect(clippy::disallowed_methods, reason = "a client of the gateway, not of the portal")]
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tcp_nodelay(true).build().unwrap()
}

/// A gateway with nothing kept yet, and a token for it.
async fn gateway(http: &reqwest::Client, portal: &str) -> (String, String) {
    let mut config = Config::default();
    config.portal.url = portal.to_owned();
    config.portal.callback_url = portal.to_owned();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/graphql", listener.local_addr().unwrap());
    tokio::spawn(server::run(config, listener, std::future::pending()));
    let (name, password) = SIZED_LOGIN;
    let mut login = String::new();
    write!(
        login,
        "mutation {{ login(input: {{username: \"{name}\", password: \"{password}\"}}) {{ sessionToken }} }}"
    )
    .unwrap();
    let answer: Value = serde_json::from_slice(&ask(http, &url, "", &login).await).unwrap();
    (url, answer["data"]["login"]["sessionToken"].as_str().unwrap().to_owned())
}

async fn ask(http: &reqwest::Client, url: &str, token: &str, query: &str) -> bytes::Bytes {
    let mut request = http.post(url).header("content-type", "application/json");
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    let answer = request.body(json!({"query": query}).to_string()).send().await.unwrap();
    assert!(answer.status().is_success());
    answer.bytes().await.unwrap()
}

async fn measure(http: &reqwest::Client, simulator: &Simulator, query: &str) -> Measured {
    let mut cold = Vec::new();
    let mut warm = Vec::new();
    let mut calls = 0;
    for _ in 0..COLD_ROUNDS {
        let (url, token) = gateway(http, &simulator.url()).await;
        ask(http, &url, &token, "{ __typename }").await;
        let before = simulator.journal().count();
        let started = Instant::now();
        ask(http, &url, &token, query).await;
        cold.push(started.elapsed());
        calls = simulator.journal().count() - before;
        for _ in 0..WARM_ROUNDS {
            let started = Instant::now();
            ask(http, &url, &token, query).await;
            warm.push(started.elapsed());
        }
    }
    Measured { calls, cold: median(cold), warm: median(warm) }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Measures everything and prints a line each.
#[tokio::main]
pub async fn run() {
    let http = client();
    println!(
        "{:>6}  {:<26} {:>6} {:>9} {:>9} {:>12}",
        "users", "query", "calls", "cold ms", "warm ms", "warm/nothing"
    );
    for users in [10, 100, 1_000, 5_000] {
        let simulator = Simulator::local(World::sized(users)).await;
        let mut nothing = Duration::from_micros(1);
        for (name, query) in QUERIES {
            let measured = measure(&http, &simulator, query).await;
            if name == "nothing" {
                nothing = measured.warm;
            }
            println!(
                "{users:>6}  {name:<26} {:>6} {:>9.2} {:>9.3} {:>12.1}",
                measured.calls,
                measured.cold.as_secs_f64() * 1e3,
                measured.warm.as_secs_f64() * 1e3,
                measured.warm.as_secs_f64() / nothing.as_secs_f64(),
            );
        }
    }
}

//! Whether a query over 5,000 users holds up others: `{ __typename }`, asked every few milliseconds beside it.
//!
//! `cargo bench --bench responsiveness` prints what it finds; with `-- --check` it fails beyond the bar, which is 50 ms at
//! the 99th percentile beside one such query.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop")]

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use portalgraph::config::Config;
use portalgraph::server;
use portalgraph::simulator::{SIZED_LOGIN, Simulator, World};
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USERS: usize = 5_000;
const WIDE: &str = "{ users(first: 5000) { nodes { loginName department { name }
    agent { skillGroups { name } attributes { attribute { name } value } } } } }";
const SMALL: &str = "{ __typename }";
const BAR: Duration = Duration::from_millis(50);
const MEASURED: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

/// A gateway's client with a session.
#[derive(Clone)]
struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    #[expect(clippy::disallowed_methods, reason = "a client of the gateway, not of the portal")]
    async fn sign_in(url: String) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build().unwrap();
        let client = Self { http, url, token: String::new() };
        let (name, password) = SIZED_LOGIN;
        let login = format!(
            "mutation {{ login(input: {{username: \"{name}\", password: \"{password}\"}}) {{ sessionToken }} }}"
        );
        let answer: Value = serde_json::from_slice(&client.ask(&login).await).unwrap();
        let token = answer["data"]["login"]["sessionToken"].as_str().unwrap().to_owned();
        Self { token, ..client }
    }

    async fn ask(&self, query: &str) -> bytes::Bytes {
        let mut request = self.http.post(format!("{}/graphql", self.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        let body = json!({ "query": query }).to_string();
        let response = request.header(CONTENT_TYPE, "application/json").body(body).send().await.unwrap();
        response.bytes().await.unwrap()
    }
}

fn main() -> ExitCode {
    let is_check = std::env::args().any(|argument| argument == "--check");
    // The gateway has its two threads to itself; the portal and the clients share this one.
    let gateway = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let around = Builder::new_current_thread().enable_all().build().unwrap();
    let slowest = around.block_on(async {
        let simulator = Simulator::local(World::sized(USERS)).await;
        let mut config = Config::default();
        config.portal.url = simulator.url();
        config.rate.identity_burst = u32::MAX;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let listener = listener.into_std().unwrap();
        gateway.spawn(async {
            let listener = TcpListener::from_std(listener).unwrap();
            server::run(config, listener, std::future::pending()).await.unwrap();
        });
        let client = Client::sign_in(url).await;
        let length = client.ask(WIDE).await.len();
        println!("{USERS} users, {length} bytes an answer");
        measure(&client, 0).await;
        let beside_one = measure(&client, 1).await;
        measure(&client, 2).await;
        beside_one
    });
    gateway.shutdown_background();
    if is_check && slowest > BAR {
        eprintln!("beside one wide query the 99th percentile is {slowest:?}; the bar is {BAR:?}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The 99th percentile of the small query beside so many loops of the wide one.
async fn measure(client: &Client, loops: usize) -> Duration {
    let (ended, answers) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let wide: Vec<_> = (0..loops)
        .map(|_| {
            let (client, ended, answers) = (client.clone(), ended.clone(), answers.clone());
            tokio::spawn(async move {
                while !ended.load(Ordering::Relaxed) {
                    client.ask(WIDE).await;
                    answers.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let started = Instant::now();
    let mut took = Vec::new();
    while started.elapsed() < MEASURED {
        let asked = Instant::now();
        client.ask(SMALL).await;
        took.push(asked.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    ended.store(true, Ordering::Relaxed);
    for one in wide {
        one.await.unwrap();
    }
    took.sort();
    let at = |hundredths: usize| took[(took.len() * hundredths / 100).min(took.len() - 1)];
    println!(
        "beside {loops} wide queries ({} answered): {} small ones, p50 {:.2?}, p99 {:.2?}, longest {:.2?}",
        answers.load(Ordering::Relaxed),
        took.len(),
        at(50),
        at(99),
        took[took.len() - 1]
    );
    at(99)
}

//! What a person notices of another who sends fifty times as much: the 99th percentile of their answers, alone and beside.
//!
//! `cargo bench --bench fairness`, `-- --seconds 20`; with `-- --check` it fails if the 99th percentile is more than twice what it is
//! alone. Gateway and portal are processes of their own, the portal takes 20 ms a call, nothing is kept, so that each answer needs it.
//! Measured with the rates as they are by default, which turn most of the fifty away at the door, and without them, where the
//! fair line of the portal's calls alone is between the two.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop")]

#[path = "served.rs"]
#[expect(dead_code, reason = "what it holds of memory is measured elsewhere")]
mod served;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use portalgraph::simulator::SIZED_PASSWORD;
use reqwest::StatusCode;
use serde_json::{Value, json};
use served::Served;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

const USERS: usize = 1_000;
const FIRST: usize = 10_300_001;
/// How often the one asks; the other asks as often as `TIMES` of it.
const EACH: Duration = Duration::from_millis(50);
const TIMES: u32 = 50;
const MOST: f64 = 2.0;
const LOGIN: &str = "mutation ($name: String!, $password: String!) {
    login(input: { username: $name, password: $password }) { sessionToken } }";

/// Somebody who asks for one user after another.
struct Person {
    http: reqwest::Client,
    url: String,
    token: String,
    nth: AtomicUsize,
}

impl Person {
    async fn sign_in(url: &str, name: &str) -> Arc<Self> {
        let person = Self {
            http: client(),
            url: format!("{url}/graphql"),
            token: String::new(),
            nth: AtomicUsize::new(0),
        };
        let variables = json!({ "name": name, "password": SIZED_PASSWORD });
        let (_, answer) = person.post(&json!({ "query": LOGIN, "variables": variables })).await;
        let token = answer["data"]["login"]["sessionToken"].as_str().unwrap().to_owned();
        Arc::new(Self { token, ..person })
    }

    async fn post(&self, body: &Value) -> (StatusCode, Value) {
        let request =
            self.http.post(&self.url).header("content-type", "application/json").body(body.to_string());
        let request = if self.token.is_empty() { request } else { request.bearer_auth(&self.token) };
        let response = request.send().await.unwrap();
        let status = response.status();
        (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
    }

    /// Asks for the next user; whether they were there.
    async fn ask(&self) -> bool {
        let id = FIRST + self.nth.fetch_add(1, Ordering::Relaxed) % USERS;
        let query = format!("{{ user(by: {{ databaseId: {id} }}) {{ loginName department {{ name }} }} }}");
        let (_, answer) = self.post(&json!({ "query": query })).await;
        answer["data"]["user"]["loginName"].is_string()
    }
}

#[expect(clippy::disallowed_methods, reason = "a client of the gateway, not of the portal")]
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tcp_nodelay(true).build().unwrap()
}

/// Asks fifty times as often as the other, whatever comes of it, until it is aborted.
async fn flood(person: Arc<Person>, answered: Arc<AtomicUsize>) {
    let mut under_way = JoinSet::new();
    let mut ticks = interval(EACH / TIMES);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        ticks.tick().await;
        while under_way.try_join_next().is_some() {}
        let (person, answered) = (Arc::clone(&person), Arc::clone(&answered));
        under_way.spawn(async move {
            if person.ask().await {
                answered.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
}

/// The median and the 99th percentile of somebody's answers, and how many they did not get.
async fn measured(person: &Arc<Person>, lasting: Duration) -> (Duration, Duration, usize) {
    let mut ticks = interval(EACH);
    let mut under_way = JoinSet::new();
    let began = Instant::now();
    while began.elapsed() < lasting {
        ticks.tick().await;
        let person = Arc::clone(person);
        under_way.spawn(async move {
            let began = Instant::now();
            (person.ask().await, began.elapsed())
        });
    }
    let answers = under_way.join_all().await;
    let missed = answers.iter().filter(|(is_there, _)| !is_there).count();
    let mut took: Vec<_> = answers.into_iter().map(|(_, took)| took).collect();
    took.sort();
    let at = |hundredths: usize| took[(took.len() * hundredths / 100).min(took.len() - 1)];
    (at(50), at(99), missed)
}

async fn ratio(portal: &Served, lasting: Duration, has_rates: bool) -> f64 {
    let mut settings =
        vec![("PORTALGRAPH__PORTAL__URL", portal.url.as_str()), ("PORTALGRAPH__CACHE__MAX_BYTES", "0")];
    settings.push(("PORTALGRAPH__LOG__LEVEL", "error"));
    if !has_rates {
        settings.push(("PORTALGRAPH__RATE__IDENTITY_REQUESTS_PER_MINUTE", "0"));
    }
    let gateway = Served::start(&["serve", "--listen", "127.0.0.1:0"], &settings);
    let one = Person::sign_in(&gateway.url, "load1@siz").await;
    let other = Person::sign_in(&gateway.url, "load2@siz").await;
    let words = if has_rates { "rates by default" } else { "without rates" };
    measured(&one, lasting / 4).await;
    let (p50, alone, missed) = measured(&one, lasting).await;
    println!("{words}, alone: p50 {p50:.1?}, p99 {alone:.1?}, without an answer {missed}");
    let answered = Arc::new(AtomicUsize::new(0));
    let flooding = tokio::spawn(flood(other, Arc::clone(&answered)));
    // What comes at once at first is let in by the rates.
    tokio::time::sleep(lasting / 4).await;
    let before = answered.load(Ordering::Relaxed);
    let (p50, beside, missed) = measured(&one, lasting).await;
    let count = answered.load(Ordering::Relaxed) - before;
    flooding.abort();
    let ratio = beside.as_secs_f64() / alone.as_secs_f64();
    println!(
        "{words}, beside {TIMES} times as much ({count} of those answered): p50 {p50:.1?}, p99 {beside:.1?}, without an answer {missed}; {ratio:.2} times"
    );
    if missed > 0 { f64::INFINITY } else { ratio }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let place = arguments.iter().position(|argument| argument == "--seconds");
    let seconds = place.and_then(|place| arguments.get(place + 1)?.parse().ok()).unwrap_or(20);
    let portal = Served::start(
        &["simulate", "--users", &USERS.to_string(), "--delay-milliseconds", "20", "--listen", "127.0.0.1:0"],
        &[],
    );
    let lasting = Duration::from_secs(seconds);
    let worst = ratio(&portal, lasting, true).await.max(ratio(&portal, lasting, false).await);
    let is_checked = arguments.iter().any(|argument| argument == "--check");
    if is_checked && worst > MOST { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

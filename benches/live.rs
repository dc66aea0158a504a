//! How soon a thousand subscribers hear of a change: of one made through the gateway, and of one that it has to find out.
//!
//! `cargo bench --bench live`, `-- --subscribers 1000 --changes 20`. Two gateways before one simulated portal, which know nothing of one
//! another: what is written through the second is news to the first's polls. Prints from the answer to the change until the
//! first and until the last subscriber has it, and what it cost in calls.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop")]

#[path = "served.rs"]
mod served;
#[path = "subscriber.rs"]
mod subscriber;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use portalgraph::simulator::{SIZED_LOGIN, SIZED_PASSWORD};
use serde_json::{Value, json};
use served::Served;
use subscriber::Subscriber;

const FOLLOWED: &str =
    "subscription { agents(snapshot: false) { isSnapshot changed { databaseId user { firstName } } } }";
const LOGIN: &str = "mutation ($name: String!, $password: String!) {
    login(input: { username: $name, password: $password }) { sessionToken } }";
const CHANGE: &str =
    "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { userErrors { code message } } }";

/// How many subscriptions one socket has.
const EACH: usize = 50;

/// How long after all have heard of a change the next one comes.
const BETWEEN: Duration = Duration::from_millis(200);

struct Asker {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Asker {
    async fn of(url: &str) -> Self {
        let asker = Self { http: client(), url: url.to_owned(), token: String::new() };
        let answer = asker.ask(LOGIN, json!({ "name": SIZED_LOGIN.0, "password": SIZED_PASSWORD })).await;
        let token = answer["data"]["login"]["sessionToken"].as_str().unwrap().to_owned();
        Self { token, ..asker }
    }

    async fn ask(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let request =
            self.http.post(format!("{}/graphql", self.url)).header("content-type", "application/json");
        let request = if self.token.is_empty() { request } else { request.bearer_auth(&self.token) };
        serde_json::from_slice(&request.body(body).send().await.unwrap().bytes().await.unwrap()).unwrap()
    }

    /// Gives an agent another first name; when that was answered.
    async fn rename(&self, agent: &str, name: &str) -> Instant {
        let answer = self.ask(CHANGE, json!({ "input": { "userId": agent, "firstName": name } })).await;
        assert_eq!(answer["data"]["updateUser"]["userErrors"], json!([]), "{answer}");
        Instant::now()
    }
}

#[expect(clippy::disallowed_methods, reason = "a client of the gateway, not of the portal")]
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tcp_nodelay(true).build().unwrap()
}

fn argument(name: &str, default: usize) -> usize {
    let arguments: Vec<String> = std::env::args().collect();
    let place = arguments.iter().position(|argument| argument == name);
    place.and_then(|place| arguments.get(place + 1)?.parse().ok()).unwrap_or(default)
}

fn gateway(portal: &Served, poll: &str) -> Served {
    Served::start(
        &["serve", "--listen", "127.0.0.1:0"],
        &[
            ("PORTALGRAPH__PORTAL__URL", &portal.url),
            ("PORTALGRAPH__LIVE__MAX_SUBSCRIPTIONS_PER_PERSON", "100000"),
            ("PORTALGRAPH__LIVE__POLL_MIN_MILLISECONDS", poll),
            ("PORTALGRAPH__LIVE__POLL_MAX_MILLISECONDS", poll),
            ("PORTALGRAPH__RATE__ADDRESS_REQUESTS_PER_MINUTE", "0"),
            ("PORTALGRAPH__RATE__IDENTITY_REQUESTS_PER_MINUTE", "0"),
            ("PORTALGRAPH__LOG__LEVEL", "error"),
        ],
    )
}

/// Subscribes so many times, hears the first event of each, and then tells of each further one when it came.
async fn subscribed(url: &str, token: &str, count: usize) -> tokio::sync::mpsc::UnboundedReceiver<Instant> {
    let (sender, told) = tokio::sync::mpsc::unbounded_channel();
    let open = (0..count / EACH).map(|_| {
        let sender = sender.clone();
        async move {
            let mut subscriber = Subscriber::of(url, token).await;
            for id in 0..EACH {
                subscriber.subscribe(&id.to_string(), FOLLOWED).await;
            }
            for _ in 0..EACH {
                assert_eq!(subscriber.hear().await.unwrap()["payload"]["data"]["agents"]["isSnapshot"], true);
            }
            tokio::spawn(async move {
                while let Some(message) = subscriber.hear().await {
                    assert!(message["payload"]["errors"].is_null(), "{message}");
                    let _ = sender.send(Instant::now());
                }
            });
        }
    });
    join_all(open).await;
    told
}

/// From a change until the first and until the last of so many have heard of it, in milliseconds, each as a median and the worst.
fn print(what: &str, mut spans: Vec<(Duration, Duration)>) {
    let mut of = |pick: fn(&(Duration, Duration)) -> Duration| {
        spans.sort_by_key(pick);
        let milliseconds = |span: &(Duration, Duration)| pick(span).as_secs_f64() * 1_000.0;
        (milliseconds(&spans[spans.len() / 2]), milliseconds(&spans[spans.len() - 1]))
    };
    let (first, last) = (of(|span| span.0), of(|span| span.1));
    println!(
        "{what}: first subscriber after {:.1} ms (worst {:.1}), last after {:.1} ms (worst {:.1})",
        first.0, first.1, last.0, last.1
    );
}

#[tokio::main]
async fn main() {
    let (count, changes) = (argument("--subscribers", 1_000), argument("--changes", 20));
    let portal = Served::start(&["simulate", "--users", "200", "--listen", "127.0.0.1:0"], &[]);
    // The first knows by polls alone what is written through the other.
    for (what, poll, is_own) in
        [("written through the gateway", "3600000", true), ("found by a poll every 500 ms", "500", false)]
    {
        let (first, second) = (gateway(&portal, poll), gateway(&portal, poll));
        let (own, other) = (Asker::of(&first.url).await, Asker::of(&second.url).await);
        let agents = own.ask("{ agents(first: 1) { nodes { user { id } } } }", Value::Null).await;
        let agent = agents["data"]["agents"]["nodes"][0]["user"]["id"].as_str().unwrap();
        let before = first.memory();
        let mut told = subscribed(&first.url, &own.token, count).await;
        println!("{count} subscribers take {:.1} MB", (first.memory() - before) / 1024.0);
        let mut spans = Vec::new();
        for change in 0..changes {
            let writer = if is_own { &own } else { &other };
            let name = format!("{}{change}", if is_own { "Own" } else { "Other" });
            let began = writer.rename(agent, &name).await;
            let mut heard = Vec::new();
            for _ in 0..count / EACH * EACH {
                let moment =
                    tokio::time::timeout(Duration::from_secs(30), told.recv()).await.unwrap().unwrap();
                heard.push(moment.saturating_duration_since(began));
            }
            // Somebody who changes one thing after the other: more than five a second wake no poll at once.
            tokio::time::sleep(BETWEEN).await;
            spans.push((heard.iter().min().copied().unwrap(), heard.iter().max().copied().unwrap()));
        }
        print(&format!("{count} subscribers, {what}"), spans);
    }
}

//! Whether memory stays flat under what never repeats: sessions, tokens, queries, ids and variables, for minutes on end.
//!
//! `cargo bench --bench soak` runs ten minutes from empty caches. What fills is bounded by a setting, and is not what leaks: so
//! the load first asks what fills them soonest, and goes on with everything once they are full, which must be within the first
//! minute. `-- --minutes 3 --sessions 1000 --clients 64 --subscriptions 200` runs less. With `-- --check` it fails if the caches
//! are not full by then, if the mean of the last minute is not within 5 % of that of the second, or if anything was answered that
//! the load does not explain. Gateway and simulated portal are processes of their own.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop")]

#[path = "served.rs"]
mod served;
#[path = "subscriber.rs"]
mod subscriber;

use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use portalgraph::simulator::{Random, SIZED_PASSWORD};
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use served::Served;
use subscriber::Subscriber;
use tokio::task::JoinSet;

const USERS: usize = 200;
/// The logins of a sized world that see all of it.
const LOGINS: usize = 100;
const BAR: f64 = 0.05;
/// How full a cache is that is full: what is weighed is let go of in pieces.
const FULL: f64 = 0.95;
/// The longest the caches may take to fill.
const FILLED_WITHIN: Duration = Duration::from_mins(1);
const LOGIN: &str = "mutation ($name: String!, $password: String!) {
    login(input: { username: $name, password: $password }) { sessionToken } }";

/// How much of what is done.
struct Extent {
    minutes: u64,
    sessions: usize,
    clients: usize,
    subscriptions: usize,
    checks: bool,
}

impl Extent {
    fn of_arguments() -> Self {
        let arguments: Vec<String> = std::env::args().collect();
        let number = |name: &str, default: u64| {
            let place = arguments.iter().position(|argument| argument == name);
            place.and_then(|place| arguments.get(place + 1)?.parse().ok()).unwrap_or(default)
        };
        let count = |name, default| usize::try_from(number(name, default)).unwrap();
        Self {
            minutes: number("--minutes", 10).max(3),
            sessions: count("--sessions", 10_000),
            clients: count("--clients", 64),
            subscriptions: count("--subscriptions", 2_000),
            checks: arguments.iter().any(|argument| argument == "--check"),
        }
    }
}

struct Field {
    http: reqwest::Client,
    url: String,
    /// Where the gateway tells how much it keeps.
    operator: String,
    tokens: Vec<String>,
    /// Whether the caches are full, or the time to fill them is over.
    is_filled: AtomicBool,
    is_over: AtomicBool,
    answers: AtomicU64,
    events: AtomicU64,
    unexplained: AtomicU64,
}

impl Field {
    async fn post(&self, token: &str, query: &str, variables: Value) -> Result<Value, String> {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let mut request =
            self.http.post(format!("{}/graphql", self.url)).header(CONTENT_TYPE, "application/json");
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let response = request.body(body).send().await.map_err(|error| format!("{error:?}"))?;
        let body = response.bytes().await.map_err(|error| format!("{error:?}"))?;
        serde_json::from_slice(&body).map_err(|_| String::from_utf8_lossy(&body).into_owned())
    }

    async fn sign_in(&self, number: usize) -> Result<String, String> {
        let name = format!("load{}@siz", number % LOGINS);
        let answer = self.post("", LOGIN, json!({ "name": name, "password": SIZED_PASSWORD })).await?;
        answer["data"]["login"]["sessionToken"].as_str().map(str::to_owned).ok_or_else(|| answer.to_string())
    }

    /// Counts and shows what the load does not explain; of a defect there may be very many.
    fn unexplained(&self, answer: &str) {
        if self.unexplained.fetch_add(1, Ordering::Relaxed) < 10 {
            println!("unexplained: {answer}");
        }
    }

    /// The part of each cache's room that is taken.
    async fn taken(&self) -> [f64; 2] {
        let state =
            self.http.get(format!("http://{}/console/state.json", self.operator)).send().await.unwrap();
        let state: Value = serde_json::from_slice(&state.bytes().await.unwrap()).unwrap();
        ["answers", "wholeAnswers"].map(|cache| {
            let number = |name| state["cache"][cache][name].as_f64().unwrap();
            number("bytes") / number("mostBytes")
        })
    }

    /// Waits until the caches are full, and answers whether they are: a small load may not fill them.
    async fn filled(&self) -> bool {
        let began = Instant::now();
        loop {
            let taken = self.taken().await;
            let are_full = taken.iter().all(|taken| *taken >= FULL);
            if are_full || began.elapsed() > FILLED_WITHIN {
                let seconds = began.elapsed().as_secs_f64();
                println!("after {seconds:.0} s answers and whole answers take {taken:.2?} of their room");
                self.is_filled.store(true, Ordering::Relaxed);
                return are_full;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// One client that asks what nobody has asked before, until it is over.
    async fn keep_busy(&self, number: usize) {
        let mut random = Random::new(0xBEEF + u64::try_from(number).unwrap());
        let mut nth = 0_u64;
        while !self.is_over.load(Ordering::Relaxed) {
            nth += 1;
            let token = &self.tokens[random.below(self.tokens.len())];
            let unique = format!("n{number}_{nth}");
            let id = 10_300_001 + random.below(USERS);
            // What is left is a search, which is one more answer of the portal and one more whole answer each.
            let kind = if self.is_filled.load(Ordering::Relaxed) { random.below(20) } else { usize::MAX };
            let answer = match kind {
                // A session more, which makes the one that was not used for longest go.
                0 => self.sign_in(random.below(LOGINS)).await.map(Value::from),
                // A token that opens nothing.
                1 => {
                    let token = format!("{unique}{}", "x".repeat(30));
                    self.post(&token, "{ viewer { loginName } }", Value::Null).await
                }
                // A document and an id that were never there.
                2..=9 => {
                    let query = format!(
                        "{{ {unique}: user(by: {{ databaseId: {id} }}) {{ loginName department {{ name }} }} }}"
                    );
                    self.post(token, &query, Value::Null).await
                }
                10..=12 => {
                    let query = format!(
                        "query {unique} {{ agents(first: {}) {{ nodes {{ agentNumber skillGroups {{ name }} }} }} }}",
                        1 + random.below(50)
                    );
                    self.post(token, &query, Value::Null).await
                }
                _ => {
                    let query = "query ($term: String!) { users(search: { term: $term }) { totalCount } }";
                    self.post(token, query, json!({ "term": unique })).await
                }
            };
            self.answers.fetch_add(1, Ordering::Relaxed);
            if !answer.as_ref().is_ok_and(is_right) {
                self.unexplained(&format!("{answer:?}"));
            }
        }
    }
}

/// How many subscriptions one socket has.
const EACH: usize = 20;

/// What is subscribed to: half of it is the same for all, half is another thing each.
fn followed(number: usize) -> String {
    if number.is_multiple_of(2) {
        return "subscription { agents(snapshot: false) { changed { agentNumber } removed } }".to_owned();
    }
    let id = 10_300_001 + number % USERS;
    format!(
        "subscription f{id} {{ users(snapshot: false) {{ changed {{ databaseId loginName }} removed }} }}"
    )
}

/// Subscribes, and hears what comes until it is over; comes again with another session where its own has made room.
async fn follow(field: Arc<Field>, first: usize) {
    let mut nth = first;
    while !field.is_over.load(Ordering::Relaxed) {
        nth += 1;
        let token = match field.sign_in(nth).await {
            Ok(token) => token,
            Err(error) => {
                field.unexplained(&error);
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        let mut subscriber = Subscriber::of(&field.url, &token).await;
        for number in 0..EACH {
            subscriber.subscribe(&number.to_string(), &followed(first + number)).await;
        }
        while !field.is_over.load(Ordering::Relaxed) {
            let Ok(heard) = tokio::time::timeout(Duration::from_secs(5), subscriber.hear()).await else {
                continue;
            };
            let Some(message) = heard else { break };
            field.events.fetch_add(1, Ordering::Relaxed);
            let is_right = message["type"] == "next" && message["payload"]["errors"].is_null();
            let is_signed_out = message["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED";
            if !is_right && !is_signed_out {
                field.unexplained(&message.to_string());
            }
        }
    }
}

/// Whether it is an answer, or says that the session has made room for another.
fn is_right(answer: &Value) -> bool {
    answer["errors"].is_null() || answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
}

fn mean(samples: &[f64]) -> f64 {
    let mut count = 0.0;
    let sum: f64 = samples.iter().inspect(|_| count += 1.0).sum();
    sum / count
}

#[expect(clippy::disallowed_methods, reason = "a client of the gateway, not of the portal")]
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().tcp_nodelay(true);
    // Sooner than the gateway closes what is idle, or was opened and not used: a request on its way just then is lost.
    client.pool_idle_timeout(Duration::from_secs(5)).build().unwrap()
}

#[tokio::main]
async fn main() -> ExitCode {
    let extent = Extent::of_arguments();
    let portal = Served::start(&["simulate", "--users", &USERS.to_string(), "--listen", "127.0.0.1:0"], &[]);
    let sessions = extent.sessions.to_string();
    let operator = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let gateway = Served::start(
        &["serve", "--listen", "127.0.0.1:0"],
        &[
            ("PORTALGRAPH__LIVE__MAX_SUBSCRIPTIONS_PER_PERSON", "1000"),
            ("PORTALGRAPH__PORTAL__URL", &portal.url),
            ("PORTALGRAPH__SESSION__MAX_SESSIONS", &sessions),
            ("PORTALGRAPH__SERVER__OPERATOR_LISTEN", &operator),
            // All come from one address, and each of a hundred people is many of them, who sign in at once.
            ("PORTALGRAPH__RATE__ADDRESS_REQUESTS_PER_MINUTE", "0"),
            ("PORTALGRAPH__RATE__IDENTITY_REQUESTS_PER_MINUTE", "0"),
            ("PORTALGRAPH__RATE__LOGIN_FAILURES", "100000"),
            ("PORTALGRAPH__LOG__LEVEL", "error"),
        ],
    );
    let idle = gateway.memory();
    let mut field = Field {
        http: client(),
        url: gateway.url.clone(),
        operator,
        tokens: Vec::new(),
        is_filled: AtomicBool::new(false),
        is_over: AtomicBool::new(false),
        answers: AtomicU64::new(0),
        events: AtomicU64::new(0),
        unexplained: AtomicU64::new(0),
    };
    for number in 0..extent.sessions {
        field.tokens.push(field.sign_in(number).await.unwrap());
    }
    println!(
        "{} sessions: {:.0} MB, idle {:.0} MB",
        extent.sessions,
        gateway.memory() / 1024.0,
        idle / 1024.0
    );
    let field = Arc::new(field);
    let mut busy = JoinSet::new();
    for number in 0..extent.clients {
        let field = Arc::clone(&field);
        busy.spawn(async move { field.keep_busy(number).await });
    }
    for number in 0..extent.subscriptions / EACH {
        busy.spawn(follow(Arc::clone(&field), number * EACH));
    }
    let began = Instant::now();
    let filled = tokio::spawn({
        let field = Arc::clone(&field);
        async move { field.filled().await }
    });
    let mut minutes = Vec::new();
    for minute in 1..=extent.minutes {
        let mut samples = Vec::new();
        while began.elapsed() < Duration::from_secs(60 * minute) {
            tokio::time::sleep(Duration::from_secs(1)).await;
            samples.push(gateway.memory());
        }
        minutes.push(mean(&samples));
        let answers = field.answers.load(Ordering::Relaxed);
        let events = field.events.load(Ordering::Relaxed);
        println!("minute {minute}: {:.1} MB, {answers} answers, {events} events", mean(&samples) / 1024.0);
    }
    field.is_over.store(true, Ordering::Relaxed);
    busy.join_all().await;
    let are_full = filled.await.unwrap_or(false);
    let (second, last) = (minutes[1], minutes[minutes.len() - 1]);
    let change = (last - second) / second;
    let unexplained = field.unexplained.load(Ordering::Relaxed);
    println!("last minute against the second: {:+.1} %; unexplained answers: {unexplained}", change * 100.0);
    if extent.checks && (!are_full || change.abs() > BAR || unexplained > 0) {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

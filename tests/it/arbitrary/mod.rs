//! Whatever arrives over HTTP, the gateway answers it or closes the connection, calls nothing a defect of its own, and goes on
//! serving; and a document is refused for its size exactly where its size, counted by whoever made it up, is beyond a limit.

mod document;

use std::time::Duration;

use portalgraph::simulator::{DEMO_LOGIN, World};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use self::document::{LIMITS, document};
use crate::everything::Draw;
use crate::house::{Client, House};

const CASES: u64 = 400;

fn draw(seed: u64) -> Draw {
    Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// A request with some of its bytes changed, left out, doubled or put in.
fn spoilt(request: &[u8], random: &mut Draw) -> Vec<u8> {
    let mut bytes = request.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len().max(1));
        let to = (at + random.below(12)).min(bytes.len());
        match random.below(9) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            1 => drop(bytes.drain(at.min(to)..to)),
            2 => {
                let copy = bytes[at.min(to)..to].to_vec();
                bytes.splice(at..at, copy);
            }
            3 => {
                let noise = (0..random.below(20)).map(|_| u8::try_from(random.below(256)).unwrap());
                let noise: Vec<u8> = noise.collect();
                bytes.splice(at..at, noise);
            }
            4 => bytes.truncate(at),
            _ => {}
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// What is answered to these bytes, by a server that may still wait for more of them.
async fn exchange(address: &str, bytes: Vec<u8>) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // It may be cut off before all of it is read.
    let _ = stream.write_all(&bytes).await;
    let mut told = Vec::new();
    let _ = tokio::time::timeout(Duration::from_millis(500), stream.read_buf(&mut told)).await;
    let _ = stream.shutdown().await;
    let _ = stream.read_to_end(&mut told).await;
    String::from_utf8_lossy(&told).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn any_bytes_are_answered_or_cut_off() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let address = house.url.strip_prefix("http://").unwrap();
    let body = json!({"query": "query Q($n: Int) { users(first: $n) { nodes { loginName } } }", "variables": {"n": 2}});
    let body = body.to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         accept: application/json\r\nportalgraph-cost: 1\r\ncontent-length: {}\r\n\r\n{body}",
        client.token,
        body.len(),
    );
    let (mut answered, mut refused) = (0, 0);
    for seeds in (1..=CASES).collect::<Vec<_>>().chunks(50) {
        let told = seeds.iter().map(|seed| {
            let mut random = draw(*seed);
            let bytes = if seed % 10 == 0 {
                (0..random.below(400)).map(|_| u8::try_from(random.below(256)).unwrap()).collect()
            } else {
                spoilt(request.as_bytes(), &mut random)
            };
            let told = tokio::time::timeout(Duration::from_mins(1), exchange(address, bytes));
            async move { (seed, told.await.expect("it is let go in the end")) }
        });
        for (seed, told) in futures_util::future::join_all(told).await {
            let status = told.split(' ').nth(1).unwrap_or_default();
            assert!(told.is_empty() || told.starts_with("HTTP/1."), "{seed}: {told}");
            assert!(!told.contains("INTERNAL") && status != "500", "{seed}: {told}");
            match status {
                "200" => answered += 1,
                "" => {}
                _ => refused += 1,
            }
        }
    }
    assert!(answered > 10 && refused > 100, "{answered} answered, {refused} refused");
    assert!(client.ask("{ users(first: 1) { nodes { loginName } } }").await.body["errors"].is_null());
}

/// Any JSON, now and then of the kind that is expected.
fn json_of(random: &mut Draw, expected: Value, depth: usize) -> Value {
    match random.below(if depth == 0 { 14 } else { 20 }) {
        0 => Value::Null,
        1 => json!(random.below(2) == 0),
        2 => json!(i64::MAX - i64::try_from(random.below(1000)).unwrap()),
        3 => json!(-0.5),
        4 => json!("\u{0}\u{202E}\"\\ { } $"),
        5..=15 => expected,
        16 | 17 => (0..random.below(4)).map(|_| json_of(random, Value::Null, depth - 1)).collect(),
        _ => {
            let names = ["query", "n", "__proto__", "", "sha256Hash", "persistedQuery"];
            let entries = (0..random.below(4)).map(|_| {
                (names[random.below(names.len())].to_owned(), json_of(random, Value::Null, depth - 1))
            });
            Value::Object(entries.collect())
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_json_is_answered_or_refused_in_words() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let mut good = 0;
    for seed in 1..=CASES {
        let mut random = draw(seed);
        let query =
            ["query Q($n: Int) { users(first: $n) { totalCount } }", "{", "mutation { x }", "{ __typename }"];
        let query = query[random.below(query.len())];
        let parts = [
            ("query", json!(query)),
            ("variables", json!({"n": 1})),
            ("operationName", json!("Q")),
            ("extensions", json!({"persistedQuery": {"version": 1, "sha256Hash": "0"}})),
        ];
        let mut body = Map::new();
        for (name, expected) in parts {
            if random.below(4) > 0 {
                body.insert(name.to_owned(), json_of(&mut random, expected, 3));
            }
        }
        let body = if random.below(12) == 0 { json!([body]) } else { Value::Object(body) };
        let request = house.http().post(format!("{}/graphql", house.url)).bearer_auth(&client.token);
        let request = request.header("content-type", "application/json").body(body.to_string());
        let answer = crate::house::read(request.send().await.unwrap()).await;
        let status = answer.status.as_u16();
        assert!([200, 400, 404].contains(&status), "{body}: {status} {}", answer.body);
        let errors = answer.body["errors"].as_array().cloned().unwrap_or_default();
        assert!(status == 200 || !errors.is_empty(), "{body}: {}", answer.body);
        for error in &errors {
            assert_ne!(error["extensions"]["code"], "INTERNAL", "{body}: {error}");
            assert!(error["message"].as_str().is_some_and(|message| message.len() > 10), "{body}: {error}");
        }
        good += usize::from(errors.is_empty());
    }
    assert!(good > 5, "{good} of {CASES} were answered");
}

async fn codes(client: &Client, query: &str) -> Vec<String> {
    let errors = client.ask(query).await.body["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_refused_exactly_where_its_size_is_beyond_a_limit() {
    let house = House::with(World::demo(), |config| {
        config.limits.max_depth = LIMITS.depth;
        config.limits.max_aliases = LIMITS.aliases;
        config.limits.max_fragment_spreads = LIMITS.spreads;
        config.limits.max_fields = LIMITS.fields;
        config.limits.max_portal_calls = 1_000_000;
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let mut refused = 0;
    for seed in 1..=CASES {
        let (text, size) = document(&mut draw(seed));
        let codes = codes(&client, &text).await;
        let expected: &[&str] = if size.is_within(LIMITS) { &[] } else { &["QUERY_TOO_COSTLY"] };
        assert_eq!(codes, expected, "{size:?} {text}");
        refused += usize::from(!codes.is_empty());
    }
    let accepted = usize::try_from(CASES).unwrap() - refused;
    assert!(refused > 50 && accepted > 50, "{refused} refused and {accepted} accepted");
}

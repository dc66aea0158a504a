//! Whole answers are kept as bytes, for the same people, as long as everything in them holds; and how they go out.

mod encoded;
mod forgotten;
mod together;
mod whose;

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use portalgraph::config::Config;
use portalgraph::simulator::{SIZED_LOGIN, World};
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::house::{Client, House};

/// Reads catalogues alone.
const CATALOGUES: &str = "{ departments { name } sites { name } }";
/// Reads users alone.
const USERS: &str = "{ users { nodes { loginName phone } } }";
/// Reads skill groups, and who is in each.
const GROUPS: &str = "{ skillGroups { nodes { id name description agents { nodes { agentNumber } } } } }";

/// An answer as it came.
#[derive(Clone, Debug)]
struct Told {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Told {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Whether it was kept, as the gateway says.
    fn is_kept(&self) -> bool {
        self.header("cache-status") == Some("portalgraph; hit")
    }

    /// Whether it was worked out for another request too, as the gateway says.
    fn is_joined(&self) -> bool {
        self.header("cache-status") == Some("portalgraph; fwd=miss; collapsed")
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Unlike the house's client it unpacks nothing.
#[expect(clippy::disallowed_methods, reason = "tests are clients of the gateway, not of the portal")]
fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_gzip().no_proxy().tls_certs_only([]);
    builder.timeout(Duration::from_mins(1)).build().unwrap()
}

fn post(client: &Client, body: &Value) -> RequestBuilder {
    let request = http().post(format!("{}/graphql", client.url)).bearer_auth(&client.token);
    request.header("content-type", "application/json").body(body.to_string())
}

fn get(client: &Client, query: &str) -> RequestBuilder {
    let query = utf8_percent_encode(query, NON_ALPHANUMERIC);
    http().get(format!("{}/graphql?query={query}", client.url)).bearer_auth(&client.token)
}

async fn told(request: RequestBuilder) -> Told {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Told { status, headers, body: response.bytes().await.unwrap() }
}

async fn ask(client: &Client, query: &str) -> Told {
    told(post(client, &json!({ "query": query }))).await
}

async fn sized(change: impl FnOnce(&mut Config)) -> (House, Client) {
    let house = House::with(World::sized(40), change).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    house.calls();
    (house, client)
}

#[tokio::test]
async fn what_is_asked_again_is_answered_with_the_same_bytes_and_without_a_call() {
    let (house, client) = sized(|_| ()).await;
    let other = house.sign_in(SIZED_LOGIN).await;
    for query in [CATALOGUES, USERS, GROUPS] {
        let first = ask(&client, query).await;
        assert!(first.status.is_success() && first.json()["errors"].is_null(), "{first:?}");
        assert!(!first.is_kept() && house.call_count() > 0, "{query}");
        for again in [ask(&client, query).await, told(get(&client, query)).await, ask(&other, query).await] {
            assert!(again.is_kept(), "{query}: {again:?}");
            assert_eq!((again.status, &again.body), (first.status, &first.body), "{query}");
        }
        assert_eq!(house.call_count(), 0, "{query}");
    }
}

#[tokio::test]
async fn what_differs_in_anything_is_another_question() {
    let (_house, client) = sized(|_| ()).await;
    let text = "query A($n: Int, $s: Boolean = true) { users(first: $n) { nodes { loginName phone @include(if: $s) } } }
        query B { users(first: 1) { nodes { phone } } }";
    let body =
        |name: &str, variables: &Value| json!({"query": text, "operationName": name, "variables": variables});
    let mut seen = BTreeMap::new();
    for (name, variables) in
        [("A", json!({"n": 1})), ("A", json!({"n": 2})), ("A", json!({"n": 2, "s": false})), ("B", json!({}))]
    {
        let first = told(post(&client, &body(name, &variables))).await;
        assert!(!first.is_kept(), "{name} {variables}");
        seen.insert(format!("{name} {variables}"), first.body);
    }
    for alias in ["{ a: users(first: 1) { nodes { phone } } }", "{ b: users(first: 1) { nodes { phone } } }"]
    {
        seen.insert(alias.to_owned(), ask(&client, alias).await.body);
    }
    let answers: std::collections::BTreeSet<_> = seen.values().collect();
    assert_eq!(answers.len(), 6, "{seen:?}");
    // The order of members is no difference, nor is what says nothing.
    let again = r#"{"variables": {"s": false, "n": 2}, "extensions": null, "operationName": "A", "query": "#;
    let again = format!("{again}{}}}", Value::String(text.to_owned()));
    let again = told(post(&client, &json!(null)).body(again)).await;
    assert!(again.is_kept() && again.body == seen[r#"A {"n":2,"s":false}"#], "{again:?}");
}

#[tokio::test]
async fn what_is_the_session_s_own_or_of_the_moment_or_failed_is_not_kept() {
    let (house, client) = sized(|_| ()).await;
    for query in [
        "{ viewer { loginName } departments { name } }",
        "{ departments { name } viewer { idleExpiresAt } }",
        "{ viewer { tenant { id name } user { phone } } }",
        "{ departments { name } ... on Query { viewer { __typename } } }",
        // Not an answer of the portal at all.
        "{ __typename }",
        "{ departments { name } __type(name: \"User\") { name } }",
        "{ departments { name } user(by: {id: \"nonsense\"}) { phone } icws { roles { totalCount } } }",
    ] {
        for _ in 0..3 {
            let answer = ask(&client, query).await;
            assert!(!answer.is_kept() && answer.json()["data"].is_object(), "{query}: {answer:?}");
        }
    }
    house.simulator.faults().next("getAllSites", portalgraph::simulator::Fault::Status(500), 1);
    let failed = ask(&client, CATALOGUES).await;
    assert!(failed.json()["errors"].is_array(), "{failed:?}");
    assert!(!ask(&client, CATALOGUES).await.is_kept(), "after a failure");
    assert!(ask(&client, CATALOGUES).await.is_kept());
}

#[tokio::test]
async fn what_may_hold_a_password_is_not_kept() {
    let (_house, client) = sized(|_| ()).await;
    let beside = "query A { departments { name } }
        mutation B { login(input: {username: \"a\", password: \"secret\"}) { status } }";
    let undeclared = json!({"query": CATALOGUES, "variables": {"input": {"password": "secret"}}});
    for body in [json!({"query": beside, "operationName": "A"}), undeclared] {
        for _ in 0..3 {
            let answer = told(post(&client, &body)).await;
            assert!(!answer.is_kept() && answer.json()["errors"].is_null(), "{body}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn who_asks_for_the_cost_is_told_what_the_question_costs_and_not_what_is_kept() {
    let (_house, client) = sized(|_| ()).await;
    let with_cost = || post(&client, &json!({ "query": CATALOGUES })).header("portalgraph-cost", "1");
    let plain = ask(&client, CATALOGUES).await;
    for _ in 0..2 {
        let cost = told(with_cost()).await;
        assert!(!cost.is_kept());
        assert_eq!(cost.json()["extensions"]["cost"]["operations"][0]["kept"], 1, "{cost:?}");
    }
    let kept = ask(&client, CATALOGUES).await;
    assert!(kept.is_kept() && kept.body == plain.body, "{kept:?}");
}

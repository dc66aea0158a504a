//! Failed sign-ins: who waits for them, and who does not.

use std::fmt::Write as _;

use portalgraph::config::Config;
use portalgraph::simulator::{DEMO_LOGIN, Fault};
use serde_json::{Value, json};

use super::{Told, from, proxied, query, told};
use crate::house::{House, ICWS, PORTAL};

pub const LOGIN: &str =
    "mutation($input: LoginInput!) { login(input: $input) { status userErrors { code field message } } }";
const NAME: &str = DEMO_LOGIN.0;

pub fn four(config: &mut Config) {
    config.rate.login_failures = 4;
}

pub fn input(name: &str, password: &str) -> Value {
    json!({ "upstream": PORTAL, "username": name, "password": password })
}

async fn try_as(house: &House, address: &str, (name, password): (&str, &str)) -> (String, Option<u64>) {
    let body = json!({ "query": LOGIN, "variables": { "input": input(name, password) } });
    let Told { answer, wait } = told(from(house, address, &body)).await;
    let login = &answer.body["data"]["login"];
    let code = login["userErrors"][0]["code"].as_str().unwrap_or(login["status"].as_str().unwrap());
    (code.to_owned(), wait)
}

async fn guess(house: &House, address: &str, name: &str) -> String {
    try_as(house, address, (name, "wrong")).await.0
}

/// How many sign-ins the portal has seen since the last look.
fn tried(house: &House) -> usize {
    house.calls().get("login").copied().unwrap_or_default()
}

#[tokio::test]
async fn who_fails_too_often_waits_and_is_told_how_long() {
    let house = proxied(four).await;
    for name in [NAME, "ADMIN@dmn", " admin@DMN ", NAME] {
        assert_eq!(guess(&house, "203.0.113.1", name).await, "WRONG_PASSWORD");
    }
    assert_eq!(tried(&house), 4);
    // Not even with the right password: else who guesses would learn that it is.
    let (code, wait) = try_as(&house, "203.0.113.1", DEMO_LOGIN).await;
    assert_eq!(code, "TOO_MANY_FAILURES");
    assert!(wait.is_some_and(|wait| (200..=301).contains(&wait)), "{wait:?}");
    assert_eq!(tried(&house), 0);
    let body = json!({ "query": LOGIN, "variables": { "input": input(NAME, "wrong") } });
    let message =
        told(from(&house, "203.0.113.1", &body)).await.answer.body["data"]["login"]["userErrors"][0].clone();
    assert!(message["message"].as_str().unwrap().contains("possible in"), "{message}");
    assert_eq!(message["field"], Value::Null);
    // Another name, and another address, are another matter.
    assert_eq!(guess(&house, "203.0.113.1", "billing@dmn").await, "WRONG_PASSWORD");
    assert_eq!(try_as(&house, "203.0.113.2", DEMO_LOGIN).await.0, "SIGNED_IN");
}

#[tokio::test]
async fn a_right_password_starts_anew() {
    let house = proxied(four).await;
    for _ in 0..4 {
        for _ in 0..3 {
            assert_eq!(guess(&house, "203.0.113.1", NAME).await, "WRONG_PASSWORD");
        }
        assert_eq!(try_as(&house, "203.0.113.1", DEMO_LOGIN).await.0, "SIGNED_IN");
    }
}

#[tokio::test]
async fn nobody_is_locked_out_by_what_others_do_and_the_portal_sees_few_of_it() {
    let house = proxied(four).await;
    assert_eq!(try_as(&house, "203.0.113.1", DEMO_LOGIN).await.0, "SIGNED_IN");
    // One address goes on and on.
    for _ in 0..20 {
        guess(&house, "198.51.100.1", NAME).await;
    }
    assert_eq!(try_as(&house, "203.0.113.2", DEMO_LOGIN).await.0, "SIGNED_IN", "from an address never seen");
    house.calls();
    // A hundred do.
    for number in 2..102 {
        guess(&house, &format!("198.51.100.{number}"), NAME).await;
    }
    assert_eq!(tried(&house), 4, "eight in all");
    assert_eq!(try_as(&house, "203.0.113.3", DEMO_LOGIN).await.0, "TOO_MANY_FAILURES");
    for address in ["203.0.113.1", "203.0.113.2"] {
        assert_eq!(guess(&house, address, NAME).await, "WRONG_PASSWORD");
        assert_eq!(try_as(&house, address, DEMO_LOGIN).await.0, "SIGNED_IN");
    }
}

#[tokio::test]
async fn one_password_is_not_tried_with_every_name() {
    let house = proxied(four).await;
    assert_eq!(try_as(&house, "203.0.113.1", DEMO_LOGIN).await.0, "SIGNED_IN");
    house.calls();
    for number in 0..60 {
        guess(&house, "203.0.113.1", &format!("somebody{number}@dmn")).await;
    }
    assert_eq!(tried(&house), 40);
    assert_eq!(guess(&house, "203.0.113.1", "billing@dmn").await, "TOO_MANY_FAILURES");
    // Colleagues of whoever does that go on.
    assert_eq!(try_as(&house, "203.0.113.1", DEMO_LOGIN).await.0, "SIGNED_IN");
}

#[tokio::test]
async fn aliases_and_operations_of_a_batch_count_each() {
    let house = proxied(|config| {
        four(config);
        config.limits.max_batched_operations = 10;
    })
    .await;
    let mut aliases = String::from("mutation {");
    for number in 0..10 {
        write!(
            aliases,
            " a{number}: login(input: {{username: \"{NAME}\", password: \"{number}\"}}) {{ status }}"
        )
        .unwrap();
    }
    aliases.push('}');
    let answer = told(from(&house, "203.0.113.1", &query(&aliases))).await;
    assert!(answer.wait.is_some());
    assert_eq!(tried(&house), 4);
    let one = json!({ "query": LOGIN, "variables": { "input": input("billing@dmn", "wrong") } });
    told(from(&house, "203.0.113.1", &json!(vec![one; 10]))).await;
    assert_eq!(tried(&house), 4);
}

#[tokio::test]
async fn many_at_once_are_no_way_around() {
    let house = proxied(four).await;
    let all = (0..40).map(|_| guess(&house, "203.0.113.1", NAME));
    let codes = futures_util::future::join_all(all).await;
    assert_eq!(codes.iter().filter(|code| *code == "WRONG_PASSWORD").count(), 4);
    assert_eq!(tried(&house), 4);
}

#[tokio::test]
async fn what_the_portal_has_surely_not_counted_is_not_counted() {
    let house = proxied(four).await;
    house.simulator.faults().next("login", Fault::StatusWithRetryAfter(503, 1), 5);
    house.simulator.faults().next("login", Fault::Status(500), 5);
    for code in [["PORTAL_OVERLOADED"; 5], ["PORTAL_REFUSED"; 5]].concat() {
        let body = json!({ "query": LOGIN, "variables": { "input": input(NAME, "x") } });
        let answer = told(from(&house, "203.0.113.1", &body)).await.answer;
        assert_eq!(answer.codes(), [code], "{answer:?}");
    }
    assert_eq!(try_as(&house, "203.0.113.1", DEMO_LOGIN).await.0, "SIGNED_IN");
}

#[tokio::test]
async fn the_other_upstream_counts_for_itself() {
    let house = proxied(four).await;
    let body = |name: &str| {
        let input = json!({ "upstream": ICWS, "username": name, "password": "wrong" });
        json!({ "query": LOGIN, "variables": { "input": input } })
    };
    for _ in 0..6 {
        told(from(&house, "203.0.113.1", &body(NAME))).await;
    }
    assert_eq!(house.call_count(), 4);
    assert_eq!(try_as(&house, "203.0.113.1", DEMO_LOGIN).await.0, "SIGNED_IN");
}

//! A portal that is not reached is left alone, tried by one call, and used again as soon as it is back.

use std::time::Duration;

use portalgraph::config::Way;
use portalgraph::simulator::{ANY, Fault};
use serde_json::{Value, json};

use super::{CATALOGUES, house, journal, person};
use crate::house::{Client, House, read};

const SITES: &str = "{ sites { name } }";

/// Asks until calls are no longer sent; answers how many were.
async fn until_left_alone(house: &House, client: &Client) -> usize {
    let mut calls = 0;
    for _ in 0..30 {
        let answer = client.ask(SITES).await;
        assert_eq!(answer.codes(), ["PORTAL_UNREACHABLE"]);
        let extensions = &answer.body["errors"][0]["extensions"];
        let sent = journal(house).len();
        calls += sent;
        if extensions["retryAfterSeconds"].is_number() && sent == 0 {
            let message = answer.body["errors"][0]["message"].as_str().unwrap();
            assert!(message.contains("was not sent"), "{message}");
            assert_eq!(extensions["retryAfterSeconds"], 1);
            assert_eq!(extensions["retryable"], true);
            return calls;
        }
    }
    panic!("it is called on and on");
}

/// Asks for seven catalogues until the portal is called again; answers how many of them were answered.
async fn until_tried(house: &House, client: &Client) -> (usize, usize) {
    for _ in 0..200 {
        let answer = client.ask(CATALOGUES).await;
        let calls = journal(house).len();
        if calls > 0 {
            let data = answer.body["data"].as_object().unwrap();
            return (calls, data.values().filter(|value| **value != Value::Null).count());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it is never tried again");
}

#[tokio::test]
async fn a_portal_that_is_gone_is_left_alone_and_tried_by_one_call() {
    for fault in [Fault::Reset, Fault::Status(502), Fault::Status(503), Fault::Status(504)] {
        let house = house(|_| ()).await;
        let client = person(&house, 0).await;
        journal(&house);
        house.simulator.faults().always(ANY, fault.clone());
        assert_eq!(until_left_alone(&house, &client).await, 10, "{fault:?}");
        // Whoever asks, whatever they ask.
        assert_eq!(until_tried(&house, &client).await, (1, 0), "{fault:?}: and it is still gone");
        house.simulator.faults().clear();
        // So slow that all seven ask while one tries.
        house.simulator.settings(|settings| settings.delay = Duration::from_millis(300));
        assert_eq!(until_tried(&house, &client).await, (1, 1), "{fault:?}: one tries, and it is well");
        assert_eq!(until_tried(&house, &client).await, (7, 7), "{fault:?}");
    }
}

#[tokio::test]
async fn a_portal_that_hangs_is_left_alone() {
    let house = house(|config| config.portal.call_timeout_milliseconds = 100).await;
    let client = person(&house, 0).await;
    house.simulator.faults().always(ANY, Fault::Delay(Duration::from_secs(2)));
    // All seven wait at once, and none is asked again.
    assert_eq!(client.ask(CATALOGUES).await.codes(), ["PORTAL_TIMEOUT"; 7]);
    let codes = client.ask(CATALOGUES).await;
    assert!(codes.codes().contains(&"PORTAL_TIMEOUT"), "{codes:?}");
    assert_eq!(client.ask(SITES).await.codes(), ["PORTAL_UNREACHABLE"]);
}

#[tokio::test]
async fn what_a_portal_says_however_wrong_shuts_nobody_out() {
    let house = house(|_| ()).await;
    let client = person(&house, 0).await;
    for fault in [
        Fault::Status(500),
        Fault::Status(404),
        Fault::RefuseWith("NOT_TODAY"),
        Fault::Html,
        Fault::Empty,
        Fault::Truncated,
        Fault::StatusWithRetryAfter(429, 0),
    ] {
        journal(&house);
        house.simulator.faults().next("getAllSites", fault.clone(), 25);
        for _ in 0..25 {
            assert_eq!(client.ask(SITES).await.codes().len(), 1);
        }
        assert_eq!(journal(&house).len(), 25, "{fault:?}");
        assert!(client.ask(SITES).await.codes().is_empty(), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_answers_nobody_in_their_time_is_left_alone_too() {
    let house = house(|config| config.plan.users_by_id = Way::Forward).await;
    let client = person(&house, 0).await;
    let user = |key: usize| format!("{{ user(by: {{databaseId: {}}}) {{ loginName }} }}", 10_300_001 + key);
    client.data(&user(0)).await;
    house.simulator.faults().always("getUserByIdProgram", Fault::Delay(Duration::from_secs(9)));
    // Nobody waits as long as a call may take.
    let ask = |key: usize| {
        let request = house.http().post(format!("{}/graphql", house.url)).bearer_auth(&client.token);
        let request =
            request.header("content-type", "application/json").header("portalgraph-deadline", "1200");
        let body = json!({ "query": user(key) }).to_string();
        async move { read(request.body(body).send().await.unwrap()).await }
    };
    for answer in futures_util::future::join_all((0..12).map(ask)).await {
        assert_eq!(answer.codes(), ["PORTAL_TIMEOUT"]);
    }
    // A call ends a moment after the answer of those who gave it up.
    for key in 20..30 {
        journal(&house);
        if ask(key).await.codes() == ["PORTAL_UNREACHABLE"] && journal(&house).is_empty() {
            return;
        }
    }
    panic!("it is called on and on");
}

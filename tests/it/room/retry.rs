//! A read is asked again where nothing was answered, three times at most, and at most a fifth more than is needed in all.

use std::time::Duration;

use portalgraph::simulator::Fault;
use serde_json::{Value, json};

use super::{house, journal, person};
use crate::house::{Client, House};
use crate::writes::table;

const SITES: &str = "{ sites { name } }";

/// The answer with what it cost.
async fn ask(house: &House, client: &Client) -> Value {
    let request = house.http().post(format!("{}/graphql", house.url)).bearer_auth(&client.token);
    let request = request.header("portalgraph-cost", "1").header("content-type", "application/json");
    let response = request.body(json!({ "query": SITES }).to_string()).send().await.unwrap();
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_read_is_asked_again_where_nothing_was_answered() {
    let house = house(|_| ()).await;
    let client = person(&house, 0).await;
    for fault in [Fault::Reset, Fault::ResetAfter, Fault::Status(502), Fault::Status(503), Fault::Status(504)]
    {
        journal(&house);
        house.simulator.faults().next("getAllSites", fault.clone(), 2);
        let body = ask(&house, &client).await;
        assert_eq!(body["data"]["sites"].as_array().unwrap().len(), 4, "{fault:?}");
        assert_eq!(journal(&house).len(), 3, "{fault:?}");
        assert_eq!(body["extensions"]["cost"]["calls"], 3, "{fault:?}");
    }
}

#[tokio::test]
async fn three_times_are_enough() {
    let house = house(|_| ()).await;
    let client = person(&house, 0).await;
    journal(&house);
    house.simulator.faults().next("getAllSites", Fault::Reset, 3);
    let body = ask(&house, &client).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "PORTAL_UNREACHABLE");
    assert_eq!((journal(&house).len(), &body["extensions"]["cost"]["calls"]), (3, &json!(3)));
}

#[tokio::test]
async fn no_more_calls_are_made_than_a_request_may_make() {
    let house = house(|config| config.limits.max_portal_calls = 2).await;
    let client = person(&house, 0).await;
    journal(&house);
    house.simulator.faults().next("getAllSites", Fault::Reset, 3);
    let answer = client.ask(SITES).await;
    assert_eq!(answer.codes(), ["PORTAL_UNREACHABLE"], "what went wrong is told, not that it is too dear");
    assert_eq!(journal(&house).len(), 2);
}

#[tokio::test]
async fn what_was_answered_or_may_be_under_way_is_not_asked_again() {
    let late = Duration::from_secs(1);
    for fault in [
        Fault::Status(500),
        Fault::Status(404),
        Fault::StatusWithRetryAfter(503, 7),
        Fault::StatusWithRetryAfter(429, 7),
        Fault::Redirect,
        Fault::LoginPage,
        Fault::Html,
        Fault::Empty,
        Fault::NotJson,
        Fault::Truncated,
        Fault::RefuseWith("NOT_TODAY"),
        Fault::WrongType,
        Fault::Delay(late),
        Fault::DelayAfter(late),
    ] {
        let house = house(|config| config.portal.call_timeout_milliseconds = 200).await;
        let client = person(&house, 0).await;
        journal(&house);
        house.simulator.faults().next("getAllSites", fault.clone(), 1);
        assert_eq!(client.ask(SITES).await.codes().len(), 1, "{fault:?}");
        assert_eq!(journal(&house).len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_write_is_sent_once_whatever_happens_to_it() {
    let house = table::house().await;
    let (client, writes) = table::ready(&house).await;
    // Six in a row that are lost: the portal is not yet left alone.
    for write in writes.iter().filter(|write| write.operation == "updateUser") {
        for fault in [
            Fault::Reset,
            Fault::Status(502),
            Fault::Status(503),
            Fault::Status(504),
            Fault::StatusWithRetryAfter(503, 0),
            Fault::Truncated,
            Fault::ResetAfter,
        ] {
            journal(&house);
            house.simulator.faults().always("updateUser", fault.clone());
            write.send(&client).await;
            house.simulator.faults().clear();
            let sent = journal(&house).into_iter().filter(|(name, _)| *name == "updateUser").count();
            assert_eq!(sent, 1, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn at_most_a_fifth_more_calls_are_made_than_are_needed() {
    let house = house(|_| ()).await;
    let client = person(&house, 0).await;
    house.calls();
    let mut answered = 0;
    for number in 0..1_000 {
        if number % 2 == 0 {
            house.simulator.faults().next("getAllSites", Fault::Status(502), 1);
        }
        answered += usize::from(client.ask(SITES).await.codes().is_empty());
    }
    let calls = house.calls()["getAllSites"];
    // A sixth in the long run, and the ten that are saved up at first.
    assert!((1_166..=1_177).contains(&calls), "{calls} calls for 1,000 that were needed");
    // Each call beyond those needed has made an answer of a failure.
    assert_eq!(answered, 500 + calls - 1_000);
}

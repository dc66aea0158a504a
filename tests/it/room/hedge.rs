//! A point read that is slow is put a second time, if the settings say so; a list never is.

use std::time::Duration;

use portalgraph::simulator::{DEMO_LOGIN, Fault, World};
use serde_json::Value;

use crate::house::House;

const USER: &str = "{ user(by: {databaseId: 10100024}) { databaseId } }";

/// What a query is answered, and how often an operation was called, when its first call takes so long.
async fn asked(hedge: u64, delay: Duration, (query, operation): (&str, &'static str)) -> (Value, usize) {
    let house = House::with(World::demo(), |config| config.portal.hedge_milliseconds = hedge).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.simulator.faults().next(operation, Fault::Delay(delay), 1);
    house.calls();
    let answer = client.ask(query).await;
    let calls = house.calls();
    (answer.body["data"].clone(), calls.get(operation).copied().unwrap_or_default())
}

#[tokio::test]
async fn a_slow_point_read_is_put_a_second_time_and_the_first_answer_counts() {
    let point = (USER, "getUserByIdProgram");
    // Longer than a call may take: only the second one answers.
    let (data, calls) = asked(50, Duration::from_mins(2), point).await;
    assert!(data["user"].is_object() && calls == 2, "{data} for {calls} calls");
    let (data, calls) = asked(0, Duration::from_millis(300), point).await;
    assert!(data["user"].is_object() && calls == 1, "{data} for {calls} calls");
    let (data, calls) = asked(60_000, Duration::from_millis(300), point).await;
    assert!(data["user"].is_object() && calls == 1, "{data} for {calls} calls");
}

#[tokio::test]
async fn a_list_is_put_once_however_slow_it_is() {
    let list = ("{ users(first: 1) { nodes { databaseId } } }", "getUsers");
    let (data, calls) = asked(20, Duration::from_millis(300), list).await;
    assert!(data["users"].is_object() && calls == 1, "{data} for {calls} calls");
}

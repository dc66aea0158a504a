//! Subscriptions end with the session they were opened by, and with the gateway.

use std::time::Duration;

use portalgraph::simulator::{DEMO_LOGIN, World};
use serde_json::json;

use super::{Socket, hardly_ever, house, often};
use crate::house::{House, http, stoppable};

const QUEUES: &str = "subscription { callbackQueues { name } }";
const SESSION: &str = "subscription { viewerSession { kind endsAt } }";

#[tokio::test]
async fn signing_out_ends_what_was_subscribed_to_with_a_reason() {
    let house = house(hardly_ever).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let (mut socket, mut of_session) = (Socket::of(&client).await, Socket::of(&client).await);
    socket.first(QUEUES).await;
    assert_eq!(of_session.first(SESSION).await["viewerSession"]["kind"], "STANDS");
    client.ask("mutation { logout { isSignedOut } }").await;
    let error = socket.hear().await;
    assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("1")));
    assert_eq!(error["payload"][0]["extensions"]["code"], "UNAUTHENTICATED", "{error}");
    assert_eq!(socket.closed().await, (4401, "The session has ended".to_owned()));
    assert_eq!(of_session.data().await, json!({"viewerSession": {"kind": "ENDED", "endsAt": null}}));
    assert_eq!(of_session.hear().await, json!({"id": "1", "type": "complete"}));
}

#[tokio::test]
async fn another_session_of_the_same_person_hears_on() {
    let house = house(often).await;
    let (first, second) = (house.sign_in(DEMO_LOGIN).await, house.sign_in(DEMO_LOGIN).await);
    let (mut one, mut other) = (Socket::of(&first).await, Socket::of(&second).await);
    one.first(QUEUES).await;
    other.first(QUEUES).await;
    first.ask("mutation { logout { isSignedOut } }").await;
    assert_eq!(one.hear().await["type"], "error");
    super::change::rename_a_callback_queue(&house, "Heard");
    assert!(other.data().await["callbackQueues"].to_string().contains("Heard"));
}

#[tokio::test]
async fn a_session_that_the_portal_has_ended_ends_its_subscriptions() {
    let house = house(often).await;
    let mut socket = Socket::of(&house.sign_in(DEMO_LOGIN).await).await;
    let query = "subscription { users(snapshot: false) { removed } }";
    socket.first(query).await;
    house.simulator.forget_sessions();
    let error = socket.hear().await;
    assert_eq!(error["payload"][0]["extensions"]["code"], "UNAUTHENTICATED", "{error}");
    assert_eq!(socket.closed().await.0, 4401);
}

#[tokio::test]
async fn it_is_told_when_the_session_is_about_to_end() {
    let house = house(hardly_ever).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let mut socket = Socket::of(&client).await;
    // More than any session lasts: it is about to end at once.
    let notice = "subscription { viewerSession(noticeSeconds: 86400) { kind endsAt } }";
    let told = socket.first(notice).await;
    assert_eq!(told["viewerSession"]["kind"], "EXPIRES_SOON");
    assert!(told["viewerSession"]["endsAt"].is_string());
    assert!(socket.is_silent_for(Duration::from_millis(1_500)).await);
    socket.subscribe("2", "subscription { viewerSession(noticeSeconds: -1) { kind } }").await;
    let refused = socket.hear().await;
    assert_eq!(refused["payload"]["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{refused}");
}

#[tokio::test]
async fn a_gateway_that_stops_says_so() {
    let house = House::over(World::demo()).await;
    let mut config = portalgraph::config::Config::default();
    config.portal.url = house.simulator.url();
    config.portal.callback_url = house.simulator.url();
    let (url, stop, serving) = stoppable(config).await;
    let client = crate::house::Client::sign_in(&http(), &url, DEMO_LOGIN).await;
    let mut socket = Socket::of(&client).await;
    socket.first(QUEUES).await;
    let post = client.http().post(format!("{url}/graphql")).bearer_auth(&client.token);
    let events = post.header("accept", "text/event-stream").header("content-type", "application/json");
    let events = events.body(json!({ "query": QUEUES }).to_string()).send().await.unwrap();
    drop(stop);
    assert_eq!(socket.closed().await, (1001, "The gateway stops".to_owned()));
    let rest = events.text().await.unwrap();
    assert!(!rest.contains("event: complete"), "who is told that it is complete does not come again: {rest}");
    drop(socket);
    serving.await.unwrap();
}

#[tokio::test]
async fn signing_in_elsewhere_with_the_session_lets_clients_come_again() {
    let house = house(hardly_ever).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let mut socket = Socket::of(&client).await;
    socket.first(QUEUES).await;
    client.entering(crate::house::ICWS, portalgraph::simulator::DEMO_ICWS_LOGIN).await;
    assert_eq!(socket.hear().await["type"], "error");
    assert_eq!(socket.closed().await, (1012, "The session was replaced by signing in".to_owned()));
}

#[tokio::test]
async fn a_mutation_on_a_socket_is_answered_although_the_gateway_stops() {
    let house = House::over(World::demo()).await;
    let mut config = portalgraph::config::Config::default();
    config.portal.url = house.simulator.url();
    let (url, stop, serving) = stoppable(config).await;
    let client = crate::house::Client::sign_in(&http(), &url, DEMO_LOGIN).await;
    let mut socket = Socket::of(&client).await;
    let slow = portalgraph::simulator::Fault::Delay(Duration::from_millis(700));
    house.simulator.faults().next("getUsers", slow, 1);
    house.simulator.journal().take();
    socket.subscribe("q", "{ users(first: 1) { totalCount } }").await;
    while house.simulator.journal().under_way() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(stop);
    assert_eq!(socket.hear().await["type"], "next");
    assert_eq!(socket.hear().await["type"], "complete");
    assert_eq!(socket.closed().await.0, 1001);
    drop(socket);
    serving.await.unwrap();
}

//! The two protocols, to the letter of their specifications.

use std::time::Duration;

use portalgraph::simulator::{DEMO_LOGIN, World};
use serde_json::{Value, json};

use super::{Socket, hardly_ever, house, often};
use crate::house::House;

const QUEUES: &str = "subscription { callbackQueues { name } }";

#[tokio::test]
async fn each_breach_of_the_protocol_has_its_close_code() {
    let house = house(hardly_ever).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let mut unknown = Socket::open(&house.url).await;
    unknown.subscribe("1", QUEUES).await;
    assert_eq!(unknown.closed().await, (4401, "Unauthorized".to_owned()));
    for text in ["", "[]", "{\"type\": \"start\"}", "{\"type\": \"subscribe\", \"payload\": {}}"] {
        let mut socket = Socket::of(&client).await;
        socket.say_text(text).await;
        assert_eq!(socket.closed().await.0, 4400, "{text}");
    }
    let mut twice = Socket::of(&client).await;
    twice.say(json!({"type": "connection_init"})).await;
    assert_eq!(twice.closed().await, (4429, "Too many initialisation requests".to_owned()));
    let mut same = Socket::of(&client).await;
    same.subscribe("a", QUEUES).await;
    same.data().await;
    same.subscribe("a", QUEUES).await;
    assert_eq!(same.closed().await, (4409, "Subscriber for a already exists".to_owned()));
    for authorization in ["Bearer nobody", "Bearer pgs_none", "Digest x", "Bearer"] {
        let mut stranger = Socket::open(&house.url).await;
        let payload = json!({"headers": {"Authorization": authorization}});
        stranger.say(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(stranger.closed().await.0, 4403, "{authorization}");
    }
    let mut other = Socket::try_open(&house.url, &[]).await.unwrap_or_else(|code| panic!("{code}"));
    assert_eq!(other.closed().await, (4406, "Subprotocol not acceptable".to_owned()));
}

#[tokio::test]
async fn queries_and_mutations_are_answered_once_and_pings_at_once() {
    let house = house(hardly_ever).await;
    let mut socket = Socket::of(&house.sign_in(DEMO_LOGIN).await).await;
    socket.say(json!({"type": "ping", "payload": {"a": 1}})).await;
    assert_eq!(socket.hear().await, json!({"type": "pong", "payload": {"a": 1}}));
    socket.subscribe("q", "{ viewer { loginName } }").await;
    let next =
        json!({"id": "q", "type": "next", "payload": {"data": {"viewer": {"loginName": DEMO_LOGIN.0}}}});
    assert_eq!(socket.hear().await, next);
    assert_eq!(socket.hear().await, json!({"id": "q", "type": "complete"}));
    socket.subscribe("q", "{ viewer { nothing } }").await;
    let error = socket.hear().await;
    assert_eq!((&error["id"], &error["type"]), (&json!("q"), &json!("error")));
    assert_eq!(error["payload"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    let login = "mutation { login(input: {username: \"a@b\", password: \"c\"}) { status } }";
    socket.subscribe("m", login).await;
    let refused = socket.hear().await;
    assert_eq!(refused["payload"]["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused}");
    assert!(refused["payload"]["errors"][0]["message"].as_str().unwrap().starts_with("Sign in by POST"));
}

#[tokio::test]
async fn a_page_of_another_site_gets_no_socket_with_the_cookie() {
    let house = house(hardly_ever).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    let cookie = format!("portalgraph={}", client.token);
    let own = house.url.clone();
    for origin in ["https://evil.example", "null"] {
        let headers = [protocol, ("cookie", cookie.as_str()), ("origin", origin)];
        assert_eq!(Socket::try_open(&house.url, &headers).await.err(), Some(403), "{origin}");
    }
    let headers = [protocol, ("cookie", cookie.as_str()), ("origin", own.as_str())];
    let mut socket = Socket::try_open(&house.url, &headers).await.unwrap_or_else(|code| panic!("{code}"));
    socket.say(json!({"type": "connection_init"})).await;
    assert_eq!(socket.hear().await["type"], "connection_ack");
    assert!(socket.first(QUEUES).await["callbackQueues"].is_array());
}

#[tokio::test]
async fn events_come_as_server_sent_events_too() {
    let house = house(often).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let request = |query: &str| {
        let post = client.http().post(format!("{}/graphql", house.url)).bearer_auth(&client.token);
        let body = json!({ "query": query }).to_string();
        post.header("accept", "text/event-stream").header("content-type", "application/json").body(body)
    };
    let response = request(QUEUES).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
    let mut events = response;
    let mut text = String::new();
    while text.matches("\n\n").count() < 1 {
        text += std::str::from_utf8(&events.chunk().await.unwrap().unwrap()).unwrap();
    }
    let data = text.strip_prefix("event: next\ndata: ").unwrap().trim_end();
    let event: Value = serde_json::from_str(data).unwrap();
    assert!(event["data"]["callbackQueues"].is_array(), "{text}");
    super::change::rename_a_callback_queue(&house, "Another name");
    let mut text = String::new();
    while !text.contains("\n\n") {
        text += std::str::from_utf8(&events.chunk().await.unwrap().unwrap()).unwrap();
    }
    assert!(text.contains("Another name"), "{text}");
    let one = request("{ viewer { loginName } }").send().await.unwrap().text().await.unwrap();
    let expected = format!(
        "event: next\ndata: {{\"data\":{{\"viewer\":{{\"loginName\":\"{}\"}}}}}}\n\nevent: complete\ndata:\n\n",
        DEMO_LOGIN.0
    );
    assert_eq!(one, expected);
    let wrong = request("subscription { nothing }").send().await.unwrap();
    assert_eq!(wrong.status(), 200);
    let wrong = wrong.text().await.unwrap();
    assert!(
        wrong.contains("GRAPHQL_VALIDATION_FAILED") && wrong.ends_with("event: complete\ndata:\n\n"),
        "{wrong}"
    );
    let unknown = house.nobody().holding("nobody");
    let refused = unknown.http().post(format!("{}/graphql", house.url)).header("accept", "text/event-stream");
    assert_eq!(refused.body("{}").send().await.unwrap().status(), 415);
}

#[tokio::test]
async fn a_subscription_by_plain_post_is_told_where_to_go() {
    let house = house(hardly_ever).await;
    let answer = house.sign_in(DEMO_LOGIN).await.ask(QUEUES).await;
    let error = &answer.body["errors"][0];
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
    assert!(error["message"].as_str().unwrap().contains("text/event-stream"), "{error}");
    assert_eq!(house.call_count(), 1, "those of signing in");
}

#[tokio::test]
async fn what_cannot_be_opened_is_refused_with_its_reason() {
    let house = House::with(World::demo(), |config| {
        hardly_ever(config);
        config.live.max_subscriptions_per_person = 2;
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let mut socket = Socket::of(&client).await;
    let mut code = async |id: &str, query: &str| {
        socket.subscribe(id, query).await;
        loop {
            let message = socket.hear().await;
            let errors = match message["type"].as_str() {
                Some("error") => &message["payload"],
                Some("next") => &message["payload"]["errors"],
                _ => continue,
            };
            return errors[0]["extensions"]["code"].as_str().map(str::to_owned);
        }
    };
    let two = "subscription { callbackQueues { name } agents { removed } }";
    assert_eq!(code("1", two).await.as_deref(), Some("BAD_USER_INPUT"));
    let foreign = "subscription { users(filter: {platform: \"x\"}) { removed } }";
    assert_eq!(code("2", foreign).await.as_deref(), Some("BAD_USER_INPUT"));
    for id in ["3", "4"] {
        assert_eq!(code(id, QUEUES).await, None);
    }
    assert_eq!(code("5", QUEUES).await.as_deref(), Some("TOO_MANY_SUBSCRIPTIONS"));
    socket.say(json!({"type": "complete", "id": "3"})).await;
    let mut is_given_back = false;
    for number in 0..100 {
        // The place is given back when what followed has been let go.
        tokio::time::sleep(Duration::from_millis(20)).await;
        socket.subscribe(&format!("again {number}"), QUEUES).await;
        let mut message = socket.hear().await;
        if message["type"] == "complete" {
            message = socket.hear().await;
        }
        is_given_back = message["payload"]["data"]["callbackQueues"].is_array();
        if is_given_back {
            break;
        }
    }
    assert!(is_given_back);
}

#[tokio::test]
async fn nobody_subscribes_without_a_session() {
    let house = house(hardly_ever).await;
    let mut socket = Socket::open(&house.url).await;
    socket.say(json!({"type": "connection_init"})).await;
    assert_eq!(socket.hear().await["type"], "connection_ack");
    socket.subscribe("1", QUEUES).await;
    let message = socket.hear().await;
    assert_eq!(message["payload"]["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{message}");
    assert_eq!(socket.hear().await, json!({"id": "1", "type": "complete"}));
}

#[tokio::test]
async fn who_takes_json_as_well_is_answered_in_json_and_packed() {
    let house = house(hardly_ever).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let ask = |query: &str, accept: &str| {
        let post = client.http().post(format!("{}/graphql", house.url)).bearer_auth(&client.token);
        let post = post.header("accept", accept).header("content-type", "application/json");
        post.header("accept-encoding", "gzip").body(json!({ "query": query }).to_string()).send()
    };
    let many = "{ users(first: 100) { nodes { loginName firstName lastName databaseId } } }";
    let urql = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
    let response = ask(many, urql).await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/graphql-response+json; charset=utf-8");
    let events = ask(many, "text/event-stream").await.unwrap();
    assert_eq!(events.headers().get("content-encoding"), None);
    assert!(events.text().await.unwrap().starts_with("event: next\ndata: {\"data\":{\"users\""));
    let followed = ask(QUEUES, urql).await.unwrap();
    assert_eq!(followed.headers()["content-type"], "text/event-stream; charset=utf-8");
}

#[tokio::test]
async fn tokens_are_not_tried_faster_over_sockets() {
    let house = House::with(World::demo(), |config| {
        hardly_ever(config);
        config.rate.address_requests_per_minute = 1;
        config.rate.address_burst = 10;
    })
    .await;
    let (mut tried, mut refused) = (0, 0);
    for number in 0..30 {
        let protocol = [("sec-websocket-protocol", "graphql-transport-ws")];
        let Ok(mut stranger) = Socket::try_open(&house.url, &protocol).await else {
            refused += 1;
            continue;
        };
        let payload = json!({"authorization": format!("Bearer wrong{number}")});
        stranger.say(json!({"type": "connection_init", "payload": payload})).await;
        let (code, reason) = stranger.closed().await;
        assert_eq!(code, 4403);
        if reason.contains("requests") { refused += 1 } else { tried += 1 }
    }
    assert!(tried <= 10 && refused >= 20, "{tried} tried, {refused} refused");
}

#[tokio::test]
async fn an_id_that_is_used_again_is_another_operation() {
    let house = house(hardly_ever).await;
    let mut socket = Socket::of(&house.sign_in(DEMO_LOGIN).await).await;
    for _ in 0..20 {
        socket.subscribe("1", "{ viewer { loginName } }").await;
        socket.say(json!({"type": "complete", "id": "1"})).await;
        socket.subscribe("1", QUEUES).await;
        let data = loop {
            let message = socket.hear().await;
            // What was on its way before the client said that it wants no more.
            if message["payload"]["data"]["viewer"].is_null() && message["type"] == "next" {
                break message["payload"]["data"].clone();
            }
        };
        assert!(data["callbackQueues"].is_array());
        socket.say(json!({"type": "complete", "id": "1"})).await;
    }
}

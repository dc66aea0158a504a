//! The door: who takes too long, sends too much or comes in too great numbers is cut off or told to come again, and others
//! are served meanwhile.

use std::time::Duration;

use portalgraph::config::Config;
use portalgraph::simulator::{DEMO_LOGIN, Fault, Simulator, World};
use reqwest::StatusCode;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::house::{Client, House, http, read};
use crate::metrics::{free, get};
use crate::program::Served;

const DEPARTMENTS: &str = "{ departments { name } }";
const SITES: &str = "{ sites { name } }";

async fn house(change: impl FnOnce(&mut Config)) -> (House, Client) {
    let house = House::with(World::demo(), change).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    client.data(DEPARTMENTS).await;
    house.calls();
    (house, client)
}

async fn connect(house: &House) -> TcpStream {
    TcpStream::connect(house.url.trim_start_matches("http://")).await.unwrap()
}

/// What comes until the connection is closed.
async fn rest(connection: &mut TcpStream) -> String {
    let mut text = Vec::new();
    // One that is reset is closed too.
    let _ = connection.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn who_does_not_end_the_head_of_a_request_is_cut_off() {
    for threads in [0, 2] {
        let (house, client) = house(|config| {
            (config.server.header_timeout_seconds, config.server.worker_threads) = (1, threads);
        })
        .await;
        for begun in ["", "P", "PRI * HTTP/2.0\r\n", "GET /health/live HTTP/1.1\r\nhost: x\r\nx-more: "] {
            let mut slow = connect(&house).await;
            slow.write_all(begun.as_bytes()).await.unwrap();
            let cut = tokio::spawn(async move { rest(&mut slow).await });
            client.data(DEPARTMENTS).await;
            assert_eq!(cut.await.unwrap(), "", "{begun:?}");
        }
        // A little at a time is no way around it.
        let mut drip = connect(&house).await;
        while drip.write_all(b"G").await.is_ok() {
            sleep(Duration::from_millis(100)).await;
        }
    }
}

#[tokio::test]
async fn a_connection_without_requests_is_closed_and_one_that_is_used_is_not() {
    let (house, _) = house(|config| config.server.idle_timeout_seconds = 2).await;
    let request = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut connection = connect(&house).await;
    for _ in 0..4 {
        connection.write_all(request).await.unwrap();
        let mut answer = [0; 1024];
        let length = connection.read(&mut answer).await.unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 200"));
        sleep(Duration::from_millis(800)).await;
    }
    assert_eq!(rest(&mut connection).await, "");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_waited_for_until_the_deadline() {
    let (house, client) = house(|config| config.server.deadline_seconds = 1).await;
    let mut slow = connect(&house).await;
    slow.write_all(
        b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
    )
    .await
    .unwrap();
    client.data(DEPARTMENTS).await;
    let answer = rest(&mut slow).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("server.deadline_seconds"), "{answer}");
}

#[tokio::test]
async fn a_head_without_end_is_refused_before_it_takes_memory() {
    let (house, client) = house(|config| config.server.max_header_bytes = 8_192).await;
    let mut endless = connect(&house).await;
    endless.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-long: ").await.unwrap();
    let mut sent = 0_usize;
    while endless.write_all(&[b'a'; 4_096]).await.is_ok() {
        sent += 4_096;
        sleep(Duration::from_millis(2)).await;
    }
    // What the kernel holds between the two is not the gateway's.
    assert!(sent < 8_000_000, "{sent}");
    let many =
        (0..120).fold(http().get(&house.url), |request, number| request.header(format!("x-{number}"), "1"));
    assert_eq!(many.send().await.unwrap().status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    let long = http().get(&house.url).header("x-long", "a".repeat(9_000));
    assert_eq!(long.send().await.unwrap().status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    client.data(DEPARTMENTS).await;
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_until_one_is_closed() {
    for threads in [0, 2] {
        let (house, client) = house(|config| {
            config.server.max_connections = 3;
            config.server.header_timeout_seconds = 1;
            config.server.worker_threads = threads;
        })
        .await;
        // Who has signed in has one; these take the others and say nothing.
        let _silent = [connect(&house).await, connect(&house).await, connect(&house).await];
        let other = tokio::spawn({
            let url = house.url.clone();
            async move { http().get(format!("{url}/health/live")).send().await.unwrap().status() }
        });
        client.data(DEPARTMENTS).await;
        assert_eq!(other.await.unwrap(), StatusCode::OK, "once the silent ones are cut off");
    }
}

#[tokio::test]
async fn more_requests_than_there_are_places_are_told_to_come_again_and_what_is_kept_is_answered() {
    let (house, client) = house(|config| {
        (config.server.max_requests, config.server.max_queue_milliseconds) = (1, 50);
    })
    .await;
    house.simulator.faults().next("getAllSites", Fault::Delay(Duration::from_millis(1_500)), 1);
    let slow = tokio::spawn({
        let client = client.clone();
        async move { client.data(SITES).await }
    });
    while house.simulator.journal().under_way() == 0 {
        sleep(Duration::from_millis(2)).await;
    }
    let request = http().post(format!("{}/graphql", house.url)).bearer_auth(&client.token);
    let body = json!({"query": "{ roleGroups { name } }"}).to_string();
    let refused = request.header("content-type", "application/json").body(body).send().await.unwrap();
    assert_eq!(refused.headers()["retry-after"], "1");
    let refused = read(refused).await;
    assert_eq!((refused.status, refused.codes()), (StatusCode::SERVICE_UNAVAILABLE, vec!["OVERLOADED"]));
    client.data(DEPARTMENTS).await;
    let live = http().get(format!("{}/health/live", house.url)).send().await.unwrap();
    assert_eq!(live.status(), StatusCode::OK);
    assert!(!slow.is_finished(), "all that was meanwhile");
    assert!(slow.await.unwrap()["sites"][0].is_object());
    assert_eq!(house.calls(), [("getAllSites", 1)].into());
    client.data("{ roleGroups { name } }").await;
}

#[tokio::test]
async fn who_waits_for_a_place_in_time_gets_it() {
    let (house, client) = house(|config| {
        (config.server.max_requests, config.server.max_queue_milliseconds) = (2, 20_000);
    })
    .await;
    house.simulator.settings(|settings| settings.delay = Duration::from_millis(100));
    let queries = [SITES, "{ roleGroups { name } }", "{ billingUnits { name } }"];
    let asked = queries.map(|query| client.data(query));
    for answer in futures_util::future::join_all(asked).await {
        assert!(answer.as_object().unwrap().values().all(serde_json::Value::is_array), "{answer}");
    }
    assert_eq!(house.simulator.journal().busiest(), 2);
}

#[tokio::test]
async fn the_operators_door_has_its_limits_too() {
    let simulator = Simulator::local(World::demo()).await;
    let operator = free();
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__SERVER__OPERATOR_LISTEN", &operator),
        ("PORTALGRAPH__SERVER__HEADER_TIMEOUT_SECONDS", "1"),
        ("PORTALGRAPH__SERVER__MAX_HEADER_BYTES", "8192"),
    ]);
    // More than it has places for, all silent: who comes after them is served once they are cut off.
    let mut silent = Vec::new();
    for _ in 0..80 {
        silent.push(TcpStream::connect(&operator).await.unwrap());
    }
    assert_eq!(get(&format!("http://{operator}/metrics")).await.0, 200);
    for mut silent in silent {
        assert_eq!(rest(&mut silent).await, "");
    }
    let long = http().get(format!("http://{operator}/health/live")).header("x-long", "a".repeat(9_000));
    assert_eq!(long.send().await.unwrap().status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert_eq!(simulator.journal().count(), 0);
    drop(served);
}

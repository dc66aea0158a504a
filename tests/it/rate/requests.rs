//! A person's requests, and those of nobody in particular.

use portalgraph::config::Config;
use portalgraph::simulator::DEMO_LOGIN;
use reqwest::StatusCode;

use super::{from, proxied, query, told};
use crate::house::{House, ICWS};

const USERS: &str = "{ users { totalCount } }";

fn three_of_a_person(config: &mut Config) {
    config.rate.identity_requests_per_minute = 1;
    config.rate.identity_burst = 3;
}

fn three_of_an_address(config: &mut Config) {
    config.rate.address_requests_per_minute = 1;
    config.rate.address_burst = 3;
}

#[tokio::test]
async fn a_person_asks_so_often_in_all_sessions_together() {
    let house = proxied(three_of_a_person).await;
    let (first, second) = (house.sign_in(DEMO_LOGIN).await, house.sign_in(DEMO_LOGIN).await);
    let other = house.sign_in(("billing@dmn", DEMO_LOGIN.1)).await;
    let ask = |token: &str, address| told(from(&house, address, &query(USERS)).bearer_auth(token));
    for token in [&first.token, &second.token, &first.token] {
        assert_eq!(ask(token, "203.0.113.1").await.answer.codes(), Vec::<&str>::new());
    }
    house.calls();
    // From wherever; and nobody else is the worse for it, not even from the same address.
    for (token, address) in [(&first.token, "203.0.113.1"), (&second.token, "203.0.113.2")] {
        ask(token, address).await.expect_429("rate.identity_requests_per_minute");
    }
    assert_eq!(house.call_count(), 0);
    assert_eq!(ask(&other.token, "203.0.113.1").await.answer.status, StatusCode::OK);
    // Signing in, which is no request of the person yet, goes on.
    house.sign_in(DEMO_LOGIN).await;
}

#[tokio::test]
async fn a_session_at_both_upstreams_is_a_person_of_its_own() {
    let house = proxied(three_of_a_person).await;
    let portal = house.sign_in(DEMO_LOGIN).await;
    for _ in 0..2 {
        portal.data(USERS).await;
    }
    // The third is the sign-in.
    let both = portal.entering(ICWS, portalgraph::simulator::DEMO_ICWS_LOGIN).await;
    both.data(USERS).await;
}

#[tokio::test]
async fn requests_of_nobody_count_by_address() {
    let house = proxied(three_of_an_address).await;
    let ask = |address| told(from(&house, address, &query("{ __typename }")));
    for _ in 0..3 {
        assert_eq!(ask("203.0.113.1").await.answer.status, StatusCode::OK);
    }
    // Whatever stands before in the header was written by somebody else.
    for address in ["203.0.113.1", "1.2.3.4, 203.0.113.1", "203.0.113.1:4711"] {
        ask(address).await.expect_429("rate.address_requests_per_minute");
    }
    assert_eq!(ask("203.0.113.2").await.answer.status, StatusCode::OK);
    // Not even what cannot be read is looked at.
    let unreadable = told(from(&house, "203.0.113.1", &query("{")).body("{")).await;
    unreadable.expect_429("rate.address_requests_per_minute");
}

#[tokio::test]
async fn addresses_of_one_network_of_ipv6_count_together() {
    let house = proxied(three_of_an_address).await;
    let ask = |address: String| {
        let house = &house;
        async move { told(from(house, &address, &query("{ __typename }"))).await }
    };
    for number in 0..3 {
        assert_eq!(ask(format!("2001:db8:0:1::{number}")).await.answer.status, StatusCode::OK);
    }
    ask("2001:db8:0:1:ffff::".to_owned()).await.expect_429("rate.address_requests_per_minute");
    assert_eq!(ask("2001:db8:0:2::".to_owned()).await.answer.status, StatusCode::OK);
}

#[tokio::test]
async fn guessing_tokens_counts_by_address_and_a_right_one_is_a_person() {
    let house = proxied(three_of_an_address).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let ask = |token: &str| told(from(&house, "203.0.113.1", &query(USERS)).bearer_auth(token));
    for _ in 0..3 {
        assert_eq!(ask(&"A".repeat(43)).await.answer.codes(), ["UNAUTHENTICATED"]);
    }
    ask(&"B".repeat(43)).await.expect_429("rate.address_requests_per_minute");
    for _ in 0..10 {
        assert_eq!(ask(&client.token).await.answer.codes(), Vec::<&str>::new());
    }
}

#[tokio::test]
async fn without_trusted_proxies_the_header_is_nobodys_word() {
    for worker_threads in [0, 2] {
        let house = House::with(portalgraph::simulator::World::demo(), |config| {
            three_of_an_address(config);
            config.server.worker_threads = worker_threads;
        })
        .await;
        for number in 0..3 {
            let told = told(from(&house, &format!("203.0.113.{number}"), &query("{ __typename }"))).await;
            assert_eq!(told.answer.status, StatusCode::OK);
        }
        let refused = told(from(&house, "203.0.113.9", &query("{ __typename }"))).await;
        refused.expect_429("rate.address_requests_per_minute");
        // The checks of whoever operates it, and the page, are no requests.
        let health = house.http().get(format!("{}/health/live", house.url)).send().await.unwrap();
        assert_eq!(health.status(), StatusCode::OK);
    }
}

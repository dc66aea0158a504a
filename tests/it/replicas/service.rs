//! A service account has one session for all replicas, opened once and renewed once.

use std::fs;

use futures_util::future::join_all;
use portalgraph::config::{Config, ServiceAccount};
use portalgraph::simulator::{DEMO_LOGIN, Fault, Simulator, World};
use serde_json::Value;

use super::Pair;
use crate::house::{self, Answer, Client};
use crate::redis::Redis;
use crate::service::{account, password_file};

const NAME: &str = "{ viewer { loginName } }";
const USERS: &str = "{ users(first: 2) { totalCount } }";

async fn wall() -> (Pair, Client) {
    let (wall, token) = account("wall", DEMO_LOGIN);
    let pair =
        Pair::with(World::demo(), Redis::start(), |config| config.service_accounts = vec![wall.clone()])
            .await;
    let client = pair.house.nobody().holding(&token);
    (pair, client)
}

async fn all(pair: &Pair, client: &Client, times: usize) -> Vec<Answer> {
    let other = pair.beside(client);
    let asked = (0..times).map(|time| {
        // Each another one, so that none is shared.
        let query = format!("{{ users(first: {}) {{ totalCount }} }}", time + 1);
        let client = if time % 2 == 0 { client } else { &other };
        async move { client.ask(&query).await }
    });
    join_all(asked).await
}

#[tokio::test]
async fn who_comes_first_signs_in_for_all() {
    let (pair, client) = wall().await;
    for answer in all(&pair, &client, 20).await {
        assert!(answer.body["data"]["users"]["totalCount"].is_number(), "{}", answer.body);
    }
    assert_eq!(pair.house.calls()["login"], 1);
    assert_eq!(pair.beside(&client).data(NAME).await, client.data(NAME).await);
}

#[tokio::test]
async fn a_session_that_has_ended_is_renewed_once_for_all() {
    let (pair, client) = wall().await;
    all(&pair, &client, 4).await;
    for _ in 0..3 {
        pair.house.simulator.forget_sessions();
        pair.house.calls();
        for answer in all(&pair, &client, 20).await {
            assert!(answer.body["data"]["users"]["totalCount"].is_number(), "{}", answer.body);
        }
        let calls = pair.house.calls();
        assert!(calls.get("login").is_none_or(|logins| *logins == 1), "{calls:?}");
        // What was kept needed no session: forget it.
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_password_that_was_refused_to_one_is_tried_by_none() {
    let file = password_file("wrong");
    let (mut wall, token) = account("wall", DEMO_LOGIN);
    wall.password_file = file.to_str().unwrap().to_owned();
    let pair =
        Pair::with(World::demo(), Redis::start(), |config| config.service_accounts = vec![wall.clone()])
            .await;
    let client = pair.house.nobody().holding(&token);
    let mut messages = Vec::new();
    for client in [&client, &pair.beside(&client), &client, &pair.beside(&client)] {
        let answer = client.ask(USERS).await;
        assert_eq!(answer.codes(), ["SERVICE_ACCOUNT_REFUSED"], "{}", answer.body);
        messages.push(answer.body["errors"][0]["message"].as_str().unwrap().to_owned());
    }
    assert_eq!(pair.house.calls()["login"], 1, "{messages:?}");
    assert!(messages.iter().all(|message| message.contains("LDAP_AUTHENTICATION_FAILED")), "{messages:?}");
    fs::write(file, DEMO_LOGIN.1).unwrap();
    assert_eq!(pair.beside(&client).data(USERS).await, client.data(USERS).await);
    assert_eq!(pair.house.calls()["login"], 1);
}

#[tokio::test]
async fn an_account_that_is_somebody_else_by_now_takes_over_nothing() {
    let (wall, token) = account("wall", DEMO_LOGIN);
    let redis = Redis::start();
    let other = ServiceAccount { password_file: wall.password_file.clone(), ..wall.clone() };
    let other = ServiceAccount { username: "billing@dmn".to_owned(), ..other };
    let simulator = Simulator::local(World::demo()).await;
    let mut answers = Vec::new();
    for account in [wall, other] {
        let mut config = Config::default();
        redis.name_in(&mut config);
        config.portal.url = simulator.url();
        config.service_accounts = vec![account];
        let (url, _stop) = house::gateway(config).await;
        let client = Client::nobody(&house::http(), &url).holding(&token);
        answers.push(client.data(NAME).await["viewer"]["loginName"].clone());
    }
    assert_eq!(answers, [DEMO_LOGIN.0, "billing@dmn"]);
}

#[tokio::test]
async fn while_the_store_is_gone_nobody_signs_in_and_who_is_in_goes_on() {
    let (pair, client) = wall().await;
    client.data(USERS).await;
    pair.redis.kill();
    pair.until_ready(false).await;
    client.data(USERS).await;
    let other = pair.beside(&client).ask(USERS).await;
    assert_eq!((other.status.as_u16(), other.codes()), (503, vec!["STORE_UNAVAILABLE"]), "{}", other.body);
    pair.redis.start_again();
    pair.until_ready(true).await;
    let mut answer = Value::Null;
    for _ in 0..100 {
        answer = pair.beside(&client).ask(USERS).await.body;
        if answer["data"]["users"]["totalCount"].is_number() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{answer}");
}

#[tokio::test]
async fn a_failed_sign_in_of_one_is_waited_out_by_all() {
    let (pair, client) = wall().await;
    pair.house.simulator.faults().next("login", Fault::Status(503), 1);
    let first = client.ask(USERS).await;
    assert_eq!(first.status.as_u16(), 503, "{}", first.body);
    // The portal said nothing of the account: all wait a second, and one tries again.
    let mut answers = Vec::new();
    for _ in 0..60 {
        answers = all(&pair, &client, 4).await;
        if answers.iter().all(|answer| answer.body["data"]["users"]["totalCount"].is_number()) {
            assert_eq!(pair.house.calls()["login"], 2);
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{answers:?}");
}

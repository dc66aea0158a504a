//! An account that the upstream refuses is left alone: no account is locked by trying, and who asks is told why.

use std::fs;

use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, DEMO_PASSWORD, Fault, World};

use super::{account, account_of_icws, wall};
use crate::house::{Client, House};

const USERS: &str = "{ users { totalCount } }";

/// What an account is told that is not signed in: the status, how long to wait, and the answer.
async fn told(client: &Client, house: &House) -> (u16, u64, String) {
    let body = serde_json::json!({ "query": USERS }).to_string();
    let request = house.http().post(format!("{}/graphql", client.url)).bearer_auth(&client.token);
    let response = request.header("content-type", "application/json").body(body).send().await.unwrap();
    let wait = response.headers().get("retry-after").map(|wait| wait.to_str().unwrap().parse().unwrap());
    (response.status().as_u16(), wait.unwrap_or_default(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_refused_account_is_tried_once_however_often_it_is_asked_for() {
    for (login, constant, longest) in [
        ((DEMO_LOGIN.0, "not the password"), "LDAP_AUTHENTICATION_FAILED", 30),
        (("locked@dmn", DEMO_PASSWORD), "LDAP_AUTHENTICATION_FAILED_ACCOUNT_LOCKED", 3600),
        (("stale@dmn", DEMO_PASSWORD), "LDAP_AUTHENTICATION_FAILED_PASSWORD_EXPIRED", 3600),
        (("newcomer@dmn", DEMO_PASSWORD), "its password must be changed at the portal", 3600),
        (("desktop@dmn", DEMO_PASSWORD), "LOGIN_NOT_ENABLED_FOR_USER", 30),
    ] {
        let (wall, token) = account("wall", login);
        let house = House::with(World::demo(), |config| config.service_accounts.push(wall)).await;
        let client = house.nobody().holding(&token);
        for _ in 0..20 {
            let (status, wait, answer) = told(&client, &house).await;
            assert_eq!(status, 503, "{constant}: {answer}");
            assert!(wait > longest / 2 && wait <= longest, "{constant}: {wait}");
            assert!(answer.contains("SERVICE_ACCOUNT_REFUSED") && answer.contains(constant), "{answer}");
            assert!(!answer.contains(login.0) && !answer.contains(login.1), "{answer}");
        }
        assert_eq!(house.calls()["login"], 1, "{constant}");
    }
}

#[tokio::test]
async fn so_it_is_at_icws() {
    let (wall, token) = account_of_icws("wall", (DEMO_ICWS_LOGIN.0, "not the password"));
    let house = House::with(World::demo(), |config| config.service_accounts.push(wall)).await;
    let client = house.nobody().holding(&token);
    for _ in 0..20 {
        let (status, wait, answer) = told(&client, &house).await;
        assert_eq!((status, wait > 15 && wait <= 30), (503, true), "{wait}");
        assert!(answer.contains("SERVICE_ACCOUNT_REFUSED"), "{answer}");
    }
    assert_eq!(house.calls(), [("connect", 1)].into());
}

#[tokio::test]
async fn another_password_is_tried_at_once_and_only_then() {
    let (wall, token) = account("wall", (DEMO_LOGIN.0, "an old password"));
    let file = wall.password_file.clone();
    let house = House::with(World::demo(), |config| config.service_accounts.push(wall)).await;
    let client = house.nobody().holding(&token);
    assert_eq!(told(&client, &house).await.0, 503);
    fs::write(&file, "another wrong one").unwrap();
    for _ in 0..5 {
        assert_eq!(told(&client, &house).await.0, 503);
    }
    assert_eq!(house.calls(), [("login", 2)].into());
    fs::remove_file(&file).unwrap();
    let (status, _, answer) = told(&client, &house).await;
    assert!(status == 503 && answer.contains("its password cannot be read"), "{answer}");
    // The same one again is no other.
    fs::write(&file, "another wrong one").unwrap();
    assert_eq!(told(&client, &house).await.0, 503);
    assert_eq!(house.call_count(), 0);
    fs::write(&file, DEMO_PASSWORD).unwrap();
    assert_eq!(told(&client, &house).await.0, 200);
    assert_eq!(house.calls()["login"], 1);
}

#[tokio::test]
async fn an_account_locked_while_it_was_signed_in_is_told_so_in_the_field() {
    let (house, client) = wall(|_| ()).await;
    client.data(USERS).await;
    house.simulator.faults().always("login", Fault::RefuseWith("LDAP_AUTHENTICATION_FAILED_ACCOUNT_LOCKED"));
    house.simulator.forget_sessions();
    house.calls();
    let answer = client.ask("{ sites { name } departments { name } }").await;
    assert_eq!(answer.codes(), ["SERVICE_ACCOUNT_REFUSED", "SERVICE_ACCOUNT_REFUSED"], "{answer:?}");
    for _ in 0..10 {
        assert_eq!(told(&client, &house).await.0, 503);
    }
    assert_eq!(house.calls()["login"], 1);
}

#[tokio::test]
async fn a_portal_that_cannot_be_reached_is_tried_again_soon() {
    let (house, client) = wall(|_| ()).await;
    house.simulator.faults().next("login", Fault::Reset, 1);
    let (status, wait, answer) = told(&client, &house).await;
    assert_eq!((status, wait), (503, 1), "{answer}");
    assert!(answer.contains("PORTAL_UNREACHABLE") && answer.contains("service account wall"), "{answer}");
    let mut asked = 1;
    while told(&client, &house).await.0 != 200 {
        asked += 1;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(asked > 5, "it waits a little");
    assert_eq!(house.calls()["login"], 2);
}

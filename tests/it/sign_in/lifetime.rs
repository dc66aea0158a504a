//! How a session ends: by signing out, by the portal's word, by age.

use std::time::Duration;

use portalgraph::simulator::{DEMO_LOGIN, Fault, World};
use serde_json::{Value, json};

use super::LOGIN;
use crate::house::{Client, House};

const LOGOUT: &str = "mutation { logout { isSignedOut } }";
const USERS: &str = "{ users { totalCount } }";

async fn assert_ended(client: &Client) {
    let answer = client.ask(USERS).await;
    assert_eq!((answer.codes(), &answer.body["data"]), (vec!["UNAUTHENTICATED"], &json!({"users": null})));
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_the_portal() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    assert_eq!(house.simulator.sessions(DEMO_LOGIN.0), 1);
    house.calls();
    assert_eq!(client.data(LOGOUT).await["logout"]["isSignedOut"], true);
    assert_eq!((house.calls(), house.simulator.sessions(DEMO_LOGIN.0)), ([("logout", 1)].into(), 0));
    assert_ended(&client).await;
    assert_eq!(client.data(LOGOUT).await["logout"]["isSignedOut"], false);
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn signing_out_succeeds_even_if_the_portal_cannot_be_told() {
    let house = House::over(World::demo()).await;
    for fault in [Fault::Reset, Fault::Status(500), Fault::RefuseWith("USER_ALREADY_LOGGED_OUT"), Fault::Html]
    {
        let client = house.sign_in(DEMO_LOGIN).await;
        house.simulator.faults().next("logout", fault, 1);
        assert_eq!(client.data(LOGOUT).await["logout"]["isSignedOut"], true);
        assert_ended(&client).await;
    }
}

#[tokio::test]
async fn signing_in_again_signs_the_former_session_out() {
    let house = House::over(World::demo()).await;
    let before = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    let answer = before.ask_with(LOGIN, json!({"username": "billing@dmn", "password": "demo"})).await;
    let after = before.holding(answer.body["data"]["login"]["sessionToken"].as_str().unwrap());
    assert_eq!(house.calls(), [("login", 1), ("logout", 1)].into());
    assert_eq!((house.simulator.sessions(DEMO_LOGIN.0), house.simulator.sessions("billing@dmn")), (0, 1));
    assert_ended(&before).await;
    assert_eq!(after.data(USERS).await["users"]["totalCount"], 7);
}

#[tokio::test]
async fn a_refused_login_leaves_the_former_session_alone() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    client.data("mutation { login(input: {username: \"admin@dmn\", password: \"wrong\"}) { status } }").await;
    assert_eq!(client.data(USERS).await["users"]["totalCount"], 25);
}

#[tokio::test]
async fn what_the_portal_says_of_a_session_that_is_over_ends_it_here() {
    let house = House::over(World::demo()).await;
    for fault in [Fault::Expire, Fault::Status(401), Fault::LoginPage, Fault::Redirect] {
        let client = house.sign_in(DEMO_LOGIN).await;
        house.simulator.faults().next("getAllSites", fault.clone(), 1);
        let answer = client.ask("{ sites { name } viewer { loginName } }").await;
        assert_eq!(answer.codes(), ["UNAUTHENTICATED"], "{fault:?}");
        assert_eq!(answer.body["errors"][0]["path"], json!(["sites"]));
        house.calls();
        assert_ended(&client).await;
        assert_eq!(client.data("{ viewer { loginName } }").await["viewer"], Value::Null);
        assert_eq!(house.call_count(), 0, "{fault:?}");
    }
}

#[tokio::test]
async fn a_session_the_portal_has_dropped_from_old_age_ends_here() {
    let house = House::over(World::demo()).await;
    let unused = house.sign_in(DEMO_LOGIN).await;
    house.simulator.advance(Duration::from_mins(31));
    assert_ended(&unused).await;
    let busy = house.sign_in(DEMO_LOGIN).await;
    for catalogue in ["departments", "sites", "billingUnits", "roleGroups", "platforms"] {
        house.simulator.advance(Duration::from_mins(29));
        busy.data(&format!("{{ {catalogue} {{ databaseId }} }}")).await;
    }
    house.simulator.advance(Duration::from_hours(12));
    assert_ended(&busy).await;
}

#[tokio::test]
async fn a_session_says_when_it_ends() {
    let house = House::with(World::demo(), |config| {
        config.session.idle_minutes = 10;
        config.session.max_minutes = 15;
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let data = client.data("{ viewer { expiresAt idleExpiresAt } }").await;
    let minutes = |field: &str| {
        let at: jiff::Timestamp = data["viewer"][field].as_str().unwrap().parse().unwrap();
        (at - jiff::Timestamp::now()).total(jiff::Unit::Minute).unwrap()
    };
    assert!((14.0..=15.0).contains(&minutes("expiresAt")), "{data}");
    assert!((9.0..=10.0).contains(&minutes("idleExpiresAt")), "{data}");
}

#[tokio::test]
async fn idle_and_longest_lifetimes_are_those_of_the_settings() {
    type Change = fn(&mut portalgraph::config::Session);
    let changes: [Change; 2] = [|session| session.idle_minutes = 0, |session| session.max_minutes = 0];
    for change in changes {
        let house = House::with(World::demo(), |config| change(&mut config.session)).await;
        let client = house.sign_in(DEMO_LOGIN).await;
        assert_ended(&client).await;
    }
}

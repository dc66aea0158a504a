//! A session is everywhere what it is anywhere.

use portalgraph::simulator::{
    DEMO_ICWS_LOGIN, DEMO_LOGIN, DEMO_PASSWORD, SIZED_ICWS_LOGIN, SIZED_LOGIN, SIZED_LOGIN_EAST, World,
};
use serde_json::{Value, json};

use super::Pair;
use crate::house::{Client, ICWS, PORTAL};

const WHO: &str = "{ viewer { loginName tenant { name } } icws { viewer { userId } } }";

async fn who(client: &Client) -> Value {
    client.ask(WHO).await.body["data"].clone()
}

async fn is_in(client: &Client) -> bool {
    !who(client).await["viewer"].is_null()
}

#[tokio::test]
async fn who_signs_in_at_one_is_signed_in_at_the_other() {
    let pair = Pair::over(World::sized(20)).await;
    let client = pair.house.sign_in(SIZED_LOGIN).await;
    let client = client.entering(ICWS, SIZED_ICWS_LOGIN).await;
    let here = who(&client).await;
    assert_eq!(here["icws"]["viewer"]["userId"], SIZED_ICWS_LOGIN.0);
    pair.house.calls();
    let second = pair.beside(&client);
    assert_eq!(who(&second).await, here);
    assert_eq!(pair.house.call_count(), 0, "nobody signs in a second time");
    let users = "{ users(first: 3) { nodes { id loginName } } }";
    assert_eq!(second.data(users).await, client.data(users).await);
    let roles = "{ icws { roles(first: 3) { nodes { id name } } } }";
    assert_eq!(second.data(roles).await, client.data(roles).await);
}

#[tokio::test]
async fn who_signs_out_at_one_is_out_at_the_other() {
    let pair = Pair::over(World::sized(20)).await;
    let client = pair.house.sign_in(SIZED_LOGIN).await;
    let second = pair.beside(&client);
    assert!(is_in(&second).await && is_in(&client).await);
    client.data("mutation { logout { isSignedOut } }").await;
    assert!(!is_in(&second).await);
    let journal = pair.house.calls();
    assert_eq!((journal["logout"], journal["login"]), (1, 1));
}

#[tokio::test]
async fn a_token_that_was_replaced_at_one_opens_nothing_at_the_other() {
    let pair = Pair::over(World::sized(20)).await;
    let first = pair.house.sign_in(SIZED_LOGIN).await;
    let second = pair.beside(&first);
    assert!(is_in(&second).await);
    let renewed = first.entering(PORTAL, SIZED_LOGIN_EAST).await;
    assert!(!is_in(&second).await && !is_in(&first).await);
    assert_eq!(who(&pair.beside(&renewed)).await["viewer"]["loginName"], SIZED_LOGIN_EAST.0);
}

#[tokio::test]
async fn a_tenant_can_be_selected_at_either_and_once() {
    let pair = Pair::over(World::demo()).await;
    let select =
        "mutation { selectTenant(input: {tenantDatabaseId: 102}) { sessionToken userErrors { code } } }";
    for _ in 0..10 {
        let client = pair.house.nobody();
        let answer = client.log_in(PORTAL, ("partner@dmn", DEMO_PASSWORD)).await;
        let token = answer.body["data"]["login"]["sessionToken"].as_str().unwrap().to_owned();
        let (one, other) = (client.holding(&token), pair.beside(&client.holding(&token)));
        let (one, other) = tokio::join!(one.ask(select), other.ask(select));
        let tokens: Vec<_> = [&one, &other]
            .iter()
            .filter_map(|answer| answer.body["data"]["selectTenant"]["sessionToken"].as_str())
            .collect();
        let [token] = tokens[..] else { panic!("{one:?} {other:?}") };
        for entered in [client.holding(token), pair.beside(&client.holding(token))] {
            assert!(is_in(&entered).await);
        }
    }
}

#[tokio::test]
async fn one_s_sessions_are_listed_and_ended_wherever_they_were_opened() {
    let pair = Pair::over(World::demo()).await;
    let stranger = pair.house.nobody();
    let beside = pair.beside(&stranger);
    let here = stranger.entering(PORTAL, DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await;
    let there = beside.entering(PORTAL, DEMO_LOGIN).await;
    let list = "{ viewer { sessions { id } } }";
    let (listed, other_list) = (here.data(list).await, there.data(list).await);
    assert_eq!(listed, other_list);
    assert_eq!(listed["viewer"]["sessions"].as_array().unwrap().len(), 2);
    let all = there.data("mutation { logoutEverywhere { endedSessionCount } }").await;
    assert_eq!(all, json!({"logoutEverywhere": {"endedSessionCount": 2}}));
    for client in [&here, &pair.beside(&here), &there, &pair.beside(&there)] {
        let who = who(client).await;
        assert!(who["viewer"].is_null(), "{who}");
    }
    // What the first holds at ICWS is another person's, for all the gateway knows.
    assert!(!who(&here).await["icws"]["viewer"].is_null());
}

#[tokio::test]
async fn a_session_the_portal_has_ended_is_over_at_both() {
    let pair = Pair::over(World::sized(20)).await;
    let client = pair.house.sign_in(SIZED_LOGIN).await;
    let second = pair.beside(&client);
    assert!(is_in(&client).await && is_in(&second).await);
    pair.house.simulator.forget_sessions();
    let answer = second.ask("{ users(first: 1) { totalCount } }").await;
    assert_eq!(answer.codes(), ["UNAUTHENTICATED"]);
    assert!(!is_in(&client).await);
}

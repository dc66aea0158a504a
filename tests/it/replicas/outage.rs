//! The store goes away, hangs and comes back: who is signed in goes on, nobody is told what may be wrong, and nothing has
//! to be done.

use portalgraph::simulator::{SIZED_LOGIN, SIZED_LOGIN_WEST, World};
use serde_json::json;

use super::Pair;
use crate::house::{Answer, Client, PORTAL};
use crate::redis::Redis;

const USERS: &str = "{ users(first: 2) { nodes { id } } }";

/// Changes a user that everybody sees; answers what came of it.
async fn change(client: &Client) -> Answer {
    let id = client.data(USERS).await["users"]["nodes"][1]["id"].clone();
    let document = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { userErrors { code } } }";
    client.ask_with(document, json!({"input": {"userId": id, "firstName": "Anew"}})).await
}

async fn is_in(client: &Client) -> bool {
    !client.ask("{ viewer { loginName } }").await.body["data"]["viewer"].is_null()
}

/// What holds while it is gone, however it went.
async fn without(pair: &Pair, client: &Client) {
    let second = pair.beside(client);
    for client in [client, &second] {
        client.data(USERS).await;
        let refused = client.nobody_here().log_in(PORTAL, SIZED_LOGIN_WEST).await;
        assert_eq!(refused.codes(), ["STORE_UNAVAILABLE"], "{}", refused.body);
        pair.house.calls();
        let write = change(client).await;
        assert_eq!(write.codes(), ["STORE_UNAVAILABLE"], "{}", write.body);
        assert!(!pair.house.calls().contains_key("updateUser"));
    }
    // A token that this replica has not seen may be anybody's: it is neither refused nor taken back.
    let unknown = client.holding(&"A".repeat(43)).ask(USERS).await;
    assert_eq!((unknown.status.as_u16(), unknown.codes()), (503, vec!["STORE_UNAVAILABLE"]));
}

/// What holds once it is back.
async fn again(pair: &Pair, client: &Client) {
    let second = pair.beside(client);
    for client in [client, &second] {
        assert!(is_in(client).await);
        client.data(USERS).await;
        assert!(is_in(&client.nobody_here().entering(PORTAL, SIZED_LOGIN_WEST).await).await);
    }
    let write = change(&second).await;
    assert_eq!(write.body["data"]["updateUser"]["userErrors"], json!([]), "{}", write.body);
}

impl Client {
    fn nobody_here(&self) -> Self {
        self.holding("")
    }
}

async fn signed_in_at_both(redis: Redis) -> (Pair, Client) {
    let pair = Pair::with(World::sized(20), redis, |config| {
        config.session.store_timeout_milliseconds = 300;
        config.server.deadline_seconds = 10;
    })
    .await;
    let client = pair.house.sign_in(SIZED_LOGIN).await;
    assert!(is_in(&client).await && is_in(&pair.beside(&client)).await);
    (pair, client)
}

#[tokio::test]
async fn killed_and_started_again_with_what_it_had() {
    let (pair, client) = signed_in_at_both(Redis::lasting()).await;
    pair.until_ready(true).await;
    pair.redis.kill();
    without(&pair, &client).await;
    pair.until_ready(false).await;
    pair.redis.start_again();
    pair.until_ready(true).await;
    again(&pair, &client).await;
}

#[tokio::test]
async fn killed_and_started_again_with_nothing() {
    let (pair, client) = signed_in_at_both(Redis::start()).await;
    let left = pair.house.sign_in(SIZED_LOGIN).await;
    assert!(is_in(&left).await && is_in(&pair.beside(&left)).await);
    pair.redis.kill();
    without(&pair, &client).await;
    // Who signs out meanwhile stays out, although the other replica remembers.
    left.ask("mutation { logout { isSignedOut } }").await;
    assert!(!is_in(&left).await);
    pair.redis.start_again();
    pair.until_ready(true).await;
    again(&pair, &client).await;
    assert!(!is_in(&left).await && !is_in(&pair.beside(&left)).await);
}

#[tokio::test]
async fn hanging_and_going_on() {
    let (pair, client) = signed_in_at_both(Redis::start()).await;
    pair.redis.stop();
    without(&pair, &client).await;
    pair.redis.go_on();
    pair.until_ready(true).await;
    again(&pair, &client).await;
}

#[tokio::test]
async fn those_who_come_at_once_do_not_wait_one_after_the_other() {
    let (pair, client) = signed_in_at_both(Redis::start()).await;
    pair.redis.stop();
    // One after the other they would take half a minute, in which the deadline passes.
    let asking = (0..100).map(|number| {
        let query = format!("{{ users(first: {}) {{ totalCount }} }}", number + 1);
        let client = client.clone();
        async move { client.data(&query).await }
    });
    futures_util::future::join_all(asking).await;
}

#[tokio::test]
async fn nobody_is_told_that_all_of_their_sessions_have_ended_while_none_can_be_seen() {
    let (pair, client) = signed_in_at_both(Redis::start()).await;
    pair.redis.kill();
    pair.until_ready(false).await;
    let answer = client.ask("mutation { logoutEverywhere { endedSessionCount } }").await;
    assert_eq!(answer.codes(), ["STORE_UNAVAILABLE"], "{}", answer.body);
    assert!(is_in(&client).await);
}

#[tokio::test]
async fn what_was_kept_before_is_asked_anew_while_it_is_gone() {
    let (pair, client) = signed_in_at_both(Redis::start()).await;
    client.data(USERS).await;
    pair.house.calls();
    client.data(USERS).await;
    assert_eq!(pair.house.call_count(), 0);
    pair.redis.kill();
    pair.until_ready(false).await;
    client.data(USERS).await;
    assert_eq!(pair.house.call_count(), 1, "somebody may have changed it through another replica");
}

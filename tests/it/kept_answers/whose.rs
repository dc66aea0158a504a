//! Whose a kept answer is: the same people's at both upstreams, with a session that is alive; and nobody else's.

use std::sync::Arc;

use futures_util::future::join_all;
use portalgraph::simulator::{
    SIZED_ICWS_LOGIN, SIZED_ICWS_LOGIN_EAST, SIZED_LOGIN, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST,
};

use super::{CATALOGUES, GROUPS, USERS, ask, sized};
use crate::house::{ICWS, PORTAL};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_who_ask_the_same_at_the_same_time_never_get_each_other_s_answer() {
    let (house, admin) = sized(|_| ()).await;
    let (east, west) = (house.sign_in(SIZED_LOGIN_EAST).await, house.sign_in(SIZED_LOGIN_WEST).await);
    let clients = Arc::new([admin, east, west]);
    for query in [USERS, GROUPS, CATALOGUES] {
        let asked = (0..60).map(|number| {
            let clients = Arc::clone(&clients);
            tokio::spawn(async move { ask(&clients[number % 3], query).await })
        });
        let answers: Vec<_> = join_all(asked).await.into_iter().map(Result::unwrap).collect();
        for (number, answer) in answers.iter().enumerate() {
            assert_eq!(answer.body, answers[number % 3].body, "{query}");
            assert!(answer.json()["errors"].is_null(), "{answer:?}");
        }
        if query == USERS {
            assert!(answers[0].body != answers[1].body && answers[1].body != answers[2].body);
        }
        for client in clients.iter() {
            assert!(ask(client, query).await.is_kept(), "{query}");
        }
    }
}

#[tokio::test]
async fn who_is_somebody_else_at_either_upstream_is_somebody_else() {
    let (house, portal) = sized(|_| ()).await;
    let both = house.sign_in(SIZED_LOGIN).await.entering(ICWS, SIZED_ICWS_LOGIN).await;
    let same = house.sign_in_to_icws(SIZED_ICWS_LOGIN).await.entering(PORTAL, SIZED_LOGIN).await;
    let east_at_icws = house.sign_in(SIZED_LOGIN).await.entering(ICWS, SIZED_ICWS_LOGIN_EAST).await;
    let east_at_portal = house.sign_in(SIZED_LOGIN_EAST).await.entering(ICWS, SIZED_ICWS_LOGIN).await;
    let query = "{ users { nodes { loginName } } icws { roles { nodes { name } } } }";
    assert!(!ask(&portal, query).await.is_kept(), "an error: no session at ICWS");
    let first = ask(&both, query).await;
    assert!(!first.is_kept() && first.json()["errors"].is_null(), "{first:?}");
    let again = ask(&same, query).await;
    assert!(again.is_kept() && again.body == first.body, "whichever came first");
    for other in [&east_at_icws, &east_at_portal, &portal] {
        let answer = ask(other, query).await;
        assert!(!answer.is_kept() && answer.body != first.body, "{answer:?}");
    }
}

#[tokio::test]
async fn a_session_that_has_ended_is_not_answered_from_what_is_kept() {
    let (house, client) = sized(|_| ()).await;
    ask(&client, CATALOGUES).await;
    let ended = house.sign_in(SIZED_LOGIN).await;
    assert!(ask(&ended, CATALOGUES).await.is_kept());
    let replaced = house.sign_in(SIZED_LOGIN).await;
    let replacing = replaced.entering(ICWS, SIZED_ICWS_LOGIN).await;
    ended.data("mutation { logout { isSignedOut } }").await;
    let unknown = client.holding(&"A".repeat(43));
    for dead in [&ended, &replaced, &unknown] {
        let answer = ask(dead, CATALOGUES).await;
        assert!(!answer.is_kept(), "{answer:?}");
        let codes = &answer.json()["errors"][0]["extensions"]["code"];
        assert_eq!(codes, "UNAUTHENTICATED", "{answer:?}");
    }
    for living in [&client, &replacing] {
        ask(living, CATALOGUES).await;
        assert!(ask(living, CATALOGUES).await.is_kept());
    }
    // What it held at one upstream ended: it is somebody else now.
    replacing.data("mutation { logout(input: {upstream: PORTAL}) { isSignedOut } }").await;
    assert!(ask(&replacing, CATALOGUES).await.json()["errors"].is_array());
}

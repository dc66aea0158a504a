//! What one replica was answered by the portal, another one need not ask again.

use portalgraph::simulator::{SIZED_ICWS_LOGIN, SIZED_LOGIN, SIZED_LOGIN_EAST, World};
use std::time::Duration;

use super::Pair;
use crate::everything::Schema;
use crate::house::{Client, ICWS};
use crate::redis::Redis;

async fn sharing(world: World) -> Pair {
    Pair::with(world, Redis::start(), |config| {
        config.cache.shared = true;
        config.limits.max_fields = 100_000;
        config.limits.max_tokens = 100_000;
        config.limits.default_page_size = 2;
        config.limits.max_portal_calls = 100_000;
        config.server.max_body_bytes = 4_000_000;
    })
    .await
}

/// Asks until nothing has to be asked of the portal: answers reach the store beside the request.
async fn settled(pair: &Pair, client: &Client, query: &str) -> String {
    for _ in 0..100 {
        pair.house.calls();
        let text = client.text(query).await;
        if pair.house.call_count() == 0 {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{query} is never kept");
}

#[tokio::test]
async fn everything_one_has_asked_is_answered_alike_by_the_other() {
    let pair = sharing(World::sized(20)).await;
    let schema = Schema::of(&pair.house).await;
    let one = pair.house.sign_in(SIZED_LOGIN).await.entering(ICWS, SIZED_ICWS_LOGIN).await;
    let other = pair.beside(&one);
    let mut saved = 0;
    for root in schema.roots() {
        let query = format!("{{ {root}{} }}", schema.below(root));
        pair.house.calls();
        let here = one.text(&query).await;
        let asked = pair.house.calls();
        // What is put there beside the request is there before long.
        tokio::time::sleep(Duration::from_millis(50)).await;
        pair.house.calls();
        let there = other.text(&query).await;
        assert_eq!(there, here, "{root}");
        let again = pair.house.calls();
        // ICWS's answers stay where they came; what is never kept is asked anew.
        let saved_here: usize = asked
            .iter()
            .filter(|(operation, _)| !operation.ends_with("Roles"))
            .map(|(operation, count)| count.saturating_sub(again.get(operation).copied().unwrap_or(0)))
            .sum();
        saved += saved_here;
    }
    assert!(saved > 50, "{saved}");
}

#[tokio::test]
async fn nobody_is_answered_with_another_s() {
    let pair = sharing(World::sized(20)).await;
    let (one, east) = (pair.house.sign_in(SIZED_LOGIN).await, pair.house.sign_in(SIZED_LOGIN_EAST).await);
    let query = "{ users(first: 50) { totalCount nodes { loginName } } }";
    let (all, hers) = (settled(&pair, &one, query).await, settled(&pair, &east, query).await);
    assert_ne!(all, hers);
    assert_eq!(settled(&pair, &pair.beside(&east), query).await, hers);
    assert_eq!(settled(&pair, &pair.beside(&one), query).await, all);
}

#[tokio::test]
async fn it_costs_the_portal_nothing_and_lasts_as_long_as_it_would_have() {
    let pair = sharing(World::sized(20)).await;
    let one = pair.house.sign_in(SIZED_LOGIN).await;
    let query =
        "{ skillGroups(first: 50) { nodes { name agents(first: 50) { nodes { enterpriseName } } } } }";
    let here = one.text(query).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    pair.house.calls();
    assert_eq!(pair.beside(&one).text(query).await, here);
    assert_eq!(pair.house.call_count(), 0);
    let mut connection = pair.redis.connection();
    let names: Vec<String> = redis::cmd("KEYS").arg("portalgraph:answer:*").query(&mut connection).unwrap();
    assert!(names.len() > 2, "{names:?}");
    for name in names {
        let lasts: u64 = redis::cmd("PTTL").arg(name).query(&mut connection).unwrap();
        assert!((1..=30_000).contains(&lasts), "{lasts}");
    }
}

#[tokio::test]
async fn nothing_in_the_store_can_be_read_without_the_key() {
    let pair = sharing(World::sized(20)).await;
    let one = pair.house.sign_in(SIZED_LOGIN).await.entering(ICWS, SIZED_ICWS_LOGIN).await;
    let query = "{ users(first: 50) { nodes { id loginName firstName lastName } } }";
    let users = settled(&pair, &one, query).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let everything = pair.redis.everything();
    assert!(everything.len() > 1000);
    let users: serde_json::Value = serde_json::from_str(&users).unwrap();
    let mut planted = vec![one.token.clone(), SIZED_LOGIN.1.to_owned()];
    for user in users["data"]["users"]["nodes"].as_array().unwrap() {
        planted.extend(["loginName", "lastName"].map(|field| user[field].as_str().unwrap().to_owned()));
    }
    planted.extend(["JSESSIONID".to_owned(), "userToken".to_owned(), "admin@siz".to_owned()]);
    for secret in planted.iter().filter(|secret| secret.len() > 3) {
        let is_there =
            everything.windows(secret.len()).any(|part| part.eq_ignore_ascii_case(secret.as_bytes()));
        assert!(!is_there, "{secret}");
    }
}

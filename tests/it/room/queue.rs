//! Turns over people, interactive before background, and a bound.

use std::time::Duration;

use portalgraph::config::{ServiceAccount, Way};
use portalgraph::simulator::{Fault, SIZED_LOGIN};

use super::{CATALOGUES, house, journal, login, person};
use crate::house::House;
use crate::service::account;

/// Waits until the portal has been called so often since the beginning.
async fn until_called(house: &House, times: u64) {
    for _ in 0..5_000 {
        if house.simulator.journal().count() >= times {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("the portal is not called");
}

#[tokio::test]
async fn one_with_fifty_times_their_share_lets_others_go_between() {
    let house = house(|config| {
        config.portal.max_concurrent_calls = 2;
        config.portal.max_concurrent_calls_per_session = 8;
        config.plan.agent_skill_groups = Way::Forward;
    })
    .await;
    // Forty calls in the line before anybody else, and two hundred behind them.
    let mut heavy = Vec::new();
    for _ in 0..5 {
        heavy.push(person(&house, 0).await);
    }
    let light = person(&house, 1).await;
    let signed_in = house.simulator.journal().count();
    house.simulator.settings(|settings| settings.delay = Duration::from_millis(200));
    let heavy: Vec<_> = heavy
        .into_iter()
        .map(|client| {
            let query = "{ agents(first: 50) { nodes { skillGroups { name } } } }";
            tokio::spawn(async move { client.ask(query).await })
        })
        .collect();
    until_called(&house, signed_in + 9).await;
    journal(&house);
    let data = light.data(CATALOGUES).await;
    assert_eq!(data["sites"].as_array().unwrap().len(), 4);
    let calls: Vec<_> = journal(&house).into_iter().map(|(_, who)| who).collect();
    let light = login(1);
    let first = calls.iter().position(|who| *who == light).unwrap();
    let last = calls.iter().rposition(|who| *who == light).unwrap();
    // Three come before in the worst case: two under way, and one whose turn it is. The rest is for a slow machine.
    assert!(first <= 15, "{first} calls of another went first");
    let between = calls[first..=last].iter().filter(|who| **who != light).count();
    assert!((3..=9).contains(&between), "{between} calls of another between seven");
    for asked in heavy {
        asked.abort();
    }
}

#[tokio::test]
async fn background_waits_for_people() {
    let (wall, token) = account("wall", SIZED_LOGIN);
    let house = house(|config| {
        config.portal.max_concurrent_calls = 1;
        config.portal.max_concurrent_calls_per_session = 8;
        config.service_accounts.push(ServiceAccount { name: "wall".to_owned(), ..wall });
    })
    .await;
    let wall = house.nobody().holding(&token);
    wall.data("{ sites { name } }").await;
    let (first, second) = (person(&house, 0).await, person(&house, 1).await);
    let before = house.simulator.journal().count();
    // While one call holds all the room, the wall asks, and then a person.
    house.simulator.faults().next("getAllAttributes", Fault::Delay(Duration::from_millis(1_500)), 1);
    let holding = tokio::spawn(async move { first.ask("{ attributes { nodes { name } } }").await });
    until_called(&house, before + 1).await;
    let wall = tokio::spawn(async move { wall.ask(CATALOGUES).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let second = tokio::spawn(async move { second.ask(CATALOGUES).await });
    for asked in [holding, wall, second] {
        assert!(asked.await.unwrap().codes().is_empty());
    }
    let calls: Vec<_> = journal(&house).into_iter().map(|(_, who)| who).collect();
    let people = calls.iter().rposition(|who| *who == login(1)).unwrap();
    let wall = calls.iter().rposition(|who| who == SIZED_LOGIN.0).unwrap();
    let wall_first = calls[calls.len() - 14..].iter().position(|who| who == SIZED_LOGIN.0).unwrap();
    assert!(people < wall && wall_first == 7, "{calls:?}");
}

#[tokio::test]
async fn what_is_beyond_the_bound_is_told_at_once_and_not_sent() {
    let house = house(|config| {
        config.portal.max_concurrent_calls = 1;
        config.portal.max_waiting_calls = 4;
    })
    .await;
    let (first, second) = (person(&house, 0).await, person(&house, 1).await);
    house.simulator.settings(|settings| settings.delay = Duration::from_millis(400));
    let before = house.simulator.journal().count();
    journal(&house);
    let first = tokio::spawn(async move { first.ask(CATALOGUES).await });
    until_called(&house, before + 1).await;
    // Whoever comes next finds a place all the same.
    let second = second.ask("{ sites { name } }").await;
    assert!(second.codes().is_empty(), "{second:?}");
    let first = first.await.unwrap();
    // One is under way, two wait, which leaves as many for others; four are too many.
    assert_eq!(first.codes(), ["PORTAL_OVERLOADED"; 4]);
    for error in first.body["errors"].as_array().unwrap() {
        assert!(error["extensions"]["retryAfterSeconds"].as_u64().unwrap() >= 1, "{error}");
        assert_eq!(error["extensions"]["retryable"], true);
    }
    assert_eq!(journal(&house).len(), 3 + 1);
}

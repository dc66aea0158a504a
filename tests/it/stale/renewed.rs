//! Shown at once, while one call beside the request renews it.

use std::time::Instant;

use futures_util::future::join_all;
use portalgraph::config::Way;
use portalgraph::simulator::{Fault, SIZED_LOGIN};

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_answer_is_told_at_once_and_renewed_by_one_call_for_all() {
    let (house, client) = house(|config| beyond(config, 600, 0)).await;
    let other = house.sign_in(SIZED_LOGIN).await;
    let before = ask(&client, GROUPS).await;
    let old = before.description().unwrap().to_owned();
    assert_eq!(before.stale(), Vec::<String>::new());
    describe(&house, "new");
    tokio::time::sleep(TOO_OLD).await;
    house.calls();
    house.simulator.faults().always("getSkillGroups", Fault::Delay(Duration::from_secs(5)));
    let asked = (0..50).map(|place| ask(if place % 2 == 0 { &client } else { &other }, GROUPS));
    for answer in join_all(asked).await {
        assert_eq!(answer.description(), Some(&*old), "{answer:?}");
        assert_eq!(answer.stale(), ["skillGroups"]);
    }
    house.simulator.faults().clear();
    let renewed = until(&client, GROUPS, |answer| answer.description() == Some("new")).await;
    assert_eq!(renewed.stale(), Vec::<String>::new());
    assert_eq!(house.calls()["getSkillGroups"], 1);
}

#[tokio::test]
async fn what_is_shown_meanwhile_costs_the_request_nothing() {
    let (house, client) = house(|config| beyond(config, 600, 0)).await;
    ask(&client, GROUPS).await;
    tokio::time::sleep(TOO_OLD).await;
    house.simulator.faults().always("getSkillGroups", Fault::Status(500));
    let answer = told(post(&client, GROUPS).header("portalgraph-cost", "1")).await;
    let cost = &answer.body["extensions"]["cost"];
    assert_eq!((&cost["calls"], &cost["waves"]), (&json!(0), &json!(0)), "{answer:?}");
    assert_eq!(cost["operations"][0]["kept"], 1, "{answer:?}");
    assert_eq!(answer.stale(), ["skillGroups"]);
}

#[tokio::test]
async fn a_renewal_that_fails_leaves_the_old_answer_until_its_window_ends() {
    let (house, client) = house(|config| beyond(config, 600, 0)).await;
    let old = ask(&client, GROUPS).await.description().unwrap().to_owned();
    tokio::time::sleep(TOO_OLD).await;
    house.calls();
    house.simulator.faults().always("getSkillGroups", Fault::Status(500));
    for _ in 0..5 {
        let answer = ask(&client, GROUPS).await;
        assert_eq!((answer.description(), answer.stale()), (Some(&*old), vec!["skillGroups".to_owned()]));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(house.calls()["getSkillGroups"] >= 1);

    let (house, client) = super::house(|config| beyond(config, 1, 0)).await;
    ask(&client, GROUPS).await;
    tokio::time::sleep(TOO_OLD * 2).await;
    house.simulator.faults().next("getSkillGroups", Fault::Status(500), 1);
    let failed = ask(&client, GROUPS).await;
    assert!(failed.body["data"]["skillGroups"].is_null() && failed.stale().is_empty(), "{failed:?}");
    assert!(ask(&client, GROUPS).await.stale().is_empty(), "asked for now");
}

#[tokio::test]
async fn a_renewal_that_fails_is_not_tried_by_each_who_asks() {
    let (house, client) = house(|config| beyond(config, 600, 0)).await;
    ask(&client, GROUPS).await;
    tokio::time::sleep(TOO_OLD).await;
    house.calls();
    house.simulator.faults().always("getSkillGroups", Fault::Status(500));
    let began = Instant::now();
    for _ in 0..40 {
        assert_eq!(ask(&client, GROUPS).await.stale(), ["skillGroups"]);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let seconds = usize::try_from(began.elapsed().as_secs()).unwrap();
    let calls = house.calls()["getSkillGroups"];
    assert!((1..=1 + seconds).contains(&calls), "{calls} calls in {seconds} seconds");
}

#[tokio::test]
async fn so_many_renewals_are_under_way_at_once() {
    let house = House::with(World::sized(300), |config| {
        beyond(config, 600, 0);
        config.plan.users_by_id = Way::Forward;
        config.portal.max_concurrent_calls = 1_000;
        config.portal.max_concurrent_calls_per_session = 1_000;
        config.portal.call_timeout_milliseconds = 30_000;
    })
    .await;
    let client = house.sign_in(SIZED_LOGIN).await;
    let queries: Vec<_> = (10_300_001..10_300_301)
        .map(|id| format!("{{ user(by: {{ databaseId: {id} }}) {{ loginName }} }}"))
        .collect();
    for answer in join_all(queries.iter().map(|query| ask(&client, query))).await {
        assert_eq!(answer.stale(), Vec::<String>::new());
    }
    tokio::time::sleep(TOO_OLD).await;
    house.calls();
    house.simulator.faults().always("getUserByIdProgram", Fault::Delay(Duration::from_secs(20)));
    for answer in join_all(queries.iter().map(|query| ask(&client, query))).await {
        assert_eq!(answer.stale(), ["user"]);
    }
    let mut calls = 0;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        calls += house.call_count();
    }
    assert_eq!(calls, 256);
}

#[tokio::test]
async fn a_renewal_that_is_refused_ends_the_old_answer_for_good() {
    for (fault, code) in
        [(Fault::RefuseWith("NO_PERMISSION"), None), (Fault::Expire, Some("UNAUTHENTICATED"))]
    {
        let (house, client) = house(|config| beyond(config, 600, 600)).await;
        ask(&client, GROUPS).await;
        tokio::time::sleep(TOO_OLD).await;
        house.simulator.faults().always("getSkillGroups", fault.clone());
        assert_eq!(ask(&client, GROUPS).await.stale(), ["skillGroups"]);
        let refused = until(&client, GROUPS, |answer| answer.stale().is_empty()).await;
        let told = refused.body["errors"][0]["extensions"]["code"].as_str();
        assert!(told.is_some() && code.is_none_or(|code| told == Some(code)), "{fault:?}: {refused:?}");
        // What somebody may no longer see is not shown again because the portal has gone as well.
        house.simulator.faults().clear();
        house.simulator.faults().always("getSkillGroups", Fault::Status(500));
        let again = if code.is_some() { house.sign_in(SIZED_LOGIN).await } else { client };
        let failed = ask(&again, GROUPS).await;
        assert!(failed.body["data"]["skillGroups"].is_null() && failed.stale().is_empty(), "{failed:?}");
    }
}

#[tokio::test]
async fn who_wants_nothing_old_is_told_what_is_there_now() {
    let (house, client) = house(|config| beyond(config, 600, 600)).await;
    ask(&client, GROUPS).await;
    describe(&house, "new");
    tokio::time::sleep(TOO_OLD).await;
    house.calls();
    let answer = told(post(&client, GROUPS).header("cache-control", "no-cache")).await;
    assert_eq!((answer.description(), answer.stale()), (Some("new"), vec![]));
    assert_eq!(house.calls()["getSkillGroups"], 1);
    tokio::time::sleep(TOO_OLD).await;
    fail(&house);
    let failed = told(post(&client, GROUPS).header("cache-control", "max-age=0")).await;
    assert!(failed.body["data"]["skillGroups"].is_null() && failed.stale().is_empty(), "{failed:?}");
    assert_eq!(ask(&client, GROUPS).await.stale(), ["skillGroups"], "others do");
}

#[tokio::test]
async fn what_is_old_is_not_asked_for_again_to_find_the_cheaper_way() {
    let (house, client) = house(|config| beyond(config, 600, 0)).await;
    client.data("{ users { nodes { id } } }").await;
    let ids = client.data("{ users(first: 2) { nodes { id } } }").await;
    tokio::time::sleep(TOO_OLD).await;
    house.calls();
    let ids = ids["users"]["nodes"].as_array().unwrap().iter().map(|node| node["id"].to_string());
    let query = format!("{{ nodes(ids: [{}]) {{ id }} }}", ids.collect::<Vec<_>>().join(", "));
    let answer = ask(&client, &query).await;
    assert_eq!(answer.stale(), ["nodes"], "{answer:?}");
    assert!(!house.calls().contains_key("getUserByIdProgram"));
}

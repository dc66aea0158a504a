//! What no record decides about is asked for beside the list before it: once, for whoever needs it, and only where a call is
//! waited for anyway.

use std::collections::BTreeMap;
use std::time::Duration;

use portalgraph::simulator::{DEMO_LOGIN, Fault, SIZED_LOGIN, World};
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::house::{Client, House};
use crate::plan::forgetful;
use crate::plan_waves::waves;

const PLACED: &str = "{ users { nodes { loginName department { name } } } }";
const SKILLS: &str = "{ agents(first: 100) { nodes { agentNumber skillGroups { name } } } }";

#[tokio::test]
async fn the_way_that_was_gone_the_last_time_is_begun_with_the_list() {
    let house = House::with(World::sized(200), forgetful).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    let calls = BTreeMap::from([("getUsers", 1), ("getSkillGroups", 1), ("getAllAgentsForSkill", 20)]);
    for expected in [3, 2, 2] {
        house.calls();
        assert_eq!(waves(&house, &client, SKILLS).await, expected);
        assert_eq!(house.calls(), calls);
    }
    // For fewer agents it is not gone, and nothing of it is begun.
    client.data("{ agents(first: 10) { nodes { skillGroups { name } } } }").await;
    assert_eq!(house.calls(), [("getUsers", 1), ("getSkillsForAgent", 10)].into());
}

/// What is asked while the gateway has time to begin what it should not.
async fn calls_by(house: &House, client: &Client, query: &str) -> BTreeMap<&'static str, usize> {
    house.simulator.faults().always("getDialedNumberList", Fault::Delay(Duration::from_millis(100)));
    house.calls();
    client.data(query).await;
    sleep(Duration::from_millis(50)).await;
    house.calls()
}

#[tokio::test]
async fn nothing_is_begun_beside_what_is_at_hand_or_often_finds_nobody() {
    let users = "{ users { nodes { loginName } } }";
    for (before, query, expected) in [
        (users, "{ users(first: 0) { nodes { department { name } } } callbackQueues { name } }", None),
        ("{ __typename }", "{ user(by: {databaseId: 1}) { department { name } } callbackQueues { name } }", Some("getUserByIdProgram")),
        ("{ __typename }", "{ users(search: {term: \"nobody\"}) { nodes { department { name } } } callbackQueues { name } }", Some("getUsers")),
        // Not for what stands elsewhere in the query either.
        (users, "{ skillGroups { nodes { name } } a: users(search: {term: \"nobody\"}) { nodes { site { name } } }
                   callbackQueues { name } }", Some("getSkillGroups")),
    ] {
        let house = House::over(World::demo()).await;
        let client = house.sign_in(DEMO_LOGIN).await;
        client.data(before).await;
        let calls = calls_by(&house, &client, query).await;
        for catalogue in ["getAllDepartments", "getAllSites"] {
            assert!(!calls.contains_key(catalogue), "{query}: {calls:?}");
        }
        assert!(expected.is_none_or(|operation| calls.contains_key(operation)), "{query}: {calls:?}");
    }
}

#[tokio::test]
async fn of_few_agents_that_a_filter_leaves_the_groups_are_not_begun() {
    let house = House::with(World::sized(200), forgetful).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    let ids = client.data("{ departments { id } }").await;
    let id = ids["departments"][0]["id"].as_str().unwrap().to_owned();
    client.data(SKILLS).await;
    let query = format!(
        "{{ agents(first: 3, filter: {{department: \"{id}\"}}) {{ nodes {{ skillGroups {{ name }} }} }} }}"
    );
    house.calls();
    client.data(&query).await;
    assert_eq!(house.calls(), [("getUsers", 1), ("getSkillsForAgent", 3)].into());
}

#[tokio::test]
async fn a_document_that_is_refused_begins_nothing() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    let answer = client.ask("{ users { nodes { department { name } nothing } } }").await;
    assert_eq!(answer.codes(), ["GRAPHQL_VALIDATION_FAILED"]);
    let answer = client.ask("{ users(filter: {site: \"x\"}) { nodes { department { name } } } }").await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    sleep(Duration::from_millis(50)).await;
    assert_eq!(house.calls(), BTreeMap::new());
}

#[tokio::test]
async fn what_was_begun_and_failed_is_told_where_it_is_missed_and_not_asked_again() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    house.simulator.faults().always("getAllDepartments", Fault::NotJson);
    let answer = client.ask(PLACED).await;
    let errors = answer.body["errors"].as_array().unwrap();
    assert!(!errors.is_empty());
    for error in errors {
        assert_eq!(error["path"].as_array().unwrap().last().unwrap(), "department", "{error}");
    }
    assert_eq!(house.calls(), [("getUsers", 1), ("getAllDepartments", 1)].into());
}

#[tokio::test]
async fn an_answer_rests_on_nothing_that_nobody_needed() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.simulator.faults().always("getAllDepartments", Fault::NotJson);
    house.simulator.faults().always("getUsers", Fault::Delay(Duration::from_millis(100)));
    house.calls();
    let nobody = "{ users(first: 0) { nodes { department { name } } } }";
    client.data(nobody).await;
    assert_eq!(house.calls(), [("getUsers", 1), ("getAllDepartments", 1)].into());
    // It failed, which says nothing of an answer without it: that is kept whole.
    let again = client.http().post(format!("{}/graphql", client.url)).bearer_auth(&client.token);
    let again = again.header("content-type", "application/json").body(json!({ "query": nobody }).to_string());
    assert_eq!(again.send().await.unwrap().headers()["cache-status"], "portalgraph; hit");
}

#[tokio::test]
async fn what_nobody_needed_is_kept_for_the_next() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.simulator.faults().always("getAllDepartments", Fault::Delay(Duration::from_millis(500)));
    house.calls();
    client.data("{ users(first: 0) { nodes { department { name } } } }").await;
    let asked = async {
        while house.simulator.journal().under_way() != 1 {
            sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(Duration::from_secs(20), asked).await.expect("it goes on, and nobody waits for it");
    assert_eq!(house.calls(), [("getUsers", 1), ("getAllDepartments", 1)].into());
    client.data("{ departments { name } }").await;
    assert_eq!(house.calls(), BTreeMap::new());
}

#[tokio::test]
async fn what_was_begun_stands_in_nobody_s_way_where_one_call_is_made_at_a_time() {
    let house = House::with(World::demo(), |config| {
        config.portal.max_concurrent_calls_per_session = 1;
        forgetful(config);
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await;
    // What is read first of all is needed last of all.
    let query = "{ agents { nodes { skillGroups { agents { nodes { user { department { name } site { name } } } } } } } }";
    for _ in 0..3 {
        timeout(Duration::from_secs(20), client.data(query))
            .await
            .expect("no call waits for one that is left alone");
    }
}

#[tokio::test]
async fn what_was_begun_ends_with_whoever_asked() {
    let house = House::with(World::demo(), |config| {
        // So that nothing else ends the call.
        (config.server.deadline_seconds, config.portal.call_timeout_milliseconds) = (3_600, 3_600_000);
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    for operation in ["getUsers", "getAllDepartments"] {
        house.simulator.faults().next(operation, Fault::Delay(Duration::from_hours(1)), 1);
    }
    let asking = tokio::spawn(async move { client.ask(PLACED).await });
    let ends = async {
        while house.simulator.journal().under_way() != 2 {
            sleep(Duration::from_millis(2)).await;
        }
        asking.abort();
        while house.simulator.journal().abandoned() != 2 {
            sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(Duration::from_secs(20), ends).await.expect("both are begun, and neither goes on for nobody");
}

#[tokio::test]
async fn nobody_is_told_what_was_begun_before_they_asked_and_holds_no_longer() {
    let house = House::with(World::demo(), |config| config.cache.catalogue_seconds = 0).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    house.simulator.faults().always("getUsers", Fault::Delay(Duration::from_millis(800)));
    let first = client.clone();
    let first = tokio::spawn(async move { first.data(PLACED).await });
    // The departments are there, the users are not.
    let mut calls = BTreeMap::new();
    while !calls.contains_key("getAllDepartments") || house.simulator.journal().under_way() != 1 {
        sleep(Duration::from_millis(20)).await;
        calls.extend(house.calls());
    }
    sleep(Duration::from_millis(50)).await;
    let second = client.data(PLACED).await;
    assert_eq!(first.await.unwrap(), second);
    assert_eq!(house.calls(), [("getAllDepartments", 1)].into(), "the users are the same call");
}

//! A query waits as often as its answers depend on one another, and no more.

use std::collections::BTreeMap;
use std::time::Duration;

use portalgraph::simulator::{ANY, DEMO_LOGIN, Fault, SIZED_LOGIN, World};
use serde_json::{Value, json};

use crate::house::{Client, House};

/// What a query cost in waves, with a portal so slow that each shows.
pub async fn waves(house: &House, client: &Client, query: &str) -> u64 {
    house.simulator.faults().always(ANY, Fault::Delay(Duration::from_millis(60)));
    let request = house.http().post(format!("{}/graphql", house.url)).bearer_auth(&client.token);
    let request = request.header("portalgraph-cost", "1").header("content-type", "application/json");
    let response = request.body(json!({ "query": query }).to_string()).send().await.unwrap();
    let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(body["errors"], Value::Null, "{query}");
    body["extensions"]["cost"]["waves"].as_u64().unwrap()
}

#[tokio::test]
async fn a_query_waits_as_often_as_its_levels_depend_on_one_another() {
    for (expected, query) in [
        // Users, and beside them the catalogues, which no user decides about.
        (1, "{ users { nodes { department { name } site { name } roleGroup { name } } } }"),
        // The portal searches: whether a catalogue is needed is known when it has found somebody.
        (2, "{ users(search: {term: \"a\"}) { nodes { department { name } } } }"),
        // Users; the list of groups, because there are more agents than a few; who is in each.
        (3, "{ agents { nodes { skillGroups { name } } } }"),
        // As before, and back: every answer is there already.
        (3, "{ agents { nodes { skillGroups { agents { nodes { skillGroups { name } } } } } } }"),
        // A few agents are asked for by themselves.
        (2, "{ agents(first: 2) { nodes { skillGroups { name } } } }"),
        // Groups, and beside them all users and departments; who is in each.
        (2, "{ skillGroups { nodes { agents { nodes { user { department { name } } } } } } }"),
        // Queues; each with its steps, and beside it agents and users.
        (2, "{ precisionQueues { nodes { steps { waitSeconds } eligibleAgents { totalCount } } } }"),
        // Levels of different roots overlap: users, groups and catalogues; then who is in each, and agents' attributes.
        (2, "{ agents { nodes { attributes { value } } } skillGroups { nodes { agents { nodes { agentNumber } } } }
             departments { name } }"),
        // Users by id beside each other, however they are asked for; then what they point to.
        (2, "{ a: user(by: {databaseId: 10100001}) { department { name } }
              b: user(by: {databaseId: 10100002}) { site { name } } sites { name } }"),
    ] {
        // Without a look at how long lists are before it runs.
        let house = House::with(World::demo(), |config| config.limits.max_portal_calls = 1_000_000_000).await;
        let client = house.sign_in(DEMO_LOGIN).await;
        assert_eq!(waves(&house, &client, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn users_and_catalogues_by_id_do_not_wait_for_each_other() {
    let house = House::over(World::sized(30)).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    let ids = client.data("{ users(first: 5) { nodes { id } } sites { id } }").await;
    let users = ids["users"]["nodes"].as_array().unwrap().iter();
    let ids: Vec<_> =
        users.chain(ids["sites"].as_array().unwrap()).map(|record| record["id"].clone()).collect();
    // Another gateway has nothing at hand.
    let other = House::over(World::sized(30)).await;
    let client = other.sign_in(SIZED_LOGIN).await;
    other.calls();
    let query = format!("{{ nodes(ids: {}) {{ id }} }}", Value::from(ids));
    assert_eq!(waves(&other, &client, &query).await, 1);
    assert_eq!(other.calls(), BTreeMap::from([("getUsers", 1), ("getAllSites", 1)]));
}

#[tokio::test]
async fn the_skills_of_five_hundred_agents_cost_three_waves_at_most_and_twenty_two_calls() {
    // Where it might be too dear, both lists are looked at before it runs, beside each other.
    for (allowed, expected) in [(1_000, 3), (500, 2)] {
        let house = House::with(World::sized(600), |config| config.limits.max_portal_calls = allowed).await;
        let client = house.sign_in(SIZED_LOGIN).await;
        house.calls();
        let query = "{ agents(first: 500) { nodes { skillGroups { name } } } }";
        assert_eq!(waves(&house, &client, query).await, expected);
        let calls = [("getUsers", 1), ("getSkillGroups", 1), ("getAllAgentsForSkill", 20)];
        assert_eq!(house.calls(), BTreeMap::from(calls));
        assert_eq!(waves(&house, &client, query).await, 0);
    }
}

//! Which way an edge is asked, and what that costs: by the settings, by what is at hand, by what was learnt before.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use portalgraph::config::{Config, Way};
use portalgraph::portal::UserId;
use portalgraph::simulator::{DEMO_LOGIN, Fault, SIZED_LOGIN, SIZED_LOGIN_EAST, World};
use serde_json::{Value, json};

use crate::house::{Client, House};

const SKILLS: &str = "{ agents { nodes { databaseId skillGroups { name } } } }";

/// How many skill groups a sized world has, and how many of them the eastern login sees.
const GROUPS: usize = 20;
const EASTERN: usize = 8;

/// Nothing is kept longer than a request.
pub fn forgetful(config: &mut Config) {
    config.cache.max_bytes = 0;
}

fn count(calls: &BTreeMap<&str, usize>, operation: &str) -> usize {
    calls.get(operation).copied().unwrap_or_default()
}

async fn nodes(client: &Client, ids: &[String]) -> Value {
    let query =
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on User { loginName } ... on Site { name } } }";
    let answer = client.ask_with(query, json!({ "ids": ids })).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.body);
    answer.body["data"]["nodes"].clone()
}

/// The global ids of users of a sized world.
async fn ids(client: &Client, house: &House) -> Vec<String> {
    let users = client.data("{ users { nodes { id } } }").await;
    house.calls();
    let users = users["users"]["nodes"].as_array().unwrap().iter();
    users.map(|user| user["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_settings_name_a_way() {
    for (way, agents, groups) in [(Way::Forward, 1, 0), (Way::Inverse, 0, GROUPS), (Way::Auto, 1, 0)] {
        let house = House::with(World::sized(60), |config| config.plan.agent_skill_groups = way).await;
        let client = house.sign_in(SIZED_LOGIN).await;
        house.calls();
        client.data("{ agents(first: 1) { nodes { skillGroups { name } } } }").await;
        let calls = house.calls();
        let found = (count(&calls, "getSkillsForAgent"), count(&calls, "getAllAgentsForSkill"));
        assert_eq!(found, (agents, groups), "{way:?}");
    }
    for (way, each, lists) in [(Way::Forward, 6, 0), (Way::Inverse, 0, 1), (Way::Auto, 0, 1)] {
        let house = House::with(World::sized(60), |config| {
            config.plan.users_by_id = way;
            forgetful(config);
        })
        .await;
        let client = house.sign_in(SIZED_LOGIN).await;
        let ids = ids(&client, &house).await;
        nodes(&client, &ids[..6]).await;
        let calls = house.calls();
        let found = (count(&calls, "getUserByIdProgram"), count(&calls, "getUsers"));
        assert_eq!(found, (each, lists), "{way:?}");
    }
}

#[tokio::test]
async fn the_groups_of_agents_named_side_by_side_are_one_plan() {
    let house = House::with(World::sized(120), forgetful).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    let agents = client.data("{ agents(first: 50) { nodes { id } } }").await;
    let named = |agent: &Value| {
        let id = agent["id"].as_str().unwrap();
        format!("a{id}: agent(by: {{id: \"{id}\"}}) {{ skillGroups {{ name }} }}").replace('=', "_")
    };
    let named: Vec<_> = agents["agents"]["nodes"].as_array().unwrap().iter().map(named).collect();
    house.calls();
    let answer = client.data(&format!("{{ {} }}", named.join(" "))).await;
    assert_eq!(answer.as_object().unwrap().len(), 50);
    let calls = house.calls();
    let found = (count(&calls, "getSkillsForAgent"), count(&calls, "getAllAgentsForSkill"));
    assert_eq!(found, (0, GROUPS), "{calls:?}");
}

#[tokio::test]
async fn users_named_side_by_side_are_one_plan() {
    let house = House::over(World::sized(60)).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    house.calls();
    let named = |id| format!("u{id}: user(by: {{databaseId: {id}}}) {{ loginName }}");
    let users: Vec<_> = (10_300_001..10_300_007).map(named).collect();
    let answer = client.data(&format!("{{ {} }}", users.join(" "))).await;
    assert!(answer.as_object().unwrap().values().all(Value::is_object), "{answer}");
    assert_eq!(house.calls(), BTreeMap::from([("getUsers", 1)]));
}

#[tokio::test]
async fn two_users_are_not_worth_a_list_that_is_slow() {
    for (delay, expected) in [(0, [("getUsers", 1)]), (1_500, [("getUserByIdProgram", 2)])] {
        let house = House::with(World::sized(60), forgetful).await;
        let client = house.sign_in(SIZED_LOGIN).await;
        house.simulator.faults().next("getUsers", Fault::Delay(Duration::from_millis(delay)), 1);
        let ids = ids(&client, &house).await;
        nodes(&client, &ids[..2]).await;
        assert_eq!(house.calls(), BTreeMap::from(expected), "a list that took {delay} ms");
    }
}

#[tokio::test]
async fn what_all_groups_told_answers_for_each_agent_as_long_as_it_is_kept() {
    let house = House::with(World::sized(60), |config| config.cache.skill_group_seconds = 2).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    let all = client.data(SKILLS).await;
    house.calls();
    let first = &all["agents"]["nodes"][0];
    let query =
        format!("{{ agent(by: {{databaseId: {}}}) {{ skillGroups {{ name }} }} }}", first["databaseId"]);
    for _ in 0..2 {
        assert_eq!(client.data(&query).await["agent"]["skillGroups"], first["skillGroups"]);
    }
    assert_eq!(house.call_count(), 0);

    // Not beyond the time to live of what it was worked out from: a change made elsewhere is seen then.
    let id = UserId(first["databaseId"].as_i64().unwrap());
    house.simulator.world(|world| {
        let tenant = &mut world.tenants[0];
        tenant.agents.get_mut(&id).unwrap().skill_groups.clear();
        tenant.recount();
    });
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert_eq!(client.data(&query).await["agent"]["skillGroups"], json!([]));
    assert_eq!(house.calls(), BTreeMap::from([("getSkillsForAgent", 1)]));
}

#[tokio::test]
async fn a_write_forgets_what_was_worked_out() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let query = "{ agents { nodes { id skillGroups { id name } } } }";
    let all = client.data(query).await;
    let agents = all["agents"]["nodes"].as_array().unwrap();
    let agent = agents.iter().find(|agent| agent["skillGroups"][0].is_object()).unwrap();
    let mutation = "mutation ($input: UpdateAgentSkillGroupsInput!) { updateAgentSkillGroups(input: $input) {
        userErrors { message } agent { skillGroups { id } } } }";
    let input = json!({"agentId": agent["id"], "removeSkillGroupIds": [agent["skillGroups"][0]["id"]]});
    let answer = client.ask_with(mutation, json!({ "input": input })).await;
    let done = &answer.body["data"]["updateAgentSkillGroups"];
    let left = agent["skillGroups"].as_array().unwrap().len() - 1;
    assert_eq!(done["agent"]["skillGroups"].as_array().map(Vec::len), Some(left), "{}", answer.body);
    let again = client.data(query).await;
    let same = again["agents"]["nodes"].as_array().unwrap().iter().find(|one| one["id"] == agent["id"]);
    assert_eq!(same.unwrap()["skillGroups"].as_array().map(Vec::len), Some(left));
}

#[tokio::test]
async fn a_way_that_did_not_find_everything_is_not_gone_twice() {
    let house = House::with(World::sized(60), forgetful).await;
    // One more group for everybody than anyone can find.
    house.simulator.world(|world| {
        for user in world.tenants[0].users.values_mut() {
            let count = user.total_assigned_skills.map(|count| count + 1);
            Arc::make_mut(user).total_assigned_skills = count;
        }
    });
    let client = house.sign_in(SIZED_LOGIN_EAST).await;
    house.calls();
    let first = client.data(SKILLS).await;
    let agents = first["agents"]["nodes"].as_array().unwrap().len();
    let calls = house.calls();
    let found = (count(&calls, "getAllAgentsForSkill"), count(&calls, "getSkillsForAgent"));
    assert_eq!(found, (EASTERN, agents), "nothing was known yet");
    let second = client.data(SKILLS).await;
    assert_eq!(house.calls(), BTreeMap::from([("getUsers", 1), ("getSkillsForAgent", agents)]));
    assert_eq!(first, second);
    // Somebody else, who may find more, is not judged by it; nor is another gateway.
    let other = house.sign_in(SIZED_LOGIN).await;
    house.calls();
    other.data(SKILLS).await;
    assert_eq!(count(&house.calls(), "getAllAgentsForSkill"), GROUPS);
}

#[tokio::test]
async fn an_agent_the_portal_does_not_count_for_is_asked_for_by_itself() {
    let house = House::over(World::sized(60)).await;
    house.simulator.world(|world| {
        for user in world.tenants[0].users.values_mut() {
            Arc::make_mut(user).total_assigned_skills = None;
        }
    });
    let client = house.sign_in(SIZED_LOGIN).await;
    house.calls();
    let agents = client.data(SKILLS).await["agents"]["nodes"].as_array().unwrap().len();
    assert_eq!(house.calls(), BTreeMap::from([("getUsers", 1), ("getSkillsForAgent", agents)]));
}

#[tokio::test]
async fn many_small_levels_do_not_add_up_to_the_dearer_way() {
    let house = House::over(World::sized(400)).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    let names =
        ["Anna", "Bert", "Cleo", "Dirk", "Ella", "Fred", "Gina", "Hans", "Iris", "Jack", "Kate", "Lars"];
    // Each list comes at a time of its own, so that no two are one level.
    for place in 0..names.len() {
        let delay = Duration::from_millis(60 * place as u64);
        house.simulator.faults().next("getUsers", Fault::Delay(delay), 1);
    }
    let few = |name: &&str| {
        format!(
            "{name}: agents(first: 3, search: {{term: \"{name}\", field: FIRST_NAME}}) {{ nodes {{ skillGroups {{ name }} }} }}"
        )
    };
    house.calls();
    let answer = client.data(&format!("{{ {} }}", names.iter().map(few).collect::<Vec<_>>().join(" "))).await;
    assert!(answer.as_object().unwrap().values().all(|list| list["nodes"].as_array().unwrap().len() == 3));
    let calls = house.calls();
    assert!(count(&calls, "getSkillsForAgent") <= GROUPS, "{calls:?}");
    assert_eq!(count(&calls, "getAllAgentsForSkill"), GROUPS, "{calls:?}");
}

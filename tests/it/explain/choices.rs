//! What is told of choices between two ways: which was taken, who decided, and what the other would have cost.

use portalgraph::config::{Config, Way};
use portalgraph::simulator::{SIZED_LOGIN, SIZED_LOGIN_EAST, World};
use serde_json::{Value, json};

use super::{called, explained, number, open, request, seen};
use crate::house::{Client, House, read};
use crate::plan::forgetful;

const SKILLS: &str = "{ agents { nodes { skillGroups { name } } } }";

async fn sized(change: impl FnOnce(&mut Config)) -> (House, Client) {
    let house = House::with(World::sized(60), |config| {
        open(config);
        forgetful(config);
        change(config);
    })
    .await;
    let client = house.sign_in(SIZED_LOGIN).await;
    house.calls();
    (house, client)
}

/// The only choice.
fn only(told: &Value) -> &Value {
    let [decision] = told["decisions"].as_array().unwrap().as_slice() else { panic!("one choice: {told}") };
    decision
}

fn said(decision: &Value) -> [&str; 3] {
    ["setting", "direction", "decidedBy"].map(|name| decision[name].as_str().unwrap())
}

#[tokio::test]
async fn a_way_that_the_settings_name_is_told_as_theirs() {
    for (way, word) in [(Way::Forward, "forward"), (Way::Inverse, "inverse")] {
        let (house, client) = sized(|config| config.plan.agent_skill_groups = way).await;
        let told = explained(&client, "{ agents(first: 5) { nodes { skillGroups { name } } } }").await;
        let decision = only(&told);
        assert_eq!(said(decision), ["plan.agent_skill_groups", word, "setting"], "{told}");
        assert_eq!(
            (&decision["keys"], &decision["paths"]),
            (&json!(5), &json!(["agents.nodes.skillGroups"]))
        );
        assert_eq!(called(&told), seen(&house));
    }
}

#[tokio::test]
async fn the_plan_tells_what_either_way_would_cost() {
    let (house, client) = sized(|_| ()).await;
    let told = explained(&client, SKILLS).await;
    let decision = only(&told);
    assert_eq!(said(decision), ["plan.agent_skill_groups", "inverse", "auto"], "{told}");
    let [forward, inverse] = decision["alternatives"].as_array().unwrap().as_slice() else {
        panic!("{told}")
    };
    assert_eq!(
        (&forward["direction"], &forward["operations"]),
        (&json!("forward"), &json!(["getSkillsForAgent"]))
    );
    assert_eq!(forward["calls"], decision["keys"], "a call an agent: {told}");
    assert_eq!(inverse["operations"], json!(["getSkillGroups", "getAllAgentsForSkill"]));
    let groups = called(&told)["getAllAgentsForSkill"];
    assert!(number(&inverse["calls"]) == groups && groups < number(&forward["calls"]), "{told}");
    assert!(inverse["milliseconds"].is_number() && forward["milliseconds"].is_number());
    assert_eq!(called(&told), seen(&house));

    let few = explained(&client, "{ agents(first: 2) { nodes { skillGroups { name } } } }").await;
    let decision = only(&few);
    assert_eq!(said(decision), ["plan.agent_skill_groups", "forward", "auto"], "{few}");
}

#[tokio::test]
async fn what_the_session_may_not_see_decides_too() {
    let (house, _) = sized(|_| ()).await;
    house.simulator.world(|world| {
        for user in world.tenants[0].users.values_mut() {
            // More groups for everybody than anyone may see.
            let user = std::sync::Arc::make_mut(user);
            user.total_assigned_skills = user.total_assigned_skills.map(|_| 1_000);
        }
    });
    let client = house.sign_in(SIZED_LOGIN_EAST).await;
    house.calls();
    let told = explained(&client, SKILLS).await;
    let decision = only(&told);
    assert_eq!(said(decision), ["plan.agent_skill_groups", "forward", "visibility"], "{told}");
    assert!(decision["reason"].as_str().unwrap().contains("may see"), "{decision}");
    assert_eq!(called(&told), seen(&house));
}

#[tokio::test]
async fn who_is_not_found_from_the_other_end_is_counted() {
    let (house, client) = sized(|_| ()).await;
    house.simulator.world(|world| {
        for user in world.tenants[0].users.values_mut() {
            // One group more for everybody than can be found.
            let user = std::sync::Arc::make_mut(user);
            user.total_assigned_skills = user.total_assigned_skills.map(|count| count + 1);
        }
    });
    let told = explained(&client, SKILLS).await;
    let decision = only(&told);
    assert_eq!(decision["direction"], "inverse", "{told}");
    assert_eq!(number(&decision["keysAskedAlone"]), called(&told)["getSkillsForAgent"], "{told}");
    assert_eq!(called(&told), seen(&house));
}

#[tokio::test]
async fn users_named_side_by_side_are_one_choice() {
    let (house, client) = sized(|_| ()).await;
    let named = |id| format!("u{id}: user(by: {{databaseId: {id}}}) {{ loginName }}");
    let users: Vec<_> = (10_300_001..10_300_007).map(named).collect();
    let query = format!("{{ {} }}", users.join(" "));
    let told = explained(&client, &query).await;
    let decision = only(&told);
    assert_eq!(said(decision), ["plan.users_by_id", "inverse", "auto"], "{told}");
    assert_eq!((number(&decision["keys"]), decision["paths"].as_array().unwrap().len()), (6, 6), "{told}");
    assert_eq!(called(&told), seen(&house));
}

#[tokio::test]
async fn a_list_and_one_record_of_it_are_chosen_for_in_either_writing() {
    // Under two keys with different fields below, lists are written record by record.
    let twice = "{ agents { nodes { skillGroups { name } } } agents { nodes { skillGroups { id } } } }";
    let (house, client) = sized(|_| ()).await;
    let answer = read(request(&client, twice, &Value::Null).send().await.unwrap()).await;
    let told = &answer.body["extensions"]["explain"];
    for decision in told["decisions"].as_array().unwrap() {
        assert_eq!(decision["paths"], json!(["agents.nodes.skillGroups"]), "{told}");
    }
    assert!(!told["decisions"].as_array().unwrap().is_empty(), "{told}");
    assert_eq!(called(told), seen(&house));
}

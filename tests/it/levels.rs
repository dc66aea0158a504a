//! Lists are written level by level; what the engine makes of them item by item is the measure. A field that is named
//! twice is the engine's alone, so one named twice beside a query has the engine write all of it.

use std::collections::BTreeSet;

use portalgraph::portal::UserId;
use portalgraph::simulator::{DEMO_ICWS_PASSWORD, DEMO_LOGIN, Fault, World};
use serde_json::Value;

use crate::everything::{Draw, Schema};
use crate::house::{Client, House, ICWS};

const QUERIES: u64 = 100;
const BY_LEVEL: &str = "viewer { __typename }";
const BY_ITEM: &str = "viewer { __typename } viewer { __typename }";

/// What is wrong in a world, beside nothing.
fn worlds() -> Vec<(&'static str, World)> {
    let mut keyless = World::demo();
    let tenant = &mut keyless.tenants[0];
    std::sync::Arc::make_mut(tenant.users.get_mut(&UserId(10_100_004)).unwrap()).id_program_user = None;
    std::sync::Arc::make_mut(&mut tenant.skill_groups[0]).skill_target_id = None;
    vec![
        ("as it should be", World::demo()),
        ("records without keys", keyless),
        ("failing calls", World::demo()),
    ]
}

async fn enter(house: &House) -> Client {
    let client = house.sign_in(DEMO_LOGIN).await;
    client.entering(ICWS, ("icadmin", DEMO_ICWS_PASSWORD)).await
}

/// Each error without what differs from request to request.
fn errors(answer: &Value) -> BTreeSet<String> {
    let mut errors = answer["errors"].as_array().cloned().unwrap_or_default();
    for error in &mut errors {
        error["extensions"]["requestId"] = Value::Null;
    }
    errors.iter().map(Value::to_string).collect()
}

/// Whether an error's own field is there as null: then it took nothing else with it, and nothing beside it was given up.
fn is_alone(data: &Value, error: &str) -> bool {
    let error: Value = serde_json::from_str(error).unwrap();
    let mut place = Some(data);
    for step in error["path"].as_array().into_iter().flatten() {
        place = place.and_then(|value| match step {
            Value::String(key) => value.get(key),
            step => value.get(usize::try_from(step.as_u64().unwrap()).unwrap()),
        });
    }
    place == Some(&Value::Null)
}

#[tokio::test(flavor = "multi_thread")]
async fn any_selection_is_written_as_the_engine_writes_it() {
    for (what, world) in worlds() {
        let house = House::with(world, |config| config.limits.max_page_size = 50).await;
        if what == "failing calls" {
            for operation in ["getAllSites", "getSkillsForAgent", "getAllAgentsForSkill", "getPQByID"] {
                house.simulator.faults().always(operation, Fault::Status(500));
            }
        }
        let (schema, client) = (Schema::of(&house).await, enter(&house).await);
        let mut told = 0;
        for seed in 1..=QUERIES {
            let mut draw = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let query = schema.some(&mut draw);
            let level = client.text(&format!("{{ {query} {BY_LEVEL} }}")).await;
            let item = client.text(&format!("{{ {query} {BY_ITEM} }}")).await;
            if level == item {
                continue;
            }
            let [level, item] = [level, item].map(|text| serde_json::from_str::<Value>(&text).unwrap());
            assert!(level.get("errors").is_some(), "{what}, {seed}: {query}");
            assert_eq!(level["data"], item["data"], "{what}, {seed}: {query}");
            let (of_level, of_item) = (errors(&level), errors(&item));
            // Beside a failure that takes others with it, an engine may stop asking: what it tells then is its own affair.
            let alone = |errors: &BTreeSet<String>| -> BTreeSet<_> {
                errors.iter().filter(|error| is_alone(&level["data"], error)).cloned().collect()
            };
            assert_eq!(alone(&of_level), alone(&of_item), "{what}, {seed}: {query}");
            assert_eq!(of_level.is_empty(), of_item.is_empty(), "{what}, {seed}: {query}");
            told += of_level.len();
        }
        assert_eq!(told == 0, what == "as it should be", "{what}: {told} errors");
    }
}

#[tokio::test]
async fn the_bytes_are_those_of_the_engine() {
    let house = House::over(World::demo()).await;
    let client = enter(&house).await;
    let query = "agents(first: 3) { edges { cursor node { id user { displayName createdAt userType department { name } }
        skillGroups { name } } } pageInfo { hasNextPage endCursor } totalCount }";
    let level = client.text(&format!("{{ {query} {BY_LEVEL} }}")).await;
    let item = client.text(&format!("{{ {query} {BY_ITEM} }}")).await;
    assert_eq!(level, item);
    assert!(level.starts_with(r#"{"data":{"agents":{"edges":[{"cursor":""#), "{level}");
}

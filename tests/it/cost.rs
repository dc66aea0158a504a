//! What queries cost in portal calls.

use portalgraph::simulator::{SIZED_LOGIN, World};

use crate::house::House;

const AGENTS: &str = "{ agents(first: 100) { nodes {
    user { department { name } site { name } } skillGroups { name } attributes { attribute { name } value } } } }";

/// How many skill groups a sized world has, whatever its size.
const SKILL_GROUPS: usize = 20;

#[tokio::test]
async fn a_hundred_agents_with_their_edges_cost_five_calls_and_one_for_each_skill_group() {
    let house = House::over(World::sized(1000)).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    house.calls();
    let cold = client.data(AGENTS).await;
    let calls = house.calls();
    assert!(calls.values().sum::<usize>() <= 5 + SKILL_GROUPS, "{calls:?}");
    let warm = client.data(AGENTS).await;
    let calls = house.calls();
    assert!(calls.is_empty(), "warm: {calls:?}");
    assert_eq!(cold, warm);
    assert_eq!(cold["agents"]["nodes"].as_array().unwrap().len(), 100);
}

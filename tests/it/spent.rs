//! `extensions.cost`, for who asks with a header: the calls a request made, shared and was spared, and how many stood one
//! behind another.

use std::collections::BTreeMap;
use std::time::Duration;

use portalgraph::simulator::{ANY, DEMO_ICWS_LOGIN, DEMO_LOGIN, Fault, World};
use serde_json::{Value, json};

use crate::house::{Client, House};

/// The cost of a query, as the gateway tells it.
async fn cost(house: &House, client: &Client, query: &str) -> Value {
    let request = house.http().post(format!("{}/graphql", house.url)).bearer_auth(&client.token);
    let request = request.header("portalgraph-cost", "1").header("content-type", "application/json");
    let response = request.body(json!({ "query": query }).to_string()).send().await.unwrap();
    let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(body["errors"], Value::Null, "{query}");
    body["extensions"]["cost"].clone()
}

/// How often each operation was called, as the gateway tells it.
fn calls(cost: &Value) -> BTreeMap<&str, usize> {
    let operations = cost["operations"].as_array().unwrap().iter();
    let count = |operation: &Value| usize::try_from(operation["calls"].as_u64().unwrap()).unwrap();
    let called = operations.map(|it| (it["name"].as_str().unwrap(), count(it)));
    called.filter(|(_, calls)| *calls > 0).collect()
}

#[tokio::test]
async fn what_is_told_is_what_the_portal_saw() {
    for query in [
        "{ users { nodes { displayName } } }",
        "{ agents { nodes { skillGroups { name } attributes { value } precisionQueues { name } } } }",
        "{ skillGroups { nodes { agents { nodes { agentNumber } } } } departments { name } }",
        "{ precisionQueues { nodes { steps { waitSeconds } eligibleAgents { totalCount } } } }",
    ] {
        let house = House::over(World::demo()).await;
        let client = house.sign_in(DEMO_LOGIN).await;
        house.calls();
        let cold = cost(&house, &client, query).await;
        assert_eq!(calls(&cold), house.calls(), "{query}");
        let warm = cost(&house, &client, query).await;
        assert_eq!((&warm["calls"], &warm["waves"]), (&json!(0), &json!(0)), "{query}: {warm}");
        assert!(house.calls().is_empty(), "{query}");
    }
}

#[tokio::test]
async fn waves_are_as_many_as_calls_depend_on_one_another() {
    for (query, waves) in [
        ("{ users { nodes { displayName } } }", 1),
        // Side by side.
        ("{ users { nodes { id } } departments { name } skillGroups { nodes { name } } }", 1),
        // The list, then who is in each.
        ("{ skillGroups { nodes { agents { nodes { agentNumber } } } } }", 2),
    ] {
        let house = House::over(World::demo()).await;
        house.simulator.faults().always(ANY, Fault::Delay(Duration::from_millis(20)));
        let client = house.sign_in(DEMO_LOGIN).await;
        let told = cost(&house, &client, query).await;
        assert_eq!(told["waves"], waves, "{query}: {told}");
    }
}

#[tokio::test]
async fn two_who_ask_the_same_at_once_pay_once() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.simulator.faults().next("getUsers", Fault::Delay(Duration::from_millis(200)), 1);
    let query = "{ users { nodes { displayName } } }";
    let (one, other) = tokio::join!(cost(&house, &client, query), cost(&house, &client, query));
    let sum = |what: &str| {
        let of = |cost: &Value| cost["operations"][0][what].as_u64().unwrap();
        of(&one) + of(&other)
    };
    assert_eq!((sum("calls"), sum("shared"), sum("kept")), (1, 1, 0), "{one} {other}");
}

#[tokio::test]
async fn who_does_not_ask_is_told_nothing() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let answer = client.ask("{ users { nodes { displayName } } }").await;
    assert_eq!(answer.body["extensions"], Value::Null);
}
#[tokio::test]
async fn a_write_and_what_is_read_back_are_counted_at_either_upstream() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
    house.calls();
    let query = r#"mutation { createIcwsRole(input: { roleId: "spent" }) { isVisible role { notes } } }"#;
    let told = cost(&house, &client, query).await;
    assert_eq!(calls(&told), house.calls(), "{told}");
}

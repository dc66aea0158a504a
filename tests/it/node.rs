//! Global ids: every record can be found again by its own, and by nobody in another tenant.

use std::collections::{BTreeMap, BTreeSet};

use portalgraph::simulator::{DEMO_LOGIN, World};
use serde_json::{Value, json};

use crate::house::{Client, House};

/// Every record of every type with an id that the demonstration can show.
const EVERYTHING: &str = "{
    viewer { tenant { __typename id } }
    users { nodes { __typename id } }
    agents { nodes { __typename id team { __typename id } } }
    skillGroups { nodes { __typename id } }
    attributes { nodes { __typename id } }
    precisionQueues { nodes { __typename id } }
    departments { __typename id } sites { __typename id } billingUnits { __typename id }
    roleGroups { __typename id } platforms { __typename id } agentProfiles { __typename id }
    agentDeskSettings { __typename id } callbackQueues { __typename id } callbackDispositions { __typename id }
    callback(databaseId: 7001) { __typename id }
}";

const NODES: &str = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";

/// The id of every object in an answer, with its type.
fn ids(answer: &Value, into: &mut BTreeMap<String, String>) {
    if let (Some(id), Some(name)) = (answer["id"].as_str(), answer["__typename"].as_str()) {
        into.insert(id.to_owned(), name.to_owned());
    }
    match answer {
        Value::Object(fields) => fields.values().for_each(|value| ids(value, into)),
        Value::Array(items) => items.iter().for_each(|value| ids(value, into)),
        _ => {}
    }
}

async fn everything(client: &Client) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    ids(&client.data(EVERYTHING).await, &mut found);
    found
}

/// The records with these ids.
async fn nodes(client: &Client, ids: &[&String]) -> Vec<Value> {
    let answer = client.ask_with(NODES, json!({"ids": ids})).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.body);
    answer.body["data"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_record_is_found_again_by_its_id() {
    let house = House::over(World::demo()).await;
    let found = everything(&house.sign_in(DEMO_LOGIN).await).await;
    let types: BTreeSet<_> = found.values().collect();
    assert_eq!(types.len(), 17, "{types:?}");
    // Somebody else, so that the answers are not those of the other query.
    let client = house.sign_in(("single@dmn", DEMO_LOGIN.1)).await;
    for some in found.iter().collect::<Vec<_>>().chunks(100) {
        let nodes = nodes(&client, &some.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await;
        for (node, (id, name)) in nodes.iter().zip(some) {
            assert_eq!(node, &json!({"__typename": name, "id": id}));
        }
    }
    let one_of_each: BTreeMap<_, _> = found.iter().map(|(id, name)| (name, id)).collect();
    for (name, id) in one_of_each {
        let query = "query ($id: ID!) { node(id: $id) { __typename id } }";
        let answer = client.ask_with(query, json!({"id": id})).await;
        assert_eq!(answer.body["data"]["node"], json!({"__typename": name, "id": id}), "{}", answer.body);
    }
}

#[tokio::test]
async fn no_id_of_one_tenant_finds_anything_in_another() {
    let house = House::over(World::demo()).await;
    let north = everything(&house.sign_in(DEMO_LOGIN).await).await;
    let south = house.sign_in(("south@dms", DEMO_LOGIN.1)).await;
    house.calls();
    for some in north.keys().collect::<Vec<_>>().chunks(100) {
        assert!(nodes(&south, some).await.iter().all(Value::is_null));
    }
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn who_sees_less_finds_no_more_by_id_than_in_the_lists() {
    let house = House::over(World::demo()).await;
    let all = everything(&house.sign_in(DEMO_LOGIN).await).await;
    let limited = house.sign_in(("billing@dmn", DEMO_LOGIN.1)).await;
    let own = everything(&limited).await;
    assert!(own.len() < all.len() && own.keys().all(|id| all.contains_key(id)));
    for some in all.keys().collect::<Vec<_>>().chunks(100) {
        for (node, id) in nodes(&limited, some).await.iter().zip(some) {
            assert_eq!(node.is_null(), !own.contains_key(*id), "{}", all[*id]);
        }
    }
}

#[tokio::test]
async fn at_most_a_hundred_ids_are_taken_at_once() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let answer = client.ask_with(NODES, json!({"ids": vec!["x"; 101]})).await;
    assert_eq!((answer.codes(), &answer.body["data"]["nodes"]), (vec!["BAD_USER_INPUT"], &Value::Null));
    assert_eq!(nodes(&client, &[]).await, Vec::<Value>::new());
}

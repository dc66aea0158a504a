//! `updatePrecisionQueue`: what it validates, what it would change, and what it keeps.

use std::collections::BTreeSet;

use portalgraph::simulator::DEMO_LOGIN;
use serde_json::{Value, json};

use super::table::{Ids, house, sent};
use crate::house::{Client, House};

const UPDATE: &str = "mutation($input: UpdatePrecisionQueueInput!) { updatePrecisionQueue(input: $input) {
    precisionQueue { changeStamp steps { waitSeconds considerIf terms {
      attribute { name } attributeRelation value termRelation parenthesisCount } } }
    membershipChange { eligibleCountBefore eligibleCountAfter
      entering { nodes { user { loginName } } } leaving { nodes { user { loginName } } } }
    userErrors { code field message } } }";

async fn update(client: &Client, input: Value) -> Value {
    let answer = client.ask_with(UPDATE, json!({"input": input})).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.body);
    answer.body["data"]["updatePrecisionQueue"].clone()
}

async fn ready() -> (House, Client, Ids) {
    let house = house().await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let ids = Ids::of(&client).await;
    house.simulator.journal().take();
    (house, client, ids)
}

async fn eligible(client: &Client) -> BTreeSet<String> {
    let query = "{ precisionQueue(by: {name: \"Sales in English\"}) {
        eligibleAgents { nodes { agent { user { loginName } } } } } }";
    let nodes = client.data(query).await["precisionQueue"]["eligibleAgents"]["nodes"].clone();
    let names = nodes.as_array().unwrap().iter().map(|node| node["agent"]["user"]["loginName"].clone());
    names.map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn names(connection: &Value) -> BTreeSet<String> {
    let nodes = connection["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["user"]["loginName"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_preview_tells_who_would_enter_and_leave_and_writes_nothing() {
    let (house, client, ids) = ready().await;
    let before = eligible(&client).await;
    let sales = ids.get("Attribute", "Sales");
    let term = json!({"attributeId": sales, "attributeRelation": "GREATER_THAN_OR_EQUAL", "value": "3",
                      "termRelation": "NONE"});
    let steps = json!([{"terms": [term], "waitSeconds": 5}]);
    let queue = ids.get("PrecisionQueue", "Sales in English");
    let input = json!({"precisionQueueId": queue, "steps": steps, "preview": true});
    let previewed = update(&client, input.clone()).await;
    assert_eq!(sent(&house.simulator, "updatePrecisionQueue"), 0);
    assert_eq!(eligible(&client).await, before, "nothing was written");
    let mut input = input;
    input["preview"] = json!(false);
    let written = update(&client, input).await;
    assert_eq!(sent(&house.simulator, "updatePrecisionQueue"), 1);
    assert_eq!(previewed["membershipChange"], written["membershipChange"]);
    let after = eligible(&client).await;
    let change = &written["membershipChange"];
    assert_eq!(names(&change["entering"]), after.difference(&before).cloned().collect());
    assert_eq!(names(&change["leaving"]), before.difference(&after).cloned().collect());
    assert_eq!(change["eligibleCountBefore"], before.len());
    assert_eq!(change["eligibleCountAfter"], after.len());
    assert_ne!(before, after);
}

#[tokio::test]
async fn every_violation_of_every_step_is_told_at_once_and_nothing_is_asked() {
    let (house, client, ids) = ready().await;
    let (english, sales) = (ids.get("Attribute", "English"), ids.get("Attribute", "Sales"));
    let term = |attribute: &str, relation: &str, value: Value, join: &str, parentheses: i32| {
        json!({"attributeId": attribute, "attributeRelation": relation, "value": value, "termRelation": join,
               "parenthesisCount": parentheses})
    };
    let steps = json!([
        {"waitSeconds": -1, "terms": [
            term(sales, "EQUAL", json!("5"), "AND", 1),
            term("nonsense", "UNKNOWN", json!("5"), "NONE", 0),
            term(sales, "HAS_ATTRIBUTE", json!("5"), "OR", 0),
            term(sales, "LESS_THAN", Value::Null, "OR", 0)]},
        {"terms": []},
        {"considerIf": "true", "terms": [
            term(sales, "EQUAL", json!("5"), "NONE", i32::MAX),
            term(sales, "EQUAL", json!("5"), "AND", i32::MAX)]},
    ]);
    let queue = ids.get("PrecisionQueue", "Sales in English");
    let input =
        json!({"precisionQueueId": queue, "name": " ", "serviceLevelThresholdSeconds": -1, "steps": steps});
    let payload = update(&client, input).await;
    assert!(payload["precisionQueue"].is_null());
    let errors = payload["userErrors"].as_array().unwrap();
    let told: BTreeSet<(String, String)> = errors
        .iter()
        .map(|error| {
            let field = error["field"].as_array().unwrap().iter().map(|step| step.as_str().unwrap());
            (error["code"].as_str().unwrap().to_owned(), field.collect::<Vec<_>>().join("."))
        })
        .collect();
    let expected = [
        ("INVALID_NAME", "input.name"),
        ("INVALID_SERVICE_LEVEL_THRESHOLD", "input.serviceLevelThresholdSeconds"),
        ("INVALID_WAIT", "input.steps.0.waitSeconds"),
        ("UNBALANCED_PARENTHESES", "input.steps.0.terms"),
        ("RELATION_ON_FIRST_TERM", "input.steps.0.terms.0.termRelation"),
        ("ATTRIBUTE_NOT_FOUND", "input.steps.0.terms.1.attributeId"),
        ("INVALID_ATTRIBUTE_RELATION", "input.steps.0.terms.1.attributeRelation"),
        ("TERM_RELATION_REQUIRED", "input.steps.0.terms.1.termRelation"),
        ("VALUE_NOT_TAKEN", "input.steps.0.terms.2.value"),
        ("VALUE_REQUIRED", "input.steps.0.terms.3.value"),
        ("INVALID_TERM_COUNT", "input.steps.1.terms"),
        ("CONDITION_ON_LAST_STEP", "input.steps.2.considerIf"),
        ("UNBALANCED_PARENTHESES", "input.steps.2.terms"),
    ];
    assert_eq!(told, expected.map(|(code, field)| (code.to_owned(), field.to_owned())).into());
    assert_eq!(house.call_count(), 0);

    // What only the catalogue can tell.
    let steps = json!([{"terms": [
        term(english, "EQUAL", json!("perhaps"), "NONE", 1),
        term(sales, "EQUAL", json!("11"), "AND", -1),
        term(english, "LESS_THAN", json!("true"), "AND", 0)]}]);
    let payload = update(&client, json!({"precisionQueueId": queue, "steps": steps})).await;
    let errors = payload["userErrors"].as_array().unwrap();
    let told: Vec<_> =
        errors.iter().map(|error| (&error["code"], &error["field"][4], &error["field"][5])).collect();
    assert_eq!(
        told,
        [
            (&json!("INVALID_VALUE"), &json!("0"), &json!("value")),
            (&json!("INVALID_VALUE"), &json!("1"), &json!("value")),
            (&json!("INVALID_ATTRIBUTE_RELATION"), &json!("2"), &json!("attributeRelation")),
        ]
    );
    assert_eq!(sent(&house.simulator, "updatePrecisionQueue"), 0);
}

#[tokio::test]
async fn what_a_change_does_not_name_is_sent_back_as_it_was_read() {
    let (house, client, ids) = ready().await;
    let find = |world: &mut portalgraph::simulator::World| {
        let queues = &mut world.tenants[0].precision_queues;
        queues.iter_mut().find(|queue| queue.name.as_deref() == Some("Sales in English")).unwrap().clone()
    };
    let before = house.simulator.world(|world| {
        let queues = &mut world.tenants[0].precision_queues;
        let queue =
            queues.iter_mut().find(|queue| queue.name.as_deref() == Some("Sales in English")).unwrap();
        let queue = std::sync::Arc::make_mut(queue);
        queue
            .rest
            .insert("bucketInterval".to_owned(), json!({"refURL": "/unifiedconfig/config/bucketinterval/1"}));
        let step = std::sync::Arc::make_mut(&mut queue.steps[0]);
        step.rest.insert("nextStep".to_owned(), json!(2));
        find(world)
    });
    let queue = ids.get("PrecisionQueue", "Sales in English");
    let payload = update(&client, json!({"precisionQueueId": queue, "description": "New"})).await;
    assert_eq!(payload["userErrors"], json!([]));
    let after = house.simulator.world(find);
    let value = |queue: &portalgraph::portal::precision_queue::PrecisionQueue| {
        let mut value = serde_json::to_value(queue).unwrap();
        value.as_object_mut().unwrap().remove("description");
        value.as_object_mut().unwrap().remove("changeStamp");
        value
    };
    assert_eq!(value(&after), value(&before));
    assert_eq!(after.description.as_deref(), Some("New"));
}

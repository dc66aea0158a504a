//! What is wrong with an input in itself, and what only the portal's catalogues tell, come in one answer.

use portalgraph::simulator::{DEMO_LOGIN, Fault, World};
use serde_json::{Value, json};

use crate::house::{Client, House};
use crate::user_writes::{ADA, BEN, CLARA, expected, id, told, user};

async fn refuse(house: &House, client: &Client, (name, input): (&str, Value), reasons: &[(&str, &str)]) {
    house.calls();
    let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let query = format!(
        "mutation($input: {kind}!) {{ done: {name}(input: $input) {{ userErrors {{ code field message }} }} }}"
    );
    let answer = client.ask_with(&query, json!({"input": input})).await;
    assert!(answer.body.get("errors").is_none(), "{name}: {}", answer.body);
    let (mut found, mut wanted) = (told(&answer.body["data"]["done"]), expected(reasons));
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted, "{name}: {input}");
    let calls = house.calls();
    assert!(calls.keys().all(|operation| operation.starts_with("get")), "{name}: {calls:?}");
}

#[tokio::test]
async fn everything_wrong_with_attributes_and_agents_is_told_at_once() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let data = client.data("{ attributes { nodes { id name } } }").await;
    let nodes = data["attributes"]["nodes"].as_array().unwrap();
    let sales = nodes.iter().find(|node| node["name"] == "Sales").unwrap()["id"].clone();
    let input = json!({
        "agentIds": ["nonsense", user(ADA), user(CLARA), user(10_199_999)],
        "attributes": [
            {"attributeId": "nonsense", "value": "1"},
            {"attributeId": sales, "value": "11"},
            {"attributeId": sales, "value": "5"},
            {"attributeId": id("Attribute", 999_999), "value": "5"},
        ],
    });
    let reasons = [
        ("AGENT_NOT_FOUND", "input.agentIds.0"),
        ("AGENT_NOT_FOUND", "input.agentIds.1"),
        ("AGENT_NOT_FOUND", "input.agentIds.3"),
        ("ATTRIBUTE_NOT_FOUND", "input.attributes.0.attributeId"),
        ("INVALID_VALUE", "input.attributes.1.value"),
        ("DUPLICATE_ATTRIBUTE", "input.attributes.2.attributeId"),
        ("ATTRIBUTE_NOT_FOUND", "input.attributes.3.attributeId"),
    ];
    refuse(&house, &client, ("addAttributesToAgents", input), &reasons).await;
    let input = json!({"agentId": "nonsense", "attributeId": id("Attribute", 999_999)});
    let reasons = [("AGENT_NOT_FOUND", "input.agentId"), ("ATTRIBUTE_NOT_FOUND", "input.attributeId")];
    refuse(&house, &client, ("removeAttributeFromAgent", input), &reasons).await;
    let input = json!({"agentId": user(ADA), "attributeId": "nonsense"});
    refuse(&house, &client, ("removeAttributeFromAgent", input), &reasons).await;
}

#[tokio::test]
async fn everything_wrong_with_a_membership_is_told_at_once() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let group = id("SkillGroup", 999_999);
    let input = json!({
        "skillGroupId": group, "addAgentIds": ["nonsense", user(ADA), user(BEN)], "removeAgentIds": [user(BEN)],
    });
    let reasons = [
        ("SKILL_GROUP_NOT_FOUND", "input.skillGroupId"),
        ("AGENT_NOT_FOUND", "input.addAgentIds.0"),
        ("AGENT_NOT_FOUND", "input.addAgentIds.1"),
        ("ADDED_AND_REMOVED", "input.removeAgentIds"),
    ];
    refuse(&house, &client, ("updateSkillGroupAgents", input), &reasons).await;
    let input = json!({
        "agentId": user(ADA), "addSkillGroupIds": ["nonsense", group], "removeSkillGroupIds": [group],
    });
    let reasons = [
        ("AGENT_NOT_FOUND", "input.agentId"),
        ("SKILL_GROUP_NOT_FOUND", "input.addSkillGroupIds.0"),
        ("SKILL_GROUP_NOT_FOUND", "input.addSkillGroupIds.1"),
        ("SKILL_GROUP_NOT_FOUND", "input.removeSkillGroupIds.0"),
        ("ADDED_AND_REMOVED", "input.removeSkillGroupIds"),
    ];
    refuse(&house, &client, ("updateAgentSkillGroups", input), &reasons).await;
}

#[tokio::test]
async fn everything_wrong_with_steps_is_told_at_once() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let data = client.data("{ attributes { nodes { id name } } precisionQueues { nodes { id } } }").await;
    let nodes = data["attributes"]["nodes"].as_array().unwrap();
    let of = |name: &str| nodes.iter().find(|node| node["name"] == name).unwrap()["id"].clone();
    let term = |attribute: &Value, relation: &str, value: &str, join: &str| json!({"attributeId": attribute, "attributeRelation": relation, "value": value, "termRelation": join});
    let terms = json!([
        term(&of("Sales"), "EQUAL", "11", "AND"),
        term(&of("English"), "LESS_THAN", "true", "OR"),
        term(&id("Attribute", 999_999).into(), "EQUAL", "1", "NONE"),
    ]);
    let input = json!({
        "precisionQueueId": data["precisionQueues"]["nodes"][0]["id"], "name": " ",
        "steps": [{"waitSeconds": -2, "terms": terms}],
    });
    let reasons = [
        ("INVALID_NAME", "input.name"),
        ("INVALID_WAIT", "input.steps.0.waitSeconds"),
        ("RELATION_ON_FIRST_TERM", "input.steps.0.terms.0.termRelation"),
        ("INVALID_VALUE", "input.steps.0.terms.0.value"),
        ("INVALID_ATTRIBUTE_RELATION", "input.steps.0.terms.1.attributeRelation"),
        ("TERM_RELATION_REQUIRED", "input.steps.0.terms.2.termRelation"),
        ("ATTRIBUTE_NOT_FOUND", "input.steps.0.terms.2.attributeId"),
    ];
    refuse(&house, &client, ("updatePrecisionQueue", input), &reasons).await;
}

#[tokio::test]
async fn everything_wrong_with_a_callback_is_told_at_once() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let input = json!({
        "phoneNumber": "+1", "dialedNumber": "99999999", "callbackAt": "2030-01-01T00:00:00Z",
        "variables": [{"number": 11, "value": "x"}], "voiceMessageSeconds": -1,
    });
    let reasons = [
        ("PHONE_NOT_NUMERIC", "input.phoneNumber"),
        ("INVALID_PHONE_LENGTH", "input.phoneNumber"),
        ("INVALID_DIALED_NUMBER", "input.dialedNumber"),
        ("CUSTOMER_TIME_REQUIRED", "input.customerTimeAt"),
        ("INVALID_VOICE_MESSAGE_SECONDS", "input.voiceMessageSeconds"),
        ("INVALID_VARIABLE_NUMBER", "input.variables.0.number"),
    ];
    refuse(&house, &client, ("createCallback", input), &reasons).await;
}

#[tokio::test]
async fn a_catalogue_that_fails_hides_nothing_that_is_wrong_in_itself() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.simulator.faults().always("getAllAttributes", Fault::Status(500));
    let attributes = json!([{"attributeId": id("Attribute", 1), "value": "1"}]);
    let input = json!({"agentIds": [], "attributes": attributes});
    let reasons = [("AGENT_REQUIRED", "input.agentIds")];
    refuse(&house, &client, ("addAttributesToAgents", input), &reasons).await;
    let query = "mutation($input: AddAttributesToAgentsInput!) {
        addAttributesToAgents(input: $input) { userErrors { code } } }";
    let input = json!({"input": {"agentIds": [user(CLARA)], "attributes": attributes}});
    assert_eq!(client.ask_with(query, input).await.codes(), ["PORTAL_REFUSED"]);
}

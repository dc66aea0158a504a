//! New roles: sent once, waited for until they can be read, and seen by whoever reads afterwards.

use std::time::Duration;

use portalgraph::simulator::{DEMO_ICWS_LOGIN, Fault, World};
use serde_json::{Value, json};

use super::demo;
use crate::house::{Client, House};

const CREATE: &str = "mutation($input: CreateIcwsRoleInput!) { createIcwsRole(input: $input) {
    isAccepted isVisible roleId role { roleId name notes } licenseProblems { problemType license { objectId } }
    userErrors { code field message portalCode } } }";

const NAMES: &str = "{ icws { roles { totalCount nodes { name } } } }";

async fn create(client: &Client, input: Value) -> Value {
    let answer = client.ask_with(CREATE, json!({ "input": input })).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.body);
    answer.body["data"]["createIcwsRole"].clone()
}

async fn count(client: &Client) -> Value {
    client.data(NAMES).await["icws"]["roles"]["totalCount"].clone()
}

fn sent(house: &House) -> usize {
    house.calls().get("createRole").copied().unwrap_or_default()
}

/// Signs in another, and lets everyone read every list once, so that something is kept.
async fn readers(house: &House, client: &Client) -> [Client; 2] {
    let other = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
    for reader in [client, &other] {
        assert_eq!(count(reader).await, 13);
    }
    [client.clone(), other]
}

#[tokio::test]
async fn everything_that_is_given_reaches_the_body_and_the_role() {
    let (house, client) = demo(|_| ()).await;
    let input = json!({
        "roleId": "NightLead", "name": "Night lead", "notes": "Leads at night.\nAnd \"more\".",
        "customAttributes": [{"name": "a", "value": "1"}, {"name": "b", "value": null}],
        "accessControlGroupId": "Headquarters", "clientConfigurationTemplateId": "Plaindesktop",
        "passwordPolicyIds": ["Defaultpolicy"], "memberIds": ["AdaAlder", "BenBirch"], "workgroupIds": ["Sales"],
        "securityRights": [{"name": "followMe", "isGranted": true}, {"name": "allowVideo", "isGranted": false}],
        "accessRights": [
            {"name": "viewReport", "objects": [{"objectType": "NONE", "grouping": "ALL"}]},
            {"name": "viewLayoutList", "objects": [
                {"objectId": "g", "objectType": "ACCESS_CONTROL_GROUP", "grouping": "GROUP"},
                {"objectId": "l", "objectType": "LINE_GROUP", "grouping": "SINGLE"}]},
            {"name": "eFaqs", "objects": []},
        ],
        "administrativeRights": [{"name": "collective", "isGranted": true}],
        "transactionId": "of today 7",
    });
    let payload = create(&client, input).await;
    assert_eq!(payload["role"]["notes"], "Leads at night.\nAnd \"more\".");
    assert_eq!((&payload["isAccepted"], &payload["isVisible"]), (&json!(true), &json!(true)));
    let calls = house.simulator.journal().take();
    let call = calls.iter().find(|call| call.operation == "createRole").unwrap();
    assert_eq!(call.headers["ININ-ICWS-Transaction-Id"], "of today 7");
    let named = |id: &str| json!({ "id": id });
    let expected = json!({
        "configurationId": {"id": "NightLead", "displayName": "Night lead"},
        "notes": "Leads at night.\nAnd \"more\".",
        "customAttributes": [{"name": "a", "value": "1"}, {"name": "b", "value": null}],
        "accessControlGroupAssignment": named("Headquarters"),
        "clientConfigurationTemplate": named("Plaindesktop"),
        "passwordPolicies": [named("Defaultpolicy")],
        "users": [named("AdaAlder"), named("BenBirch")],
        "workgroups": [named("Sales")],
        "securityRights": {"followMe": {"actualValue": true}, "allowVideo": {"actualValue": false}},
        "accessRights": {
            "viewReport": {"actualValue": [{"objectType": 0, "grouping": 0}]},
            "viewLayoutList": {"actualValue": [
                {"id": "g", "objectType": 1, "grouping": 2}, {"id": "l", "objectType": 3, "grouping": 1}]},
            "eFaqs": {"actualValue": []},
        },
        "administrativeRights": {"collective": {"actualValue": true}},
    });
    assert_eq!(Value::Object(call.body.clone()), expected);
    assert_eq!(calls.iter().filter(|call| call.operation == "createRole").count(), 1);
    // What is left out is not sent, and the id is shown for a name.
    let payload = create(&client, json!({"roleId": "Bare"})).await;
    assert_eq!(payload["role"], json!({"roleId": "Bare", "name": "Bare", "notes": null}));
    let body = house
        .simulator
        .journal()
        .take()
        .into_iter()
        .find(|call| call.operation == "createRole")
        .unwrap()
        .body;
    assert_eq!(Value::Object(body), json!({"configurationId": {"id": "Bare", "displayName": "Bare"}}));
}

#[tokio::test]
async fn a_role_that_takes_its_time_is_waited_for_and_then_read_by_all() {
    let (house, client) = demo(|_| ()).await;
    let readers = readers(&house, &client).await;
    house.simulator.settings(|settings| settings.icws.appears_after = Duration::from_millis(400));
    house.calls();
    let payload = create(&client, json!({"roleId": "Late"})).await;
    assert_eq!((&payload["isVisible"], &payload["role"]["roleId"]), (&json!(true), &json!("Late")));
    let calls = house.calls();
    // Ever longer between looks, with either right: four or so in 400 ms.
    assert!(calls["createRole"] == 1 && (5..=16).contains(&calls["listRoles"]), "{calls:?}");
    for reader in readers {
        assert_eq!(count(&reader).await, 14);
    }
}

#[tokio::test]
async fn a_role_that_takes_too_long_is_told_to_be_accepted_and_nothing_stale_is_kept() {
    let (house, client) = demo(|config| config.icws.role_creation_wait_milliseconds = 200).await;
    let readers = readers(&house, &client).await;
    house.simulator.settings(|settings| settings.icws.appears_after = Duration::from_hours(1));
    house.calls();
    let payload = create(&client, json!({"roleId": "Late"})).await;
    let expected = json!({"isAccepted": true, "isVisible": false, "roleId": "Late", "role": null, "licenseProblems": [], "userErrors": []});
    assert_eq!(payload, expected);
    let calls = house.calls();
    assert!(calls["createRole"] == 1 && calls["listRoles"] <= 10, "{calls:?}");
    for reader in &readers {
        assert_eq!(count(reader).await, 13);
    }
    house.simulator.advance(Duration::from_hours(1));
    // The session of ICWS has grown old meanwhile too.
    let client = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
    assert_eq!(count(&client).await, 14, "what was read before it appeared was kept");
}

#[tokio::test]
async fn what_others_read_while_a_role_is_waited_for_is_not_kept_beyond_it() {
    let (house, client) = demo(|_| ()).await;
    let [_, other] = readers(&house, &client).await;
    house.simulator.settings(|settings| settings.icws.appears_after = Duration::from_millis(500));
    let creating = tokio::spawn({
        let client = client.clone();
        async move { create(&client, json!({"roleId": "Late"})).await }
    });
    while !house.simulator.journal().counts().contains_key("createRole") {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(count(&other).await, 13);
    assert_eq!(creating.await.unwrap()["isVisible"], true);
    for reader in [&other, &client] {
        assert_eq!(count(reader).await, 14);
    }
}

#[tokio::test]
async fn a_list_that_was_answered_before_the_role_and_comes_after_it_is_not_kept() {
    let (house, client) = demo(|_| ()).await;
    let other = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
    house.simulator.faults().next("listRoles", Fault::DelayAfter(Duration::from_millis(300)), 1);
    let before = house.simulator.journal().count();
    let slow = tokio::spawn({
        let other = other.clone();
        async move { count(&other).await }
    });
    while house.simulator.journal().count() == before {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(create(&client, json!({"roleId": "New"})).await["isVisible"], true);
    assert_eq!(slow.await.unwrap(), 13);
    assert_eq!(count(&other).await, 14, "the late answer must not be kept");
}

#[tokio::test]
async fn looking_for_a_new_role_may_fail_and_it_is_accepted_all_the_same() {
    for fault in [Fault::Status(500), Fault::Reset, Fault::Html, Fault::Truncated] {
        let (house, client) = demo(|config| config.icws.role_creation_wait_milliseconds = 200).await;
        house.simulator.faults().always("listRoles", fault.clone());
        let payload = create(&client, json!({"roleId": "New"})).await;
        assert_eq!(
            (&payload["isAccepted"], &payload["isVisible"]),
            (&json!(true), &json!(false)),
            "{fault:?}"
        );
        assert_eq!(payload["role"], Value::Null);
        assert_eq!(sent(&house), 1);
        house.simulator.faults().clear();
        assert_eq!(count(&client).await, 14, "{fault:?}");
    }
    // The session ends right after: that it was accepted is still told.
    let (house, client) = demo(|_| ()).await;
    house.simulator.faults().always("listRoles", Fault::Expire);
    let answer = client.ask_with(CREATE, json!({"input": {"roleId": "New"}})).await;
    let payload = &answer.body["data"]["createIcwsRole"];
    assert_eq!(
        (&payload["isAccepted"], &payload["isVisible"]),
        (&json!(true), &json!(false)),
        "{}",
        answer.body
    );
    house.simulator.faults().clear();
    let other = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
    assert_eq!(count(&other).await, 14);
}

#[tokio::test]
async fn a_list_kept_by_another_is_stale_no_longer_than_a_lost_create_could_take() {
    let (house, client) = demo(|_| ()).await;
    let [_, other] = readers(&house, &client).await;
    house.simulator.faults().next("createRole", Fault::ResetAfter, 1);
    let answer = client.ask_with(CREATE, json!({"input": {"roleId": "Lost"}})).await;
    let error = &answer.body["errors"][0];
    assert_eq!(error["extensions"]["outcome"], "UNKNOWN", "{}", answer.body);
    assert_eq!(error["extensions"]["operation"], "createRole");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("read `icws { role(by: { roleId: … }) { name } }`"), "{message}");
    for reader in [&client, &other] {
        assert_eq!(count(reader).await, 14);
    }
}

#[tokio::test]
async fn every_kind_of_lost_answer_is_an_unknown_outcome() {
    let house = House::with(World::demo(), |config| {
        config.icws.call_timeout_milliseconds = 300;
        config.icws.max_answer_bytes = 60_000;
    })
    .await;
    let client = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
    for (place, (fault, code)) in [
        (Fault::ResetAfter, "PORTAL_UNREACHABLE"),
        (Fault::DelayAfter(Duration::from_millis(700)), "PORTAL_TIMEOUT"),
        (Fault::Redirect, "PORTAL_UNINTELLIGIBLE"),
        (Fault::LoginPage, "PORTAL_UNINTELLIGIBLE"),
        (Fault::Huge(70_000), "PORTAL_UNINTELLIGIBLE"),
        (Fault::Status(503), "PORTAL_UNREACHABLE"),
    ]
    .into_iter()
    .enumerate()
    {
        house.calls();
        house.simulator.faults().next("createRole", fault.clone(), 1);
        let answer = client.ask_with(CREATE, json!({"input": {"roleId": format!("Lost{place}")}})).await;
        assert_eq!(answer.codes(), [code], "{fault:?}: {}", answer.body);
        let extensions = &answer.body["errors"][0]["extensions"];
        assert_eq!(
            (&extensions["outcome"], &extensions["retryable"]),
            (&json!("UNKNOWN"), &json!(false)),
            "{fault:?}"
        );
        assert_eq!(house.calls(), [("createRole", 1)].into(), "{fault:?}");
    }
}

#[tokio::test]
async fn two_in_one_request_go_in_order_and_one_that_fails_stops_none() {
    let (house, client) = demo(|_| ()).await;
    house.simulator.faults().next("createRole", Fault::ResetAfter, 1);
    let answer = client
        .ask(
            "mutation {
               a: createIcwsRole(input: {roleId: \"A\", transactionId: \"t\"}) { isAccepted }
               b: createIcwsRole(input: {roleId: \"agent\"}) { userErrors { code } }
               c: createIcwsRole(input: {roleId: \" \"}) { userErrors { code } }
               d: createIcwsRole(input: {roleId: \"D\", transactionId: \"t\"}) { role { name } } }",
        )
        .await;
    assert_eq!(answer.codes(), ["PORTAL_UNREACHABLE"], "{}", answer.body);
    assert_eq!(answer.body["errors"][0]["path"], json!(["a"]));
    let errors = |payload: &Value| payload["userErrors"].as_array().unwrap()[0]["code"].clone();
    let data = &answer.body["data"];
    assert_eq!(
        (&data["a"], errors(&data["b"]), errors(&data["c"])),
        (&Value::Null, json!("UNIQUE_INSTANCE_ID"), json!("ROLE_ID_MISSING"))
    );
    assert_eq!(data["d"], json!({"role": {"name": "D"}}));
    let calls = house.simulator.journal().take();
    let created = calls.iter().filter(|call| call.operation == "createRole");
    let order: Vec<_> = created.map(|call| call.body["configurationId"]["id"].as_str().unwrap()).collect();
    assert_eq!(order, ["A", "agent", "D"]);
    assert_eq!(count(&client).await, 15);
}

#[tokio::test]
async fn when_time_is_nearly_up_while_a_role_is_waited_for_the_answer_says_that_it_is_accepted() {
    let (house, client) = demo(|config| {
        config.server.deadline_seconds = 1;
        config.icws.role_creation_wait_milliseconds = 1_600;
    })
    .await;
    house.simulator.settings(|settings| settings.icws.appears_after = Duration::from_millis(1_300));
    let answer = client.ask_with(CREATE, json!({"input": {"roleId": "Late"}})).await;
    let payload = &answer.body["data"]["createIcwsRole"];
    assert_eq!(
        (&payload["isAccepted"], &payload["isVisible"]),
        (&json!(true), &json!(false)),
        "{}",
        answer.body
    );
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(sent(&house), 1);
    assert_eq!(count(&client).await, 14);
}

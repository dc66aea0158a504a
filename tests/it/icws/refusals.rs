//! Why a role was not created: each kind of validation failure and licence problem, typed and with its place.

use std::collections::BTreeSet;

use portalgraph::icws::code::{Code as _, LicenseErrorType, ValidationErrorType};
use portalgraph::simulator::icws::Verdict;
use portalgraph::simulator::{DEMO_ICWS_VIEWER, Fault};
use serde_json::{Value, json};

use super::demo;
use crate::house::{Client, House};

const CREATE: &str = "mutation($input: CreateIcwsRoleInput!) { createIcwsRole(input: $input) { isAccepted
    role { name } licenseProblems { problemType license { objectId name } }
    userErrors { code field message portalCode } } }";

async fn create(client: &Client, input: Value) -> Value {
    let answer = client.ask_with(CREATE, json!({ "input": input })).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.body);
    answer.body["data"]["createIcwsRole"].clone()
}

/// The errors of a refused creation, which was sent once or not at all.
async fn refused(house: &House, client: &Client, input: Value, times: usize) -> Vec<Value> {
    house.calls();
    let payload = create(client, input).await;
    assert_eq!((&payload["isAccepted"], &payload["role"]), (&json!(false), &Value::Null), "{payload}");
    let calls = house.calls();
    assert_eq!(calls.get("createRole").copied().unwrap_or_default(), times, "{payload}");
    assert_eq!(calls.values().sum::<usize>(), times, "{calls:?}");
    payload["userErrors"].as_array().unwrap().clone()
}

fn told(errors: &[Value]) -> Vec<String> {
    let path = |error: &Value| {
        let steps = error["field"].as_array().into_iter().flatten();
        steps.map(|step| step.as_str().unwrap()).collect::<Vec<_>>().join(".")
    };
    errors.iter().map(|error| format!("{} {}", error["code"].as_str().unwrap(), path(error))).collect()
}

fn order(house: &House, verdict: Verdict) {
    house.simulator.settings(|settings| settings.icws.verdicts.push_back(verdict));
}

#[tokio::test]
async fn every_kind_of_validation_failure_and_licence_problem_is_typed() {
    let (house, client) = demo(|_| ()).await;
    let mut codes = BTreeSet::new();
    for (_, number, name) in ValidationErrorType::ALL {
        order(&house, Verdict::invalid(u64::try_from(*number).unwrap()));
        let errors = refused(&house, &client, json!({"roleId": "New"}), 1).await;
        let [error] = errors.as_slice() else { panic!("{errors:?}") };
        assert_ne!(error["code"], "UNKNOWN", "{name}");
        assert_eq!(
            (&error["portalCode"], &error["field"]),
            (&json!(name), &json!(["input", "name"])),
            "{error}"
        );
        assert!(error["message"].as_str().unwrap().len() > 15, "{error}");
        codes.insert(error["code"].as_str().unwrap().to_owned());
    }
    // Eight kinds that differ in how ICWS found out share four codes; the word of each stands beside.
    assert_eq!((codes.len(), ValidationErrorType::ALL.len()), (42, 46));
    for (_, number, name) in LicenseErrorType::ALL {
        order(&house, Verdict::unlicensed(u64::try_from(*number).unwrap()));
        let errors = refused(&house, &client, json!({"roleId": "New"}), 1).await;
        let [error] = errors.as_slice() else { panic!("{errors:?}") };
        assert_eq!((&error["portalCode"], &error["field"]), (&json!(name), &Value::Null), "{error}");
        assert!(error["message"].as_str().unwrap().contains("I3_ACCESS_CLIENT"), "{error}");
        assert!(codes.insert(error["code"].as_str().unwrap().to_owned()), "{error}");
    }
    // One of a later release is told by its number.
    order(&house, Verdict::invalid(77));
    let errors = refused(&house, &client, json!({"roleId": "New"}), 1).await;
    assert_eq!((&errors[0]["code"], &errors[0]["portalCode"]), (&json!("UNKNOWN"), &json!("77")));
}

#[tokio::test]
async fn each_property_at_fault_is_the_field_of_the_input_it_comes_from() {
    let (house, client) = demo(|_| ()).await;
    for (property, field) in [
        ("configurationId", Some("roleId")),
        ("configurationId.id", Some("roleId")),
        ("configurationId.displayName", Some("name")),
        ("notes", Some("notes")),
        ("customAttributes", Some("customAttributes")),
        ("customAttributes.name", Some("customAttributes")),
        ("accessControlGroupAssignment", Some("accessControlGroupId")),
        ("accessControlGroupAssignment.id", Some("accessControlGroupId")),
        ("clientConfigurationTemplate", Some("clientConfigurationTemplateId")),
        ("passwordPolicies", Some("passwordPolicyIds")),
        ("users", Some("memberIds")),
        ("workgroups", Some("workgroupIds")),
        ("securityRights.followMe.actualValue", Some("securityRights")),
        ("accessRights", Some("accessRights")),
        ("administrativeRights.users", Some("administrativeRights")),
        ("somethingNew", None),
        ("configurationId.somethingNew", None),
        ("", None),
    ] {
        let validation = vec![(4, property.to_owned(), String::new())];
        order(&house, Verdict::Refused { validation, licenses: Vec::new() });
        let errors = refused(&house, &client, json!({"roleId": "New"}), 1).await;
        assert_eq!(errors[0]["field"], json!(field.map(|field| ["input", field])), "{property}");
        assert!(errors[0]["message"].as_str().unwrap().starts_with(property), "{errors:?}");
    }
}

#[tokio::test]
async fn what_icws_finds_wrong_is_told_all_at_once() {
    let (house, client) = demo(|_| ()).await;
    let input = json!({
        "roleId": "Agent", "name": "<b>", "notes": "x".repeat(2_001), "memberIds": ["nobody", "AdaAlder"],
        "workgroupIds": ["nowhere"], "accessControlGroupId": "none", "clientConfigurationTemplateId": "none",
        "passwordPolicyIds": ["none"], "securityRights": [{"name": "canFly", "isGranted": true}],
    });
    let errors = refused(&house, &client, input, 1).await;
    let expected = [
        "EXISTING_INSTANCE_ID input.accessControlGroupId",
        "EXISTING_INSTANCE_ID input.clientConfigurationTemplateId",
        "EXISTING_INSTANCE_ID input.memberIds",
        "EXISTING_INSTANCE_ID input.passwordPolicyIds",
        "EXISTING_INSTANCE_ID input.workgroupIds",
        "INVALID_CHARACTERS input.name",
        "PROPERTY_NOT_APPLICABLE input.securityRights",
        "STRING_LENGTH input.notes",
        "UNIQUE_INSTANCE_ID input.roleId",
    ];
    let mut found = told(&errors);
    found.sort();
    assert_eq!(found, expected);
    let everything = Verdict::Refused {
        validation: vec![
            (1, "configurationId.id".to_owned(), "x".to_owned()),
            (46, "users".to_owned(), String::new()),
        ],
        licenses: vec![(2, "A".to_owned()), (3, "B".to_owned())],
    };
    order(&house, everything);
    let errors = refused(&house, &client, json!({"roleId": "New"}), 1).await;
    let expected = [
        "UNIQUE_INSTANCE_ID input.roleId",
        "MUTUALLY_EXCLUSIVE input.memberIds",
        "LICENSE_THRESHOLD_EXCEEDED ",
        "LICENSE_QUALIFIERS_MISSING ",
    ];
    assert_eq!(told(&errors), expected);
}

#[tokio::test]
async fn what_is_wrong_in_itself_is_told_all_at_once_and_not_sent() {
    let (house, client) = demo(|_| ()).await;
    let input = json!({
        "roleId": " ", "transactionId": "ä",
        "customAttributes": [{"name": "a"}, {"name": ""}, {"name": "a", "value": "2"}],
        "securityRights": [{"name": "x"}, {"name": " ", "isGranted": true}, {"name": "y", "isGranted": true, "objects": []}],
        "accessRights": [
            {"name": "z", "objects": [{"objectType": "NONE", "grouping": "ALL"}, {"objectType": "WORKGROUP", "grouping": "SINGLE"},
                {"objectId": "a", "objectType": "WORKGROUP", "grouping": "ALL"}, {"objectId": "a", "objectType": "UNKNOWN", "grouping": "GROUP"}]},
            {"name": "z", "objects": []},
        ],
        "administrativeRights": [{"name": "w", "objects": [{"objectId": "a", "objectType": "WORKGROUP", "grouping": "UNKNOWN"}]}],
    });
    let mut found = told(&refused(&house, &client, input, 0).await);
    found.sort();
    let expected = [
        "INVALID_CUSTOM_ATTRIBUTE_NAME input.customAttributes.1.name",
        "INVALID_CUSTOM_ATTRIBUTE_NAME input.customAttributes.2.name",
        "INVALID_GROUPED_OBJECT input.accessRights.0.objects.1",
        "INVALID_GROUPED_OBJECT input.accessRights.0.objects.2",
        "INVALID_GROUPED_OBJECT input.accessRights.0.objects.3",
        "INVALID_GROUPED_OBJECT input.administrativeRights.0.objects.0",
        "INVALID_RIGHT_NAME input.accessRights.1.name",
        "INVALID_RIGHT_NAME input.securityRights.1.name",
        "INVALID_TRANSACTION_ID input.transactionId",
        "RIGHT_VALUE_MISSING input.securityRights.0",
        "RIGHT_VALUE_MISSING input.securityRights.2",
        "ROLE_ID_MISSING input.roleId",
    ];
    assert_eq!(found, expected);
    for (id, code) in [("a\nb", "INVALID_ROLE_ID input.roleId"), ("", "ROLE_ID_MISSING input.roleId")] {
        assert_eq!(told(&refused(&house, &client, json!({"roleId": id}), 0).await), [code]);
    }
    for id in ["", "a\r\nb", "x\u{7f}", &"t".repeat(201)] {
        let errors = refused(&house, &client, json!({"roleId": "New", "transactionId": id}), 0).await;
        assert_eq!(told(&errors), ["INVALID_TRANSACTION_ID input.transactionId"]);
    }
}

#[tokio::test]
async fn warnings_come_beside_the_role_that_was_created() {
    let (house, client) = demo(|_| ()).await;
    for (number, kind) in [
        (0, "SET"),
        (1, "OVER_THRESHOLD"),
        (2, "THRESHOLD_EXCEEDED"),
        (3, "QUALIFIERS_MISSING"),
        (9, "UNKNOWN"),
    ] {
        order(&house, Verdict::warned(number));
        let payload = create(&client, json!({"roleId": format!("New{number}")})).await;
        let license = json!({"objectId": "I3_ACCESS_CLIENT", "name": "I3_ACCESS_CLIENT"});
        assert_eq!(
            payload["licenseProblems"],
            json!([{"problemType": kind, "license": license}]),
            "{payload}"
        );
        assert_eq!((&payload["isAccepted"], &payload["userErrors"]), (&json!(true), &json!([])));
        assert!(payload["role"].is_object());
    }
}

#[tokio::test]
async fn who_may_not_create_roles_is_told_so() {
    let (house, _) = demo(|_| ()).await;
    let viewer = house.sign_in_to_icws(DEMO_ICWS_VIEWER).await;
    let errors = refused(&house, &viewer, json!({"roleId": "New"}), 1).await;
    assert_eq!(told(&errors), ["NOT_AUTHORIZED "]);
    // The session goes on.
    viewer.data("{ icws { roles { totalCount } } }").await;
    assert_eq!(house.simulator.icws_sessions(DEMO_ICWS_VIEWER.0), 1);
}

#[tokio::test]
async fn what_icws_calls_malformed_is_told_so() {
    let (house, client) = demo(|_| ()).await;
    // A flag where the right has objects.
    let input = json!({"roleId": "New", "accessRights": [{"name": "viewReport", "isGranted": true}]});
    let errors = refused(&house, &client, input, 1).await;
    assert_eq!(told(&errors), ["MALFORMED "]);
    assert_eq!(errors[0]["portalCode"], "error.request.invalidRepresentation.malformed");
    house.simulator.faults().next("createRole", Fault::RefuseWith("error.request.configuration.update"), 1);
    let errors = refused(&house, &client, json!({"roleId": "New"}), 1).await;
    assert_eq!(
        (told(&errors), &errors[0]["portalCode"]),
        (vec!["UNKNOWN ".to_owned()], &json!("error.request.configuration.update"))
    );
    // Free text in the place of an id is nobody's business.
    house.simulator.faults().next("createRole", Fault::RefuseWith("Host db7 says no"), 1);
    let answer = client.ask_with(CREATE, json!({"input": {"roleId": "New"}})).await;
    assert_eq!(answer.codes(), ["PORTAL_REFUSED"], "{}", answer.body);
    assert!(!answer.body.to_string().contains("db7"), "{}", answer.body);
}

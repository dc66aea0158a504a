//! Roles are read from any form the contract allows, and what is none is refused by the name of its property.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::icws::code::{Coded, InheritedFromType, ObjectType};
use crate::icws::role::{Role, RoleList};
use crate::icws::shape::read;
use crate::icws::{IcwsError, Right, UpdateOperationResult, client};

fn role(extra: &Value) -> Result<Role, String> {
    let mut role = json!({"configurationId": {"id": "lead"}});
    role.as_object_mut().unwrap().extend(extra.as_object().cloned().unwrap_or_default());
    read(role.to_string().as_bytes()).map_err(|error| error.to_string())
}

fn reason(body: &[u8]) -> String {
    match client::decode::<RoleList>("listRoles", body) {
        Err(IcwsError::Unintelligible { reason, .. }) => reason.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_role_is_read_with_all_that_the_contract_gives_it() {
    let source = json!({"id": "agents", "displayName": "Agents", "uri": "/configuration/workgroups/agents"});
    let lead = role(&json!({
        "configurationId": {"id": "lead", "displayName": "Lead", "uri": "/configuration/roles/lead"},
        "createdDate": "20260101T120000Z",
        "lastModifiedDate": "2026-01-01T13:00:00.500+01:00",
        "notes": null,
        "customAttributes": [{"name": "a", "value": null}, {"name": "b", "value": "c"}],
        "accessControlGroupAssignment": {"id": "root"},
        "passwordPolicies": [{"id": "p"}],
        "users": [{"id": "jane"}, {"id": "john"}],
        "securityRights": {
            "followMe": {"effectiveValue": true, "actualValue": false, "inheritedValue": true,
                "inheritedFrom": [{"from": source, "objectType": 1, "values": true}]},
            "untold": {"actualValue": null},
            "absent": null,
        },
        "accessRights": {
            "canEditAccessRights": {"effectiveValue": false},
            "viewReport": {"effectiveValue": [{"objectType": "Workgroup", "grouping": 1, "id": "w"}],
                "inheritedFrom": [{"from": source, "objectType": "defaultUser", "values": []}]},
        },
        "someLaterProperty": {"deep": [1, 2, {"x": null}]},
    }))
    .unwrap();
    assert_eq!(lead.configuration_id.display_name.as_deref(), Some("Lead"));
    assert_eq!(lead.created_date.unwrap().to_string(), "2026-01-01T12:00:00Z");
    assert_eq!(lead.last_modified_date.unwrap().to_string(), "2026-01-01T12:00:00.5Z");
    assert_eq!((lead.notes, lead.custom_attributes.len(), lead.users.len()), (None, 2, 2));
    assert_eq!(lead.security_rights.keys().collect::<Vec<_>>(), ["followMe"]);
    let Right::Flag(follow_me) = &lead.security_rights["followMe"] else { panic!("no flag") };
    assert_eq!(
        (follow_me.actual, follow_me.effective, follow_me.inherited),
        (Some(false), Some(true), Some(true))
    );
    assert_eq!(follow_me.inherited_from[0].object_type, Coded::Known(InheritedFromType::Workgroup));
    assert_eq!(follow_me.inherited_from[0].from.id, "agents");
    assert!(matches!(lead.access_rights["canEditAccessRights"], Right::Flag(_)));
    let Right::Grouped(reports) = &lead.access_rights["viewReport"] else { panic!("no list") };
    assert_eq!(reports.actual, None);
    assert_eq!(reports.effective.as_ref().unwrap()[0].object_type, Coded::Known(ObjectType::Workgroup));
    assert_eq!(reports.inherited_from[0].object_type.name(), Some("DefaultUser"));
    assert!(lead.administrative_rights.is_empty());
}

#[test]
fn a_date_is_read_from_every_form_and_from_nothing_else() {
    for text in [
        "20260101T120000Z",
        " 20260101T120000Z ",
        "2026-01-01T12:00:00Z",
        "2026-01-01T12:00:00.000Z",
        "2026-01-01T12:00:00",
        "20260101T120000",
    ] {
        let read = role(&json!({ "createdDate": text })).map(|role| role.created_date.unwrap().to_string());
        assert_eq!(read.as_deref(), Ok("2026-01-01T12:00:00Z"), "{text}");
    }
    for value in [json!("yesterday"), json!(""), json!("20261301T120000Z"), json!(5), json!({})] {
        let error = role(&json!({ "createdDate": value })).unwrap_err();
        assert!(error.starts_with("createdDate: expected an instant such as 20260101T120000Z"), "{error}");
    }
}

#[test]
fn a_wrong_type_is_told_by_the_name_of_its_property_and_never_by_its_value() {
    let marker = "marker";
    for (extra, expected) in [
        (json!({"configurationId": marker}), "configurationId: expected an object: configurationId"),
        (json!({"configurationId": {}}), "configurationId: id: expected text, it is missing"),
        (json!({"configurationId": {"id": [marker]}}), "configurationId: id: expected text"),
        (json!({"notes": {"marker": 1}}), "notes: expected text"),
        (json!({"users": marker}), "users: expected a list"),
        (json!({"users": [{"id": "a"}, marker]}), "users: expected an object: configurationId"),
        (json!({"securityRights": [marker]}), "securityRights: expected an object"),
        (
            json!({"securityRights": {"marker": marker}}),
            "securityRights: a right: expected an object: inheritable",
        ),
        (
            json!({"securityRights": {"marker": {"effectiveValue": marker}}}),
            "securityRights: a right: effectiveValue: expected true, false or a list",
        ),
        (
            json!({"accessRights": {"marker": {"effectiveValue": true, "actualValue": []}}}),
            "accessRights: a right: expected either flags or lists",
        ),
        (
            json!({"accessRights": {"marker": {"effectiveValue": [{"objectType": marker, "grouping": false}]}}}),
            "accessRights: a right: effectiveValue: grouping: expected the number or the name of a value",
        ),
    ] {
        let error = role(&extra).unwrap_err();
        assert!(error.starts_with(expected), "{error}");
        assert!(!error.contains(marker), "{error}");
    }
}

#[test]
fn what_is_no_answer_is_told_apart_without_a_word_of_it() {
    assert_eq!(reason(b" "), "it is empty");
    assert_eq!(reason(b"<html>marker</html>"), "it is an HTML page");
    assert_eq!(reason(b"marker"), "it is not JSON");
    assert_eq!(reason(b"{\"items\": [{\"notes\": \"mar"), "it ends in the middle");
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let deep = format!("{{\"items\": {open}{close}}}");
    assert!(reason(deep.as_bytes()).starts_with("items: expected an object: role"));
    let skipped = format!("{{\"items\": [], \"later\": {open}{close}}}");
    assert!(read::<RoleList>(skipped.as_bytes()).is_ok(), "what nobody knows is skipped at any depth");
}

#[test]
fn names_are_read_in_any_case_and_nothing_of_a_role_is_printed() {
    let list: RoleList =
        read(br#"{"Items": [{"ConfigurationID": {"ID": "marker", "displayname": "m"}}]}"#).unwrap();
    let roles = list.items.as_ref().unwrap();
    assert_eq!(roles[0].configuration_id.id, "marker");
    let printed = format!("{list:?} {:?} {:?}", roles[0], roles[0].configuration_id);
    assert_eq!(printed, "RoleList Role ConfigurationId");
    let result: UpdateOperationResult =
        read(br#"{"id": "lead", "licenseProblems": [{"licenseErrorType": 3, "license": {"id": "x"}}]}"#)
            .unwrap();
    assert_eq!((result.uri, result.license_problems.len()), (None, 1));
}

/// JSON of any shape, with the names of the contract among its keys.
fn any_json() -> impl Strategy<Value = Value> {
    let names = "items|configurationId|id|users|securityRights|effectiveValue|inheritedFrom|values|x";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(Value::from("marker")),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        let members = prop::collection::vec((names, inner.clone()), 0..6);
        let object = members.prop_map(|members| Value::Object(members.into_iter().collect()));
        prop_oneof![prop::collection::vec(inner, 0..6).prop_map(Value::Array), object]
    })
}

proptest! {
    #[test]
    fn no_answer_is_too_odd_and_none_is_repeated(value in any_json(), cut in 0..400_usize) {
        let text = json!({"items": [{"configurationId": {"id": 1}, "securityRights": value}]}).to_string();
        for body in [text.as_bytes(), text.get(..cut).unwrap_or(&text).as_bytes(), value.to_string().as_bytes()] {
            if let Err(error) = client::decode::<RoleList>("listRoles", body) {
                prop_assert!(!error.to_string().contains("marker"), "{}", error);
            }
        }
    }
}

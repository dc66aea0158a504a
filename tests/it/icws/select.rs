//! Which properties are asked of ICWS: those that the query's own fields need, and nothing else.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::{demo, lists, parameter};
use crate::house::House;

/// Each field of a role, and the property it needs; identities come with every answer.
const FIELDS: [(&str, &str); 16] = [
    ("id", ""),
    ("roleId", ""),
    ("name", ""),
    ("uri", ""),
    ("notes", "notes"),
    ("createdAt", "createdDate"),
    ("lastModifiedAt", "lastModifiedDate"),
    ("customAttributes { name value }", "customAttributes"),
    ("accessControlGroup { name }", "accessControlGroupAssignment"),
    ("clientConfigurationTemplate { name }", "clientConfigurationTemplate"),
    ("passwordPolicies { name }", "passwordPolicies"),
    ("members { objectId }", "users"),
    ("workgroups { name }", "workgroups"),
    ("securityRights { name }", "securityRights"),
    ("accessRights { isHeld }", "accessRights"),
    ("administrativeRights(filter: {isHeld: true}) { __typename }", "administrativeRights"),
];

/// Every way to ask a role for a field.
const WAYS: [&str; 19] = [
    "{ icws { roles(first: 3) { nodes { FIELD } } } }",
    "{ icws { roles(first: 3) { edges { node { FIELD } } } } }",
    "{ icws { roles(first: 3) { nodes { name } edges { node { FIELD } } totalCount } } }",
    "{ a: icws { b: roles(first: 3) { c: nodes { d: FIELD } } } }",
    "{ icws { roles(first: 3) { edges { cursor ...Edge } } } } fragment Edge on IcwsRoleEdge { node { FIELD } }",
    "{ icws { ...All } } fragment All on Icws { roles(first: 3) { ...Page } }
       fragment Page on IcwsRoleConnection { nodes { ...Role } } fragment Role on IcwsRole { FIELD }",
    "{ icws { roles(first: 3) { nodes { ... on IcwsRole { ... { FIELD } } } } } }",
    "{ icws { roles(first: 3) { nodes { ... on Node { ... on IcwsRole { FIELD } } } } } }",
    "{ icws { roles(first: 3) { nodes { FIELD x: notes @skip(if: true) ... @include(if: false) { createdAt } } } } }",
    "query($no: Boolean = false) { icws { roles(first: 3) { nodes @include(if: $no) { members { name } }
       edges { node @skip(if: true) { workgroups { name } } other: node { FIELD } } } } }",
    "query($no: Boolean = false) { icws { roles(first: 3) { ...Off @include(if: $no) nodes { ... @include(if: true) { FIELD } } } } }
       fragment Off on IcwsRoleConnection { nodes { securityRights { name } } }",
    "{ icws { role(by: {roleId: \"Agent\"}) { FIELD } } }",
    "{ icws { role(by: {name: \"Sales agent\"}) { ...Role } } } fragment Role on IcwsRole { FIELD }",
    "{ icws { role(by: {id: \"ID\"}) { x: FIELD } } }",
    "{ node(id: \"ID\") { __typename ... on IcwsRole { FIELD } } }",
    "{ nodes(ids: [\"ID\"]) { id ...Role ... on Callback { note: createdAt @skip(if: true) } } } fragment Role on IcwsRole { FIELD }",
    "{ node(id: \"ID\") { ... on User { createdAt } ... on Callback { createdAt } ... on IcwsRole { FIELD } } }",
    "{ nodes(ids: [\"ID\"]) { ...Role ...Others ... on Node { id } } } fragment Role on IcwsRole { FIELD }
       fragment Others on Node { ... on Callback { createdAt } ... on User { createdAt } }",
    "{ icws { roles(first: 3) { totalCount pageInfo { hasNextPage } nodes { FIELD } } } }",
];

fn keep_nothing(config: &mut portalgraph::config::Config) {
    config.cache.icws_role_seconds = 0;
}

fn id() -> String {
    URL_SAFE_NO_PAD.encode("icws:IcwsRole:Agent")
}

/// What the calls since the last look selected.
fn selected(house: &House) -> Vec<String> {
    lists(house).iter().map(|call| parameter(call, "select").to_owned()).collect()
}

#[tokio::test]
async fn each_field_is_selected_by_its_own_property_alone_whichever_way_it_is_asked() {
    let (house, client) = demo(keep_nothing).await;
    let introspection = "{ __type(name: \"IcwsRole\") { fields { name } } }";
    let fields = client.data(introspection).await["__type"]["fields"].clone();
    let known: BTreeSet<_> =
        fields.as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap()).collect();
    let here = FIELDS.iter().map(|(field, _)| field.split([' ', '(']).next().unwrap());
    assert_eq!(here.collect::<BTreeSet<_>>(), known);
    for way in WAYS {
        for (field, property) in FIELDS {
            let query = way.replace("ID\"", &format!("{}\"", id())).replace("FIELD", field);
            client.data(&query).await;
            assert_eq!(selected(&house), [property], "{query}");
        }
    }
}

#[tokio::test]
async fn several_fields_are_selected_together_and_each_once() {
    let (house, client) = demo(keep_nothing).await;
    for (query, expected) in [
        ("{ icws { roles { nodes { notes name again: notes members { name } } } } }", "notes,users"),
        ("{ icws { roles { nodes { workgroups { name } } edges { node { notes } } } } }", "notes,workgroups"),
        (
            "{ icws { roles { nodes { notes } ...P } } } fragment P on IcwsRoleConnection { nodes { createdAt } }",
            "createdDate,notes",
        ),
        ("{ icws { roles { totalCount } } }", ""),
        ("{ icws { roles { edges { cursor } pageInfo { endCursor } } } }", ""),
        ("{ icws { roles { __typename } } }", ""),
    ] {
        client.data(query).await;
        assert_eq!(selected(&house), [expected], "{query}");
    }
    // Two lists of one request are two questions.
    client.data("{ icws { a: roles { nodes { notes } } b: roles { nodes { name } } } }").await;
    assert_eq!(
        selected(&house).into_iter().collect::<BTreeSet<_>>(),
        [String::new(), "notes".to_owned()].into()
    );
}

#[tokio::test]
async fn actual_and_inherited_values_come_only_when_they_are_asked_for() {
    let (house, client) = demo(keep_nothing).await;
    let parts = [
        ("name isHeld", false, false),
        ("... on IcwsFlagRight { effective }", false, false),
        ("... on IcwsFlagRight { actual }", true, false),
        ("... on IcwsFlagRight { inherited }", false, true),
        ("... on IcwsFlagRight { inheritedFrom { isGranted } }", false, true),
        ("... on IcwsFlagRight { given: actual all: inherited }", true, true),
        ("... on IcwsGroupedRight { effectiveObjects { name } }", false, false),
        ("... on IcwsGroupedRight { actualObjects { name } }", true, false),
        ("... on IcwsGroupedRight { inheritedObjects { name } }", false, true),
        ("... on IcwsGroupedRight { inheritedFrom { sourceType } }", false, true),
        ("name ...Given ... on IcwsFlagRight { inherited @skip(if: true) }", true, false),
        ("... on IcwsFlagRight @include(if: false) { actual inherited }", false, false),
    ];
    for list in ["securityRights", "accessRights", "administrativeRights"] {
        for (part, actual, inherited) in parts {
            let given = "fragment Given on IcwsGroupedRight { actualObjects { name } }";
            let given = if part.contains("...Given") { given } else { "" };
            let query = format!(
                "{{ icws {{ roles(first: 2) {{ nodes {{ {list} {{ __typename {part} }} }} }} }} }} {given}"
            );
            client.data(&query).await;
            let calls = lists(&house);
            let flag = |name| parameter(&calls[0], name) == "true";
            assert_eq!((flag("actualValues"), flag("inheritedValues")), (actual, inherited), "{query}");
            assert_eq!((calls.len(), parameter(&calls[0], "select")), (1, list), "{query}");
        }
    }
}

#[tokio::test]
async fn a_new_role_is_read_back_with_what_is_asked_of_it() {
    let (house, client) = demo(keep_nothing).await;
    for (place, (field, property)) in FIELDS.into_iter().enumerate() {
        let query = "mutation($input: CreateIcwsRoleInput!) { createIcwsRole(input: $input) {
            role { FIELD } userErrors { code } } }";
        let input = json!({"input": {"roleId": format!("New{place}")}});
        let answer = client.ask_with(&query.replace("FIELD", field), input).await;
        assert!(answer.body["data"]["createIcwsRole"]["role"].is_object(), "{}", answer.body);
        let calls = house.simulator.journal().take();
        let selects: BTreeSet<_> = calls.iter().map(|call| parameter(call, "select")).collect();
        // Whether it is there is asked of identities.
        assert_eq!(selects, BTreeSet::from(["", property]), "{field}");
        assert_eq!(
            calls.iter().filter(|call| parameter(call, "select") == property).count(),
            if property.is_empty() { calls.len() } else { 1 }
        );
    }
}

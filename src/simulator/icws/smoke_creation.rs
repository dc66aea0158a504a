//! Smoke tests of creating roles: what comes of it and when, and every reason why nothing does.

use std::time::Duration;

use serde_json::{Value, json};

use super::smoke::{Client, demo, names, read};
use crate::simulator::DEMO_ICWS_VIEWER;
use crate::simulator::icws::Verdict;

fn role(id: &str, name: &str) -> Value {
    json!({ "configurationId": { "id": id, "displayName": name } })
}

fn whole() -> Value {
    json!({
        "configurationId": { "id": "Night desk", "displayName": "Desk at night" },
        "notes": "From ten to six.",
        "customAttributes": [{ "name": "costCentre", "value": "77" }, { "name": "reviewed", "value": null }],
        "accessControlGroupAssignment": { "id": "Headquarters" },
        "clientConfigurationTemplate": { "id": "Plaindesktop" },
        "passwordPolicies": [{ "id": "Strictpolicy" }],
        "users": [{ "id": "AdaAlder" }, { "id": "YuriYew" }],
        "workgroups": [{ "id": "Service" }],
        "securityRights": { "followMe": { "actualValue": true } },
        "accessRights": {
            "canEditAccessRights": { "actualValue": false },
            "viewWorkgroup": { "actualValue": [
                { "objectType": 2, "grouping": 1, "id": "Service" },
                { "objectType": "acg", "grouping": "all" },
            ] },
        },
        "administrativeRights": { "roles": { "actualValue": [] } },
    })
}

#[tokio::test]
async fn a_role_is_acknowledged_and_appears_a_little_later() {
    let (simulator, client) = demo().await;
    simulator.settings(|settings| settings.icws.appears_after = Duration::from_mins(1));
    let request = client.creation(&whole()).header("ININ-ICWS-Transaction-Id", "seven");
    let answer = read(request.send().await.expect("an answer")).await;
    let result = json!({ "id": "Night desk", "uri": "/configuration/roles/Night%20desk" });
    assert_eq!(answer, (201, result));
    let call = simulator.journal().take().pop().expect("a call");
    assert_eq!((call.operation, call.login.as_deref()), ("createRole", Some("icadmin")));
    assert_eq!(call.headers["ININ-ICWS-Transaction-Id"], "seven");
    assert_eq!(Value::Object(call.body), whole());
    let query = "select=*&actualValues=true&where=configurationId.id eq Night desk";
    assert_eq!(names(&client.list(query).await.1), Vec::<&str>::new());
    assert!(simulator.world(|world| world.icws.role("Night desk").is_some()));
    simulator.advance(Duration::from_mins(1));
    let (_, body) = client.list(query).await;
    let row = &body["items"][0];
    assert_eq!(row["configurationId"]["displayName"], "Desk at night");
    assert_eq!(row["users"][1]["displayName"], "Yuri Yew");
    assert_eq!(row["customAttributes"][1], json!({ "name": "reviewed" }));
    let followed = json!({ "actualValue": true, "effectiveValue": true });
    assert_eq!(row["securityRights"]["followMe"], followed);
    let seen = row["accessRights"]["viewWorkgroup"]["effectiveValue"].as_array().expect("a list");
    assert_eq!(seen[1], json!({ "objectType": 1, "grouping": 0 }));
    assert_eq!(row["administrativeRights"].as_object().map(serde_json::Map::len), Some(103));
    assert_eq!(row["createdDate"].as_str().map(str::len), Some(16));
}

#[tokio::test]
async fn what_cannot_become_a_role_is_refused_by_property() {
    let (simulator, client) = demo().await;
    let with = |name: &str, value: Value| {
        let mut body = role("new", "New");
        body[name] = value;
        body
    };
    let long = "x".repeat(65);
    for (body, kind, property) in [
        (role("agent", "New"), 1, "configurationId.id"),
        (role("new", "AGENT"), 1, "configurationId.displayName"),
        (with("users", json!([{ "id": "nobody" }])), 2, "users"),
        (with("workgroups", json!([{ "id": "nothing" }])), 2, "workgroups"),
        (with("accessControlGroupAssignment", json!({ "id": "nowhere" })), 2, "accessControlGroupAssignment"),
        (json!({ "notes": "no name" }), 4, "configurationId.id"),
        (role("new", " "), 4, "configurationId.displayName"),
        (with("customAttributes", json!([{ "value": "x" }])), 4, "customAttributes.name"),
        (with("securityRights", json!({ "followMe": {} })), 4, "securityRights.followMe.actualValue"),
        (role("new", &long), 6, "configurationId.displayName"),
        (with("notes", json!("x".repeat(2_001))), 6, "notes"),
        (
            with("accessRights", json!({ "eFaqs": { "actualValue": [{ "objectType": 9, "grouping": 0 }] } })),
            9,
            "accessRights.eFaqs.objectType",
        ),
        (with("customAttributes", json!([{ "name": "a" }, { "name": "a" }])), 14, "customAttributes.name"),
        (role("a/b", "New"), 24, "configurationId.id"),
        (with("createdDate", json!("20200101T000000Z")), 31, "createdDate"),
        (with("securityRights", json!({ "canFly": { "actualValue": true } })), 31, "securityRights.canFly"),
    ] {
        let (status, said) = client.create(&body).await;
        assert_eq!(status, 400, "{said}");
        assert_eq!(said["__type"], "urn:inin.com:configuration:configurationError");
        assert_eq!(said["errorId"], "error.request.configuration.update");
        let error = &said["validationErrors"][0];
        assert_eq!((&error["validationErrorType"], &error["propertyName"]), (&json!(kind), &json!(property)));
        assert!(error["propertyValue"].is_string() && said["licenseErrors"].is_null());
    }
    for body in [
        json!([]),
        with("colour", json!("red")),
        with("notes", json!(1)),
        with("securityRights", json!({ "followMe": { "actualValue": [] } })),
        with("accessRights", json!({ "eFaqs": { "actualValue": true } })),
    ] {
        let (status, said) = client.create(&body).await;
        assert_eq!(
            (status, &said["errorId"]),
            (400, &json!("error.request.invalidRepresentation.malformed"))
        );
    }
    assert_eq!(simulator.world(|world| world.icws.roles.len()), 13);
    assert_eq!(client.create(&role("new", "New")).await.0, 201);
    assert_eq!(names(&client.list("where=configurationId.id eq new").await.1), ["New"]);
}

#[tokio::test]
async fn any_verdict_can_be_ordered() {
    let (simulator, client) = demo().await;
    for kind in (0..=46).filter(|kind| *kind != 8) {
        simulator.settings(|settings| settings.icws.verdicts.push_back(Verdict::invalid(kind)));
        let (status, said) = client.create(&role("new", "New")).await;
        assert_eq!((status, &said["validationErrors"][0]["validationErrorType"]), (400, &json!(kind)));
    }
    simulator.settings(|settings| settings.icws.verdicts.push_back(Verdict::unlicensed(2)));
    let (status, said) = client.create(&role("new", "New")).await;
    assert_eq!((status, &said["licenseErrors"][0]["licenseErrorType"]), (400, &json!(2)));
    assert!(said["licenseErrors"][0]["license"]["id"].is_string() && said["validationErrors"].is_null());
    simulator.settings(|settings| settings.icws.verdicts.push_back(Verdict::warned(1)));
    let (status, said) = client.create(&role("new", "New")).await;
    assert_eq!((status, &said["licenseProblems"][0]["licenseErrorType"]), (201, &json!(1)));
    assert_eq!(client.create(&role("newer", "Newer")).await.0, 201);
}

#[tokio::test]
async fn who_may_not_create_is_told_so_and_who_may_sees_what_was_made() {
    let (simulator, _) = demo().await;
    let viewer = Client::connected(&simulator, DEMO_ICWS_VIEWER).await;
    let (status, said) = viewer.create(&role("new", "New")).await;
    assert_eq!((status, &said["__type"]), (403, &json!("urn:inin.com:common:error")));
    simulator.world(|world| world.icws.users[1].may_create = true);
    assert_eq!(viewer.create(&role("new", "New")).await.0, 201);
    assert_eq!(names(&viewer.list("").await.1), ["New", "Sales agent", "Trainee"]);
}

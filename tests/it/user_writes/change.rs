//! `updateUser`: what is not named stays, nobody's change is lost, and what is answered is read back.

use std::collections::BTreeMap;
use std::time::Duration;

use portalgraph::portal::DepartmentId;
use portalgraph::portal::user::User;
use portalgraph::simulator::Fault;
use serde_json::{Value, json};

use super::{BEN, CLARA, Scene, expected, id, told, user};

#[tokio::test]
async fn what_is_not_named_stays_even_what_no_contract_names() {
    let scene = Scene::open().await;
    scene.alter(CLARA, |user| {
        user.rest.insert("costCentre".to_owned(), json!({"code": [1, "two"]}));
    });
    let before = scene.record(CLARA);
    scene.house.calls();
    let input = json!({"userId": id("Agent", CLARA), "phone": "5559876"});
    let payload = scene.mutation("updateUser", "", input).await;
    assert_eq!(told(&payload), []);
    assert!(scene.record(CLARA) == User { phone: Some("5559876".into()), ..before });
    assert_eq!(scene.house.calls(), BTreeMap::from([("getUserByIdProgram", 1), ("updateUser", 1)]));
}

#[tokio::test]
async fn null_clears_and_a_value_replaces() {
    let scene = Scene::open().await;
    let before = scene.record(CLARA);
    let other = scene.record(BEN);
    let department = before.id_program_department.map(|department| department.0 + 1).unwrap();
    let input = json!({
        "userId": user(CLARA), "email": null, "agentDescription": null, "billingUnitId": null, "firstName": "Klara",
        "departmentId": id("Department", department), "isManager": true, "usesSingleSignOn": true,
        "teamId": id("AgentTeam", other.agent_team_id.unwrap().0), "isSupervisor": true, "agentNumber": "99001",
    });
    let shown = "user { firstName email phone department { databaseId } billingUnit { id } isManager
        isSingleSignOnEnabled agent { description agentNumber isSupervisor enterpriseName } }";
    let payload = scene.mutation("updateUser", shown, input).await;
    let expected = json!({
        "firstName": "Klara", "email": null, "phone": before.phone, "department": {"databaseId": department},
        "billingUnit": null, "isManager": true, "isSingleSignOnEnabled": true,
        "agent": {"description": null, "agentNumber": "99001", "isSupervisor": true,
            "enterpriseName": before.agent_enterprise_name},
    });
    assert_eq!(payload["user"], expected, "{payload}");
    let after = scene.record(CLARA);
    assert_eq!((after.id_program_site, after.id_user), (before.id_program_site, before.id_user));
    assert_eq!(after.agent_id, before.agent_id, "the skill target");
}

#[tokio::test]
async fn the_user_is_read_back_and_costs_one_call_more() {
    let scene = Scene::open().await;
    let active = scene.of(CLARA, "statusChangedAt").await;
    scene.house.calls();
    let shown = "user { isActive statusChangedAt revision }";
    let payload =
        scene.mutation("updateUser", shown, json!({"userId": user(CLARA), "isActive": false})).await;
    assert_eq!(scene.house.calls(), BTreeMap::from([("getUserByIdProgram", 2), ("updateUser", 1)]));
    assert_eq!(payload["user"]["isActive"], false);
    assert_ne!(payload["user"]["statusChangedAt"], active, "only the portal knows when");
    assert_eq!(scene.of(CLARA, "revision").await, payload["user"]["revision"]);
}

#[tokio::test]
async fn a_revision_that_is_no_longer_true_writes_nothing() {
    let scene = Scene::open().await;
    let seen = scene.of(CLARA, "revision").await;
    assert_ne!(seen, scene.of(BEN, "revision").await);
    scene.alter(CLARA, |user| user.phone = Some("5554444".into()));
    let before = scene.record(CLARA);
    scene.house.calls();
    let input =
        |seen: &Value| json!({"userId": user(CLARA), "ifRevision": seen, "email": "clara@dmn.example"});
    let payload = scene.mutation("updateUser", "user { id }", input(&seen)).await;
    assert_eq!(told(&payload), expected(&[("STALE_USER", "input.ifRevision")]));
    assert_eq!(payload["user"], Value::Null);
    assert_eq!(scene.house.calls(), BTreeMap::from([("getUserByIdProgram", 1)]));
    assert!(scene.record(CLARA) == before);

    // A write forgets what was read, so the next revision is that of the record as it is.
    scene.mutation("updateUser", "", json!({"userId": user(BEN), "phone": "5550000"})).await;
    let seen = scene.of(CLARA, "revision").await;
    let payload = scene.mutation("updateUser", "user { email phone }", input(&seen)).await;
    assert_eq!(payload["user"], json!({"email": "clara@dmn.example", "phone": "5554444"}), "{payload}");
    assert_ne!(scene.of(CLARA, "revision").await, seen);
    // What cannot be edited changes no revision.
    let seen = scene.of(CLARA, "revision").await;
    scene.alter(CLARA, |user| user.total_assigned_skills = Some(77));
    let payload = scene.mutation("updateUser", "", input(&seen)).await;
    assert_eq!(told(&payload), []);
}

#[tokio::test]
async fn changes_at_once_lose_nothing_of_each_other() {
    let scene = Scene::open().await;
    let before = scene.record(CLARA);
    // Long enough that all of them would read before the first one writes.
    scene.house.simulator.faults().always("updateUser", Fault::Delay(Duration::from_millis(30)));
    let change = |field: &'static str, value: Value| {
        let mut input = json!({"userId": user(CLARA)});
        input[field] = value;
        scene.mutation("updateUser", "user { id }", input)
    };
    futures_util::join!(
        change("phone", json!("5551111")),
        change("email", json!("c@dmn.example")),
        change("agentDescription", json!("Speaks to everybody")),
        change("isManager", json!(true)),
        change("departmentId", json!(id("Department", before.id_program_department.unwrap().0 + 1))),
    );
    let department = before.id_program_department.map(|department| DepartmentId(department.0 + 1));
    let after = User {
        phone: Some("5551111".into()),
        email: Some("c@dmn.example".into()),
        agent_description: Some("Speaks to everybody".into()),
        manager: Some(true),
        id_program_department: department,
        ..before
    };
    assert!(scene.record(CLARA) == after);
}

#[tokio::test]
async fn the_supervisor_flag_and_the_switches_of_the_write_reach_the_portal() {
    let scene = Scene::open().await;
    for (read, sent) in [(Some("N"), "Y"), (Some("No"), "Yes"), (None, "Yes")] {
        scene.alter(CLARA, |user| user.supervisor_agent = read.map(Into::into));
        scene.house.calls();
        let input = json!({
            "userId": user(CLARA), "isSupervisor": true, "reusesAgentNumber": true, "skipsVoicemailUser": false,
        });
        scene.mutation("updateUser", "", input).await;
        let [body] = scene.bodies("updateUser").try_into().unwrap();
        assert_eq!(body["basicUserInfo"]["supervisorAgent"], sent, "{read:?}");
        assert_eq!((&body["reuseAgentId"], &body["skipUnityUser"]), (&json!(true), &json!(false)));
    }
}

#[tokio::test]
async fn a_number_that_is_taken_is_a_reason_unless_it_is_meant() {
    let scene = Scene::open().await;
    let taken = scene.record(CLARA + 1);
    scene.alter(CLARA, |user| user.platform_id = taken.platform_id);
    let mut input = json!({"userId": user(CLARA), "agentNumber": taken.peripheral_number});
    let payload = scene.mutation("updateUser", "user { id }", input.clone()).await;
    assert_eq!(told(&payload), expected(&[("AGENT_NUMBER_TAKEN", "input.agentNumber")]));
    input["reusesAgentNumber"] = true.into();
    let payload = scene.mutation("updateUser", "user { agent { agentNumber } }", input).await;
    assert_eq!(payload["user"]["agent"]["agentNumber"], json!(taken.peripheral_number), "{payload}");
}

//! Every write of the upstreams through the graph: carried out, refused, lost, and never sent twice.

mod inputs;
mod outcome;
mod precision_queue;
mod reach;
mod schedule;
mod seen;
mod service;
pub mod table;

use std::collections::BTreeSet;

use portalgraph::simulator::Fault;
use serde_json::{Value, json};

use crate::contract::guide::guide;
use crate::house::House;
use outcome::leak;
use table::{COUNT, Write, house, ready, sent};

#[tokio::test]
async fn every_write_is_carried_out_once_and_read_back() {
    let mut answers = Vec::new();
    for place in 0..COUNT {
        let house = house().await;
        let (client, writes) = ready(&house).await;
        let write = &writes[place];
        let answer = write.send(&client).await;
        let done = &answer.body["data"]["done"];
        assert!(answer.body.get("errors").is_none(), "{}: {}", write.mutation, answer.body);
        assert_eq!(done["userErrors"], json!([]), "{}: {}", write.mutation, answer.body);
        let calls = house.calls();
        assert_eq!(calls.get(write.operation), Some(&1), "{}: {calls:?}", write.mutation);
        let mut done = done.clone();
        done.as_object_mut().unwrap().remove("userErrors");
        answers.push(json!({"mutation": write.mutation, "done": done, "calls": calls}));
    }
    insta::assert_json_snapshot!(answers);
}

#[test]
fn every_write_of_the_contract_is_in_the_table() {
    let guide = guide();
    let writes = guide.operations.iter().filter(|offer| offer.access == "write");
    let expected: BTreeSet<_> = writes.map(|offer| offer.id.as_str()).collect();
    let signing: BTreeSet<_> = ["login", "authorizeUserToTenant", "logout"].into();
    // One is of ICWS, whose contract is another.
    assert_eq!(expected.len(), COUNT - 1 + signing.len());
}

/// One constant against one write.
async fn refuse(house: &House, client: &crate::house::Client, write: &Write, constant: &str) -> Value {
    house.simulator.faults().next(leak(write.operation), Fault::RefuseWith(leak(constant)), 1);
    let answer = write.send(client).await;
    assert_eq!(sent(&house.simulator, write.operation), 1, "{constant}: {}", answer.body);
    answer.body
}

#[tokio::test]
async fn every_constant_of_every_write_of_the_portal_is_typed() {
    let (house, guide) = (house().await, guide());
    let (client, writes) = ready(&house).await;
    let mut typed = 0;
    for write in writes.iter().filter(|write| write.is_of_portal()) {
        let offer = guide.operations.iter().find(|offer| offer.id == write.operation).unwrap();
        let mut codes = BTreeSet::new();
        for constant in &offer.constants {
            let (name, about) = (&constant.name, format!("{} {}", write.mutation, constant.name));
            match constant.kind.as_str() {
                "success" => {}
                "caller_error" => {
                    let body = refuse(&house, &client, write, name).await;
                    let errors = &body["data"]["done"]["userErrors"];
                    let [error] = errors.as_array().unwrap().as_slice() else { panic!("{about}: {body}") };
                    assert!(body.get("errors").is_none(), "{about}: {body}");
                    assert_eq!(error["portalCode"], name.as_str(), "{about}: {body}");
                    assert_ne!(error["code"], "UNKNOWN", "{about}");
                    assert!(error["message"].as_str().unwrap().len() > 10, "{about}");
                    codes.insert(error["code"].as_str().unwrap().to_owned());
                }
                _ => {
                    let body = refuse(&house, &client, write, name).await;
                    assert!(body["data"]["done"].is_null(), "{about}: {body}");
                    assert_eq!(body["errors"][0]["path"], json!(["done"]), "{about}: {body}");
                    let extensions = &body["errors"][0]["extensions"];
                    assert_eq!(extensions["code"], "PORTAL_REFUSED", "{about}: {body}");
                    assert_eq!(extensions["portalCode"], name.as_str(), "{about}: {body}");
                    assert_eq!(extensions.get("outcome"), None, "{about}");
                }
            }
            typed += 1;
        }
        let callers = offer.constants.iter().filter(|constant| constant.kind == "caller_error").count();
        assert_eq!(codes.len(), callers, "{}: two constants share a code: {codes:?}", write.mutation);
    }
    assert!(typed > 100, "{typed}");
}

#[tokio::test]
async fn a_constant_the_contract_does_not_name_is_unknown_with_its_word_beside() {
    let house = house().await;
    let (client, writes) = ready(&house).await;
    for write in &writes {
        let body = refuse(&house, &client, write, "NEW_IN_THE_NEXT_RELEASE").await;
        let error = &body["data"]["done"]["userErrors"][0];
        assert_eq!(error["code"], "UNKNOWN", "{}: {body}", write.mutation);
        assert_eq!(error["portalCode"], "NEW_IN_THE_NEXT_RELEASE");
        let body = refuse(&house, &client, write, "").await;
        assert_eq!(body["errors"][0]["extensions"]["code"], "PORTAL_REFUSED", "{}: {body}", write.mutation);
    }
}

#[tokio::test]
async fn a_switch_is_refused_until_its_field_is_confirmed() {
    let house = House::over(portalgraph::simulator::World::demo()).await;
    let (client, writes) = ready(&house).await;
    let switches = ["setUserStatus", "enableDisableUserInICM", "enableDisableUserInPortal"];
    for write in writes.iter().filter(|write| switches.contains(&write.operation)) {
        let answer = write.send(&client).await;
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{}", answer.body);
        let message = answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("portal.dialect.status_field"), "{message}");
        assert_eq!(sent(&house.simulator, write.operation), 0);
    }
}

#[tokio::test]
async fn writes_of_one_request_run_in_order_and_a_failed_one_stops_none() {
    let house = house().await;
    let (client, writes) = ready(&house).await;
    let input = |mutation: &str| {
        let write = writes.iter().find(|write| write.mutation == mutation).unwrap();
        write.input.clone()
    };
    house.simulator.faults().next("updateUser", Fault::Status(502), 1);
    let answer = client
        .ask_with(
            "mutation($update: UpdateUserInput!, $group: SaveSkillGroupInput!, $status: SetUserStatusInput!) {
               lost: updateUser(input: $update) { user { phone } userErrors { code } }
               refused: saveSkillGroup(input: {skillGroupId: \"nonsense\"}) { userErrors { code field } }
               group: saveSkillGroup(input: $group) { skillGroup { description } userErrors { code } }
               status: setUserStatus(input: $status) { user { isActive } userErrors { code } }
               again: updateUser(input: $update) { user { phone isActive } userErrors { code } } }",
            json!({"update": input("updateUser"), "group": input("saveSkillGroup"), "status": input("setUserStatus")}),
        )
        .await;
    let data = &answer.body["data"];
    assert!(data["lost"].is_null());
    assert_eq!(answer.body["errors"][0]["path"], json!(["lost"]), "{}", answer.body);
    assert_eq!(answer.body["errors"].as_array().unwrap().len(), 1, "{}", answer.body);
    assert_eq!(
        data["refused"]["userErrors"],
        json!([
            {"code": "SKILL_GROUP_NOT_FOUND", "field": ["input", "skillGroupId"]},
            {"code": "NOTHING_TO_CHANGE", "field": null},
        ])
    );
    assert_eq!(data["group"]["skillGroup"]["description"], "Sells in English", "{data}");
    assert_eq!(data["status"]["user"]["isActive"], false, "{data}");
    assert_eq!(data["again"]["user"], json!({"phone": "5550123", "isActive": false}), "{data}");
    let journal = house.simulator.journal().take();
    let order: Vec<_> = journal
        .iter()
        .map(|call| call.operation)
        .filter(|operation| writes.iter().any(|write| write.operation == *operation))
        .collect();
    assert_eq!(order, ["updateUser", "saveSkillGroup", "setUserStatus", "updateUser"]);
}

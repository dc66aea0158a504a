//! `resetPassword`: the new password opens the portal, and is in no answer, journal or log.

use portalgraph::simulator::{DEMO_LOGIN, DEMO_PASSWORD, Fault, Simulator, World};
use serde_json::{Value, json};

use super::{ADA, CLARA, Scene, told, user};
use crate::house::{self, Client};
use crate::program::Served;

const NEW: &str = "a-n3w-password-of-the-portal";
const NEW_ICM: &str = "a-n3w-password-of-icm";

#[tokio::test]
async fn the_new_password_opens_the_portal_and_is_told_nobody() {
    let scene = Scene::open().await;
    scene.house.calls();
    let input = json!({"userId": user(ADA), "newPassword": NEW, "changesCallManagerPassword": true});
    let payload = scene.mutation("resetPassword", "user { databaseId }", input).await;
    assert_eq!((told(&payload), &payload["user"]["databaseId"]), (Vec::new(), &json!(ADA)));
    let calls = scene.house.simulator.journal().take();
    let call = calls.iter().find(|call| call.operation == "resetPassword").unwrap();
    assert_eq!(call.body["changePortalPassword"], true);
    assert_eq!(call.body["changeCMPassword"], true);
    assert_eq!(call.body["changePwdAtNextLogon"], false);
    assert!(!format!("{calls:?}").contains(NEW), "the journal keeps no secrets");
    scene.house.sign_in((DEMO_LOGIN.0, NEW)).await;
}

#[tokio::test]
async fn a_password_of_icm_leaves_that_of_the_portal_alone() {
    let scene = Scene::open().await;
    scene.house.calls();
    let input = json!({"userId": user(CLARA), "newIcmPassword": NEW_ICM});
    let payload = scene.mutation("resetPassword", "user { databaseId }", input).await;
    assert_eq!(told(&payload), []);
    let [body] = scene.bodies("resetPassword").try_into().unwrap();
    assert_eq!((&body["changePortalPassword"], &body["changeCMPassword"]), (&json!(false), &json!(false)));
    assert_eq!(body["userName"], "clara.cedar@dmn");
}

#[tokio::test]
async fn a_password_of_a_wrong_type_is_not_repeated() {
    let scene = Scene::open().await;
    for (name, mut input, field) in [
        ("resetPassword", json!({"userId": user(ADA)}), "newPassword"),
        ("resetPassword", json!({"userId": user(ADA)}), "newIcmPassword"),
        ("cloneUser", super::fine_input("cloneUser"), "password"),
    ] {
        input[field] = json!(918_273_645);
        let answer = scene.try_mutation(name, "user { id }", input.clone()).await;
        assert!(answer.body["errors"].is_array(), "{}", answer.body);
        assert!(!answer.body.to_string().contains("918273645"), "{}", answer.body);
        input[field] = json!([NEW]);
        let answer = scene.try_mutation(name, "user { id }", input).await;
        assert!(!answer.body.to_string().contains(NEW), "{}", answer.body);
    }
}

#[tokio::test]
async fn no_log_line_and_no_answer_holds_a_new_password() {
    let simulator = Simulator::local(World::demo()).await;
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__LOG__LEVEL", "trace"),
    ]);
    let client = Client::sign_in(&house::http(), &served.url, (DEMO_LOGIN.0, DEMO_PASSWORD)).await;
    let reset = "mutation($input: ResetPasswordInput!) {
        resetPassword(input: $input) { user { loginName } userErrors { code message } } }";
    let clone = "mutation($input: CloneUserInput!) {
        cloneUser(input: $input) { user { loginName } userErrors { code message } } }";
    let input = json!({"userId": user(CLARA), "newPassword": NEW, "newIcmPassword": NEW_ICM});
    let mut model = super::fine_input("cloneUser");
    model["password"] = NEW.into();
    let mut answers = Vec::new();
    for fault in [
        None,
        Some(Fault::Status(500)),
        Some(Fault::Truncated),
        Some(Fault::RefuseWith("RESET_PASSWORD_FAILED")),
        Some(Fault::Reset),
    ] {
        for (operation, mutation, input) in [("resetPassword", reset, &input), ("cloneUser", clone, &model)] {
            if let Some(fault) = &fault {
                simulator.faults().next(operation, fault.clone(), 1);
            }
            answers.push(client.ask_with(mutation, json!({ "input": input })).await.body);
        }
    }
    assert_eq!(answers[0]["data"]["resetPassword"]["user"]["loginName"], "clara.cedar@dmn", "{}", answers[0]);
    assert_eq!(answers[2]["errors"][0]["extensions"]["operation"], "resetPassword", "{}", answers[2]);
    let log = served.end();
    assert!(log.contains("resetPassword"), "the log is there: {log:.500}");
    for secret in [NEW, NEW_ICM] {
        assert!(!log.contains(secret), "{secret} is logged");
        assert!(!Value::Array(answers.clone()).to_string().contains(secret), "{secret} is answered");
    }
}

//! Every constant of the four operations has its own end: a typed reason in the payload, or an error of the field.

use std::collections::BTreeMap;

use portalgraph::simulator::Fault;
use serde_json::Value;

use super::{Scene, fine_input};
use crate::contract::guide::guide;

const MUTATIONS: [(&str, &str); 4] = [
    ("cloneUser", "user { id }"),
    ("updateUser", "user { id }"),
    ("deleteUser", "deletedUserId"),
    ("resetPassword", "user { id }"),
];

fn refuse_once(scene: &Scene, operation: &'static str, constant: &str) {
    let constant: &'static str = Box::leak(constant.to_owned().into_boxed_str());
    scene.house.simulator.faults().next(operation, Fault::RefuseWith(constant), 1);
}

#[tokio::test]
async fn every_constant_of_writing_users_is_a_typed_reason_or_a_failure() {
    let (scene, guide) = (Scene::open().await, guide());
    for (name, shown) in MUTATIONS {
        let input = fine_input(name);
        let offer = guide.operations.iter().find(|offer| offer.id == name).unwrap();
        let mut codes: BTreeMap<String, &str> = BTreeMap::new();
        for constant in offer.constants.iter().filter(|constant| constant.kind != "success") {
            refuse_once(&scene, name, &constant.name);
            let answer = scene.try_mutation(name, shown, input.clone()).await;
            let (payload, errors) = (&answer.body["data"][name], &answer.body["errors"]);
            if constant.kind == "failure" {
                assert!(payload.is_null(), "{}: {}", constant.name, answer.body);
                assert_eq!(errors[0]["extensions"]["portalCode"], constant.name.as_str());
                assert_eq!(answer.codes(), ["PORTAL_REFUSED"], "{}", answer.body);
                assert_eq!(errors[0]["path"][0], name);
                continue;
            }
            assert!(errors.is_null(), "{}: {}", constant.name, answer.body);
            let [error] = payload["userErrors"].as_array().unwrap().as_slice() else { panic!("{payload}") };
            assert_eq!(error["portalCode"], constant.name.as_str());
            assert!(error["message"].as_str().unwrap().len() > 10, "{error}");
            assert_ne!(error["code"], "UNKNOWN", "{}", constant.name);
            let before = codes.insert(error["code"].as_str().unwrap().to_owned(), &constant.name);
            assert_eq!(before, None, "{} means the same", constant.name);
        }
    }
}

#[tokio::test]
async fn a_constant_that_nobody_knows_is_told_as_it_is() {
    let scene = Scene::open().await;
    for (name, shown) in MUTATIONS {
        let input = fine_input(name);
        refuse_once(&scene, name, "SOMETHING_ELSE");
        let payload = scene.mutation(name, shown, input).await;
        assert_eq!(payload["userErrors"][0]["code"], "UNKNOWN", "{name}");
        assert_eq!(payload["userErrors"][0]["portalCode"], "SOMETHING_ELSE", "{name}");
    }
}

#[tokio::test]
async fn a_read_that_the_portal_refuses_is_no_reason_of_the_mutation() {
    let scene = Scene::open().await;
    for operation in ["getUserByIdProgram", "getUsers"] {
        scene.house.simulator.faults().always(operation, Fault::RefuseWith("GET_USERS_FAILED"));
    }
    for (name, shown) in MUTATIONS {
        let answer = scene.try_mutation(name, shown, fine_input(name)).await;
        assert_eq!(answer.body["data"][name], Value::Null, "{name}");
        assert_eq!(answer.codes(), ["PORTAL_REFUSED"], "{name}: {}", answer.body);
        assert_eq!(scene.house.calls().get(name), None, "{name} was called");
    }
}

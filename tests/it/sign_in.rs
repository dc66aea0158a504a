//! Signing in and out: every reason to refuse it, selecting a tenant, how a session is shown, and how it ends.

mod configured;
mod lifetime;
mod proof;
mod spelling;
mod tenant;

use portalgraph::simulator::{DEMO_LOGIN, Fault, World};
use serde_json::{Value, json};

use crate::house::House;

const LOGIN: &str = "mutation ($username: String!, $password: String!) {
    login(input: {username: $username, password: $password}) {
        status sessionToken viewer { loginName } tenants { databaseId } userErrors { code field message portalCode } } }";

/// What the gateway makes of each constant of login that is no success, and which argument it points to. That none is
/// missing here is for `contract` to say.
const REFUSALS: [(&str, &str, Option<&str>); 11] = [
    ("INVALID_LOGIN_NAME", "INVALID_LOGIN_NAME", Some("username")),
    ("INVALID_LOGIN_NAME_NOT_IN_EXPECTED_FORMAT", "INVALID_LOGIN_NAME_FORMAT", Some("username")),
    ("LDAP_AUTHENTICATION_FAILED", "WRONG_PASSWORD", Some("password")),
    ("LDAP_AUTHENTICATION_FAILED_PASSWORD_EXPIRED", "PASSWORD_EXPIRED", None),
    ("LDAP_AUTHENTICATION_FAILED_ACCOUNT_EXPIRED", "ACCOUNT_EXPIRED", None),
    ("LDAP_AUTHENTICATION_FAILED_ACCOUNT_DISABLED", "ACCOUNT_DISABLED", None),
    ("LDAP_AUTHENTICATION_FAILED_ACCOUNT_LOCKED", "ACCOUNT_LOCKED", None),
    ("LDAP_AUTHORIZATION_FAILED", "NOT_AUTHORIZED", None),
    ("LDAP_AUTHENTICATION_FAILED_USER_NOT_FOUND", "USER_NOT_FOUND", Some("username")),
    ("LOGIN_NOT_ENABLED_FOR_USER", "LOGIN_NOT_ENABLED", None),
    ("USER_MUST_CHANGE_PASSWORD", "PASSWORD_CHANGE_REQUIRED", None),
];

/// The payload of a login.
async fn log_in(house: &House, (username, password): (&str, &str)) -> Value {
    let answer = house.ask(LOGIN, json!({"username": username, "password": password})).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.body);
    answer.body["data"]["login"].clone()
}

fn assert_refused(payload: &Value, (constant, code, field): (&str, &str, Option<&str>)) {
    assert_eq!(payload["status"], "REFUSED", "{constant}");
    assert_eq!((&payload["sessionToken"], &payload["viewer"]), (&Value::Null, &Value::Null), "{constant}");
    assert_eq!(payload["tenants"], json!([]), "{constant}");
    let [error] = payload["userErrors"].as_array().unwrap().as_slice() else { panic!("{payload}") };
    assert_eq!((&error["code"], &error["portalCode"]), (&json!(code), &json!(constant)));
    assert_eq!(error["field"], json!(field.map(|field| ["input", field])), "{constant}");
    assert!(!error["message"].as_str().unwrap().is_empty(), "{constant}");
}

#[tokio::test]
async fn every_refusal_of_login_has_a_code_of_its_own() {
    let house = House::over(World::demo()).await;
    for refusal in REFUSALS {
        house.simulator.faults().next("login", Fault::RefuseWith(refusal.0), 1);
        assert_refused(&log_in(&house, DEMO_LOGIN).await, refusal);
        assert_eq!(house.calls(), [("login", 1)].into(), "{}", refusal.0);
    }
}

#[tokio::test]
async fn a_constant_nobody_knows_is_passed_on() {
    let house = House::over(World::demo()).await;
    house.simulator.faults().next("login", Fault::RefuseWith("SOMETHING_NEW"), 1);
    assert_refused(&log_in(&house, DEMO_LOGIN).await, ("SOMETHING_NEW", "UNKNOWN", None));
    // Free text is not a constant, and may say anything.
    house.simulator.faults().next("login", Fault::RefuseWith("Host db7 is down, ask Joe"), 1);
    let payload = log_in(&house, DEMO_LOGIN).await;
    assert_eq!(payload["userErrors"][0]["portalCode"], Value::Null);
}

#[tokio::test]
async fn every_login_of_the_demonstration_is_refused_for_its_own_reason_and_tried_once() {
    let house = House::over(World::demo()).await;
    let wrong = |name| (name, "not the password");
    let right = |name| (name, DEMO_LOGIN.1);
    for (login, constant) in [
        (wrong("admin@dmn"), "LDAP_AUTHENTICATION_FAILED"),
        (right("admin"), "INVALID_LOGIN_NAME_NOT_IN_EXPECTED_FORMAT"),
        (right("admin@nowhere"), "INVALID_LOGIN_NAME_NOT_IN_EXPECTED_FORMAT"),
        (right("admin@xyz"), "INVALID_LOGIN_NAME"),
        (right("nobody@dmn"), "LDAP_AUTHENTICATION_FAILED_USER_NOT_FOUND"),
        (right("locked@dmn"), "LDAP_AUTHENTICATION_FAILED_ACCOUNT_LOCKED"),
        (right("disabled@dmn"), "LDAP_AUTHENTICATION_FAILED_ACCOUNT_DISABLED"),
        (right("expired@dmn"), "LDAP_AUTHENTICATION_FAILED_ACCOUNT_EXPIRED"),
        (right("stale@dmn"), "LDAP_AUTHENTICATION_FAILED_PASSWORD_EXPIRED"),
        (right("unlisted@dmn"), "LDAP_AUTHENTICATION_FAILED_USER_NOT_FOUND"),
        (right("outsider@dmn"), "LDAP_AUTHORIZATION_FAILED"),
        (right("stranger@dmn"), "INVALID_LOGIN_NAME"),
        (right("desktop@dmn"), "LOGIN_NOT_ENABLED_FOR_USER"),
    ] {
        let refusal = REFUSALS.into_iter().find(|refusal| refusal.0 == constant).unwrap();
        assert_refused(&log_in(&house, login).await, refusal);
        assert_eq!(house.calls(), [("login", 1)].into(), "{login:?}");
    }
}

#[tokio::test]
async fn what_could_fail_on_entering_the_one_tenant_fails_at_login() {
    let house = House::over(World::demo()).await;
    let duplicate = "AUTHORIZE_USER_TO_TENANT_FAILED_USER_DATA_PROBLEM_FOUND_DUPLICATE";
    assert_refused(&log_in(&house, ("double@dmn", "demo")).await, (duplicate, "DUPLICATE_USER_DATA", None));
    house.sign_in(("single@dmn", "demo")).await;
    let limit = "AUTHORIZE_USER_TO_TENANT_FAILED_USER_ALREADY_LOGGED_ON_ANOTHER_SESSION";
    assert_refused(&log_in(&house, ("single@dmn", "demo")).await, (limit, "SESSION_LIMIT_REACHED", None));
}

#[tokio::test]
async fn who_must_change_the_password_gets_no_session_here_or_there() {
    let house = House::over(World::demo()).await;
    let refusal = ("USER_MUST_CHANGE_PASSWORD", "PASSWORD_CHANGE_REQUIRED", None);
    assert_refused(&log_in(&house, ("newcomer@dmn", "demo")).await, refusal);
    assert_eq!(house.calls(), [("login", 1), ("logout", 1)].into());
    // The guide does not say with which code it comes.
    house.simulator.settings(|settings| settings.intermediate_code = -1);
    assert_refused(&log_in(&house, ("newcomer@dmn", "demo")).await, refusal);
}

#[tokio::test]
async fn an_empty_field_is_refused_without_a_call() {
    let house = House::over(World::demo()).await;
    let username = ("INVALID_LOGIN_NAME", "username");
    let password = ("PASSWORD_EMPTY", "password");
    for (login, expected) in [
        (("", "demo"), vec![username]),
        ((" \t", "demo"), vec![username]),
        (("admin@dmn", ""), vec![password]),
        (("", ""), vec![username, password]),
    ] {
        let payload = log_in(&house, login).await;
        assert_eq!(payload["status"], "REFUSED");
        let errors = payload["userErrors"].as_array().unwrap();
        let told: Vec<_> = errors.iter().map(|error| (&error["code"], &error["field"][1])).collect();
        let expected: Vec<_> = expected.iter().map(|(code, field)| (json!(code), json!(field))).collect();
        assert_eq!(told, expected.iter().map(|(code, field)| (code, field)).collect::<Vec<_>>());
    }
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn an_answer_that_signs_in_without_a_cookie_is_no_answer() {
    let house = House::over(World::demo()).await;
    for constant in ["USER_AUTHENTICATED_SUCCESSFULLY", "TENANT_SELECTION_REQUIRED"] {
        house.simulator.faults().next("login", Fault::RefuseWith(constant), 1);
        let answer = house.ask(LOGIN, json!({"username": "admin@dmn", "password": "demo"})).await;
        assert_eq!(
            (answer.codes(), &answer.body["data"]),
            (vec!["PORTAL_UNINTELLIGIBLE"], &json!({"login": null}))
        );
    }
}

//! Selecting a tenant, for those who have several.

use portalgraph::simulator::{DEMO_LOGIN, Fault, World};
use serde_json::{Value, json};

use crate::house::{Client, House};

const PARTNER: (&str, &str) = ("partner@dmn", DEMO_LOGIN.1);

const SELECT: &str = "mutation ($tenant: Int!) { selectTenant(input: {tenantDatabaseId: $tenant}) {
    sessionToken viewer { tenant { databaseId name } } userErrors { code field message portalCode } } }";

/// What the gateway makes of each constant of tenant selection that is no success.
const REFUSALS: [(&str, &str); 8] = [
    ("AUTHORIZE_USER_TO_TENANT_FAILED", "PORTAL_FAILURE"),
    ("AUTHORIZE_USER_TO_TENANT_FAILED_REQD_LOGIN_NM_MISSING", "LOGIN_NAME_MISSING"),
    ("AUTHORIZE_USER_TO_TENANT_FAILED_REQD_ID_PROGRAM_MISSING", "TENANT_MISSING"),
    ("AUTHORIZE_USER_TO_TENANT_FAILED_USER_ALREADY_LOGGED_ON_ANOTHER_SESSION", "SESSION_LIMIT_REACHED"),
    ("AUTHORIZE_USER_TO_TENANT_FAILED_USER_NOT_AUTHORIZED", "NOT_AUTHORIZED"),
    ("AUTHORIZE_USER_TO_TENANT_FAILED_USER_DATA_PROBLEM_FOUND_DUPLICATE", "DUPLICATE_USER_DATA"),
    ("AUTHORIZE_USER_TO_TENANT_FAILED_TENANT_NOT_FOUND", "TENANT_NOT_FOUND"),
    ("AUTHORIZE_USER_TO_TENANT_FAILED_USER_TOKEN_DOES_NOT_MATCH", "SIGN_IN_EXPIRED"),
];

async fn select(client: &Client, tenant: i64) -> Value {
    let answer = client.ask_with(SELECT, json!({"tenant": tenant})).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.body);
    answer.body["data"]["selectTenant"].clone()
}

fn assert_refused(payload: &Value, code: &str, constant: Option<&str>) {
    assert_eq!((&payload["sessionToken"], &payload["viewer"]), (&Value::Null, &Value::Null), "{code}");
    let [error] = payload["userErrors"].as_array().unwrap().as_slice() else { panic!("{payload}") };
    assert_eq!((&error["code"], &error["portalCode"]), (&json!(code), &json!(constant)));
    let field = (code == "TENANT_NOT_FOUND").then_some(["input", "tenantDatabaseId"]);
    assert_eq!(error["field"], json!(field));
    assert!(!error["message"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn every_refusal_of_a_tenant_is_told_and_leaves_the_selection_open() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(PARTNER).await;
    for (constant, code) in REFUSALS {
        house.simulator.faults().next("authorizeUserToTenant", Fault::RefuseWith(constant), 1);
        assert_refused(&select(&client, 101).await, code, Some(constant));
    }
    assert_eq!(select(&client, 101).await["viewer"]["tenant"]["name"], "Demonstration North");
}

#[tokio::test]
async fn nothing_is_read_until_a_tenant_is_selected() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(PARTNER).await;
    house.calls();
    let answer = client.ask("{ users { totalCount } viewer { loginName } }").await;
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
    assert_eq!(answer.body["data"], json!({"users": null, "viewer": null}));
    assert!(answer.body["errors"][0]["message"].as_str().unwrap().contains("selectTenant"));
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn selecting_a_tenant_replaces_the_token() {
    let house = House::over(World::demo()).await;
    let before = house.sign_in(PARTNER).await;
    let payload = select(&before, 102).await;
    assert_eq!(payload["viewer"]["tenant"], json!({"databaseId": 102, "name": "Demonstration South"}));
    assert_eq!(payload["userErrors"], json!([]));
    let after = before.holding(payload["sessionToken"].as_str().unwrap());
    assert_ne!(after.token, before.token);
    assert_eq!(after.data("{ users { totalCount } }").await["users"]["totalCount"], 6);
    assert_eq!(before.ask("{ users { totalCount } }").await.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(house.simulator.sessions(PARTNER.0), 1);
    assert_refused(&select(&after, 101).await, "NO_SELECTION_PENDING", None);
}

#[tokio::test]
async fn a_tenant_that_is_not_there_can_be_followed_by_the_right_one() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(PARTNER).await;
    let constant = "AUTHORIZE_USER_TO_TENANT_FAILED_TENANT_NOT_FOUND";
    assert_refused(&select(&client, 999).await, "TENANT_NOT_FOUND", Some(constant));
    assert_eq!(select(&client, 101).await["viewer"]["tenant"]["databaseId"], 101);
}

#[tokio::test]
async fn without_a_pending_selection_there_is_nothing_to_select() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    assert_refused(&select(&client, 101).await, "NO_SELECTION_PENDING", None);
    assert_eq!(client.data("{ viewer { loginName } }").await["viewer"]["loginName"], DEMO_LOGIN.0);
    let answer = house.ask(SELECT, json!({"tenant": 101})).await;
    assert_eq!(answer.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn a_selection_whose_sign_in_the_portal_has_forgotten_ends() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(PARTNER).await;
    house.simulator.forget_sessions();
    for _ in 0..2 {
        let answer = client.ask_with(SELECT, json!({"tenant": 101})).await;
        assert_eq!(answer.codes(), ["UNAUTHENTICATED"]);
    }
    assert_eq!(house.calls()["authorizeUserToTenant"], 1);
}

#[tokio::test]
async fn the_code_of_the_intermediate_state_does_not_matter() {
    let house = House::over(World::demo()).await;
    for code in [-1, 0, 7] {
        house.simulator.settings(|settings| settings.intermediate_code = code);
        let client = house.sign_in(PARTNER).await;
        assert_eq!(select(&client, 101).await["userErrors"], json!([]));
    }
}

#[tokio::test]
async fn of_two_selections_at_once_one_is_carried_out() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(PARTNER).await;
    house.simulator.settings(|settings| settings.delay = std::time::Duration::from_millis(50));
    house.calls();
    let answers = tokio::join!(
        client.ask_with(SELECT, json!({"tenant": 101})),
        client.ask_with(SELECT, json!({"tenant": 102}))
    );
    let entered = [answers.0, answers.1].into_iter().filter(|answer| {
        let payload = &answer.body["data"]["selectTenant"];
        payload["viewer"].is_object()
    });
    assert_eq!(entered.count(), 1);
    assert_eq!(house.calls().get("authorizeUserToTenant"), Some(&1));
}

#[tokio::test]
async fn the_twelve_hours_begin_at_login_and_not_when_a_tenant_is_selected() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(PARTNER).await;
    let longest = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(12);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let token = select(&client, 101).await["sessionToken"].as_str().unwrap().to_owned();
    let viewer =
        client.holding(&token).data("{ viewer { expiresAt idleExpiresAt } }").await["viewer"].clone();
    let expires_at: jiff::Timestamp = viewer["expiresAt"].as_str().unwrap().parse().unwrap();
    let idle_expires_at: jiff::Timestamp = viewer["idleExpiresAt"].as_str().unwrap().parse().unwrap();
    assert!(expires_at <= longest && idle_expires_at < expires_at);
}

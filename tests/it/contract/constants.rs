//! Every constant of signing in and out has an answer of its own; none ends as an error that says nothing.

use portalgraph::simulator::{DEMO_LOGIN, DEMO_PASSWORD, Fault, World};
use serde_json::{Value, json};

use super::guide::{Constant, guide};
use crate::house::House;

const LOGIN: &str = "mutation($input: LoginInput!) {
    login(input: $input) { status userErrors { code message portalCode } } }";
const SELECT_TENANT: &str = "mutation($input: SelectTenantInput!) {
    selectTenant(input: $input) { viewer { loginName } userErrors { code message portalCode } } }";

/// The constants of an operation that are no success.
fn refusals(operation: &str) -> Vec<Constant> {
    let guide = guide();
    let offer = guide.operations.into_iter().find(|offer| offer.id == operation).unwrap();
    offer.constants.into_iter().filter(|constant| constant.kind != "success").collect()
}

fn refuse_once(house: &House, operation: &'static str, constant: &str) {
    let constant: &'static str = Box::leak(constant.to_owned().into_boxed_str());
    house.simulator.faults().next(operation, Fault::RefuseWith(constant), 1);
}

/// The one user error's code, after looking at the rest of it.
fn code<'a>(payload: &'a Value, constant: &str) -> &'a str {
    let errors = payload["userErrors"].as_array().unwrap_or_else(|| panic!("{constant}: {payload}"));
    let [error] = errors.as_slice() else { panic!("{constant}: {payload}") };
    assert_eq!(error["portalCode"], constant);
    assert!(error["message"].as_str().unwrap().len() > 10, "{error}");
    error["code"].as_str().unwrap()
}

#[tokio::test]
async fn every_constant_of_login_is_a_typed_error() {
    let house = House::over(World::demo()).await;
    let mut codes = Vec::new();
    let constants = refusals("login");
    for constant in &constants {
        refuse_once(&house, "login", &constant.name);
        let input = json!({"input": {"username": DEMO_LOGIN.0, "password": DEMO_LOGIN.1}});
        let answer = house.ask(LOGIN, input).await;
        let payload = &answer.body["data"]["login"];
        assert_eq!(payload["status"], "REFUSED", "{}: {}", constant.name, answer.body);
        codes.push(code(payload, &constant.name).to_owned());
    }
    assert!(!codes.contains(&"UNKNOWN".to_owned()), "{codes:?}");
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), constants.len(), "two constants share a code: {codes:?}");
}

#[tokio::test]
async fn every_constant_of_tenant_selection_is_a_typed_error() {
    let house = House::over(World::demo()).await;
    let mut codes = Vec::new();
    let constants = refusals("authorizeUserToTenant");
    for constant in &constants {
        let client = house.sign_in(("partner@dmn", DEMO_PASSWORD)).await;
        refuse_once(&house, "authorizeUserToTenant", &constant.name);
        let answer = client.ask_with(SELECT_TENANT, json!({"input": {"tenantDatabaseId": 102}})).await;
        let payload = &answer.body["data"]["selectTenant"];
        assert!(payload["viewer"].is_null(), "{}: {}", constant.name, answer.body);
        codes.push(code(payload, &constant.name).to_owned());
        let ended = client.ask("mutation { logout { isSignedOut } }").await;
        assert!(ended.body.get("errors").is_none(), "{}", ended.body);
    }
    assert!(!codes.contains(&"UNKNOWN".to_owned()), "{codes:?}");
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), constants.len(), "two constants share a code: {codes:?}");
}

#[tokio::test]
async fn signing_out_is_done_whatever_the_portal_says() {
    let house = House::over(World::demo()).await;
    for constant in refusals("logout").iter().map(|constant| constant.name.as_str()).chain(["ANYTHING_ELSE"])
    {
        let client = house.sign_in(DEMO_LOGIN).await;
        refuse_once(&house, "logout", constant);
        let data = client.data("mutation { logout { isSignedOut } }").await;
        assert_eq!(data["logout"]["isSignedOut"], true, "{constant}");
        assert_eq!(client.data("{ viewer { loginName } }").await["viewer"], Value::Null, "{constant}");
    }
}

/// For each read, a query that needs its answer.
const QUERIES: [(&str, &str); 20] = [
    ("getAllAgents", "{ agents(first: 1) { nodes { attributes { value } } } }"),
    ("getAllAgentsForSkill", "{ skillGroup(by: {name: \"Sales_English\"}) { agents { totalCount } } }"),
    ("getAllAttributes", "{ attributes { totalCount } }"),
    ("getAllPrecisionQueues", "{ precisionQueues { totalCount } }"),
    ("getPQByID", "{ precisionQueue(by: {name: \"Service first\"}) { steps { waitSeconds } } }"),
    ("getSkillGroups", "{ skillGroups { totalCount } }"),
    ("getSkillsForAgent", "{ agent(by: {databaseId: 10100003}) { skillGroups { name } } }"),
    ("getAccessSummaryByUser", "{ user(by: {databaseId: 10100003}) { accessSummary { groups { name } } } }"),
    ("getAllAgentDeskSettings", "{ agentDeskSettings { name } }"),
    ("getAllApmProfiles", "{ agentProfiles { name } }"),
    ("getAllBillingUnits", "{ billingUnits { name } }"),
    ("getAllDepartments", "{ departments { name } }"),
    ("getAllPlatforms", "{ platforms { name } }"),
    ("getAllRoles", "{ roleGroups { name } }"),
    ("getAllSites", "{ sites { name } }"),
    ("getUserByIdProgram", "{ user(by: {databaseId: 10100003}) { loginName } }"),
    ("getUsers", "{ users { totalCount } }"),
    ("getAgentDispositionStatusCodes", "{ callbackDispositions { name } }"),
    ("getCallbackInfo", "{ callback(databaseId: 7001) { phoneNumber } }"),
    ("getDialedNumberList", "{ callbackQueues { name } }"),
];

#[tokio::test]
async fn every_constant_of_every_read_is_told_or_answered() {
    for (operation, query) in QUERIES {
        for constant in refusals(operation) {
            // A house of its own: nothing is at hand from before.
            let house = House::over(World::demo()).await;
            let client = house.sign_in(DEMO_LOGIN).await;
            refuse_once(&house, operation, &constant.name);
            let answer = client.ask(query).await;
            let about = format!("{operation} {}: {}", constant.name, answer.body);
            match (operation, constant.name.as_str()) {
                ("getCallbackInfo", "CALLBACK_ID_NOT_FOUND") => {
                    assert_eq!(answer.body["data"], json!({"callback": null}), "{about}");
                    assert!(answer.codes().is_empty(), "{about}");
                }
                // The portal has no constant for an unknown id, so any may mean just that: the list knows.
                ("getUserByIdProgram", _) => {
                    assert_eq!(answer.body["data"]["user"]["loginName"], "clara.cedar@dmn", "{about}");
                }
                (_, name) => {
                    let extensions = &answer.body["errors"][0]["extensions"];
                    assert_eq!(extensions["code"], "PORTAL_REFUSED", "{about}");
                    assert_eq!(extensions["portalCode"], name, "{about}");
                    assert_eq!(extensions["operation"], operation, "{about}");
                }
            }
        }
    }
}

#[test]
fn every_operation_with_constants_is_looked_at() {
    let guide = guide();
    let count: usize = guide.operations.iter().map(|offer| offer.constants.len()).sum();
    assert_eq!(count, 190);
    let reads = guide.operations.iter().filter(|offer| offer.access == "read" && !offer.constants.is_empty());
    for offer in reads.filter(|offer| offer.constants.iter().any(|constant| constant.kind != "success")) {
        assert!(QUERIES.iter().any(|(operation, _)| *operation == offer.id), "{}", offer.id);
    }
}

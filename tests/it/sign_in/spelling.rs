//! What each installation of the portal spells in its own way: login fields, the token's place, names of fields.

use portalgraph::config::{AuthTokenMode, Encoding};
use portalgraph::simulator::{DEMO_LOGIN, World};

use super::log_in;
use crate::house::House;

const ENCODINGS: [Encoding; 6] = [
    Encoding::Base64,
    Encoding::Base64url,
    Encoding::Hex,
    Encoding::HexOfBase64,
    Encoding::Base64OfHex,
    Encoding::Plain,
];

const EVERYTHING: &str = "{
    users { totalCount } user(by: {databaseId: 10100002}) { accessSummary { groups { name } } cloneOptions {
        otherUserCollections { name } } }
    agents(first: 1) { nodes { attributes { value } skillGroups { name } precisionQueues { name } } }
    skillGroups(first: 1) { nodes { agents { totalCount } } } attributes { totalCount }
    departments { name } sites { name } billingUnits { name } roleGroups { name } platforms { name }
    agentProfiles { name } agentDeskSettings { name } callbackQueues { name } callbackDispositions { name }
    callback(databaseId: 7001) { id } isCallbackServiceAvailable }";

#[tokio::test]
async fn every_login_encoding_reaches_a_portal_that_expects_it() {
    for encoding in ENCODINGS {
        let house = House::with(World::demo(), |config| {
            config.portal.login_encoding = encoding;
            config.portal.tenant_selection_encoding = encoding;
        })
        .await;
        house.simulator.settings(|settings| {
            settings.login_encoding = encoding;
            settings.tenant_selection_encoding = encoding;
        });
        assert_eq!(log_in(&house, DEMO_LOGIN).await["status"], "SIGNED_IN", "{encoding:?}");
        let partner = house.sign_in(("partner@dmn", DEMO_LOGIN.1)).await;
        let select = "mutation { selectTenant(input: {tenantDatabaseId: 102}) { userErrors { code } } }";
        let payload = &partner.data(select).await["selectTenant"];
        assert!(payload["userErrors"].as_array().unwrap().is_empty(), "{encoding:?}: {payload}");
    }
}

#[tokio::test]
async fn a_wrong_login_encoding_fails_before_the_password_and_is_not_tried_in_another() {
    let house = House::with(World::demo(), |config| config.portal.login_encoding = Encoding::Plain).await;
    let payload = log_in(&house, DEMO_LOGIN).await;
    assert_eq!(payload["userErrors"][0]["code"], "INVALID_LOGIN_NAME_FORMAT");
    assert_eq!(house.calls(), [("login", 1)].into());
}

#[tokio::test]
async fn a_portal_that_wants_the_token_only_where_it_is_documented_gets_it_there_alone() {
    let house =
        House::with(World::demo(), |config| config.portal.auth_token_mode = AuthTokenMode::DocumentedOnly)
            .await;
    house.simulator.settings(|settings| {
        settings.auth_token_mode = AuthTokenMode::DocumentedOnly;
        settings.strict = true;
    });
    house.sign_in(DEMO_LOGIN).await.data(EVERYTHING).await;
}

#[tokio::test]
async fn a_strict_portal_is_sent_nothing_it_does_not_list() {
    let house = House::over(World::demo()).await;
    house.simulator.settings(|settings| settings.strict = true);
    house.sign_in(DEMO_LOGIN).await.data(EVERYTHING).await;
}

#[tokio::test]
async fn a_field_can_be_sent_under_another_name() {
    let house = House::with(World::demo(), |config| {
        let names = [("id".to_owned(), "Id".to_owned())].into();
        config.portal.rename.insert("getPQByID".to_owned(), names);
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.simulator.journal().take();
    let data =
        client.data("{ precisionQueue(by: {name: \"Billing expert\"}) { steps { stepNumber } } }").await;
    assert_eq!(data["precisionQueue"]["steps"].as_array().unwrap().len(), 2);
    let calls = house.simulator.journal().take();
    let call = calls.iter().find(|call| call.operation == "getPQByID").unwrap();
    let names: Vec<_> = call.body.keys().collect();
    assert_eq!(names, ["Id"]);
}

//! What writes say in each dialect, and what becomes of a write in the wrong one.

use std::sync::Arc;

use portalgraph::config::{
    AgentNumberType, ClearedField, CloneAsSource, Config, Dialect, FlagType, UserIdKind,
};
use portalgraph::portal::UserId;
use portalgraph::simulator::{DEMO_LOGIN, DEMO_PASSWORD, Settings, World};
use serde_json::{Value, json};

use crate::house::{Client, House};
use crate::user_writes::{BEN, CLARA, user};

/// A gateway that speaks one dialect, a portal that understands another, and the administrator.
async fn ready(ours: impl FnOnce(&mut Dialect), theirs: impl FnOnce(&mut Settings)) -> (House, Client) {
    let house = House::with(World::demo(), |config: &mut Config| ours(&mut config.portal.dialect)).await;
    house.simulator.settings(theirs);
    let client = house.sign_in(DEMO_LOGIN).await;
    (house, client)
}

/// The bodies an operation was called with since the last look.
fn bodies(house: &House, operation: &str) -> Vec<Value> {
    let calls = house.simulator.journal().take().into_iter();
    calls.filter(|call| call.operation == operation).map(|call| Value::Object(call.body)).collect()
}

async fn mutate(client: &Client, name: &str, input: Value) -> crate::house::Answer {
    let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let query = format!(
        "mutation($input: {kind}!) {{ done: {name}(input: $input) {{ userErrors {{ code field }} }} }}"
    );
    client.ask_with(&query, json!({"input": input})).await
}

fn is_done(answer: &crate::house::Answer) -> bool {
    answer.body.get("errors").is_none() && answer.body["data"]["done"]["userErrors"] == json!([])
}

#[tokio::test]
async fn a_user_is_looked_up_and_deleted_by_either_number() {
    for kind in [UserIdKind::ProgramUserId, UserIdKind::AccountId] {
        let (house, client) =
            ready(|dialect| dialect.user_search_id = kind, |settings| settings.user_search_id = kind).await;
        let record = house.simulator.world(|world| world.tenants[0].users[&UserId(CLARA)].clone());
        let number = record.search_id(kind).unwrap().0;
        assert_eq!(number == CLARA, kind == UserIdKind::ProgramUserId);
        let query = format!("{{ user(by: {{databaseId: {CLARA}}}) {{ loginName }} }}");
        assert_eq!(client.data(&query).await["user"]["loginName"], "clara.cedar@dmn");
        let answer = mutate(&client, "updateUser", json!({"userId": user(CLARA), "phone": "5550002"})).await;
        assert!(is_done(&answer), "{}", answer.body);
        for body in bodies(&house, "getUserByIdProgram") {
            assert_eq!(body["searchId"], number);
        }
        let answer = mutate(&client, "deleteUser", json!({"user": {"databaseId": CLARA}})).await;
        assert!(is_done(&answer), "{}", answer.body);
        assert_eq!(bodies(&house, "deleteUser")[0]["searchId"], number);
        house.simulator.world(|world| {
            let users = &world.tenants[0].users;
            assert!(!users.contains_key(&UserId(CLARA)) && users.contains_key(&UserId(BEN)));
        });
        assert_eq!(client.data(&query).await["user"], Value::Null);
    }
}

#[tokio::test]
async fn under_the_wrong_kind_of_number_nobody_is_found_and_nobody_deleted() {
    use UserIdKind::{AccountId, ProgramUserId};
    for (ours, theirs) in [(ProgramUserId, AccountId), (AccountId, ProgramUserId)] {
        let (house, client) =
            ready(|dialect| dialect.user_search_id = ours, |settings| settings.user_search_id = theirs).await;
        // Whom the portal takes the number for is there, so that somebody could be deleted.
        house.simulator.world(|world| {
            let users = &mut world.tenants[0].users;
            let (clara, ben) = (users[&UserId(CLARA)].clone(), UserId(BEN));
            let mut other = (*users[&ben]).clone();
            if theirs == AccountId {
                other.id_user = Some(portalgraph::portal::AccountId(CLARA));
                users.insert(ben, Arc::new(other));
            } else {
                let id = UserId(clara.id_user.unwrap().0);
                other.id_program_user = Some(id);
                users.insert(id, Arc::new(other));
            }
        });
        let count = house.simulator.world(|world| world.tenants[0].users.len());
        house.calls();
        let answer = mutate(&client, "deleteUser", json!({"user": {"databaseId": CLARA}})).await;
        let errors = &answer.body["data"]["done"]["userErrors"];
        assert_eq!(errors[0]["code"], "USER_NOT_FOUND", "{}", answer.body);
        assert_eq!(house.calls().get("deleteUser"), None);
        assert_eq!(house.simulator.world(|world| world.tenants[0].users.len()), count);
    }
}

#[tokio::test]
async fn tenant_selection_sends_the_token_unless_the_portal_refuses_it() {
    const SELECT: &str = "mutation { selectTenant(input: {tenantDatabaseId: 102}) {
        viewer { loginName } userErrors { code } } }";
    // No journal holds tokens: that one was sent shows in a portal that refuses it, or that it is the wrong one.
    for (gives, takes, sends, is_selected) in [
        (false, false, true, true),
        (true, true, true, true),
        (true, true, false, true),
        (true, false, false, true),
        (true, false, true, false),
    ] {
        let (house, _) = ready(
            |dialect| dialect.sends_token_in_tenant_selection = sends,
            |settings| (settings.gives_early_token, settings.takes_early_token) = (gives, takes),
        )
        .await;
        let partner = house.sign_in(("partner@dmn", DEMO_PASSWORD)).await;
        let answer = partner.ask(SELECT).await;
        let about = format!("{gives} {takes} {sends}: {}", answer.body);
        let viewer = &answer.body["data"]["selectTenant"]["viewer"]["loginName"];
        assert_eq!(viewer == "partner@dmn", is_selected, "{about}");
    }
}

#[tokio::test]
async fn the_types_that_the_guide_shows_in_two_ways_are_settings() {
    let flags = [(FlagType::Boolean, json!(true)), (FlagType::Text, json!("true"))];
    let numbers = [(AgentNumberType::Text, json!("81003")), (AgentNumberType::Number, json!(81003))];
    for (flag, flag_sent) in &flags {
        for (number, number_sent) in &numbers {
            let (house, client) = ready(
                |dialect| (dialect.skip_unity_user_type, dialect.user_agent_number_type) = (*flag, *number),
                |settings| {
                    (settings.skip_unity_user_type, settings.user_agent_number_type) = (*flag, *number);
                },
            )
            .await;
            let change = json!({"userId": user(CLARA), "agentNumber": "81003", "skipsVoicemailUser": true});
            let answer = mutate(&client, "updateUser", change).await;
            assert!(is_done(&answer), "{flag:?} {number:?}: {}", answer.body);
            let [body] = bodies(&house, "updateUser").try_into().unwrap();
            assert_eq!((&body["skipUnityUser"], &body["basicUserInfo"]["agentId"]), (flag_sent, number_sent));
            let clone = json!({
                "sourceUserId": user(BEN), "loginName": "new@dmn", "firstName": "New", "lastName": "User",
                "phone": "55512345", "agentNumber": "81004", "skipsVoicemailUser": true,
            });
            let answer = mutate(&client, "cloneUser", clone).await;
            assert!(is_done(&answer), "{flag:?}: {}", answer.body);
            assert_eq!(&bodies(&house, "cloneUser")[0]["skipUnityUser"], flag_sent);
        }
    }
}

#[tokio::test]
async fn a_clone_says_in_either_way_what_is_as_the_source_has_it() {
    for (how, is_sent) in [(CloneAsSource::LeftOut, false), (CloneAsSource::Null, true)] {
        let (house, client) =
            ready(|dialect| dialect.clone_as_source = how, |settings| settings.strict = true).await;
        let input = json!({
            "sourceUserId": user(CLARA), "loginName": "new@dmn", "firstName": "New", "lastName": "User",
            "phone": "55512345", "agentNumber": "81004",
        });
        let site = house.simulator.world(|world| world.tenants[0].users[&UserId(CLARA)].id_program_site);
        let answer = mutate(&client, "cloneUser", input).await;
        assert!(is_done(&answer), "{how:?}: {}", answer.body);
        let [body] = bodies(&house, "cloneUser").try_into().unwrap();
        assert_eq!(body.get("cloneUserIdProgramSite"), is_sent.then_some(&Value::Null), "{how:?}");
        let clone = house.simulator.world(|world| world.tenants[0].users.values().next_back().cloned());
        assert_eq!(clone.unwrap().id_program_site, site);
    }
}

/// The three changes that can empty a field, each with the fields it empties: text, or something else.
async fn emptying(client: &Client) -> Vec<(&'static str, Value, Vec<(&'static str, bool)>)> {
    let data = client
        .data("{ skillGroups { nodes { id description } } precisionQueues { nodes { id description } } }");
    let data = data.await;
    let first = |list: &str| {
        let nodes = data[list]["nodes"].as_array().unwrap();
        nodes.iter().find(|node| !node["description"].is_null()).unwrap()["id"].clone()
    };
    let user = json!({"userId": user(CLARA), "email": null, "billingUnitId": null, "isManager": true});
    let group = json!({"skillGroupId": first("skillGroups"), "description": null});
    let queue = json!({"precisionQueueId": first("precisionQueues"), "description": null});
    vec![
        ("updateUser", user, vec![("email", true), ("billingUnitId", false)]),
        ("saveSkillGroup", group, vec![("description", true)]),
        ("updatePrecisionQueue", queue, vec![("description", true)]),
    ]
}

#[tokio::test]
async fn null_empties_a_field_or_says_that_it_did_not() {
    use ClearedField::{Empty, LeftOut, Null};
    for theirs in [LeftOut, Empty, Null] {
        for ours in [LeftOut, Empty, Null] {
            let (house, client) = ready(
                |dialect| dialect.cleared_field = ours,
                |settings| (settings.cleared_field, settings.strict) = (theirs, true),
            )
            .await;
            for (name, input, fields) in emptying(&client).await {
                let held = fields.iter().filter(|(_, is_text)| match (ours, theirs) {
                    (_, LeftOut) | (Empty, _) | (Null, Null) => false,
                    (LeftOut, Empty | Null) => true,
                    (Null, Empty) => *is_text,
                });
                let held: Vec<_> = held.collect();
                let answer = mutate(&client, name, input.clone()).await;
                let about = format!("{name}, sent {ours:?}, wanted {theirs:?}: {}", answer.body);
                if held.is_empty() {
                    assert!(is_done(&answer), "{about}");
                    // Empty already, it is no matter how it is said.
                    assert!(is_done(&mutate(&client, name, input).await), "{about}");
                    continue;
                }
                assert_eq!(answer.codes(), ["PORTAL_UNINTELLIGIBLE"], "{about}");
                let message = answer.body["errors"][0]["message"].as_str().unwrap();
                let names: Vec<_> = held.iter().map(|(name, _)| format!("`{name}`")).collect();
                let expected = format!("called {name} a success, yet {} still", names.join(", "));
                assert!(message.contains(&expected), "{about}");
                assert!(message.contains("portal.dialect.cleared_field"), "{about}");
            }
            let is_manager = house.simulator.world(|world| world.tenants[0].users[&UserId(CLARA)].manager);
            assert_eq!(is_manager, Some(true), "the rest of the change was carried out");
        }
    }
}

#[tokio::test]
async fn an_empty_text_empties_as_null_does_and_a_field_left_out_is_left_alone() {
    let (house, client) = ready(|_| (), |settings| settings.cleared_field = ClearedField::Null).await;
    for (name, mut input, _) in emptying(&client).await.into_iter().skip(1) {
        input["description"] = " ".into();
        assert!(is_done(&mutate(&client, name, input).await), "{name}");
    }
    let before = house.simulator.world(|world| world.tenants[0].users[&UserId(CLARA)].clone());
    assert!(before.agent_description.is_some() && before.email.is_some());
    house.calls();
    let input = json!({"userId": user(CLARA), "agentDescription": ""});
    assert!(is_done(&mutate(&client, "updateUser", input).await));
    let [body] = bodies(&house, "updateUser").try_into().unwrap();
    assert_eq!(body["basicUserInfo"].get("agentDescription"), Some(&Value::Null));
    let after = house.simulator.world(|world| world.tenants[0].users[&UserId(CLARA)].clone());
    assert_eq!((&after.agent_description, &after.email), (&None, &before.email));
}

#[tokio::test]
async fn a_switch_that_waits_for_the_operator_is_named_as_its_client_named_it() {
    let (_house, client) = ready(|_| (), |_| ()).await;
    for name in ["setUserStatus", "setUserIcmAccess", "setUserPortalAccess"] {
        let answer = mutate(&client, name, json!({"userId": user(CLARA), "isActive": true})).await;
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{}", answer.body);
        let message = answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.starts_with(name), "{message}");
    }
}

//! Who signs in, where, and what it came to.

use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, DEMO_PASSWORD, Fault, World};
use serde_json::{Value, json};

use super::{audited, events_of, without_id};
use crate::house::{House, ICWS, PORTAL};
use crate::service::account;

#[test]
fn a_sign_in_is_one_event_with_who_and_what_it_came_to() {
    audited(async |lines| {
        let house = House::over(World::demo()).await;
        house.nobody().log_in(PORTAL, (DEMO_LOGIN.0, "wrong")).await;
        house.nobody().log_in(PORTAL, ("a password, typed in the wrong field", "wrong")).await;
        house.nobody().log_in(PORTAL, ("a-password", "wrong")).await;
        house.simulator.faults().next("login", Fault::Html, 1);
        house.nobody().log_in(PORTAL, DEMO_LOGIN).await;
        house.nobody().log_in(ICWS, (DEMO_ICWS_LOGIN.0, "wrong")).await;
        let refused = events_of(&lines).into_iter().map(without_id).collect::<Vec<_>>();
        let login = |outcome: &str, code: &str| json!({"event": "login", "mutation": "login", "outcome": outcome, "code": code});
        let of = |mut event: Value, name: &str| {
            event["user.login"] = name.into();
            event
        };
        assert_eq!(
            refused,
            [
                of(login("refused", "WRONG_PASSWORD"), DEMO_LOGIN.0),
                login("refused", "INVALID_LOGIN_NAME_FORMAT"),
                login("refused", "INVALID_LOGIN_NAME_FORMAT"),
                of(login("failed", "PORTAL_UNINTELLIGIBLE"), DEMO_LOGIN.0),
                of(login("refused", "ICWS_REFUSED"), DEMO_ICWS_LOGIN.0),
            ]
        );
        let client = house.sign_in(DEMO_LOGIN).await;
        let signed_in = without_id(events_of(&lines).pop().unwrap());
        let user = signed_in["user.id"].clone();
        assert!(user.is_i64());
        let who = json!({"user.tenant": 101, "user.id": user});
        let with = |fields: Value| {
            let mut event = who.clone();
            event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            event
        };
        let done =
            |event: &str, mutation: &str| json!({"event": event, "mutation": mutation, "outcome": "ok"});
        let mut expected = with(done("login", "login"));
        expected["user.login"] = DEMO_LOGIN.0.into();
        assert_eq!(signed_in, expected);
        let both = client.entering(ICWS, DEMO_ICWS_LOGIN).await;
        let mut expected = with(done("login", "login"));
        expected["user.login"] = DEMO_ICWS_LOGIN.0.into();
        expected["icws.user"] = DEMO_ICWS_LOGIN.0.into();
        assert_eq!(events_of(&lines).into_iter().map(without_id).collect::<Vec<_>>(), [expected]);
        both.ask("mutation Out { logout(input: {upstream: ICWS}) { isSignedOut } }").await;
        let mut expected = with(done("logout", "logout"));
        expected["operation.name"] = "Out".into();
        expected["icws.user"] = DEMO_ICWS_LOGIN.0.into();
        assert_eq!(events_of(&lines).into_iter().map(without_id).collect::<Vec<_>>(), [expected]);
        both.data("mutation { logout { isSignedOut } }").await;
        let events = events_of(&lines).into_iter().map(without_id).collect::<Vec<_>>();
        assert_eq!(events, [with(done("logout", "logout"))]);
    });
}

#[test]
fn a_tenant_selection_names_who_selects_which_tenant() {
    audited(async |lines| {
        let house = House::over(World::demo()).await;
        let client = house.sign_in(("partner@dmn", DEMO_PASSWORD)).await;
        let signed_in = without_id(events_of(&lines).pop().unwrap());
        let login =
            json!({"event": "login", "mutation": "login", "outcome": "ok", "user.login": "partner@dmn"});
        assert_eq!(signed_in, login);
        for (tenant, outcome, code) in [(9, "refused", json!("TENANT_NOT_FOUND")), (101, "ok", Value::Null)] {
            client
                .ask(&format!("mutation Enter {{ selectTenant(input: {{tenantDatabaseId: {tenant}}}) {{ sessionToken }} }}"))
                .await;
            let event = without_id(events_of(&lines).pop().unwrap());
            assert_eq!(
                (&event["event"], &event["outcome"], &event["code"], &event["operation.name"]),
                (&json!("tenant_selection"), &json!(outcome), &code, &json!("Enter"))
            );
            let target = format!("tenantDatabaseId:{tenant}");
            assert_eq!((&event["targets"], &event["targets.count"]), (&json!(target), &json!(1)));
            if tenant == 101 {
                assert_eq!((event["user.tenant"].as_i64(), event["user.id"].is_i64()), (Some(101), true));
            } else {
                assert_eq!(event["user.login"], "partner@dmn");
            }
        }
    });
}

#[test]
fn the_gateways_own_sign_ins_for_a_service_account_are_events_too() {
    audited(async |lines| {
        let (wall, token) = account("wall", DEMO_LOGIN);
        let house = House::with(World::demo(), |config| config.service_accounts.push(wall)).await;
        let client = house.nobody().holding(&token);
        house.simulator.faults().next("login", Fault::Status(500), 1);
        client.ask("{ sites { name } }").await;
        let events = events_of(&lines);
        assert_eq!(
            (&events[0]["event"], &events[0]["outcome"], &events[0]["service.account"]),
            (&json!("login"), &json!("failed"), &json!("wall"))
        );
        assert!(events[0]["reason"].is_string() && events.len() == 1, "{events:?}");
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
        client.data("{ sites { name } }").await;
        assert_eq!(
            events_of(&lines),
            [json!({"event": "login", "outcome": "ok", "service.account": "wall"})]
        );
    });
}

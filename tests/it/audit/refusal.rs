//! What is turned away, and what is only a slip.

use portalgraph::config::Introspection;
use portalgraph::simulator::{DEMO_LOGIN, World};
use serde_json::{Value, json};

use super::{audited, events_of, without_id};
use crate::house::House;
use crate::service::{account, token};

const USERS: &str = "{ users { totalCount } }";

async fn house() -> (House, String) {
    let (mut wall, token) = account("wall", DEMO_LOGIN);
    wall.requests_per_minute = 2;
    let house = House::with(World::demo(), |config| {
        config.service_accounts.push(wall);
        config.limits.introspection = Introspection::Nobody;
        config.limits.max_portal_calls = 3;
        config.server.max_body_bytes = 10_000;
    })
    .await;
    (house, token)
}

#[test]
fn what_is_turned_away_is_an_event_with_its_code_and_whom_it_met() {
    audited(async |lines| {
        let (house, token) = house().await;
        let client = house.sign_in(DEMO_LOGIN).await;
        let user = events_of(&lines).pop().unwrap()["user.id"].clone();
        let nobody = house.nobody();
        let wall = nobody.holding(&token);
        let person = json!({"user.tenant": 101, "user.id": user});
        let refused = |who: &Value, code: &str| {
            let mut event = json!({"event": "refusal", "outcome": "refused", "code": code});
            event.as_object_mut().unwrap().extend(who.as_object().unwrap().clone());
            event
        };
        let expect = |event: Value| {
            let events: Vec<_> = events_of(&lines).into_iter().map(without_id).collect();
            assert_eq!(events, [event]);
        };
        let no_one = json!({});
        nobody.ask(USERS).await;
        expect(refused(&no_one, "UNAUTHENTICATED"));
        nobody.holding(&self::token().0).ask(USERS).await;
        expect(refused(&no_one, "UNAUTHENTICATED"));
        client.ask("{ __schema { queryType { name } } }").await;
        expect(refused(&person, "FORBIDDEN"));
        client.ask("{ agents { nodes { skillGroups { agents { totalCount } } } } }").await;
        expect(refused(&person, "QUERY_TOO_COSTLY"));
        client.ask(&format!("{{ {} }}", "a ".repeat(4000))).await;
        expect(refused(&person, "QUERY_TOO_COSTLY"));
        client.ask(&" ".repeat(20_000)).await;
        expect(refused(&no_one, "BAD_USER_INPUT"));
        let account = json!({"service.account": "wall"});
        wall.ask("mutation { logout { isSignedOut } }").await;
        expect(refused(&account, "SERVICE_ACCOUNT_READ_ONLY"));
        wall.data(USERS).await;
        lines.take();
        wall.ask(USERS).await;
        expect(refused(&account, "RATE_LIMITED"));
        let request =
            house.http().post(format!("{}/graphql", house.url)).header("sec-fetch-site", "cross-site");
        let request = request.header("cookie", format!("portalgraph={}", client.token));
        let body = json!({ "query": USERS }).to_string();
        request.header("content-type", "application/json").body(body).send().await.unwrap();
        expect(refused(&no_one, "FORBIDDEN"));
        let request = house.http().post(format!("{}/graphql", house.url)).header("x-request-id", "mine-1");
        let body =
            json!({ "query": "query Mine { users { totalCount } }", "operationName": "Mine" }).to_string();
        request.header("content-type", "application/json").body(body).send().await.unwrap();
        let mut event = refused(&no_one, "UNAUTHENTICATED");
        event["operation.name"] = "Mine".into();
        event["request.id"] = "mine-1".into();
        assert_eq!(events_of(&lines), [event]);
    });
}

#[test]
fn a_slip_and_a_success_are_no_events() {
    audited(async |lines| {
        let (house, _) = house().await;
        let client = house.sign_in(DEMO_LOGIN).await;
        lines.take();
        client.data(USERS).await;
        client.data(USERS).await;
        for slip in ["{ nothing }", "{ not", "", "query A { a } query B { b }", "mutation { nothing }"] {
            client.ask(slip).await;
        }
        house.http().get(format!("{}/nowhere", house.url)).send().await.unwrap();
        house.http().put(format!("{}/graphql", house.url)).send().await.unwrap();
        house.http().post(format!("{}/graphql", house.url)).body("{").send().await.unwrap();
        assert_eq!(lines.take(), "");
    });
}

//! What was to be changed, of which record, for whom, and what became of it.

use portalgraph::simulator::{Fault, World};
use serde_json::{Value, json};

use super::{audited, events_of, without_id};
use crate::house::{Client, House, PORTAL};
use crate::writes::table::{Ids, house, ready, sign_in};

#[test]
fn every_mutation_is_one_event_with_its_records() {
    audited(async |lines| {
        let house = house().await;
        let (client, writes) = ready(&house).await;
        lines.take();
        let mut events = Vec::new();
        for write in &writes {
            let answer = write.send(&client).await;
            assert_eq!(answer.body["data"]["done"]["userErrors"], json!([]), "{}", answer.body);
            let [event] = events_of(&lines).try_into().unwrap();
            let event = without_id(event);
            assert_eq!(event["mutation"], write.mutation);
            events.push(event);
        }
        insta::assert_json_snapshot!(events);
    });
}

async fn users_name(client: &Client, ids: &Ids, last: &str) -> Value {
    let id = ids.get("User", "clara.cedar@dmn");
    let mutation = format!(
        "mutation Rename($id: ID!) {{ updateUser(input: {{userId: $id, lastName: \"{last}\"}}) {{ user {{ id }} }} }}"
    );
    client.ask_with(&mutation, json!({ "id": id })).await.body
}

#[test]
fn what_a_mutation_came_to_is_told_whatever_its_client_asks_to_see() {
    audited(async |lines| {
        let house = house().await;
        let client = sign_in(&house).await;
        let ids = Ids::of(&client).await;
        lines.take();
        let outcome = async |fault: Option<Fault>, last: &str| {
            if let Some(fault) = fault {
                house.simulator.faults().next("updateUser", fault, 1);
            }
            users_name(&client, &ids, last).await;
            let [event] = events_of(&lines).try_into().unwrap();
            assert_eq!(event["operation.name"], "Rename");
            assert!(event["targets"].as_str().unwrap().starts_with("User:101:"), "{event}");
            (event["outcome"].clone(), event["code"].clone())
        };
        assert_eq!(outcome(None, "Cedar-Ash").await, (json!("ok"), Value::Null));
        assert_eq!(outcome(None, "").await.0, json!("refused"));
        let constant = Fault::RefuseWith("UPDATE_USER_FAILED");
        assert_eq!(outcome(Some(constant), "Cedar-Oak").await, (json!("failed"), json!("PORTAL_REFUSED")));
        let constant = Fault::RefuseWith("NEW_IN_THE_NEXT_RELEASE");
        assert_eq!(outcome(Some(constant), "Cedar-Oak").await, (json!("refused"), json!("UNKNOWN")));
        let lost = outcome(Some(Fault::Reset), "Cedar-Elm").await;
        assert_eq!(lost, (json!("unknown"), json!("PORTAL_UNREACHABLE")));
    });
}

#[test]
fn each_field_of_a_request_is_an_event_and_what_is_skipped_is_none() {
    audited(async |lines| {
        let house = House::over(World::demo()).await;
        let client = sign_in(&house).await;
        let ids = Ids::of(&client).await;
        lines.take();
        let clara = ids.get("User", "clara.cedar@dmn");
        let query = format!(
            "mutation Two {{ a: setUserStatus(input: {{userId: \"{clara}\", isActive: true}}) {{ userErrors {{ code }} }}
               b: setUserStatus(input: {{userId: \"{clara}\", isActive: true}}) @skip(if: true) {{ userErrors {{ code }} }}
               ...Out }}
             fragment Out on Mutation {{ logout {{ isSignedOut }} }}"
        );
        client.ask(&query).await;
        let events: Vec<_> = events_of(&lines).into_iter().map(without_id).collect();
        let [first, second] = events.as_slice() else { panic!("{events:?}") };
        // Switched off by default.
        assert_eq!(
            (&first["mutation"], &first["outcome"], &first["code"]),
            (&json!("setUserStatus"), &json!("refused"), &json!("FORBIDDEN"))
        );
        assert_eq!((&second["event"], &second["outcome"]), (&json!("logout"), &json!("ok")));
        for event in &events {
            assert_eq!((&event["operation.name"], &event["user.tenant"]), (&json!("Two"), &json!(101)));
        }
        // Whoever is not signed in changes nothing, and that is told of nobody.
        house.nobody().ask(&query).await;
        let events: Vec<_> = events_of(&lines).into_iter().map(without_id).collect();
        assert_eq!(
            (&events[0]["outcome"], &events[0]["code"]),
            (&json!("refused"), &json!("UNAUTHENTICATED"))
        );
        assert_eq!((events.len(), events[0].get("user.id")), (2, None));
        house.nobody().log_in(PORTAL, ("admin@dmn", "demo")).await;
        assert_eq!(events_of(&lines).len(), 1);
    });
}

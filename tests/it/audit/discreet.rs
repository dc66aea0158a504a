//! What the audit log never holds: what clients send beside ids, what opens a session, and people's names.

use std::collections::BTreeSet;

use portalgraph::simulator::Fault;
use serde_json::{Value, json};

use super::audited;
use crate::house::ICWS;
use crate::writes::table::{impatient_house, ready};

const PLANTED: &str = "correct-horse-battery";

/// Every text of an input that is no id of the gateway's.
fn texts(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(members) => members.values().for_each(|value| texts(value, into)),
        // Ids are base64 of "portal:".
        Value::String(text) if text.len() > 3 && !text.starts_with("cG9ydGFsO") => {
            into.insert(text.clone());
        }
        _ => {}
    }
}

#[test]
fn no_event_tells_a_secret_a_value_or_a_name() {
    audited(async |lines| {
        // After a lost answer the next change of a record waits for as long as a call may take.
        let house = impatient_house(200).await;
        let (client, writes) = ready(&house).await;
        let mut secrets: BTreeSet<_> = [PLANTED.to_owned(), client.token.clone()].into();
        let names = client.data("{ users { nodes { firstName lastName email } } }").await;
        texts(&names, &mut secrets);
        for write in &writes {
            texts(&write.input, &mut secrets);
            for fault in [
                Fault::RefuseWith("NEW_IN_THE_NEXT_RELEASE"),
                Fault::RefuseWith(PLANTED),
                Fault::Status(500),
                Fault::Html,
            ] {
                house.simulator.faults().next(write.operation, fault, 1);
                write.send(&client).await;
            }
            write.send(&client).await;
        }
        for (name, password) in [("admin@dmn", PLANTED), (PLANTED, PLANTED), ("admin@dmn", "demo")] {
            house.nobody().log_in("PORTAL", (name, password)).await;
        }
        house.nobody().log_in(ICWS, ("icadmin", PLANTED)).await;
        let reset = json!({"userId": PLANTED, "newPassword": PLANTED});
        let mutation =
            "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { userErrors { code } } }";
        client.ask_with(mutation, json!({ "input": reset })).await;
        client.ask(&format!("mutation {{ resetPassword(input: {{userId: \"{PLANTED}\", newPassword: \"{PLANTED}\"}}) {{ userErrors {{ code }} }} }}")).await;
        client.ask_with(mutation, json!({ "input": PLANTED })).await;
        client
            .ask(&format!("{{ users(search: {{field: LAST_NAME, term: \"{PLANTED}\"}}) {{ totalCount }} }}"))
            .await;
        client.holding(PLANTED).ask("{ users { totalCount } }").await;
        let text = lines.take();
        assert!(text.lines().count() > writes.len() * 5, "{text}");
        for secret in &secrets {
            let line = text.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(line, None, "{secret} is in the audit log");
        }
    });
}

//! Every operation that the documents show is put to a gateway in front of the demonstration, and answered as they say.

use std::time::Duration;

use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, World};
use serde_json::{Value, json};

use super::block::{Block, blocks};
use crate::house::{Client, House, ICWS};

/// A block with the variables, and with the answer, that stand right below it.
struct Shown {
    block: Block,
    variables: Value,
    answer: Option<Value>,
}

fn shown() -> Vec<Shown> {
    let mut found = Vec::<Shown>::new();
    let mut is_before = false;
    for block in blocks() {
        if block.language == "graphql" {
            found.push(Shown { block, variables: Value::Null, answer: None });
            is_before = true;
            continue;
        }
        is_before = is_before && block.follows && block.language == "json";
        if let Some(shown) = found.last_mut().filter(|_| is_before) {
            let value: Value =
                serde_json::from_str(&block.text).unwrap_or_else(|error| panic!("{}: {error}", block.place));
            if value.get("data").is_some() || value.get("errors").is_some() {
                shown.answer = Some(value);
            } else {
                shown.variables = value;
            }
        }
    }
    found
}

/// A fresh world, and its administrator at both upstreams.
async fn administrator() -> (House, Client) {
    let house = House::with(World::demo(), |config| {
        "enabled".clone_into(&mut config.portal.dialect.status_field);
        config.limits.introspection = portalgraph::config::Introspection::Everyone;
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await;
    (house, client)
}

/// The first event of a subscription.
async fn first_event(client: &Client, query: &str, variables: &Value) -> Value {
    let body = json!({"query": query, "variables": variables}).to_string();
    let request = client.http().post(format!("{}/graphql", client.url)).bearer_auth(&client.token);
    let request = request.header("accept", "text/event-stream").header("content-type", "application/json");
    let mut response = request.body(body).send().await.unwrap();
    let mut text = String::new();
    loop {
        let chunk = tokio::time::timeout(Duration::from_secs(30), response.chunk()).await.unwrap().unwrap();
        let chunk = chunk.unwrap_or_else(|| panic!("no event: {text}"));
        text.push_str(&String::from_utf8_lossy(&chunk));
        if let Some(data) = text.lines().find_map(|line| line.strip_prefix("data: "))
            && let Ok(event) = serde_json::from_str(data)
        {
            return event;
        }
    }
}

/// Every value under a name, wherever it stands.
fn all<'a>(value: &'a Value, name: &str, into: &mut Vec<&'a Value>) {
    match value {
        Value::Object(members) => {
            into.extend(members.get(name));
            members.values().for_each(|member| all(member, name, into));
        }
        Value::Array(items) => items.iter().for_each(|item| all(item, name, into)),
        _ => {}
    }
}

fn user_errors(answer: &Value) -> Vec<&str> {
    let mut lists = Vec::new();
    all(answer, "userErrors", &mut lists);
    let errors = lists.into_iter().filter_map(Value::as_array).flatten();
    errors.map(|error| error["code"].as_str().unwrap_or("an error without a code")).collect()
}

fn codes(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or_default()).collect()
}

/// Whether an answer is the one that is shown; `…` in a text stands for whatever differs from one time to the next.
fn is_as_shown(shown: &Value, answer: &Value) -> bool {
    match (shown, answer) {
        (Value::Object(shown), Value::Object(answer)) => {
            shown.len() == answer.len()
                && shown
                    .iter()
                    .all(|(name, value)| answer.get(name).is_some_and(|other| is_as_shown(value, other)))
        }
        (Value::Array(shown), Value::Array(answer)) => {
            shown.len() == answer.len()
                && shown.iter().zip(answer).all(|(one, other)| is_as_shown(one, other))
        }
        (Value::String(shown), Value::String(answer)) => match shown.split_once('…') {
            Some((start, end)) => answer.starts_with(start) && answer.ends_with(end),
            None => shown == answer,
        },
        _ => shown == answer,
    }
}

#[tokio::test]
async fn every_operation_is_answered_as_the_documents_say() {
    let shown = shown();
    assert!(shown.len() > 20, "{}", shown.len());
    for Shown { block, variables, answer: expected } in shown {
        let place = &block.place;
        let (_house, client) = administrator().await;
        let is_subscription = block.text.lines().any(|line| line.starts_with("subscription"));
        let answer = if is_subscription {
            first_event(&client, &block.text, &variables).await
        } else {
            client.ask_with(&block.text, variables).await.body
        };
        let errors: Vec<_> = block.options.get("error").map(String::as_str).into_iter().collect();
        assert_eq!(codes(&answer), errors, "{place}: {answer}");
        let refused: Vec<_> = block.options.get("user-error").map(String::as_str).into_iter().collect();
        assert_eq!(user_errors(&answer), refused, "{place}: {answer}");
        // What is asked for by a name that nobody has is null, and shows nothing to who reads the page.
        let is_empty = answer["data"].as_object().is_some_and(|data| data.values().all(Value::is_null));
        assert!(!is_empty || !errors.is_empty(), "{place}: {answer}");
        if let Some(expected) = expected {
            assert!(is_as_shown(&expected, &answer), "{place} shows\n{expected}\nand is\n{answer}");
        }
    }
}

#[test]
fn an_answer_is_as_shown_but_for_what_differs() {
    for (shown, answer, expected) in [
        (json!({"a": "x…"}), json!({"a": "xyz"}), true),
        (json!({"a": ["…"]}), json!({"a": ["anything"]}), true),
        (json!({"a": ["…"]}), json!({"a": ["one", "two"]}), false),
        (json!({"a": 1}), json!({"a": 1, "b": 2}), false),
        (json!({"a": "y…"}), json!({"a": "xyz"}), false),
    ] {
        assert_eq!(is_as_shown(&shown, &answer), expected, "{shown} {answer}");
    }
}

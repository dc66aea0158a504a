//! Automatic persisted queries: off unless sized, kept by what they are, and never by what somebody says they are.

use portalgraph::simulator::{DEMO_LOGIN, World};
use reqwest::StatusCode;
use serde_json::json;

use super::{USERS, assert_counted, assert_refused, persisted, post, sha256};
use crate::house::House;

async fn house() -> House {
    House::with(World::demo(), |config| config.trusted_documents.automatic_max_bytes = 1_000_000).await
}

#[tokio::test]
async fn by_default_clients_are_told_to_send_no_hashes() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let answer = post(&client, json!({"extensions": persisted(&sha256(USERS))})).await;
    assert_refused(&answer, "PERSISTED_QUERY_NOT_SUPPORTED");
    assert_eq!(answer.body["errors"][0]["message"], "PersistedQueryNotSupported");
    // One that sends both is answered, and nothing is remembered.
    assert_counted(&post(&client, json!({"query": USERS, "extensions": persisted(&sha256(USERS))})).await);
    let answer = post(&client, json!({"extensions": persisted(&sha256(USERS))})).await;
    assert_refused(&answer, "PERSISTED_QUERY_NOT_SUPPORTED");
}

#[tokio::test]
async fn a_document_that_was_sent_with_its_hash_is_found_by_it() {
    let house = house().await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let by_hash = json!({"extensions": persisted(&sha256(USERS))});
    assert_refused(&post(&client, by_hash.clone()).await, "PERSISTED_QUERY_NOT_FOUND");
    assert_counted(&post(&client, json!({"query": USERS, "extensions": persisted(&sha256(USERS))})).await);
    assert_counted(&post(&client, by_hash.clone()).await);
    // For everybody, each with their own answer.
    let billing = house.sign_in(("billing@dmn", DEMO_LOGIN.1)).await;
    house.calls();
    assert!(post(&billing, by_hash.clone()).await.body["data"]["users"]["totalCount"].is_number());
    assert_eq!(house.calls()["getUsers"], 1);
    assert_eq!(post(&house.nobody(), by_hash).await.codes(), ["UNAUTHENTICATED"]);
}

#[tokio::test]
async fn nobody_puts_another_text_in_the_place_of_a_document() {
    let house = house().await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let (hash, evil) = (sha256(USERS), "{ viewer { loginName } }");
    let poison = async || {
        for hash in [hash.as_str(), &hash.to_uppercase(), &hash[1..], "", "sha256:"] {
            let answer = post(&client, json!({"query": evil, "extensions": persisted(hash)})).await;
            assert_eq!((answer.status, answer.codes()), (StatusCode::BAD_REQUEST, vec!["BAD_USER_INPUT"]));
        }
    };
    poison().await;
    let by_hash = json!({"extensions": persisted(&hash)});
    assert_refused(&post(&client, by_hash.clone()).await, "PERSISTED_QUERY_NOT_FOUND");
    assert_counted(&post(&client, json!({"query": USERS, "extensions": persisted(&hash)})).await);
    poison().await;
    assert_counted(&post(&client, by_hash).await);
    assert_refused(
        &post(&client, json!({"extensions": persisted(&sha256(evil))})).await,
        "PERSISTED_QUERY_NOT_FOUND",
    );
}

#[tokio::test]
async fn what_may_hold_a_password_or_is_no_document_is_not_remembered() {
    let house = house().await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let mutation = "mutation { login(input: {username: \"admin@dmn\", password: \"planted\"}) { status } }";
    for text in [mutation, "{ not", &format!("{{ {} }}", "a ".repeat(6000))] {
        post(&client, json!({"query": text, "extensions": persisted(&sha256(text))})).await;
        let answer = post(&client, json!({"extensions": persisted(&sha256(text))})).await;
        assert_refused(&answer, "PERSISTED_QUERY_NOT_FOUND");
    }
}

#[tokio::test]
async fn a_slip_in_the_extension_is_told() {
    let house = house().await;
    let client = house.sign_in(DEMO_LOGIN).await;
    for (extensions, expected) in [
        (json!({"persistedQuery": 1}), "`persistedQuery` must be a JSON object, not a number."),
        (json!({"persistedQuery": {}}), "`extensions.persistedQuery.sha256Hash` is missing."),
        (json!({"persistedQuery": {"sha256Hash": 1}}), "`sha256Hash` must be a string, not a number."),
        (
            json!({"persistedQuery": {"version": 2, "sha256Hash": ""}}),
            "`extensions.persistedQuery.version` must be 1.",
        ),
        (json!({}), "`query` is missing: send the GraphQL document there, as a string."),
    ] {
        let answer = post(&client, json!({ "extensions": extensions })).await;
        assert_eq!((answer.status, answer.codes()), (StatusCode::BAD_REQUEST, vec!["BAD_USER_INPUT"]));
        assert_eq!(answer.body["errors"][0]["message"], expected);
    }
}

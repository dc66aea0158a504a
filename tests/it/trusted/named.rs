//! Documents of the operator's list: by every name they have, and nothing beside them where the settings say so.

use portalgraph::config::TrustedMode;
use portalgraph::simulator::{DEMO_LOGIN, World};
use reqwest::StatusCode;
use serde_json::json;

use super::{
    SIGN_IN, SITE, USERS, assert_counted, assert_refused, folder, house, list, persisted, post, response,
    sha256,
};
use crate::house::{Client, House, read};
use crate::service::account;

#[tokio::test]
async fn a_document_is_found_by_its_hash_and_by_the_name_of_its_file() {
    let house = house(TrustedMode::Allow).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    let hash = sha256(USERS);
    for body in [
        json!({"documentId": "users"}),
        json!({"documentId": hash}),
        json!({"documentId": format!("sha256:{hash}"), "query": null}),
        json!({"doc_id": "users", "variables": {}, "extensions": {}}),
        json!({"extensions": persisted(&hash)}),
        json!({"operationName": "Users", "extensions": persisted(&hash), "other": 1}),
        json!({"query": USERS, "extensions": persisted(&hash)}),
    ] {
        assert_counted(&post(&client, body).await);
    }
    // All of them are one question: the answer that is kept for its text.
    assert_eq!(house.call_count(), 1);
    let hit = response(&client, &json!({"documentId": "users", "operationName": ""})).await;
    assert_eq!(hit.headers()["cache-status"], "portalgraph; hit");
    let with_variables = json!({"documentId": "site", "variables": {"id": "none"}});
    assert_eq!(post(&client, with_variables).await.body, json!({"data": {"node": null}}));
}

#[tokio::test]
async fn an_address_names_a_document_too_but_no_mutation() {
    let house = house(TrustedMode::Only).await;
    let client = house.sign_in_by_list(DEMO_LOGIN).await;
    let get = async |parameters: &str| {
        let request = house.http().get(format!("{}/graphql?{parameters}", house.url));
        read(request.bearer_auth(&client.token).send().await.unwrap()).await
    };
    let hash = sha256(USERS);
    let extensions = persisted(&hash).to_string().replace('"', "%22");
    for parameters in [
        "documentId=users",
        "doc_id=users",
        &format!("documentId=sha256:{hash}"),
        &format!("extensions={extensions}"),
    ] {
        assert_counted(&get(parameters).await);
    }
    let answer = get("documentId=leave").await;
    assert_eq!((answer.status, answer.codes()), (StatusCode::METHOD_NOT_ALLOWED, vec!["BAD_USER_INPUT"]));
    assert_counted(&get("documentId=users").await);
    assert_refused(&get("query=%7B__typename%7D").await, "DOCUMENT_NOT_ALLOWED");
    let left = post(&client, json!({"documentId": "leave"})).await;
    assert_eq!(left.body, json!({"data": {"logout": {"isSignedOut": true}}}));
}

#[tokio::test]
async fn an_id_that_is_not_known_says_so() {
    let house = house(TrustedMode::Allow).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    for body in [json!({"documentId": "user"}), json!({"documentId": format!("sha256:{}", sha256("{ a }"))})]
    {
        assert_refused(&post(&client, body).await, "PERSISTED_QUERY_NOT_FOUND");
    }
    let answer = post(&client, json!({"extensions": persisted(&sha256("{ a }"))})).await;
    assert_refused(&answer, "PERSISTED_QUERY_NOT_FOUND");
    // The word that clients of automatic persisted queries wait for.
    assert_eq!(answer.body["errors"][0]["message"], "PersistedQueryNotFound");
    assert_refused(&post(&client, json!({"documentId": "users", "query": USERS})).await, "BAD_USER_INPUT");
    let both = post(&client, json!({"documentId": "users", "doc_id": "users"})).await;
    assert_eq!((both.status, both.codes()), (StatusCode::BAD_REQUEST, vec!["BAD_USER_INPUT"]));
}

#[tokio::test]
async fn where_only_the_list_is_answered_everything_else_is_refused_and_told_what_to_do() {
    let house = house(TrustedMode::Only).await;
    let client = house.sign_in_by_list(DEMO_LOGIN).await;
    house.calls();
    for query in [
        "{ users { totalCount } }",
        "query Users { users { totalCount } }",
        "{ __schema { queryType { name } } }",
        "mutation { login(input: {username: \"admin@dmn\", password: \"demo\"}) { status } }",
        "not GraphQL",
        "",
    ] {
        let answer = client.ask(query).await;
        assert_refused(&answer, "DOCUMENT_NOT_ALLOWED");
        let message = answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("`documentId`") && message.contains("trusted_documents.mode"), "{message}");
    }
    let hashed = json!({"query": "{ a }", "extensions": persisted(&sha256("{ a }"))});
    assert_refused(&post(&client, hashed).await, "DOCUMENT_NOT_ALLOWED");
    assert_eq!(house.call_count(), 0);
    // To the letter it may be sent.
    assert_counted(&client.ask(USERS).await);
    let strict = house
        .http()
        .post(format!("{}/graphql", house.url))
        .header("content-type", "application/json")
        .header("accept", "application/graphql-response+json")
        .body(json!({"query": "{ users { totalCount } }"}).to_string());
    assert_eq!(strict.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn manifests_are_read_as_the_usual_tools_write_them() {
    let apollo = json!({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [
        {"id": "apollos", "name": "Users", "type": "query", "body": USERS},
        {"id": "other", "name": "SignIn", "type": "mutation", "body": SIGN_IN},
    ]});
    let codegens = json!({"0f6c2d0a86f3b8d5b3b5a0a3c1c7a31c": USERS, "b": SIGN_IN});
    for (manifest, id) in [(apollo, "apollos"), (codegens, "0f6c2d0a86f3b8d5b3b5a0a3c1c7a31c")] {
        let path = folder(&[("manifest.json", &manifest.to_string())]).join("manifest.json");
        let house = House::with(World::demo(), |config| list(config, &path, TrustedMode::Only)).await;
        let client = house.sign_in_by_list(DEMO_LOGIN).await;
        for id in [id, &sha256(USERS)] {
            assert_counted(&post(&client, json!({ "documentId": id })).await);
            assert_counted(&post(&client, json!({ "extensions": persisted(id) })).await);
        }
    }
}

#[tokio::test]
async fn a_service_account_with_a_list_of_its_own_is_held_to_it_by_id_too() {
    let (mut wall, token) = account("wall", DEMO_LOGIN);
    wall.allowed_documents = vec![sha256(USERS)];
    let path = folder(&[("users.graphql", USERS), ("site.graphql", SITE)]);
    let house = House::with(World::demo(), |config| {
        list(config, &path, TrustedMode::Allow);
        config.service_accounts.push(wall);
    })
    .await;
    let client = house.nobody().holding(&token);
    assert_refused(
        &post(&client, json!({"documentId": "site", "variables": {"id": ""}})).await,
        "DOCUMENT_NOT_ALLOWED",
    );
    assert_eq!(house.call_count(), 0);
    assert_counted(&post(&client, json!({"documentId": "users"})).await);
}

impl House {
    /// Signs in where only the operator's documents are answered.
    async fn sign_in_by_list(&self, (name, password): (&str, &str)) -> Client {
        let body = json!({"query": SIGN_IN, "variables": {"name": name, "password": password}});
        let answer = post(&self.nobody(), body).await;
        self.nobody().holding(answer.body["data"]["login"]["sessionToken"].as_str().unwrap())
    }
}

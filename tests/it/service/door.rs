//! What a service token opens, in which header, how often, and for which documents.

use portalgraph::config::ServiceAccount;
use portalgraph::simulator::DEMO_LOGIN;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{account, token, wall};
use crate::house::{Answer, Client, House, read};

const USERS: &str = "{ users { totalCount } }";

fn post(house: &House, client: &Client, query: &str) -> RequestBuilder {
    let body = json!({ "query": query }).to_string();
    let request = house.http().post(format!("{}/graphql", client.url));
    request.header("content-type", "application/json").body(body)
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn assert_counted(answer: &Answer) {
    assert_eq!(answer.body, json!({"data": {"users": {"totalCount": 25}}}));
}

#[tokio::test]
async fn a_token_opens_its_account_as_bearer_or_as_password_of_basic_authentication() {
    let (house, client) = wall(|_| ()).await;
    let token = client.token.as_str();
    for request in [
        post(&house, &client, USERS).bearer_auth(token),
        post(&house, &client, USERS).basic_auth("anybody", Some(token)),
        post(&house, &client, USERS).basic_auth("", Some(token)),
        post(&house, &client, USERS)
            .basic_auth("grafana", Some(token))
            .header("sec-fetch-site", "same-origin"),
        house
            .http()
            .get(format!("{}/graphql?query={{users{{totalCount}}}}", house.url))
            .basic_auth("a", Some(token)),
    ] {
        let response = request.send().await.unwrap();
        assert!(response.headers().get("set-cookie").is_none());
        assert_counted(&read(response).await);
    }
    assert_eq!(house.calls()["login"], 1);
}

#[tokio::test]
async fn what_is_no_token_of_the_gateway_is_401_and_says_so() {
    let (house, client) = wall(|_| ()).await;
    let (unknown, _) = token();
    let post = || post(&house, &client, USERS);
    for (request, challenge) in [
        (post().bearer_auth(&unknown), "Bearer error=\"invalid_token\""),
        (post().basic_auth("a", Some(&unknown)), "Basic realm=\"portalgraph\", charset=\"UTF-8\""),
        (post().basic_auth(&client.token, Some("")), "Basic realm=\"portalgraph\", charset=\"UTF-8\""),
        (post().basic_auth("admin@dmn", Some("demo")), "Basic realm=\"portalgraph\", charset=\"UTF-8\""),
        (post().header("authorization", "Basic !"), "Basic realm=\"portalgraph\", charset=\"UTF-8\""),
        (post().header("authorization", "Digest a"), "Bearer"),
    ] {
        let response = request.send().await.unwrap();
        assert_eq!(header(&response, "www-authenticate"), challenge);
        let answer = read(response).await;
        assert_eq!((answer.status, answer.codes()), (StatusCode::UNAUTHORIZED, vec!["UNAUTHENTICATED"]));
        assert!(!answer.body.to_string().contains(&unknown), "{}", answer.body);
    }
    // In a cookie it is no token at all, and a session's token opens no account.
    let cookie = post().header("cookie", format!("portalgraph={}", client.token)).send().await.unwrap();
    assert_eq!(read(cookie).await.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn a_browser_sends_no_basic_authentication_for_another_site() {
    let (house, client) = wall(|_| ()).await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let request = post(&house, &client, USERS).basic_auth("a", Some(&client.token)).header(name, value);
        let answer = read(request.send().await.unwrap()).await;
        assert_eq!((answer.status, answer.codes()), (StatusCode::FORBIDDEN, vec!["FORBIDDEN"]), "{name}");
    }
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn tokens_are_replaced_one_by_one() {
    let (second, hash) = token();
    let (house, first) = wall(|account| account.tokens.push(hash.to_uppercase())).await;
    assert_counted(&first.ask(USERS).await);
    house.calls();
    // The same account: what is kept for one token is found with the other.
    assert_counted(&first.holding(&second).ask(USERS).await);
    assert_eq!(house.call_count(), 0);
    let (house, first) = wall(|account| account.tokens = vec![hash]).await;
    assert_eq!(first.ask(USERS).await.status, StatusCode::UNAUTHORIZED);
    assert_counted(&first.holding(&second).ask(USERS).await);
    assert_eq!(house.calls()["login"], 1);
}

#[tokio::test]
async fn a_read_only_account_sends_no_mutation_and_is_not_even_signed_in_for_one() {
    let (house, client) = wall(|_| ()).await;
    for mutation in [
        "mutation { logout { isSignedOut } }",
        "mutation { login(input: {username: \"admin@dmn\", password: \"demo\"}) { status } }",
        "mutation { deleteUser(input: {userId: \"x\"}) { userErrors { code } } }",
        "query A { users { totalCount } } mutation B { logout { isSignedOut } }",
    ] {
        let body =
            json!({"query": mutation, "operationName": mutation.contains('B').then_some("B")}).to_string();
        let request = post(&house, &client, USERS).bearer_auth(&client.token).body(body);
        let answer =
            read(request.header("accept", "application/graphql-response+json").send().await.unwrap()).await;
        assert_eq!(answer.codes(), ["SERVICE_ACCOUNT_READ_ONLY"], "{mutation}: {}", answer.body);
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(house.call_count(), 0);
    assert_counted(&client.ask(USERS).await);
}

#[tokio::test]
async fn nobody_signs_an_account_in_or_out_by_a_mutation() {
    let (house, client) = wall(|account| account.read_only = false).await;
    client.data(USERS).await;
    house.calls();
    for mutation in [
        "logout { isSignedOut }",
        "logout(input: {upstream: PORTAL}) { isSignedOut }",
        "login(input: {username: \"billing@dmn\", password: \"demo\"}) { status }",
        "login(input: {upstream: ICWS, username: \"icadmin\", password: \"demo\"}) { status }",
        "selectTenant(input: {tenantDatabaseId: 101}) { userErrors { code } }",
    ] {
        let answer = client.ask(&format!("mutation {{ done: {mutation} }}")).await;
        assert_eq!(
            (answer.codes(), &answer.body["data"]["done"]),
            (vec!["FORBIDDEN"], &Value::Null),
            "{mutation}"
        );
    }
    assert_eq!(house.call_count(), 0);
    let viewer = client.data("{ viewer { loginName tenant { name } } }").await;
    assert_eq!(viewer["viewer"]["loginName"], DEMO_LOGIN.0);
}

#[tokio::test]
async fn more_requests_than_allowed_are_429_with_the_time_to_wait() {
    let second = token();
    let (house, client) = wall(|account| {
        account.requests_per_minute = 3;
        account.tokens.push(second.1.clone());
    })
    .await;
    // All tokens of an account count together.
    for token in [&client.token, &second.0, &client.token] {
        assert_counted(&client.holding(token).ask(USERS).await);
    }
    for token in [&client.token, &second.0] {
        let response = post(&house, &client, USERS).bearer_auth(token).send().await.unwrap();
        let wait: u64 = header(&response, "retry-after").parse().unwrap();
        assert!((1..=20).contains(&wait), "{wait}");
        let answer = read(response).await;
        assert_eq!((answer.status, answer.codes()), (StatusCode::TOO_MANY_REQUESTS, vec!["RATE_LIMITED"]));
    }
    // Others are none the worse for it.
    assert_counted(&house.sign_in(DEMO_LOGIN).await.ask(USERS).await);
}

#[tokio::test]
async fn an_account_with_a_list_of_documents_sends_those_to_the_letter() {
    let hash = format!("{:x}", Sha256::digest(USERS));
    let (house, client) = wall(|account| account.allowed_documents = vec![hash]).await;
    for query in ["{ users { totalCount  } }", "{ __schema { queryType { name } } }", "not GraphQL", ""] {
        assert_eq!(client.ask(query).await.codes(), ["DOCUMENT_NOT_ALLOWED"], "{query}");
    }
    assert_eq!(house.call_count(), 0);
    assert_counted(&client.ask(USERS).await);
}

#[tokio::test]
async fn a_gateway_does_not_serve_an_account_without_a_password() {
    let (wall, _) = account("wall", DEMO_LOGIN);
    let wall = ServiceAccount { password_file: "/no/such/file".to_owned(), ..wall };
    let mut config = portalgraph::config::Config::default();
    config.portal.url = "http://127.0.0.1:1".to_owned();
    config.service_accounts.push(wall);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let error = portalgraph::server::run(config, listener, std::future::pending()).await.unwrap_err();
    assert!(error.to_string().starts_with("the service account wall has no password: "), "{error}");
}

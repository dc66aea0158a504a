//! Several operations in one request: off unless the settings say so, and no way around any limit.

use portalgraph::config::Config;
use portalgraph::simulator::DEMO_LOGIN;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{from, proxied, query, told};
use crate::house::{Answer, Client, House, read};
use crate::service::account;

const USERS: &str = "{ users { totalCount } }";
const GROUPS: &str = "{ skillGroups { totalCount } }";

fn three(config: &mut Config) {
    config.limits.max_batched_operations = 3;
}

async fn batch(house: &House, token: &str, operations: &[Value]) -> Answer {
    told(from(house, "203.0.113.1", &json!(operations)).bearer_auth(token)).await.answer
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("(none)")
}

#[tokio::test]
async fn a_batch_is_refused_unless_the_settings_say_how_many() {
    let house = proxied(|_| ()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    for operations in [vec![query(USERS)], vec![query(USERS), query(GROUPS)]] {
        let answer = batch(&house, &client.token, &operations).await;
        assert_eq!((answer.status, answer.codes()), (StatusCode::BAD_REQUEST, vec!["BAD_USER_INPUT"]));
        let message = answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("limits.max_batched_operations"), "{message}");
    }
    let house_of_three = proxied(three).await;
    let client = house_of_three.sign_in(DEMO_LOGIN).await;
    house_of_three.calls();
    let answer = batch(&house_of_three, &client.token, &vec![query(USERS); 4]).await;
    assert_eq!((answer.status, answer.codes()), (StatusCode::BAD_REQUEST, vec!["QUERY_TOO_COSTLY"]));
    assert_eq!(
        answer.body["errors"][0]["message"],
        "This batch has 4 operations; limits.max_batched_operations allows 3."
    );
    assert_eq!(house.call_count() + house_of_three.call_count(), 0);
}

#[tokio::test]
async fn an_array_is_answered_by_an_array_in_its_order() {
    let house = proxied(three).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    let operations = [query(USERS), query("{ nothing }"), query("{ a: __typename }")];
    let answer = batch(&house, &client.token, &operations).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body[0], json!({"data": {"users": {"totalCount": 25}}}));
    assert_eq!(code(&answer.body[1]), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(answer.body[2], json!({"data": {"a": "Query"}}));
    assert_eq!(house.call_count(), 1);
    // What is kept is found, and one operation may still come alone.
    assert_eq!(batch(&house, &client.token, &[query(USERS)]).await.body[0], answer.body[0]);
    assert_eq!(client.ask(USERS).await.body, answer.body[0]);
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn a_batch_is_never_packed_and_hands_out_the_last_cookie() {
    let house = proxied(three).await;
    let (name, password) = DEMO_LOGIN;
    let login = "mutation($input: LoginInput!) { login(input: $input) { status sessionToken } }";
    let login = json!({"query": login, "variables": {"input": {"username": name, "password": password}}});
    let request = from(&house, "203.0.113.1", &json!([login.clone(), query(USERS), login]));
    let response = request.header("accept-encoding", "gzip, br, zstd").send().await.unwrap();
    assert!(response.headers().get("content-encoding").is_none());
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().cloned().collect();
    let answer = read(response).await;
    assert_eq!(code(&answer.body[1]), "UNAUTHENTICATED", "each stands for itself");
    let token = answer.body[2]["data"]["login"]["sessionToken"].as_str().unwrap();
    assert!(matches!(&cookies[..], [only] if only.to_str().unwrap().contains(token)), "{cookies:?}");
}

#[tokio::test]
async fn what_its_operations_may_need_is_added_up() {
    let house = proxied(|config| {
        three(config);
        config.limits.max_portal_calls = 2;
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    let operations = [query(USERS), query(GROUPS), query("{ sites { name } }")];
    let answer = batch(&house, &client.token, &operations).await;
    assert_eq!(["(none)", "(none)", "QUERY_TOO_COSTLY"], [0, 1, 2].map(|place| code(&answer.body[place])));
    let message = answer.body[2]["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("those before it in the batch 2"), "{message}");
    assert_eq!(house.call_count(), 2);
    // By itself it is welcome.
    assert_eq!(client.ask("{ sites { name } }").await.codes(), Vec::<&str>::new());
}

#[tokio::test]
async fn each_operation_is_held_to_the_limits_and_counts_as_a_request() {
    let house = proxied(|config| {
        three(config);
        config.limits.max_root_fields = 1;
        config.rate.identity_requests_per_minute = 1;
        config.rate.identity_burst = 2;
        config.rate.address_requests_per_minute = 1;
        config.rate.address_burst = 2;
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    let two = "{ a: users { totalCount } b: users { totalCount } }";
    let answer = batch(&house, &client.token, &[query(two), query(USERS), query(GROUPS)]).await;
    assert_eq!(
        ["QUERY_TOO_COSTLY", "(none)", "RATE_LIMITED"],
        [0, 1, 2].map(|place| code(&answer.body[place]))
    );
    assert_eq!(house.call_count(), 1);
    let nobody = told(from(&house, "203.0.113.1", &json!(vec![query("{ __typename }"); 3]))).await.answer;
    assert_eq!(["(none)", "(none)", "RATE_LIMITED"], [0, 1, 2].map(|place| code(&nobody.body[place])));
}

#[tokio::test]
async fn a_service_account_sends_a_batch_only_if_it_may_send_all_of_it() {
    let (wall, token) = account("wall", DEMO_LOGIN);
    let house = proxied(|config| {
        three(config);
        config.service_accounts.push(wall);
    })
    .await;
    let wall: Client = house.nobody().holding(&token);
    let refused =
        batch(&house, &wall.token, &[query(USERS), query("mutation { logout { isSignedOut } }")]).await;
    assert_eq!(refused.codes(), ["SERVICE_ACCOUNT_READ_ONLY"]);
    assert_eq!(house.call_count(), 0);
    let answer = batch(&house, &wall.token, &[query(USERS), query(GROUPS)]).await;
    assert_eq!(answer.body[0], json!({"data": {"users": {"totalCount": 25}}}));
    assert_eq!(code(&answer.body[1]), "(none)");
}

//! GraphQL over HTTP: methods, media types, statuses, bodies, and what each refusal says.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use portalgraph::config::Introspection;
use portalgraph::simulator::{DEMO_LOGIN, World};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::house::{Answer, House, read};

const JSON: &str = "application/json; charset=utf-8";
const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";

/// What graphql-js sends when a tool asks for the whole schema, with every option on.
const STANDARD_INTROSPECTION: &str = "query IntrospectionQuery { __schema { description
    queryType { name kind } mutationType { name kind } subscriptionType { name kind }
    types { ...FullType } directives { name description isRepeatable locations
      args(includeDeprecated: true) { ...InputValue } } } }
  fragment FullType on __Type { kind name description specifiedByURL isOneOf
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue }
      type { ...TypeRef } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    possibleTypes { ...TypeRef } }
  fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
  fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

fn post(house: &House) -> RequestBuilder {
    house.http().post(format!("{}/graphql", house.url))
}

fn post_json(house: &House, body: &Value) -> RequestBuilder {
    post(house).header("content-type", "application/json").body(body.to_string())
}

fn get(house: &House, parameters: &str) -> RequestBuilder {
    house.http().get(format!("{}/graphql?{parameters}", house.url))
}

async fn send(request: RequestBuilder) -> Answer {
    read(request.send().await.unwrap()).await
}

/// The status and the first error's message.
async fn refusal(request: RequestBuilder) -> (u16, String) {
    let answer = send(request).await;
    assert!(answer.body.get("data").is_none(), "{answer:?}");
    let error = &answer.body["errors"][0];
    assert!(
        error["extensions"]["code"].is_string() && error["extensions"]["requestId"].is_string(),
        "{answer:?}"
    );
    (answer.status.as_u16(), error["message"].as_str().unwrap().to_owned())
}

async fn expect_refusal(request: RequestBuilder, status: u16, what: &str) {
    let (found, message) = refusal(request).await;
    assert_eq!(found, status, "{message}");
    assert!(message.contains(what), "{message} should say {what}");
}

#[tokio::test]
async fn a_query_is_answered_by_post_and_by_get() {
    let house = House::over(World::demo()).await;
    let expected = json!({"data": {"__typename": "Query"}});
    assert_eq!(send(post_json(&house, &json!({"query": "{ __typename }"}))).await.body, expected);
    assert_eq!(send(get(&house, "query=%7B__typename%7D")).await.body, expected);
    let variables = "query=query($a:Boolean!)%7B__typename+viewer@include(if:$a)%7BloginName%7D%7D\
                     &variables=%7B%22a%22:false%7D";
    assert_eq!(send(get(&house, variables)).await.body, expected);
}

/// By the specification of September 2025: what stands before an operation or a variable may say what it is for.
#[tokio::test]
async fn a_document_may_describe_what_it_asks() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    let query = "\"\"\"\nThe name of a user.\n\"\"\"
        query Name(\"Whose.\" $by: UserBy! = { loginName: \"\\u{62}en.birch@dmn\" }) { user(by: $by) { loginName } }";
    assert_eq!(client.data(query).await, json!({"user": {"loginName": "ben.birch@dmn"}}));
    assert_eq!(house.calls(), BTreeMap::from([("getUsers", 1)]));
}

#[tokio::test]
async fn the_operation_is_chosen_by_its_name_in_both_methods() {
    let house = House::over(World::demo()).await;
    let query = "query A { a: __typename } query B { b: __typename }";
    let answer = send(post_json(&house, &json!({"query": query, "operationName": "B"}))).await;
    assert_eq!(answer.body, json!({"data": {"b": "Query"}}));
    let encoded = "query+A%7Ba:__typename%7Dquery+B%7Bb:__typename%7D";
    let answer = send(get(&house, &format!("query={encoded}&operationName=A"))).await;
    assert_eq!(answer.body, json!({"data": {"a": "Query"}}));
    for (name, what) in [(json!(null), "several operations"), (json!("C"), "no operation named \"C\"")] {
        let (status, message) =
            refusal(post_json(&house, &json!({"query": query, "operationName": name}))).await;
        assert!(status == 200 && message.contains(what), "{status} {message}");
    }
}

#[tokio::test]
async fn the_media_type_is_the_one_asked_for_and_decides_the_status() {
    let house = House::over(World::demo()).await;
    for (accept, kind, status) in [
        ("", JSON, 200),
        ("*/*", JSON, 200),
        ("application/*", JSON, 200),
        ("application/json", JSON, 200),
        ("application/graphql-response+json", GRAPHQL, 400),
        ("application/graphql-response+json; charset=utf-8, application/json;q=0.9", GRAPHQL, 400),
        ("application/graphql-response+json;q=0.5, application/json;q=0.9", JSON, 200),
    ] {
        for query in ["{", "{ unknown }", "query($a: Int!) { __typename }"] {
            let mut request = post_json(&house, &json!({ "query": query }));
            if !accept.is_empty() {
                request = request.header("accept", accept);
            }
            let response = request.send().await.unwrap();
            assert_eq!(response.headers()["content-type"], kind, "{accept}");
            assert_eq!(response.status().as_u16(), status, "{accept}: {query}");
            assert!(read(response).await.body.get("data").is_none(), "{query}");
        }
    }
    for accept in ["text/html", "application/xml", "application/json;q=0", "application/json; charset=latin1"]
    {
        let request = post_json(&house, &json!({"query": "{ __typename }"})).header("accept", accept);
        expect_refusal(request, 406, "application/graphql-response+json or application/json").await;
    }
}

#[tokio::test]
async fn a_field_error_leaves_the_status_alone() {
    let house = House::over(World::demo()).await;
    let request = post_json(&house, &json!({"query": "{ __typename users { totalCount } }"}));
    let answer = send(request.header("accept", "application/graphql-response+json")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["data"], json!({"__typename": "Query", "users": null}));
    assert_eq!(answer.codes(), ["UNAUTHENTICATED"]);
}

#[tokio::test]
async fn only_json_is_taken_from_a_body() {
    let house = House::over(World::demo()).await;
    let body = json!({"query": "{ __typename }"}).to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "application/graphql",
        "application/graphql-response+json",
        "application/json, text/plain",
        "application/jsonp",
        "application/json; charset=utf-16",
        "application/json; a=b",
        "application/json text/plain",
    ] {
        let request = post(&house).header("content-type", kind).body(body.clone());
        expect_refusal(request, 415, "application/json").await;
    }
    expect_refusal(post(&house).body(body.clone()), 415, "Content-Type").await;
    for kind in ["application/json", "APPLICATION/JSON;charset=\"UTF-8\""] {
        let request = post(&house).header("content-type", kind).body(body.clone());
        assert_eq!(send(request).await.body, json!({"data": {"__typename": "Query"}}), "{kind}");
    }
    let request = post(&house).header("content-type", "application/json").header("content-encoding", "gzip");
    expect_refusal(request.body(body), 415, "Content-Encoding").await;
}

#[tokio::test]
async fn a_body_that_is_no_request_says_what_was_expected() {
    let house = House::over(World::demo()).await;
    for (body, what) in [
        (&b""[..], "empty"),
        (b"{", "not JSON"),
        (b"{\"query\": \"\xff\"}", "not UTF-8 after 11 bytes"),
        (b"[{\"query\": \"{ __typename }\"}]", "limits.max_batched_operations"),
        (b"\"{ __typename }\"", "a string"),
        (b"{}", "`query` is missing"),
        (b"{\"query\": null}", "`query` is missing"),
        (b"{\"query\": 1}", "`query` must be a string, not a number"),
        (b"{\"query\": \"{ a }\", \"variables\": []}", "`variables` must be a JSON object, not an array"),
        (b"{\"query\": \"{ a }\", \"variables\": \"{}\"}", "`variables` must be a JSON object, not a string"),
        (b"{\"query\": \"{ a }\", \"operationName\": {}}", "`operationName` must be a string, not an object"),
        (b"{\"query\": \"{ a }\", \"extensions\": 1}", "`extensions` must be a JSON object, not a number"),
    ] {
        let request = post(&house).header("content-type", "application/json").body(body);
        expect_refusal(request, 400, what).await;
    }
    for (address, what) in [
        ("", "`query` is missing"),
        ("query=%7B__typename%7D&variables=x", "`variables` in the address is not JSON"),
        ("query=%7Ba%7D&query=%7Bb%7D", "more than once"),
        ("query=%FF", "not UTF-8"),
    ] {
        expect_refusal(get(&house, address), 400, what).await;
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_not_read() {
    let house = House::with(World::demo(), |config| config.server.max_body_bytes = 1_000).await;
    let query = format!("{{ __typename }} #{}", "x".repeat(2_000));
    expect_refusal(post_json(&house, &json!({ "query": query })), 413, "server.max_body_bytes").await;
}

#[tokio::test]
async fn other_methods_are_not_answered() {
    let house = House::over(World::demo()).await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let response = house.http().request(method, format!("{}/graphql", house.url)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        let allowed = response.headers()["allow"].to_str().unwrap().to_owned();
        assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
        assert!(response.headers().get("access-control-allow-origin").is_none());
    }
    let nowhere = house.http().get(format!("{}/nowhere", house.url)).send().await.unwrap();
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    assert_eq!(read(nowhere).await.codes(), ["NOT_FOUND"]);
}

#[tokio::test]
async fn a_mutation_by_get_is_refused_and_not_carried_out() {
    let house = House::over(World::demo()).await;
    let (name, password) = DEMO_LOGIN;
    let login = format!(
        "mutation A {{ login(input: {{username: \"{name}\", password: \"{password}\"}}) {{ status }} }}"
    );
    for query in [login.clone(), format!("query B {{ __typename }} {login}")] {
        let encoded = utf8_percent_encode(&query, NON_ALPHANUMERIC);
        let request = get(&house, &format!("operationName=A&query={encoded}"));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()["allow"], "POST");
        assert!(response.headers().get("set-cookie").is_none());
    }
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn a_request_has_an_id_that_its_errors_tell() {
    let house = House::over(World::demo()).await;
    for (sent, is_kept) in [("abc-1_2", true), ("a b", false), ("", false)] {
        let request =
            post_json(&house, &json!({"query": "{ users { totalCount } }"})).header("x-request-id", sent);
        let response = request.send().await.unwrap();
        let told = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert_eq!(told == sent, is_kept, "{told}");
        assert_eq!(read(response).await.body["errors"][0]["extensions"]["requestId"], told);
    }
}

#[tokio::test]
async fn no_answer_may_be_kept_on_the_way() {
    let house = House::over(World::demo()).await;
    for (request, expected) in [
        (post_json(&house, &json!({"query": "{ __typename }"})), "no-store"),
        (post_json(&house, &json!({"query": "{"})), "no-store"),
        // By the client alone, who asks each time whether it is still the same.
        (get(&house, "query=%7B__typename%7D"), "private, no-cache"),
        (get(&house, ""), "no-store"),
        (house.http().get(format!("{}/nowhere", house.url)), "no-store"),
        (house.http().get(format!("{}/health/live", house.url)), "no-store"),
    ] {
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["cache-control"], expected);
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn who_may_ask_for_the_schema_is_a_setting() {
    for (setting, nobody, somebody) in [
        (Introspection::Everyone, &[][..], &[][..]),
        (Introspection::SignedIn, &["UNAUTHENTICATED"], &[]),
        (Introspection::Nobody, &["FORBIDDEN"], &["FORBIDDEN"]),
    ] {
        let house = House::with(World::demo(), |config| config.limits.introspection = setting).await;
        let client = house.sign_in(DEMO_LOGIN).await;
        for query in [
            "{ __schema { queryType { name } } }",
            "{ a: __type(name: \"User\") { name } }",
            "{ ...A } fragment A on Query { ... { __type(name: \"User\") { name } } }",
            "{ __schema @skip(if: true) { queryType { name } } }",
        ] {
            assert_eq!(house.ask(query, Value::Null).await.codes(), nobody, "{query}");
            assert_eq!(client.ask(query).await.codes(), somebody, "{query}");
        }
        let plain = house.ask("{ __typename }", Value::Null).await;
        assert_eq!(plain.codes(), Vec::<&str>::new(), "the name of a type is no schema");
    }
}

#[tokio::test]
async fn the_introspection_of_every_tool_is_within_the_limits() {
    let house = House::over(World::demo()).await;
    let answer = house.ask(STANDARD_INTROSPECTION, Value::Null).await;
    assert!(answer.body.get("errors").is_none(), "{:.500}", answer.body.to_string());
    assert!(answer.body["data"]["__schema"]["types"].as_array().unwrap().len() > 80);
    assert_eq!(house.call_count(), 0);
}

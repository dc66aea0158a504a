//! Who gets a table, of what, and by which parameters; and that nobody is sent what they have.

use portalgraph::config::Explain;
use portalgraph::simulator::DEMO_LOGIN;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{DOCUMENTS, get, request, told, wall};
use crate::house::http;
use crate::service::token;

#[tokio::test]
async fn a_table_has_a_tag_of_its_own_and_is_not_sent_twice() {
    let (house, client) = wall(|_, _| ()).await;
    let mut tags = Vec::new();
    for address in ["users.json", "users.json?shape=objects", "users.csv"] {
        let first = get(&client, address).await;
        assert_eq!(first.header("cache-control"), "private, no-cache");
        assert!(first.header("vary").contains("authorization"));
        let tag = first.header("etag").to_owned();
        let again = told(request(&client, address).header("if-none-match", &tag)).await;
        assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
        let head = http()
            .request(Method::HEAD, format!("{}/table/{address}", client.url))
            .bearer_auth(&client.token);
        let head = told(head).await;
        assert_eq!(
            (head.status, head.text.as_str(), head.header("etag")),
            (StatusCode::OK, "", tag.as_str())
        );
        tags.push(tag);
    }
    tags.dedup();
    assert_eq!(tags.len(), 3);
    assert_eq!(house.call_count(), 2);
    let packed = told(request(&client, "users.json?first=25").header("accept-encoding", "br")).await;
    assert_eq!(packed.header("content-encoding"), "br");
}

#[tokio::test]
async fn it_has_no_room_for_an_explanation_and_says_so() {
    let (house, client) = wall(|config, _| config.limits.explain = Explain::SignedIn).await;
    let refused = told(request(&client, "users.json").header("portalgraph-explain", "1")).await;
    let (code, message) = refused.error();
    assert_eq!(
        (refused.status, code.as_str(), house.call_count()),
        (StatusCode::BAD_REQUEST, "BAD_USER_INPUT", 0)
    );
    assert!(message.contains("/graphql"), "{message}");
}

#[tokio::test]
async fn it_is_for_who_may_ask_the_same_at_the_graph() {
    let (house, client) = wall(|_, _| ()).await;
    let address = format!("{}/table/viewer.csv", house.url);
    let of = |told: super::Told| (told.status, told.text);
    let shown = format!("viewer.loginName\r\n{}\r\n", DEMO_LOGIN.0);
    assert_eq!(of(get(&client, "viewer.csv").await), (StatusCode::OK, shown.clone()));
    let basic = |site: &str| {
        http().get(&address).basic_auth("any", Some(&client.token)).header("sec-fetch-site", site)
    };
    assert_eq!(of(told(basic("none")).await), (StatusCode::OK, shown.clone()));
    assert_eq!(told(basic("cross-site")).await.status, StatusCode::FORBIDDEN);

    // A person, by cookie, from the gateway's own page alone.
    let person = house.sign_in(DEMO_LOGIN).await;
    let cookie = |site: &str| {
        let cookie = format!("portalgraph={}", person.token);
        http().get(&address).header("cookie", cookie).header("sec-fetch-site", site)
    };
    assert_eq!(of(told(cookie("same-origin")).await), (StatusCode::OK, shown));
    assert_eq!(told(cookie("cross-site")).await.status, StatusCode::FORBIDDEN);

    house.calls();
    let nobody = get(&house.nobody(), "users.json").await;
    assert_eq!((nobody.status, nobody.error().0.as_str()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
    assert!(nobody.header("www-authenticate").starts_with("Basic"), "{nobody:?}");
    let stranger = get(&client.holding(&token().0), "users.json").await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn an_account_is_held_to_its_documents_and_its_rate() {
    let (house, client) = wall(|_, wall| {
        let hash = |name: &str| {
            let (_, text) = DOCUMENTS.iter().find(|(known, _)| *known == name).unwrap();
            format!("{:x}", Sha256::digest(text))
        };
        wall.allowed_documents =
            vec![hash("counts"), format!("{:x}", Sha256::digest("{ viewer { loginName } }"))];
        wall.requests_per_minute = 4;
    })
    .await;
    assert_eq!(get(&client, "counts.json").await.status, StatusCode::OK);
    house.calls();
    let refused = get(&client, "users.json").await;
    assert_eq!((refused.status, refused.error().0.as_str()), (StatusCode::FORBIDDEN, "DOCUMENT_NOT_ALLOWED"));
    assert_eq!(get(&client, "counts.csv").await.status, StatusCode::OK);
    let late = get(&client, "counts.json").await;
    assert_eq!((late.status, late.error().0.as_str()), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"));
    assert!(!late.header("retry-after").is_empty());
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn parameters_are_the_variables_of_the_document() {
    let (house, client) = wall(|_, _| ()).await;
    let rows = async |address: &str| get(&client, address).await.json()["rows"].as_array().map(Vec::len);
    assert_eq!(rows("users.json?first=7").await, Some(7));
    assert_eq!(rows("users.json?filter=%7B%22isActive%22%3Atrue%7D&first=2").await, Some(2));
    assert_eq!(rows("two.json?operationName=B").await, rows("some.json?rows=departments").await);
    let hash = format!("{:x}", Sha256::digest(DOCUMENTS[0].1));
    assert_eq!(rows(&format!("{hash}.json")).await, Some(3));
    house.calls();
    for (address, expected) in [
        ("users.json?first=many", "The parameter `first` must be of type Int: a whole number, such as 20."),
        (
            "users.json?frist=3",
            "The document has no variable of the name of a parameter; it has `first`, `filter`, `search`.",
        ),
        ("users.json?first=3&first=4", "`first` is in the address more than once."),
        ("agents.json", "The variable \"$first\" of type \"Int!\" was not provided."),
        (
            "named.json?by=1",
            "The parameter `by` must be of type UserBy!: a JSON object, with its names in quotes.",
        ),
        ("users.json?rows=users.totalCount", "`rows` must name a list of records"),
        ("two.json", "The document has several operations"),
        ("users.csv?shape=rows", "`shape` must be table or objects."),
        ("users.json?first=%FF", "The address is not UTF-8 in `first`."),
    ] {
        let told = get(&client, address).await;
        assert_eq!(
            (told.status, told.error().0.as_str()),
            (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"),
            "{address}"
        );
        assert!(told.error().1.starts_with(expected), "{address}: {}", told.text);
        assert_eq!(told.header("content-type"), "application/json; charset=utf-8");
    }
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn there_are_tables_of_listed_queries_alone() {
    let (house, client) = wall(|config, _| config.trusted_documents.automatic_max_bytes = 1_000_000).await;
    let text = "{ sites { name } }";
    let hash = format!("{:x}", Sha256::digest(text));
    let known = json!({"query": text, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash}}});
    let post = |url: String, body: &Value| {
        http()
            .post(url)
            .bearer_auth(&client.token)
            .header("content-type", "application/json")
            .body(body.to_string())
    };
    assert_eq!(told(post(format!("{}/graphql", house.url), &known)).await.status, StatusCode::OK);
    house.calls();
    for (address, status) in [
        (format!("{hash}.json"), StatusCode::NOT_FOUND),
        ("nothing.json".to_owned(), StatusCode::NOT_FOUND),
        ("users.xml".to_owned(), StatusCode::NOT_FOUND),
        ("users".to_owned(), StatusCode::NOT_FOUND),
        ("..%2Fusers.json".to_owned(), StatusCode::NOT_FOUND),
        ("leave.json".to_owned(), StatusCode::FORBIDDEN),
    ] {
        assert_eq!(get(&client, &address).await.status, status, "{address}");
    }
    let person = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    let leave = get(&person, "leave.json").await;
    assert_eq!((leave.status, leave.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    let posted = told(post(format!("{}/table/users.json", house.url), &json!({}))).await;
    assert_eq!((posted.status, posted.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD"));
    assert_eq!(house.call_count(), 0);
}

//! How a session is shown: by a bearer token, or by a cookie that scripts cannot read.

use portalgraph::config::SecureCookie;
use portalgraph::simulator::{DEMO_LOGIN, World};
use reqwest::Response;
use serde_json::json;

use super::LOGIN;
use crate::house::{House, read};

const VIEWER: &str = "{ viewer { loginName } }";

/// Posts with these headers besides the usual one.
async fn post(house: &House, query: &str, headers: &[(&str, &str)]) -> Response {
    let variables = json!({"username": DEMO_LOGIN.0, "password": DEMO_LOGIN.1});
    let request =
        house.http().post(format!("{}/graphql", house.url)).header("content-type", "application/json");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(json!({"query": query, "variables": variables}).to_string()).send().await.unwrap()
}

fn cookies(response: &Response) -> Vec<String> {
    let cookies = response.headers().get_all("set-cookie").iter();
    cookies.map(|cookie| cookie.to_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_cookie_or_a_bearer_token_opens_the_session() {
    let house = House::over(World::demo()).await;
    let response = post(&house, LOGIN, &[]).await;
    let [cookie] = cookies(&response).try_into().unwrap();
    let token = read(response).await.body["data"]["login"]["sessionToken"].as_str().unwrap().to_owned();
    assert_eq!(cookie, format!("portalgraph={token}; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax"));
    for proof in [
        ("cookie", format!("portalgraph={token}")),
        ("cookie", format!("theme=dark; portalgraph={token}")),
        ("authorization", format!("Bearer {token}")),
        ("authorization", format!("bearer {token}")),
    ] {
        let response = post(&house, VIEWER, &[(proof.0, &proof.1)]).await;
        assert!(cookies(&response).is_empty(), "{proof:?}");
        assert_eq!(read(response).await.body["data"]["viewer"]["loginName"], DEMO_LOGIN.0, "{proof:?}");
    }
}

#[tokio::test]
async fn behind_tls_the_cookie_is_secure_and_of_this_host_alone() {
    let house = House::with(World::demo(), |config| config.server.secure_cookie = SecureCookie::Always).await;
    let response = post(&house, LOGIN, &[]).await;
    let [cookie] = cookies(&response).try_into().unwrap();
    assert!(cookie.starts_with("__Host-portalgraph="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    let (shown, _) = cookie.split_once(';').unwrap();
    let answer = read(post(&house, VIEWER, &[("cookie", shown)]).await).await;
    assert_eq!(answer.body["data"]["viewer"]["loginName"], DEMO_LOGIN.0);
}

#[tokio::test]
async fn the_cookie_lasts_as_long_as_the_session_may() {
    let house = House::with(World::demo(), |config| config.session.max_minutes = 5).await;
    let [cookie] = cookies(&post(&house, LOGIN, &[]).await).try_into().unwrap();
    assert!(cookie.contains("; Max-Age=300;"), "{cookie}");
}

#[tokio::test]
async fn signing_out_and_a_session_that_has_ended_take_the_cookie_back() {
    let house = House::over(World::demo()).await;
    let [cookie] = cookies(&post(&house, LOGIN, &[]).await).try_into().unwrap();
    let (shown, _) = cookie.split_once(';').unwrap();
    for query in ["mutation { logout { isSignedOut } }", VIEWER] {
        let [gone] = cookies(&post(&house, query, &[("cookie", shown)]).await).try_into().unwrap();
        assert_eq!(gone, "portalgraph=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax", "{query}");
    }
}

#[tokio::test]
async fn who_shows_a_bearer_token_gets_no_cookie() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let bearer = format!("Bearer {}", client.token);
    let response = post(&house, LOGIN, &[("authorization", &bearer)]).await;
    assert!(cookies(&response).is_empty());
    assert_eq!(read(response).await.body["data"]["login"]["status"], "SIGNED_IN");
}

#[tokio::test]
async fn a_token_nobody_was_given_opens_nothing() {
    let house = House::over(World::demo()).await;
    house.sign_in(DEMO_LOGIN).await;
    for token in ["short", &"A".repeat(43)] {
        let bearer = format!("Bearer {token}");
        let answer =
            read(post(&house, "{ users { totalCount } }", &[("authorization", &bearer)]).await).await;
        assert_eq!(answer.codes(), ["UNAUTHENTICATED"], "{token}");
    }
}

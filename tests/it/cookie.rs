//! The session cookie of browsers: what it carries, when it is set and taken back, and whose requests it opens.

use portalgraph::config::SecureCookie;
use portalgraph::simulator::{DEMO_LOGIN, World};
use reqwest::header::SET_COOKIE;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::json;

use crate::house::{House, read};

const VIEWER: &str = "{ viewer { loginName } }";
const GET_VIEWER: &str = "query=%7Bviewer%7BloginName%7D%7D";

fn post(house: &House, query: &str) -> RequestBuilder {
    let request = house.http().post(format!("{}/graphql", house.url));
    request.header("content-type", "application/json").body(json!({ "query": query }).to_string())
}

fn login(house: &House, (name, password): (&str, &str)) -> RequestBuilder {
    post(
        house,
        &format!(
            "mutation {{ login(input: {{username: \"{name}\", password: \"{password}\"}}) {{ status }} }}"
        ),
    )
}

fn cookies(response: &Response) -> Vec<String> {
    response.headers().get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

/// Signs in as a browser does and answers what it sends from then on.
async fn sign_in(house: &House) -> String {
    let set = cookies(&login(house, DEMO_LOGIN).send().await.unwrap());
    set[0].split(';').next().unwrap().to_owned()
}

async fn login_name(request: RequestBuilder) -> Option<String> {
    let answer = read(request.send().await.unwrap()).await;
    assert_eq!(answer.codes(), Vec::<&str>::new(), "{answer:?}");
    answer.body["data"]["viewer"]["loginName"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn the_cookie_is_closed_to_scripts_and_other_sites_and_secure_but_on_loopback() {
    for (setting, host, name, is_secure) in [
        (SecureCookie::Auto, "127.0.0.1:4000", "portalgraph", false),
        (SecureCookie::Auto, "localhost:4000", "portalgraph", false),
        (SecureCookie::Auto, "[::1]:4000", "portalgraph", false),
        (SecureCookie::Auto, "graph.example.com", "__Host-portalgraph", true),
        (SecureCookie::Always, "127.0.0.1:4000", "__Host-portalgraph", true),
        (SecureCookie::Never, "graph.example.com", "portalgraph", false),
    ] {
        let house = House::with(World::demo(), |config| config.server.secure_cookie = setting).await;
        let response = login(&house, DEMO_LOGIN).header("host", host).send().await.unwrap();
        let set = cookies(&response);
        assert_eq!(set.len(), 1, "{set:?}");
        let mut parts = set[0].split("; ");
        let (given, token) = parts.next().unwrap().split_once('=').unwrap();
        assert_eq!((given, token.len()), (name, 43), "{setting:?} {host}");
        let mut attributes: Vec<_> = parts.collect();
        attributes.sort_unstable();
        let mut expected = vec!["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Lax"];
        expected.extend(is_secure.then_some("Secure"));
        assert_eq!(attributes, expected, "{setting:?} {host}");
        let request = post(&house, VIEWER).header("host", host).header("cookie", format!("{name}={token}"));
        assert_eq!(login_name(request).await.as_deref(), Some(DEMO_LOGIN.0));
    }
}

#[tokio::test]
async fn a_failed_sign_in_sets_no_cookie() {
    let house = House::over(World::demo()).await;
    let response = login(&house, (DEMO_LOGIN.0, "wrong")).send().await.unwrap();
    assert_eq!(cookies(&response), Vec::<String>::new());
}

#[tokio::test]
async fn signing_out_takes_the_cookie_back_and_what_opens_nothing_is_taken_back_too() {
    let house = House::over(World::demo()).await;
    let cookie = sign_in(&house).await;
    let expired = "portalgraph=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";
    let logout =
        post(&house, "mutation { logout { __typename } }").header("cookie", &cookie).send().await.unwrap();
    assert_eq!(cookies(&logout), [expired]);
    assert_eq!(house.simulator.sessions(DEMO_LOGIN.0), 0);
    let after = post(&house, VIEWER).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(cookies(&after), [expired]);
    assert_eq!(read(after).await.body, json!({"data": {"viewer": null}}));
}

#[tokio::test]
async fn who_signs_in_anew_has_one_session_and_the_former_one_has_ended() {
    let house = House::over(World::demo()).await;
    let first = sign_in(&house).await;
    let response = login(&house, DEMO_LOGIN).header("cookie", &first).send().await.unwrap();
    let second = cookies(&response)[0].split(';').next().unwrap().to_owned();
    assert_ne!(first, second);
    assert_eq!(login_name(post(&house, VIEWER).header("cookie", first)).await, None);
    assert_eq!(
        login_name(post(&house, VIEWER).header("cookie", second)).await.as_deref(),
        Some(DEMO_LOGIN.0)
    );
    assert_eq!(house.simulator.sessions(DEMO_LOGIN.0), 1);
}

#[tokio::test]
async fn what_another_site_makes_a_browser_send_is_refused() {
    let house = House::over(World::demo()).await;
    let cookie = sign_in(&house).await;
    house.calls();
    let host = house.url.strip_prefix("http://").unwrap();
    let own = format!("http://{host}");
    for (headers, is_own) in [
        (vec![("sec-fetch-site", "same-origin")], true),
        (vec![("sec-fetch-site", "none")], true),
        (vec![("origin", own.as_str())], true),
        (vec![], true),
        (vec![("sec-fetch-site", "cross-site")], false),
        (vec![("sec-fetch-site", "cross-site"), ("origin", own.as_str())], false),
        (vec![("sec-fetch-site", "same-site")], false),
        (vec![("origin", "http://evil.example")], false),
        (vec![("origin", "null")], false),
        (vec![("origin", "http://127.0.0.1:1")], false),
    ] {
        let mut request = post(&house, VIEWER).header("cookie", &cookie);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let answer = read(request.send().await.unwrap()).await;
        let (status, codes): (_, &[_]) =
            if is_own { (StatusCode::OK, &[]) } else { (StatusCode::FORBIDDEN, &["FORBIDDEN"]) };
        assert_eq!((answer.status, answer.codes()), (status, codes.to_vec()), "{headers:?}");
    }
    // A bearer token is nothing a browser sends by itself.
    let token = cookie.split_once('=').unwrap().1;
    let request = post(&house, VIEWER).bearer_auth(token).header("origin", "http://evil.example");
    assert_eq!(
        login_name(request.header("sec-fetch-site", "cross-site")).await.as_deref(),
        Some(DEMO_LOGIN.0)
    );
}

#[tokio::test]
async fn a_get_with_the_cookie_must_show_that_it_is_no_link() {
    let house = House::over(World::demo()).await;
    let cookie = sign_in(&house).await;
    let get = || house.http().get(format!("{}/graphql?{GET_VIEWER}", house.url)).header("cookie", &cookie);
    assert_eq!(get().send().await.unwrap().status(), StatusCode::FORBIDDEN);
    for (name, value) in [("x-requested-with", "tests"), ("sec-fetch-site", "same-origin")] {
        assert_eq!(login_name(get().header(name, value)).await.as_deref(), Some(DEMO_LOGIN.0));
    }
    let without = house.http().get(format!("{}/graphql?{GET_VIEWER}", house.url));
    assert_eq!(login_name(without).await, None, "without a session there is nothing to protect");
}

#[tokio::test]
async fn who_shows_a_bearer_token_is_given_no_cookie() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    for query in [VIEWER, "mutation { logout { __typename } }", VIEWER] {
        let response = post(&house, query).bearer_auth(&client.token).send().await.unwrap();
        assert_eq!(cookies(&response), Vec::<String>::new(), "{query}");
    }
}

#[tokio::test]
async fn a_proof_that_cannot_be_one_is_told_apart() {
    let house = House::over(World::demo()).await;
    for (name, value, status) in [
        ("authorization", "Basic YTpi", 401),
        ("authorization", "Bearer a b", 400),
        ("cookie", "portalgraph=a; portalgraph=b", 400),
    ] {
        let response = post(&house, VIEWER).header(name, value).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{name}: {value}");
    }
    let unknown = "A".repeat(43);
    assert_eq!(login_name(post(&house, VIEWER).bearer_auth(unknown)).await, None);
}

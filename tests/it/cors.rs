//! Front ends on other hosts: closed unless listed, to the letter, and then with the session's cookie.

use portalgraph::config::Config;
use portalgraph::simulator::{DEMO_LOGIN, World};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::house::House;

const DESK: &str = "https://desk.example.com";

async fn house(origins: &[&str]) -> House {
    let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
    House::with(World::demo(), |config| config.server.cors_origins = origins).await
}

async fn send(
    house: &House,
    method: Method,
    headers: &[(&str, &str)],
    query: &str,
) -> (StatusCode, HeaderMap) {
    let mut request = house.http().request(method.clone(), format!("{}/graphql", house.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if method == Method::POST {
        request =
            request.header("content-type", "application/json").body(json!({"query": query}).to_string());
    }
    let response = request.send().await.unwrap();
    (response.status(), response.headers().clone())
}

async fn preflight(house: &House, origin: &str) -> (StatusCode, HeaderMap) {
    let asks = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,authorization"),
    ];
    send(house, Method::OPTIONS, &asks, "").await
}

#[tokio::test]
async fn nobody_is_let_in_from_elsewhere_by_default() {
    let house = house(&[]).await;
    let (status, headers) = preflight(&house, DESK).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{headers:?}");
    let (status, headers) = send(&house, Method::POST, &[("origin", DESK)], "{ __typename }").await;
    assert_eq!(status, StatusCode::OK, "without a cookie there is nothing to protect");
    assert!(headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{headers:?}");
}

#[tokio::test]
async fn a_listed_origin_may_ask_with_the_cookie_and_read_the_answer() {
    let house = house(&[DESK, "http://localhost:5173"]).await;
    let (status, headers) = preflight(&house, DESK).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["access-control-allow-origin"], DESK);
    assert_eq!(headers["access-control-allow-credentials"], "true");
    assert_eq!(headers["access-control-allow-methods"], "GET,POST");
    assert!(headers["access-control-allow-headers"].to_str().unwrap().contains("authorization"));

    let login = format!(
        "mutation {{ login(input: {{username: \"{}\", password: \"{}\"}}) {{ status }} }}",
        DEMO_LOGIN.0, DEMO_LOGIN.1
    );
    let from_desk = [("origin", DESK), ("sec-fetch-site", "same-site")];
    let (_, headers) = send(&house, Method::POST, &from_desk, &login).await;
    assert_eq!(headers["access-control-allow-origin"], DESK);
    let cookie = headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let with_cookie = [("origin", DESK), ("sec-fetch-site", "same-site"), ("cookie", cookie.as_str())];
    let (status, headers) = send(&house, Method::POST, &with_cookie, "{ viewer { loginName } }").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        headers.get_all("vary").iter().any(|vary| vary.to_str().unwrap().contains("origin")),
        "{headers:?}"
    );
    assert!(headers["access-control-expose-headers"].to_str().unwrap().contains("retry-after"));
}

#[tokio::test]
async fn what_only_looks_like_a_listed_origin_is_let_in_no_further_than_others() {
    let house = house(&[DESK]).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let cookie = format!("portalgraph={}", client.token);
    for origin in [
        "http://desk.example.com",
        "https://desk.example.com:8443",
        "https://desk.example.com.evil.example",
        "https://evil.example/https://desk.example.com",
        "https://DESK.example.com",
        "null",
    ] {
        let (_, headers) = preflight(&house, origin).await;
        assert!(!headers.contains_key("access-control-allow-origin"), "{origin}");
        let asks = [("origin", origin), ("sec-fetch-site", "cross-site"), ("cookie", cookie.as_str())];
        let (status, headers) = send(&house, Method::POST, &asks, "{ viewer { loginName } }").await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{origin}");
        assert!(!headers.contains_key("access-control-allow-origin"), "{origin}");
    }
}

#[tokio::test]
async fn an_origin_is_written_as_browsers_send_it() {
    for (origins, is_right) in [
        ("*", false),
        ("https://desk.example.com/", false),
        ("https://desk.example.com:443", false),
        ("desk.example.com", false),
        ("https://desk.example.com,null", false),
        ("https://desk.example.com:8443, http://localhost:5173", true),
    ] {
        let option = ("PORTALGRAPH__SERVER__CORS_ORIGINS".to_owned(), origins.to_owned());
        let loaded = Config::load(None, [option].into_iter());
        assert_eq!(loaded.is_ok(), is_right, "{origins}");
        if let Err(error) = loaded {
            assert!(error.to_string().contains("a list of origins as browsers send them"), "{error}");
        }
    }
}

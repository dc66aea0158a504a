//! The query editor: served whole from the program, closed to everything outside, kept by browsers as long as it may be.

use std::path::Path;

use portalgraph::simulator::World;
use reqwest::{Response, StatusCode};

use crate::house::House;

/// Whether the page was built before the program was; without it, a notice stands in its place.
fn is_built() -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("web/dist/index.html").exists()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

async fn get(house: &House, path: &str) -> Response {
    house.http().get(format!("{}{path}", house.url)).send().await.unwrap()
}

/// A client that takes answers as they come, packed or not.
#[expect(clippy::disallowed_methods, reason = "a client of the gateway, not of the portal")]
fn plain_client() -> reqwest::Client {
    reqwest::Client::builder().no_gzip().no_proxy().build().unwrap()
}

/// The addresses of the assets the page names.
fn assets(page: &str) -> Vec<String> {
    page.split('"')
        .filter(|text| text.starts_with("/assets/") || text.starts_with("./assets/"))
        .map(|text| text.trim_start_matches('.').to_owned())
        .collect()
}

#[tokio::test]
async fn the_page_asks_for_nothing_from_outside() {
    let house = House::over(World::demo()).await;
    let response = get(&house, "/").await;
    assert_eq!(
        (response.status(), header(&response, "content-type")),
        (StatusCode::OK, "text/html; charset=utf-8")
    );
    let policy = header(&response, "content-security-policy").to_owned();
    for directive in
        ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]
    {
        assert!(policy.split(';').any(|part| part.trim() == directive), "{policy}");
    }
    assert!(!policy.contains("http") && !policy.contains("unsafe-eval"), "{policy}");
    assert_eq!(header(&response, "x-frame-options"), "DENY");
    assert_eq!(header(&response, "referrer-policy"), "no-referrer");
    assert_eq!(header(&response, "x-content-type-options"), "nosniff");
    let page = response.text().await.unwrap();
    assert!(!page.contains("src=\"http") && !page.contains("href=\"http"), "{page}");
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn assets_are_kept_for_good_and_the_page_is_asked_for_anew() {
    let house = House::over(World::demo()).await;
    let response = get(&house, "/").await;
    assert_eq!(header(&response, "cache-control"), "no-cache");
    let tag = header(&response, "etag").to_owned();
    let named = assets(&response.text().await.unwrap());
    if !is_built() {
        assert_eq!(named, Vec::<String>::new());
        return;
    }
    let again =
        house.http().get(format!("{}/", house.url)).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(!named.is_empty());
    let http = plain_client();
    for asset in named {
        let request = || http.get(format!("{}{asset}", house.url));
        let plain = request().send().await.unwrap();
        assert_eq!(plain.status(), StatusCode::OK, "{asset}");
        assert_eq!(header(&plain, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(header(&plain, "content-encoding"), "");
        assert_ne!(header(&plain, "content-type"), "application/octet-stream", "{asset}");
        let plain = plain.bytes().await.unwrap();
        let packed = request().header("accept-encoding", "br, gzip");
        let packed = packed.send().await.unwrap();
        assert_eq!(
            (header(&packed, "content-encoding"), header(&packed, "vary")),
            ("gzip", "accept-encoding")
        );
        let packed = packed.bytes().await.unwrap();
        assert!(packed.starts_with(&[0x1f, 0x8b]) && packed.len() < plain.len(), "{asset}");
    }
}

#[tokio::test]
async fn the_licences_of_what_the_page_is_made_of_come_with_it() {
    let house = House::over(World::demo()).await;
    let response = get(&house, "/licenses.md").await;
    if is_built() {
        assert_eq!(
            (response.status(), header(&response, "content-type")),
            (StatusCode::OK, "text/plain; charset=utf-8")
        );
        let text = response.text().await.unwrap();
        assert!(text.contains("graphiql") && text.contains("MIT"), "{text:.300}");
    } else {
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn there_is_nothing_else() {
    let house = House::over(World::demo()).await;
    for path in [
        "/assets/none.js",
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/index.html",
        "/index.htm",
        "/favicon",
        "/graphiql",
    ] {
        let response = get(&house, path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(header(&response, "cache-control"), "no-store", "{path}");
    }
    let posted = house.http().post(format!("{}/", house.url)).send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_page_that_was_not_built_says_how() {
    let house = House::over(World::demo()).await;
    let page = get(&house, "/").await.text().await.unwrap();
    assert_eq!(page.contains("npm run build"), !is_built(), "{page:.300}");
}

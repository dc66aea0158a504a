//! The query editor on `/`: the built page, packed into the program by `build.rs`. The console's page is packed beside it.

use std::io::Read as _;

use axum::Extension;
use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;

use super::request_id::RequestId;
use super::router::nothing_here;

/// What the names of the console's own files begin with: clients are not given them.
const CONSOLE: [&str; 2] = ["console", "assets/console"];

/// One file of the pages.
struct File {
    path: &'static str,
    tag: &'static str,
    packed: &'static [u8],
}

/// The built pages; empty if they were not built before the program was.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// Only the gateway's own files and answers. Styles are inline because the editor computes them as it draws.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>portalgraph</title>\
    <h1>The query editor is not in this program</h1>\
    <p>It was compiled before the page was built. <code>make demo</code> builds both; by hand it is \
    <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code> and then <code>cargo build</code>.</p>\
    <p>The graph answers all the same: POST to <code>/graphql</code>.</p></html>";

/// Serves the page on `/` and its files under their own names.
pub(super) async fn page(uri: Uri, headers: HeaderMap, id: Extension<RequestId>) -> Response {
    let path = uri.path().trim_start_matches('/');
    let is_index = path.is_empty();
    let path = if is_index { "index.html" } else { path };
    let is_of_console = CONSOLE.iter().any(|beginning| path.starts_with(beginning));
    let mut response = match built(path, &headers).await {
        Some(response) if !is_of_console => response,
        None if is_index => notice(NOT_BUILT),
        _ => return nothing_here(id).await,
    };
    let headers = response.headers_mut();
    // The build names assets after their content; anything else may change under its name.
    let caching =
        if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    for (name, value) in [
        (CACHE_CONTROL, caching),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A file of the built pages, if there is one of this name.
pub(super) async fn built(path: &str, headers: &HeaderMap) -> Option<Response> {
    let file = FILES.iter().find(|file| file.path == path)?;
    Some(serve(file, headers).await)
}

/// What stands in the place of a page that was not built.
pub(super) fn notice(text: &'static str) -> Response {
    ([(CONTENT_TYPE, content_type("html"))], text).into_response()
}

async fn serve(file: &'static File, headers: &HeaderMap) -> Response {
    let mut response = if names(headers, &IF_NONE_MATCH, file.tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = if names(headers, &ACCEPT_ENCODING, "gzip") {
            let mut packed = Response::new(Body::from(file.packed));
            packed.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            packed
        } else {
            match tokio::task::spawn_blocking(|| unpacked(file.packed)).await {
                Ok(Ok(plain)) => Response::new(Body::from(plain)),
                _ => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        };
        let extension = file.path.rsplit('.').next().unwrap_or_default();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type(extension)));
        response
    };
    response.headers_mut().insert(ETAG, HeaderValue::from_static(file.tag));
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn unpacked(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut plain)?;
    Ok(plain)
}

/// Whether the header, a list, has the word or `*`, and not with quality zero.
fn names(headers: &HeaderMap, header: &HeaderName, word: &str) -> bool {
    headers
        .get_all(header)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| {
            let (name, quality) = item.split_once(';').unwrap_or((item, ""));
            let name = name.trim();
            let is_refused =
                quality.trim().strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty());
            (name.eq_ignore_ascii_case(word) || name == "*") && !is_refused
        })
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "ttf" => "font/ttf",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "md" | "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_only_to_who_takes_it() {
        let takes = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
            names(&headers, &ACCEPT_ENCODING, "gzip")
        };
        assert!(["gzip", "br, GZIP;q=0.5", "*", "deflate,gzip;q=1.0"].into_iter().all(takes));
        assert!(!["br", "gzip;q=0", "gzip; q=0.00", "identity", ""].into_iter().any(takes));
    }

    #[test]
    fn every_packed_file_unpacks() {
        for file in FILES {
            assert!(unpacked(file.packed).is_ok(), "{}", file.path);
        }
    }
}

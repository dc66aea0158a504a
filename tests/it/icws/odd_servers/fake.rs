//! An ICWS that answers whatever a test wants it to.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use serde_json::{Value, json};

pub struct Asked {
    pub nth: usize,
    pub query: String,
    pub range: Option<(usize, usize)>,
    pub post: bool,
}
pub type Told = (u16, Option<String>, Value);

/// A fake ICWS.
pub async fn fake(answer: impl Fn(Asked) -> Told + Send + Sync + 'static) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (answer, count) = (Arc::new(answer), Arc::new(Mutex::new(0)));
    let router = Router::new().fallback(move |request: Request| {
        let (answer, count) = (answer.clone(), count.clone());
        async move {
            let path = request.uri().path().to_owned();
            let query = request.uri().query().unwrap_or_default().to_owned();
            let range = request.headers().get("range").and_then(|r| {
                let (a, b) = r.to_str().ok()?.strip_prefix("items=")?.split_once('-')?;
                Some((a.parse().ok()?, b.parse().ok()?))
            });
            let post = request.method() == "POST";
            let _ = to_bytes(request.into_body(), 1 << 20).await;
            let (status, content_range, body) = if path == "/icws/connection" {
                (201, None, json!({"csrfToken": "t", "sessionId": "1", "userID": "jane"}))
            } else if path.ends_with("roles") {
                let nth = {
                    let mut n = count.lock().unwrap();
                    *n += 1;
                    *n
                };
                answer(Asked { nth, query, range, post })
            } else {
                (200, None, json!({}))
            };
            let mut response = Response::builder().status(status).header("content-type", "application/json");
            if let Some(range) = content_range {
                response = response.header("content-range", range);
            }
            response.body(Body::from(if body.is_null() { String::new() } else { body.to_string() })).unwrap()
        }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

pub fn role(n: usize) -> Value {
    json!({"configurationId": {"id": format!("r{n:04}"), "displayName": format!("R{n:04}")}, "notes": "n"})
}

pub fn items(range: std::ops::Range<usize>) -> Value {
    json!({"items": range.map(role).collect::<Vec<_>>()})
}

//! The server of ready bytes: plain axum, the answer of each query in memory. Nothing that answers a POST can do less.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use bytes::Bytes;

use super::portal::listen;

type Answers = Arc<RwLock<HashMap<String, Bytes>>>;

/// Serves what `/put/NAME` is given as `/NAME`.
pub(crate) async fn serve() {
    let router = Router::new()
        .route("/put/{name}", post(put))
        .route("/{name}", post(answer))
        .layer(DefaultBodyLimit::disable())
        .with_state(Answers::default());
    axum::serve(listen("fixed").await, router).await.unwrap();
}

async fn put(State(answers): State<Answers>, Path(name): Path<String>, body: Bytes) {
    answers.write().unwrap().insert(name, body);
}

async fn answer(State(answers): State<Answers>, Path(name): Path<String>, _: Bytes) -> Response {
    let bytes = answers.read().unwrap().get(&name).cloned().unwrap_or_default();
    ([(CONTENT_TYPE, "application/json")], bytes).into_response()
}

//! The proxy: each query written by hand over the fewest calls of the portal, serde in and out, no GraphQL.

mod answer;
mod portal;
mod queue;
mod wide;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use bytes::Bytes;

use self::portal::Session;
pub(crate) use self::wide::{FIELDS as WIDE_FIELDS, document as wide_document};
use super::portal::listen;

type Sessions = Arc<[Arc<Session>]>;

/// Serves `/Q1` to `/Q6` over the portal that the second argument names, for as many people as the third says.
pub(crate) async fn serve() {
    let arguments: Vec<String> = std::env::args().collect();
    let sessions: Sessions = portal::sign_in(&arguments[2], arguments[3].parse().unwrap()).await.into();
    let router = Router::new()
        .route("/{query}", post(plain))
        .route("/{query}/{number}", post(numbered))
        .with_state(sessions);
    axum::serve(listen("proxy").await, router).await.unwrap();
}

fn session(sessions: &Sessions, headers: &HeaderMap) -> Arc<Session> {
    let number: usize = headers["identity"].to_str().unwrap().parse().unwrap();
    Arc::clone(&sessions[number])
}

async fn plain(
    State(sessions): State<Sessions>,
    Path(query): Path<String>,
    headers: HeaderMap,
    _: Bytes,
) -> Response {
    let session = session(&sessions, &headers);
    respond(match query.as_str() {
        "Q1" => answer::users(&session).await,
        "Q2" => answer::placed(&session).await,
        "Q3" => answer::skills(&session).await,
        "Q5" => answer::groups(&session).await,
        _ => answer::dashboard(&session).await,
    })
}

/// One user by key, or so many users with forty fields each.
async fn numbered(
    State(sessions): State<Sessions>,
    Path((query, number)): Path<(String, i64)>,
    headers: HeaderMap,
    _: Bytes,
) -> Response {
    let session = session(&sessions, &headers);
    respond(match query.as_str() {
        "Q4" => answer::user(&session, number).await,
        _ => wide::users(&session, usize::try_from(number).unwrap()).await,
    })
}

fn respond(body: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

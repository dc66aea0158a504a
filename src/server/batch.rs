//! Several operations in one request: a JSON array of requests, answered by an array in the same order.
//!
//! They are worked on one after the other, each as if it had come alone with the session of the request, within one deadline. So
//! many at once are to cost no more than one may: each counts as a request, and what they are estimated to need of the portal is
//! added up (`Estimates`). Before any of them begins, a service account must be allowed each of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, SET_COOKIE};
use axum::response::Response;

use super::asked::Asked;
use super::media_type::MediaType;
use super::question::Posed;
use super::refusal::{QUERY_TOO_COSTLY, Refusal};
use super::request_id::RequestId;
use super::{Floor, answer, service};

/// What the operations of a batch so far are estimated to need.
#[derive(Clone, Debug, Default)]
pub(super) struct Estimates(Arc<AtomicUsize>);

impl Estimates {
    /// Adds an operation's, unless they come to more than is allowed: then what those before it do.
    pub(super) fn add(&self, calls: usize, allowed: usize) -> Result<(), usize> {
        let added = |before: usize| before.checked_add(calls).filter(|sum| *sum <= allowed);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, added).map(|_| ())
    }
}

/// Answers all of them.
pub(super) async fn answered(
    floor: &Arc<Floor>,
    asked: Asked<'_>,
    posed: Vec<Posed>,
    (media, id): (MediaType, &RequestId),
) -> Result<Response, Refusal> {
    let (count, allowed) = (posed.len(), floor.limits.max_batched_operations);
    if count > allowed {
        let message =
            format!("This batch has {count} operations; limits.max_batched_operations allows {allowed}.");
        return Err(Refusal::of_http(StatusCode::BAD_REQUEST, QUERY_TOO_COSTLY, message));
    }
    let mut questions = Vec::with_capacity(count);
    for posed in posed {
        questions.push(asked.question(floor, posed).await?);
    }
    if let Some(account) = &asked.account {
        for question in &questions {
            service::may_ask(floor, account, question).await?;
        }
    }
    // One of them may tell a session's token: as with mutations, nothing is packed.
    let mut parts = asked.parts.clone();
    parts.headers.remove(ACCEPT_ENCODING);
    let asked = asked.of_batch(&parts);
    let (mut json, mut cookie) = (vec![b'['], None);
    for (place, question) in questions.into_iter().enumerate() {
        // The first was counted when the request came.
        let admitted = if place == 0 { Ok(()) } else { asked.admit(floor).await };
        let answered = match admitted {
            Ok(()) => asked.answer(floor, question, (media, id)).await,
            Err(refusal) => Err(refusal),
        };
        let mut response = answered.unwrap_or_else(|refusal| {
            asked.subject.refused(&refusal);
            answer::refused(&refusal, media, id)
        });
        cookie = response.headers_mut().remove(SET_COOKIE).or(cookie);
        let body = to_bytes(response.into_body(), usize::MAX).await;
        if place > 0 {
            json.push(b',');
        }
        json.extend_from_slice(&body.map_err(|_| Refusal::malformed("An answer broke off."))?);
    }
    json.push(b']');
    let mut response = Response::new(Body::from(json));
    response.headers_mut().insert(CONTENT_TYPE, media.content_type());
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

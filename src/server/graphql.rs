//! `/graphql`: one request from its headers to its answer.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body as Payload;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::response::Response;
use futures_util::FutureExt as _;

use super::asked::Asked;
use super::at_once::at_once;
use super::audit::Subject;
use super::media_type::MediaType;
use super::question::Questions;
use super::refusal::Refusal;
use super::request_id::RequestId;
use super::{Floor, answer, batch, live};

/// Answers a GraphQL request.
pub(super) async fn graphql(
    State(floor): State<Arc<Floor>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if live::is_upgrade(&parts) {
        let upgraded = live::upgraded(&floor, parts, &id).await;
        return upgraded.unwrap_or_else(|refusal| answer::refused(&refusal, MediaType::Json, &id));
    }
    let wants_events = live::is_wanted(&parts.headers);
    if wants_events && MediaType::negotiate(&parts.headers).is_err() {
        return events_only(&floor, (parts, body), &id).await;
    }
    let media = match MediaType::negotiate(&parts.headers) {
        Ok(media) => media,
        Err(refusal) => return answer::refused(&refusal, MediaType::Json, &id),
    };
    let subject = Subject::of(&parts, &id, &floor.settings.trusted_proxies);
    // Boxed, because what holds it would be twice its size, and is itself moved on the way to where it runs; and within it what
    // few ask for.
    let answered = async {
        match Asked::read(&floor, &parts, (body, &subject)).await {
            Ok((asked, Questions::One(posed))) => {
                let question = asked.question(&floor, posed).await;
                match question {
                    Ok(question) if wants_events => {
                        asked.answer_or_follow(&floor, question, (media, &id)).boxed().await
                    }
                    Ok(question) => asked.answer(&floor, question, (media, &id)).await,
                    Err(refusal) => Err(refusal),
                }
            }
            Ok((asked, Questions::Batch(posed))) => {
                batch::answered(&floor, asked, posed, (media, &id)).boxed().await
            }
            Err(refusal) => Err(refusal),
        }
    };
    let answered = at_once(answered.boxed()).await;
    answered.unwrap_or_else(|refusal| {
        subject.refused(&refusal);
        answer::refused(&refusal, media, &id)
    })
}

/// Answers a GraphQL request of who takes server-sent events alone.
async fn events_only(floor: &Arc<Floor>, (mut parts, body): (Parts, Payload), id: &RequestId) -> Response {
    // An event is text, and told whatever the client has of it.
    parts.headers.remove(ACCEPT_ENCODING);
    parts.headers.remove(IF_NONE_MATCH);
    let subject = Subject::of(&parts, id, &floor.settings.trusted_proxies);
    let answered = async {
        match Asked::read(floor, &parts, (body, &subject)).await? {
            (asked, Questions::One(posed)) => {
                let question = asked.question(floor, posed).await?;
                let arrival = asked.arrived(floor, &question).await?;
                if live::is_subscription(floor, &question, &asked.deadline).await? {
                    return live::followed(&asked, floor, (question, arrival), id).await;
                }
                let answer = asked.answer_to(floor, (question, arrival), (MediaType::Json, id)).await?;
                Ok(live::of_one(answer).await)
            }
            (_, Questions::Batch(_)) => {
                Err(Refusal::malformed("A batch is not answered with events: send one operation."))
            }
        }
    };
    answered.boxed().await.unwrap_or_else(|refusal| {
        subject.refused(&refusal);
        live::refused(&refusal, id)
    })
}

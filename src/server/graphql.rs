//! `/graphql`: one request from its headers to its answer.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Response as Executed, Value, value};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use futures_util::FutureExt as _;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use super::cookie::{Proof, SessionCookie, host_of};
use super::document::Document;
use super::media_type::{MediaType, require_json};
use super::question::{Question, body_bytes};
use super::refusal::{
    BAD_USER_INPUT, FORBIDDEN, INTERNAL, INTERNAL_MESSAGE, PORTAL_TIMEOUT, Refusal, UNAUTHENTICATED,
};
use super::request_id::RequestId;
use super::{Floor, answer, origin, variables};
use crate::caller::Cost;
use crate::config::Introspection;
use crate::graph::{SessionChange, Visit};

/// A header of value 1 asks for `extensions.cost`.
const COST: &str = "portalgraph-cost";

/// Answers a GraphQL request.
pub(super) async fn graphql(
    State(floor): State<Arc<Floor>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let media = match MediaType::negotiate(&parts.headers) {
        Ok(media) => media,
        Err(refusal) => return answer::refused(&refusal, MediaType::Json, &id),
    };
    let (outcome, cookie) = match Asked::read(&floor, &parts, body).await {
        Ok(asked) => asked.execute(&floor).await,
        Err(refusal) => (Err(refusal), None),
    };
    let mut response = match outcome {
        Ok(executed) => answer::executed(executed, media, &id).await,
        Err(refusal) => answer::refused(&refusal, media, &id),
    };
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// A request that may be executed.
struct Asked<'a> {
    proof: Proof<'a>,
    cookie: SessionCookie,
    document: Arc<Document>,
    request: async_graphql::Request,
    kind: OperationType,
    deadline: Instant,
    /// Whether the client asks what its request cost.
    tells_cost: bool,
}

impl<'a> Asked<'a> {
    /// Everything that can be refused before the session is looked at, cheapest first.
    async fn read(floor: &Floor, parts: &'a Parts, body: Body) -> Result<Self, Refusal> {
        let deadline = Instant::now() + Duration::from_secs(floor.settings.deadline_seconds);
        let host = host_of(parts);
        let cookie = SessionCookie::of(floor.settings.secure_cookie, host.as_ref());
        let proof = Proof::of(&parts.headers, cookie)?;
        if matches!(proof, Proof::Cookie(_)) {
            origin::require_own(parts, host.as_ref())?;
        }
        let question = if parts.method == Method::POST {
            require_json(&parts.headers)?;
            let body = timeout_at(deadline, body_bytes(body, floor.settings.max_body_bytes)).await.map_err(
                |_| {
                    let message = "The body did not arrive within server.deadline_seconds.";
                    Refusal::of_http(StatusCode::REQUEST_TIMEOUT, BAD_USER_INPUT, message)
                },
            )?;
            Question::of_body(&body?)?
        } else {
            Question::of_address(parts.uri.query().unwrap_or_default())?
        };
        let document = floor.documents.get(&question.query).await?;
        let operation = document.operation(question.operation_name.as_deref())?;
        let kind = operation.ty;
        if kind == OperationType::Mutation && parts.method != Method::POST {
            let message = "A mutation must be sent by POST.";
            return Err(Refusal::of_http(StatusCode::METHOD_NOT_ALLOWED, BAD_USER_INPUT, message)
                .with_header("allow", "POST"));
        }
        let mut request = async_graphql::Request::new(question.query);
        request.variables = variables::prepare(operation, question.variables)?;
        request.operation_name = question.operation_name;
        request.set_parsed_query(document.parsed.clone());
        let tells_cost = parts.headers.get(COST).is_some_and(|value| value == "1");
        Ok(Self { proof, cookie, document, request, kind, deadline, tells_cost })
    }

    /// The engine's answer, and what becomes of the session's cookie.
    async fn execute(self, floor: &Floor) -> (Result<Executed, Refusal>, Option<HeaderValue>) {
        let visit = timeout_at(self.deadline, floor.gateway.visit(self.proof.token())).await;
        let Ok(visit) = visit.map(Arc::new) else { return (Err(late(floor)), None) };
        let _ending = Ending(Arc::clone(&visit));
        if let Err(refusal) = self.may_introspect(floor.limits.introspection, &visit) {
            return (Err(refusal), None);
        }
        let schema = floor.schema.clone();
        let request = self.request.data(Arc::clone(&visit)).data(self.document.writing);
        let execution = async move { schema.execute(request).await };
        let executed = if self.kind == OperationType::Mutation {
            // What was begun at the portal is carried through and accounted for, even if the client goes or time is up.
            let followed = floor.gateway.follow(execution.in_current_span());
            timeout_at(self.deadline, followed).await.map(Result::ok)
        } else {
            timeout_at(self.deadline, AssertUnwindSafe(execution).catch_unwind()).await.map(Result::ok)
        };
        let outcome = match executed {
            Ok(Some(mut executed)) => {
                if self.tells_cost {
                    executed.extensions.insert("cost".to_owned(), told(&visit.cost()));
                }
                Ok(executed)
            }
            Ok(None) => {
                tracing::error!("a resolver panicked");
                Err(Refusal::of_request(INTERNAL, INTERNAL_MESSAGE))
            }
            Err(_) if self.kind == OperationType::Mutation => Err(late(floor).with_outcome_unknown()),
            Err(_) => Err(late(floor)),
        };
        let cookie = match (visit.change(), self.proof) {
            // Who shows a bearer token keeps tokens itself; a cookie in the same browser is none of its business.
            (_, Proof::Bearer(_)) | (SessionChange::Keep, _) => None,
            (SessionChange::Issue { token, max_age }, _) => self.cookie.issue(token.expose(), max_age),
            (SessionChange::End, _) => self.cookie.expire(),
        };
        (outcome, cookie)
    }

    fn may_introspect(&self, allowed: Introspection, visit: &Visit) -> Result<(), Refusal> {
        match allowed {
            _ if !self.document.cost.is_introspection => Ok(()),
            Introspection::Everyone => Ok(()),
            Introspection::SignedIn if visit.is_signed_in() => Ok(()),
            Introspection::SignedIn => {
                let message = "Sign in to ask for the schema (__schema, __type).";
                Err(Refusal::of_request(UNAUTHENTICATED, message).with_header("www-authenticate", "Bearer"))
            }
            Introspection::Nobody => Err(Refusal::of_request(
                FORBIDDEN,
                "This gateway does not answer for its schema (__schema, __type).",
            )),
        }
    }
}

/// What a request cost, as clients read it in `extensions.cost`.
fn told(cost: &Cost) -> Value {
    let operations = cost.operations.iter().map(|(name, count)| {
        value!({ "name": *name, "calls": count.calls, "shared": count.shared, "kept": count.kept })
    });
    value!({ "calls": cost.calls(), "waves": cost.waves, "operations": operations.collect::<Vec<_>>() })
}

/// Ends the visit when the request is answered, or given up by its client.
struct Ending(Arc<Visit>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end();
    }
}

fn late(floor: &Floor) -> Refusal {
    let seconds = floor.settings.deadline_seconds;
    let message =
        format!("The answer was not ready within the {seconds} seconds server.deadline_seconds allows.");
    Refusal::of_request(PORTAL_TIMEOUT, message)
}

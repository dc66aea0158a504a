//! Service accounts at the door: which one a token opens, and what it may ask before anything is asked for it.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use axum::http::StatusCode;

use super::Floor;
use super::audit::Subject;
use super::cookie::{BASIC, Proof};
use super::question::Question;
use super::refusal::{
    DOCUMENT_NOT_ALLOWED, RATE_LIMITED, Refusal, SERVICE_ACCOUNT_READ_ONLY, UNAUTHENTICATED,
};
use crate::graph::{Arrival, GraphError};
use crate::session::{ClientAddress, ServiceAccount};

/// The account a request comes by, if it shows a service token.
pub(super) fn found(
    floor: &Floor,
    proof: Proof<'_>,
    subject: &Subject,
) -> Result<Option<Arc<ServiceAccount>>, Refusal> {
    let (shown, challenge) = match proof {
        Proof::Service(shown) => (shown, "Bearer error=\"invalid_token\""),
        Proof::Basic(shown) => (shown, BASIC),
        Proof::Nothing | Proof::Bearer(_) | Proof::Cookie(_) => return Ok(None),
    };
    let Some(account) = floor.gateway.accounts.find(&shown) else {
        let message =
            "This service token is none of this gateway, or no longer: ask its operator for another.";
        return Err(Refusal::of_http(StatusCode::UNAUTHORIZED, UNAUTHENTICATED, message)
            .with_header("www-authenticate", challenge));
    };
    subject.comes_by(account);
    Ok(Some(Arc::clone(account)))
}

/// Counts a request of the account, if there is room for one more.
pub(super) async fn admit(floor: &Floor, account: &ServiceAccount) -> Result<(), Refusal> {
    account.admit(floor.gateway.store.as_ref()).await.map_err(|wait| too_many(account, wait))
}

fn too_many(account: &ServiceAccount, wait: Duration) -> Refusal {
    let message = format!(
        "The service account {} has made as many requests as its requests_per_minute allows.",
        account.name()
    );
    Refusal::of_http(StatusCode::TOO_MANY_REQUESTS, RATE_LIMITED, message).with_retry_after(wait)
}

/// Refuses what the account may not ask, before it is signed in for it.
pub(super) async fn may_ask(
    floor: &Floor,
    account: &ServiceAccount,
    question: &Question,
) -> Result<(), Refusal> {
    if !account.may_send(&question.query) {
        let message = format!(
            "The service account {} may send only the documents that its allowed_documents list, to the letter.",
            account.name()
        );
        return Err(Refusal::of_request(DOCUMENT_NOT_ALLOWED, message));
    }
    if account.is_read_only() {
        let document = floor.documents.get(&question.query).await?;
        if document.operation(question.operation_name.as_deref())?.ty == OperationType::Mutation {
            let message =
                format!("The service account {} is read_only: it sends no mutations.", account.name());
            return Err(Refusal::of_request(SERVICE_ACCOUNT_READ_ONLY, message));
        }
    }
    Ok(())
}

/// Comes in by the account; 503 while its upstream does not let it in.
pub(super) async fn arrival(
    floor: &Floor,
    account: &Arc<ServiceAccount>,
    from: ClientAddress,
) -> Result<Arrival, Refusal> {
    floor.gateway.arrival_of(account, from).await.map_err(|error| {
        let wait = error.retry_after();
        let error = GraphError::from(error);
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Refusal::of_http(status, error.code(), error.message()).with_retry_after(wait)
    })
}

//! A GraphQL request that can be understood, from its headers to what there is to answer.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use axum::body::Body as Payload;
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use tokio::time::timeout_at;

use super::aside::Aside;
use super::audit::Subject;
use super::batch::Estimates;
use super::cookie::{Proof, SessionCookie, host_of};
use super::execution::{Execution, Operation, Shared, late};
use super::kept::{Key, KeyParts};
use super::measured::{self, Measured};
use super::media_type::{MediaType, require_json};
use super::origin::Own;
use super::question::{Posed, Question, Questions, body_bytes};
use super::refusal::{BAD_USER_INPUT, Refusal};
use super::request_id::RequestId;
use super::worked_out::{COLLAPSED, HIT, Outcome, WorkedOut};
use super::{Floor, age, answer, deadline, live, origin, service};
use crate::caller::{Deadline, Freshness};
use crate::graph::{Arrival, GraphError, SessionChange, Visit};
use crate::session::{ClientAddress, ServiceAccount};
use crate::store::StoreError;

/// What the names of the gateway's own headers begin with.
const OWN: &str = "portalgraph-";

/// A request that can be understood.
pub(super) struct Asked<'a> {
    pub(super) parts: &'a Parts,
    pub(super) subject: &'a Arc<Subject>,
    proof: Proof<'a>,
    /// The service account the request comes by.
    pub(super) account: Option<Arc<ServiceAccount>>,
    cookie: SessionCookie,
    from: ClientAddress,
    /// The estimates of the batch it is part of.
    batch: Option<Estimates>,
    pub(super) deadline: Deadline,
    /// What the client asks to be told beside its answer.
    pub(super) aside: Aside,
    /// Whether the answer can set a cookie.
    takes_cookie: bool,
}

impl<'a> Asked<'a> {
    /// What can be told of a request from its head, unless that is refused.
    pub(super) fn of(floor: &Floor, parts: &'a Parts, subject: &'a Arc<Subject>) -> Result<Self, Refusal> {
        // Most send none of ours, and each look for one that is not there takes as long as a glance at all that are.
        let has_ours = parts.headers.keys().any(|name| name.as_str().starts_with(OWN));
        let headers = if has_ours { &parts.headers } else { &HeaderMap::new() };
        let deadline = deadline::of(headers, floor.settings.deadline_seconds)?;
        // Who shows a bearer token has nothing to do with the cookie.
        let is_authorized = parts.headers.contains_key(AUTHORIZATION);
        let host = if is_authorized { None } else { host_of(parts) };
        let cookie = SessionCookie::of(&floor.settings, host.as_ref());
        let is_tls = floor.settings.is_tls();
        let proof = Proof::of(&parts.headers, cookie)?;
        match proof {
            Proof::Cookie(_) => {
                let own = Own { host: host.as_ref(), is_tls };
                origin::require_own(parts, own, &floor.settings.cors_origins)?;
            }
            Proof::Basic(_) => {
                origin::refuse_foreign(parts, Own { host: host_of(parts).as_ref(), is_tls })?;
            }
            Proof::Nothing | Proof::Bearer(_) | Proof::Service(_) => {}
        }
        let account = service::found(floor, proof, subject)?;
        let from = subject.address().into();
        let aside = Aside::of(headers)?;
        Ok(Self {
            parts,
            subject,
            proof,
            account,
            cookie,
            from,
            batch: None,
            deadline,
            aside,
            takes_cookie: true,
        })
    }

    /// Everything that can be refused before the session is looked at, cheapest first.
    pub(super) async fn read(
        floor: &Floor,
        parts: &'a Parts,
        (body, subject): (Payload, &'a Arc<Subject>),
    ) -> Result<(Self, Questions), Refusal> {
        Self::read_all(floor, parts, (body, subject)).await.inspect_err(measured::turned_away)
    }

    async fn read_all(
        floor: &Floor,
        parts: &'a Parts,
        (body, subject): (Payload, &'a Arc<Subject>),
    ) -> Result<(Self, Questions), Refusal> {
        let asked = Self::of(floor, parts, subject)?;
        asked.admit(floor).await?;
        let deadline = asked.deadline;
        let questions = if parts.method == Method::POST {
            require_json(&parts.headers)?;
            let most = floor.settings.max_body_bytes;
            let promised =
                parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
            let _room = floor.gate.receive(promised.unwrap_or(most).min(most))?;
            let body = timeout_at(deadline.until(), body_bytes(body, most));
            let body = body.await.map_err(|_| {
                let message = format!("The body did not arrive within {deadline}.");
                Refusal::of_http(StatusCode::REQUEST_TIMEOUT, BAD_USER_INPUT, message)
            })?;
            Questions::of_body(&body?, floor.limits.max_batched_operations > 1)?
        } else {
            Questions::One(Posed::of_address(parts.uri.query().unwrap_or_default())?)
        };
        Ok((asked, questions))
    }

    /// The question that is posed, with the document it names.
    pub(super) async fn question(&self, floor: &Floor, posed: Posed) -> Result<Question, Refusal> {
        let question = floor.trusted.question(posed, &floor.documents).await;
        let question = question.inspect_err(measured::turned_away)?;
        self.subject.asks(question.operation_name.as_deref());
        Ok(question)
    }

    /// The same for each operation of a batch, with the headers their answers are to be fit for.
    pub(super) fn of_batch<'b>(self, parts: &'b Parts) -> Asked<'b>
    where
        'a: 'b,
    {
        let each: Asked<'b> = self;
        Asked { parts, batch: Some(Estimates::default()), ..each }
    }

    /// The same on a connection that cannot be given a cookie.
    pub(super) fn without_cookie(self) -> Self {
        Self { takes_cookie: false, ..self }
    }

    /// Whether what it shows opens anything; who shows nothing may ask as well.
    pub(super) async fn is_somebody(&self, floor: &Floor) -> Result<bool, Refusal> {
        self.admit(floor).await?;
        let (None, Some(token)) = (&self.account, self.proof.token()) else { return Ok(true) };
        let arrival = floor.gateway.arrival(Some(token), self.from).await.map_err(store_gone)?;
        if arrival.session().is_none() {
            floor.rates.admit_stranger(self.from).await?;
        }
        Ok(arrival.session().is_some())
    }

    /// Counts a request of whoever can be told before the session is looked at.
    pub(super) async fn admit(&self, floor: &Floor) -> Result<(), Refusal> {
        match (&self.account, self.proof) {
            (Some(account), _) => service::admit(floor, account).await,
            (None, Proof::Nothing) => floor.rates.admit_stranger(self.from).await,
            (None, _) => Ok(()),
        }
    }

    /// Whose session stands behind it, counted.
    pub(super) async fn arrived(&self, floor: &Floor, question: &Question) -> Result<Arrival, Refusal> {
        let arrival = async {
            match &self.account {
                None => self.by_itself(floor).await,
                // Boxed, because people's requests, which are more, need not have room for it.
                Some(account) => Box::pin(self.by_account(floor, account, question)).await,
            }
        };
        let arrival =
            timeout_at(self.deadline.until(), arrival).await.map_err(|_| late(&self.deadline))??;
        self.subject.arrives(&arrival);
        Ok(arrival)
    }

    async fn by_itself(&self, floor: &Floor) -> Result<Arrival, Refusal> {
        let arrival = floor.gateway.arrival(self.proof.token(), self.from).await.map_err(store_gone)?;
        match (arrival.whose(), self.proof) {
            (Some(whose), _) => floor.rates.admit(&whose).await?,
            (None, Proof::Nothing) => {}
            (None, _) => floor.rates.admit_stranger(self.from).await?,
        }
        Ok(arrival)
    }

    async fn by_account(
        &self,
        floor: &Floor,
        account: &Arc<ServiceAccount>,
        question: &Question,
    ) -> Result<Arrival, Refusal> {
        service::may_ask(floor, account, question).await?;
        service::arrival(floor, account, self.from).await
    }

    /// The answer, or, to who takes them too, the events of a subscription.
    pub(super) async fn answer_or_follow(
        &self,
        floor: &Arc<Floor>,
        question: Question,
        (media, id): (MediaType, &RequestId),
    ) -> Result<Response, Refusal> {
        let arrival = self.arrived(floor, &question).await?;
        if live::is_subscription(floor, &question, &self.deadline).await? {
            return live::followed(self, floor, (question, arrival), id).await;
        }
        self.answer_to(floor, (question, arrival), (media, id)).await
    }

    /// The answer, in the shape of GraphQL.
    pub(super) async fn answer(
        &self,
        floor: &Arc<Floor>,
        question: Question,
        how: (MediaType, &RequestId),
    ) -> Result<Response, Refusal> {
        let arrival = self.arrived(floor, &question).await?;
        self.answer_to(floor, (question, arrival), how).await
    }

    /// The same to somebody who was let in.
    pub(super) async fn answer_to(
        &self,
        floor: &Arc<Floor>,
        asked: (Question, Arrival),
        (media, id): (MediaType, &RequestId),
    ) -> Result<Response, Refusal> {
        let worked = self.worked_out(floor, asked, id).await?;
        let cached = (self.parts, floor.kept.browser_seconds);
        let mut response = match &worked.outcome {
            Outcome::Kept(body, age) => answer::succeeded((body, Some(*age)), media, cached).await,
            Outcome::Written(written) if worked.kind == OperationType::Mutation => written.of_mutation(media),
            Outcome::Written(written) => written.of_query(media, cached).await,
            Outcome::Refused(refusal) => {
                self.subject.refused(refusal);
                answer::refused(refusal, media, id)
            }
        };
        worked.finish(&mut response);
        Ok(response)
    }

    /// What there is to answer to somebody who was let in, counted.
    pub(super) async fn worked_out(
        &self,
        floor: &Arc<Floor>,
        (question, arrival): (Question, Arrival),
        id: &RequestId,
    ) -> Result<WorkedOut, Refusal> {
        let measured = Measured::begin(floor.documents.name(&question.query));
        let worked = measured.around(self.found(floor, (question, arrival), id)).await;
        measured.end(&worked);
        worked
    }

    /// What there is to answer: kept, or worked out.
    async fn found(
        &self,
        floor: &Arc<Floor>,
        (question, arrival): (Question, Arrival),
        id: &RequestId,
    ) -> Result<WorkedOut, Refusal> {
        let mut aside = self.aside;
        aside.may_be_told(&floor.limits, &arrival)?;
        let wanted = match arrival.whose() {
            None => Wanted::OfNobody(question),
            Some(whose) => {
                let key = Key::new(KeyParts { whose, question });
                // Who asks what a request costs is told what it costs by itself.
                if aside.is_alone() {
                    aside.is_kept_whole = aside.explains && floor.kept.get(&key, &floor.gateway).is_some();
                } else if let Some((body, age)) = floor.kept.get(&key, &floor.gateway) {
                    return Ok(WorkedOut::of(Outcome::Kept(body, age), Some(HIT)));
                }
                Wanted::By(key)
            }
        };
        // Boxed, because most answers are kept, and every request has this within it.
        Box::pin(self.found_anew(floor, (wanted, arrival), (aside, id))).await
    }

    /// What there is to answer where it is not kept: shared with others who ask now, or worked out for this request.
    async fn found_anew(
        &self,
        floor: &Arc<Floor>,
        (wanted, arrival): (Wanted, Arrival),
        (aside, id): (Aside, &RequestId),
    ) -> Result<WorkedOut, Refusal> {
        let Self { parts, subject, proof, cookie, batch, deadline, .. } = self;
        let (proof, cookie, deadline) = (*proof, *cookie, *deadline);
        let _place = floor.gate.enter(&deadline).await?;
        let operation = Operation::of(floor, wanted.question(), &parts.method).await?;
        let key = match wanted {
            Wanted::By(key) if operation.is_shareable && !aside.is_alone() => Some(Arc::new(key)),
            Wanted::By(_) | Wanted::OfNobody(_) => None,
        };
        operation.may_introspect(floor.limits.introspection, &arrival)?;
        let operation = Arc::new(operation);
        let kind = operation.kind;
        if kind == OperationType::Subscription {
            let message = "A subscription is answered over a WebSocket (graphql-transport-ws) or, with `Accept: \
                text/event-stream`, as server-sent events.";
            return Err(Refusal::of_request(BAD_USER_INPUT, message));
        }
        let batch = batch.clone();
        let freshness = match kind {
            OperationType::Mutation => Freshness::Required,
            _ => age::wanted(&parts.headers),
        };
        let execution = Execution {
            floor,
            operation,
            id,
            subject,
            deadline,
            freshness,
            key,
            aside,
            batch,
            happening: None,
        };
        match execution.together(&arrival).await? {
            Some(Shared::Begun(written)) => return Ok(WorkedOut::of(Outcome::Written(written), None)),
            Some(Shared::Joined(written)) => {
                return Ok(WorkedOut::of(Outcome::Written(written), Some(COLLAPSED)));
            }
            None => {}
        }
        let client = parts.headers.get(USER_AGENT).map(|client| String::from_utf8_lossy(client.as_bytes()));
        let visit = execution.visit(arrival).by(client.as_deref());
        let visit = Arc::new(if self.takes_cookie { visit } else { visit.without_cookie() });
        let outcome = match execution.alone(&visit).await {
            Ok(written) => Outcome::Written(written),
            Err(refusal) => Outcome::Refused(refusal),
        };
        Ok(WorkedOut {
            kind,
            cookie: changed(&visit, proof, cookie),
            wait: visit.retry_after(),
            ..WorkedOut::of(outcome, None)
        })
    }
}

/// A question, and whose answer to it is wanted.
enum Wanted {
    By(Key),
    /// Who asks can read nothing, so nothing is kept of it.
    OfNobody(Question),
}

impl Wanted {
    fn question(&self) -> &Question {
        match self {
            Self::By(key) => &key.question,
            Self::OfNobody(question) => question,
        }
    }
}

/// What becomes of the session's cookie.
fn changed(visit: &Visit, proof: Proof<'_>, cookie: SessionCookie) -> Option<HeaderValue> {
    match (visit.change(), proof) {
        // Who shows a bearer token keeps tokens itself; a cookie in the same browser is none of its business.
        (_, Proof::Bearer(_) | Proof::Service(_) | Proof::Basic(_)) | (SessionChange::Keep, _) => None,
        (SessionChange::Issue { token, max_age }, _) => cookie.issue(token.expose(), max_age),
        (SessionChange::End, _) => cookie.expire(),
    }
}

/// Nobody can tell whether the token opens a session: it is left with its client.
fn store_gone(error: StoreError) -> Refusal {
    let error = GraphError::from(error);
    let status = StatusCode::SERVICE_UNAVAILABLE;
    Refusal::of_http(status, error.code(), error.message()).with_retry_after(Duration::from_secs(1))
}

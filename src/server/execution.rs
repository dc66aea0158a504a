//! One operation put to the engine: for its request alone, or once for all who ask it now.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_graphql::parser::types::{Field, OperationType, Selection, SelectionSet};
use async_graphql::{Name, Response as Executed, Value, Variables};
use axum::http::{Method, StatusCode};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::time::timeout_at;
use tracing::Instrument as _;

use super::age::Age;
use super::answer::{self, Written};
use super::aside::Aside;
use super::audit::Subject;
use super::batch::Estimates;
use super::document::Document;
use super::kept::Key;
use super::question::Question;
use super::refusal::{
    BAD_USER_INPUT, FORBIDDEN, INTERNAL, INTERNAL_MESSAGE, PORTAL_TIMEOUT, QUERY_TOO_COSTLY, Refusal,
    UNAUTHENTICATED,
};
use super::request_id::RequestId;
use super::under_way::{Joined, Place};
use super::{Floor, measured, variables};
use crate::caller::{Deadline, Freshness, Notes};
use crate::config::Introspection;
use crate::graph::{Arrival, Asked, Estimate, Happening, Schema, Visit};
use crate::upstream::metric::{ESTIMATED_CALLS, OPERATION_CALLS};
use crate::upstream::trace;

/// An operation that may be executed.
pub(super) struct Operation {
    document: Arc<Document>,
    name: Option<String>,
    variables: Variables,
    /// Whether all that validation says of values has been said of its variables already.
    has_plain_variables: bool,
    pub(super) kind: OperationType,
    /// Whether its answer may be another request's too, if nothing that is read speaks against it.
    pub(super) is_shareable: bool,
}

impl Operation {
    /// The operation a request names, if it is one and may be sent so.
    pub(super) async fn of(floor: &Floor, question: &Question, method: &Method) -> Result<Self, Refusal> {
        let document = floor.documents.get(&question.query).await?;
        let operation = document.operation(question.operation_name.as_deref())?;
        let kind = operation.ty;
        if kind == OperationType::Mutation && method != Method::POST {
            let message = "A mutation must be sent by POST.";
            return Err(Refusal::of_http(StatusCode::METHOD_NOT_ALLOWED, BAD_USER_INPUT, message)
                .with_header("allow", "POST"));
        }
        variables::are_short(&question.variables, floor.limits.max_list_items)?;
        let variables = variables::prepare(operation, question.variables.clone())?;
        // What another operation is for may hold a password, in the text or in the variables: neither is kept then. Who
        // may ask for the schema is looked at each time.
        let is_declared = |name: &String| {
            operation.variable_definitions.iter().any(|definition| definition.node.name.node == name.as_str())
        };
        let is_shareable = document.is_keepable()
            && !document.cost.is_introspection
            && question.variables.keys().all(is_declared);
        let has_plain_variables = variables::are_plain(operation);
        let name = question.operation_name.clone();
        Ok(Self { document, name, variables, has_plain_variables, kind, is_shareable })
    }

    pub(super) fn may_introspect(&self, allowed: Introspection, arrival: &Arrival) -> Result<(), Refusal> {
        match allowed {
            _ if !self.document.cost.is_introspection => Ok(()),
            Introspection::Everyone => Ok(()),
            Introspection::SignedIn if arrival.is_signed_in() => Ok(()),
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

    /// Its name, as the document or the request has it.
    pub(super) fn name(&self) -> Option<&str> {
        let named = self.name.as_deref();
        named.or_else(|| self.document.parsed.operations.iter().find_map(|(name, _)| Some(name?.as_str())))
    }

    /// The fields it begins with, fragments spread, each with the key of its value in the answer.
    pub(super) fn root_fields(&self) -> Vec<(&str, &Field)> {
        let mut fields = Vec::new();
        if let Ok(operation) = self.document.operation(self.name.as_deref()) {
            self.spread(&operation.selection_set.node, &mut fields);
        }
        fields
    }

    fn spread<'a>(&'a self, set: &'a SelectionSet, into: &mut Vec<(&'a str, &'a Field)>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    if into.iter().all(|(known, _)| *known != key) {
                        into.push((key, &field.node));
                    }
                }
                Selection::InlineFragment(inline) => self.spread(&inline.node.selection_set.node, into),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) =
                        self.document.parsed.fragments.get(&spread.node.fragment_name.node)
                    {
                        self.spread(&fragment.node.selection_set.node, into);
                    }
                }
            }
        }
    }

    /// The arguments of a field with the variables put in.
    pub(super) fn arguments<'a>(&self, field: &'a Field) -> Vec<(&'a str, Value)> {
        let of = |name: Name| Ok::<_, Infallible>(self.variables.get(&name).cloned().unwrap_or_default());
        let arguments = field.arguments.iter();
        arguments
            .map(|(name, value)| {
                let Ok(value) = value.node.clone().into_const_with(of);
                (name.node.as_str(), value)
            })
            .collect()
    }

    /// What it may cost.
    async fn estimate(&self, floor: &Floor, visit: &Visit) -> Result<Estimate, Refusal> {
        let operation = self.document.operation(self.name.as_deref())?;
        let asked = Asked { document: &self.document.parsed, operation, variables: &self.variables };
        Ok(floor.estimator.estimate(asked, visit).await)
    }

    fn request(&self, visit: &Arc<Visit>) -> async_graphql::Request {
        // The engine reads the text only to parse it, which has been done.
        let mut request = async_graphql::Request::new(String::new());
        request.operation_name.clone_from(&self.name);
        request.variables = self.variables.clone();
        // Copied, because the engine takes it apart: some 3 us, a small part of what parsing costs.
        request.set_parsed_query(self.document.parsed.clone());
        request.data(Arc::clone(visit)).data(self.document.writing)
    }
}

/// The answer to an operation that others may have asked for too.
pub(super) enum Shared {
    /// This request was the first to ask.
    Begun(Arc<Written>),
    /// Another one had asked before.
    Joined(Arc<Written>),
}

impl Shared {
    /// The answer, whoever asked first.
    pub(super) fn written(self) -> Arc<Written> {
        match self {
            Self::Begun(written) | Self::Joined(written) => written,
        }
    }
}

/// A request's wish to have an operation executed.
pub(super) struct Execution<'a> {
    pub(super) floor: &'a Arc<Floor>,
    pub(super) operation: Arc<Operation>,
    pub(super) id: &'a RequestId,
    pub(super) subject: &'a Arc<Subject>,
    pub(super) deadline: Deadline,
    pub(super) freshness: Freshness,
    /// What the answer may be kept and shared by.
    pub(super) key: Option<Arc<Key>>,
    pub(super) aside: Aside,
    /// The estimates of the batch it is part of.
    pub(super) batch: Option<Estimates>,
    /// What a subscription is told of.
    pub(super) happening: Option<Arc<Happening>>,
}

impl Execution<'_> {
    /// The answer that is worked out once for all who ask the same now, by the first of them; `None` if there is none
    /// that may be this request's too. It is told so as soon as that is known, and then asks for itself: what both read
    /// is shared further down.
    pub(super) async fn together(&self, arrival: &Arrival) -> Result<Option<Shared>, Refusal> {
        let Some(key) = &self.key else { return Ok(None) };
        let moment = self.floor.gateway.moment(&key.whose);
        let event = self.happening.as_ref().map_or(0, |happening| happening.number);
        let place = Place {
            key: Arc::clone(key),
            moment,
            allowed: self.deadline.allowed(),
            freshness: self.freshness,
            event,
        };
        let joined = self.floor.under_way.join(place, || {
            let visit = Arc::new(self.visit(arrival.clone()));
            let basis = visit.basis().clone();
            (self.work(visit).boxed(), basis)
        });
        let shared = async {
            match joined {
                Joined::Leading(flight) => {
                    flight.await.map(|written| Some(Shared::Begun(written))).ok_or_else(failed)
                }
                Joined::Following(flight, basis) => {
                    let written = tokio::select! {
                        biased;
                        written = flight => written,
                        () = basis.particular() => None,
                    };
                    let ours = written.filter(|written| written.is_faultless && !basis.is_particular());
                    Ok(ours.map(Shared::Joined))
                }
            }
        };
        timeout_at(self.deadline.until(), shared).await.unwrap_or_else(|_| Err(late(&self.deadline)))
    }

    /// The standing of whoever it is executed for.
    pub(super) fn visit(&self, arrival: Arrival) -> Visit {
        let gateway = &self.floor.gateway;
        if let Some(happening) = &self.happening {
            return gateway.telling(arrival, (self.deadline, self.freshness), Arc::clone(happening));
        }
        let notes = Notes::until(self.deadline).taking(self.freshness);
        gateway.visit_noted(arrival, if self.aside.explains { notes.explained() } else { notes })
    }

    /// The answer for this request alone.
    pub(super) async fn alone(&self, visit: &Arc<Visit>) -> Result<Arc<Written>, Refusal> {
        let work = self.work(Arc::clone(visit)).boxed();
        if self.operation.kind != OperationType::Mutation {
            let written = timeout_at(self.deadline.until(), work).await.map_err(|_| late(&self.deadline))?;
            return written.ok_or_else(failed);
        }
        let _ending = Ending(Arc::clone(visit));
        // What was begun at the portal is carried through and accounted for, even if the client goes or time is up.
        let followed = timeout_at(self.deadline.until(), self.floor.gateway.follow(work)).await;
        let written = followed.map_err(|_| late(&self.deadline).with_outcome_unknown())?;
        written.ok().flatten().ok_or_else(failed)
    }

    /// Executes, writes down, and keeps what may be kept. The visit is over with it; that of a mutation, which goes on
    /// when its client has gone, ends with its request.
    fn work(&self, visit: Arc<Visit>) -> impl Future<Output = Option<Arc<Written>>> + Send + 'static {
        let (floor, operation, id) = (Arc::clone(self.floor), Arc::clone(&self.operation), self.id.clone());
        let (key, aside, batch) = (self.key.clone(), self.aside, self.batch.clone());
        let subject = Arc::clone(self.subject);
        let is_mutation = operation.kind == OperationType::Mutation;
        let ending = (!is_mutation).then(|| Ending(Arc::clone(&visit)));
        let work = async move {
            let _ending = ending;
            // Before anything is read: what a poll brings meanwhile makes the answer too old to be kept.
            let turns = key.as_ref().map(|key| floor.gateway.turns(&key.whose));
            let estimate = operation.estimate(&floor, &visit).await.unwrap_or_default();
            let mut executed =
                if let Err(refusal) = affordable(&estimate, floor.limits.max_portal_calls, batch) {
                    Executed::from_errors(vec![refusal.error()])
                } else {
                    if operation.kind == OperationType::Query {
                        visit.expect(&estimate);
                    }
                    let is_known = operation.document.is_valid() && operation.has_plain_variables;
                    let schema = if is_known { &floor.schema_of_valid } else { &floor.schema };
                    let execution = execute(schema, operation.kind, operation.request(&visit));
                    let Ok(executed) = AssertUnwindSafe(execution).catch_unwind().await else {
                        tracing::error!("a resolver panicked");
                        subject.executed(&operation, &visit, None);
                        return None;
                    };
                    if executed.errors.is_empty() {
                        operation.document.found_valid();
                    }
                    executed
                };
            if is_mutation || !executed.errors.is_empty() {
                subject.executed(&operation, &visit, Some(&executed));
            }
            visit.leave_begun();
            measure(operation.kind, estimate.calls(), visit.cost().calls());
            aside.tell(&mut executed, &visit, &estimate);
            if let Some(stale) = visit.stale() {
                executed.extensions.insert("freshness".to_owned(), stale);
            }
            let mut written = answer::written(executed, visit.basis().is_particular(), &id).await?;
            written.age = visit.basis().since().map(Age::unkept);
            if let Some(key) = key
                && operation.kind == OperationType::Query
                && written.is_faultless
                && let Some(grounds) = visit.basis().grounds()
            {
                written.age = Some(Age::of(&grounds));
                floor.kept.keep(key, (&written.body, grounds, turns.unwrap_or_default()), &floor.gateway);
            }
            Some(Arc::new(written))
        };
        // Whoever waits for it: its log lines are those of the request that began it. Nothing else is logged of one.
        trace::carried(work).instrument(self.id.span())
    }
}

/// Has the engine execute an operation; of a subscription that is opened there is no answer but for what is wrong with it.
async fn execute(schema: &Schema, kind: OperationType, request: async_graphql::Request) -> Executed {
    if kind != OperationType::Subscription {
        return schema.execute(request).await;
    }
    schema.execute_stream(request).next().await.unwrap_or_default()
}

/// Ends the visit when the operation is answered, or given up by all who waited.
struct Ending(Arc<Visit>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Refuses what may cost more calls than a request may make.
fn affordable(estimate: &Estimate, allowed: usize, batch: Option<Estimates>) -> Result<(), Refusal> {
    let calls = estimate.calls();
    let Err(before) = batch.unwrap_or_default().add(calls, allowed) else { return Ok(()) };
    Err(Refusal::of_request(QUERY_TOO_COSTLY, too_costly(calls, before, allowed)))
}

/// Why an operation that may need so many calls is refused, after those before it in the batch.
pub(super) fn too_costly(calls: usize, before: usize, allowed: usize) -> String {
    let others = match before {
        0 => String::new(),
        before => format!(", and those before it in the batch {before}"),
    };
    format!(
        "This operation may need {calls} calls of the portal{others}; limits.max_portal_calls allows {allowed}. Ask for \
         fewer records at once, or for less of each."
    )
}

/// Counts what an operation was estimated to need, and what it has needed.
fn measure(kind: OperationType, estimated: usize, made: usize) {
    let kind = measured::word(kind);
    let number = |calls: usize| f64::from(u32::try_from(calls).unwrap_or(u32::MAX));
    metrics::histogram!(ESTIMATED_CALLS, "type" => kind).record(number(estimated));
    metrics::histogram!(OPERATION_CALLS, "type" => kind).record(number(made));
    trace::note("portalgraph.portal_calls", i64::try_from(made).unwrap_or(i64::MAX));
}

fn failed() -> Refusal {
    Refusal::of_request(INTERNAL, INTERNAL_MESSAGE)
}

/// What is answered when the time is up.
pub(super) fn late(deadline: &Deadline) -> Refusal {
    Refusal::of_request(PORTAL_TIMEOUT, format!("The answer was not ready within {deadline}."))
}

//! Operations of clients as they are counted: by name, type, outcome and time.

use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::types::OperationType;
use metrics::SharedString;

use super::answer::Written;
use super::refusal::Refusal;
use super::traced::{self, End};
use super::worked_out::{COLLAPSED, HIT, Outcome, WorkedOut};
use crate::upstream::metric;
use crate::upstream::trace::{Carried, Span};

/// What everything is counted by that clients may call as they like.
const OTHER: &str = "other";

/// An operation that is being answered.
pub(super) struct Measured {
    name: Option<Arc<str>>,
    begun: Instant,
    span: Span,
}

impl Measured {
    pub(super) fn begin(name: Option<Arc<str>>) -> Self {
        Self { name, begun: Instant::now(), span: traced::operation() }
    }

    /// What is done to answer it.
    pub(super) fn around<F: Future>(&self, work: F) -> Carried<F> {
        self.span.around(work)
    }

    pub(super) fn end(self, worked: &Result<WorkedOut, Refusal>) {
        let Self { name, begun, span } = self;
        let (kind, outcome, refusal) = match worked {
            Err(refusal) => (None, of_refusal(refusal), Some(refusal)),
            Ok(WorkedOut { kind, outcome: Outcome::Refused(refusal), .. }) => {
                (Some(*kind), of_refusal(refusal), Some(refusal))
            }
            Ok(worked) => (Some(worked.kind), of_outcome(&worked.outcome), None),
        };
        let answered = match worked {
            Ok(WorkedOut { kind: OperationType::Query, cache_status, .. }) => Some(match *cache_status {
                Some(HIT) => "kept",
                Some(COLLAPSED) => "shared",
                _ => "worked_out",
            }),
            _ => None,
        };
        answered.into_iter().for_each(metric::count_whole_answer);
        traced::worked_out(span, &End { kind, name: name.as_deref(), outcome, answered, refusal });
        let name = name.map_or(SharedString::const_str(OTHER), SharedString::from_shared);
        let kind = kind.map_or("unknown", word);
        metric::count_request(metric::Request { name, kind, outcome }, begun.elapsed());
    }
}

/// Counts a request that comes to no operation.
pub(super) fn turned_away(refusal: &Refusal) {
    metric::count_turned_away(refusal.code.as_str());
}

/// The word for a type of operation.
pub(super) const fn word(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

fn of_outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Kept(..) => "ok",
        Outcome::Written(written) => of_written(written),
        Outcome::Refused(refusal) => of_refusal(refusal),
    }
}

/// What became of an operation that came to an answer.
pub(super) fn of_written(written: &Written) -> &'static str {
    match written {
        written if written.is_faultless => "ok",
        written if written.is_executed() => "partial",
        _ => "refused",
    }
}

/// What became of one that came to none.
pub(super) fn of_refusal(refusal: &Refusal) -> &'static str {
    if refusal.status.is_server_error() { "failed" } else { "refused" }
}

//! What a client is told beside its answer, if it asks for that: `extensions.cost`, and `extensions.explain` where the
//! settings let it.

use std::collections::BTreeSet;
use std::time::Duration;

use async_graphql::{Response as Executed, Value, value};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::refusal::{FORBIDDEN, Refusal, UNAUTHENTICATED};
use crate::caller::{Alternative, Answered, Cost, Decision, Direction, Path, Price, Read, Told};
use crate::config::{Explain, Limits};
use crate::graph::{Arrival, Estimate, Visit};

/// A header of value 1 asks for `extensions.cost`.
pub(super) const COST: HeaderName = HeaderName::from_static("portalgraph-cost");

/// A header of value 1 asks for `extensions.explain`.
pub(super) const EXPLAIN: HeaderName = HeaderName::from_static("portalgraph-explain");

/// What one request asks to be told.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Aside {
    /// What it costs.
    tells_cost: bool,
    /// How it is answered.
    pub(super) explains: bool,
    /// Whether the whole answer is kept, so that who does not ask this would be given that.
    pub(super) is_kept_whole: bool,
}

impl Aside {
    /// What the headers ask for.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let tells_cost = headers.get(COST).is_some_and(|value| value == "1");
        let explains = match headers.get(EXPLAIN).map(HeaderValue::as_bytes) {
            None | Some(b"0") => false,
            Some(b"1") => true,
            Some(_) => {
                let message =
                    format!("The header {EXPLAIN} has a value that means nothing; expected 1, or 0.");
                return Err(Refusal::malformed(message));
            }
        };
        Ok(Self { tells_cost, explains, is_kept_whole: false })
    }

    /// Whether the request is worked out by itself: what it is told is what it costs alone.
    pub(super) const fn is_alone(self) -> bool {
        self.tells_cost || self.explains
    }

    /// Refuses to explain a request to who may not be told.
    pub(super) fn may_be_told(self, limits: &Limits, arrival: &Arrival) -> Result<(), Refusal> {
        if !self.explains {
            return Ok(());
        }
        let is_listed = || limits.explain_names.iter().any(|name| arrival.is_named(name));
        let refused = match limits.explain {
            Explain::Nobody => "This gateway explains no request (limits.explain is \"nobody\").",
            Explain::SignedIn | Explain::Listed if !arrival.is_signed_in() => {
                let message =
                    format!("Sign in to have a request explained, or leave out the header {EXPLAIN}.");
                let refusal = Refusal::of_request(UNAUTHENTICATED, message);
                return Err(refusal.with_header("www-authenticate", "Bearer"));
            }
            Explain::SignedIn => return Ok(()),
            Explain::Listed if is_listed() => return Ok(()),
            Explain::Listed => "This gateway explains requests to those whom limits.explain_names lists.",
        };
        Err(Refusal::of_request(FORBIDDEN, format!("{refused} Leave out the header {EXPLAIN}.")))
    }

    /// Puts what was asked for beside the answer.
    pub(super) fn tell(self, executed: &mut Executed, visit: &Visit, estimate: &Estimate) {
        if self.tells_cost {
            executed.extensions.insert("cost".to_owned(), cost(&visit.cost(), estimate));
        }
        if let Some(told) = visit.explanation() {
            let explained = explained(&told, (&visit.cost(), estimate), self.is_kept_whole);
            executed.extensions.insert("explain".to_owned(), explained);
        }
    }
}

/// What a request cost, as clients read it, beside what it was estimated to.
fn cost(cost: &Cost, estimate: &Estimate) -> Value {
    let names: BTreeSet<_> = cost.operations.keys().chain(estimate.operations.keys()).copied().collect();
    let operations = names.into_iter().map(|name| {
        let count = cost.operations.get(name).copied().unwrap_or_default();
        let estimated = estimate.operations.get(name).copied().unwrap_or_default();
        value!({
            "name": name, "calls": count.calls, "shared": count.shared, "kept": count.kept,
            "estimatedCalls": estimated,
        })
    });
    let operations: Vec<Value> = operations.collect();
    value!({
        "calls": cost.calls(), "estimatedPortalCalls": estimate.calls(), "waves": cost.waves, "operations": operations,
    })
}

/// How a request was answered, as clients read it.
fn explained(told: &Told, (cost, estimate): (&Cost, &Estimate), is_kept_whole: bool) -> Value {
    let sums = told.sums;
    let totals = value!({
        "calls": sums.calls, "estimatedPortalCalls": estimate.calls(), "shared": sums.shared, "kept": sums.kept,
        "stale": sums.stale, "waves": cost.waves, "milliseconds": milliseconds(told.took), "bytes": sums.bytes,
    });
    let reads: Vec<Value> = told.reads.iter().map(read).collect();
    let decisions: Vec<Value> = told.decisions.iter().map(decision).collect();
    value!({
        "totals": totals, "isKeptWhole": is_kept_whole, "reads": reads,
        "readsLeftOut": sums.reads - told.reads.len(), "decisions": decisions,
        "decisionsLeftOut": told.choices - told.decisions.len(),
    })
}

fn read(read: &Read) -> Value {
    value!({
        "paths": paths(&read.paths), "operation": read.operation, "how": how(read.how), "wave": read.wave,
        "startMilliseconds": milliseconds(read.began), "milliseconds": milliseconds(read.took),
        "bytes": read.brought.bytes, "records": read.brought.records, "retries": read.retries,
        "hedges": read.hedges, "isFailed": read.brought.is_failed,
    })
}

fn decision(decision: &Decision) -> Value {
    let alternatives = vec![
        alternative(Direction::Forward, decision.forward),
        alternative(Direction::Inverse, decision.inverse),
    ];
    value!({
        "setting": decision.setting, "paths": paths(&decision.paths), "keys": decision.keys,
        "keysAskedAlone": decision.alone, "direction": direction(decision.chosen),
        "decidedBy": decision.reason.decided_by(), "reason": decision.reason.words(), "alternatives": alternatives,
    })
}

fn alternative(of: Direction, Alternative { operations, price }: Alternative) -> Value {
    let calls = price.map(Price::calls);
    let time = price.map(|price| milliseconds(Duration::from_micros(price.microseconds())));
    value!({ "direction": direction(of), "operations": operations.to_vec(), "calls": calls, "milliseconds": time })
}

const fn how(answered: Answered) -> &'static str {
    match answered {
        Answered::Called => "called",
        Answered::Beside => "beside",
        Answered::Shared => "shared",
        Answered::Kept => "kept",
        Answered::Stale => "stale",
    }
}

const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Forward => "forward",
        Direction::Inverse => "inverse",
    }
}

fn paths(paths: &[Path]) -> Vec<String> {
    paths.iter().map(ToString::to_string).collect()
}

/// To the microsecond.
fn milliseconds(time: Duration) -> f64 {
    f64::from(u32::try_from(time.as_micros()).unwrap_or(u32::MAX)) / 1_000.0
}

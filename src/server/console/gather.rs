//! Gathers the console's state from where each part of it is known: the caller's figures, sessions, the gate, and counters.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::counted::{Counted, Sample};
use super::state::{
    Answered, Cache, Call, Estimate, Kept, Live, Operation, Plan, Poll, Recent, Requests, Sessions, State,
    Upstream,
};
use crate::caller::{self, Figures, KeptFigures, RecentFigures};
use crate::config::Way;
use crate::server::{Floor, health};
use crate::upstream::metric;

/// The state of now, with what was counted.
pub(super) async fn state(floor: &Floor, page: &str, up: Duration) -> State {
    let not_ready = health::not_ready(floor).await;
    let counted = Counted::read(page);
    let figures = floor.gateway.figures();
    let (class_ends, operations) = operations(&counted);
    State {
        version: env!("CARGO_PKG_VERSION"),
        up_seconds: up.as_secs_f64(),
        not_ready,
        sessions: sessions(floor),
        requests: requests(floor, &counted),
        operations,
        class_ends,
        upstreams: upstreams(&figures, &counted),
        calls: calls(&figures, &counted),
        cache: Cache {
            answers: kept(figures.kept),
            whole_answers: kept(floor.kept.figures()),
            nouns: nouns(&counted),
            stale: owned(counted.by(metric::STALE, "cause")),
        },
        live: Live { subscriptions: figures.subscriptions, polls: polls(&figures, &counted) },
        plans: plans(&figures, &counted),
    }
}

fn owned(counts: BTreeMap<&str, u64>) -> BTreeMap<String, u64> {
    counts.into_iter().map(|(word, count)| (word.to_owned(), count)).collect()
}

fn sessions(floor: &Floor) -> Sessions {
    let (service_accounts_listed, service_accounts) = floor.gateway.accounts.count();
    Sessions { people: floor.gateway.sessions.count(), service_accounts, service_accounts_listed }
}

fn requests(floor: &Floor, counted: &Counted<'_>) -> Requests {
    let [under_way, waiting, places] = floor.gate.figures();
    Requests {
        under_way,
        waiting,
        places,
        shed: counted.total(metric::SHED),
        turned_away: owned(counted.by(metric::TURNED_AWAY, "code")),
        whole_answers: owned(counted.by(metric::WHOLE_ANSWERS, "answered")),
    }
}

/// Operations of clients with the classes of the times they took, of those that were not refused: refusing takes no time, and
/// would hide what the others took.
fn operations(counted: &Counted<'_>) -> (Vec<f64>, Vec<Operation>) {
    let of = |part: &str| counted.samples(&format!("{}_{part}", metric::REQUESTS));
    let key = |sample: &Sample<'_>| (sample.label("name").to_owned(), sample.label("type").to_owned());
    let is_worked_on = |sample: &&Sample<'_>| sample.label("outcome") != "refused";
    let mut all: BTreeMap<_, Operation> = BTreeMap::new();
    for sample in of("count") {
        let operation = all.entry(key(sample)).or_insert_with_key(|(name, kind)| Operation {
            name: name.clone(),
            kind: kind.clone(),
            outcomes: BTreeMap::new(),
            seconds: 0.0,
            classes: Vec::new(),
        });
        *operation.outcomes.entry(sample.label("outcome").to_owned()).or_default() += sample.count();
    }
    for sample in of("sum").iter().filter(is_worked_on) {
        if let Some(operation) = all.get_mut(&key(sample)) {
            operation.seconds += sample.value;
        }
    }
    let buckets = of("bucket");
    let mut ends: Vec<f64> = buckets.iter().filter_map(|sample| sample.label("le").parse().ok()).collect();
    ends.sort_unstable_by(f64::total_cmp);
    ends.dedup();
    for operation in all.values_mut() {
        operation.classes = vec![0; ends.len()];
    }
    for sample in buckets.iter().filter(is_worked_on) {
        let end = sample.label("le").parse::<f64>().ok();
        let place = end.and_then(|end| ends.iter().position(|known| known.total_cmp(&end).is_eq()));
        if let (Some(operation), Some(place)) = (all.get_mut(&key(sample)), place) {
            operation.classes[place] += sample.count();
        }
    }
    // JSON has no infinity: the last class is known by its place.
    ends.retain(|end| end.is_finite());
    (ends, all.into_values().collect())
}

fn upstreams(figures: &Figures, counted: &Counted<'_>) -> Vec<Upstream> {
    let refused = |server: &str, class: &str| {
        let samples = counted.samples(metric::REFUSED).iter();
        let of_it =
            samples.filter(|sample| sample.label("upstream") == server && sample.label("class") == class);
        of_it.map(|sample| (sample.label("cause").to_owned(), sample.count())).collect()
    };
    let rooms = figures.rooms.iter().map(|room| Upstream {
        name: room.server,
        class: room.class,
        breaker: match room.breaker {
            0 => "closed",
            1 => "trying",
            _ => "open",
        },
        under_way: room.under_way,
        waiting: room.waiting,
        limit: room.limit,
        most: room.most,
        refused: refused(room.server, room.class),
    });
    rooms.collect()
}

/// Operations of the upstreams that were called; those that were only refused by the room for calls are not among them.
fn calls(figures: &Figures, counted: &Counted<'_>) -> Vec<Call> {
    let outcomes = counted.by_both(metric::CALLS, ["operation", "outcome"]);
    let [retries, hedges] = [metric::RETRIES, metric::HEDGES].map(|name| counted.by(name, "operation"));
    let calls = outcomes.into_iter().map(|(operation, outcomes)| {
        let seen = figures.operations.iter().find(|seen| seen.operation == operation);
        Call {
            operation: operation.to_owned(),
            outcomes: owned(outcomes),
            retries: retries.get(operation).copied().unwrap_or_default(),
            hedges: hedges.get(operation).copied().unwrap_or_default(),
            recent: seen.map(|seen| recent(seen.recent, seen.bytes)),
        }
    });
    calls.collect()
}

fn recent(recent: RecentFigures, bytes: u64) -> Recent {
    Recent {
        calls: recent.calls,
        median_seconds: recent.median.as_secs_f64(),
        p95_seconds: recent.p95.as_secs_f64(),
        bytes,
    }
}

fn kept(figures: KeptFigures) -> Kept {
    let KeptFigures { entries, bytes, most_bytes } = figures;
    Kept { entries, bytes, most_bytes }
}

fn nouns(counted: &Counted<'_>) -> Vec<Answered> {
    let nouns = counted.by_both(metric::ANSWERS, ["noun", "answered"]).into_iter().map(|(noun, counts)| {
        let [called, shared, kept] =
            ["called", "shared", "kept"].map(|way| counts.get(way).copied().unwrap_or_default());
        Answered { noun: noun.to_owned(), called, shared, kept }
    });
    nouns.collect()
}

fn polls(figures: &Figures, counted: &Counted<'_>) -> Vec<Poll> {
    let outcomes = counted.by_both(metric::LIVE_POLLS, ["operation", "outcome"]);
    let present = figures.polls.iter().map(|poll| poll.operation);
    let operations: BTreeSet<_> = outcomes.keys().copied().chain(present).collect();
    let polls = operations.into_iter().map(|operation| {
        let present = figures.polls.iter().find(|poll| poll.operation == operation);
        let asked =
            counted.samples(metric::ANSWERS).iter().find(|sample| sample.label("operation") == operation);
        let noun = present.map(|poll| poll.noun).or(asked.map(|sample| sample.label("noun")));
        Poll {
            operation: operation.to_owned(),
            noun: noun.unwrap_or("none").to_owned(),
            pollers: present.map_or(0, |poll| poll.pollers),
            rest_seconds: present.map(|poll| poll.rest.as_secs_f64()),
            outcomes: outcomes.get(operation).cloned().map(owned).unwrap_or_default(),
        }
    });
    polls.collect()
}

fn plans(figures: &Figures, counted: &Counted<'_>) -> Vec<Plan> {
    let mut ways = counted.by_both(metric::PLANS, ["edge", "way"]);
    let estimates = |estimates: &[caller::Estimate]| {
        let told = estimates.iter().map(|estimate| Estimate {
            operation: estimate.operation,
            seconds: Duration::from_micros(estimate.each.microseconds).as_secs_f64(),
            bytes: estimate.each.bytes,
            is_seen: estimate.is_seen,
        });
        told.collect()
    };
    let plans = figures.edges.iter().map(|edge| Plan {
        edge: edge.edge,
        setting: match edge.way {
            Way::Auto => "auto",
            Way::Forward => "forward",
            Way::Inverse => "inverse",
        },
        ways: owned(ways.remove(edge.edge).unwrap_or_default()),
        forward: estimates(&edge.forward),
        inverse: estimates(&edge.inverse),
    });
    plans.collect()
}

//! What is counted, by name and with what each means. Labels are operations, which are constants of the program, names
//! of the operator's own list of documents, and words of a few: never a host, a person or anything a client has written.

use std::time::Duration;

use metrics::{
    SharedString, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use super::destination::Destination;

/// Calls of the upstreams.
pub const CALLS: &str = "portalgraph_portal_calls_total";

/// How long calls of the upstreams take.
pub const CALL_DURATION: &str = "portalgraph_portal_call_duration_seconds";

/// Answers that requests were given.
pub const ANSWERS: &str = "portalgraph_answers_total";

/// Operations of clients, and how long they took.
pub const REQUESTS: &str = "portalgraph_request_duration_seconds";

/// Requests that were refused before an operation was looked at.
pub const TURNED_AWAY: &str = "portalgraph_requests_turned_away_total";

/// Whole answers that operations were given.
pub const WHOLE_ANSWERS: &str = "portalgraph_whole_answers_total";

/// Sessions of people.
const SESSIONS: &str = "portalgraph_sessions";

/// What an operation of a client was estimated to need.
pub const ESTIMATED_CALLS: &str = "portalgraph_operation_estimated_portal_calls";

/// What an operation of a client has needed.
pub const OPERATION_CALLS: &str = "portalgraph_operation_portal_calls";

/// Shared catalogues that turned out not to be the same for everyone.
pub const DEMOTIONS: &str = "portalgraph_shared_catalogue_demotions_total";

/// Calls made to compare what one user may see with what is shared.
pub const SHADOW_FETCHES: &str = "portalgraph_shadow_fetches_total";

/// Calls that wait for room.
const WAITING: &str = "portalgraph_portal_waiting_calls";

/// Calls that may be under way.
const LIMIT: &str = "portalgraph_portal_call_limit";

/// Whether calls are sent.
const BREAKER: &str = "portalgraph_portal_breaker";

/// Calls that were not let in.
pub const REFUSED: &str = "portalgraph_portal_refused_calls_total";

/// Reads that were asked once more.
pub const RETRIES: &str = "portalgraph_portal_retries_total";

/// Reads that were asked a second time beside the first.
pub const HEDGES: &str = "portalgraph_portal_hedges_total";

/// Plans of edges that can be read from both their ends.
pub const PLANS: &str = "portalgraph_plans_total";

/// Subscriptions that are open.
pub const LIVE_SUBSCRIPTIONS: &str = "portalgraph_live_subscriptions";

/// Questions that are polled.
pub const LIVE_POLLERS: &str = "portalgraph_live_pollers";

/// Polls that were made.
pub const LIVE_POLLS: &str = "portalgraph_live_polls_total";

/// Answers that were too old, and were given rather than none.
pub const STALE: &str = "portalgraph_stale_answers_total";

/// Requests that were turned away because too many were worked on.
pub const SHED: &str = "portalgraph_requests_shed_total";

/// Requests that have a place.
const UNDER_WAY: &str = "portalgraph_requests_under_way";

/// Requests that wait for a place.
const QUEUED: &str = "portalgraph_requests_waiting";

/// Spans on their way to a collector of traces.
const SPANS: &str = "portalgraph_trace_spans_total";

/// What runs.
const BUILD: &str = "portalgraph_build_info";

/// Tells whoever collects what each means.
pub fn describe() {
    describe_counter!(
        CALLS,
        "Calls of the portal and of ICWS, signing in among them, by operation and outcome: ok, refused, failed."
    );
    describe_histogram!(
        CALL_DURATION,
        "Seconds a call of the portal or of ICWS took, by operation, whatever its outcome; waiting for room is not part of it."
    );
    describe_counter!(
        HEDGES,
        "Point reads that were put a second time because the first was slow, by operation."
    );
    describe_counter!(
        ANSWERS,
        "Questions that operations of clients had, by the upstream's operation, by the noun it is about and by how they were \
         answered: called, shared (by another request's call), kept."
    );
    describe_counter!(
        STALE,
        "Questions answered with what was too old, by the upstream's operation and by cause: renewed (beside the request), \
         failed (asking did)."
    );
    describe_histogram!(
        REQUESTS,
        "Seconds an operation of a client took, by name (of a trusted document's operation; other is all the rest), type and \
         outcome: ok, partial (with errors), refused (for what it is), failed."
    );
    describe_counter!(
        TURNED_AWAY,
        "Requests that were refused before an operation was looked at, by the code of their error."
    );
    describe_counter!(
        WHOLE_ANSWERS,
        "Queries by how their whole answer came: worked_out, shared (worked out for another request), kept."
    );
    describe_gauge!(SESSIONS, "Sessions of people that this replica has in memory.");
    describe_histogram!(
        ESTIMATED_CALLS,
        "Calls that an executed operation of a client was estimated to need at most, by type: query or mutation."
    );
    describe_histogram!(
        OPERATION_CALLS,
        "Calls that an executed operation of a client has made, by type: query or mutation."
    );
    describe_counter!(
        SHED,
        "Requests answered with OVERLOADED, because there was no place among server.max_requests."
    );
    describe_counter!(
        DEMOTIONS,
        "Shared catalogues that two users of a tenant see differently, so that each asks for their own from then on."
    );
    describe_counter!(
        SHADOW_FETCHES,
        "Calls of the portal made to compare what one user may see with what is shared, by operation and outcome: \
         alike, changed (perhaps the catalogue), different (sharing ends), overtaken (by a write), failed."
    );
    describe_counter!(
        PLANS,
        "Plans of edges that can be read from both their ends, by edge (as in [plan] of the settings) and way: forward, \
         inverse, kept (nothing had to be asked for)."
    );
    describe_room();
    describe_live();
    describe_process();
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    // What has not happened is nought rather than unknown, so that a rate can be told of its first time.
    counter!(SHED).increment(0);
    show_requests(0, 0);
    for outcome in [Exported::Taken, Exported::Lost] {
        count_spans(0, outcome);
    }
    gauge!(LIVE_SUBSCRIPTIONS).set(0.0);
    gauge!(LIVE_POLLERS).set(0.0);
}

fn describe_live() {
    describe_gauge!(LIVE_SUBSCRIPTIONS, "Subscriptions that are open.");
    describe_gauge!(
        LIVE_POLLERS,
        "Questions that are polled for subscribers, each once for all who follow the same."
    );
    describe_counter!(
        LIVE_POLLS,
        "Polls that were made for subscribers, by the upstream's operation and outcome, such as same, changed, failed."
    );
}

fn describe_process() {
    describe_gauge!(BUILD, "1, with the version of the gateway.");
    describe_gauge!(UNDER_WAY, "Requests that are worked on, of server.max_requests.");
    describe_gauge!(QUEUED, "Requests that wait for a place among them.");
    describe_counter!(
        SPANS,
        "Spans that were recorded, by outcome: taken (by the collector), lost (it took none, or too many waited)."
    );
}

fn describe_room() {
    describe_gauge!(
        WAITING,
        "Calls that wait for room, by upstream (portal, callback, icws) and class (read, write)."
    );
    describe_gauge!(LIMIT, "Calls that may be under way at once now, by upstream and class.");
    describe_gauge!(
        BREAKER,
        "Whether calls are sent, by upstream and class: 0 they are, 1 one tries whether it is well, 2 none is."
    );
    describe_counter!(
        REFUSED,
        "Calls that were not sent, by upstream, class and cause: full (too many wait), late (no room in time), open (it was \
         not reached), paused (it asked to be left alone)."
    );
    describe_counter!(RETRIES, "Reads that were asked once more because nothing was answered, by operation.");
}

/// What is shown of the room for a class of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// How many may be under way.
    pub limit: usize,
    /// 0 if they are sent, 1 while one tries, 2 if not.
    pub breaker: u8,
}

/// A server and the class of its calls.
type Place = (Destination, &'static str);

fn gauge_of(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// Shows the room there is for a class of calls.
pub fn show_room((destination, class): Place, room: Room) {
    gauge!(LIMIT, "upstream" => destination.word(), "class" => class).set(gauge_of(room.limit));
    gauge!(BREAKER, "upstream" => destination.word(), "class" => class).set(room.breaker);
}

/// Begins to count the calls of a class that are not let in.
pub fn begin_refused((destination, class): Place, causes: [&'static str; 4]) {
    for cause in causes {
        counter!(REFUSED, "upstream" => destination.word(), "class" => class, "cause" => cause).increment(0);
    }
}

/// Shows how many wait for room.
pub fn show_waiting((destination, class): Place, waiting: usize) {
    gauge!(WAITING, "upstream" => destination.word(), "class" => class).set(gauge_of(waiting));
}

/// Counts a call that was not let in.
pub fn count_refused((destination, class): Place, cause: &'static str) {
    counter!(REFUSED, "upstream" => destination.word(), "class" => class, "cause" => cause).increment(1);
}

/// Counts a read that is asked once more.
pub fn count_retry(operation: &'static str) {
    counter!(RETRIES, "operation" => operation).increment(1);
}

/// Counts a read that was put a second time beside the first.
pub fn count_hedge(operation: &'static str) {
    counter!(HEDGES, "operation" => operation).increment(1);
}

/// Counts an answer that was too old and was given all the same.
pub fn count_stale(operation: &'static str, cause: &'static str) {
    counter!(STALE, "operation" => operation, "cause" => cause).increment(1);
}

/// Counts how a question was answered.
pub fn count_answer(operation: &'static str, noun: &'static str, answered: &'static str) {
    counter!(ANSWERS, "operation" => operation, "noun" => noun, "answered" => answered).increment(1);
}

/// An operation of a client, as it is counted.
#[derive(Clone, Debug)]
pub struct Request {
    /// What the operator calls it.
    pub name: SharedString,
    /// Query, mutation or subscription, as far as it is known.
    pub kind: &'static str,
    /// What became of it.
    pub outcome: &'static str,
}

/// Counts an operation of a client with the time it took.
pub fn count_request(request: Request, took: Duration) {
    let Request { name, kind, outcome } = request;
    histogram!(REQUESTS, "name" => name, "type" => kind, "outcome" => outcome).record(took);
}

/// Counts a request that came to no operation.
pub fn count_turned_away(code: &'static str) {
    counter!(TURNED_AWAY, "code" => code).increment(1);
}

/// Counts how a whole answer came.
pub fn count_whole_answer(answered: &'static str) {
    counter!(WHOLE_ANSWERS, "answered" => answered).increment(1);
}

/// Shows how many sessions there are.
pub fn show_sessions(sessions: usize) {
    gauge!(SESSIONS).set(gauge_of(sessions));
}

/// Begins to count the plans of an edge.
pub fn begin_plans(edge: &'static str, ways: [&'static str; 3]) {
    for way in ways {
        counter!(PLANS, "edge" => edge, "way" => way).increment(0);
    }
}

/// Counts a plan of an edge by the way it came to.
pub fn count_plan(edge: &'static str, way: &'static str) {
    counter!(PLANS, "edge" => edge, "way" => way).increment(1);
}

/// Counts a call of an upstream with the time it took.
pub fn count_call((operation, outcome): (&'static str, &'static str), took: Duration) {
    counter!(CALLS, "operation" => operation, "outcome" => outcome).increment(1);
    histogram!(CALL_DURATION, "operation" => operation).record(took);
}

/// Shows how many requests are worked on, and how many wait for that.
pub fn show_requests(under_way: usize, waiting: usize) {
    gauge!(UNDER_WAY).set(gauge_of(under_way));
    gauge!(QUEUED).set(gauge_of(waiting));
}

/// What became of spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exported {
    /// The collector has them.
    Taken,
    /// Nobody has.
    Lost,
}

/// Counts spans that have ended.
pub fn count_spans(spans: usize, outcome: Exported) {
    let word = match outcome {
        Exported::Taken => "taken",
        Exported::Lost => "lost",
    };
    counter!(SPANS, "outcome" => word).increment(u64::try_from(spans).unwrap_or(u64::MAX));
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_metric_says_what_it_means() {
        let text = include_str!("metric.rs");
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let declared: Vec<_> = text
            .split("const ")
            .filter(|rest| rest.contains(": &str = \"portalgraph_"))
            .filter_map(|rest| rest.split(':').next())
            .collect();
        assert!(declared.len() >= 18, "{declared:?}");
        for name in declared {
            let is_described = ["counter", "gauge", "histogram"].iter().any(|kind| {
                text.contains(&format!("describe_{kind}!({name},"))
                    || text.contains(&format!("describe_{kind}!( {name},"))
            });
            assert!(is_described, "{name}");
        }
    }
}

//! What is counted, by name and with what each means. Labels are operations, which are constants of the program, and words
//! of a few: never a host, a person or anything a client has written.

use metrics::{counter, describe_counter, describe_histogram};

/// Calls of the upstreams.
const CALLS: &str = "portalgraph_portal_calls_total";

/// Answers that requests were given.
pub const ANSWERS: &str = "portalgraph_answers_total";

/// What an operation of a client was estimated to need.
pub const ESTIMATED_CALLS: &str = "portalgraph_operation_estimated_portal_calls";

/// What an operation of a client has needed.
pub const OPERATION_CALLS: &str = "portalgraph_operation_portal_calls";

/// Shared catalogues that turned out not to be the same for everyone.
pub const DEMOTIONS: &str = "portalgraph_shared_catalogue_demotions_total";

/// Calls made to compare what one user may see with what is shared.
pub const SHADOW_FETCHES: &str = "portalgraph_shadow_fetches_total";

/// Requests that were turned away because too many were worked on.
pub const SHED: &str = "portalgraph_requests_shed_total";

/// Tells whoever collects what each means.
pub fn describe() {
    describe_counter!(
        CALLS,
        "Calls of the portal and of ICWS, signing in among them, by operation and outcome: ok, refused, failed."
    );
    describe_counter!(
        ANSWERS,
        "Questions that operations of clients had, by the upstream's operation and by how they were answered: called, \
         shared (by another request's call), kept."
    );
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
}

/// Counts a call of an upstream.
pub fn count_call(operation: &'static str, outcome: &'static str) {
    counter!(CALLS, "operation" => operation, "outcome" => outcome).increment(1);
}

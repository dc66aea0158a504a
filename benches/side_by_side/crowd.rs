//! 64 people who each ask for the dashboard every second: how often the portal is asked for it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::Scope;
use super::field::{Gateway, Keeps, Portal};
use super::load::Connection;
use super::query::QUERIES;
use super::report::Report;

const PEOPLE: usize = 64;
/// Shorter than by default, so that it passes several times while this is measured.
const TIME_TO_LIVE: u64 = 3;
const PERIOD: Duration = Duration::from_secs(1);

/// What the portal saw of them.
pub(crate) struct Crowd {
    pub(crate) seconds: u64,
    pub(crate) calls: u64,
    /// One set of calls for each person and time to live that had begun.
    pub(crate) at_most: u64,
}

impl Crowd {
    pub(crate) fn as_json(&self) -> Value {
        json!({ "seconds": self.seconds, "portalCalls": self.calls, "atMost": self.at_most })
    }
}

/// Measures it and prints it.
pub(crate) async fn measure(scope: &Scope, report: &mut Report) {
    let seconds = if scope.quick { 7 } else { 13 };
    let portal = Portal::start(200);
    let gateway = Gateway::start(&portal.process, Keeps::Seconds(TIME_TO_LIVE), PEOPLE, &[]).await;
    let query = QUERIES[6];
    // The set itself, of somebody who is asked about again once it has been forgotten.
    let set = gateway.cost(query.document).await.calls;
    tokio::time::sleep(Duration::from_secs(TIME_TO_LIVE + 1)).await;
    let requests = query.to_gateway(&gateway.tokens, false);
    let before = portal.calls().await;
    let started = Instant::now();
    let address = gateway.process.address;
    join_all(requests.iter().map(|request| async move {
        let mut connection = Connection::open(address).await;
        for turn in 0..seconds {
            connection.ask(request).await;
            let next = started + PERIOD * (turn + 1);
            tokio::time::sleep_until(next.into()).await;
        }
    }))
    .await;
    let calls = portal.calls().await - before;
    let seconds = u64::from(seconds);
    let at_most = PEOPLE as u64 * set * seconds.div_ceil(TIME_TO_LIVE);
    println!(
        "\n{PEOPLE} people, each asking Q6 every second for {seconds} s, kept for {TIME_TO_LIVE} s: {calls} calls of the \
         portal, {:.2} sets of {set} for each; at most {at_most}",
        calls as f64 / (PEOPLE as u64 * set) as f64
    );
    report.crowd = Some(Crowd { seconds, calls, at_most });
}

//! What a cold query waits for where the portal takes 50 ms for a call: its waves, and how long it takes beside them.

use std::time::Duration;

use serde_json::{Value, json};

use super::Scope;
use super::field::{Cost, Gateway, Keeps, Portal};
use super::load::Load;
use super::query::{QUERIES, Query, SKILLS_OF_500};
use super::report::Report;

const DELAY: Duration = Duration::from_millis(50);

/// How long one query takes.
pub(crate) struct Wait {
    pub(crate) query: &'static str,
    pub(crate) cost: Cost,
    /// Milliseconds.
    pub(crate) median: f64,
}

impl Wait {
    pub(crate) fn as_json(&self) -> Value {
        json!({
            "query": self.query,
            "calls": self.cost.calls,
            "waves": self.cost.waves,
            "p50Milliseconds": self.median,
        })
    }

    /// Milliseconds that are not its waves'.
    pub(crate) fn rest(&self) -> f64 {
        self.median - (self.cost.waves * 50) as f64
    }
}

/// Measures Q1 to Q6, and the skills of 500 agents in a larger world.
pub(crate) async fn measure(scope: &Scope, report: &mut Report) {
    println!("\na portal that takes 50 ms for a call: calls, waves, p50 ms, of them beside the waves");
    let small = Portal::start(200);
    for query in &QUERIES[1..] {
        ask(scope, &small, *query, report).await;
    }
    drop(small);
    ask(scope, &Portal::start(600), SKILLS_OF_500, report).await;
}

async fn ask(scope: &Scope, portal: &Portal, query: Query, report: &mut Report) {
    let gateway = Gateway::start(&portal.process, Keeps::Seconds(0), 1, &[]).await;
    let requests = query.to_gateway(&gateway.tokens, false);
    // The first time the portal makes its answers, and is slower than it says.
    Load::begin(gateway.process.address, 1, &requests).await;
    portal.delay(DELAY).await;
    let cost = gateway.cost(query.document).await;
    let load = Load::begin(gateway.process.address, 1, &requests).await;
    let outcome = load.run(scope.round * 8).await;
    portal.delay(Duration::ZERO).await;
    let median = outcome.latencies[outcome.latencies.len() / 2].as_secs_f64() * 1e3;
    let wait = Wait { query: query.name, cost, median };
    println!("{:<20}{:>5}{:>5}{median:>9.1}{:>9.1}", query.name, cost.calls, cost.waves, wait.rest());
    report.waits.push(wait);
}

//! A cell of the table: one query, one way to ask it, and every server's figures, from rounds that take turns.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Scope;
use super::field::{Field, Server};
use super::load::Load;
use super::query::Query;

/// How a query is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) connections: usize,
    pub(crate) identities: usize,
    /// How long the portal takes for a call, in milliseconds.
    pub(crate) delay: u64,
}

impl Way {
    pub(crate) fn name(self) -> String {
        let connections = if self.connections == 1 { "connection" } else { "connections" };
        let identities = if self.identities == 1 { "identity" } else { "identities" };
        let delay = if self.delay == 0 { String::new() } else { format!(", portal {} ms", self.delay) };
        format!("{} {connections}, {} {identities}{delay}", self.connections, self.identities)
    }
}

/// What a server came to: the median of its rounds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    /// Milliseconds of processor time for a thousand requests.
    pub(crate) cpu: f64,
    /// Calls of the portal for a request.
    pub(crate) calls: f64,
    /// Milliseconds.
    pub(crate) median: f64,
    /// Milliseconds, at the 99th percentile.
    pub(crate) slow: f64,
}

/// The figures of one cell.
pub(crate) struct Cell {
    pub(crate) query: &'static str,
    pub(crate) way: Way,
    pub(crate) servers: BTreeMap<Server, Figures>,
}

impl Cell {
    /// Asks the servers in turn, round after round.
    pub(crate) async fn measure(
        scope: &Scope,
        field: &Field,
        (query, way): (Query, Way),
        servers: &[Server],
    ) -> Self {
        field.portal.delay(Duration::from_millis(way.delay)).await;
        let mut rounds: BTreeMap<Server, Vec<Figures>> = BTreeMap::new();
        // Where the portal is slow, it is what each round waits for.
        let rounds_of_each = if way.delay > 0 { scope.rounds.min(3) } else { scope.rounds };
        for _ in 0..rounds_of_each {
            for server in servers {
                let figures = round(scope, field, (query, way), *server).await;
                rounds.entry(*server).or_default().push(figures);
            }
        }
        field.portal.delay(Duration::ZERO).await;
        let servers = rounds.into_iter().map(|(server, rounds)| (server, middle(&rounds))).collect();
        Self { query: query.name, way, servers }
    }
}

async fn round(scope: &Scope, field: &Field, (query, way): (Query, Way), server: Server) -> Figures {
    let process = field.process(server);
    let mut requests = field.requests(server, query, way.identities);
    if server == Server::Cold && way.identities == 1 && way.connections > 1 {
        // What this cell is about is how many calls the same question costs that many ask at once.
        requests.truncate(1);
    }
    if server == Server::Warm && requests.len() > way.connections {
        // Every question once before it counts.
        Load::begin(process.address, requests.len(), &requests).await;
    }
    if scope.rounds == 1 {
        println!("process {} is under load: {}", process.id(), server.name());
    }
    let load = Load::begin(process.address, way.connections, &requests).await;
    let (cpu, calls) = (process.cpu(), field.portal.calls().await);
    let outcome = load.run(scope.round + Duration::from_millis(way.delay * 20)).await;
    let (cpu, calls) = (process.cpu().saturating_sub(cpu), field.portal.calls().await - calls);
    let count = outcome.latencies.len() as f64;
    let at = |hundredths: usize| outcome.latencies[(outcome.latencies.len() - 1) * hundredths / 100];
    Figures {
        per_second: count / outcome.elapsed.as_secs_f64(),
        cpu: cpu.as_secs_f64() * 1e6 / count,
        calls: calls as f64 / count,
        median: at(50).as_secs_f64() * 1e3,
        slow: at(99).as_secs_f64() * 1e3,
    }
}

fn middle(rounds: &[Figures]) -> Figures {
    let of = |figure: fn(&Figures) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(figure).collect();
        values.sort_unstable_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Figures {
        per_second: of(|figures| figures.per_second),
        cpu: of(|figures| figures.cpu),
        calls: of(|figures| figures.calls),
        median: of(|figures| figures.median),
        slow: of(|figures| figures.slow),
    }
}

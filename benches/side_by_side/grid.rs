//! The table: Q0 to Q6, cold and warm, by connections, identities and the portal's delay.

use super::Scope;
use super::cell::{Cell, Way};
use super::field::{Field, Server};
use super::query::QUERIES;
use super::report::Report;

/// The size of the world that is asked about.
const USERS: usize = 200;

const fn way(connections: usize, identities: usize, delay: u64) -> Way {
    Way { connections, identities, delay }
}

/// The ways that stand in every table, and whom each compares.
const WAYS: [(Way, &[Server]); 5] = [
    (way(1, 1, 0), &[Server::Fixed, Server::Proxy, Server::Cold, Server::Warm, Server::Unseen]),
    (way(64, 1, 0), &[Server::Fixed, Server::Proxy, Server::Cold, Server::Warm]),
    (way(64, 64, 0), &[Server::Proxy, Server::Cold, Server::Warm]),
    (way(1, 1, 20), &[Server::Proxy, Server::Cold]),
    (way(1, 1, 50), &[Server::Proxy, Server::Cold]),
];

/// Measures the cells that are asked for and prints each as it comes.
pub(crate) async fn measure(scope: &Scope, report: &mut Report) {
    let field = Field::start(USERS, 64).await;
    for query in QUERIES {
        field.agree(query).await;
        report.costs.insert(query.name, field.cost(query).await);
    }
    for (way, servers) in WAYS {
        for query in QUERIES {
            let has_call = query.name != "Q0";
            if scope.quick && (!has_call || way.delay == 20) {
                continue;
            }
            let name = |server: &Server| format!("{} {}, {}", query.name, way.name(), server.name());
            let servers: Vec<Server> = servers
                .iter()
                .filter(|server| has_call || **server != Server::Proxy)
                .filter(|server| scope.wants(&name(server)))
                .copied()
                .collect();
            if servers.is_empty() {
                continue;
            }
            let cell = Cell::measure(scope, &field, (query, way), &servers).await;
            report.add(cell);
        }
    }
}

//! How cost grows: with the number of users in an answer, and with the number of people who ask.

use std::time::Duration;

use serde_json::{Value, json};

use super::Scope;
use super::field::{Gateway, Keeps, Portal};
use super::load::{Load, Request};
use super::process::Process;
use super::query::QUERIES;
use super::report::Report;
use super::world::IDENTITIES;

const SIZES: [usize; 6] = [100, 400, 1_600, 6_400, 25_600, 50_000];
const CROWDS: [usize; 5] = [1, 4, 16, 64, IDENTITIES];
const ROUNDS: usize = 5;

/// A row of either table: how many, and milliseconds of processor time for a request.
pub(crate) type Row = (usize, f64);

/// How cost grows.
pub(crate) struct Growth {
    /// By users in the answer, cold.
    pub(crate) users: Vec<Row>,
    /// By people who ask in turn, cold.
    pub(crate) cold: Vec<Row>,
    /// The same, warm.
    pub(crate) warm: Vec<Row>,
}

impl Growth {
    pub(crate) fn as_json(&self) -> Value {
        json!({ "cpuByUsers": self.users, "cpuByIdentitiesCold": self.cold, "cpuByIdentitiesWarm": self.warm })
    }

    /// The slope of the line through all sizes, both axes logarithmic.
    pub(crate) fn exponent(&self) -> f64 {
        let points: Vec<_> = self.users.iter().map(|(users, cpu)| ((*users as f64).ln(), cpu.ln())).collect();
        let count = points.len() as f64;
        let (x, y) =
            points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
        let over: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
        over / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
    }
}

/// The dearest of a table's rows, as a multiple of the first one's cost.
pub(crate) fn spread(rows: &[Row]) -> f64 {
    let first = rows.first().map_or(1.0, |row| row.1);
    rows.iter().map(|row| row.1 / first).fold(0.0, f64::max)
}

/// Processor time for a request, the median of the rounds.
async fn cost(process: &Process, requests: &[Request], (connections, round): (usize, Duration)) -> f64 {
    let mut costs = Vec::new();
    for _ in 0..ROUNDS {
        let load = Load::begin(process.address, connections, requests).await;
        let before = process.cpu();
        let outcome = load.run(round).await;
        let taken = process.cpu().saturating_sub(before);
        costs.push(taken.as_secs_f64() * 1e3 / outcome.latencies.len() as f64);
    }
    costs.sort_unstable_by(f64::total_cmp);
    costs[ROUNDS / 2]
}

/// Measures both and prints them.
pub(crate) async fn measure(scope: &Scope, report: &mut Report) {
    let mut growth = Growth { users: Vec::new(), cold: Vec::new(), warm: Vec::new() };
    println!("\nusers in one answer, six fields each, cold: CPU ms a request, for each of them us");
    for users in SIZES {
        if scope.quick && users > 6_400 {
            break;
        }
        let portal = Portal::start(users);
        // The two limits that such an answer goes beyond.
        let settings = [("PORTAL__MAX_ANSWER_BYTES", "268435456"), ("LIMITS__MAX_PAGE_SIZE", "50000")];
        let gateway = Gateway::start(&portal.process, Keeps::Seconds(0), 1, &settings).await;
        let document = format!(
            "{{ users(first: {users}) {{ nodes {{ loginName firstName lastName email phone isActive }} }} }}"
        );
        let authorization = format!("Bearer {}", gateway.tokens[0]);
        let body = json!({ "query": document }).to_string();
        let request = [Request::post("/graphql", &[("authorization", &authorization)], &body)];
        let cpu = cost(&gateway.process, &request, (1, 2 * scope.round)).await;
        println!("{users:>7}{cpu:>10.2}{:>10.2}", cpu * 1e3 / users as f64);
        growth.users.push((users, cpu));
    }
    println!("exponent {:.3}", growth.exponent());

    let portal = Portal::start(200);
    let cold = Gateway::start(&portal.process, Keeps::Seconds(0), IDENTITIES, &[]).await;
    let warm = Gateway::start(&portal.process, Keeps::Default, IDENTITIES, &[]).await;
    let query = QUERIES[1];
    println!("\npeople who ask Q1 in turn: CPU ms a request, cold by one connection, warm by 64");
    for people in CROWDS {
        let requests = query.to_gateway(&cold.tokens[..people], false);
        // Once around, so that the portal has made everybody's answer.
        Load::begin(cold.process.address, people, &requests).await;
        let of_cold = cost(&cold.process, &requests, (1, 2 * scope.round)).await;
        let requests = query.to_gateway(&warm.tokens[..people], false);
        Load::begin(warm.process.address, people, &requests).await;
        let of_warm = cost(&warm.process, &requests, (64, 2 * scope.round)).await;
        println!("{people:>7}{of_cold:>10.3}{of_warm:>10.4}");
        growth.cold.push((people, of_cold));
        growth.warm.push((people, of_warm));
    }
    report.growth = Some(growth);
}

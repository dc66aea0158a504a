//! The gateway beside a server of ready bytes and a proxy without GraphQL, each in a process of its own, over one portal.
//!
//! `make bench` runs everything. While developing: `cargo bench --bench side_by_side -- --quick --only Q1,cold`.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop")]
#![expect(clippy::cast_precision_loss, reason = "figures are for people")]

mod bars;
mod cell;
mod chart;
mod crowd;
mod field;
mod fixed;
mod grid;
mod growth;
mod load;
mod portal;
mod process;
mod proxy;
mod query;
mod report;
mod wait;
mod wide;
mod world;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tokio::runtime::{Builder, Runtime};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the gateway beside other servers.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
struct Arguments {
    /// A reduced set, in about a minute.
    #[arg(long)]
    quick: bool,
    /// Only what has all these words in its name, such as Q1,cold; without the cells that stand for themselves.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Fail if a bar is missed.
    #[arg(long)]
    check: bool,
    /// Draw docs/performance.svg.
    #[arg(long)]
    chart: bool,
    /// Keep each server under load for so many seconds a round, to look at it with a profiler.
    #[arg(long, value_name = "SECONDS")]
    round: Option<f64>,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

/// How much is measured.
struct Scope {
    quick: bool,
    only: Vec<String>,
    /// How often each server of a cell has its turn.
    rounds: usize,
    round: Duration,
}

impl Scope {
    /// Whether the cell is asked for.
    fn wants(&self, name: &str) -> bool {
        self.only.iter().all(|word| name.split([' ', ',']).any(|part| part.eq_ignore_ascii_case(word)))
    }
}

/// A server of the field, which the measurement starts as a process of its own.
fn role(name: &str) -> Option<ExitCode> {
    // As src/main.rs does.
    if name == "serve" {
        return Some(portalgraph::cli::run());
    }
    let runtime = || Runtime::new().unwrap();
    match name {
        "portal" => runtime().block_on(portal::serve()),
        "fixed" => runtime().block_on(fixed::serve()),
        "proxy" => runtime().block_on(proxy::serve()),
        _ => return None,
    }
    Some(ExitCode::SUCCESS)
}

fn main() -> ExitCode {
    if let Some(ended) = std::env::args().nth(1).as_deref().and_then(role) {
        return ended;
    }
    let arguments = Arguments::parse();
    let seconds = arguments.round.unwrap_or(0.25);
    let scope = Scope {
        quick: arguments.quick,
        // Many and short: what else the machine does meanwhile then falls on all servers alike.
        rounds: match arguments.round {
            Some(_) => 1,
            None if arguments.quick => 3,
            None => 9,
        },
        round: Duration::from_secs_f64(seconds),
        only: arguments.only,
    };
    // One thread for all clients, so that they take no more than one core from the servers.
    let report = Builder::new_current_thread().enable_all().build().unwrap().block_on(measure(&scope));
    report.write();
    let bars = bars::of(&report);
    bars::print(&bars);
    if arguments.chart {
        chart::draw(&report, "docs/performance.svg");
    }
    let missed = bars.iter().any(|bar| !bar.is_met());
    if arguments.check && missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

async fn measure(scope: &Scope) -> report::Report {
    let mut report = report::Report::default();
    grid::measure(scope, &mut report).await;
    if scope.only.is_empty() {
        crowd::measure(scope, &mut report).await;
        wait::measure(scope, &mut report).await;
        wide::measure(&mut report).await;
        growth::measure(scope, &mut report).await;
    }
    report
}

//! The bars: what was promised of the figures, what was measured, and whether it holds.

use super::cell::{Figures, Way};
use super::field::Server;
use super::growth::spread;
use super::query::QUERIES;
use super::report::Report;

/// Figures of the same thing differ by so much from run to run.
const SAME: f64 = 1.15;

/// One promise, held to one figure.
pub(crate) struct Bar {
    name: String,
    measured: f64,
    /// The figure it is held to, and whether it must be at most or at least that.
    limit: f64,
    is_ceiling: bool,
}

impl Bar {
    fn at_most(name: impl Into<String>, limit: f64, measured: f64) -> Self {
        Self { name: name.into(), measured, limit, is_ceiling: true }
    }

    fn at_least(name: impl Into<String>, limit: f64, measured: f64) -> Self {
        Self { name: name.into(), measured, limit, is_ceiling: false }
    }

    pub(crate) fn is_met(&self) -> bool {
        if self.is_ceiling { self.measured <= self.limit } else { self.measured >= self.limit }
    }
}

const COLD: Way = Way { connections: 1, identities: 1, delay: 0 };
const SHARED: Way = Way { connections: 64, identities: 1, delay: 0 };
const APART: Way = Way { connections: 64, identities: 64, delay: 0 };

/// Every bar that was measured.
pub(crate) fn of(report: &Report) -> Vec<Bar> {
    let mut bars = Vec::new();
    for query in &QUERIES[1..] {
        beside(report, query.name, &mut bars);
    }
    for wait in &report.waits {
        if wait.query.starts_with('Q') {
            bars.push(Bar::at_most(
                format!("{} cold, portal 50 ms: ms beside {} waves", wait.query, wait.cost.waves),
                5.0,
                wait.rest(),
            ));
        } else {
            bars.push(Bar::at_most(format!("{}: waves", wait.query), 3.0, wait.cost.waves as f64));
            bars.push(Bar::at_most(format!("{}: portal calls", wait.query), 22.0, wait.cost.calls as f64));
        }
    }
    if let Some(wide) = &report.wide {
        let time = wide.gateway.as_secs_f64() / wide.proxy.as_secs_f64();
        bars.push(Bar::at_most("5,000 users x 40 fields: time, proxy = 1", 2.0, time));
        let peak = wide.gateway_peak as f64 / wide.bytes as f64;
        bars.push(Bar::at_most("5,000 users x 40 fields: peak memory, answer = 1", 5.0, peak));
    }
    if let Some(growth) = &report.growth {
        bars.push(Bar::at_most("users in an answer: exponent of cost", 1.1, growth.exponent()));
        for (name, rows) in [("cold", &growth.cold), ("warm", &growth.warm)] {
            bars.push(Bar::at_most(
                format!("identities, {name}: cost of a request at the most, of one = 1"),
                SAME,
                spread(rows),
            ));
        }
    }
    if let Some(crowd) = &report.crowd {
        bars.push(Bar::at_most(
            format!("64 identities, Q6 every second for {} s: portal calls", crowd.seconds),
            crowd.at_most as f64,
            crowd.calls as f64,
        ));
    }
    bars
}

/// The bars of one query beside the other servers.
fn beside(report: &Report, query: &str, bars: &mut Vec<Bar>) {
    let both = |way, one, other| -> Option<(Figures, Figures)> {
        Some((report.figures(query, way, one)?, report.figures(query, way, other)?))
    };
    if let Some((gateway, fixed)) = both(SHARED, Server::Warm, Server::Fixed) {
        bars.push(Bar::at_most(format!("{query} warm, 64: CPU, static = 1"), 1.4, gateway.cpu / fixed.cpu));
        let rate = gateway.per_second / fixed.per_second;
        bars.push(Bar::at_least(format!("{query} warm, 64: req/s, static = 1"), 0.8, rate));
    }
    if let Some((gateway, proxy)) = both(COLD, Server::Cold, Server::Proxy) {
        bars.push(Bar::at_most(format!("{query} cold, 1: CPU, proxy = 1"), 1.6, gateway.cpu / proxy.cpu));
        let floor = if query == "Q4" { 0.8 } else { 0.7 };
        let rate = gateway.per_second / proxy.per_second;
        bars.push(Bar::at_least(format!("{query} cold, 1: req/s, proxy = 1"), floor, rate));
        bars.push(Bar::at_most(format!("{query} cold, 1: portal calls"), proxy.calls, gateway.calls));
    }
    if let (Some(gateway), Some(cost)) =
        (report.figures(query, SHARED, Server::Cold), report.costs.get(query))
    {
        // Nothing is kept and 64 wait at most, so a query of several calls cannot cost less than one of them in 64.
        let name = format!("{query} cold, 64 of one identity: calls, of one request = 1");
        bars.push(Bar::at_most(name, 0.1, gateway.calls / cost.calls as f64));
    }
    if let Some((gateway, proxy)) = both(APART, Server::Cold, Server::Proxy) {
        let name = format!("{query} cold, 64 of 64 identities: CPU, proxy = 1");
        bars.push(Bar::at_most(name, 1.8, gateway.cpu / proxy.cpu));
    }
    if let Some((unseen, cold)) = both(COLD, Server::Unseen, Server::Cold) {
        bars.push(Bar::at_most(format!("{query} warm, unseen: CPU, cold = 1"), 0.5, unseen.cpu / cold.cpu));
    }
}

/// Prints them, those that are missed with a mark.
pub(crate) fn print(bars: &[Bar]) {
    println!("\n{:<62}{:>12}{:>10}", "bar", "measured", "");
    for bar in bars {
        let (mark, sign) =
            (if bar.is_met() { "" } else { "  missed" }, if bar.is_ceiling { "≤" } else { "≥" });
        println!("{:<62}{:>12.2}  {sign} {:.2}{mark}", bar.name, bar.measured, bar.limit);
    }
    let met = bars.iter().filter(|bar| bar.is_met()).count();
    println!("{met} of {} bars are met", bars.len());
}

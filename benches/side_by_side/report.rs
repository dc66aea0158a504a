//! What was measured: printed as it comes, and written to `target/bench/side_by_side.json`.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use super::cell::{Cell, Figures, Way};
use super::crowd::Crowd;
use super::field::{Cost, Server};
use super::growth::Growth;
use super::wait::Wait;
use super::wide::Wide;

/// Everything that was measured in a run.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) cells: Vec<Cell>,
    /// What each query costs at the portal when nothing is kept.
    pub(crate) costs: BTreeMap<&'static str, Cost>,
    pub(crate) wide: Option<Wide>,
    pub(crate) growth: Option<Growth>,
    pub(crate) crowd: Option<Crowd>,
    pub(crate) waits: Vec<Wait>,
}

impl Report {
    /// Takes a cell in and prints it.
    pub(crate) fn add(&mut self, cell: Cell) {
        let is_next = self.cells.last().is_none_or(|last| last.way != cell.way);
        if is_next {
            println!("\n{}", cell.way.name());
            println!(
                "{:<4}{:<17}{:>10}{:>12}{:>9}{:>9}{:>8}{:>8}{:>11}{:>11}",
                "", "", "req/s", "CPU ms/1000", "/static", "/proxy", "calls", "waves", "p50 ms", "p99 ms"
            );
        }
        let cpu = |server| cell.servers.get(&server).map(|figures| figures.cpu);
        let (fixed, proxy) = (cpu(Server::Fixed), cpu(Server::Proxy));
        for (server, figures) in &cell.servers {
            let ratio = |base: Option<f64>| {
                base.map_or_else(|| "–".to_owned(), |base| format!("{:.2}", figures.cpu / base))
            };
            let waves = match (server, self.costs.get(cell.query)) {
                (Server::Cold, Some(cost)) => cost.waves.to_string(),
                _ => "–".to_owned(),
            };
            println!(
                "{:<4}{:<17}{:>10.0}{:>12.1}{:>9}{:>9}{:>8.2}{waves:>8}{:>11.3}{:>11.3}",
                cell.query,
                server.name(),
                figures.per_second,
                figures.cpu,
                ratio(fixed),
                ratio(proxy),
                figures.calls,
                figures.median,
                figures.slow,
            );
        }
        self.cells.push(cell);
    }

    /// A server's figures in a cell.
    pub(crate) fn figures(&self, query: &str, way: Way, server: Server) -> Option<Figures> {
        let cell = self.cells.iter().find(|cell| cell.query == query && cell.way == way)?;
        cell.servers.get(&server).copied()
    }

    /// Writes everything where other programs find it.
    pub(crate) fn write(&self) {
        let text = serde_json::to_string_pretty(&self.as_json()).unwrap();
        fs::create_dir_all("target/bench").unwrap();
        fs::write("target/bench/side_by_side.json", text).unwrap();
    }

    fn as_json(&self) -> Value {
        let cells = self.cells.iter().flat_map(|cell| {
            cell.servers.iter().map(|(server, figures)| {
                json!({
                    "query": cell.query,
                    "connections": cell.way.connections,
                    "identities": cell.way.identities,
                    "portalMilliseconds": cell.way.delay,
                    "server": server.name(),
                    "requestsPerSecond": figures.per_second,
                    "cpuMillisecondsPerThousand": figures.cpu,
                    "callsPerRequest": figures.calls,
                    "p50Milliseconds": figures.median,
                    "p99Milliseconds": figures.slow,
                })
            })
        });
        let costs = self
            .costs
            .iter()
            .map(|(query, cost)| json!({ "query": query, "calls": cost.calls, "waves": cost.waves }));
        json!({
            "cells": cells.collect::<Vec<_>>(),
            "costs": costs.collect::<Vec<_>>(),
            "wide": self.wide.as_ref().map(Wide::as_json),
            "growth": self.growth.as_ref().map(Growth::as_json),
            "crowd": self.crowd.as_ref().map(Crowd::as_json),
            "waits": self.waits.iter().map(Wait::as_json).collect::<Vec<_>>(),
        })
    }
}

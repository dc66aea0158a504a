//! The table the probe prints: how each read went and how its answer was spelt. Keys and constants, never a value.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use crate::portal::{PortalError, Spelt};

/// How many keys are shown of each kind.
const SHOWN: usize = 8;

/// One read.
pub(super) struct Row {
    pub(super) operation: &'static str,
    pub(super) asked: Asked,
}

/// How a read went.
pub(super) enum Asked {
    /// It was not sent, for this reason.
    Not(&'static str),
    /// Nothing came back.
    InVain(PortalError),
    /// Something came back.
    Answered {
        status: u16,
        code: Option<i64>,
        constant: Option<Arc<str>>,
        elapsed: Duration,
        spelt: Spelt,
        /// Why the gateway cannot use it.
        problem: Option<PortalError>,
    },
}

/// The table.
pub(super) fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| shown(row.operation).len()).max().unwrap_or_default();
    let mut table = format!("{:width$}  HTTP  {:<42}  {:>6}  {:>6}\n", "operation", "answer", "rows", "ms");
    for row in rows {
        let name = shown(row.operation);
        match &row.asked {
            Asked::Not(reason) => line(&mut table, format_args!("{name:width$}  not asked: {reason}")),
            Asked::InVain(error) => line(&mut table, format_args!("{name:width$}  no answer: {error}")),
            Asked::Answered { status, code, constant, elapsed, spelt, problem } => {
                let code = code.map(|code| code.to_string()).unwrap_or_default();
                let answer = format!("{code} {}", constant.as_deref().unwrap_or_default());
                let (rows, ms) = (spelt.rows, elapsed.as_millis());
                let answer = answer.trim();
                line(
                    &mut table,
                    format_args!("{name:width$}  {status:<4}  {answer:<42}  {rows:>6}  {ms:>6}"),
                );
                if let Some(problem) = problem {
                    line(&mut table, format_args!("  not usable: {problem}"));
                }
                let others = spelt.others.iter().map(|(key, name)| format!("{key} for {name}")).collect();
                several(&mut table, "spelt otherwise", &others);
                several(&mut table, "not read", &spelt.unknown);
                several(&mut table, "in no record", &spelt.missing);
            }
        }
    }
    table
}

/// The one name that would make the table twice as wide is cut.
fn shown(operation: &'static str) -> &'static str {
    operation.split_once("CollectionsFor").map_or(operation, |(start, _)| {
        operation.get(..start.len() + "Collections".len()).unwrap_or(operation)
    })
}

fn line(table: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    let _ = writeln!(table, "{text}");
}

fn several(table: &mut String, what: &str, keys: &BTreeSet<String>) {
    if keys.is_empty() {
        return;
    }
    let first = keys.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = match keys.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    line(table, format_args!("  {what} ({}): {first}{more}", keys.len()));
}

//! The table the probe prints: how each read went and how its answer was spelt. Keys and constants, never a value.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use crate::portal::expected::{is_filled_elsewhere, is_left_unread};
use crate::portal::{PortalError, Spelt};

/// How wide a line of keys may be; all of them are shown, on as many lines as they need.
const WIDTH: usize = 110;

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

impl Row {
    /// Whether the gateway could use what came back.
    pub(super) fn is_usable(&self) -> bool {
        matches!(self.asked, Asked::Answered { problem: None, .. })
    }

    fn was_asked(&self) -> bool {
        !matches!(self.asked, Asked::Not(_))
    }
}

/// The table, and below it how many of the reads were of use.
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
                let (mut unread, mut missing) = (spelt.unknown.clone(), spelt.missing.clone());
                unread.retain(|key| !is_left_unread(row.operation, key));
                missing.retain(|field| !is_filled_elsewhere(row.operation, field));
                several(&mut table, "not read", &unread);
                several(&mut table, "in no record", &missing);
            }
        }
    }
    let usable = rows.iter().filter(|row| row.is_usable()).count();
    let failed = rows.iter().filter(|row| row.was_asked() && !row.is_usable()).count();
    let not_asked = rows.iter().filter(|row| !row.was_asked()).count();
    line(
        &mut table,
        format_args!("\n{usable} of {} reads usable, {failed} not usable, {not_asked} not asked", rows.len()),
    );
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
    let mut row = format!("  {what} ({}):", keys.len());
    for (number, key) in keys.iter().enumerate() {
        let comma = if number + 1 == keys.len() { "" } else { "," };
        if row.len() + key.len() + 2 > WIDTH {
            line(table, format_args!("{row}"));
            "   ".clone_into(&mut row);
        }
        let _ = write!(row, " {key}{comma}");
    }
    line(table, format_args!("{row}"));
}

//! A review as people read it: the fields as a tree, with what each may ask beside it.

use std::fmt::Write as _;

use crate::caller::Whole;
use crate::config::{Config, Way};
use crate::graph::{Ask, Choice, Outline};
use crate::server::Review;

/// Where what is asked begins, unless a field reaches further.
const COLUMN: usize = 42;

/// The whole review.
pub(super) fn printed(review: &Review, config: &Config) -> String {
    let draft = &review.draft;
    let mut text = String::new();
    let name = review.operation.as_deref().map_or_else(String::new, |name| format!(" {name}"));
    let _ = writeln!(text, "{}{name}\n", review.kind);
    let _ = writeln!(text, "{:<6}{:<COLUMN$}may ask", "wave", "field");
    for field in &draft.outline {
        print_field(field, None, &mut text);
    }
    let (calls, allowed) = (draft.estimate.calls(), config.limits.max_portal_calls);
    let _ = writeln!(text, "\nEstimated calls: {calls} (limits.max_portal_calls allows {allowed})");
    for (operation, calls) in &draft.estimate.operations {
        let _ = writeln!(text, "  {calls:>6}  {operation}");
    }
    let _ = writeln!(text, "Waves, calls one behind another: {} at most", draft.waves);
    let unknown: Vec<_> = draft.estimate.unknown().map(Whole::words).collect();
    if !unknown.is_empty() {
        let page = config.limits.default_page_size;
        let _ = writeln!(
            text,
            "How many {} there are, only the portal knows: where that is needed it is taken to be a page, {page} by default.",
            unknown.join(" and ")
        );
    }
    match review.broken.as_slice() {
        [] => text.push_str("Within all limits.\n"),
        broken => {
            text.push_str("Beyond limits:\n");
            for limit in broken {
                let _ = writeln!(text, "  {limit}");
            }
        }
    }
    text
}

/// What is told of the field above: how deep it stands, its wave and its records, which need not be told again.
type Above = (usize, usize, Option<usize>);

/// A field and what is below it.
fn print_field(field: &Outline, above: Option<Above>, text: &mut String) {
    let (depth, wave, records) =
        above.map_or((0, 0, Some(1)), |(depth, wave, records)| (depth + 1, wave, records));
    let alias = if field.key == field.field { String::new() } else { format!("{}: ", field.key) };
    let records = match field.records {
        Some(count) if field.records != records => format!(" (about {count})"),
        _ => String::new(),
    };
    let name = format!("{:indent$}{alias}{}{records}", "", field.field, indent = 2 * depth);
    let wave = if field.wave > wave { field.wave.to_string() } else { String::new() };
    let asks: Vec<_> = field.asks.iter().map(asked).chain(field.choices.iter().map(either)).collect();
    let _ = writeln!(text, "{}", format!("{wave:<6}{name:<COLUMN$}{}", asks.join(", ")).trim_end());
    for Choice { setting, way, decides, .. } in &field.choices {
        let way = match way {
            Way::Auto => "auto",
            Way::Forward => "forward",
            Way::Inverse => "inverse",
        };
        let _ = writeln!(text, "{:<6}{:<COLUMN$}{setting} = \"{way}\": {decides}", "", "");
    }
    for below in &field.below {
        print_field(below, Some((depth, field.wave, field.records)), text);
    }
    if field.plain_fields > 0 {
        let fields = if field.plain_fields == 1 { "field asks" } else { "fields ask" };
        let _ = writeln!(
            text,
            "{:<6}{:indent$}+ {} {fields} nothing",
            "",
            "",
            field.plain_fields,
            indent = 2 * depth + 2
        );
    }
}

fn asked(ask: &Ask) -> String {
    match (ask.is_asked_before, ask.calls) {
        (true, _) => format!("{} (asked before)", ask.operation),
        (false, Some(1)) => ask.operation.to_owned(),
        (false, Some(calls)) => format!("{} × {calls}", ask.operation),
        (false, None) => format!("{}, a call a record", ask.operation),
    }
}

fn either(Choice { forward, inverse, .. }: &Choice) -> String {
    let way = |asks: &[Ask]| asks.iter().map(asked).collect::<Vec<_>>().join(" and ");
    format!("{}; or {}", way(forward), way(inverse))
}

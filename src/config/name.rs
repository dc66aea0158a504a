//! Names of options that do not exist: which existing one was meant, and which there are.

use toml::{Table, Value};

use super::error::{Origin, Problem};
use super::option::TREE;
use super::service_account::{SECTION, TEMPLATE};

/// The most letters that may differ for one name to be taken for another.
const NEAR: usize = 3;

/// The mistake of naming an option that does not exist.
pub(super) fn unknown(path: &[String], origin: Origin) -> Problem {
    let name = path.last().map_or("", String::as_str);
    let section = path.first().filter(|_| path.len() > 1);
    let options = match section {
        Some(section) if section == SECTION => Some(&*TEMPLATE),
        section => section.and_then(|section| TREE.get(section)).and_then(Value::as_table),
    };
    let meant = match (section, options) {
        (Some(section), Some(options)) => nearest(name, options).map(|near| format!("{section}.{near}")),
        (Some(section), None) => nearest(section, &TREE).map(|near| format!("{near}.{name}")),
        (None, _) => nearest(name, &TREE).map(|near| format!("[{near}]")),
    };
    // The very name elsewhere is likelier meant than one like it here.
    let meant = elsewhere(name)
        .filter(|_| section.is_none())
        .or(meant)
        .or_else(|| elsewhere(name))
        .map_or_else(String::new, |it| format!("did you mean {it}? "));
    let (beside, known) = match (section, options) {
        (Some(section), Some(options)) => (format!("[{section}] has"), options),
        _ => ("The sections are".to_owned(), &*TREE),
    };
    let known = known.keys().cloned().collect::<Vec<_>>().join(", ");
    Problem::Unknown { origin, key: path.join("."), hint: format!("{meant}{beside} {known}") }
}

fn nearest<'known>(name: &str, known: &'known Table) -> Option<&'known str> {
    known
        .keys()
        .map(|candidate| (distance(name, candidate), candidate.as_str()))
        .filter(|(distance, candidate)| *distance <= NEAR.min(candidate.len() - 1))
        .min()
        .map(|(_, candidate)| candidate)
}

/// The sections that have an option of that very name.
fn elsewhere(name: &str) -> Option<String> {
    let found: Vec<_> = TREE
        .iter()
        .filter(|(_, options)| options.get(name).is_some())
        .map(|(section, _)| format!("{section}.{name}"))
        .collect();
    (!found.is_empty()).then(|| found.join(" or "))
}

/// How many letters must be added, removed or changed to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = index;
        row[0] = index + 1;
        for (column, candidate) in other.iter().enumerate() {
            let change = diagonal + usize::from(letter != *candidate);
            diagonal = row[column + 1];
            row[column + 1] = change.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

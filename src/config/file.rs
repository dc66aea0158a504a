//! A settings file as single settings, each with its line.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml::de::{DeArray, DeTable, DeValue};
use toml::{Spanned, Value};

use super::error::{Origin, Problem};
use super::load::Setting;
use super::option::default_at;
use super::service_account;

/// What the file sets; on a syntax error nothing, because what follows it may have slipped into another section.
pub(super) fn in_file(path: &Path) -> (Vec<Setting>, Vec<Problem>) {
    let source = match fs::read_to_string(path) {
        Ok(source) => source,
        Err(reason) => return (vec![], vec![Problem::Unreadable { path: path.to_owned(), reason }]),
    };
    let mut file = File { path, source: &source, settings: vec![], problems: vec![] };
    let (table, refusals) = DeTable::parse_recoverable(&source);
    for refusal in refusals {
        file.malformed(&refusal, refusal.span().map_or(0, |span| span.start));
    }
    if file.problems.is_empty() {
        file.read(&[], table.into_inner());
        file.settings.sort_by_key(|setting| match setting.origin {
            Origin::File { line, .. } => line,
            _ => 0,
        });
    }
    (file.settings, file.problems)
}

fn are_tables(values: &DeArray<'_>) -> bool {
    values.iter().all(|value| matches!(value.get_ref(), DeValue::Table(_)))
}

/// A settings file being read.
struct File<'source> {
    path: &'source Path,
    source: &'source str,
    settings: Vec<Setting>,
    problems: Vec<Problem>,
}

impl<'source> File<'source> {
    fn read(&mut self, section: &[String], table: DeTable<'source>) {
        for (name, value) in table {
            let path = [section, &[name.get_ref().to_string()]].concat();
            let start = value.span().start;
            match value.into_inner() {
                DeValue::Table(inner) if matches!(default_at(&path), Some(Value::Table(_))) => {
                    self.read(&path, inner);
                }
                DeValue::Array(tables) if path == [service_account::SECTION] && are_tables(&tables) => {
                    for (number, table) in (1..).zip(tables) {
                        let start = table.span().start;
                        if let DeValue::Table(table) = table.into_inner() {
                            let path = [path.clone(), vec![i32::to_string(&number)]].concat();
                            if table.is_empty()
                                && let Some(value) = default_at(&path)
                            {
                                // An account all the same, of which everything is still to be said.
                                self.settings.push(Setting {
                                    path: path.clone(),
                                    value,
                                    origin: self.origin(start),
                                });
                            }
                            self.read(&path, table);
                        }
                    }
                }
                inner => match Value::deserialize(Spanned::new(start..start, inner).into_deserializer()) {
                    Ok(value) => {
                        let origin = self.origin(name.span().start);
                        self.settings.push(Setting { path, value, origin });
                    }
                    Err(refusal) => self.malformed(&refusal, start),
                },
            }
        }
    }

    fn malformed(&mut self, refusal: &toml::de::Error, start: usize) {
        // The error's own text quotes the line, which may hold a password.
        let message = refusal.message().to_owned();
        self.problems.push(Problem::Malformed { origin: self.origin(start), message });
    }

    fn origin(&self, start: usize) -> Origin {
        let line = 1 + self.source.bytes().take(start).filter(|byte| *byte == b'\n').count();
        Origin::File { path: self.path.to_owned(), line }
    }
}

//! Every option as a reference shows it, read from the embedded defaults: what it means, what it accepts, where it comes from.

use super::load::ENVIRONMENT_PREFIX;
use super::option::{default_at, expected};
use super::{DEFAULTS, service_account};

/// A section of the settings.
#[derive(Debug)]
pub struct SectionReference {
    /// Its name, with the sections it is in: `portal.dialect`.
    pub name: String,
    /// Whether there may be several of it, each a table of its own.
    pub is_repeated: bool,
    /// What it is about, as the file says it above the section.
    pub meaning: String,
    /// Its options, in the order of the file.
    pub options: Vec<OptionReference>,
}

/// An option.
#[derive(Debug)]
pub struct OptionReference {
    /// Its name with its sections: `server.listen`.
    pub key: String,
    /// What it means, as the file says it above the option.
    pub meaning: String,
    /// What it accepts, in words.
    pub accepts: String,
    /// Its default as TOML writes it.
    pub default: String,
    /// The variable of the environment that sets it.
    pub variable: String,
}

/// Every section with its options, in the order of the file.
#[must_use]
pub fn reference() -> Vec<SectionReference> {
    let mut sections: Vec<SectionReference> = Vec::new();
    let mut comment = Vec::new();
    for line in DEFAULTS.lines() {
        // Behind a bare `#` stand tables that are not there by default.
        let code = match line.strip_prefix('#') {
            Some(rest) if rest.starts_with(' ') => {
                comment.push(rest.trim_start());
                continue;
            }
            Some(rest) => rest,
            None => line,
        };
        let meaning = std::mem::take(&mut comment).join("\n");
        if let Some(name) = code.strip_prefix('[') {
            let is_repeated = name.starts_with('[');
            let name = name.trim_matches(['[', ']']).to_owned();
            sections.push(SectionReference { name, is_repeated, meaning, options: Vec::new() });
        } else if let (Some((name, default)), Some(section)) = (code.split_once(" = "), sections.last_mut()) {
            section.options.push(OptionReference::new(&section.name, (name, default), meaning));
        }
    }
    sections
}

impl OptionReference {
    fn new(section: &str, (name, default): (&str, &str), meaning: String) -> Self {
        let mut path: Vec<_> = section.split('.').map(str::to_owned).collect();
        if section == service_account::SECTION {
            // Accounts are counted from 1.
            path.push("1".to_owned());
        }
        path.push(name.to_owned());
        Self {
            key: format!("{section}.{name}"),
            meaning,
            accepts: default_at(&path).map(|default| expected(&path, &default)).unwrap_or_default(),
            default: default.to_owned(),
            variable: format!("{ENVIRONMENT_PREFIX}{}", path.join("__").to_uppercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use toml::{Table, Value};

    use super::*;
    use crate::config::Config;
    use crate::config::option::TREE;

    /// Every option of a tree by its whole key; a table without any is one that is open.
    fn keys(prefix: &str, table: &Table, into: &mut BTreeSet<String>) {
        for (name, value) in table {
            match value {
                Value::Table(inner) => keys(&format!("{prefix}{name}."), inner, into),
                _ => drop(into.insert(format!("{prefix}{name}"))),
            }
        }
    }

    #[test]
    fn every_option_is_in_it_with_all_that_is_said_of_one() {
        let mut expected = BTreeSet::new();
        keys("", &TREE, &mut expected);
        keys("service_account.", &service_account::TEMPLATE, &mut expected);
        let sections = reference();
        let options: Vec<_> = sections.iter().flat_map(|section| &section.options).collect();
        let found: BTreeSet<_> = options.iter().map(|option| option.key.clone()).collect();
        assert_eq!(found, expected);
        assert_eq!(options.len(), found.len(), "an option stands in it twice");
        for option in options {
            assert!(option.meaning.ends_with(['.', ':']), "{option:?}");
            assert!(
                !option.accepts.is_empty() && option.variable.starts_with(ENVIRONMENT_PREFIX),
                "{option:?}"
            );
            let value = format!("value = {}", option.default).parse::<Table>();
            assert!(value.is_ok(), "{option:?}");
        }
        for section in sections {
            assert!(!section.meaning.is_empty(), "[{}] does not say what it is about", section.name);
        }
    }

    #[test]
    fn the_variable_of_each_option_sets_it() {
        for option in reference().iter().flat_map(|section| &section.options) {
            let value: Table = format!("value = {}", option.default).parse().unwrap();
            // Texts may come from the environment as they stand; a number that is no default is seen to arrive.
            let (given, is_changed) = match &value["value"] {
                Value::Integer(_) => ("-1".to_owned(), true),
                Value::Boolean(truth) => ((!truth).to_string(), false),
                Value::String(_) => ("\u{7}".to_owned(), false),
                _ => (String::new(), false),
            };
            let loaded = Config::load(None, [(option.variable.clone(), given)].into_iter());
            let told = loaded.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(!told.contains("there is no"), "{told}");
            assert!(!is_changed || told.contains(&option.variable), "{}: {told}", option.variable);
        }
    }
}

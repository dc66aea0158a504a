//! Where in an operation records stand, told in one number whatever leads there: texts of clients, which may be long, are
//! held once if at all.

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use async_graphql::Value;

/// The longest text that is compared with others; a longer one is taken to be unlike all, so that nobody makes the gateway
/// hold a variable as often as a document names it.
const LONGEST: usize = 4096;

/// Where records stand. The same records are at the same spot, whatever they are called there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Spot {
    /// The operation itself.
    Root,
    /// All records of a list, whoever leads there.
    All,
    /// The user of this key.
    User(i64),
    /// Below a field, by the number it has got.
    Below(usize),
}

/// The spots of one walk.
#[derive(Default)]
pub(super) struct Spots<'a> {
    known: HashMap<(Spot, &'a str, String), Spot>,
    made: usize,
}

impl<'a> Spots<'a> {
    /// The spot below a field with these arguments.
    pub(super) fn below(&mut self, spot: Spot, field: &'a str, arguments: Option<String>) -> Spot {
        let next = Spot::Below(self.made);
        self.made += 1;
        arguments.map_or(next, |arguments| *self.known.entry((spot, field, arguments)).or_insert(next))
    }

    /// What tells a question from others: the text, or where it is too long a word of its own.
    pub(super) fn word(&mut self, text: Option<String>) -> String {
        text.unwrap_or_else(|| {
            self.made += 1;
            format!("#{}", self.made)
        })
    }
}

/// Named values in a row, unless that is too long.
pub(super) fn text<'v>(values: impl IntoIterator<Item = (&'v str, &'v Value)>) -> Option<String> {
    let mut short = Short(String::new());
    for (name, value) in values {
        write!(short, "{name}:{value};").ok()?;
    }
    Some(short.0)
}

struct Short(String);

impl fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > LONGEST {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_way_leads_to_the_same_spot() {
        let mut spots = Spots::default();
        let one = Value::from(1);
        let users = spots.below(Spot::Root, "users", text([("first", &one)]));
        assert_eq!(users, spots.below(Spot::Root, "users", text([("first", &one)])));
        assert_ne!(users, spots.below(Spot::Root, "users", text([("last", &one)])));
        assert_ne!(users, spots.below(users, "users", text([("first", &one)])));
    }

    #[test]
    fn a_long_text_is_neither_held_nor_like_another() {
        let mut spots = Spots::default();
        let long = Value::List(vec![Value::from("x".repeat(LONGEST))]);
        assert_eq!(text([("search", &long)]), None);
        let mut below = || spots.below(Spot::Root, "users", text([("search", &long)]));
        assert_ne!(below(), below());
        assert!(spots.known.is_empty());
        assert_ne!(spots.word(None), spots.word(None));
    }
}

//! The value of an attribute, read once so that comparing parses nothing.

use std::cmp::Ordering;

/// A value as text and, where it reads so, as a number and as a flag.
#[derive(Clone)]
pub(super) struct Value {
    text: String,
    number: Option<i64>,
    flag: Option<bool>,
}

impl Value {
    /// Reads the text; absent text is a blank value.
    pub(super) fn of(text: Option<&str>) -> Self {
        let text = text.unwrap_or_default().trim();
        let is = |word: &str, digit: &str| text.eq_ignore_ascii_case(word) || text == digit;
        let flag = match () {
            () if is("true", "1") => Some(true),
            () if is("false", "0") => Some(false),
            () => None,
        };
        Self { text: text.to_owned(), number: text.parse().ok(), flag }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn number(&self) -> Option<i64> {
        self.number
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether the two are equal as numbers, else as flags, else letter by letter.
    pub(super) fn equals(&self, other: &Self) -> bool {
        match (self.number, other.number, self.flag, other.flag) {
            (Some(left), Some(right), _, _) => left == right,
            (_, _, Some(left), Some(right)) => left == right,
            _ => self.text == other.text,
        }
    }

    /// The order of two numbers; nothing else has one.
    pub(super) fn order(&self, other: &Self) -> Option<Ordering> {
        Some(self.number?.cmp(&other.number?))
    }
}

//! `Range` and `Content-Range`: which rows are asked for, and which came.

use serde::Serialize;

/// Rows, from the first to the last, both included; the first of all is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Items {
    /// The first row.
    pub first: usize,
    /// The last row.
    pub last: usize,
}

impl Items {
    /// How many rows these are.
    #[must_use]
    pub fn count(self) -> usize {
        (self.last + 1).saturating_sub(self.first)
    }

    /// The value of `Range`, counted from `base`.
    pub(super) fn header(self, base: usize) -> String {
        format!("items={}-{}", self.first.saturating_add(base), self.last.saturating_add(base))
    }
}

/// What `Content-Range` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ContentRange {
    /// The rows, where it names them.
    pub(super) items: Option<Items>,
    /// How many rows there are altogether, where it says.
    pub(super) total: Option<usize>,
}

impl ContentRange {
    /// Reads `items 5-10/200`, `items */200` and `items 5-10/*`; `None` if it is anything else.
    pub(super) fn read(text: &str, base: usize) -> Option<Self> {
        let text = text.trim();
        let (unit, rest) = text.split_at_checked(5)?;
        let rest = rest.trim_start_matches([' ', '=']);
        let (rows, total) = rest.split_once('/')?;
        let number = |text: &str| text.trim().parse::<usize>().ok();
        let total = match total.trim() {
            "*" => None,
            total => Some(number(total)?),
        };
        let items = match rows.trim() {
            "*" => None,
            rows => {
                let (first, last) = rows.split_once('-')?;
                let [first, last] = [number(first)?.checked_sub(base)?, number(last)?];
                // An empty page may be written as one that ends before it begins.
                last.checked_sub(base).filter(|last| first <= *last).map(|last| Items { first, last })
            }
        };
        unit.eq_ignore_ascii_case("items").then_some(Self { items, total })
    }

    /// Where the rows that came begin, and how many there are altogether, as far as the header and what was asked for
    /// say. A header that cannot be read is none.
    pub(super) fn place(
        header: Option<Self>,
        asked: Option<Items>,
        rows: usize,
        most: usize,
    ) -> (usize, Option<usize>) {
        let header = header.unwrap_or_default();
        let asked_first = asked.map_or(0, |items| items.first);
        let wanted = asked.map_or(usize::MAX, Items::count).min(most);
        // More rows than asked for can only be all of them: the range was not looked at.
        let first = header.items.map_or(if rows > wanted { 0 } else { asked_first }, |items| items.first);
        // Fewer rows than could have come are the last ones; none at all say nothing of how many there are before.
        // Without properties everything may come whatever the range, so that without a header nobody knows where from.
        let is_placed = header.items.is_some() || most != usize::MAX || asked_first == 0;
        // Who names the rows and says `*` may give fewer at a time than asked for: that they are few says nothing then.
        let is_uncounted = header.items.is_some() && header.total.is_none() && most != usize::MAX;
        let is_last = rows < wanted && is_placed && !is_uncounted && (rows > 0 || first == 0);
        let is_end = rows > wanted || is_last;
        (first, header.total.or_else(|| is_end.then_some(first.saturating_add(rows))))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The rows and the total.
    type Told = (Option<(usize, usize)>, Option<usize>);

    fn read(text: &str) -> Option<Told> {
        let range = ContentRange::read(text, 0)?;
        Some((range.items.map(|items| (items.first, items.last)), range.total))
    }

    #[test]
    fn every_form_of_the_header_is_read() {
        assert_eq!(read("items 5-10/200"), Some((Some((5, 10)), Some(200))));
        assert_eq!(read(" Items  5 - 10 / 200 "), Some((Some((5, 10)), Some(200))));
        assert_eq!(read("items=5-10/200"), Some((Some((5, 10)), Some(200))));
        assert_eq!(read("items 5-10/*"), Some((Some((5, 10)), None)));
        assert_eq!(read("items */200"), Some((None, Some(200))));
        assert_eq!(read("items 0--1/0"), None);
        assert_eq!(read("items 1-0/0"), Some((None, Some(0))));
        for text in ["", "items", "bytes 0-1/2", "items 5/200", "items a-b/c", "items 1-2", "日本語 1-2/3"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        let counted_from_one = ContentRange::read("items 1-10/20", 1).unwrap();
        assert_eq!(counted_from_one.items, Some(Items { first: 0, last: 9 }));
        assert_eq!(ContentRange::read("items 0-10/20", 1), None);
    }

    #[test]
    fn rows_are_placed_with_and_without_the_header() {
        let asked = Some(Items { first: 200, last: 399 });
        let header = ContentRange::read("items 200-249/250", 0);
        assert_eq!(ContentRange::place(header, asked, 50, 200), (200, Some(250)));
        assert_eq!(ContentRange::place(None, asked, 200, 200), (200, None), "there may be more");
        assert_eq!(ContentRange::place(None, asked, 50, 200), (200, Some(250)), "these are the last");
        assert_eq!(ContentRange::place(None, asked, 0, 200), (200, None), "it is past the end");
        assert_eq!(ContentRange::place(None, asked, 900, usize::MAX), (0, Some(900)), "all came");
        assert_eq!(ContentRange::place(None, None, 900, usize::MAX), (0, Some(900)));
        assert_eq!(ContentRange::place(None, None, 0, 200), (0, Some(0)));
    }

    proptest! {
        #[test]
        fn what_is_asked_for_can_be_read_back(first in 0..10_000_usize, more in 0..500_usize, base in 0..2_usize) {
            let items = Items { first, last: first + more };
            let header = items.header(base).replace('=', " ");
            let read = ContentRange::read(&format!("{header}/*"), base);
            prop_assert_eq!(read, Some(ContentRange { items: Some(items), total: None }));
        }

        #[test]
        fn no_header_is_too_odd_to_be_refused(text in ".{0,40}", digits in "items [0-9*/ -]{0,30}") {
            let _ = ContentRange::read(&text, 1);
            let _ = ContentRange::read(&digits, 1);
        }
    }
}

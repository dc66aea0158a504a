//! How lists are ordered and searched: the same whether the portal does it or the gateway.

use std::cmp::Ordering;

use async_graphql::Enum;

/// Which end of a list comes first.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum OrderDirection {
    /// Least first; A before Z. Records without a value come last.
    #[default]
    Asc,
    /// Greatest first; Z before A. Records without a value come last.
    Desc,
}

/// Sorts by text without regard to case; equals keep the portal's order, absences come last either way.
pub fn sort_by_text<T>(records: &mut [T], direction: OrderDirection, text: impl Fn(&T) -> Option<String>) {
    sort_by(records, direction, |record| text(record).map(|text| text.to_lowercase()));
}

/// Sorts by a value; equals keep the portal's order, absences come last either way.
pub fn sort_by<T, V: Ord>(records: &mut [T], direction: OrderDirection, value: impl Fn(&T) -> Option<V>) {
    let mut keyed: Vec<_> = records.iter().map(value).enumerate().collect();
    keyed.sort_by(|(_, left), (_, right)| match (left, right) {
        (Some(left), Some(right)) if direction == OrderDirection::Desc => right.cmp(left),
        (Some(left), Some(right)) => left.cmp(right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    });
    let mut places: Vec<_> = keyed.into_iter().map(|(place, _)| place).collect();
    permute(records, &mut places);
}

/// Puts `records[places[i]]` at `i`, following each cycle once.
fn permute<T>(records: &mut [T], places: &mut [usize]) {
    for start in 0..records.len() {
        let mut here = start;
        while places[here] != start {
            let from = places[here];
            records.swap(here, from);
            places[here] = here;
            here = from;
        }
        places[here] = here;
    }
}

/// Whether any of the texts contains the term, without regard to case; an absent or blank term matches all.
#[must_use]
pub fn matches_search(term: Option<&str>, texts: &[Option<&str>]) -> bool {
    let Some(term) = term.map(|term| term.trim().to_lowercase()).filter(|term| !term.is_empty()) else {
        return true;
    };
    texts.iter().flatten().any(|text| text.to_lowercase().contains(&term))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_keep_their_order_and_absences_come_last_either_way() {
        let records =
            || vec![(1, Some("b")), (2, None), (3, Some("A")), (4, Some("B")), (5, None), (6, Some("a"))];
        let sorted = |direction| {
            let mut records = records();
            sort_by_text(&mut records, direction, |record| record.1.map(str::to_owned));
            records.into_iter().map(|record| record.0).collect::<Vec<_>>()
        };
        assert_eq!(sorted(OrderDirection::Asc), [3, 6, 1, 4, 2, 5]);
        assert_eq!(sorted(OrderDirection::Desc), [1, 4, 3, 6, 2, 5]);
    }

    #[test]
    fn a_search_finds_parts_of_words_in_any_case() {
        assert!(matches_search(Some(" SAL "), &[None, Some("Presales")]));
        assert!(matches_search(Some("  "), &[None]));
        assert!(!matches_search(Some("x"), &[Some("abc"), None]));
    }
}

//! What every list has in common: search, sort, page.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use super::world::total;
use crate::portal::Paging;

/// The part of a request that sorts and pages.
pub(super) struct Listing<'a> {
    pub(super) page_size: Option<i64>,
    pub(super) page_number: Option<i64>,
    pub(super) sort_by: &'a [String],
    pub(super) direction: Option<&'a str>,
}

/// The listing part of any request that has one.
macro_rules! listing {
    ($ask:expr) => {
        $crate::simulator::listing::Listing {
            page_size: $ask.page_size,
            page_number: $ask.page_number,
            sort_by: &$ask.sort_by,
            direction: $ask.direction.as_deref(),
        }
    };
}
pub(super) use listing;

/// One page of the rows, sorted, and the totals of all of them.
pub(super) type Page<T> = (Vec<Arc<T>>, Option<Arc<Paging>>);

/// How a value sorts: as the portal's database does, without regard to case.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Absent,
    Number(i64),
    Text(String),
}

impl Listing<'_> {
    /// Sorts the rows by the wire's column names, and cuts the page out.
    pub(super) fn page<T: Serialize>(&self, mut rows: Vec<Arc<T>>) -> Page<T> {
        if !self.sort_by.is_empty() {
            rows.sort_by_cached_key(|row| self.key(row));
            if self.direction.is_some_and(|direction| direction.eq_ignore_ascii_case("DESC")) {
                rows.reverse();
            }
        }
        let count = rows.len();
        let size = self.page_size.and_then(|size| usize::try_from(size).ok()).unwrap_or_default();
        if size == 0 {
            let paging = Some(whole(count));
            return (rows, paging);
        }
        let page = self.page_number.and_then(|page| usize::try_from(page).ok()).unwrap_or(1).max(1);
        let rows = rows.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
        (rows, Some(paging(count.div_ceil(size), count)))
    }

    fn key<T: Serialize>(&self, row: &T) -> Vec<Key> {
        let row = columns(row);
        let key = |column: &String| match value(&row, column) {
            Some(Value::Number(number)) => Key::Number(number.as_i64().unwrap_or_default()),
            Some(Value::Bool(flag)) => Key::Number(i64::from(*flag)),
            Some(Value::String(text)) => Key::Text(text.to_lowercase()),
            _ => Key::Absent,
        };
        self.sort_by.iter().map(key).collect()
    }
}

/// The totals of an answer that is one page.
pub(super) fn whole(count: usize) -> Arc<Paging> {
    paging(1, count)
}

fn paging(pages: usize, elements: usize) -> Arc<Paging> {
    Arc::new(Paging { total_pages: total(pages), total_elements: total(elements), ..Paging::default() })
}

fn columns<T: Serialize>(row: &T) -> Map<String, Value> {
    match serde_json::to_value(row) {
        Ok(Value::Object(row)) => row,
        _ => Map::new(),
    }
}

fn value<'a>(row: &'a Map<String, Value>, column: &str) -> Option<&'a Value> {
    row.get(column)
        .or_else(|| row.iter().find_map(|(name, value)| name.eq_ignore_ascii_case(column).then_some(value)))
}

/// Whether one of the texts contains the term, without regard to case.
pub(super) fn contains(texts: &[Option<&str>], term: &str) -> bool {
    let term = term.to_lowercase();
    texts.iter().flatten().any(|text| text.to_lowercase().contains(&term))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::reference::ReferenceEntry;

    fn rows(names: &[&str]) -> Vec<Arc<ReferenceEntry>> {
        let row = |(id, name): (i64, &&str)| {
            Arc::new(ReferenceEntry {
                id: Some(id),
                name: Some((*name).to_owned()),
                ..ReferenceEntry::default()
            })
        };
        (0..).zip(names).map(row).collect()
    }

    fn names(page: &Page<ReferenceEntry>) -> Vec<&str> {
        page.0.iter().filter_map(|row| row.name.as_deref()).collect()
    }

    fn listing<'a>(sort_by: &'a [String], direction: &'a str, pages: (i64, i64)) -> Listing<'a> {
        let (page_size, page_number) = (Some(pages.0), Some(pages.1));
        Listing { page_size, page_number, sort_by, direction: Some(direction) }
    }

    #[test]
    fn pages_start_at_one_and_size_zero_is_everything() {
        let all = listing(&[], "ASC", (0, 7)).page(rows(&["a", "b", "c"]));
        assert_eq!(names(&all), ["a", "b", "c"]);
        let second = listing(&[], "ASC", (2, 2)).page(rows(&["a", "b", "c"]));
        assert_eq!(names(&second), ["c"]);
        let totals = second.1.expect("totals");
        assert_eq!((totals.total_pages, totals.total_elements), (Some(2), Some(3)));
    }

    #[test]
    fn columns_sort_by_their_wire_names_in_any_case() {
        let columns = ["NAME".to_owned(), "id".to_owned()];
        let page = listing(&columns, "DESC", (0, 1)).page(rows(&["b", "A", "c"]));
        assert_eq!(names(&page), ["c", "b", "A"]);
        let columns = ["id".to_owned()];
        let page = listing(&columns, "desc", (1, 1)).page(rows(&["b", "A", "c"]));
        assert_eq!(names(&page), ["c"]);
    }
}

//! Relay connections: pages of a list, with cursors that say where in the list a record stands.

use std::borrow::Cow;

use async_graphql::{Context, InputType, Object, SimpleObject, TypeName};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::GraphError;
use super::level::{Row, row};
use super::list::List;
use crate::config::Limits;

/// A type that connections are made of.
pub trait ConnectionNode: Row + Clone {
    /// The name before `Connection` and `Edge`.
    const NAME: &'static str;
}

/// The arguments every connection takes.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The first so many after `after`.
    pub first: Option<i32>,
    /// Only what follows this cursor.
    pub after: Option<String>,
    /// The last so many before `before`.
    pub last: Option<i32>,
    /// Only what precedes this cursor.
    pub before: Option<String>,
}

/// Which part of a list a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    start: usize,
    end: usize,
}

impl Page {
    /// Which part of a list this is, from where to before where, if that can be told before the list's length is known:
    /// one that is counted from the end moves with it.
    pub fn ahead(&self, limits: &Limits) -> Result<Option<(usize, usize)>, GraphError> {
        let window = self.window(usize::MAX, limits)?;
        Ok(self.last.is_none().then_some((window.start, window.end)))
    }

    /// Which part of a list of this length it is, from where to before where.
    pub fn within(&self, total: usize, limits: &Limits) -> Result<(usize, usize), GraphError> {
        self.window(total, limits).map(|window| (window.start, window.end))
    }

    /// The page that the arguments of a field ask for.
    pub fn of_arguments(ctx: &Context<'_>) -> Result<Self, GraphError> {
        fn argument<T: InputType>(ctx: &Context<'_>, name: &str) -> Result<T, GraphError> {
            let given = ctx.param_value::<T>(name, None);
            given.map(|(_, value)| value).map_err(|error| GraphError::bad_input(error.message))
        }
        Ok(Self {
            first: argument(ctx, "first")?,
            after: argument(ctx, "after")?,
            last: argument(ctx, "last")?,
            before: argument(ctx, "before")?,
        })
    }

    fn window(&self, total: usize, limits: &Limits) -> Result<Window, GraphError> {
        let size = |name: &str, value: Option<i32>| match value.map(usize::try_from) {
            None => Ok(None),
            Some(Ok(value)) if value <= limits.max_page_size => Ok(Some(value)),
            Some(_) => {
                let maximum = limits.max_page_size;
                Err(GraphError::bad_input(format!(
                    "{name} must be between 0 and {maximum} (limits.max_page_size)."
                )))
            }
        };
        let (first, last) = (size("first", self.first)?, size("last", self.last)?);
        if first.is_some() && last.is_some() {
            return Err(GraphError::bad_input("Give first or last, not both: together they name no page."));
        }
        let start = match &self.after {
            Some(cursor) => cursor_place("after", cursor)?.saturating_add(1).min(total),
            None => 0,
        };
        let end = match &self.before {
            Some(cursor) => cursor_place("before", cursor)?.min(total),
            None => total,
        };
        let end = end.max(start);
        Ok(match (first, last) {
            (_, Some(last)) => Window { start: start.max(end.saturating_sub(last)), end },
            (first, None) => {
                let first = first.unwrap_or(limits.default_page_size);
                Window { start, end: end.min(start.saturating_add(first)) }
            }
        })
    }
}

fn cursor(place: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("place:{place}"))
}

fn cursor_place(name: &str, cursor: &str) -> Result<usize, GraphError> {
    let place = || {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        String::from_utf8(bytes).ok()?.strip_prefix("place:")?.parse().ok()
    };
    place().ok_or_else(|| GraphError::bad_input(format!("{name} is not a cursor this gateway gave out.")))
}

/// A page of a list.
pub struct Connection<T> {
    nodes: Vec<T>,
    start: usize,
    total: usize,
}

impl<T: ConnectionNode> Connection<T> {
    /// The page of `records` that is asked for; only its records become nodes.
    pub fn new<R>(
        records: impl ExactSizeIterator<Item = R>,
        page: &Page,
        limits: &Limits,
        node: impl FnMut(R) -> T,
    ) -> Result<Self, GraphError> {
        let total = records.len();
        let window = page.window(total, limits)?;
        let nodes = records.skip(window.start).take(window.end - window.start).map(node).collect();
        Ok(Self { nodes, start: window.start, total })
    }

    /// A page that was read as such: where it begins, and how long the whole list is.
    pub fn of_part<R>(records: Vec<R>, start: usize, total: usize, node: impl FnMut(R) -> T) -> Self {
        Self { nodes: records.into_iter().map(node).collect(), start: start.min(total), total }
    }

    fn all_nodes(&self) -> List<T> {
        List(self.nodes.clone())
    }

    fn all_edges(&self) -> List<Edge<T>> {
        let edges = self.nodes.iter().cloned().enumerate();
        edges.map(|(place, node)| Edge { node, cursor: cursor(self.start + place) }).collect()
    }

    fn page(&self) -> PageInfo {
        let end = self.start + self.nodes.len();
        let is_empty = self.nodes.is_empty();
        PageInfo {
            has_previous_page: self.start > 0,
            has_next_page: end < self.total,
            start_cursor: (!is_empty).then(|| cursor(self.start)),
            end_cursor: (!is_empty).then(|| cursor(end - 1)),
        }
    }

    fn count(&self) -> i32 {
        i32::try_from(self.total).unwrap_or(i32::MAX)
    }
}

impl<T: ConnectionNode> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::NAME).into()
    }
}

/// A page of a list, with what is needed to ask for the next.
#[Object(name_type)]
impl<T: ConnectionNode> Connection<T> {
    /// The records of this page, without their cursors.
    async fn nodes(&self) -> List<T> {
        self.all_nodes()
    }

    /// The records of this page, each with its cursor.
    async fn edges(&self) -> List<Edge<T>> {
        self.all_edges()
    }

    /// Where this page stands in the list.
    async fn page_info(&self) -> PageInfo {
        self.page()
    }

    /// How many records the whole list has.
    async fn total_count(&self) -> i32 {
        self.count()
    }
}

row! {
    Connection<T: ConnectionNode>;
    own total_count = count;
    child nodes = all_nodes, edges = all_edges, page_info = page;
}

/// A record of a page with its cursor.
pub struct Edge<T> {
    node: T,
    cursor: String,
}

impl<T: ConnectionNode> Edge<T> {
    fn own_node(&self) -> T {
        self.node.clone()
    }

    fn own_cursor(&self) -> &str {
        &self.cursor
    }
}

impl<T: ConnectionNode> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::NAME).into()
    }
}

/// A record of a page with its cursor.
#[Object(name_type)]
impl<T: ConnectionNode> Edge<T> {
    /// The record.
    async fn node(&self) -> &T {
        &self.node
    }

    /// Where the record stands; give it to `after` or `before`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }
}

row! {
    Edge<T: ConnectionNode>;
    own cursor = own_cursor;
    child node = own_node;
}

/// Where a page stands in its list.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether there is something before this page.
    has_previous_page: bool,
    /// Whether there is something after this page.
    has_next_page: bool,
    /// The cursor of the first record, null for an empty page.
    start_cursor: Option<String>,
    /// The cursor of the last record, null for an empty page.
    end_cursor: Option<String>,
}

row! {
    PageInfo;
    value has_previous_page, has_next_page, start_cursor, end_cursor;
}

//! The fields of a request that read, each by its place in the answer: what is read for it is told by that. And
//! `extensions.freshness`: which of them were made of what is too old, and how old that is.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Context, Pos, QueryPathNode, QueryPathSegment, Value, value};

use crate::caller::{Caller, Mark};

/// How many fields are told apart; what is beyond them is told together, with an empty path.
const MOST_PLACES: usize = 100;

/// The same of a request that is to be explained.
const MOST_EXPLAINED: usize = 500;

/// The fields of a request that read, each with the client that marks it.
pub(super) struct Places {
    places: Mutex<Vec<Place>>,
    most: usize,
}

impl Default for Places {
    fn default() -> Self {
        Self { places: Mutex::default(), most: MOST_PLACES }
    }
}

/// A field, by its place in the document and in the answer.
struct Place {
    position: Pos,
    /// The keys of the answer that lead to it, places in lists left out: of a list all records are read together.
    path: Vec<String>,
    mark: Mark,
    /// The request's own client, which signing in replaces.
    of: Arc<Caller>,
    caller: Arc<Caller>,
}

/// The keys of the answer that lead to a field, the last first.
fn keys<'a>(ctx: &'a Context<'_>) -> impl Iterator<Item = &'a str> {
    let nodes = std::iter::successors(ctx.path_node.as_ref(), |node: &&QueryPathNode<'_>| node.parent);
    nodes.filter_map(|node| match node.segment {
        QueryPathSegment::Name(name) => Some(name),
        QueryPathSegment::Index(_) => None,
    })
}

impl Places {
    /// Of a request that is to be explained: as many as a large query has.
    pub(super) fn of_many() -> Self {
        Self { most: MOST_EXPLAINED, ..Self::default() }
    }

    /// The request's client as the field asks by it.
    pub(super) fn at(&self, ctx: &Context<'_>, caller: &Arc<Caller>) -> Arc<Caller> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let position = ctx.item.pos;
        // A fragment stands in several places of the answer, and once in the document.
        let is_here = |place: &&Place| {
            place.position == position
                && Arc::ptr_eq(&place.of, caller)
                && place.path.iter().rev().map(String::as_str).eq(keys(ctx))
        };
        if let Some(place) = places.iter().find(is_here) {
            return place.caller.clone();
        }
        let is_last = places.len() + 1 >= self.most;
        let is_rest = |place: &&Place| place.path.is_empty() && Arc::ptr_eq(&place.of, caller);
        if is_last && let Some(rest) = places.iter().find(is_rest) {
            return rest.caller.clone();
        }
        let mut path: Vec<_> = keys(ctx).filter(|_| !is_last).map(str::to_owned).collect();
        path.reverse();
        let mark = Mark::default();
        let marked = Arc::new(caller.at(mark.clone(), &path));
        places.push(Place { position, path, mark, of: caller.clone(), caller: marked.clone() });
        marked
    }

    /// The fields that were given what is too old; `None` if none was.
    pub(super) fn stale(&self) -> Option<Value> {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let stale = places.iter().filter_map(|place| {
            let age = place.mark.age()?;
            Some(value!({ "path": place.path.clone(), "age": age }))
        });
        let stale: Vec<_> = stale.collect();
        (!stale.is_empty()).then_some(Value::List(stale))
    }
}

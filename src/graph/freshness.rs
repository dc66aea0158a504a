//! `extensions.freshness`: which fields of an answer were made of what is too old, and how old that is.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Context, Pos, QueryPathNode, QueryPathSegment, Value, value};

use crate::caller::{Caller, Mark};

/// How many fields are told apart; what is beyond them is told together, with an empty path.
const MOST_PLACES: usize = 100;

/// The fields of a request that read, each with the client that marks it.
#[derive(Default)]
pub(super) struct Places(Mutex<Vec<Place>>);

/// A field, by its place in the document and in the answer.
struct Place {
    position: Pos,
    /// The keys of the answer that lead to it, places in lists left out: of a list all records are read together.
    path: Vec<String>,
    mark: Mark,
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
    /// The request's client as the field asks by it.
    pub(super) fn at(&self, ctx: &Context<'_>, caller: &Caller) -> Arc<Caller> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let position = ctx.item.pos;
        // A fragment stands in several places of the answer, and once in the document.
        let is_here = |place: &Place| {
            place.position == position && place.path.iter().rev().map(String::as_str).eq(keys(ctx))
        };
        let known = places.iter().find(|place| is_here(place));
        let known = known.or_else(|| places.get(MOST_PLACES - 1));
        if let Some(place) = known {
            return place.caller.clone();
        }
        let is_last = places.len() == MOST_PLACES - 1;
        let mut path: Vec<_> = keys(ctx).filter(|_| !is_last).map(str::to_owned).collect();
        path.reverse();
        let mark = Mark::default();
        let caller = Arc::new(caller.marking(mark.clone()));
        places.push(Place { position, path, mark, caller: caller.clone() });
        caller
    }

    /// The fields that were given what is too old; `None` if none was.
    pub(super) fn stale(&self) -> Option<Value> {
        let places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stale = places.iter().filter_map(|place| {
            let age = place.mark.age()?;
            Some(value!({ "path": place.path.clone(), "age": age }))
        });
        let stale: Vec<_> = stale.collect();
        (!stale.is_empty()).then_some(Value::List(stale))
    }
}

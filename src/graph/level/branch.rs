//! `Branch`: what stands below a field, for every record of a level, as a level of its own.

use std::convert::Infallible;
use std::ops::Range;

use async_graphql::parser::types;
use async_graphql::{ContextSelectionSet, Positioned, QueryPathNode, QueryPathSegment, ServerResult};
use futures_util::future::{BoxFuture, FutureExt as _};
use tokio::task::consume_budget;

use super::Row;
use super::field::{Failed, Find};
use super::step::{Below, Steps};
use super::writer::Writer;
use crate::graph::error::{Code, GraphError};
use crate::graph::list::List;
use crate::graph::pace::try_join_paced;

/// What stands below a field of one record.
pub struct Children<U> {
    found: Result<Found<U>, Failed>,
    /// Whether the field may be null, if what stands there fails.
    is_nullable: bool,
}

enum Found<U> {
    Nothing,
    One(U),
    Many(Vec<U>),
}

/// What a field answers that has fields itself.
pub trait IntoChildren {
    /// The type of the records.
    type Child: Row;
    /// The records, and whether there may be none.
    fn into_children(self) -> Children<Self::Child>;
}

impl<U: Row> IntoChildren for U {
    type Child = U;

    fn into_children(self) -> Children<U> {
        Children { found: Ok(Found::One(self)), is_nullable: false }
    }
}

impl<U: Row> IntoChildren for List<U> {
    type Child = U;

    fn into_children(self) -> Children<U> {
        Children { found: Ok(Found::Many(self.0)), is_nullable: false }
    }
}

impl<C: IntoChildren> IntoChildren for Option<C> {
    type Child = C::Child;

    fn into_children(self) -> Children<C::Child> {
        let Some(children) = self else { return Children { found: Ok(Found::Nothing), is_nullable: true } };
        let Children { found, .. } = children.into_children();
        Children { found: found.map_err(Failed::here), is_nullable: true }
    }
}

impl<C: IntoChildren> IntoChildren for Result<C, GraphError> {
    type Child = C::Child;

    fn into_children(self) -> Children<C::Child> {
        match self {
            Ok(children) => children.into_children(),
            Err(error) => Children { found: Err(error.into()), is_nullable: false },
        }
    }
}

/// Asks a resolver for each record of a level, all at once.
pub async fn each<C: IntoChildren, E>(
    answers: impl ExactSizeIterator<Item = impl Future<Output = Result<C, E>>>,
) -> Vec<Children<C::Child>> {
    let children = answers.map(|answer| async move {
        // The engine gives every resolver an error type; ours fail in what they answer.
        let broken = |_| GraphError::new(Code::Internal, "The field could not be resolved.");
        Ok::<_, Infallible>(match answer.await {
            Ok(children) => children.into_children(),
            Err(error) => Children { found: Err(broken(error).into()), is_nullable: false },
        })
    });
    let Ok(children) = try_join_paced(children).await;
    children
}

/// Where the records below a field of one record stand in their level.
pub(super) enum Standing {
    Nothing,
    One(usize),
    Many(Range<usize>),
}

/// The same, or why there are none.
pub(super) struct Place {
    pub(super) standing: Result<Standing, Failed>,
    pub(super) is_nullable: bool,
}

// There is one for each record of a level and each field with records below it.
const _: () = assert!(size_of::<Place>() <= 40);

/// The level below a field, and where in it the records of each record above stand.
pub struct Grown {
    pub(super) places: Vec<Place>,
    pub(super) below: Box<dyn Below>,
}

/// A field with records below it, whatever their type.
pub trait Branching<T>: Send + Sync {
    /// Finds the records below the field for all of `rows`, and takes the steps of their level.
    fn grow<'a>(
        self: Box<Self>,
        ctx: &'a ContextSelectionSet<'a>,
        level: (&'a [T], &'a [QueryPathNode<'a>]),
        field: &'a Positioned<types::Field>,
    ) -> BoxFuture<'a, Grown>
    where
        Self: 'a;
}

/// A field with records of type `U` below it.
pub(super) struct Branch<T, U>(pub(super) Find<T, U>);

impl<T: Row, U: Row> Branching<T> for Branch<T, U> {
    fn grow<'a>(
        self: Box<Self>,
        ctx: &'a ContextSelectionSet<'a>,
        (rows, paths): (&'a [T], &'a [QueryPathNode<'a>]),
        field: &'a Positioned<types::Field>,
    ) -> BoxFuture<'a, Grown>
    where
        Self: 'a,
    {
        async move {
            // Where the first of them stands: what a field reads is marked at its path without places in lists.
            let mut above = ctx.clone();
            above.path_node = paths.first().copied().or(ctx.path_node);
            let found = (self.0)(&above.with_field(field), rows).await;
            let name = QueryPathSegment::Name(field.node.response_key().node.as_str());
            let own: Vec<_> =
                paths.iter().map(|path| QueryPathNode { parent: Some(path), segment: name }).collect();
            let mut level = Vec::with_capacity(found.len());
            let mut below = Vec::with_capacity(found.len());
            let mut places = Vec::with_capacity(found.len());
            for (children, path) in found.into_iter().zip(&own) {
                let begin = level.len();
                let standing = children.found.map(|found| match found {
                    Found::Nothing => Standing::Nothing,
                    Found::One(child) => {
                        level.push(child);
                        below.push(*path);
                        Standing::One(begin)
                    }
                    Found::Many(children) => {
                        below.extend((0..children.len()).map(|place| QueryPathNode {
                            parent: Some(path),
                            segment: QueryPathSegment::Index(place),
                        }));
                        level.extend(children);
                        Standing::Many(begin..level.len())
                    }
                });
                places.push(Place { standing, is_nullable: children.is_nullable });
                for _ in begin..level.len() {
                    consume_budget().await;
                }
            }
            let steps = Steps::take(ctx, &level, &below, &field.node.selection_set.node).await;
            Grown { places, below: Box::new(Level { rows: level, steps }) }
        }
        .boxed()
    }
}

/// The records below a field, and what is written of each.
struct Level<T> {
    rows: Vec<T>,
    steps: Steps<T>,
}

impl<T: Row> Below for Level<T> {
    fn write(&self, place: usize, writer: &mut Writer<'_>) -> ServerResult<()> {
        match self.rows.get(place) {
            Some(row) => self.steps.write(row, place, writer),
            None => Ok(()),
        }
    }
}

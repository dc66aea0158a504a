//! `Steps`: what is written of each record of a level, one step a selected field.

use std::convert::Infallible;

use async_graphql::parser::types;
use async_graphql::{
    ContextSelectionSet, Name, Pos, Positioned, QueryPathNode, ServerError, ServerResult, Value,
};
use futures_util::future::join_all;

use super::branch::{Grown, Place, Standing};
use super::field::{Failed, Field, Leaf};
use super::writer::Writer;
use super::written::write_text;
use super::{Row, selection};
use crate::graph::error::GraphError;
use crate::graph::pace::try_join_paced;

/// The records below a field, whatever their type.
pub trait Below: Send + Sync {
    /// Writes one of them.
    fn write(&self, place: usize, writer: &mut Writer<'_>) -> ServerResult<()>;
}

/// What is written of each record of a level.
pub(super) struct Steps<T>(Vec<Step<T>>);

/// One selected field.
struct Step<T> {
    /// The key with quotes and colon.
    key: Vec<u8>,
    name: Name,
    position: Pos,
    content: Content<T>,
}

enum Content<T> {
    TypeName,
    Leaf(Leaf<T>),
    Branch(Grown),
    /// What the engine answered, record by record.
    Engine(Vec<ServerResult<Value>>),
}

impl<T: Row> Steps<T> {
    /// Asks for everything that the selection needs of these records, all fields at once.
    pub(super) async fn take<'a>(
        ctx: &'a ContextSelectionSet<'a>,
        rows: &'a [T],
        paths: &'a [QueryPathNode<'a>],
        set: &'a types::SelectionSet,
    ) -> Self {
        let steps = selection::fields::<T>(ctx, set).into_iter().map(|field| async move {
            let name = field.node.response_key().node.clone();
            let mut key = Vec::with_capacity(name.len() + 3);
            write_text(&name, &mut key);
            key.push(b':');
            let content = match (field.node.name.node.as_str(), T::field(&field.node.name.node)) {
                ("__typename", _) => Content::TypeName,
                (_, Some(Field::Leaf(write))) => Content::Leaf(write),
                (_, Some(Field::Branch(branch))) => {
                    Content::Branch(branch.grow(ctx, (rows, paths), field).await)
                }
                (_, None) => Content::Engine(resolve(ctx, (rows, paths), field).await),
            };
            Step { key, name, position: field.pos, content }
        });
        Self(join_all(steps).await)
    }

    /// Writes one record, by its place in the level.
    pub(super) fn write(&self, row: &T, place: usize, writer: &mut Writer<'_>) -> ServerResult<()> {
        writer.begin_record();
        for (nth, step) in self.0.iter().enumerate() {
            if nth > 0 {
                writer.json.push(b',');
            }
            writer.json.extend_from_slice(&step.key);
            step.write(row, place, writer)?;
        }
        writer.json.push(b'}');
        Ok(())
    }
}

impl<T: Row> Step<T> {
    fn write(&self, row: &T, place: usize, writer: &mut Writer<'_>) -> ServerResult<()> {
        match &self.content {
            Content::TypeName => {
                write_text(&T::type_name(), &mut writer.json);
                Ok(())
            }
            Content::Leaf(write) => {
                let begin = writer.json.len();
                let result = write(row, writer.context, &mut writer.json);
                result.or_else(|failed| self.fail(&failed, begin, writer))
            }
            Content::Branch(grown) => match grown.places.get(place) {
                Some(place) => self.write_below(grown, place, writer),
                None => Ok(()),
            },
            Content::Engine(values) => match values.get(place) {
                Some(Ok(value)) => {
                    super::write_value(value, &mut writer.json);
                    Ok(())
                }
                Some(Err(error)) => Err(error.clone()),
                None => Ok(()),
            },
        }
    }

    fn write_below(&self, grown: &Grown, place: &Place, writer: &mut Writer<'_>) -> ServerResult<()> {
        let begin = writer.json.len();
        let result = match &place.standing {
            Err(failed) => return self.fail(failed, begin, writer),
            Ok(Standing::Nothing) => {
                writer.json.extend_from_slice(b"null");
                return Ok(());
            }
            Ok(Standing::One(child)) => writer.below(&self.name, |writer| grown.below.write(*child, writer)),
            Ok(Standing::Many(children)) => writer.below(&self.name, |writer| {
                writer.begin_list();
                for (nth, child) in children.clone().enumerate() {
                    writer.item(nth, |writer| grown.below.write(child, writer))?;
                }
                writer.end_list();
                Ok(())
            }),
        };
        match result {
            Err(error) if place.is_nullable => {
                writer.null_instead(begin, error);
                Ok(())
            }
            result => result,
        }
    }

    fn fail(&self, failed: &Failed, begin: usize, writer: &mut Writer<'_>) -> ServerResult<()> {
        match failed {
            Failed::Here(error) => {
                let error = writer.error(&self.name, self.position, GraphError::clone(error));
                writer.null_instead(begin, error);
                Ok(())
            }
            Failed::Above(error) => Err(writer.error(&self.name, self.position, GraphError::clone(error))),
        }
    }
}

/// Has the engine resolve a field of each record.
async fn resolve<'a, T: Row>(
    ctx: &'a ContextSelectionSet<'a>,
    (rows, paths): (&'a [T], &'a [QueryPathNode<'a>]),
    field: &'a Positioned<types::Field>,
) -> Vec<ServerResult<Value>> {
    let answers = rows.iter().zip(paths).map(|(row, path)| async move {
        let mut ctx = ctx.clone();
        ctx.path_node = Some(*path);
        let ctx = ctx.with_field(field);
        let answer: Result<_, ServerError> = row.resolve_field(&ctx).await;
        Ok::<_, Infallible>(answer.map(Option::unwrap_or_default))
    });
    let Ok(values) = try_join_paced(answers).await;
    values
}

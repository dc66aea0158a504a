//! Lists written level by level. The engine makes a future of every field of every item; here all items of a list are one
//! level: what an edge needs is asked for once for all of them, and what their records hold is written as JSON in one
//! pass. What a type does not tell in `Row` is left to the engine, item by item, whose own output is the measure.

mod branch;
mod field;
mod selection;
mod step;
mod writer;
mod written;

pub use branch::{Children, IntoChildren, each};
pub(super) use field::row;
pub use field::{Field, is_answered_by};
pub use selection::each_selected;
pub use writer::{write_value, write_whole};
pub use written::{Enumeration, Written};

use async_graphql::parser::types;
use async_graphql::resolver_utils::ContainerType;
use async_graphql::{
    ContextSelectionSet, ID, OutputType, Positioned, QueryPathNode, QueryPathSegment, ServerResult, Value,
};
use futures_util::future::{BoxFuture, FutureExt as _};
use tokio::task::consume_budget;

use super::error::GraphError;
use super::list::List;
use step::Steps;
use writer::Writer;

/// How many records tell how much room all of a list will take.
const SAMPLE: usize = 32;

/// Who writes the lists of a request; the engine does where nobody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// Lists are written level by level, and arrive in the response as JSON: `Value::Binary`, for `write_value`.
    ByLevel,
    /// The engine resolves each item by itself.
    ByItem,
}

/// A type that lists are made of.
pub trait Row: ContainerType + Send + Sync + Sized + 'static {
    /// How a field is written without the engine; `None` leaves it to the engine.
    #[must_use]
    fn field(_name: &str) -> Option<Field<Self>> {
        None
    }
}

/// An item of a list.
pub trait Item: OutputType + Sized {
    /// All of them as one level; `None` if the engine must resolve each.
    fn write<'a>(
        _items: &'a [Self],
        _ctx: &'a ContextSelectionSet<'a>,
        _field: &'a Positioned<types::Field>,
    ) -> Option<BoxFuture<'a, ServerResult<Value>>> {
        None
    }
}

impl Item for String {}
impl Item for ID {}
impl<T> Item for Option<T> where Self: OutputType {}
impl<T> Item for Result<T, GraphError> where Self: OutputType {}
impl<T: Item> Item for List<T> {}

impl<T: Row> Item for T {
    fn write<'a>(
        items: &'a [Self],
        ctx: &'a ContextSelectionSet<'a>,
        field: &'a Positioned<types::Field>,
    ) -> Option<BoxFuture<'a, ServerResult<Value>>> {
        (ctx.data_opt() == Some(&Writing::ByLevel)).then(|| write(items, ctx, field).boxed())
    }
}

/// A record by itself, as a level of one; `None` if the engine must resolve it.
pub fn one<'a, T: Row>(
    record: &'a T,
    ctx: &'a ContextSelectionSet<'a>,
    field: &'a Positioned<types::Field>,
) -> Option<BoxFuture<'a, ServerResult<Value>>> {
    (ctx.data_opt() == Some(&Writing::ByLevel)).then(|| write_one(record, ctx, field).boxed())
}

async fn write_one<'a, T: Row>(
    record: &'a T,
    ctx: &'a ContextSelectionSet<'a>,
    field: &'a Positioned<types::Field>,
) -> ServerResult<Value> {
    let paths: Vec<_> = ctx.path_node.into_iter().collect();
    let steps = Steps::take(ctx, std::slice::from_ref(record), &paths, &ctx.item.node).await;
    let context = ctx.with_field(field);
    let mut writer = Writer::new(&context, ctx);
    let result = steps.write(record, 0, &mut writer);
    for _ in 0..writer.take_records() {
        consume_budget().await;
    }
    written(ctx, writer, result)
}

async fn write<'a, T: Row>(
    items: &'a [T],
    ctx: &'a ContextSelectionSet<'a>,
    field: &'a Positioned<types::Field>,
) -> ServerResult<Value> {
    let path =
        |place| QueryPathNode { parent: ctx.path_node.as_ref(), segment: QueryPathSegment::Index(place) };
    let paths: Vec<_> = (0..items.len()).map(path).collect();
    let steps = Steps::take(ctx, items, &paths, &ctx.item.node).await;
    let context = ctx.with_field(field);
    let mut writer = Writer::new(&context, ctx);
    writer.begin_list();
    let mut result = Ok(());
    for (place, item) in items.iter().enumerate() {
        if place == SAMPLE {
            writer.make_room(place, items.len() - place);
        }
        result = writer.item(place, |writer| steps.write(item, place, writer));
        if result.is_err() {
            break;
        }
        // Each record counts, however deep it stands: others have their turn in between.
        for _ in 0..writer.take_records() {
            consume_budget().await;
        }
    }
    writer.end_list();
    written(ctx, writer, result)
}

/// What was written, as the value of a field, and what has failed in it.
fn written(
    ctx: &ContextSelectionSet<'_>,
    writer: Writer<'_>,
    result: ServerResult<()>,
) -> ServerResult<Value> {
    let (bytes, errors) = writer.finish();
    for error in errors {
        ctx.add_error(error);
    }
    result.map(|()| Value::Binary(bytes))
}

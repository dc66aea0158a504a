//! Lists of the graph. The engine's own cut the path of an error that travels up through them, and run a wide list in
//! one breath; these keep the whole path and let other requests in between.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use super::level::Item;
use super::pace::try_join_paced;

/// A non-null list: `[T]`, with `T` nullable or not as `T` says.
#[derive(Clone, Debug)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: Item> OutputType for List<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        if let Some(level) = T::write(&self.0, ctx, field) {
            return level.await;
        }
        let items = self.0.iter().enumerate().map(|(place, item)| resolve_item(item, place, ctx, field));
        Ok(Value::List(try_join_paced(items).await?))
    }
}

async fn resolve_item<T: OutputType>(
    item: &T,
    place: usize,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let ctx = ctx.with_index(place);
    let resolved = OutputType::resolve(item, &ctx, field).await;
    resolved.map_err(|error| if error.path.is_empty() { ctx.set_error_path(error) } else { error })
}

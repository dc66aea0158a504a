//! `One`: a single record that is written as those of a list are. The engine makes a future of each of its fields.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use super::level::{self, Row};

/// A single record, and what is below it: it is written in one breath, as an item of a list is.
pub struct One<T>(pub T);

impl<T: Row> OutputType for One<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match level::one(&self.0, ctx, field) {
            Some(level) => level.await,
            None => self.0.resolve(ctx, field).await,
        }
    }
}

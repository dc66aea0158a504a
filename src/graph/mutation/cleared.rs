//! Fields that a client empties: looked at once the write is done, because a portal may take "empty it" for "leave it".

use async_graphql::MaybeUndefined;

use crate::graph::error::{Code, GraphError};

/// The text to set; an empty one says the same as null, and is sent in the one way that the settings choose.
pub fn text(given: MaybeUndefined<String>) -> MaybeUndefined<String> {
    match given {
        MaybeUndefined::Value(text) if text.trim().is_empty() => MaybeUndefined::Null,
        given => given,
    }
}

/// Fails if a field that was to be emptied still holds what it held; the fields are named as the client named them.
pub fn check(mutation: &str, held: &[&str]) -> Result<(), GraphError> {
    if held.is_empty() {
        return Ok(());
    }
    tracing::warn!(
        graphql.mutation = mutation,
        "the portal called it a success and did not empty a field: is portal.dialect.cleared_field right?"
    );
    let message = format!(
        "The portal called {mutation} a success, yet `{}` still holds what it held: the gateway's setting \
         portal.dialect.cleared_field may not fit. Whatever else was asked for was sent. Tell its operator.",
        held.join("`, `")
    );
    Err(GraphError::new(Code::PortalUnintelligible, message))
}

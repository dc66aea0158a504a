//! What became of each mutation of a request, noted where it ends, whatever its client asks to see of it: for the audit log.

use std::sync::Arc;

use async_graphql::Context;

use super::context::ContextExt as _;
use super::id::NodeId;
use crate::session::Session;

/// A mutation that has come to its end.
#[derive(Clone)]
pub struct Deed {
    /// What its field is called in the answer.
    pub key: String,
    /// Who is signed in after it.
    pub session: Option<Arc<Session>>,
    /// Why nothing was done: the codes of its user errors.
    pub refused: Vec<String>,
    /// The record that was changed or made, where that is one of the mutation's own.
    pub record: Option<NodeId>,
}

impl Deed {
    /// Notes a mutation in the resolver of its field.
    pub(super) fn note(ctx: &Context<'_>, refused: Vec<String>) {
        let visit = ctx.visit();
        let session = visit.current().map(|caller| caller.session().clone());
        visit.note(Self { key: key(ctx), session, refused, record: None });
    }

    /// Notes the record that the mutation of this field has changed or made.
    pub(super) fn note_record(ctx: &Context<'_>, record: Option<NodeId>) {
        ctx.visit().note_record(&key(ctx), record);
    }
}

fn key(ctx: &Context<'_>) -> String {
    ctx.item.node.response_key().node.to_string()
}

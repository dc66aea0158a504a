//! Precision queues: getAllPrecisionQueues, getPQByID.

use std::sync::Arc;

use super::listing::listing;
use super::routes::Answered;
use super::view::View;
use super::world::Thing;
use crate::portal::precision_queue::{
    GetAllPrecisionQueues, GetAllPrecisionQueuesReply, GetPQByID, GetPQByIDReply, PrecisionQueue,
};

/// What reserves a precision queue.
pub(super) fn thing(queue: &PrecisionQueue) -> Option<Thing> {
    queue.id.map(Thing::PrecisionQueue)
}

pub(super) fn all(view: &View<'_>, ask: &GetAllPrecisionQueues) -> GetAllPrecisionQueuesReply {
    let (rows, paging_info) = listing!(ask).page(view.rows(&view.tenant.precision_queues, thing));
    let without_steps = |queue: &Arc<PrecisionQueue>| {
        Arc::new(PrecisionQueue { steps: Vec::new(), ..PrecisionQueue::clone(queue) })
    };
    GetAllPrecisionQueuesReply {
        precision_queues: rows.iter().map(without_steps).collect(),
        paging_info,
        ..GetAllPrecisionQueuesReply::default()
    }
}

pub(super) fn by_id(view: &View<'_>, ask: &GetPQByID) -> Answered<GetPQByIDReply> {
    let rows = view.rows(&view.tenant.precision_queues, thing);
    let found = rows.into_iter().find(|queue| ask.id.is_some() && queue.id == ask.id);
    let queue = found.ok_or("GET_PQ_BY_ID_FAILED")?;
    Ok(GetPQByIDReply { precision_queue_info: Some(queue), ..GetPQByIDReply::default() })
}

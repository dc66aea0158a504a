//! Precision queues with their steps, and who would be chosen from them.

use std::sync::Arc;

use futures_util::future::join_all;

use super::catalogue::Catalogue;
use super::eligibility::{CompiledQueue, Options};
use super::reader::{CallerError, Reader};
use crate::portal::PrecisionQueueId;
use crate::portal::precision_queue::{
    GetAllPrecisionQueues, GetAllPrecisionQueuesReply, GetPQByID, GetPQByIDReply, PrecisionQueue,
};

/// A precision queue read by its id: the record with its steps, parsed once.
#[derive(Clone)]
pub struct StaffedQueue {
    /// The record, with its steps.
    pub record: Arc<PrecisionQueue>,
    /// Its steps, ready to be asked about agents.
    pub compiled: Arc<CompiledQueue>,
}

impl Reader {
    /// Every precision queue, without steps.
    pub async fn precision_queues(&self) -> Result<Catalogue<PrecisionQueue>, CallerError> {
        let all = GetAllPrecisionQueues { page_size: Some(0), ..GetAllPrecisionQueues::default() };
        self.read_as(all, |reply: &GetAllPrecisionQueuesReply| reply.precision_queues.clone()).await
    }

    /// One precision queue with its steps; `None` if the portal answers without one.
    pub async fn precision_queue(&self, id: PrecisionQueueId) -> Result<Option<StaffedQueue>, CallerError> {
        let staffed = |reply: &GetPQByIDReply| {
            reply.precision_queue_info.as_ref().map(|record| StaffedQueue {
                record: record.clone(),
                compiled: Arc::new(CompiledQueue::new(record, Options::default())),
            })
        };
        let queue = self.read_as(GetPQByID { id: Some(id), ..GetPQByID::default() }, staffed).await?;
        Ok(queue.as_ref().clone())
    }

    /// Every precision queue with its steps, in the portal's order: one call for the list and one for each.
    pub async fn staffed_queues(&self) -> Result<Vec<StaffedQueue>, CallerError> {
        let queues = self.precision_queues().await?;
        let ids = queues.iter().filter_map(|queue| queue.id);
        let staffed = join_all(ids.map(|id| self.precision_queue(id))).await;
        staffed.into_iter().filter_map(Result::transpose).collect()
    }
}

//! Precision queues with their steps, and who would be chosen from them.

use std::sync::Arc;

use futures_util::future::join_all;

use super::catalogue::Catalogue;
use super::change::{ChangeError, Stale};
use super::eligibility::{CompiledQueue, MissingAttribute, Options, Precedence};
use super::error::CallerError;
use super::reader::Reader;
use crate::config;
use crate::portal::dialect::clear;
use crate::portal::precision_queue::{
    GetAllPrecisionQueues, GetAllPrecisionQueuesReply, GetPQByID, GetPQByIDReply, PrecisionQueue,
    UpdatePrecisionQueue,
};
use crate::portal::{PortalError, PrecisionQueueId};
use crate::upstream::Noun;

/// A precision queue read by its id: the record with its steps, parsed once.
#[derive(Clone)]
pub struct StaffedQueue {
    /// The record, with its steps.
    pub record: Arc<PrecisionQueue>,
    /// Its steps, ready to be asked about agents.
    pub compiled: Arc<CompiledQueue>,
}

impl StaffedQueue {
    /// Parses the steps of a record.
    #[must_use]
    pub fn new(record: Arc<PrecisionQueue>, options: Options) -> Self {
        Self { compiled: Arc::new(CompiledQueue::new(&record, options)), record }
    }
}

/// How the portal is asked for every queue.
pub(super) fn all_queues() -> GetAllPrecisionQueues {
    GetAllPrecisionQueues { page_size: Some(0), ..GetAllPrecisionQueues::default() }
}

impl Reader {
    /// How queues are evaluated where the portal's documents leave it open.
    #[must_use]
    pub fn evaluation(&self) -> Options {
        let dialect = &self.portal_settings().dialect;
        Options {
            precedence: match dialect.mixed_relations {
                config::MixedRelations::AndFirst => Precedence::AndFirst,
                config::MixedRelations::LeftToRight => Precedence::LeftToRight,
            },
            missing_attribute: match dialect.missing_attribute {
                config::MissingAttribute::FailsEveryComparison => MissingAttribute::FailsEveryComparison,
                config::MissingAttribute::DiffersFromEveryValue => MissingAttribute::DiffersFromEveryValue,
            },
        }
    }

    /// Every precision queue, without steps.
    pub async fn precision_queues(&self) -> Result<Catalogue<PrecisionQueue>, CallerError> {
        self.read_as(all_queues(), |reply: &GetAllPrecisionQueuesReply| reply.precision_queues.clone()).await
    }

    /// One precision queue with its steps; `None` if the portal answers without one.
    pub async fn precision_queue(&self, id: PrecisionQueueId) -> Result<Option<StaffedQueue>, CallerError> {
        let options = self.evaluation();
        let staffed = move |reply: &GetPQByIDReply| {
            reply.precision_queue_info.as_ref().map(|record| StaffedQueue::new(record.clone(), options))
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

    /// A precision queue as the portal has it now.
    async fn precision_queue_now(&self, id: PrecisionQueueId) -> Result<Arc<PrecisionQueue>, ChangeError> {
        match self.read_anew(GetPQByID { id: Some(id), ..GetPQByID::default() }).await {
            Ok(reply) => reply.precision_queue_info.ok_or(ChangeError::NotFound),
            // The guide has no constant for an unknown id; the list knows whether it is one.
            Err(CallerError::Portal(error @ PortalError::Refused { .. })) => {
                let is_known = self.precision_queues().await?.iter().any(|queue| queue.id == Some(id));
                Err(if is_known { CallerError::Portal(error).into() } else { ChangeError::NotFound })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Changes a precision queue: everything that `change` leaves alone is sent back as it was read, with the change
    /// stamp it had. A queue with another stamp than the client saw, or one that was changed between our reading and
    /// writing, is left as it is. Answers the queue before and after; with `is_preview` nothing is written.
    pub async fn change_precision_queue<E: From<ChangeError> + From<Stale>>(
        &self,
        (id, seen): (PrecisionQueueId, Option<i64>),
        is_preview: bool,
        change: impl AsyncFnOnce(&mut PrecisionQueue) -> Result<(), E>,
    ) -> Result<(StaffedQueue, StaffedQueue), E> {
        let turn = Arc::new(self.turn(Noun::PrecisionQueue, id.0).await.map_err(ChangeError::from)?);
        let before = self.precision_queue_now(id).await?;
        if seen.is_some_and(|seen| Some(seen) != before.change_stamp) {
            return Err(Stale.into());
        }
        let mut after = before.as_ref().clone();
        change(&mut after).await?;
        // The twins of the codes are the portal's to say anew, and nobody's to empty.
        let asked = PrecisionQueue {
            agent_ordering_string: after.agent_ordering_string.clone(),
            service_level_type_string: after.service_level_type_string.clone(),
            ..before.as_ref().clone()
        };
        clear(&asked, &mut after, self.portal_settings().dialect.cleared_field);
        let after = Arc::new(after);
        let options = self.evaluation();
        let queues = (StaffedQueue::new(before.clone(), options), StaffedQueue::new(after.clone(), options));
        if is_preview {
            return Ok(queues);
        }
        let operation =
            UpdatePrecisionQueue { precision_queue: Some(after), ..UpdatePrecisionQueue::default() };
        match self.write_holding(operation, turn.clone()).await {
            Ok(_) => Ok(queues),
            // The portal has no constant for a stale stamp: whether it was one, the stamp tells, still in our turn.
            Err(CallerError::Portal(error @ PortalError::Refused { .. })) => {
                let now = self.precision_queue_now(id).await;
                let is_stale = now.is_ok_and(|now| now.change_stamp != before.change_stamp);
                Err(if is_stale {
                    Stale.into()
                } else {
                    ChangeError::Write(CallerError::Portal(error)).into()
                })
            }
            Err(error) => Err(ChangeError::Write(error).into()),
        }
    }
}

//! `CallbackQueue`: a dialed number that callbacks wait at.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::context::ContextExt as _;
use super::error::GraphError;
use super::id::{Kind, NodeId, key};
use super::level::row;
use super::list::List;
use crate::caller::Caller;
use crate::portal::{CallbackQueueId, TenantId, callback as wire};

/// A dialed number that callbacks wait at.
#[derive(Clone, PartialEq)]
pub struct CallbackQueue {
    tenant: TenantId,
    record: Arc<wire::CallbackQueue>,
}

impl CallbackQueue {
    /// Shows a record of a tenant.
    #[must_use]
    pub fn new(tenant: TenantId, record: Arc<wire::CallbackQueue>) -> Self {
        Self { tenant, record }
    }

    /// Every callback queue of the tenant.
    pub async fn all(ctx: &Context<'_>) -> Result<List<Self>, GraphError> {
        Self::all_of(&*ctx.caller()?).await
    }

    /// The same for somebody who asks without a request.
    pub(super) async fn all_of(caller: &Caller) -> Result<List<Self>, GraphError> {
        let (queues, tenant) = (caller.callback_queues().await?, caller.tenant()?);
        Ok(queues.iter().map(|record| Self::new(tenant, record.clone())).collect())
    }

    /// The queue with this key; none if the tenant has none such.
    pub async fn find(ctx: &Context<'_>, id: CallbackQueueId) -> Result<Option<Self>, GraphError> {
        let all = Self::all(ctx).await?;
        Ok(all.0.into_iter().find(|queue| queue.record.id_program_dn == Some(id)))
    }

    fn key(&self) -> Result<i64, GraphError> {
        key("CallbackQueue", "idProgramDN", self.record.id_program_dn.map(|id| id.0))
    }
}

/// A dialed number that callbacks wait at.
#[Object]
impl CallbackQueue {
    /// The global id.
    pub async fn id(&self) -> Result<ID, GraphError> {
        Ok(NodeId::new(self.tenant, Kind::CallbackQueue, self.key()?).encode())
    }

    /// The portal's own key.
    fn database_id(&self) -> Result<i64, GraphError> {
        self.key()
    }

    /// The name.
    fn name(&self) -> Option<&str> {
        self.record.program_dn_display_nm.as_deref()
    }

    /// The dialed number.
    fn dialed_number(&self) -> Option<&str> {
        self.record.program_dn.as_deref()
    }

    /// The least number of calls in queue.
    fn min_queued_call_count(&self) -> Option<i64> {
        self.record.min_queue_calls
    }

    /// The greatest number of calls in queue.
    fn max_queued_call_count(&self) -> Option<i64> {
        self.record.max_queue_calls
    }

    /// The key of the callback service's pod.
    fn call_me_pod_database_id(&self) -> Option<i64> {
        self.record.id_call_me_pod
    }
}

row! {
    CallbackQueue;
    leaf database_id, name, dialed_number, min_queued_call_count, max_queued_call_count,
        call_me_pod_database_id;
}

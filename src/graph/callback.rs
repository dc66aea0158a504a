//! `Callback`: a call back that a caller asked for.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};

use super::callback_queue::CallbackQueue;
use super::context::ContextExt as _;
use super::date_time::DateTime;
use super::error::{GraphError, Nullable};
use super::id::{Kind, NodeId, key};
use super::level::row;
use super::list::List;
use crate::caller::Caller;
use crate::portal::{CallbackId, TenantId, callback as wire};

/// A call back that a caller asked for.
#[derive(Clone, PartialEq)]
pub struct Callback {
    tenant: TenantId,
    record: Arc<wire::Callback>,
}

impl Callback {
    /// The callback with this key; none if there is none in the viewer's tenant.
    pub async fn find(ctx: &Context<'_>, id: CallbackId) -> Result<Option<Self>, GraphError> {
        Self::of(&*ctx.caller()?, id).await
    }

    /// The same for somebody who asks without a request.
    pub(super) async fn of(caller: &Caller, id: CallbackId) -> Result<Option<Self>, GraphError> {
        let tenant = caller.tenant()?;
        Ok(caller.callback(id).await?.map(|record| Self { tenant, record }))
    }

    fn key(&self) -> Result<i64, GraphError> {
        key("Callback", "idCallBack", self.record.id_call_back.map(|id| id.0))
    }

    async fn find_queue(&self, ctx: &Context<'_>) -> Result<Option<CallbackQueue>, GraphError> {
        let Some(number) = self.record.dialed_number.as_deref() else { return Ok(None) };
        let queues = ctx.caller()?.callback_queues().await?;
        let found = queues.iter().find(|queue| queue.program_dn.as_deref() == Some(number));
        Ok(found.map(|record| CallbackQueue::new(self.tenant, record.clone())))
    }

    async fn find_disposition(&self, ctx: &Context<'_>) -> Result<Option<CallbackDisposition>, GraphError> {
        let Some(code) = self.record.status_code else { return Ok(None) };
        CallbackDisposition::find(ctx, code).await
    }

    fn all_variables(&self) -> List<CallVariable> {
        let record = &self.record;
        let variables = [
            &record.p_variable1,
            &record.p_variable2,
            &record.p_variable3,
            &record.p_variable4,
            &record.p_variable5,
            &record.p_variable6,
            &record.p_variable7,
            &record.p_variable8,
            &record.p_variable9,
            &record.p_variable10,
        ];
        let numbered = (1..).zip(variables);
        numbered
            .filter_map(|(number, value)| {
                Some(CallVariable { number, name: format!("callVariable{number}"), value: value.clone()? })
            })
            .collect()
    }

    fn global_id(&self) -> Result<ID, GraphError> {
        Ok(NodeId::new(self.tenant, Kind::Callback, self.key()?).encode())
    }
}

/// A call back that a caller asked for.
#[Object]
impl Callback {
    /// The global id.
    pub async fn id(&self) -> Result<ID, GraphError> {
        self.global_id()
    }

    /// The portal's own key.
    fn database_id(&self) -> Result<i64, GraphError> {
        self.key()
    }

    /// The number to call.
    fn phone_number(&self) -> Option<&str> {
        self.record.phone_number.as_deref()
    }

    /// The dialed number of the callback's queue.
    fn dialed_number(&self) -> Option<&str> {
        self.record.dialed_number.as_deref()
    }

    /// The name of the queue as it stands in the callback's own record; costs no call.
    fn queue_name(&self) -> Option<&str> {
        self.record.program_dn_display_nm.as_deref()
    }

    /// When the caller is to be called.
    fn scheduled_at(&self) -> Option<DateTime> {
        self.record.schedule_time.map(DateTime::from)
    }

    /// When the callback was asked for.
    fn created_at(&self) -> Option<DateTime> {
        self.record.create_time.map(DateTime::from)
    }

    /// When the status last changed.
    fn status_changed_at(&self) -> Option<DateTime> {
        self.record.status_time.map(DateTime::from)
    }

    /// The portal's own code of the status.
    fn status_code(&self) -> Option<i64> {
        self.record.status_code
    }

    /// How many times it was tried.
    fn retry_count(&self) -> Option<i64> {
        self.record.retry_count
    }

    /// The extension of the agent who handled the call.
    fn agent_extension(&self) -> Option<&str> {
        self.record.label.as_deref()
    }

    /// The digits the caller entered.
    fn caller_entered_digits(&self) -> Option<&str> {
        self.record.ced.as_deref()
    }

    /// The file with the caller's voice message.
    fn voice_message_file_name(&self) -> Option<&str> {
        self.record.msg_file_name.as_deref()
    }

    /// How long the voice message is.
    fn voice_message_seconds(&self) -> Option<i64> {
        self.record.msg_file_play_duration_in_secs
    }

    /// How many times the voice message may be played.
    fn max_replay_count(&self) -> Option<i64> {
        self.record.max_replays
    }

    /// Whether the call is dialed by itself when an agent is free.
    fn is_automatic_dialing_enabled(&self) -> Option<bool> {
        self.record.auto_dial_enabled
    }

    /// Whether LPDM is on; the guide does not spell it out.
    fn is_lpdm_enabled(&self) -> Option<bool> {
        self.record.lpdm_enabled
    }

    /// The router's key of the call.
    fn router_call_key(&self) -> Option<&str> {
        self.record.router_call_key.as_deref()
    }

    /// The day part of the router's key.
    fn router_call_key_day(&self) -> Option<i64> {
        self.record.router_call_key_day
    }

    /// The key of the contact.
    fn contact_database_id(&self) -> Option<&str> {
        self.record.contact_id.as_deref()
    }

    /// The key of the dialog.
    fn dialog_database_id(&self) -> Option<i64> {
        self.record.dialog_id
    }

    /// The key of the invocation.
    fn invoke_database_id(&self) -> Option<i64> {
        self.record.invoke_id
    }

    /// The number of the last message sent.
    fn send_sequence_number(&self) -> Option<i64> {
        self.record.send_sequence_number
    }

    /// The key of the callback service's pod.
    fn call_me_pod_database_id(&self) -> Option<i64> {
        self.record.id_call_me_pod
    }

    /// The key of the tenant's instance of the callback service.
    fn call_me_instance_database_id(&self) -> Option<i64> {
        self.record.id_program_call_me_instance
    }

    /// The name of the instance of the callback service.
    fn call_me_instance_name(&self) -> Option<&str> {
        self.record.ic_call_me_instance_id.as_deref()
    }

    /// The ten call variables that are set, by number.
    async fn variables(&self) -> List<CallVariable> {
        self.all_variables()
    }

    /// The queue the callback waits in, by its dialed number.
    async fn queue(&self, ctx: &Context<'_>) -> Nullable<CallbackQueue> {
        self.find_queue(ctx).await.transpose()
    }

    /// The disposition an agent gave it; null where the status is none of the tenant's dispositions.
    async fn disposition(&self, ctx: &Context<'_>) -> Nullable<CallbackDisposition> {
        self.find_disposition(ctx).await.transpose()
    }
}

row! {
    Callback;
    own id = global_id;
    leaf database_id, phone_number, dialed_number, queue_name, scheduled_at, created_at, status_changed_at,
        status_code, retry_count, agent_extension, caller_entered_digits, voice_message_file_name,
        voice_message_seconds, max_replay_count, is_automatic_dialing_enabled, is_lpdm_enabled,
        router_call_key, router_call_key_day, contact_database_id, dialog_database_id, invoke_database_id,
        send_sequence_number, call_me_pod_database_id, call_me_instance_database_id, call_me_instance_name;
    child variables = all_variables;
    each queue, disposition;
}

/// A variable that came with a call.
#[derive(SimpleObject)]
pub struct CallVariable {
    /// Its number, from 1 to 10.
    number: i32,
    /// Its name, such as `callVariable1`.
    name: String,
    /// Its value.
    value: String,
}

row! {
    CallVariable;
    value number, name, value;
}

/// A disposition an agent can give a callback.
#[derive(Clone)]
pub struct CallbackDisposition {
    tenant: TenantId,
    record: Arc<wire::CallbackDisposition>,
}

impl CallbackDisposition {
    /// Every disposition of the tenant.
    pub async fn all(ctx: &Context<'_>) -> Result<List<Self>, GraphError> {
        let caller = ctx.caller()?;
        let (dispositions, tenant) = (caller.callback_dispositions().await?, caller.tenant()?);
        Ok(dispositions.iter().map(|record| Self { tenant, record: record.clone() }).collect())
    }

    /// The disposition with this key; none if the tenant has none such.
    pub async fn find(ctx: &Context<'_>, wanted: i64) -> Result<Option<Self>, GraphError> {
        let all = Self::all(ctx).await?;
        Ok(all.0.into_iter().find(|disposition| disposition.record.status_id.map(|id| id.0) == Some(wanted)))
    }

    fn key(&self) -> Result<i64, GraphError> {
        key("CallbackDisposition", "statusId", self.record.status_id.map(|id| id.0))
    }
}

/// A disposition an agent can give a callback.
#[Object]
impl CallbackDisposition {
    /// The global id.
    pub async fn id(&self) -> Result<ID, GraphError> {
        Ok(NodeId::new(self.tenant, Kind::CallbackDisposition, self.key()?).encode())
    }

    /// The portal's own key.
    fn database_id(&self) -> Result<i64, GraphError> {
        self.key()
    }

    /// The name.
    fn name(&self) -> Option<&str> {
        self.record.status_nm.as_deref()
    }
}

row! {
    CallbackDisposition;
    leaf database_id, name;
}

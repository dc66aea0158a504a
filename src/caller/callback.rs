//! Callbacks, their queues and their dispositions, from the callback service.

use std::sync::Arc;

use super::catalogue::Catalogue;
use super::error::CallerError;
use super::reader::Reader;
use crate::portal::callback::{
    Callback, CallbackDisposition, CallbackQueue, GetAgentDispositionStatusCodes,
    GetAgentDispositionStatusCodesReply, GetCallbackInfo, GetDialedNumberList, GetDialedNumberListReply,
    TestWS,
};
use crate::portal::{CallbackId, PortalError};

/// Whether the callback service answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It did.
    Present,
    /// It did not.
    Absent,
}

impl Reader {
    /// The tenant's callback queues.
    pub async fn callback_queues(&self) -> Result<Catalogue<CallbackQueue>, CallerError> {
        let program_prefix = self.program_prefix();
        let all = GetDialedNumberList { program_prefix, ..GetDialedNumberList::default() };
        self.read_as(all, |reply: &GetDialedNumberListReply| reply.object.clone()).await
    }

    /// The dispositions an agent can give a callback.
    pub async fn callback_dispositions(&self) -> Result<Catalogue<CallbackDisposition>, CallerError> {
        let program_prefix = self.program_prefix();
        let all =
            GetAgentDispositionStatusCodes { program_prefix, ..GetAgentDispositionStatusCodes::default() };
        self.read_as(all, |reply: &GetAgentDispositionStatusCodesReply| reply.object.clone()).await
    }

    /// A callback of this session's tenant. The service asks for no proof and answers for every tenant, so one of
    /// another tenant, or of none that it names, is treated as if it were not there.
    pub async fn callback(&self, id: CallbackId) -> Result<Option<Arc<Callback>>, CallerError> {
        let tenant = self.tenant()?;
        let reply = self.read(GetCallbackInfo { cbid: Some(id), ..GetCallbackInfo::default() }).await;
        match reply {
            Ok(reply) => {
                Ok(reply.callback_info.clone().filter(|callback| callback.id_program == Some(tenant)))
            }
            Err(CallerError::Portal(PortalError::Refused { code_message: Some(constant), .. }))
                if &*constant == "CALLBACK_ID_NOT_FOUND" =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the callback service answers.
    pub async fn callback_service(&self) -> Result<Presence, CallerError> {
        match self.read(TestWS::default()).await {
            Ok(_) => Ok(Presence::Present),
            Err(CallerError::Portal(PortalError::NotConfigured { operation, setting })) => {
                Err(PortalError::NotConfigured { operation, setting }.into())
            }
            Err(CallerError::Portal(_)) => Ok(Presence::Absent),
            Err(error) => Err(error),
        }
    }

    /// The prefix of this session's tenant, by which the callback service and cloneUser name it.
    #[must_use]
    pub fn program_prefix(&self) -> Option<String> {
        self.portal_session()?.tenant()?.program_prefix.clone()
    }
}

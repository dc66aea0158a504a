//! Callbacks, which need no session: getCallbackInfo, getDialedNumberList, getAgentDispositionStatusCodes, testWS.

use axum::response::{IntoResponse as _, Response};

use super::Shared;
use super::listing::whole;
use super::routes::Answered;
use super::server::{Admitted, Endpoint};
use super::world::World;
use crate::portal::callback::{
    GetAgentDispositionStatusCodes, GetAgentDispositionStatusCodesReply, GetCallbackInfo,
    GetCallbackInfoReply, GetDialedNumberList, GetDialedNumberListReply,
};

pub(super) fn info(world: &World, ask: &GetCallbackInfo) -> Answered<GetCallbackInfoReply> {
    let id = ask.cbid.ok_or("BAD_REQUEST")?;
    let mut callbacks = world.tenants.iter().flat_map(|tenant| &tenant.callbacks);
    let callback = callbacks.find(|callback| callback.id_call_back == Some(id));
    let callback = callback.ok_or("CALLBACK_ID_NOT_FOUND")?;
    Ok(GetCallbackInfoReply { callback_info: Some(callback.clone()), ..GetCallbackInfoReply::default() })
}

pub(super) fn queues(world: &World, ask: &GetDialedNumberList) -> Answered<GetDialedNumberListReply> {
    let tenant = ask.program_prefix.as_deref().and_then(|prefix| world.tenant_by_prefix(prefix));
    let tenant = tenant.ok_or("GET_DIALED_NUMBER_LIST_FAILED_INVALID_PROGRAM_PREFIX")?;
    Ok(GetDialedNumberListReply {
        paging_info: Some(whole(tenant.callback_queues.len())),
        object: tenant.callback_queues.clone(),
        ..GetDialedNumberListReply::default()
    })
}

pub(super) fn dispositions(
    world: &World,
    ask: &GetAgentDispositionStatusCodes,
) -> Answered<GetAgentDispositionStatusCodesReply> {
    let tenant = ask.program_prefix.as_deref().and_then(|prefix| world.tenant_by_prefix(prefix));
    let tenant = tenant.ok_or("GET_AGENT_DISPOSITION_STATUS_CODES_INVALID_PROGRAM_PREFIX")?;
    Ok(GetAgentDispositionStatusCodesReply {
        paging_info: Some(whole(tenant.callback_dispositions.len())),
        object: tenant.callback_dispositions.clone(),
        ..GetAgentDispositionStatusCodesReply::default()
    })
}

/// The guide documents no reply, so there is nothing a client could read.
pub(super) fn test(_: &Shared, _: Endpoint, _: &Admitted) -> Response {
    "OK".into_response()
}

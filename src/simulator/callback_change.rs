//! Changing callbacks, which needs no session: createCallbackRequest, updateCallbackRequest, cancelCallback.

use std::sync::Arc;

use super::accepted::is_digits;
use super::edit::now;
use super::routes::Answered;
use super::world::{Tenant, World};
use crate::portal::callback::{
    Callback, CallbackReply, CancelCallback, CreateCallbackRequest, UpdateCallbackRequest,
};
use crate::portal::{CallbackId, Envelope};

/// The status of a callback that nobody has dealt with.
const WAITING: i64 = 10;

/// The status of a cancelled callback; the guide lists none.
const CANCELLED: i64 = 20;

pub(super) fn create(world: &mut World, ask: &CreateCallbackRequest) -> Answered<CallbackReply> {
    check(ask)?;
    let prefix = ask.program_prefix.as_deref().unwrap_or_default();
    let last = all(world).filter_map(|callback| callback.id_call_back).max();
    let tenant = world.tenant_by_prefix_mut(prefix).ok_or("CREATE_CALLBACK_FAILED")?;
    let id = CallbackId(last.map_or(7_001, |last| last.0 + 1));
    let callback = made(tenant, ask, id).ok_or("CREATE_CALLBACK_INVALID_DIALED_NUMBER")?;
    tenant.callbacks.push(Arc::new(callback));
    Ok(CallbackReply { cb_id: Some(id), ..CallbackReply::default() })
}

fn check(ask: &CreateCallbackRequest) -> Answered<()> {
    match (ask.callback_time, ask.customer_time) {
        (None, Some(_)) => return Err("CREATE_CALLBACK_FAILED_CALLBACK_TIME_REQUIRED"),
        (Some(_), None) => return Err("CREATE_CALLBACK_FAILED_CUSTOMER_TIME_REQUIRED"),
        _ => {}
    }
    let phone = ask.phone_num.as_deref().ok_or("CREATE_CALLBACK_FAILED_PHONE_NUMBER_REQUIRED")?;
    if !is_digits(phone) {
        return Err("CREATE_CALLBACK_INVALID_PHONE_NUMBER");
    }
    if phone.len() < 4 {
        return Err("CREATE_CALLBACK_FAILED_PHONE_NUMBER_CANNOT_BE_LESS_THAN_4_DIGITS");
    }
    let number = ask.dialed_number.as_deref().ok_or("CREATE_CALLBACK_FAILED_DIALED_NUMBER_REQUIRED")?;
    if is_digits(number) { Ok(()) } else { Err("CREATE_CALLBACK_INVALID_DIALED_NUMBER") }
}

/// The callback as it is kept, if there is such a queue.
fn made(tenant: &Tenant, ask: &CreateCallbackRequest, id: CallbackId) -> Option<Callback> {
    let queue = tenant.callback_queues.iter().find(|queue| queue.program_dn == ask.dialed_number)?;
    Some(Callback {
        id_call_back: Some(id),
        id_program: Some(tenant.id),
        id_call_me_pod: queue.id_call_me_pod,
        id_program_call_me_instance: Some(1),
        schedule_time: ask.callback_time.or_else(now),
        phone_number: ask.phone_num.clone(),
        status_time: now(),
        status_code: Some(WAITING),
        create_time: now(),
        dialed_number: ask.dialed_number.clone(),
        retry_count: Some(0),
        p_variable1: ask.call_variable1.clone(),
        p_variable2: ask.call_variable2.clone(),
        p_variable3: ask.call_variable3.clone(),
        p_variable4: ask.call_variable4.clone(),
        p_variable5: ask.call_variable5.clone(),
        p_variable6: ask.call_variable6.clone(),
        p_variable7: ask.call_variable7.clone(),
        p_variable8: ask.call_variable8.clone(),
        p_variable9: ask.call_variable9.clone(),
        p_variable10: ask.call_variable10.clone(),
        router_call_key: ask.router_call_key.map(|key| key.to_string()),
        msg_file_name: ask.msg_file_name.clone(),
        ced: ask.ced.clone(),
        msg_file_play_duration_in_secs: ask.msg_file_play_duration_in_secs,
        program_dn_display_nm: queue.program_dn_display_nm.clone(),
        ..Callback::default()
    })
}

/// The disposition is all that changes.
pub(super) fn update(world: &mut World, ask: &UpdateCallbackRequest) -> Answered<CallbackReply> {
    let id = ask.callback_id.as_deref().ok_or("UPDATE_CALLBACK_FAILED_CALLBACK_ID_REQUIRED")?;
    let id = id.parse().map(CallbackId);
    let id = id.map_err(|_| "UPDATE_CALLBACK_FAILED_INVALID_CALLBACK_ID_SPECIFIED")?;
    let status = ask.status_id.ok_or("UPDATE_CALLBACK_FAILED_CALLBACK_STATUS_CODE_MISSING")?;
    let prefix = ask.program_prefix.as_deref().unwrap_or_default();
    let tenant = world.tenant_by_prefix_mut(prefix).ok_or("UPDATE_CALLBACK_FAILED")?;
    if !tenant.callback_dispositions.iter().any(|row| row.status_id == Some(status)) {
        return Err("UPDATE_CALLBACK_FAILED_STATUS_ID_NOT_FOUND");
    }
    let callback = tenant.callbacks.iter_mut().find(|callback| callback.id_call_back == Some(id));
    let callback = callback.ok_or("UPDATE_CALLBACK_FAILED_CALLBACK_ID_NOT_FOUND")?;
    if callback.status_code == Some(CANCELLED) {
        return Err("UPDATE_CALLBACK_FAILED");
    }
    set_status(callback, status.0);
    Ok(CallbackReply { cb_id: Some(id), ..CallbackReply::default() })
}

/// The callback stays readable; it can be cancelled once.
pub(super) fn cancel(world: &mut World, ask: &CancelCallback) -> Answered<Envelope> {
    const FAILED: &str = "CANCEL_CALLBACK_FAILED_TO_SUBMIT_REQUEST";
    let id = Some(ask.cbid.ok_or(FAILED)?);
    let mut callbacks = world.tenants.iter_mut().flat_map(|tenant| &mut tenant.callbacks);
    let callback = callbacks.find(|callback| callback.id_call_back == id).ok_or(FAILED)?;
    if callback.status_code == Some(CANCELLED) {
        return Err(FAILED);
    }
    set_status(callback, CANCELLED);
    Ok(Envelope::default())
}

fn all(world: &World) -> impl Iterator<Item = &Arc<Callback>> {
    world.tenants.iter().flat_map(|tenant| &tenant.callbacks)
}

fn set_status(callback: &mut Arc<Callback>, status: i64) {
    let callback = Arc::make_mut(callback);
    callback.status_code = Some(status);
    callback.status_time = now();
}

//! Writes of callbacks through the client, and what goes wrong after a write is carried out.

use std::time::Duration;

use super::smoke::sign_in;
use super::smoke_writes::{Desk, id, text};
use super::{DEMO_LOGIN, Fault, Tenant};
use crate::portal::callback::{
    Callback, CancelCallback, CreateCallbackRequest, GetCallbackInfo, UpdateCallbackRequest,
};
use crate::portal::user::{DeleteUser, ResetPassword, SetUserStatus};
use crate::portal::{CallbackDispositionId, CallbackId, Instant, Operation, PortalError};
use crate::upstream::Secret;

fn request() -> CreateCallbackRequest {
    let time = jiff::Timestamp::from_millisecond(1_800_000_000_000).ok().map(Instant);
    CreateCallbackRequest {
        program_prefix: text("dmn"),
        callback_time: time,
        customer_time: time,
        phone_num: text("5551234"),
        dialed_number: text("2002"),
        call_variable10: text("last"),
        ..Default::default()
    }
}

fn callback(tenant: &Tenant, id: CallbackId) -> Option<&Callback> {
    tenant.callbacks.iter().find(|callback| callback.id_call_back == Some(id)).map(|callback| &**callback)
}

#[tokio::test]
async fn a_callback_is_asked_for_disposed_of_and_cancelled() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let new = desk.done(request()).await.cb_id.expect("an id");
    assert_eq!(new, CallbackId(7_102), "ids are shared by the tenants");
    let read = desk.done(GetCallbackInfo { cbid: Some(new), ..Default::default() }).await;
    let read = read.callback_info.expect("the callback");
    assert_eq!(read.program_dn_display_nm.as_deref(), Some("Billing callbacks"));
    assert_eq!((read.schedule_time, read.p_variable10.as_deref()), (request().callback_time, Some("last")));
    let update = UpdateCallbackRequest {
        callback_id: Some(new.to_string()),
        status_id: Some(CallbackDispositionId(12)),
        program_prefix: text("dmn"),
        ..Default::default()
    };
    assert_eq!(desk.done(update.clone()).await.cb_id, Some(new));
    assert_eq!(desk.tenant(|tenant| callback(tenant, new).and_then(|row| row.status_code)), Some(12));
    let cancel = CancelCallback { cbid: Some(new), ..Default::default() };
    desk.done(cancel.clone()).await;
    assert_eq!(desk.refused(cancel).await, "CANCEL_CALLBACK_FAILED_TO_SUBMIT_REQUEST");
    let unknown = CancelCallback { cbid: Some(CallbackId(1)), ..Default::default() };
    assert_eq!(desk.refused(unknown).await, "CANCEL_CALLBACK_FAILED_TO_SUBMIT_REQUEST");
    assert_eq!(desk.refused(update.clone()).await, "UPDATE_CALLBACK_FAILED");
    for (ask, constant) in [
        (
            UpdateCallbackRequest { callback_id: None, ..update.clone() },
            "UPDATE_CALLBACK_FAILED_CALLBACK_ID_REQUIRED",
        ),
        (
            UpdateCallbackRequest { callback_id: text("seven"), ..update.clone() },
            "UPDATE_CALLBACK_FAILED_INVALID_CALLBACK_ID_SPECIFIED",
        ),
        (
            UpdateCallbackRequest { callback_id: text("1"), ..update.clone() },
            "UPDATE_CALLBACK_FAILED_CALLBACK_ID_NOT_FOUND",
        ),
        (
            UpdateCallbackRequest { status_id: None, ..update.clone() },
            "UPDATE_CALLBACK_FAILED_CALLBACK_STATUS_CODE_MISSING",
        ),
        (
            UpdateCallbackRequest { status_id: Some(CallbackDispositionId(99)), ..update.clone() },
            "UPDATE_CALLBACK_FAILED_STATUS_ID_NOT_FOUND",
        ),
        (UpdateCallbackRequest { program_prefix: text("xxx"), ..update }, "UPDATE_CALLBACK_FAILED"),
    ] {
        assert_eq!(desk.refused(ask).await, constant);
    }
}

#[tokio::test]
async fn a_callback_is_refused_for_what_is_wrong_with_it() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let before = desk.tenant(|tenant| tenant.callbacks.len());
    for (ask, constant) in [
        (
            CreateCallbackRequest { callback_time: None, ..request() },
            "CREATE_CALLBACK_FAILED_CALLBACK_TIME_REQUIRED",
        ),
        (
            CreateCallbackRequest { customer_time: None, ..request() },
            "CREATE_CALLBACK_FAILED_CUSTOMER_TIME_REQUIRED",
        ),
        (
            CreateCallbackRequest { phone_num: None, ..request() },
            "CREATE_CALLBACK_FAILED_PHONE_NUMBER_REQUIRED",
        ),
        (
            CreateCallbackRequest { phone_num: text("123"), ..request() },
            "CREATE_CALLBACK_FAILED_PHONE_NUMBER_CANNOT_BE_LESS_THAN_4_DIGITS",
        ),
        (
            CreateCallbackRequest { phone_num: text("+4955512"), ..request() },
            "CREATE_CALLBACK_INVALID_PHONE_NUMBER",
        ),
        (
            CreateCallbackRequest { dialed_number: None, ..request() },
            "CREATE_CALLBACK_FAILED_DIALED_NUMBER_REQUIRED",
        ),
        (
            CreateCallbackRequest { dialed_number: text("20-02"), ..request() },
            "CREATE_CALLBACK_INVALID_DIALED_NUMBER",
        ),
        (
            CreateCallbackRequest { dialed_number: text("2999"), ..request() },
            "CREATE_CALLBACK_INVALID_DIALED_NUMBER",
        ),
        (CreateCallbackRequest { program_prefix: text("xxx"), ..request() }, "CREATE_CALLBACK_FAILED"),
    ] {
        assert_eq!(desk.refused(ask).await, constant);
    }
    assert_eq!(desk.tenant(|tenant| tenant.callbacks.len()), before);
    desk.done(CreateCallbackRequest { callback_time: None, customer_time: None, ..request() }).await;
}

#[tokio::test]
async fn a_connection_is_lost_before_or_after_the_write() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let delete = DeleteUser { search_id: Some(id(4)), ..Default::default() };
    desk.simulator.journal().take();
    let exists = || desk.tenant(|tenant| tenant.users.contains_key(&id(4)));
    for (fault, still_there) in [(Fault::Reset, true), (Fault::ResetAfter, false)] {
        desk.simulator.faults().next(DeleteUser::NAME, fault, 1);
        let lost = desk.portal.call(&delete, Some(&desk.credentials)).await.err();
        assert!(matches!(lost, Some(PortalError::Unreachable { was_sent: true, .. })), "{lost:?}");
        assert_eq!(exists(), still_there);
    }
    assert_eq!(desk.refused(delete).await, "DELETE_USER_FAILED");
    assert_eq!(desk.simulator.journal().take().len(), 3);

    let late = Duration::from_millis(200);
    desk.simulator.faults().next(SetUserStatus::NAME, Fault::DelayAfter(late), 1);
    let off = SetUserStatus { enabled: Some(false), id_program_user: Some(id(5)), ..Default::default() };
    let done_early = async {
        while desk.user(5).status == Some(true) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::Instant::now()
    };
    let answered = async {
        desk.done(off).await;
        tokio::time::Instant::now()
    };
    let (done, answered) = tokio::join!(done_early, answered);
    assert!(answered.duration_since(done) > late / 2);
}

#[tokio::test]
async fn passwords_are_in_no_noted_call() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let secret = || Some(Secret::new("hush"));
    let reset = ResetPassword {
        user_name: text("clara.cedar@dmn"),
        new_password: secret(),
        new_icm_password: secret(),
        change_portal_password: Some(true),
        ..Default::default()
    };
    desk.simulator.journal().take();
    desk.done(reset.clone()).await;
    let call = desk.simulator.journal().take().remove(0);
    let names: Vec<&str> = call.body.keys().map(String::as_str).collect();
    assert_eq!(names, ["changePortalPassword", "newICMPassword", "newPassword", "userName"]);
    assert!(!format!("{call:?}").contains("hush"), "{call:?}");
    for (ask, constant) in [
        (
            ResetPassword { user_name: text("nobody@dmn"), ..reset.clone() },
            "RESET_PASSWORD_FAILED_USER_NOT_FOUND",
        ),
        (
            ResetPassword { user_name: text("admin@dmn"), ..reset.clone() },
            "RESET_ICM_PASSWORD_NOT_ALLOWED_FOR_NON_CONTACT_USERS",
        ),
        (
            ResetPassword { new_password: None, new_icm_password: None, ..reset.clone() },
            "RESET_PASSWORD_FAILED",
        ),
    ] {
        assert_eq!(desk.refused(ask).await, constant);
    }
    desk.done(ResetPassword { user_name: text("single@dmn"), ..reset.clone() }).await;
    sign_in(&desk.portal, ("single@dmn", "hush")).await;
    desk.tenant(|tenant| tenant.agents.remove(&id(14)));
    let gone = ResetPassword { user_name: text("nils.nutmeg@dmn"), ..reset };
    assert_eq!(desk.refused(gone).await, "RESET_PASSWORD_ICM_FAILED_PERSON_NOT_FOUND");
}

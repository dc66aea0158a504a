//! Changing callbacks: createCallbackRequest, updateCallbackRequest, cancelCallback.

use std::borrow::Cow;

use super::filled;
use crate::portal::envelope::{Envelope, reply};
use crate::portal::operation::{Authentication, Base, Body, Operation};
use crate::portal::record::record;
use crate::portal::scalar::{CallbackDispositionId, CallbackId, Instant};
use crate::upstream::Noun;

record! {
    /// Asks for a callback (createCallbackRequest). The prefix goes into the path and into the body.
    pub struct CreateCallbackRequest {
        /// Tenant prefix.
        program_prefix: Option<String> = "programPrefix",
        /// When to call back.
        callback_time: Option<Instant> = "callbackTime",
        /// The customer's own time.
        customer_time: Option<Instant> = "customerTime",
        /// Phone number to call.
        phone_num: Option<String> = "phoneNum",
        /// Dialed number of the callback queue.
        dialed_number: Option<String> = "dialedNumber",
        /// Voice message file name.
        msg_file_name: Option<String> = "msgFileName",
        /// Call variable 1.
        call_variable1: Option<String> = "callVariable1",
        /// Call variable 2.
        call_variable2: Option<String> = "callVariable2",
        /// Call variable 3.
        call_variable3: Option<String> = "callVariable3",
        /// Call variable 4.
        call_variable4: Option<String> = "callVariable4",
        /// Call variable 5.
        call_variable5: Option<String> = "callVariable5",
        /// Call variable 6.
        call_variable6: Option<String> = "callVariable6",
        /// Call variable 7.
        call_variable7: Option<String> = "callVariable7",
        /// Call variable 8.
        call_variable8: Option<String> = "callVariable8",
        /// Call variable 9.
        call_variable9: Option<String> = "callVariable9",
        /// Call variable 10.
        call_variable10: Option<String> = "callVariable10",
        /// Router call key.
        router_call_key: Option<i64> = "routerCallKey",
        /// Voice message length in seconds.
        msg_file_play_duration_in_secs: Option<i64> = "msgFilePlayDurationInSecs",
        /// Caller-entered digits.
        ced: Option<String> = "ced",
    }
}

reply! {
    /// Which callback it is.
    pub struct CallbackReply {
        /// Callback ID.
        cb_id: Option<CallbackId> = "cbId" | "idCallBack" | "callbackId",
    }
}

impl Operation for CreateCallbackRequest {
    const NAME: &'static str = "createCallbackRequest";
    const PATH: &'static str = "/callmews/CallMeService/createCallbackRequest/{program_prefix}";
    const WRITES: &'static [Noun] = &[Noun::Callback];
    const BASE: Base = Base::Callback;
    const AUTHENTICATION: Authentication = Authentication::None;
    type Reply = CallbackReply;

    fn path(&self, _: impl FnOnce() -> String) -> Cow<'static, str> {
        filled(Self::PATH, &[("{program_prefix}", self.program_prefix.as_deref().unwrap_or_default())])
    }
}

record! {
    /// Gives a callback a disposition (updateCallbackRequest). The prefix goes into the path alone.
    pub struct UpdateCallbackRequest {
        /// Callback ID.
        callback_id: Option<String> = "callbackId",
        /// Agent disposition status to set.
        status_id: Option<CallbackDispositionId> = "statusId",
        /// The tenant's prefix.
        program_prefix: Option<String> = "program_prefix",
    }
}

impl Operation for UpdateCallbackRequest {
    const NAME: &'static str = "updateCallbackRequest";
    const IN_PATH: &'static [&'static str] = &["program_prefix"];
    const PATH: &'static str = "/callmews/CallMeService/updateCallbackRequest/{program_prefix}";
    const WRITES: &'static [Noun] = &[Noun::Callback];
    const BASE: Base = Base::Callback;
    const AUTHENTICATION: Authentication = Authentication::None;
    type Reply = CallbackReply;

    fn path(&self, _: impl FnOnce() -> String) -> Cow<'static, str> {
        filled(Self::PATH, &[("{program_prefix}", self.program_prefix.as_deref().unwrap_or_default())])
    }
}

record! {
    /// Cancels a callback (cancelCallback). The id goes into the path.
    pub struct CancelCallback {
        /// Callback ID.
        cbid: Option<CallbackId> = "cbid",
    }
}

impl Operation for CancelCallback {
    const NAME: &'static str = "cancelCallback";
    const PATH: &'static str = "/callmews/CallMeService/cancelCallback/{cbid}";
    const WRITES: &'static [Noun] = &[Noun::Callback];
    const BASE: Base = Base::Callback;
    const BODY: Body = Body::Empty;
    const AUTHENTICATION: Authentication = Authentication::None;
    type Reply = Envelope;

    fn path(&self, _: impl FnOnce() -> String) -> Cow<'static, str> {
        filled(Self::PATH, &[("{cbid}", &self.cbid.map(|id| id.to_string()).unwrap_or_default())])
    }
}

//! Callbacks, and reading them: getCallbackInfo, getDialedNumberList, getAgentDispositionStatusCodes, testWS.

mod write;

pub use write::{CallbackReply, CancelCallback, CreateCallbackRequest, UpdateCallbackRequest};

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use super::envelope::{Paging, Reply, reply};
use super::operation::{Authentication, Base, Body, Operation};
use super::record::record;
use super::scalar::{CallbackDispositionId, CallbackId, CallbackQueueId, Instant, TenantId};
use crate::upstream::Noun;

reply! {
    /// The callback.
    pub struct GetCallbackInfoReply {
        /// The callback.
        callback_info: Option<Arc<Callback>> = "callbackInfo",
    }
}

record! {
    /// A callback a caller asked for.
    pub struct Callback {
        /// Callback ID.
        id_call_back: Option<CallbackId> = "idCallBack" | "callbackId" | "cbId",
        /// Program (tenant) ID.
        id_program: Option<TenantId> = "idProgram",
        /// CallMe POD ID.
        id_call_me_pod: Option<i64> = "idCallMePOD",
        /// CallMe instance ID of the tenant.
        id_program_call_me_instance: Option<i64> = "idProgramCallMeInstance",
        /// Scheduled time.
        schedule_time: Option<Instant> = "scheduleTime",
        /// Phone number.
        phone_number: Option<String> = "phoneNumber",
        /// Extension of the agent who handled the call.
        label: Option<String> = "label",
        /// Time of the last status.
        status_time: Option<Instant> = "statusTime",
        /// Status code.
        status_code: Option<i64> = "statusCode",
        /// Creation time.
        create_time: Option<Instant> = "createTime",
        /// Dialed number of the callback queue.
        dialed_number: Option<String> = "dialedNumber",
        /// Count of retries.
        retry_count: Option<i64> = "retryCount",
        /// Peripheral variable 1.
        p_variable1: Option<String> = "pVariable1",
        /// Peripheral variable 2.
        p_variable2: Option<String> = "pVariable2",
        /// Peripheral variable 3.
        p_variable3: Option<String> = "pVariable3",
        /// Peripheral variable 4.
        p_variable4: Option<String> = "pVariable4",
        /// Peripheral variable 5.
        p_variable5: Option<String> = "pVariable5",
        /// Peripheral variable 6.
        p_variable6: Option<String> = "pVariable6",
        /// Peripheral variable 7.
        p_variable7: Option<String> = "pVariable7",
        /// Peripheral variable 8.
        p_variable8: Option<String> = "pVariable8",
        /// Peripheral variable 9.
        p_variable9: Option<String> = "pVariable9",
        /// Peripheral variable 10.
        p_variable10: Option<String> = "pVariable10",
        /// Dialog ID.
        dialog_id: Option<i64> = "dialogID",
        /// Invoke ID.
        invoke_id: Option<i64> = "invokeID",
        /// Send sequence number.
        send_sequence_number: Option<i64> = "sendSequenceNumber",
        /// Contact ID.
        contact_id: Option<String> = "contactID",
        /// Router call key.
        router_call_key: Option<String> = "routerCallKey",
        /// Voice message file name.
        msg_file_name: Option<String> = "msgFileName",
        /// Caller-entered digits.
        ced: Option<String> = "ced",
        /// Voice message length in seconds.
        msg_file_play_duration_in_secs: Option<i64> = "msgFilePlayDurationInSecs",
        /// Router call key day.
        router_call_key_day: Option<i64> = "routerCallKeyDay",
        /// Most replays allowed.
        max_replays: Option<i64> = "maxReplays",
        /// Automatic dialing is enabled.
        auto_dial_enabled: Option<bool> = "autoDialEnabled",
        /// CallMe instance ID.
        ic_call_me_instance_id: Option<String> = "icCallMeInstanceId" | "icCallMeInstanceld",
        /// Callback queue name.
        program_dn_display_nm: Option<String> = "programDNDisplayNm",
        /// LPDM is enabled.
        lpdm_enabled: Option<bool> = "lpdmEnabled",
    }
}

reply! {
    /// The callback queues.
    pub struct GetDialedNumberListReply {
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
        /// Callback queues.
        object: Vec<Arc<CallbackQueue>> = "object",
    }
}

record! {
    /// A callback queue, which is a dialed number.
    pub struct CallbackQueue {
        /// ID of the tenant's dialed number.
        id_program_dn: Option<CallbackQueueId> = "idProgramDN",
        /// CallMe POD ID.
        id_call_me_pod: Option<i64> = "idCallMePOD",
        /// Dialed number.
        program_dn: Option<String> = "programDN",
        /// Display name of the callback queue.
        program_dn_display_nm: Option<String> = "programDNDisplayNm",
        /// Least calls in queue.
        min_queue_calls: Option<i64> = "minQueueCalls",
        /// Most calls in queue.
        max_queue_calls: Option<i64> = "maxQueueCalls",
        /// Program (tenant) ID.
        id_program: Option<TenantId> = "idProgram",
    }
}

reply! {
    /// The dispositions.
    pub struct GetAgentDispositionStatusCodesReply {
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
        /// Agent disposition statuses.
        object: Vec<Arc<CallbackDisposition>> = "object",
    }
}

record! {
    /// A disposition an agent can give a callback.
    pub struct CallbackDisposition {
        /// Status ID.
        status_id: Option<CallbackDispositionId> = "statusId",
        /// Status name.
        status_nm: Option<String> = "statusNm",
    }
}

record! {
    /// Reads one callback (getCallbackInfo). The id goes into the path.
    pub struct GetCallbackInfo {
        /// Callback ID.
        cbid: Option<CallbackId> = "cbid",
    }
}

impl Operation for GetCallbackInfo {
    const NAME: &'static str = "getCallbackInfo";
    const PATH: &'static str = "/callmews/CallMeService/getCallbackInfo/{cbid}/{requestTimestamp}";
    const READS: &'static [Noun] = &[Noun::Callback];
    const IS_POINT: bool = true;
    const BASE: Base = Base::Callback;
    const BODY: Body = Body::Empty;
    const AUTHENTICATION: Authentication = Authentication::None;
    type Reply = GetCallbackInfoReply;

    fn path(&self, now: impl FnOnce() -> String) -> Cow<'static, str> {
        let callback = self.cbid.map(|id| id.to_string()).unwrap_or_default();
        filled(Self::PATH, &[("{cbid}", &callback), ("{requestTimestamp}", &now())])
    }
}

record! {
    /// Lists the tenant's callback queues (getDialedNumberList). The prefix goes into the path, the body is `{}`.
    pub struct GetDialedNumberList {
        /// The tenant's prefix.
        program_prefix: Option<String> = "program_prefix",
    }
}

impl Operation for GetDialedNumberList {
    const NAME: &'static str = "getDialedNumberList";
    const PATH: &'static str = "/callmews/CallMeService/getDialedNumberList/{program_prefix}";
    const READS: &'static [Noun] = &[Noun::Catalogue];
    const BASE: Base = Base::Callback;
    const BODY: Body = Body::EmptyObject;
    const AUTHENTICATION: Authentication = Authentication::None;
    type Reply = GetDialedNumberListReply;

    fn path(&self, _: impl FnOnce() -> String) -> Cow<'static, str> {
        filled(Self::PATH, &[("{program_prefix}", self.program_prefix.as_deref().unwrap_or_default())])
    }
}

record! {
    /// Lists the dispositions an agent can give a callback (getAgentDispositionStatusCodes).
    pub struct GetAgentDispositionStatusCodes {
        /// The tenant's prefix.
        program_prefix: Option<String> = "program_prefix",
    }
}

impl Operation for GetAgentDispositionStatusCodes {
    const NAME: &'static str = "getAgentDispositionStatusCodes";
    const PATH: &'static str = "/callmews/CallMeService/getAgentDispositionStatusCodes/{program_prefix}";
    const READS: &'static [Noun] = &[Noun::Catalogue];
    const BASE: Base = Base::Callback;
    const BODY: Body = Body::Empty;
    const AUTHENTICATION: Authentication = Authentication::None;
    type Reply = GetAgentDispositionStatusCodesReply;

    fn path(&self, _: impl FnOnce() -> String) -> Cow<'static, str> {
        filled(Self::PATH, &[("{program_prefix}", self.program_prefix.as_deref().unwrap_or_default())])
    }
}

record! {
    /// Asks whether the callback service is there (testWS); its reply is not documented, so none is read.
    pub struct TestWS {}
}

impl Operation for TestWS {
    const NAME: &'static str = "testWS";
    const PATH: &'static str = "/callmews/CallMeService/testWS/{timestamp}";
    const READS: &'static [Noun] = &[Noun::Callback];
    const BASE: Base = Base::Callback;
    const BODY: Body = Body::Get;
    const AUTHENTICATION: Authentication = Authentication::None;
    type Reply = Alive;

    fn path(&self, now: impl FnOnce() -> String) -> Cow<'static, str> {
        filled(Self::PATH, &[("{timestamp}", &now())])
    }
}

/// The answer of `testWS`: that there was one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alive;

impl Reply for Alive {
    fn code(&self) -> Option<i64> {
        Some(0)
    }

    fn code_message(&self) -> Option<&str> {
        None
    }

    fn read(_: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(Self)
    }
}

impl serde::Serialize for Alive {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> serde::Deserialize<'de> for Alive {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// Puts values into a path; what could end a segment or start a query is percent-encoded.
fn filled(path: &str, values: &[(&str, &str)]) -> Cow<'static, str> {
    let encode = |value: &str| {
        value.bytes().fold(String::new(), |mut encoded, byte| {
            match byte {
                byte if byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) => {
                    encoded.push(char::from(byte));
                }
                byte => drop(write!(encoded, "%{byte:02X}")),
            }
            encoded
        })
    };
    values.iter().fold(path.to_owned(), |path, (place, value)| path.replace(place, &encode(value))).into()
}

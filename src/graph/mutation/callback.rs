//! `createCallback`, `updateCallback`, `cancelCallback`.

use async_graphql::{Context, ID, InputObject, Object};

use super::payload::CallbackPayload;
use super::refusal::{Refusal, UserErrorCode, Violations, user_errors};
use crate::caller::Caller;
use crate::graph::context::ContextExt as _;
use crate::graph::date_time::DateTime;
use crate::graph::error::{Code as ErrorCode, GraphError, Nullable};
use crate::graph::id::Kind;
use crate::portal::callback::{CancelCallback, CreateCallbackRequest, UpdateCallbackRequest};
use crate::portal::{CallbackDispositionId, CallbackId, Instant};

/// Asks for callbacks and changes them.
#[derive(Default)]
pub struct CallbackMutation;

/// A variable to send with a call.
#[derive(InputObject)]
pub struct CallVariableInput {
    /// Its number, from 1 to 10.
    number: i32,
    /// Its value.
    value: String,
}

/// Whom to call back, and when.
#[derive(InputObject)]
pub struct CreateCallbackInput {
    /// The number to call: digits only, at least 4.
    phone_number: String,
    /// The dialed number of the callback queue: digits only, at least 4; `callbackQueues` lists them.
    dialed_number: String,
    /// When to call back; left out, as soon as an agent is free. Needs `customerTimeAt` beside it.
    callback_at: Option<DateTime>,
    /// The same moment by the customer's clock. Needs `callbackAt` beside it.
    customer_time_at: Option<DateTime>,
    /// The file with the caller's voice message.
    voice_message_file_name: Option<String>,
    /// How long the voice message is.
    voice_message_seconds: Option<i32>,
    /// The call variables to send along, each number at most once.
    #[graphql(default)]
    variables: Vec<CallVariableInput>,
    /// The router's key of the call.
    router_call_key: Option<i64>,
    /// The digits the caller entered.
    caller_entered_digits: Option<String>,
}

/// Which disposition to give a callback.
#[derive(InputObject)]
pub struct UpdateCallbackInput {
    /// The global id of the callback.
    callback_id: ID,
    /// The global id of the disposition; `callbackDispositions` lists them.
    disposition_id: ID,
}

/// Which callback to cancel.
#[derive(InputObject)]
pub struct CancelCallbackInput {
    /// The global id of the callback.
    callback_id: ID,
}

user_errors! {
    /// Why a callback was not asked for.
    CreateCallbackErrorCode of "CreateCallback", find out by "the callback's record in the contact centre" {
        /// The portal found nothing in the request.
        RequestEmpty = "BAD_REQUEST",
        /// A time by the customer's clock needs the time of the callback beside it.
        CallbackTimeRequired("callbackAt") = "CREATE_CALLBACK_FAILED_CALLBACK_TIME_REQUIRED",
        /// A time of the callback needs the time by the customer's clock beside it.
        CustomerTimeRequired("customerTimeAt") = "CREATE_CALLBACK_FAILED_CUSTOMER_TIME_REQUIRED",
        /// The phone number is missing.
        PhoneRequired("phoneNumber") = "CREATE_CALLBACK_FAILED_PHONE_NUMBER_REQUIRED",
        /// The phone number must have at least 4 digits.
        InvalidPhoneLength("phoneNumber") = "CREATE_CALLBACK_FAILED_PHONE_NUMBER_CANNOT_BE_LESS_THAN_4_DIGITS",
        /// The phone number must consist of digits.
        PhoneNotNumeric("phoneNumber") = "CREATE_CALLBACK_INVALID_PHONE_NUMBER",
        /// The dialed number is missing.
        DialedNumberRequired("dialedNumber") = "CREATE_CALLBACK_FAILED_DIALED_NUMBER_REQUIRED",
        /// The dialed number must be that of one of the tenant's callback queues: digits only, at least 4 of them.
        InvalidDialedNumber("dialedNumber") = "CREATE_CALLBACK_INVALID_DIALED_NUMBER",
        /// Call variables are numbered from 1 to 10.
        InvalidVariableNumber,
        /// The same call variable is given twice.
        DuplicateVariable,
        /// A voice message lasts 0 seconds or more.
        InvalidVoiceMessageSeconds("voiceMessageSeconds"),
        /// Callbacks are not offered at this time.
        OutsideOfferingTime = "CREATE_CALLBACK_ONLY_WITHIN_THE_CALLBACK_OFFERING_TIME",
    }
    failures ["CREATE_CALLBACK_FAILED", "CREATE_CALLBACK_SP_FAILED"]
}

user_errors! {
    /// Why a callback's disposition was not changed.
    UpdateCallbackErrorCode of "UpdateCallback", find out by "`callback { disposition { name } }`" {
        /// There is no such callback in this tenant.
        CallbackNotFound("callbackId") = "UPDATE_CALLBACK_FAILED_CALLBACK_ID_NOT_FOUND",
        /// There is no such disposition in this tenant.
        DispositionNotFound("dispositionId") = "UPDATE_CALLBACK_FAILED_STATUS_ID_NOT_FOUND",
        /// The portal misses the callback's key.
        CallbackIdRequired("callbackId") = "UPDATE_CALLBACK_FAILED_CALLBACK_ID_REQUIRED",
        /// The portal takes no callback's key but a number.
        InvalidCallbackId("callbackId") = "UPDATE_CALLBACK_FAILED_INVALID_CALLBACK_ID_SPECIFIED",
        /// The portal misses the disposition.
        DispositionRequired("dispositionId") = "UPDATE_CALLBACK_FAILED_CALLBACK_STATUS_CODE_MISSING",
    }
    failures ["UPDATE_CALLBACK_FAILED"]
}

user_errors! {
    /// Why a callback was not cancelled.
    CancelCallbackErrorCode of "CancelCallback", find out by "`callback { statusCode }`" {
        /// There is no such callback in this tenant.
        CallbackNotFound("callbackId"),
    }
    failures ["CANCEL_CALLBACK_FAILED_TO_SUBMIT_REQUEST"]
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_dialed_number(text: &str) -> bool {
    text.len() >= 4 && is_digits(text)
}

fn check(input: &CreateCallbackInput) -> Violations<CreateCallbackErrorCode> {
    use CreateCallbackErrorCode as Code;
    let mut violations = Violations::new();
    let phone = input.phone_number.trim();
    if phone.is_empty() {
        violations.add(Code::PhoneRequired);
    } else {
        if !is_digits(phone) {
            violations.add(Code::PhoneNotNumeric);
        }
        if phone.chars().count() < 4 {
            violations.add(Code::InvalidPhoneLength);
        }
    }
    match input.dialed_number.trim() {
        "" => violations.add(Code::DialedNumberRequired),
        number if !is_dialed_number(number) => violations.add(Code::InvalidDialedNumber),
        _ => {}
    }
    match (input.callback_at, input.customer_time_at) {
        (None, Some(_)) => violations.add(Code::CallbackTimeRequired),
        (Some(_), None) => violations.add(Code::CustomerTimeRequired),
        _ => {}
    }
    if input.voice_message_seconds.is_some_and(|seconds| seconds < 0) {
        violations.add(Code::InvalidVoiceMessageSeconds);
    }
    for (place, variable) in input.variables.iter().enumerate() {
        let is_twice = input.variables[..place].iter().any(|other| other.number == variable.number);
        let code = match variable.number {
            1..=10 if is_twice => Code::DuplicateVariable,
            1..=10 => continue,
            _ => Code::InvalidVariableNumber,
        };
        let path = ["variables".to_owned(), place.to_string(), "number".to_owned()];
        violations.add_at(code, path, code.message());
    }
    violations
}

async fn create(
    ctx: &Context<'_>,
    input: CreateCallbackInput,
) -> Result<CallbackId, Refusal<CreateCallbackErrorCode>> {
    let caller = ctx.caller()?;
    caller.tenant()?;
    let mut violations = check(&input);
    let number = input.dialed_number.trim();
    if is_dialed_number(number) {
        // The service asks for no proof: that the queue is the tenant's own must be known first.
        let queues = match caller.callback_queues().await {
            Ok(queues) => queues,
            Err(failure) => return Err(violations.or(failure)),
        };
        if !queues.iter().any(|queue| queue.program_dn.as_deref().map(str::trim) == Some(number)) {
            violations.add(CreateCallbackErrorCode::InvalidDialedNumber);
        }
    }
    violations.check()?;
    let mut variables: [Option<String>; 10] = Default::default();
    for variable in input.variables {
        let place = usize::try_from(variable.number).ok().and_then(|number| number.checked_sub(1));
        if let Some(slot) = place.and_then(|place| variables.get_mut(place)) {
            *slot = Some(variable.value);
        }
    }
    let [one, two, three, four, five, six, seven, eight, nine, ten] = variables;
    let operation = CreateCallbackRequest {
        program_prefix: Some(prefix(&caller)?),
        callback_time: input.callback_at.map(|at| Instant(at.0)),
        customer_time: input.customer_time_at.map(|at| Instant(at.0)),
        phone_num: Some(input.phone_number.trim().to_owned()),
        dialed_number: Some(input.dialed_number.trim().to_owned()),
        msg_file_name: input.voice_message_file_name,
        msg_file_play_duration_in_secs: input.voice_message_seconds.map(i64::from),
        call_variable1: one,
        call_variable2: two,
        call_variable3: three,
        call_variable4: four,
        call_variable5: five,
        call_variable6: six,
        call_variable7: seven,
        call_variable8: eight,
        call_variable9: nine,
        call_variable10: ten,
        router_call_key: input.router_call_key,
        ced: input.caller_entered_digits,
        ..CreateCallbackRequest::default()
    };
    let reply = caller.write(operation).await.map_err(Refusal::of_write)?;
    let unnamed = "The portal made the callback and did not tell its key: do not ask for it again.";
    Ok(reply.cb_id.ok_or_else(|| GraphError::new(ErrorCode::PortalUnintelligible, unnamed))?)
}

/// The prefix by which the service knows the tenant; without one it might take another tenant to be meant.
fn prefix(caller: &Caller) -> Result<String, GraphError> {
    caller.program_prefix().filter(|prefix| !prefix.is_empty()).ok_or_else(|| {
        GraphError::new(
            ErrorCode::PortalUnintelligible,
            "The portal did not tell the tenant's prefix at login.",
        )
    })
}

/// The service asks for no proof and changes callbacks of every tenant, so whose it is must be known first.
async fn own<C: UserErrorCode>(ctx: &Context<'_>, id: &ID, not_found: C) -> Result<CallbackId, Refusal<C>> {
    let caller = ctx.caller()?;
    let mut violations = Violations::new();
    let key = violations.key(id, &[Kind::Callback], caller.tenant()?, not_found);
    violations.check()?;
    let id = CallbackId(key.unwrap_or_default());
    caller.callback(id).await?.map(|_| id).ok_or_else(|| Refusal::one(not_found))
}

async fn update(
    ctx: &Context<'_>,
    input: &UpdateCallbackInput,
) -> Result<CallbackId, Refusal<UpdateCallbackErrorCode>> {
    use UpdateCallbackErrorCode as Code;
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let mut violations = Violations::new();
    violations.key(&input.callback_id, &[Kind::Callback], tenant, Code::CallbackNotFound);
    let disposition = violations.key(
        &input.disposition_id,
        &[Kind::CallbackDisposition],
        tenant,
        Code::DispositionNotFound,
    );
    violations.check()?;
    let id = own(ctx, &input.callback_id, Code::CallbackNotFound).await?;
    let operation = UpdateCallbackRequest {
        callback_id: Some(id.to_string()),
        status_id: disposition.map(CallbackDispositionId),
        program_prefix: Some(prefix(&caller)?),
        ..UpdateCallbackRequest::default()
    };
    caller.write(operation).await.map_err(Refusal::of_write)?;
    Ok(id)
}

async fn cancel(
    ctx: &Context<'_>,
    input: &CancelCallbackInput,
) -> Result<CallbackId, Refusal<CancelCallbackErrorCode>> {
    let id = own(ctx, &input.callback_id, CancelCallbackErrorCode::CallbackNotFound).await?;
    ctx.caller()?
        .write(CancelCallback { cbid: Some(id), ..CancelCallback::default() })
        .await
        .map_err(Refusal::of_write)?;
    Ok(id)
}

#[Object]
impl CallbackMutation {
    /// Asks for a callback in one of the tenant's callback queues.
    async fn create_callback(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to call back, and when.")] input: CreateCallbackInput,
    ) -> Nullable<CallbackPayload<CreateCallbackErrorCode>> {
        CallbackPayload::of(ctx, create(ctx, input).await)
    }

    /// Gives a callback a disposition, which is all the callback service lets anybody change.
    async fn update_callback(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which callback, and which disposition.")] input: UpdateCallbackInput,
    ) -> Nullable<CallbackPayload<UpdateCallbackErrorCode>> {
        CallbackPayload::of(ctx, update(ctx, &input).await)
    }

    /// Cancels a callback. The service takes the wish at once and may carry it out a little later; it may refuse a second
    /// one.
    async fn cancel_callback(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which callback.")] input: CancelCallbackInput,
    ) -> Nullable<CallbackPayload<CancelCallbackErrorCode>> {
        CallbackPayload::of(ctx, cancel(ctx, &input).await)
    }
}

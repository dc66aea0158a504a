//! `GraphError`: the one place where a failure becomes what clients read in `errors`, with its `extensions.code`.

mod icws;

use std::time::Duration;

use async_graphql::{ErrorExtensionValues, Pos, ServerError};

pub use super::code::Code;
use crate::caller::CallerError;
use crate::portal::PortalError;
use crate::session::{SignInError, System};
use crate::store::StoreError;

/// A failure as a client sees it. It has no `Display` on purpose: with one, the engine would drop its code.
#[derive(Clone, Debug)]
pub struct GraphError {
    code: Code,
    message: String,
    operation: Option<&'static str>,
    portal_code: Option<String>,
    retryable: bool,
    retry_after: Option<Duration>,
    is_outcome_unknown: bool,
    may_be_partly_done: bool,
}

impl GraphError {
    /// A failure that asking again will not mend.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            operation: None,
            portal_code: None,
            retryable: false,
            retry_after: None,
            is_outcome_unknown: false,
            may_be_partly_done: false,
        }
    }

    /// A query that asks for what cannot be.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::new(Code::BadUserInput, message)
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(
            Code::Unauthenticated,
            "Nobody is signed in: call the login mutation, or send the session's token as `Authorization: Bearer …`.",
        )
    }

    /// The same failure of a write that may have been carried out; says what to read before sending it again.
    #[must_use]
    pub fn with_outcome_unknown(mut self, read: &str) -> Self {
        let hint = format!(" Whether it was carried out is not known: read {read} before you send it again.");
        self.message.push_str(&hint);
        self.retryable = false;
        self.is_outcome_unknown = true;
        self
    }

    /// The same failure of a write of which the portal may have done a part; says what to read to find out.
    #[must_use]
    pub fn with_part_done(mut self, read: &str) -> Self {
        let hint = format!(" A part of it may have been carried out: read {read} before you send it again.");
        self.message.push_str(&hint);
        self.retryable = false;
        self.may_be_partly_done = true;
        self
    }

    /// The same failure of signing a service account in, which is tried again later.
    #[must_use]
    pub fn of_service(mut self, account: &str, seconds: u64) -> Self {
        let hint = format!(
            " The service account {account} is not signed in; the gateway tries again after {seconds} s."
        );
        self.message.push_str(&hint);
        self
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The sentence for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The engine's error, at the place of the field in the document.
    #[must_use]
    #[expect(clippy::disallowed_types, reason = "it is made from a `GraphError`, and so has its code")]
    pub fn at(self, position: Pos) -> ServerError {
        async_graphql::Error::from(self).into_server_error(position)
    }
}

impl From<PortalError> for GraphError {
    fn from(error: PortalError) -> Self {
        let operation = error.operation();
        let (code, message, retryable) = match &error {
            PortalError::Refused { code_message, .. } => {
                let constant = code_message.as_deref().map(|text| format!(" ({text})")).unwrap_or_default();
                (Code::PortalRefused, format!("The portal refused {operation}{constant}."), false)
            }
            PortalError::SessionEnded { .. } => (
                Code::Unauthenticated,
                "The portal has ended the session behind this one: sign in again.".to_owned(),
                false,
            ),
            PortalError::Unreachable { reason, .. } => (
                Code::PortalUnreachable,
                format!("The portal could not be reached for {operation}: {reason}."),
                true,
            ),
            PortalError::Unavailable { .. } => (
                Code::PortalUnreachable,
                format!("The last calls have not reached the portal, so {operation} was not sent."),
                true,
            ),
            PortalError::TimedOut { after, .. } => (
                Code::PortalTimeout,
                format!(
                    "The portal did not answer {operation} within {} ms (portal.call_timeout_milliseconds).",
                    after.as_millis()
                ),
                true,
            ),
            PortalError::Overloaded { .. } => (
                Code::PortalOverloaded,
                format!("The portal has no room for {operation} at the moment."),
                true,
            ),
            PortalError::Unintelligible { reason, .. } => (
                Code::PortalUnintelligible,
                format!("The portal's answer to {operation} could not be understood: {reason}."),
                false,
            ),
            PortalError::Status { status, .. } => (
                Code::PortalRefused,
                format!("The portal answered {operation} with HTTP status {status}."),
                *status >= 500,
            ),
            PortalError::Unconfirmed { setting, .. } => (
                Code::Forbidden,
                format!(
                    "{} is switched off: the portal's name for its flag is not certain, and a wrong one could \
                     deactivate the user. The operator confirms the name in the gateway's setting {setting}.",
                    mutation_of(operation)
                ),
                false,
            ),
            PortalError::NotConfigured { setting, .. } => (
                Code::PortalUnreachable,
                format!("{operation} is not available here: the gateway's setting {setting} is empty."),
                false,
            ),
        };
        let retry_after = match &error {
            PortalError::Overloaded { retry_after, .. } => *retry_after,
            PortalError::Unavailable { retry_after, .. } => Some(*retry_after),
            _ => None,
        };
        let portal_code = match error {
            PortalError::Refused { code_message, .. } => code_message.map(|text| text.to_string()),
            _ => None,
        };
        Self { operation: Some(operation), portal_code, retryable, retry_after, ..Self::new(code, message) }
    }
}

/// What clients call a switch that the portal calls by another name.
fn mutation_of(operation: &'static str) -> &'static str {
    match operation {
        "enableDisableUserInICM" => "setUserIcmAccess",
        "enableDisableUserInPortal" => "setUserPortalAccess",
        operation => operation,
    }
}

impl From<CallerError> for GraphError {
    fn from(error: CallerError) -> Self {
        match error {
            CallerError::Portal(error) => error.into(),
            CallerError::OutcomeUnknown(error) => {
                Self::from(CallerError::clone(&error)).with_outcome_unknown("the record")
            }
            CallerError::TooLate => Self::new(
                Code::PortalTimeout,
                "The request was over before this was sent to the portal, so it was not sent.",
            ),
            CallerError::OutOfTime { operation, deadline } => Self {
                operation: Some(operation),
                retryable: true,
                ..Self::new(Code::PortalTimeout, format!("{operation} was not answered within {deadline}."))
            },
            CallerError::Busy => Self {
                retryable: true,
                ..Self::new(
                    Code::PortalOverloaded,
                    "Somebody else is changing the same record: nothing was changed; try again in a moment.",
                )
            },
            CallerError::Icws(error) => error.into(),
            CallerError::NotSignedIn(System::Portal) => Self::new(
                Code::Unauthenticated,
                "Nobody is signed in to the portal: call the login mutation. This session is of ICWS alone.",
            ),
            CallerError::NotSignedIn(System::Icws) => Self::new(
                Code::Unauthenticated,
                "Nobody is signed in to ICWS: call the login mutation with `upstream: ICWS`.",
            ),
            CallerError::TooManyCalls { allowed } => Self::new(
                Code::QueryTooCostly,
                format!(
                    "This request has made {allowed} calls, which is what limits.max_portal_calls allows; this one was \
                     not made."
                ),
            ),
            CallerError::TooManySubscriptions { allowed, setting } => Self::new(
                Code::TooManySubscriptions,
                format!(
                    "As many subscriptions are open as {setting} allows, which is {allowed}: end another one first."
                ),
            ),
            CallerError::Service(error) => error.into(),
            CallerError::Store(error) => error.into(),
            CallerError::ServiceSessionEnded => Self {
                retryable: true,
                ..Self::new(
                    Code::ServiceAccountSignedOut,
                    "The session of the service account had ended, so this was not carried out, and a write is never sent \
                     again by itself. Send it again: the gateway signs in anew.",
                )
            },
            CallerError::NoTenant => Self::new(
                Code::Forbidden,
                "This session has not entered a tenant yet: call the selectTenant mutation first.",
            ),
        }
    }
}

impl From<StoreError> for GraphError {
    fn from(_: StoreError) -> Self {
        let message = "The store that the gateway's replicas share is not there: until it is back nobody signs in and nothing \
                       is changed.";
        Self { retryable: true, ..Self::new(Code::StoreUnavailable, message) }
    }
}

impl From<SignInError> for GraphError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Portal(error) => error.into(),
            SignInError::Icws(error) => error.into(),
            SignInError::NotConfigured(system) => {
                let (name, setting) = match system {
                    System::Portal => ("portal", "portal.url"),
                    System::Icws => ("ICWS", "icws.url"),
                };
                Self::new(
                    Code::PortalUnreachable,
                    format!("This gateway has no {name}: its setting {setting} is empty."),
                )
            }
            SignInError::Store(error) => error.into(),
            SignInError::NoTenantSelectionPending => Self::new(
                Code::Forbidden,
                "No tenant is waiting to be selected: call the login mutation first.",
            ),
            SignInError::NoRandomness => {
                Self::new(Code::Internal, "The gateway could not make a session token.")
            }
        }
    }
}

#[expect(
    clippy::disallowed_types,
    reason = "this is the conversion the ban points to: every error gets its code here"
)]
impl From<GraphError> for async_graphql::Error {
    fn from(error: GraphError) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", error.code.as_str());
        if let Some(operation) = error.operation {
            extensions.set("operation", operation);
        }
        if let Some(portal_code) = error.portal_code {
            extensions.set("portalCode", portal_code);
        }
        extensions.set("retryable", error.retryable);
        if let Some(retry_after) = error.retry_after {
            // Whole seconds, as Retry-After has them: whoever comes a little late is not turned away again.
            let seconds = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
            extensions.set("retryAfterSeconds", seconds.max(1));
        }
        if error.is_outcome_unknown {
            extensions.set("outcome", "UNKNOWN");
        }
        if error.may_be_partly_done {
            extensions.set("mayBePartlyDone", true);
        }
        Self { message: error.message, source: None, extensions: Some(extensions) }
    }
}

/// A field that costs a portal call: null with its error where the call fails, so that the rest of the answer stands.
///
/// The engine nulls the *parent* of a field that answers `Result<Option<T>>`; an `Option<Result<T>>` it nulls alone.
pub type Nullable<T> = Option<Result<T, GraphError>>;

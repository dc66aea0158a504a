//! What clients read of a failure of ICWS.

use super::{Code, GraphError};
use crate::icws::IcwsError;

impl From<IcwsError> for GraphError {
    fn from(error: IcwsError) -> Self {
        let operation = error.operation();
        let (code, message, retryable) = match &error {
            IcwsError::Refused { status, error_id, .. } => {
                let id = error_id.as_deref().map(|id| format!(" ({id})")).unwrap_or_default();
                let code = if *status == 403 { Code::Forbidden } else { Code::PortalRefused };
                (code, format!("ICWS refused {operation} with HTTP status {status}{id}."), *status >= 500)
            }
            IcwsError::SessionEnded { .. } => (
                Code::Unauthenticated,
                "ICWS has ended the session behind this one: sign in to ICWS again.".to_owned(),
                false,
            ),
            IcwsError::Unreachable { reason, .. } => (
                Code::PortalUnreachable,
                format!("ICWS could not be reached for {operation}: {reason}."),
                true,
            ),
            IcwsError::Unavailable { .. } => (
                Code::PortalUnreachable,
                format!("The last calls have not reached ICWS, so {operation} was not sent."),
                true,
            ),
            IcwsError::TimedOut { after, .. } => (
                Code::PortalTimeout,
                format!(
                    "ICWS did not answer {operation} within {} ms (icws.call_timeout_milliseconds).",
                    after.as_millis()
                ),
                true,
            ),
            IcwsError::Overloaded { .. } => {
                (Code::PortalOverloaded, format!("ICWS has no room for {operation} at the moment."), true)
            }
            IcwsError::Unintelligible { reason, .. } => (
                Code::PortalUnintelligible,
                format!("The answer of ICWS to {operation} could not be understood: {reason}."),
                false,
            ),
            IcwsError::Removed { .. } => {
                (Code::PortalRefused, format!("This release of ICWS no longer has {operation}."), false)
            }
            IcwsError::NotConfigured { setting, .. } => (
                Code::PortalUnreachable,
                format!("{operation} is not available here: the gateway's setting {setting} is empty."),
                false,
            ),
            IcwsError::Unsendable { reason, .. } => {
                (Code::BadUserInput, format!("{operation} cannot be sent to ICWS: {reason}."), false)
            }
        };
        let portal_code = error.error_id().map(str::to_owned);
        let retry_after = match &error {
            IcwsError::Overloaded { retry_after, .. } => *retry_after,
            IcwsError::Unavailable { retry_after, .. } => Some(*retry_after),
            _ => None,
        };
        Self { operation: Some(operation), portal_code, retryable, retry_after, ..Self::new(code, message) }
    }
}

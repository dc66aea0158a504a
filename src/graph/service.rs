//! What clients read when a service account has no session now.

use super::error::{Code, GraphError};
use crate::icws::IcwsError;
use crate::portal::PortalError;
use crate::session::{Cause, ServiceError, SignInError};

impl From<ServiceError> for GraphError {
    fn from(error: ServiceError) -> Self {
        let (account, seconds) = (&error.account, error.retry_after().as_secs());
        let refused = |reason: &str| {
            let message = format!(
                "The service account {account} is not let in: {reason}. The gateway does not try again for {seconds} s, \
                 unless its password changes."
            );
            Self::new(Code::ServiceAccountRefused, message)
        };
        match error.cause {
            Cause::SignIn(SignInError::Portal(PortalError::Refused { code_message, .. })) => {
                let constant = code_message.as_deref().unwrap_or("the portal gives no reason");
                refused(constant)
            }
            Cause::SignIn(SignInError::Portal(PortalError::SessionEnded { .. })) => {
                refused("the portal answers its sign-in as if a session had ended")
            }
            Cause::SignIn(SignInError::Icws(IcwsError::Refused {
                status: 400 | 401 | 403,
                error_id,
                ..
            })) => refused(error_id.as_deref().unwrap_or("ICWS refuses its user id or password")),
            Cause::SignIn(SignInError::Icws(IcwsError::SessionEnded { .. })) => {
                refused("ICWS refuses its user id or password")
            }
            Cause::SignIn(error) => Self::from(error).of_service(account, seconds),
            Cause::PasswordMustChange => refused("its password must be changed at the portal first"),
            Cause::NoSuchTenant => refused(
                "the tenant in its settings is none or more than one that the portal offers it, or it has several and none is \
                 set",
            ),
            Cause::NoPassword => refused("its password cannot be read from where the settings say it is"),
            Cause::Elsewhere(reason) => refused(&reason),
            Cause::EndsAtOnce => refused("its sessions are ended as soon as they are opened"),
            Cause::Interrupted => {
                Self::new(Code::Internal, "Signing the service account in was interrupted.")
            }
        }
    }
}

//! How long a service account is left alone after a sign-in that failed, so that no account is locked by trying.

use std::mem;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::Cause;
use crate::icws::IcwsError;
use crate::portal::PortalError;
use crate::session::SignInError;

/// After the first refusal; each further one waits four times as long, so that there are at most four in a quarter of an hour.
const REFUSED: Duration = Duration::from_secs(30);
/// The longest wait after a refusal.
const REFUSED_LONGEST: Duration = Duration::from_mins(15);
/// After a failure that says nothing of the account; each further one waits twice as long.
const FAILED: Duration = Duration::from_secs(1);
/// The longest wait after a failure.
const FAILED_LONGEST: Duration = Duration::from_secs(30);
/// After a refusal that no further try can mend, unless the password is another one by then.
const LASTING: Duration = Duration::from_hours(1);

/// The portal's constants of what no further try can mend.
const LASTING_CONSTANTS: [&str; 7] = [
    "LDAP_AUTHENTICATION_FAILED_ACCOUNT_LOCKED",
    "LDAP_AUTHENTICATION_FAILED_PASSWORD_EXPIRED",
    "LDAP_AUTHENTICATION_FAILED_ACCOUNT_EXPIRED",
    "LDAP_AUTHENTICATION_FAILED_ACCOUNT_DISABLED",
    "LDAP_AUTHENTICATION_FAILED_USER_NOT_FOUND",
    "INVALID_LOGIN_NAME",
    "INVALID_LOGIN_NAME_NOT_IN_EXPECTED_FORMAT",
];

/// What a failed sign-in says of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// It may not come in until somebody does something.
    Lasting,
    /// It was turned away; another try may count towards locking it.
    Refused,
    /// Nothing; the upstream may have said when to come back.
    Failed(Option<Duration>),
    /// Nobody knows: it was sent and not answered, and may have counted as a try.
    Unanswered,
}

impl Meaning {
    fn of(cause: &Cause) -> Self {
        match cause {
            Cause::SignIn(error) => Self::of_sign_in(error),
            Cause::PasswordMustChange | Cause::NoSuchTenant => Self::Lasting,
            Cause::NoPassword | Cause::EndsAtOnce | Cause::Interrupted | Cause::Elsewhere(_) => {
                Self::Failed(None)
            }
        }
    }

    fn of_sign_in(error: &SignInError) -> Self {
        match error {
            SignInError::Portal(error) => Self::of_portal(error),
            SignInError::Icws(error) => Self::of_icws(error),
            SignInError::NotConfigured(_) => Self::Lasting,
            SignInError::NoTenantSelectionPending | SignInError::Store(_) | SignInError::NoRandomness => {
                Self::Failed(None)
            }
        }
    }

    fn of_portal(error: &PortalError) -> Self {
        match error {
            PortalError::Refused { code_message: Some(constant), .. }
                if LASTING_CONSTANTS.contains(&&**constant) =>
            {
                Self::Lasting
            }
            PortalError::Unreachable { was_sent: true, .. } | PortalError::TimedOut { .. } => {
                Self::Unanswered
            }
            PortalError::Unreachable { .. } | PortalError::Status { status: 500.., .. } => Self::Failed(None),
            PortalError::Overloaded { retry_after, .. } => Self::Failed(*retry_after),
            // What cannot be understood may be a refusal.
            _ => Self::Refused,
        }
    }

    fn of_icws(error: &IcwsError) -> Self {
        match error {
            IcwsError::Unreachable { was_sent: true, .. } | IcwsError::TimedOut { .. } => Self::Unanswered,
            IcwsError::Unreachable { .. } | IcwsError::Refused { status: 500.., .. } => Self::Failed(None),
            IcwsError::Overloaded { retry_after, .. } => Self::Failed(*retry_after),
            _ => Self::Refused,
        }
    }
}

/// Whether the upstream may have counted a sign-in that failed so as a try of a password.
pub(in crate::session) fn may_count_as_try(error: &SignInError) -> bool {
    !matches!(Meaning::of_sign_in(error), Meaning::Failed(_))
}

/// How often in a row signing in has failed, and in which way.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct BackOff {
    refusals: u32,
    failures: u32,
    /// Whether one was not answered: a portal that is slow to refuse is no reason to try on and on.
    was_unanswered: bool,
}

impl BackOff {
    /// How long to wait after one more failed sign-in.
    pub(super) fn after(&mut self, cause: &Cause) -> Duration {
        let meaning = match Meaning::of(cause) {
            Meaning::Unanswered if mem::replace(&mut self.was_unanswered, true) => Meaning::Refused,
            Meaning::Unanswered => Meaning::Failed(None),
            meaning => meaning,
        };
        match meaning {
            Meaning::Lasting => LASTING,
            Meaning::Refused | Meaning::Unanswered => {
                let wait = REFUSED.saturating_mul(4_u32.saturating_pow(self.refusals));
                self.refusals += 1;
                wait.min(REFUSED_LONGEST)
            }
            Meaning::Failed(told) => {
                let wait = FAILED.saturating_mul(2_u32.saturating_pow(self.failures));
                self.failures += 1;
                wait.min(FAILED_LONGEST).max(told.unwrap_or_default().min(REFUSED_LONGEST))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(cause: &Cause, times: usize) -> Vec<u64> {
        let mut back_off = BackOff::default();
        (0..times).map(|_| back_off.after(cause).as_secs()).collect()
    }

    fn refused(constant: &str) -> Cause {
        let error = PortalError::Refused { operation: "login", code_message: Some(constant.into()) };
        Cause::SignIn(error.into())
    }

    #[test]
    fn a_refused_account_is_tried_at_most_four_times_in_a_quarter_of_an_hour() {
        let wrong = refused("LDAP_AUTHENTICATION_FAILED");
        assert_eq!(waits(&wrong, 6), [30, 120, 480, 900, 900, 900]);
        let icws = IcwsError::SessionEnded { operation: "connect" };
        assert_eq!(waits(&Cause::SignIn(icws.into()), 2), [30, 120]);
        assert_eq!(waits(&wrong, 100)[99], 900);
    }

    #[test]
    fn what_trying_cannot_mend_is_left_alone_for_an_hour() {
        for constant in LASTING_CONSTANTS {
            assert_eq!(waits(&refused(constant), 3), [3600, 3600, 3600], "{constant}");
        }
        assert_eq!(waits(&Cause::PasswordMustChange, 1), [3600]);
    }

    #[test]
    fn what_says_nothing_of_the_account_is_tried_again_soon() {
        let lost = PortalError::Unreachable {
            operation: "login",
            reason: "refused",
            was_sent: false,
            has_begun: false,
        };
        assert_eq!(waits(&Cause::SignIn(lost.into()), 7), [1, 2, 4, 8, 16, 30, 30]);
        let slow = PortalError::TimedOut { operation: "login", after: Duration::from_secs(10) };
        assert_eq!(waits(&Cause::SignIn(slow.into()), 4), [1, 30, 120, 480], "it may count as tries");
        let told = |seconds| PortalError::Overloaded {
            operation: "login",
            retry_after: Some(Duration::from_secs(seconds)),
            is_for_all: true,
        };
        assert_eq!(waits(&Cause::SignIn(told(60).into()), 2), [60, 60]);
        assert_eq!(waits(&Cause::SignIn(told(1_000_000).into()), 1), [900]);
    }
}

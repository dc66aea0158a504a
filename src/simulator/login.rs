//! Who may sign in, to which tenants, and what they see there.

use std::collections::BTreeSet;

use crate::portal::{DepartmentId, TenantId, UserId};

/// An account that can be tried at login.
#[derive(Clone, Debug)]
pub struct Login {
    /// The login name, `<name>@<tenant instance id>`.
    pub name: String,
    /// The password.
    pub password: String,
    /// What stands in the way of signing in.
    pub state: LoginState,
    /// The tenants open to it: with one, login enters it; with several, one must be selected.
    pub entries: Vec<Entry>,
    /// How many sessions it may have at once.
    pub max_sessions: usize,
    /// What it is good for, in a sentence.
    pub shows: String,
}

/// A tenant open to a login.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The tenant.
    pub tenant: TenantId,
    /// The user it is there.
    pub user: UserId,
    /// What it sees there.
    pub visibility: Visibility,
}

/// What a login sees of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everything.
    All,
    /// The users of these departments, and what is not reserved for other ones.
    Departments(BTreeSet<DepartmentId>),
}

/// What stands in the way of signing in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoginState {
    /// Nothing.
    #[default]
    Active,
    /// The account is locked.
    Locked,
    /// The account is disabled.
    Disabled,
    /// The account has expired.
    Expired,
    /// The password has expired.
    PasswordExpired,
    /// The password is right, but must be changed first.
    MustChangePassword,
    /// The account is not in the directory.
    NotInDirectory,
    /// The account is not in the security group of the portal's users.
    NotInSecurityGroup,
    /// The directory knows the account, the portal does not.
    NotInPortal,
    /// The portal knows the account but does not let it sign in.
    NotEnabled,
    /// The account's data exist twice, which shows on entering a tenant.
    Duplicate,
}

impl Login {
    /// A login without obstacles and with many sessions.
    #[must_use]
    pub fn new(name: &str, password: &str, entries: Vec<Entry>) -> Self {
        Self {
            name: name.to_owned(),
            password: password.to_owned(),
            state: LoginState::Active,
            entries,
            max_sessions: 10_000,
            shows: String::new(),
        }
    }

    /// The same login in a state.
    #[must_use]
    pub fn in_state(self, state: LoginState) -> Self {
        Self { state, ..self }
    }

    /// The same login with a sentence on what it is good for.
    #[must_use]
    pub fn showing(self, shows: &str) -> Self {
        Self { shows: shows.to_owned(), ..self }
    }

    /// The code of the customer in the login name, if it has the expected form.
    pub(super) fn instance(name: &str) -> Option<&str> {
        let (name, instance) = name.split_once('@')?;
        let fits = !name.is_empty() && instance.chars().count() == 3 && !instance.contains('@');
        fits.then_some(instance)
    }
}

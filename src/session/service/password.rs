//! Where a service account's password comes from: a file or the environment, looked at whenever it signs in, so that a new
//! one needs no restart.

use std::path::PathBuf;
use std::{env, fs};

use crate::config::ServiceAccount;
use crate::upstream::Secret;

/// A place that holds a password.
#[derive(Clone)]
pub(super) enum PasswordSource {
    File(PathBuf),
    Environment(String),
}

impl PasswordSource {
    pub(super) fn of(account: &ServiceAccount) -> Self {
        if account.password_file.is_empty() {
            Self::Environment(account.password_environment.clone())
        } else {
            Self::File(account.password_file.clone().into())
        }
    }

    /// The password there is now, without the line's end; `None` if there is none.
    pub(super) fn read(&self) -> Option<Secret> {
        let text = match self {
            Self::File(path) => fs::read_to_string(path).ok(),
            Self::Environment(variable) => env::var(variable).ok(),
        }?;
        let password = text.strip_suffix('\n').unwrap_or(&text);
        let password = password.strip_suffix('\r').unwrap_or(password);
        (!password.is_empty()).then(|| Secret::new(password))
    }
}

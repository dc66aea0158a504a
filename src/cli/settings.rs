//! The settings as the commands read them: the file they name, then this process's environment.

use std::env;
use std::path::Path;

use crate::config::{Config, ConfigError};

/// The settings from a file, if one is named, and the environment.
pub(super) fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
    Config::load(file, environment())
}

/// This process's environment; a variable that is not Unicode keeps what can be read of it, so that it can be refused.
pub(super) fn environment() -> impl Iterator<Item = (String, String)> {
    env::vars_os().map(|(name, value)| (name.to_string_lossy().into(), value.to_string_lossy().into()))
}

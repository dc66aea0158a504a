//! `portalgraph config`: every option at its default, and whether a settings file is valid.

use std::iter;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::failure::Failure;
use crate::config::{Config, DEFAULTS};

const EXAMPLES: &str = "\
Examples:
  portalgraph config > portalgraph.toml
      Start a settings file of your own. It needs only what differs: delete the rest.
  portalgraph config check portalgraph.toml
      Find every mistake in it before the gateway does.

Each option can also come from the environment, as PORTALGRAPH__SECTION__KEY: PORTALGRAPH__LOG__LEVEL=debug \
sets `level` in `[log]`. The environment wins over the file, and --listen over both.";

const CHECK_EXAMPLES: &str = "\
Example:
  portalgraph config check portalgraph.toml

The environment is not looked at: the answer is about the file alone.

Exit status: 0 if the file is valid, 2 if not; then each mistake is told with its line, what was given and what \
is expected.";

/// Print every option at its default, with its meaning; or check a settings file.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Find every mistake in a settings file.
    #[command(after_long_help = CHECK_EXAMPLES)]
    Check {
        /// The settings file, in TOML.
        file: PathBuf,
    },
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Some(Action::Check { file }) = &arguments.action else {
        return super::print(DEFAULTS);
    };
    let config = Config::load(Some(file), iter::empty())?;
    super::print(&format!("{} is valid\n", file.display()))?;
    if config.require_upstream().is_err() {
        super::print(
            "It leaves portal.url and icws.url to the environment: set PORTALGRAPH__PORTAL__URL to serve.\n",
        )?;
    }
    Ok(())
}

//! `portalgraph token`: tokens for service accounts.

use clap::{Args, Subcommand};

use super::failure::Failure;
use crate::config::is_account_name;
use crate::session::{TokenHash, new_service_token};

const EXAMPLES: &str = "\
Example:
  portalgraph token new wall-display
      Prints a token for the dashboard, and the settings that let it in.";

const NEW_EXAMPLES: &str = "\
Example:
  portalgraph token new wall-display

The token is shown this once and kept nowhere; the settings hold its SHA-256 alone. To replace a token, add the \
hash of a new one to `tokens`, restart the gateway, give the dashboard the new token, and take the old hash out.";

/// Make tokens for service accounts.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print a new token, its hash, and the settings to paste.
    #[command(after_long_help = NEW_EXAMPLES)]
    New {
        /// The service account's name: 1 to 64 small letters, digits, - and _.
        name: String,
    },
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Action::New { name } = &arguments.action;
    if !is_account_name(name) {
        let reason = "a name has 1 to 64 small letters, digits, - and _".to_owned();
        return Err(Failure::Option { option: "NAME", reason });
    }
    let token = new_service_token().map_err(|_| Failure::NoRandomness)?;
    let hash = TokenHash::of(token.expose()).ok_or(Failure::NoRandomness)?;
    super::print(&format!(
        "token, for the dashboard; it is not shown again:\n  {}\n\nits SHA-256:\n  {hash}\n\nsettings, for the gateway:\n  \
         [[service_account]]\n  name = \"{name}\"\n  tokens = [\"{hash}\"]\n  username = \"\"       # its login name at the \
         portal\n  password_file = \"\"  # a file with its password\n",
        token.expose()
    ))
}

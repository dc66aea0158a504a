//! `portalgraph key`: keys that seal what replicas share.

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::failure::Failure;
use crate::store::{is_key_id, new_key};

const EXAMPLES: &str = "\
Example:
  portalgraph key new > store-keys
      Makes the file that session.store_keys_file names, with its first key; keep it from everybody else.";

const NEW_EXAMPLES: &str = "\
Examples:
  portalgraph key new > store-keys
      The first key, called after today.
  portalgraph key new 2027-spring >> store-keys
      One more below it, which opens but does not seal yet.

Every replica has the same file. To replace a key without signing anybody out:
  1. add the new one as the last line, everywhere, and restart the replicas one by one;
  2. move it to the first line, everywhere, and restart them again: from now on it seals;
  3. session.max_minutes later, take the old one out.
A key that somebody else may have seen is replaced at once instead: a file with a new one alone signs everybody out.";

/// Make keys that seal what replicas share.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print a new key as a line of the file that `session.store_keys_file` names.
    #[command(after_long_help = NEW_EXAMPLES)]
    New {
        /// What the key is called, so that what it has sealed is known by it: 1 to 32 letters, digits, -, _ and . [default:
        /// today's date]
        id: Option<String>,
    },
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Action::New { id } = &arguments.action;
    let id = id.clone().unwrap_or_else(|| Timestamp::now().strftime("%Y-%m-%d").to_string());
    if !is_key_id(&id) {
        let reason = "a key's name has 1 to 32 letters, digits, -, _ and .".to_owned();
        return Err(Failure::Option { option: "ID", reason });
    }
    let key = new_key(&id).map_err(|_| Failure::NoRandomness)?;
    super::print(&format!("{}\n", key.expose()))
}

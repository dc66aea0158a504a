//! Where the password comes from: a file, the environment, or a line of standard input; never the command line, which
//! others on the machine can read.

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::{env, fs};

use crate::cli::failure::Failure;
use crate::upstream::Secret;

/// The variable that may hold it.
const VARIABLE: &str = "PORTALGRAPH_PASSWORD";

/// The password.
pub(super) fn password(file: Option<&Path>) -> Result<Secret, Failure> {
    let source = match (file, env::var_os(VARIABLE)) {
        (Some(_), _) => "--password-file",
        (None, Some(_)) => VARIABLE,
        (None, None) => "standard input",
    };
    let text = match (file, env::var(VARIABLE)) {
        (Some(path), _) => fs::read_to_string(path).map_err(|reason| {
            refused("--password-file", format!("{} cannot be read: {reason}", path.display()))
        })?,
        (None, Ok(text)) => text,
        (None, Err(env::VarError::NotUnicode(_))) => {
            return Err(refused(VARIABLE, "it is not Unicode".to_owned()));
        }
        (None, Err(env::VarError::NotPresent)) => line()?,
    };
    let password = text.strip_suffix('\n').unwrap_or(&text);
    let password = password.strip_suffix('\r').unwrap_or(password);
    if password.is_empty() {
        let reason = format!(
            "it holds no password; put one into a file for --password-file, into {VARIABLE}, or on standard input"
        );
        return Err(refused(source, reason));
    }
    Ok(Secret::new(password))
}

fn refused(option: &'static str, reason: String) -> Failure {
    Failure::Option { option, reason }
}

fn line() -> Result<String, Failure> {
    let failed = |reason: io::Error| refused("standard input", reason.to_string());
    if io::stdin().is_terminal() {
        eprint!("Password (it is not shown): ");
        return rpassword::read_password().map_err(failed);
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(failed)?;
    Ok(line)
}

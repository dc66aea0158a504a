//! Where the password comes from: a file, the environment, or a line of standard input; never the command line, which
//! others on the machine can read.

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::{env, fs};

use crate::cli::failure::Failure;
use crate::portal::Secret;

/// The variable that may hold it.
const VARIABLE: &str = "PORTALGRAPH_PASSWORD";

/// The password.
pub(super) fn password(file: Option<&Path>) -> Result<Secret, Failure> {
    let text = match (file, env::var(VARIABLE)) {
        (Some(path), _) => fs::read_to_string(path)
            .map_err(|reason| Failure::Option { option: "--password-file", reason: reason.to_string() })?,
        (None, Ok(text)) => text,
        (None, Err(env::VarError::NotUnicode(_))) => {
            return Err(Failure::Option { option: VARIABLE, reason: "it is not Unicode".to_owned() });
        }
        (None, Err(env::VarError::NotPresent)) => line()?,
    };
    let password = text.strip_suffix('\n').unwrap_or(&text);
    let password = password.strip_suffix('\r').unwrap_or(password);
    if password.is_empty() {
        let reason =
            format!("no password was given; put it into a file, into {VARIABLE}, or on standard input");
        return Err(Failure::Option { option: "--password-file", reason });
    }
    Ok(Secret::new(password))
}

fn line() -> Result<String, Failure> {
    if io::stdin().is_terminal() {
        eprint!("Password (it will be seen on the screen; --password-file takes it from a file): ");
    }
    let mut line = String::new();
    io::stdin()
        .read_line(&mut line)
        .map_err(|reason| Failure::Option { option: "standard input", reason: reason.to_string() })?;
    Ok(line)
}

//! What is wrong with the settings: every mistake at once, each with its key, its origin and what is expected.

use std::fmt;
use std::path::PathBuf;

/// Everything that is wrong with the settings, never only the first mistake.
#[derive(Debug, thiserror::Error)]
#[error("{}", lines(.problems))]
pub struct ConfigError {
    /// The mistakes, the file's first, in the order of its lines.
    pub problems: Vec<Problem>,
}

/// One mistake; its text never holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The settings file is not there or may not be read.
    #[error("{}: the file cannot be read: {reason}", .path.display())]
    Unreadable {
        /// The file as it was named.
        path: PathBuf,
        /// What the operating system said.
        reason: std::io::Error,
    },
    /// The settings file is not TOML.
    #[error("{origin}: {message}")]
    Malformed {
        /// Where it stands.
        origin: Origin,
        /// What the parser expected there.
        message: String,
    },
    /// There is no option or section of that name.
    #[error("{origin}: there is no {key}; {hint}")]
    Unknown {
        /// Where it stands.
        origin: Origin,
        /// The dotted key as it was given.
        key: String,
        /// The nearest known name, and all that stand beside it.
        hint: String,
    },
    /// The option does not accept this value.
    #[error("{origin}: {key} is {given}; expected {expected}")]
    Refused {
        /// Where it stands.
        origin: Origin,
        /// The dotted key.
        key: String,
        /// The value as it may be shown.
        given: String,
        /// What the option accepts, in words.
        expected: String,
    },
    /// A command needs an option that nothing sets.
    #[error(
        "{key} is not set; expected {expected}, in the settings file or as {variable} in the environment"
    )]
    Missing {
        /// The dotted key.
        key: &'static str,
        /// What the option accepts, in words.
        expected: &'static str,
        /// The environment variable that would set it.
        variable: &'static str,
    },
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The embedded defaults.
    Default,
    /// A line of the settings file, counted from 1.
    File {
        /// The file as it was named.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// An environment variable, by its name.
    Environment(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("the defaults"),
            Self::File { path, line } => write!(formatter, "{}, line {line}", path.display()),
            Self::Environment(variable) => write!(formatter, "the environment's {variable}"),
        }
    }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

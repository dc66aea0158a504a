//! Why a command failed, and the exit status that says so.

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{io, iter};

use crate::config::ConfigError;
use crate::server::ServeError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The settings are not valid.
    #[error("the configuration is not valid\n{}", indented(.0))]
    Config(#[from] ConfigError),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {reason}{}", hint(.reason))]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        reason: io::Error,
    },
    /// The simulated portal was asked to face the network.
    #[error(
        "{0} is not a loopback address: the simulated portal accepts passwords that everyone knows; \
         give --expose if others are to reach it"
    )]
    Exposed(SocketAddr),
    /// The operating system refuses threads or signals.
    #[error("cannot start: {0}")]
    Start(io::Error),
    /// Traces cannot be sent as the settings say.
    #[error("cannot send traces: {0}")]
    Traces(String),
    /// The gateway stopped by itself.
    #[error("{}", with_causes(.0))]
    Serve(#[from] ServeError),
    /// The demonstration's own query was not answered.
    #[error("the first query was not answered: {0}")]
    FirstQuery(String),
    /// No healthy gateway was found.
    #[error("not healthy: {0}")]
    Unhealthy(String),
    /// An option of the command line cannot be used as it was given.
    #[error("{option}: {reason}")]
    Option {
        /// The option.
        option: &'static str,
        /// What is wrong, and what is expected.
        reason: String,
    },
    /// Something would be overwritten.
    #[error("{} is there already and is not overwritten; nothing was sent. Give another with {option}, or move it away", .path.display())]
    Exists {
        /// The option that names it.
        option: &'static str,
        /// What is there.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("{}: {reason}", .path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        reason: io::Error,
    },
    /// No client of the portal can be made.
    #[error("no connection can be prepared: {0}")]
    Client(String),
    /// The portal did not let the person in.
    #[error("could not sign in: {reason}; {advice}")]
    SignIn {
        /// The portal's constant, or why there is none.
        reason: String,
        /// What to change.
        advice: &'static str,
    },
    /// The portal could not read the login name in any encoding that was tried.
    #[error(
        "could not sign in: the portal reads the login name in none of the encodings tried ({}); check --username, \
         which is a name, @, and the three characters of the customer{}", .tried.join(", "), others(.tried)
    )]
    Unreadable {
        /// The encodings, as the settings spell them.
        tried: Vec<&'static str>,
    },
    /// Several tenants, and none was chosen.
    #[error("this user has several tenants; give one of those listed above with --tenant ID")]
    Tenant,
    /// The tenant that was chosen is none of the user's.
    #[error(
        "--tenant {given} is none of this user's tenants; give one of those listed above, by number, prefix or name"
    )]
    NoSuchTenant {
        /// What was chosen.
        given: String,
    },
    /// The portal answered nothing that the gateway could read.
    #[error("no read could be used, so no settings were written; the table says why of each")]
    NothingUsable,
    /// The operating system gave no random numbers.
    #[error("the operating system gave no random numbers")]
    NoRandomness,
    /// The person wants to stop.
    #[error("stopped; nothing was written")]
    Interrupted,
    /// A document cannot be executed.
    #[error("the document cannot be executed\n{}", .faults.join("\n"))]
    Document {
        /// Each with its place.
        faults: Vec<String>,
    },
    /// A document is beyond limits of the gateway.
    #[error("the gateway would refuse this document: it is beyond {}", counted(*.0, "limit", "limits"))]
    BeyondLimits(usize),
    /// Standard output cannot be written.
    #[error("cannot write the output: {0}")]
    Print(io::Error),
}

impl Failure {
    /// Tells the person at the terminal, and answers with the exit status.
    pub(super) fn report(&self) -> ExitCode {
        eprintln!("portalgraph: {self}");
        match self {
            Self::Config(_)
            | Self::Exposed(_)
            | Self::Option { .. }
            | Self::Exists { .. }
            | Self::Document { .. } => ExitCode::from(2),
            Self::Interrupted => ExitCode::from(130),
            _ => ExitCode::FAILURE,
        }
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn indented(error: &ConfigError) -> String {
    error.problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

fn with_causes(error: &ServeError) -> String {
    let causes = iter::successors(Some(error as &dyn Error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn others(tried: &[&str]) -> &'static str {
    if tried.len() == 1 { ", or leave --login-encoding out to have the others tried" } else { "" }
}

fn hint(reason: &io::Error) -> &'static str {
    match reason.kind() {
        io::ErrorKind::AddrInUse => "; choose another with --listen, port 0 takes any that is free",
        io::ErrorKind::PermissionDenied => {
            "; ports below 1024 often need more rights, choose another with --listen"
        }
        _ => "",
    }
}

//! Why a command failed, and the exit status that says so.

use std::error::Error;
use std::net::SocketAddr;
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
    /// The gateway stopped by itself.
    #[error("{}", with_causes(.0))]
    Serve(#[from] ServeError),
    /// The demonstration's own query was not answered.
    #[error("the first query was not answered: {0}")]
    FirstQuery(String),
    /// No healthy gateway was found.
    #[error("not healthy: {0}")]
    Probe(String),
    /// Standard output cannot be written.
    #[error("cannot write the output: {0}")]
    Print(io::Error),
}

impl Failure {
    /// Tells the person at the terminal, and answers with the exit status.
    pub(super) fn report(&self) -> ExitCode {
        eprintln!("portalgraph: {self}");
        match self {
            Self::Config(_) | Self::Exposed(_) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

fn indented(error: &ConfigError) -> String {
    error.problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

fn with_causes(error: &ServeError) -> String {
    let causes = iter::successors(Some(error as &dyn Error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
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

//! The command line: one short function a command.

mod completions;
mod config;
mod demo;
mod docs;
mod explain;
mod failure;
mod health;
mod http;
mod key;
mod logging;
mod man;
mod probe;
mod reload;
mod schema;
mod serve;
mod settings;
mod simulate;
mod stop;
mod token;
mod traces;
mod unverified;
mod watched;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// What the program is called.
const NAME: &str = "portalgraph";

/// What `portalgraph --help` says under its list of commands.
const MORE: &str = "\
Examples:
  portalgraph demo
      Try everything with no portal at all: open the address it prints and sign in as it says.
  portalgraph probe --url https://portal.example.com --username name@abc
      Ask your portal every question once, and write the settings that fit it.
  portalgraph config
      Every option, at its default, with its meaning.
  portalgraph serve --config portalgraph.toml
      Serve your portal as one graph.
  portalgraph explain wall.graphql
      Which calls a query may need, and what decides, without asking any portal.
  PORTALGRAPH__PORTAL__URL=https://portal.example.com portalgraph serve
      The same without a file: every option can come from the environment.

Exit status:
  0  it did what was asked
  1  it failed while running, no healthy gateway was found, or a document is beyond limits
  2  the command line, the configuration or a document is not valid; the message says what is expected
  130  a probe was stopped by Ctrl-C or SIGTERM";

/// A GraphQL gateway over contact-centre administration portals whose only interface is JSON over POST.
///
/// Users of the portal sign in with the account they have, and ask for agents, skill groups, attributes, precision
/// queues and callbacks in one query; the gateway makes the portal's calls on their behalf, as few as it can.
#[derive(Debug, Parser)]
#[command(name = NAME, version, after_long_help = MORE, after_help = "More, with examples: portalgraph --help")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Arguments),
    Demo(demo::Arguments),
    Simulate(simulate::Arguments),
    Config(config::Arguments),
    Schema(schema::Arguments),
    Explain(explain::Arguments),
    Probe(probe::Arguments),
    Health(health::Arguments),
    Token(token::Arguments),
    Key(key::Arguments),
    Docs(docs::Arguments),
    Man(man::Arguments),
    Completions(completions::Arguments),
}

/// Does what the command line says and answers with the exit status.
#[must_use]
pub fn run() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Config(arguments) => config::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Probe(arguments) => probe::run(&arguments),
        Command::Health(arguments) => health::run(&arguments),
        Command::Token(arguments) => token::run(&arguments),
        Command::Key(arguments) => key::run(&arguments),
        Command::Docs(arguments) => docs::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    };
    done.map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS)
}

/// Writes to standard output at once, also where that is a pipe.
fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        // Whoever reads may stop early: `portalgraph schema | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(Failure::Print),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_has_help_with_an_example() {
        for command in Arguments::command().get_subcommands() {
            let name = command.get_name();
            assert!(command.get_about().is_some(), "{name} says nothing about itself");
            let more = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
            assert!(more.contains(&format!("portalgraph {name}")), "{name} has no example");
        }
    }
}

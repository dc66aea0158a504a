//! `portalgraph man`: the manual, a page for the program and one for each command.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man;

use super::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  portalgraph man | man -l -
      Read the page of the program.
  portalgraph man token new | man -l -
      Read that of a command.
  portalgraph man --folder /usr/local/share/man/man1
      Write every page into a folder that is there, as portalgraph.1, portalgraph-serve.1 and so on.";

/// Print the manual page of the program or of a command, or write all of them.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The command, such as `serve` or `token new`; without it, the page of the program.
    command: Vec<String>,
    /// Write every page into this folder instead.
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    folder: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut program = super::Arguments::command().disable_help_subcommand(true);
    program.build();
    if let Some(folder) = &arguments.folder {
        return write(&program, folder);
    }
    let mut command = &program;
    for name in &arguments.command {
        command = command.find_subcommand(name).ok_or_else(|| Failure::Option {
            option: "COMMAND",
            reason: format!("there is no {name}; `portalgraph --help` lists the commands"),
        })?;
    }
    super::print(&page(command)?)
}

/// Writes the page of a command and those of its own commands.
fn write(command: &Command, folder: &Path) -> Result<(), Failure> {
    let path = folder.join(Man::new(command.clone()).get_filename());
    fs::write(&path, page(command)?).map_err(|reason| Failure::File { path, reason })?;
    command.get_subcommands().try_for_each(|command| write(command, folder))
}

fn page(command: &Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page).map_err(Failure::Print)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

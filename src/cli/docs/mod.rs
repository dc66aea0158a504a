//! `portalgraph docs`: the reference of this very version, printed from what the program itself goes by.

mod configuration;
mod errors;

use clap::{Args, ValueEnum};

use super::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  portalgraph docs configuration > configuration.md
      Every option with its meaning, what it accepts, its default, its variable, and whether it is read again.
  portalgraph docs errors > errors.md
      Every code of an error with its status, its meaning and what a client does about it.

They are those of this very version: docs/configuration.md and docs/errors.md are printed by it.";

/// Print the reference of every option, or of every error code, in Markdown.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Which reference.
    page: Page,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Page {
    /// Every option.
    Configuration,
    /// Every error code.
    Errors,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let page = match arguments.page {
        Page::Configuration => configuration::page(),
        Page::Errors => errors::page(),
    };
    super::print(&page)
}

/// A text as Markdown shows it to the letter, outside of code; code within it stays as it is.
fn escaped(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(place, part)| {
        let is_code = place % 2 == 1;
        if is_code {
            part.to_owned()
        } else {
            part.replace('*', "\\*").replace('<', "&lt;").replace(" __", " \\_\\_")
        }
    });
    parts.collect::<Vec<_>>().join("`")
}

/// The same in one cell of a table.
fn cell(text: &str) -> String {
    escaped(text).replace('\n', " ").replace('|', "\\|")
}

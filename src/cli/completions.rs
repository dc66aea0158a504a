//! `portalgraph completions`: what a shell needs to complete commands and options.

use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use super::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  source <(portalgraph completions bash)
      In ~/.bashrc, for bash.
  portalgraph completions zsh > \"${fpath[1]}/_portalgraph\"
      For zsh, once.
  portalgraph completions fish > ~/.config/fish/completions/portalgraph.fish
      For fish, once.
  portalgraph completions powershell | Out-String | Invoke-Expression
      In the profile, for PowerShell.";

/// Print what a shell needs to complete commands and options.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The shell.
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut super::Arguments::command(), super::NAME, &mut script);
    super::print(&String::from_utf8_lossy(&script))
}

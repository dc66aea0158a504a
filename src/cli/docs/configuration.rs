//! `docs/configuration.md`: every option, as the embedded defaults, their checks and the reload know it.

use std::fmt::Write as _;

use super::{cell, escaped};
use crate::cli::reload::is_watched;
use crate::config::{OptionReference, reference};
use crate::server::is_reloaded;

const HEAD: &str = "\
# Configuration

Every option. `portalgraph docs configuration` prints this page and `portalgraph config` the same as a settings file; both
are made of what the program goes by, so they hold for the version that prints them.

- A settings file is TOML, named by `portalgraph serve --config FILE`. It needs only what differs from the defaults.
- Each option also comes from the environment, under the variable beside it. The environment wins over the file, and
  `--listen` over both. Lists are written with commas there.
- `portalgraph config check FILE` says everything that is wrong with a file, each with its line and what is expected. The gateway
  does not start with settings that are not valid.
- \"On `SIGHUP`\" means: taken up by a gateway that is running, on `SIGHUP` or within four seconds of a change of the file,
  from the next request on. \"The file on `SIGHUP`\" means that what stands in the file is, while another path needs a restart. The
  log names each key that was taken up, and each that needs a restart ([reliability.md](reliability.md#starting-reloading-stopping)).
";

pub(super) fn page() -> String {
    let sections = reference();
    let links = sections.iter().map(|section| format!("[{0}](#{1})", section.name, anchor(&section.name)));
    let mut page = format!("{HEAD}\nSections: {}.\n", links.collect::<Vec<_>>().join(", "));
    for section in &sections {
        // Writing to a text cannot fail.
        let _ = write!(page, "\n## {}\n\n{}\n", section.name, escaped(&section.meaning));
        if section.is_repeated {
            let _ = write!(page, "\nEach is a table of its own, under a line `[[{}]]`.\n", section.name);
        }
        for option in &section.options {
            let _ = write!(page, "\n### {}\n\n{}\n\n{}", option.key, escaped(&option.meaning), facts(option));
        }
    }
    page
}

/// The name of a heading in an address.
fn anchor(heading: &str) -> String {
    heading.replace('.', "")
}

/// What is told of an option beside its meaning, as a table of one row.
fn facts(option: &OptionReference) -> String {
    let read_again = match (is_reloaded(&option.key), is_watched(&option.key)) {
        (true, _) => "on `SIGHUP`",
        (false, true) => "the file on `SIGHUP`",
        (false, false) => "at a restart",
    };
    let OptionReference { accepts, default, variable, .. } = option;
    let (accepts, default) = (cell(accepts), default.replace('|', "\\|"));
    format!(
        "| accepts | default | environment | read again |\n|---|---|---|---|\n| {accepts} | `{default}` | `{variable}` | \
         {read_again} |\n"
    )
}

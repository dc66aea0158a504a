//! Completions and the manual: every command is in them, a shell takes the one, and a reader of manuals the other.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::program::output;

fn printed(arguments: &[&str]) -> String {
    let output = output(arguments);
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a program says of a text it is given on standard input.
fn told(program: &str, arguments: &[&str], text: &str) -> Output {
    let mut command = Command::new(program);
    let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{program}: {error}"));
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// The commands as the help lists them.
fn commands() -> Vec<String> {
    let help = printed(&["--help"]);
    let lines =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<_> = names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    assert!(names.len() > 10 && names.contains(&"serve".to_owned()), "{help}");
    names.into_iter().filter(|name| name != "help").collect()
}

#[test]
fn every_shell_can_complete_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = printed(&["completions", shell]);
        for command in commands() {
            assert!(script.contains(&command), "{shell}: {command}");
        }
        assert!(script.contains("--config"), "{shell}");
    }
}

#[test]
fn bash_completes_commands_and_options() {
    let script = printed(&["completions", "bash"]);
    let checked = told("bash", &["-n"], &script);
    assert!(checked.status.success() && checked.stderr.is_empty(), "{checked:?}");
    for (line, expected) in [
        (["portalgraph", "se"].as_slice(), "serve"),
        (&["portalgraph", "serve", "--conf"], "--config"),
        (&["portalgraph", "completions", "f"], "fish"),
        (&["portalgraph", "docs", "conf"], "configuration"),
        (&["portalgraph", "token", "n"], "new"),
    ] {
        let (last, place) = (line[line.len() - 1], line.len() - 1);
        let before = line[place - 1];
        let words = line.join(" ");
        let asked = format!(
            "{script}\nCOMP_WORDS=({words})\nCOMP_CWORD={place}\n_portalgraph portalgraph '{last}' '{before}'\n\
             printf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
        );
        let completed = told("bash", &["--norc"], &asked);
        let offered = String::from_utf8(completed.stdout).unwrap();
        assert_eq!(offered.lines().collect::<Vec<_>>(), [expected], "{words}");
    }
}

#[test]
fn every_command_has_a_page_that_readers_of_manuals_take() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("man");
    // It is there if the test ran before.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    assert_eq!(printed(&["man", "--folder", folder.to_str().unwrap()]), "");
    let names: BTreeSet<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for command in commands() {
        assert!(names.contains(&format!("portalgraph-{command}.1")), "{names:?}");
    }
    assert!(names.contains("portalgraph.1") && names.contains("portalgraph-token-new.1"), "{names:?}");
    for name in &names {
        let page = fs::read_to_string(folder.join(name)).unwrap();
        let words: Vec<_> = name.trim_end_matches(".1").split('-').skip(1).collect();
        assert_eq!(printed(&[&["man"], words.as_slice()].concat()), page, "{name}");
        let shown = told("groff", &["-man", "-Tutf8", "-ww", "-P-cbou"], &page);
        assert!(
            shown.status.success() && shown.stderr.is_empty(),
            "{name}: {}",
            String::from_utf8_lossy(&shown.stderr)
        );
        let text = String::from_utf8(shown.stdout).unwrap();
        for part in ["NAME", "SYNOPSIS", "portalgraph"] {
            assert!(text.contains(part), "{name}: {text}");
        }
    }
    let refused = output(&["man", "sreve"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(2) && said.contains("sreve"), "{said}");
}

//! The rules of the house that a compiler does not hold: floors, file length, first lines, names.

use std::fs;
use std::path::{Path, PathBuf};

/// Bottom first: a floor may import from those before it. `simulator` stands beside the house.
const FLOORS: [(&str, &[&str]); 11] = [
    ("config", &[]),
    ("upstream", &["config"]),
    ("portal", &["upstream", "config"]),
    ("icws", &["upstream", "config"]),
    ("store", &["upstream", "config"]),
    ("session", &["store", "portal", "icws", "upstream", "config"]),
    ("caller", &["session", "store", "portal", "icws", "upstream", "config"]),
    ("graph", &["caller", "session", "store", "portal", "icws", "upstream", "config"]),
    ("server", &["graph", "caller", "session", "store", "portal", "icws", "upstream", "config"]),
    ("simulator", &["portal", "icws", "upstream", "config"]),
    (
        "cli",
        &[
            "server",
            "simulator",
            "graph",
            "caller",
            "session",
            "store",
            "portal",
            "icws",
            "upstream",
            "config",
        ],
    ),
];

const LONGEST: usize = 400;

fn rust_files(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                into.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    if root.join(folder).is_dir() {
        walk(&root.join(folder), &mut files);
    }
    for (path, _) in &mut files {
        *path = path.strip_prefix(root).unwrap().to_owned();
    }
    files
}

fn all_files() -> Vec<(PathBuf, String)> {
    ["src", "tests", "benches"].into_iter().flat_map(rust_files).collect()
}

#[test]
fn imports_point_down() {
    let mut wrong = Vec::new();
    for (floor, allowed) in FLOORS {
        for (path, text) in rust_files(&format!("src/{floor}")) {
            // `{` after `crate::` would hide floors from this test, so it is not allowed at all.
            for (place, _) in text.match_indices("crate::") {
                let name: String =
                    text[place + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let is_floor = FLOORS.iter().any(|(known, _)| *known == name);
                if name.is_empty() || (is_floor && name != floor && !allowed.contains(&name.as_str())) {
                    wrong.push(format!("{}: crate::{name}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports that point up:\n{}", wrong.join("\n"));
}

#[test]
fn every_folder_of_the_source_is_a_floor() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(root).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let known =
            FLOORS.iter().any(|(floor, _)| *floor == name) || ["main.rs", "lib.rs"].contains(&name.as_str());
        assert!(known, "src/{name} is no floor");
    }
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let long: Vec<_> = all_files()
        .into_iter()
        .map(|(path, text)| (text.lines().count(), path))
        .filter(|(lines, _)| *lines > LONGEST)
        .collect();
    assert!(long.is_empty(), "find the two subjects of {long:?}");
}

#[test]
fn every_file_opens_with_a_sentence_that_says_what_it_is() {
    for (path, text) in all_files() {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 12, "{}: {first}", path.display());
    }
}

#[test]
fn no_file_is_a_place_that_collects() {
    for (path, _) in all_files() {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(
            !["util", "utils", "common", "helper", "helpers", "types"].contains(&name.as_str()),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_field_that_can_fail_and_be_null_is_nulled_alone() {
    for (path, text) in rust_files("src/graph") {
        // The engine nulls the parent of a resolver that answers `Result<Option<T>>`; `Nullable<T>` is the way.
        let mut is_resolver = false;
        for line in text.lines() {
            is_resolver = (is_resolver || line.starts_with("#[Object")) && line != "}";
            let fails = is_resolver && line.contains("Result<Option<");
            assert!(!fails, "{}: {line}", path.display());
        }
    }
}

#[test]
fn lists_of_the_graph_keep_the_whole_path_of_an_error() {
    for (path, text) in rust_files("src/graph") {
        let mut is_resolver = false;
        for line in text.lines() {
            is_resolver = (is_resolver || line.starts_with("#[Object")) && line != "}";
            let answers = line.split_once("->").map(|(_, answer)| answer).unwrap_or_default();
            assert!(!(is_resolver && answers.contains("Vec<")), "{}: {line}: use List", path.display());
        }
    }
}

#[test]
fn no_resolver_reads_a_clock() {
    // What depends on the moment must not be kept, which `caller/basis.rs` can only note of what it sees read.
    for (path, text) in rust_files("src/graph").into_iter().chain(rust_files("src/caller/eligibility")) {
        for clock in ["Timestamp::now", "Instant::now", "SystemTime", "Zoned::now"] {
            assert!(!text.contains(clock), "{}: {clock}", path.display());
        }
    }
}

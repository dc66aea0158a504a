//! Settings and JSON that the documents show are accepted as they stand.

use std::fs;
use std::iter;
use std::path::PathBuf;

use portalgraph::config::Config;
use serde_json::Value;

use super::block::blocks;

/// What stands for a hash in the documents, so that nobody pastes one that opens nothing.
const HASH: &str = "<the hash that was printed>";

#[test]
fn every_setting_is_one_and_has_a_value_it_accepts() {
    let mut count = 0;
    for block in blocks().into_iter().filter(|block| block.language == "toml") {
        count += 1;
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("docs-{count}.toml"));
        fs::write(&path, block.text.replace(HASH, &"a1".repeat(32))).unwrap();
        let loaded = Config::load(Some(&path), iter::empty());
        assert!(loaded.is_ok(), "{}: {}", block.place, loaded.unwrap_err());
        assert_ne!(loaded.unwrap(), Config::default(), "{} changes nothing", block.place);
    }
    assert!(count > 5, "{count}");
}

#[test]
fn every_json_can_be_read() {
    let mut of_command = false;
    let mut count = 0;
    for block in blocks() {
        // What a command prints is compared by whoever runs it, with `…` for what differs.
        of_command = block.language == "sh" || of_command && block.follows;
        if block.language == "json" && !of_command {
            count += 1;
            let read: Result<Value, _> = serde_json::from_str(&block.text);
            assert!(read.is_ok(), "{}: {}", block.place, read.unwrap_err());
        }
    }
    assert!(count > 3, "{count}");
}

//! The blocks of code of the documents, each with its page and line, and the words that may stand beside its language.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A block of code between fences.
#[derive(Debug)]
pub struct Block {
    /// Where it stands, as `page:line`.
    pub place: String,
    /// The first word beside the fence.
    pub language: String,
    /// The other words beside it: `error=FORBIDDEN`, `not-run="needs Docker"`.
    pub options: BTreeMap<String, String>,
    /// What it holds, without the indentation of its fence.
    pub text: String,
    /// Whether it stands right below another one, with nothing but blank lines between.
    pub follows: bool,
}

/// Which words may stand beside which language.
const OPTIONS: [(&str, &[&str]); 10] = [
    // The code that the answer's error, or that of its mutation's user error, is to have.
    ("graphql", &["error", "user-error"]),
    // Why nobody runs it here; and what it says before the next one may begin, if it goes on by itself.
    ("sh", &["not-run", "until"]),
    ("toml", &[]),
    ("json", &[]),
    ("text", &[]),
    ("csv", &[]),
    ("js", &[]),
    ("tsx", &[]),
    ("ts", &[]),
    ("python", &[]),
];

/// Every document: its path and its text.
pub fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = Vec::new();
    for folder in [".", "docs", "examples/web", "examples/python"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let name =
                    path.strip_prefix(root).unwrap().to_str().unwrap().trim_start_matches("./").to_owned();
                pages.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    pages.sort();
    assert!(pages.len() > 15, "{}", pages.len());
    pages
}

/// Every block of every document, in order.
pub fn blocks() -> Vec<Block> {
    pages().iter().flat_map(|(page, text)| blocks_of(page, text)).collect()
}

fn blocks_of(page: &str, text: &str) -> Vec<Block> {
    let mut blocks = Vec::<Block>::new();
    let mut open = None;
    let mut follows = false;
    for (number, line) in (1..).zip(text.lines()) {
        let indent = line.len() - line.trim_start().len();
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(info), None) => {
                let (language, options) = options(info);
                let block = Block {
                    place: format!("{page}:{number}"),
                    language,
                    options,
                    text: String::new(),
                    follows,
                };
                open = Some((block, indent));
            }
            (Some(_), Some(_)) => {
                blocks.extend(open.take().map(|(block, _)| block));
                follows = true;
            }
            (None, Some((block, indent))) => {
                block.text.push_str(line.get(*indent..).unwrap_or_default());
                block.text.push('\n');
            }
            (None, None) => follows = follows && line.trim().is_empty(),
        }
    }
    assert!(open.is_none(), "{page}: a block is not closed");
    blocks
}

/// The language and the options of a fence.
fn options(info: &str) -> (String, BTreeMap<String, String>) {
    let (language, mut rest) = info.trim().split_once(' ').unwrap_or((info.trim(), ""));
    let mut options = BTreeMap::new();
    while let Some((name, after)) = rest.trim_start().split_once('=') {
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(' ').unwrap_or((after, "")),
        };
        options.insert(name.to_owned(), value.to_owned());
        rest = left;
    }
    assert!(rest.trim().is_empty(), "{info}: {rest}");
    (language.to_owned(), options)
}

#[test]
fn every_block_says_what_it_is() {
    for block in blocks() {
        let known = OPTIONS.iter().find(|(language, _)| *language == block.language);
        let (_, options) =
            known.unwrap_or_else(|| panic!("{}: nobody tests `{}`", block.place, block.language));
        for (name, value) in &block.options {
            assert!(options.contains(&name.as_str()), "{}: nobody knows {name}", block.place);
            assert!(value.len() > 2, "{}: {name} says too little", block.place);
        }
    }
}

#[test]
fn a_block_is_read_with_its_options_and_without_its_indentation() {
    let text = "1. So:\n\n   ```sh not-run=\"needs Docker, and time\" until=x\n   a\n     b\n   ```\n\n   ```text\n   c\n   ```\nAnd\n```json\n1\n```\n";
    let blocks = blocks_of("page", text);
    let [first, second, third] = blocks.as_slice() else { panic!("{blocks:?}") };
    assert_eq!((first.language.as_str(), first.text.as_str(), first.follows), ("sh", "a\n  b\n", false));
    assert_eq!(
        (first.options["not-run"].as_str(), first.options["until"].as_str()),
        ("needs Docker, and time", "x")
    );
    assert_eq!((second.text.as_str(), second.follows, second.place.as_str()), ("c\n", true, "page:8"));
    assert!(!third.follows);
}

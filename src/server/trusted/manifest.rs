//! Documents as files have them: a folder of `*.graphql`, or a manifest in JSON as the usual tools write it.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::listed::TrustedError;

/// The largest file that is read.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// What Apollo's tool writes into its manifest as `format`.
const APOLLO: &str = "apollo-persisted-query-manifest";

/// A document before anybody has looked at it.
pub(super) struct Entry {
    /// What it is called beside its SHA-256: the id in the manifest, the name of the file.
    pub(super) id: String,
    pub(super) text: String,
    /// The file it is in.
    pub(super) file: PathBuf,
}

/// All documents of a folder or of a manifest, in the order of their ids there.
pub(super) fn read(path: &Path) -> Result<Vec<Entry>, TrustedError> {
    let unreadable = |reason| TrustedError::Unreadable { file: path.to_owned(), reason };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return of_manifest(path);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.extension().is_some_and(|extension| extension == "graphql") {
            files.push(file);
        }
    }
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            Ok(Entry { id, text: text_of(&file)?, file })
        })
        .collect()
}

fn text_of(file: &Path) -> Result<String, TrustedError> {
    let unreadable = |reason| TrustedError::Unreadable { file: file.to_owned(), reason };
    if fs::metadata(file).map_err(unreadable)?.len() > MAX_FILE_BYTES {
        return Err(malformed(file, format!("is larger than {MAX_FILE_BYTES} bytes")));
    }
    fs::read_to_string(file).map_err(unreadable)
}

fn of_manifest(file: &Path) -> Result<Vec<Entry>, TrustedError> {
    let Members(members) = serde_json::from_str(&text_of(file)?)
        .map_err(|error| malformed(file, format!("is no manifest: {error}")))?;
    let is_apollos = members.iter().any(|(name, value)| name == "format" && value == APOLLO);
    if is_apollos {
        return of_apollo(file, &members);
    }
    members
        .into_iter()
        .map(|(id, text)| match text {
            Value::String(text) => Ok(Entry { id, text, file: file.to_owned() }),
            _ => Err(malformed(file, format!("has something else than a text at \"{id}\""))),
        })
        .collect()
}

fn of_apollo(file: &Path, members: &[(String, Value)]) -> Result<Vec<Entry>, TrustedError> {
    let member = |wanted: &str| members.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
    if member("version") != Some(&Value::from(1)) {
        return Err(malformed(file, "is a manifest of Apollo's of another version than 1".to_owned()));
    }
    let operations = member("operations").and_then(Value::as_array);
    let operations =
        operations.ok_or_else(|| malformed(file, "has no list of `operations`".to_owned()))?.iter();
    operations
        .enumerate()
        .map(|(place, operation)| match (operation["id"].as_str(), operation["body"].as_str()) {
            (Some(id), Some(text)) => {
                Ok(Entry { id: id.to_owned(), text: text.to_owned(), file: file.to_owned() })
            }
            _ => Err(malformed(file, format!("has no `id` or no `body` in operations[{place}]"))),
        })
        .collect()
}

fn malformed(file: &Path, problem: String) -> TrustedError {
    TrustedError::Malformed { file: file.to_owned(), problem }
}

/// The members of a JSON object, also those that are there twice.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of documents by their ids")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        json.deserialize_map(InOrder)
    }
}

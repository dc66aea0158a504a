//! The operator's list of documents: each looked at as a request's would be, before the first request comes.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::manifest::{self, Entry};
use crate::graph::Schema;
use crate::server::document::{Document, Documents};

/// How many documents may be listed.
const MAX_DOCUMENTS: usize = 10_000;

/// How much memory they may take together, about.
const MAX_BYTES: usize = 256 * 1024 * 1024;

/// The name of no operation: a space cannot be in one.
const NO_OPERATION: &str = "no operation";

/// Why the gateway does not serve with these documents.
#[derive(Debug, thiserror::Error)]
pub enum TrustedError {
    /// A file or the folder is not there or may not be read.
    #[error("trusted_documents.path: {}: it cannot be read: {reason}", .file.display())]
    Unreadable {
        /// The file or folder.
        file: PathBuf,
        /// What the operating system said.
        reason: io::Error,
    },
    /// A file is none of the known kinds.
    #[error("trusted_documents.path: {} {problem}", .file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// There is no document at all.
    #[error("trusted_documents.path: {}: there are no documents", .0.display())]
    Empty(PathBuf),
    /// There are more than fit.
    #[error(
        "trusted_documents.path: {}: there are more documents than {MAX_DOCUMENTS}, or they take more than {MAX_BYTES} \
         bytes",
        .0.display()
    )]
    TooMany(PathBuf),
    /// One id names two texts.
    #[error("trusted_documents.path: {}: the id \"{id}\" is another document's too", .file.display())]
    Ambiguous {
        /// The file of the second.
        file: PathBuf,
        /// The id.
        id: String,
    },
    /// A document does not fit the schema or is beyond a limit.
    #[error("trusted_documents.path: {}: the document \"{id}\": {problem}", .file.display())]
    Invalid {
        /// The file it is in.
        file: PathBuf,
        /// Its id.
        id: String,
        /// What a client would have been told.
        problem: String,
    },
}

/// Reads all documents, gives them to `documents`, and answers each id's text.
pub(super) async fn load(
    path: &Path,
    schema: &Schema,
    documents: &mut Documents,
) -> Result<HashMap<String, Arc<str>>, TrustedError> {
    let entries = manifest::read(path)?;
    if entries.is_empty() {
        return Err(TrustedError::Empty(path.to_owned()));
    }
    let mut texts: HashMap<String, Arc<str>> = HashMap::new();
    let (mut count, mut bytes) = (0, 0);
    for Entry { id, text, file } in entries {
        let text: Arc<str> = text.into();
        for id in [id.clone(), format!("{:x}", Sha256::digest(&*text))] {
            let known = texts.entry(id.clone()).or_insert_with(|| Arc::clone(&text));
            if *known != text {
                return Err(TrustedError::Ambiguous { file, id });
            }
        }
        if documents.is_trusted(&text) {
            continue;
        }
        let document = match checked(&text, schema, documents).await {
            Ok(document) => document,
            Err(problem) => return Err(TrustedError::Invalid { file, id, problem }),
        };
        count += 1;
        bytes += document.weight(&text);
        if count > MAX_DOCUMENTS || bytes > MAX_BYTES {
            return Err(TrustedError::TooMany(path.to_owned()));
        }
        documents.trust(text, document, &id);
    }
    Ok(texts)
}

async fn checked(text: &str, schema: &Schema, documents: &Documents) -> Result<Document, String> {
    let document = documents.read(text).map_err(|refusal| refusal.message)?;
    // The engine validates all of a document before it looks for the operation, and does not find this one: what is left
    // to complain of is that, and nothing is executed.
    let mut request = async_graphql::Request::new(String::new()).operation_name(NO_OPERATION);
    request.set_parsed_query(document.parsed.clone());
    let errors = schema.execute(request).await.errors;
    let mut problems = errors.iter().filter(|error| !error.message.contains(NO_OPERATION));
    if let Some(problem) = problems.next() {
        let place = problem.locations.first();
        let place = place.map(|at| format!(" (line {}, column {})", at.line, at.column));
        return Err(format!("{}{}", problem.message, place.unwrap_or_default()));
    }
    document.found_valid();
    Ok(document)
}

//! Documents that clients name instead of sending them: those the operator has listed, and those made known by clients.

mod automatic;
mod listed;
mod manifest;

use std::collections::HashMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

pub use self::listed::TrustedError;

use self::automatic::{Automatic, Hash};
use super::document::Documents;
use super::question::{Named, Posed, Question};
use super::refusal::{
    BAD_USER_INPUT, DOCUMENT_NOT_ALLOWED, PERSISTED_QUERY_NOT_FOUND, PERSISTED_QUERY_NOT_SUPPORTED, Refusal,
};
use crate::config::{self, TrustedMode};
use crate::graph::Schema;

/// Before an id that is the SHA-256 of the text, as GraphQL over HTTP proposes it.
const PREFIX: &str = "sha256:";

/// Every document that can be named.
pub(super) struct TrustedDocuments {
    /// The operator's by each of their ids, for as long as the gateway runs.
    listed: HashMap<String, Arc<str>>,
    is_only: bool,
    automatic: Option<Automatic>,
}

impl TrustedDocuments {
    /// What the settings list, each parsed, measured and held against the schema.
    pub(super) async fn load(
        settings: &config::TrustedDocuments,
        schema: &Schema,
        documents: &mut Documents,
    ) -> Result<Self, TrustedError> {
        let listed = if settings.path.is_empty() {
            HashMap::new()
        } else {
            listed::load(settings.path.as_ref(), schema, documents).await?
        };
        let automatic =
            (settings.automatic_max_bytes > 0).then(|| Automatic::new(settings.automatic_max_bytes));
        Ok(Self { listed, is_only: settings.mode == TrustedMode::Only, automatic })
    }

    /// What a request asks, with the document it names put in.
    pub(super) async fn question(&self, posed: Posed, documents: &Documents) -> Result<Question, Refusal> {
        let Posed { query, named, operation_name, variables } = posed;
        let query = match (query, named) {
            (Some(text), named) => {
                if self.is_only && !documents.is_trusted(&text) {
                    return Err(not_allowed());
                }
                match named {
                    Some(Named::Id(_)) => return Err(twice()),
                    Some(Named::Hash(hash)) => self.make_known(&hash, &text, documents).await?,
                    None => {}
                }
                text
            }
            (None, Some(Named::Id(id))) => self.find(&id).ok_or_else(|| {
                let message =
                    "No document of this id is known here: send another id, or the text as `query`.";
                Refusal::of_request(PERSISTED_QUERY_NOT_FOUND, message)
            })?,
            (None, Some(Named::Hash(hash))) => self.find(&hash).ok_or_else(|| self.not_found())?,
            (None, None) => return Err(Refusal::malformed("`query` is missing.")),
        };
        Ok(Question { query, operation_name, variables })
    }

    /// The text of a document of the operator's list, by any of its ids.
    pub(super) fn listed(&self, id: &str) -> Option<&Arc<str>> {
        self.listed.get(id.strip_prefix(PREFIX).unwrap_or(id))
    }

    /// Whether the operator has listed any.
    pub(super) fn has_listed(&self) -> bool {
        !self.listed.is_empty()
    }

    fn find(&self, id: &str) -> Option<String> {
        let hash = id.strip_prefix(PREFIX).unwrap_or(id);
        let listed = self.listed.get(id).or_else(|| self.listed.get(hash)).cloned();
        let automatic = || self.automatic.as_ref()?.get(Hash::parse(hash)?);
        listed.or_else(automatic).map(|text| text.to_string())
    }

    /// Looks whether a text has this hash, and keeps it by it where clients may make documents known.
    async fn make_known(&self, hash: &str, text: &str, documents: &Documents) -> Result<(), Refusal> {
        let found = Hash(Sha256::digest(text).into());
        if Hash::parse(hash) != Some(found) {
            let message = "`extensions.persistedQuery.sha256Hash` is not the SHA-256 of `query`.";
            return Err(Refusal::malformed(message));
        }
        if let Some(automatic) = &self.automatic {
            // What is no document, is beyond a limit or may hold a password is not kept.
            if documents.get(text).await?.is_keepable() {
                automatic.keep(found, text);
            }
        }
        Ok(())
    }

    /// Clients that make documents known wait for these very words: after the first they send the text with the hash, after
    /// the second they never send a hash again.
    fn not_found(&self) -> Refusal {
        if self.listed.is_empty() && self.automatic.is_none() {
            Refusal::of_request(PERSISTED_QUERY_NOT_SUPPORTED, "PersistedQueryNotSupported")
        } else {
            Refusal::of_request(PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
        }
    }
}

fn twice() -> Refusal {
    let message = "A document is either sent as `query` or named as `documentId`, not both.";
    Refusal::of_request(BAD_USER_INPUT, message)
}

fn not_allowed() -> Refusal {
    let message = "This gateway answers only the documents its operator has listed (trusted_documents.mode is \"only\"): \
                   send the id of one as `documentId`, or its text to the letter.";
    Refusal::of_request(DOCUMENT_NOT_ALLOWED, message)
}

//! `[limits]`: what one query may ask for.

use serde::{Deserialize, Serialize};

/// Who may ask for the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Introspection {
    /// Anyone who reaches the gateway.
    Everyone,
    /// Clients with a session.
    SignedIn,
    /// No one.
    Nobody,
}

/// Who may be told how their requests are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Explain {
    /// No one.
    Nobody,
    /// Clients with a session.
    SignedIn,
    /// Those whose names are listed.
    Listed,
}

/// What one query may ask for.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Who may ask for the schema.
    pub introspection: Introspection,
    /// Who may be told how their requests are answered.
    pub explain: Explain,
    /// The login names at the portal and the service accounts that `listed` means.
    pub explain_names: Vec<String>,
    /// How deep a query may nest.
    pub max_depth: usize,
    /// How many tokens (names, punctuation, values) a document may have.
    pub max_tokens: usize,
    /// How many aliases a query may use.
    pub max_aliases: usize,
    /// How many fragment spreads a query may come to once spreads inside fragments are counted each time.
    pub max_fragment_spreads: usize,
    /// How many fields a query may come to once fragments are spread, before lists are counted.
    pub max_fields: usize,
    /// How many different fields an operation may come to.
    pub max_height: usize,
    /// How many fields of the root an operation may ask for, each alias by itself.
    pub max_root_fields: usize,
    /// How many uses of directives a document may have.
    pub max_directives: usize,
    /// How many items a list may have, written out in the document or anywhere in the variables.
    pub max_list_items: usize,
    /// How many operations a request may hold.
    pub max_batched_operations: usize,
    /// How many calls of the upstreams a request may make.
    pub max_portal_calls: usize,
    /// How many records one page of a connection may hold.
    pub max_page_size: usize,
    /// How many records a connection answers when neither `first` nor `last` is given.
    pub default_page_size: usize,
}

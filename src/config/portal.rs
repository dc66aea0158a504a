//! `[portal]`: the administration portal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::dialect::Dialect;

/// An encoding of a login field; the guide says only "Hex64".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// Standard base64 of the UTF-8 text, padded.
    Base64,
    /// URL-safe base64 of the UTF-8 text, padded.
    Base64url,
    /// Lower-case hexadecimal of the UTF-8 text.
    Hex,
    /// Hexadecimal of the base64 text.
    HexOfBase64,
    /// Base64 of the hexadecimal text.
    Base64OfHex,
    /// The text itself.
    Plain,
}

/// Which calls carry the token in their body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthTokenMode {
    /// Every protected call.
    Always,
    /// Only calls whose request table lists it.
    DocumentedOnly,
}

/// The administration portal.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    /// Where the administration portal is, without a path.
    pub url: String,
    /// Where the callback service is, without a path.
    pub callback_url: String,
    /// The authorities one of which is to have signed the portal's certificate, in PEM; empty for those of the machine.
    pub ca_file: String,
    /// The certificate the gateway shows the portal, in PEM; empty for none.
    pub client_certificate_file: String,
    /// The key to it, in PEM.
    pub client_key_file: String,
    /// How the user name and the password of login are encoded.
    pub login_encoding: Encoding,
    /// How the user name is encoded when a tenant is selected.
    pub tenant_selection_encoding: Encoding,
    /// Which calls carry the token in their body.
    pub auth_token_mode: AuthTokenMode,
    /// The longest a connection to the portal may take to open, in milliseconds.
    pub connect_timeout_milliseconds: u64,
    /// The longest one call of the portal may take, in milliseconds.
    pub call_timeout_milliseconds: u64,
    /// The largest answer of the portal that is read, in bytes (after decompression).
    pub max_answer_bytes: usize,
    /// How many calls may be under way at once, for all clients together.
    pub max_concurrent_calls: usize,
    /// How many calls may be under way at once for one gateway session.
    pub max_concurrent_calls_per_session: usize,
    /// How many calls may wait for room, for all clients together.
    pub max_waiting_calls: usize,
    /// Whether fewer calls are under way at once while the portal is slower than it was, or fails.
    pub adaptive_concurrency: bool,
    /// After how long a slow point read is put a second time, in milliseconds.
    pub hedge_milliseconds: u64,
    /// What the guide leaves open beyond names.
    pub dialect: Dialect,
    /// Other names for outgoing fields, by operation and field.
    pub rename: BTreeMap<String, BTreeMap<String, String>>,
}

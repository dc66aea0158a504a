//! `[icws]`: the second upstream, ICWS, and what its reference leaves open.

use serde::{Deserialize, Serialize};

/// The media type that requests are sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum IcwsContentType {
    /// The vendor's own type, as its published client sends it.
    #[serde(rename = "application/vnd.inin.icws+JSON;charset=utf-8")]
    Vendor,
    /// Plain JSON.
    #[serde(rename = "application/json")]
    Json,
}

impl IcwsContentType {
    /// The value of the header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vendor => "application/vnd.inin.icws+JSON;charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// How an enum's value is written in a request; both are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EnumForm {
    /// As its number.
    Number,
    /// As its name.
    Name,
}

/// How ICWS compares texts in `where` and `orderBy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TextComparison {
    /// Without regard to case.
    IgnoreCase,
    /// Character by character.
    Exact,
}

/// What the reference of ICWS leaves open.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct IcwsDialect {
    /// The media type that requests are sent as.
    pub content_type: IcwsContentType,
    /// How an enum's value is written.
    pub enum_form: EnumForm,
    /// The number of the first row in `Range` and `Content-Range`.
    pub first_item: usize,
    /// How ICWS compares texts, so that the gateway filters alike.
    pub text_comparison: TextComparison,
    /// Whether `Range` is sent with a query that selects no property.
    pub sends_range_without_select: bool,
}

/// The second upstream, ICWS.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Icws {
    /// Where ICWS (Genesys PureConnect) is, without a path.
    pub url: String,
    /// The authorities one of which is to have signed the ICWS server's certificate, in PEM; empty for those of the machine.
    pub ca_file: String,
    /// The certificate the gateway shows ICWS, in PEM; empty for none.
    pub client_certificate_file: String,
    /// The key to it, in PEM.
    pub client_key_file: String,
    /// The name under which the gateway connects.
    pub application_name: String,
    /// The language ICWS is asked for, which its connection request needs.
    pub accept_language: String,
    /// The longest a connection to ICWS may take to open, in milliseconds.
    pub connect_timeout_milliseconds: u64,
    /// The longest one call of ICWS may take, in milliseconds.
    pub call_timeout_milliseconds: u64,
    /// The largest answer of ICWS that is read, in bytes (after decompression).
    pub max_answer_bytes: usize,
    /// How many calls may be under way at once, for all clients together.
    pub max_concurrent_calls: usize,
    /// How many calls may be under way at once for one gateway session.
    pub max_concurrent_calls_per_session: usize,
    /// How many calls may wait for room, for all clients together.
    pub max_waiting_calls: usize,
    /// Whether fewer calls are under way at once while ICWS is slower than it was, or fails.
    pub adaptive_concurrency: bool,
    /// How long a created role is waited for until it can be read, in milliseconds.
    pub role_creation_wait_milliseconds: u64,
    /// What the reference leaves open.
    pub dialect: IcwsDialect,
}

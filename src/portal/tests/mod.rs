//! Records as the portal may spell them.

mod examples;
mod properties;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::record::record;
use super::scalar::{Instant, UserId};

record! {
    /// A record with a field of every kind.
    pub struct Sample {
        /// A whole number.
        whole: Option<i64> = "wholeNumber" | "count",
        /// Text.
        text: Option<String> = "someText",
        /// A flag.
        flag: Option<bool> = "isFlagged" | "flagged",
        /// An instant.
        changed_at: Option<Instant> = "lastChangedAt",
        /// An id.
        key: Option<UserId> = "idProgramUser",
        /// A list of text.
        words: Vec<String> = "listOfWords",
        /// An open map.
        flags: BTreeMap<String, bool> = "flagsMap",
        /// An object.
        inner: Option<Arc<Inner>> = "innerObject",
        /// A list of objects.
        rows: Vec<Arc<Inner>> = "innerRows" | "rows",
    }
}

record! {
    /// A record below a record.
    pub struct Inner {
        /// A name.
        name: Option<String> = "innerName",
        /// A count.
        count: Option<i64> = "innerCount",
        /// Objects below objects.
        deeper: Vec<Arc<Inner>> = "deeperRows",
    }
}

record! {
    /// A list of records with a field of every kind.
    pub struct Rows {
        /// The records.
        rows: Vec<Arc<Sample>> = "rows",
    }
}

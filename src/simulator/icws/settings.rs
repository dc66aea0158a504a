//! How this ICWS is set up, and what it is told to answer next.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

/// How this ICWS is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long a session lives unused; the contract knows no number.
    pub idle: Duration,
    /// How long a session lives at most.
    pub longest: Duration,
    /// At which of its names this server accepts connections.
    pub accepting: Accepting,
    /// The other hosts, named in every answer to a connection request.
    pub alternate_hosts: Vec<String>,
    /// The error id of a connection that is not accepted.
    pub refusal_id: String,
    /// Where a new session's id and token are told.
    pub proofs: Proofs,
    /// The media type of every body.
    pub content_type: String,
    /// The version of the feature `configuration`.
    pub configuration_version: u32,
    /// How long a role stays unseen after it was created.
    pub appears_after: Duration,
    /// Whether conditions and sorting tell upper case from lower.
    pub exact_case: bool,
    /// Enumerations by name instead of number.
    pub enum_names: bool,
    /// Dates as ISO 8601 instead of the compact form.
    pub iso_dates: bool,
    /// How the range of an answer is told.
    pub content_range: ContentRange,
    /// The number of the first row in ranges.
    pub first_item: usize,
    /// How the answer to a connection request tells who is signed in.
    pub user_ids: UserIds,
    /// The longest id, and the longest display name.
    pub longest_name: usize,
    /// The longest notes.
    pub longest_notes: usize,
    /// What the next creations are answered, whatever they hold; each counts once.
    pub verdicts: VecDeque<Verdict>,
}

/// At which of its names a server accepts connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Accepting {
    /// At all of them.
    #[default]
    Everywhere,
    /// At none: every connection is sent elsewhere.
    Nowhere,
    /// Not at these, as the `Host` header has them without the port.
    ExceptAt(BTreeSet<String>),
}

/// Where a new session's id and token are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proofs {
    /// In headers and in the body.
    #[default]
    Both,
    /// In headers only.
    Headers,
    /// In the body only.
    Body,
}

/// How the answer to a connection request tells who is signed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserIds {
    /// By `userID`.
    #[default]
    Told,
    /// By a `userID` of blanks.
    Blank,
    /// Not at all.
    Absent,
}

/// How the range of an answer is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContentRange {
    /// `items 0-9/200`.
    #[default]
    Full,
    /// `items 0-9/*`.
    WithoutTotal,
    /// Not at all.
    Absent,
}

/// An answer to a creation, ordered by a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not created: 400 with these errors.
    Refused {
        /// `validationErrorType` with the property's name and value.
        validation: Vec<(u64, String, String)>,
        /// `licenseErrorType` with the licence's id.
        licenses: Vec<(u64, String)>,
    },
    /// Created: 201 with these licence warnings.
    Warned {
        /// `licenseErrorType` with the licence's id.
        licenses: Vec<(u64, String)>,
    },
}

impl Verdict {
    /// One validation error, about the display name.
    #[must_use]
    pub fn invalid(validation_error_type: u64) -> Self {
        let error = (validation_error_type, "configurationId.displayName".to_owned(), "refused".to_owned());
        Self::Refused { validation: vec![error], licenses: Vec::new() }
    }

    /// One licence error.
    #[must_use]
    pub fn unlicensed(license_error_type: u64) -> Self {
        let error = (license_error_type, "I3_ACCESS_CLIENT".to_owned());
        Self::Refused { validation: Vec::new(), licenses: vec![error] }
    }

    /// One licence warning.
    #[must_use]
    pub fn warned(license_error_type: u64) -> Self {
        Self::Warned { licenses: vec![(license_error_type, "I3_ACCESS_CLIENT".to_owned())] }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            idle: Duration::from_mins(30),
            longest: Duration::from_hours(24),
            accepting: Accepting::Everywhere,
            alternate_hosts: Vec::new(),
            refusal_id: "error.server.notAcceptingConnections".to_owned(),
            proofs: Proofs::Both,
            content_type: "application/vnd.inin.icws+JSON;charset=utf-8".to_owned(),
            configuration_version: 11,
            appears_after: Duration::ZERO,
            exact_case: false,
            enum_names: false,
            iso_dates: false,
            content_range: ContentRange::Full,
            first_item: 0,
            user_ids: UserIds::Told,
            longest_name: 64,
            longest_notes: 2_000,
            verdicts: VecDeque::new(),
        }
    }
}

//! `Noun`: the kinds of record, by which kept answers are forgotten after a write.

use serde::{Deserialize, Serialize};

/// A kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[repr(usize)]
pub enum Noun {
    /// Users and agents, which are one record.
    User,
    /// Skill groups and who is in them.
    SkillGroup,
    /// Attributes and who has them.
    Attribute,
    /// Precision queues with their steps.
    PrecisionQueue,
    /// Callbacks.
    Callback,
    /// Access groups and collections.
    Access,
    /// Departments, sites, role groups and the other catalogues.
    Catalogue,
    /// Roles of ICWS.
    IcwsRole,
}

impl Noun {
    /// Every noun, in the order of its number.
    pub const ALL: [Self; 8] = [
        Self::User,
        Self::SkillGroup,
        Self::Attribute,
        Self::PrecisionQueue,
        Self::Callback,
        Self::Access,
        Self::Catalogue,
        Self::IcwsRole,
    ];
}

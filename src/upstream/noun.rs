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

    /// How counters name it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::SkillGroup => "skill_group",
            Self::Attribute => "attribute",
            Self::PrecisionQueue => "precision_queue",
            Self::Callback => "callback",
            Self::Access => "access",
            Self::Catalogue => "catalogue",
            Self::IcwsRole => "icws_role",
        }
    }
}

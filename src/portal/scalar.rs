//! The scalars of the wire: whole numbers, text, flags, instants, secrets and ids, each read from any form it comes in.

use std::fmt;

use serde::{Serialize, Serializer};

use super::tolerant::Leaf;

impl Leaf for i64 {
    const EXPECTED: &'static str = "a whole number";

    fn from_integer(value: i64) -> Option<Self> {
        Some(value)
    }

    fn from_text(value: &str) -> Option<Self> {
        value.trim().parse().ok()
    }
}

impl Leaf for String {
    const EXPECTED: &'static str = "text";

    fn from_integer(value: i64) -> Option<Self> {
        Some(value.to_string())
    }

    fn from_text(value: &str) -> Option<Self> {
        Some(value.to_owned())
    }

    fn from_flag(value: bool) -> Option<Self> {
        Some(value.to_string())
    }

    fn from_fraction(value: f64) -> Option<Self> {
        Some(value.to_string())
    }
}

impl Leaf for bool {
    const EXPECTED: &'static str = "true or false";

    fn from_integer(value: i64) -> Option<Self> {
        match value {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn from_text(value: &str) -> Option<Self> {
        let value = value.trim();
        let is = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word));
        match () {
            () if is(&["true", "yes", "y", "1", "on"]) => Some(true),
            () if is(&["false", "no", "n", "0", "off"]) => Some(false),
            () => None,
        }
    }

    fn from_flag(value: bool) -> Option<Self> {
        Some(value)
    }
}

/// An instant, sent as epoch milliseconds; read from those or from ISO 8601, with UTC where no offset is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub jiff::Timestamp);

impl Leaf for Instant {
    const EXPECTED: &'static str = "epoch milliseconds or an ISO 8601 instant";

    fn from_integer(value: i64) -> Option<Self> {
        jiff::Timestamp::from_millisecond(value).ok().map(Self)
    }

    fn from_text(value: &str) -> Option<Self> {
        let value = value.trim();
        if let Ok(milliseconds) = value.parse() {
            return Self::from_integer(milliseconds);
        }
        if let Ok(instant) = value.parse() {
            return Some(Self(instant));
        }
        // Java's default serialiser writes the offset without a colon, and often none at all.
        if let Ok(instant) = jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", value) {
            return Some(Self(instant));
        }
        let civil: jiff::civil::DateTime = value.parse().ok()?;
        civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| Self(zoned.timestamp()))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0.as_millisecond())
    }
}

/// Text that must never be printed: a password, a token, a cookie. It reaches the wire and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes charge of the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that sends or compares it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

impl Leaf for Secret {
    const EXPECTED: &'static str = "text";

    fn from_integer(value: i64) -> Option<Self> {
        Some(Self(value.to_string()))
    }

    fn from_text(value: &str) -> Option<Self> {
        Some(Self(value.to_owned()))
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Declares ids: whole numbers that cannot be mistaken for one another.
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident,)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl Leaf for $name {
            const EXPECTED: &'static str = "a whole number";

            fn from_integer(value: i64) -> Option<Self> {
                Some(Self(value))
            }

            fn from_text(value: &str) -> Option<Self> {
                value.trim().parse().ok().map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    )*};
}

ids! {
    /// A user within a tenant (`idProgramUser`).
    UserId,
    /// A user's account across tenants (`idUser`).
    AccountId,
    /// A tenant (`idProgram`).
    TenantId,
    /// A skill group (`skillTargetId`).
    SkillGroupId,
    /// An attribute of agents.
    AttributeId,
    /// A precision queue.
    PrecisionQueueId,
    /// A department (`idProgramDepartment`).
    DepartmentId,
    /// A site (`idProgramSite`).
    SiteId,
    /// A billing unit (`idProgramBillUnit`).
    BillingUnitId,
    /// A role group (`idProgramGroup`).
    RoleGroupId,
    /// A platform, which is a peripheral of the contact centre (`platformId`, `peripheralId`).
    PlatformId,
    /// A profile of agent property management (`idProfile`).
    AgentProfileId,
    /// A set of agent desk settings.
    AgentDeskSettingsId,
    /// An agent team.
    AgentTeamId,
    /// An access collection (`idProgramCollection`).
    AccessCollectionId,
    /// A callback (`idCallBack`).
    CallbackId,
    /// A callback queue's dialed number (`idProgramDN`).
    CallbackQueueId,
    /// A disposition an agent gives a callback (`statusId`).
    CallbackDispositionId,
}

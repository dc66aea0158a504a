//! The scalars of the wire: whole numbers, text, flags, instants and ids, each read from any form it comes in.

use std::fmt;

use compact_str::ToCompactString as _;
use serde::{Deserialize, Serialize, Serializer};

use super::tolerant::Leaf;
use crate::upstream::Secret;

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

/// Text of a record, of which an answer has thousands: up to 24 bytes need no memory of their own.
pub type Text = compact_str::CompactString;

impl Leaf for Text {
    const EXPECTED: &'static str = "text";

    fn from_integer(value: i64) -> Option<Self> {
        Some(value.to_compact_string())
    }

    fn from_text(value: &str) -> Option<Self> {
        Some(value.into())
    }

    fn from_flag(value: bool) -> Option<Self> {
        Some(value.to_compact_string())
    }

    fn from_fraction(value: f64) -> Option<Self> {
        // Not its own way to write fractions, which rounds to single precision where that reads back.
        Some(value.to_string().into())
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

/// An instant, sent as epoch milliseconds; read from those, from epoch seconds or from ISO 8601, with UTC where no offset
/// is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub jiff::Timestamp);

impl Leaf for Instant {
    const EXPECTED: &'static str = "epoch milliseconds or an ISO 8601 instant";

    fn from_integer(value: i64) -> Option<Self> {
        // The guide gives no unit. As seconds these are of 2001 to 5138, as milliseconds of January 1970 to 1973, where
        // no record of a portal is.
        let instant = if (1_000_000_000..100_000_000_000).contains(&value) {
            jiff::Timestamp::from_second(value)
        } else {
            jiff::Timestamp::from_millisecond(value)
        };
        instant.ok().map(Self)
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

impl Leaf for Secret {
    const EXPECTED: &'static str = "text";

    fn from_integer(value: i64) -> Option<Self> {
        Some(Self::new(value.to_string()))
    }

    fn from_text(value: &str) -> Option<Self> {
        Some(Self::new(value))
    }
}

/// Declares ids: whole numbers that cannot be mistaken for one another.
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident,)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(transparent)]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_from_every_form_that_java_writes() {
        let noon = Instant::from_integer(1_767_268_800_123);
        assert_eq!(noon.map(|noon| noon.0.to_string()).as_deref(), Some("2026-01-01T12:00:00.123Z"));
        for text in [
            "1767268800123",
            " 1767268800123 ",
            "2026-01-01T12:00:00.123Z",
            "2026-01-01T12:00:00.123+00:00",
            "2026-01-01T13:00:00.123+0100",
            "2026-01-01T12:00:00.123",
            "2026-01-01 12:00:00.123",
        ] {
            assert_eq!(Instant::from_text(text), noon, "{text}");
        }
        let whole = Instant::from_text("2026-01-01T12:00:00Z");
        assert_eq!(Instant::from_integer(1_767_268_800), whole, "seconds");
        assert_eq!(Instant::from_integer(0).map(|zero| zero.0.as_millisecond()), Some(0));
        for text in ["yesterday", "2026-13-01T00:00:00Z", "9223372036854775807", "-"] {
            assert_eq!(Instant::from_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_flag_is_read_from_words_and_digits_and_from_nothing_else() {
        for text in ["true", "TRUE", "Yes", "y", "1", " on "] {
            assert_eq!(bool::from_text(text), Some(true), "{text}");
        }
        for text in ["false", "No", "N", "0", "off"] {
            assert_eq!(bool::from_text(text), Some(false), "{text}");
        }
        for text in ["2", "maybe", "A"] {
            assert_eq!(bool::from_text(text), None, "{text}");
        }
        assert_eq!([0, 1, 2, -1].map(bool::from_integer), [Some(false), Some(true), None, None]);
    }
}

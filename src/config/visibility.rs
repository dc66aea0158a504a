//! Which catalogues of a tenant may be shared by all of its users; part of `[cache]`.

use serde::{Deserialize, Serialize};

/// A catalogue that the users of a tenant usually see alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Catalogue {
    /// Departments.
    Departments,
    /// Sites.
    Sites,
    /// Role groups.
    RoleGroups,
    /// Platforms.
    Platforms,
    /// Billing units.
    BillingUnits,
    /// Agent profiles.
    AgentProfiles,
    /// Agent desk settings.
    AgentDeskSettings,
    /// Attributes, not who has them.
    Attributes,
}

impl Catalogue {
    /// Every catalogue there is to share.
    pub const ALL: [Self; 8] = [
        Self::Departments,
        Self::Sites,
        Self::RoleGroups,
        Self::Platforms,
        Self::BillingUnits,
        Self::AgentProfiles,
        Self::AgentDeskSettings,
        Self::Attributes,
    ];
}

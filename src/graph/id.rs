//! Global ids: opaque to clients, and inside the upstream, the tenant, the type and the portal's own key.

use async_graphql::ID;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::{Code, GraphError};
use crate::portal::TenantId;

/// The types `node(id:)` resolves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `User`
    User,
    /// `Agent`
    Agent,
    /// `SkillGroup`
    SkillGroup,
    /// `Attribute`
    Attribute,
    /// `PrecisionQueue`
    PrecisionQueue,
    /// `Department`
    Department,
    /// `Site`
    Site,
    /// `BillingUnit`
    BillingUnit,
    /// `RoleGroup`
    RoleGroup,
    /// `Platform`
    Platform,
    /// `AgentProfile`
    AgentProfile,
    /// `AgentDeskSettings`
    AgentDeskSettings,
    /// `AgentTeam`
    AgentTeam,
    /// `CallbackQueue`
    CallbackQueue,
    /// `CallbackDisposition`
    CallbackDisposition,
    /// `Callback`
    Callback,
    /// `Tenant`
    Tenant,
}

impl Kind {
    const ALL: [(Self, &'static str); 17] = [
        (Self::User, "User"),
        (Self::Agent, "Agent"),
        (Self::SkillGroup, "SkillGroup"),
        (Self::Attribute, "Attribute"),
        (Self::PrecisionQueue, "PrecisionQueue"),
        (Self::Department, "Department"),
        (Self::Site, "Site"),
        (Self::BillingUnit, "BillingUnit"),
        (Self::RoleGroup, "RoleGroup"),
        (Self::Platform, "Platform"),
        (Self::AgentProfile, "AgentProfile"),
        (Self::AgentDeskSettings, "AgentDeskSettings"),
        (Self::AgentTeam, "AgentTeam"),
        (Self::CallbackQueue, "CallbackQueue"),
        (Self::CallbackDisposition, "CallbackDisposition"),
        (Self::Callback, "Callback"),
        (Self::Tenant, "Tenant"),
    ];

    /// The name of the type in the schema.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// What a global id says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeId {
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// The type.
    pub kind: Kind,
    /// The portal's own key.
    pub key: i64,
}

impl NodeId {
    /// Names a record.
    #[must_use]
    pub fn new(tenant: TenantId, kind: Kind, key: i64) -> Self {
        Self { tenant, kind, key }
    }

    /// The id as clients see it.
    #[must_use]
    pub fn encode(self) -> ID {
        let text = format!("portal:{}:{}:{}", self.tenant, self.kind.name(), self.key);
        ID(URL_SAFE_NO_PAD.encode(text))
    }

    /// Reads an id; `None` if this gateway never made it.
    #[must_use]
    pub fn decode(id: &ID) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(id.as_str()).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let mut parts = text.split(':');
        let (upstream, tenant, kind, key) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let node =
            Self { tenant: TenantId(tenant.parse().ok()?), kind: Kind::of(kind)?, key: key.parse().ok()? };
        // Only the one spelling this gateway makes is an id: a cache of a client must not hold a record twice.
        (upstream == "portal" && node.encode() == *id).then_some(node)
    }
}

/// A record's key, without which it has no identity; says which field the portal left out.
pub fn key(record: &str, field: &str, key: Option<i64>) -> Result<i64, GraphError> {
    key.ok_or_else(|| {
        GraphError::new(
            Code::PortalUnintelligible,
            format!("The portal sent a {record} without its {field}."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_its_tenant_type_and_key() {
        for (kind, _) in Kind::ALL {
            let node = NodeId::new(TenantId(7), kind, -3);
            assert_eq!(NodeId::decode(&node.encode()), Some(node));
        }
    }

    #[test]
    fn what_this_gateway_never_made_is_no_id() {
        for text in [
            "portal:07:User:1",
            "portal:7:User:+1",
            "icws:7:User:1",
            "portal:7:Nobody:1",
            "portal:7:User:1:2",
        ] {
            assert_eq!(NodeId::decode(&ID(URL_SAFE_NO_PAD.encode(text))), None, "{text}");
        }
        assert_eq!(NodeId::decode(&ID("…".to_owned())), None);
    }
}

//! On whose behalf something was read: the first part of every key under which anything is kept or shared.

use crate::portal::{TenantId, UserId};

/// Which system an identity belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Upstream {
    /// The administration portal.
    Portal,
}

/// A person of a tenant, as the portal names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// By the portal's own id.
    User(UserId),
    /// By login name in lower case, where the portal did not tell the id.
    LoginName(String),
}

/// Whose answers these are. Two sessions of one person in one tenant see the same; nobody else does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The system asked.
    pub upstream: Upstream,
    /// The tenant.
    pub tenant: TenantId,
    /// The person.
    pub principal: Principal,
}

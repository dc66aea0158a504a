//! On whose behalf something was read: the first part of every key under which anything is kept or shared.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::portal::{TenantId, UserId};

/// Where records belong: what is changed there is changed for everyone who may see it, and for nobody elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub enum Realm {
    /// A tenant of the administration portal.
    Tenant(TenantId),
    /// The ICWS server.
    Icws,
}

/// A person of a realm, as the upstream names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub enum Principal {
    /// By the portal's own id.
    User(UserId),
    /// By login name: in lower case where the portal did not tell the id, as ICWS answered it there.
    LoginName(String),
    /// A service account by its name in the configuration, and who it is at the upstream: another person by the same
    /// account sees nothing of the former's.
    Service(Arc<str>, Box<Self>),
}

/// Whose answers these are. Two sessions of one person in one realm see the same; nobody else does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub struct Identity {
    /// Where.
    pub realm: Realm,
    /// Who.
    pub principal: Principal,
}

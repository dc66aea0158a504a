//! On whose behalf something was read: the first part of every key under which anything is kept or shared.

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::portal::{TenantId, UserId};
use crate::upstream::Hashed;

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

/// Whose answers these are. Two sessions of one person in one realm see the same; nobody else does. One reference, hashed when
/// it is made, because it is part of every key; compared by equality, part by part.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(from = "IdentityParts", into = "IdentityParts")]
pub struct Identity(Arc<Hashed<IdentityParts>>);

/// The parts of an identity.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub struct IdentityParts {
    /// Where.
    pub realm: Realm,
    /// Who.
    pub principal: Principal,
}

impl Identity {
    /// A person of a realm.
    #[must_use]
    pub fn new(realm: Realm, principal: Principal) -> Self {
        IdentityParts { realm, principal }.into()
    }
}

impl Deref for Identity {
    type Target = IdentityParts;

    fn deref(&self) -> &IdentityParts {
        &self.0
    }
}

impl From<IdentityParts> for Identity {
    fn from(parts: IdentityParts) -> Self {
        Self(Arc::new(Hashed::new(parts)))
    }
}

impl From<Identity> for IdentityParts {
    fn from(identity: Identity) -> Self {
        Self::clone(&identity)
    }
}

//! A session at the administration portal: how far signing in has come, and what the portal said of the person.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::Session;
use super::standing::{Held, Standing, System};
use crate::portal::Portal;
use crate::portal::auth::{LoginReply, Tenant};

/// A session at the administration portal.
#[derive(Debug)]
pub struct PortalSession {
    /// The login name as the person typed it.
    pub login_name: String,
    /// Where signing in has come to.
    pub stage: Stage,
    /// What the portal said at login or tenant selection; its token is taken out.
    pub profile: Arc<LoginReply>,
    /// Whether a tenant is being entered with it just now.
    pub(super) is_entering: AtomicBool,
    pub(super) standing: Standing<Portal>,
}

/// Where signing in has come to.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Stage {
    /// A tenant must be selected from these before anything can be read.
    TenantSelection(Vec<Arc<Tenant>>),
    /// In a tenant.
    SignedIn(Arc<Tenant>),
}

impl PortalSession {
    /// The tenants to select from, while one must be selected.
    #[must_use]
    pub fn tenants_to_select(&self) -> Option<&[Arc<Tenant>]> {
        match &self.stage {
            Stage::TenantSelection(tenants) => Some(tenants),
            Stage::SignedIn(_) => None,
        }
    }

    /// The tenant, once there is one.
    #[must_use]
    pub fn tenant(&self) -> Option<&Arc<Tenant>> {
        match &self.stage {
            Stage::SignedIn(tenant) => Some(tenant),
            Stage::TenantSelection(_) => None,
        }
    }
}

impl Deref for PortalSession {
    type Target = Standing<Portal>;

    fn deref(&self) -> &Standing<Portal> {
        &self.standing
    }
}

impl Held for Portal {
    const SYSTEM: System = System::Portal;

    fn standing(session: &Session) -> Option<&Standing<Self>> {
        session.portal.as_deref().map(Deref::deref)
    }

    fn end(session: &mut Session) {
        session.portal = None;
    }
}

//! `Tenant`: a customer's part of the portal.

use async_graphql::{Context, ID, Object};

use super::context::ContextExt as _;
use super::id::{Kind, NodeId};
use super::level::row;
use crate::portal::{TenantId, auth as wire};

/// A customer's part of the portal.
#[derive(Clone)]
pub struct Tenant {
    id: TenantId,
    record: Option<std::sync::Arc<wire::Tenant>>,
}

impl Tenant {
    /// The tenant the viewer is in; its names are looked up when asked for.
    #[must_use]
    pub fn of(id: TenantId) -> Self {
        Self { id, record: None }
    }

    /// A tenant as login listed it; one without a key cannot be selected and is not shown.
    #[must_use]
    pub fn listed(record: &std::sync::Arc<wire::Tenant>) -> Option<Self> {
        Some(Self { id: record.id_program?, record: Some(record.clone()) })
    }

    fn record(&self, ctx: &Context<'_>) -> Option<std::sync::Arc<wire::Tenant>> {
        self.record.clone().or_else(|| ctx.visit().current()?.session().portal.as_ref()?.tenant().cloned())
    }

    fn global_id(&self) -> ID {
        NodeId::new(self.id, Kind::Tenant, self.id.0).encode()
    }
}

/// A customer's part of the portal.
#[Object]
impl Tenant {
    /// The global id.
    pub async fn id(&self) -> ID {
        self.global_id()
    }

    /// The portal's own key; `selectTenant` takes it.
    fn database_id(&self) -> i64 {
        self.id.0
    }

    /// The name; where the portal told none at sign-in, the program prefix, or failing that the key.
    async fn name(&self, ctx: &Context<'_>) -> String {
        let told =
            self.record(ctx).and_then(|record| record.program_nm.clone().or(record.program_prefix.clone()));
        told.unwrap_or_else(|| self.id.to_string())
    }

    /// The prefix that names the tenant to the callback service.
    async fn program_prefix(&self, ctx: &Context<'_>) -> Option<String> {
        self.record(ctx)?.program_prefix.clone()
    }
}

row! {
    Tenant;
    own id = global_id;
    leaf database_id;
}

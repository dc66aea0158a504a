//! `Icws`: what the second upstream shows, and the session there.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, OneofObject, SimpleObject};

use super::connection::{Connection, Page};
use super::context::ContextExt as _;
use super::date_time::DateTime;
use super::error::{GraphError, Nullable};
use super::icws_role::{IcwsRole, role_id};
use super::icws_role_list::{self, IcwsRightsFilter, IcwsRoleFilter, IcwsRoleOrder, RoleQuery};
use super::level::Item;
use super::list::List;
use super::session::{ViewerSession, viewer_sessions};
use crate::config;
use crate::icws::ConditionProperty;
use crate::session::IcwsSession;

/// ICWS, as the viewer's session there shows it.
pub struct Icws;

impl Icws {
    /// Shows it to whoever has a session there. Where there is no ICWS nobody is told to sign in to it, not even who is
    /// not signed in at all: so a client knows without a sign-in whether to offer one.
    pub fn of(ctx: &Context<'_>) -> Result<Self, GraphError> {
        ctx.visit().sessions().require_icws()?;
        ctx.caller()?.require::<crate::icws::Icws>()?;
        Ok(Self)
    }
}

/// The ways to name a role.
#[derive(OneofObject)]
pub enum IcwsRoleBy {
    /// By global id.
    Id(ID),
    /// By the id an administrator chose.
    RoleId(String),
    /// By the name shown; null where two have the same name.
    Name(String),
}

async fn find_role(
    ctx: &Context<'_>,
    by: IcwsRoleBy,
    rights_filter: IcwsRightsFilter,
) -> Result<Option<IcwsRole>, GraphError> {
    let (property, value) = match by {
        IcwsRoleBy::Id(id) => match role_id(&id) {
            Some(id) => (ConditionProperty::Id, id),
            None => return Ok(None),
        },
        IcwsRoleBy::RoleId(id) => (ConditionProperty::Id, id),
        IcwsRoleBy::Name(name) => (ConditionProperty::DisplayName, name),
    };
    icws_role_list::role(ctx, property, &value, rights_filter).await
}

/// ICWS (Genesys PureConnect), as the viewer's session there shows it.
#[Object]
impl Icws {
    /// The viewer's session at ICWS.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<IcwsViewer> {
        IcwsViewer::of(ctx)
    }

    /// The roles the viewer may see. Only the properties the query names are asked for: with names alone every role
    /// comes in one call, with anything else 200 a call.
    async fn roles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which roles; all of it must hold.")] filter: Option<IcwsRoleFilter>,
        #[graphql(desc = "In which order; by name where it is left out.")] order_by: Option<IcwsRoleOrder>,
        #[graphql(
            desc = "Which right over a role the viewer must hold to see it.",
            default_with = "IcwsRightsFilter::Admin"
        )]
        rights_filter: IcwsRightsFilter,
        #[graphql(desc = "The first so many roles after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only roles after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many roles before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only roles before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<IcwsRole>> {
        let page = Page { first, after, last, before };
        Some(icws_role_list::roles(ctx, RoleQuery { filter, order_by, rights_filter }, &page).await)
    }

    /// One role; null if there is none the viewer may see.
    async fn role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the role.")] by: IcwsRoleBy,
        #[graphql(
            desc = "Which right over the role the viewer must hold to see it.",
            default_with = "IcwsRightsFilter::Admin"
        )]
        rights_filter: IcwsRightsFilter,
    ) -> Nullable<IcwsRole> {
        find_role(ctx, by, rights_filter).await.transpose()
    }
}

/// Who is signed in to ICWS.
pub struct IcwsViewer {
    session: Arc<IcwsSession>,
    settings: config::Session,
}

impl IcwsViewer {
    /// Shows the session at ICWS, where there is one.
    #[must_use]
    pub fn of(ctx: &Context<'_>) -> Option<Self> {
        let visit = ctx.visit();
        let session = visit.current()?.session().icws.clone()?;
        Some(Self { session, settings: visit.sessions().settings().clone() })
    }
}

/// Who is signed in to ICWS, and where.
#[Object]
impl IcwsViewer {
    /// The user id, as ICWS spells it.
    async fn user_id(&self) -> &str {
        &self.session.connection.user_id
    }

    /// The name to show.
    async fn name(&self) -> Option<&str> {
        self.session.connection.user_display_name.as_deref()
    }

    /// The name of the server that holds the session.
    async fn server_name(&self) -> Option<&str> {
        self.session.connection.ic_server.as_deref()
    }

    /// The release of the server.
    async fn server_version(&self) -> Option<&str> {
        self.session.connection.version.as_deref()
    }

    /// The features of the server's API with their versions.
    async fn features(&self) -> List<IcwsFeature> {
        let features = self.session.connection.features.iter();
        features.map(|feature| IcwsFeature { name: feature.id.clone(), version: feature.version }).collect()
    }

    /// In how many days the password expires.
    async fn password_expires_in_days(&self) -> Option<i64> {
        self.session.connection.days_until_password_expiration
    }

    /// Every session of this gateway in which this user is signed in, the latest first.
    async fn sessions(&self, ctx: &Context<'_>) -> Nullable<List<ViewerSession>> {
        Some(viewer_sessions(ctx).await)
    }

    /// When the session ends at the latest.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.session.expires_at)
    }

    /// When the session ends if ICWS is not asked again; answers the gateway has kept do not count.
    async fn idle_expires_at(&self) -> DateTime {
        DateTime(self.session.ends_at(&self.settings))
    }
}

/// A feature of the server's API.
#[derive(SimpleObject)]
pub struct IcwsFeature {
    /// The feature's name.
    name: String,
    /// Its version.
    version: Option<i64>,
}

impl Item for IcwsFeature {}

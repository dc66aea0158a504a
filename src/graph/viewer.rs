//! `Viewer`: who is signed in, in which tenant, with which rights, and for how long.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};

use super::context::ContextExt as _;
use super::date_time::DateTime;
use super::error::{GraphError, Nullable};
use super::level::Item;
use super::list::List;
use super::session::{ViewerSession, viewer_sessions};
use super::tenant::Tenant;
use super::user::User;
use crate::config;
use crate::portal::auth::LoginReply;
use crate::session::PortalSession;

/// Who is signed in.
pub struct Viewer {
    session: Arc<PortalSession>,
    settings: config::Session,
}

impl Viewer {
    /// Shows a session that is in a tenant.
    #[must_use]
    pub fn of(ctx: &Context<'_>) -> Option<Self> {
        let visit = ctx.visit();
        let session = visit.current()?.session().portal.clone()?;
        session.tenant()?;
        Some(Self { session, settings: visit.sessions().settings().clone() })
    }

    fn profile(&self) -> &LoginReply {
        &self.session.profile
    }

    async fn find_user(&self, ctx: &Context<'_>) -> Result<Option<User>, GraphError> {
        let caller = ctx.caller()?;
        let (roster, tenant) = (caller.roster().await?, caller.tenant()?);
        let by_id = self.profile().id_program_user.and_then(|id| roster.by_id(id));
        let found = by_id.or_else(|| roster.by_login_name(&self.session.login_name));
        Ok(found.map(|record| User::new(tenant, record.clone())))
    }

    fn tenant_features(&self) -> TenantFeatures {
        let profile = self.profile();
        TenantFeatures {
            ucce_version: profile.ucce_version.clone(),
            deployment_type: profile.deployment_type.clone(),
            application_codes: profile.application_codes_enabled.clone().into_iter().collect(),
            feedback_features: flags(&profile.feedback_features_enabled_map),
            is_email_enabled: profile.email_enabled,
            is_ip_telephony_enabled: profile.ipt_enabled,
            is_usage_enabled: profile.enable_usage,
            is_directory_read_only: profile.ad_read_only_enabled,
            is_schedule_notification_enabled: profile.schedules_notification_enabled,
            is_sac_notification_enabled: profile.sac_notifications_enabled,
            is_single_sign_on_enabled: profile.sso_enabled,
            single_sign_on_type_code: profile.sso_type,
            icm_single_sign_on_mode_code: profile.icm_sso_mode,
            icm_user_name_format_code: profile.icm_user_nm_format,
            max_session_count: profile.max_allowed_connections_to_tenant,
        }
    }
}

fn flags(map: &BTreeMap<String, bool>) -> List<NamedFlag> {
    map.iter().map(|(name, is_granted)| NamedFlag { name: name.clone(), is_granted: *is_granted }).collect()
}

/// Who is signed in, in which tenant, with which rights, and for how long.
#[Object]
impl Viewer {
    /// The name used to sign in.
    fn login_name(&self) -> &str {
        &self.session.login_name
    }

    /// The tenant the session is in.
    async fn tenant(&self, ctx: &Context<'_>) -> Result<Tenant, GraphError> {
        Ok(Tenant::of(ctx.tenant()?))
    }

    /// The viewer's own user; null if the viewer is not among the users it may see.
    async fn user(&self, ctx: &Context<'_>) -> Nullable<User> {
        self.find_user(ctx).await.transpose()
    }

    /// The first name, as told at sign-in.
    fn first_name(&self) -> Option<&str> {
        self.profile().logged_user_info.as_ref()?.first_name.as_deref()
    }

    /// The last name, as told at sign-in.
    fn last_name(&self) -> Option<&str> {
        self.profile().logged_user_info.as_ref()?.last_name.as_deref()
    }

    /// The email address, as told at sign-in.
    fn email(&self) -> Option<&str> {
        self.profile().logged_user_info.as_ref()?.user_email.as_deref()
    }

    /// The login name without its tenant.
    fn short_login_name(&self) -> Option<&str> {
        self.profile().logged_user_info.as_ref()?.first_part_of_user_name.as_deref()
    }

    /// The portal's own code of the viewer's user type.
    fn user_type_code(&self) -> Option<&str> {
        self.profile().logged_user_info.as_ref()?.user_type_code.as_deref()
    }

    /// The rank of the viewer's user type, as text.
    fn user_type_level(&self) -> Option<&str> {
        self.profile().logged_user_info.as_ref()?.user_type_level.as_deref()
    }

    /// Whether the viewer belongs to the provider rather than to the customer.
    fn is_internal(&self) -> Option<bool> {
        self.profile()
            .logged_user_info
            .as_ref()
            .and_then(|user| user.internal_user)
            .or(self.profile().internal)
    }

    /// Whether the viewer came in by single sign-on.
    fn is_single_sign_on(&self) -> Option<bool> {
        self.profile().sso_logged_user
    }

    /// The domain the viewer signs in to.
    fn domain(&self) -> Option<&str> {
        self.profile().user_domain.as_deref()
    }

    /// The access roles, each with whether the viewer has it.
    async fn access_roles(&self) -> List<NamedFlag> {
        flags(&self.profile().access_roles_map)
    }

    /// The roles within the tenant, each with whether the viewer has it.
    async fn roles(&self) -> List<NamedFlag> {
        flags(&self.profile().program_user_roles_map)
    }

    /// What the tenant has switched on.
    async fn features(&self) -> TenantFeatures {
        self.tenant_features()
    }

    /// Every session of this gateway in which the viewer is signed in to the portal, in any tenant, the latest first.
    async fn sessions(&self, ctx: &Context<'_>) -> Nullable<List<ViewerSession>> {
        Some(viewer_sessions(ctx).await)
    }

    /// When the session ends at the latest.
    fn expires_at(&self) -> DateTime {
        DateTime(self.session.expires_at)
    }

    /// When the session ends if the portal is not asked again; answers the gateway has kept do not count.
    fn idle_expires_at(&self) -> DateTime {
        DateTime(self.session.ends_at(&self.settings))
    }

    /// Whether the viewer's password or account is about to expire.
    fn is_login_expiring(&self) -> Option<bool> {
        self.profile().login_expiring
    }

    /// In how many days the login expires.
    fn login_expires_in_days(&self) -> Option<i64> {
        self.profile().login_expiry_days
    }

    /// What the portal says about the login's expiry.
    fn login_expiry_message(&self) -> Option<&str> {
        self.profile().login_expiry_message.as_deref()
    }
}

/// Something with a name that is granted or not.
#[derive(SimpleObject)]
pub struct NamedFlag {
    /// The portal's name of it.
    name: String,
    /// Whether it is granted.
    is_granted: bool,
}

impl Item for NamedFlag {}

/// What a tenant has switched on.
#[derive(SimpleObject)]
pub struct TenantFeatures {
    /// The version of the contact centre.
    ucce_version: Option<String>,
    /// How the contact centre is deployed.
    deployment_type: Option<String>,
    /// The codes of the applications that are enabled.
    application_codes: List<String>,
    /// The feedback features, each with whether it is on.
    feedback_features: List<NamedFlag>,
    /// Whether email is enabled.
    is_email_enabled: Option<bool>,
    /// Whether the portal manages phones.
    is_ip_telephony_enabled: Option<bool>,
    /// Whether usage is counted.
    is_usage_enabled: Option<bool>,
    /// Whether the directory cannot be written.
    is_directory_read_only: Option<bool>,
    /// Whether schedules send notifications.
    is_schedule_notification_enabled: Option<bool>,
    /// Whether SAC sends notifications; the guide does not spell it out.
    is_sac_notification_enabled: Option<bool>,
    /// Whether single sign-on is enabled.
    is_single_sign_on_enabled: Option<bool>,
    /// The portal's own code of the kind of single sign-on.
    single_sign_on_type_code: Option<i64>,
    /// The portal's own code of ICM's mode of single sign-on.
    icm_single_sign_on_mode_code: Option<i64>,
    /// The portal's own code of how ICM forms user names.
    icm_user_name_format_code: Option<i64>,
    /// How many sessions the tenant allows at once.
    max_session_count: Option<i64>,
}

//! Signing in and out: login, authorizeUserToTenant, logout.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::envelope::{Envelope, reply};
use super::operation::{Authentication, Body, Operation};
use super::record::record;
use super::scalar::{TenantId, UserId};
use crate::upstream::Secret;

record! {
    /// Signs a user in; the reply carries the session cookie (login/login).
    pub struct Login {
        /// User name.
        username: Option<Secret> = "username",
        /// Password.
        password: Option<Secret> = "password",
    }
}

record! {
    /// Enters one of several tenants; its token is the one to keep (login/authorizeUserToTenant).
    pub struct AuthorizeUserToTenant {
        /// User name.
        username: Option<String> = "username",
        /// Tenant to enter.
        id_program: Option<TenantId> = "idProgram",
        /// The token login gave, where it gave one.
        auth_token: Option<Secret> = "authToken",
    }
}

reply! {
    /// What both steps of signing in answer.
    pub struct LoginReply {
        /// Codes of the enabled applications.
        application_codes_enabled: Vec<String> = "applicationCodesEnabled",
        /// The user who logged in.
        logged_user_info: Option<Arc<LoggedUser>> = "loggedUserInfo",
        /// UCCE version.
        ucce_version: Option<String> = "ucceVersion",
        /// Schedule notifications are enabled.
        schedules_notification_enabled: Option<bool> = "schedulesNotificationEnabled",
        /// Deployment type.
        deployment_type: Option<String> = "deploymentType",
        /// Login expiry message.
        login_expiry_message: Option<String> = "loginExpiryMessage",
        /// Domain of the user.
        user_domain: Option<String> = "userDomain",
        /// Access role name to granted flag.
        access_roles_map: BTreeMap<String, bool> = "accessRolesMap",
        /// Email is enabled.
        email_enabled: Option<bool> = "emailEnabled",
        /// Active Directory is read-only.
        ad_read_only_enabled: Option<bool> = "adReadOnlyEnabled",
        /// Feedback feature name to enabled flag.
        feedback_features_enabled_map: BTreeMap<String, bool> = "feedbackFeaturesEnabledMap",
        /// Tenants the user may choose from.
        accessible_tenants_list: Vec<Arc<Tenant>> = "accessibleTenantsList",
        /// IP telephony is enabled.
        ipt_enabled: Option<bool> = "iptEnabled",
        /// Token to send as authToken on later calls.
        user_token: Option<Secret> = "userToken",
        /// Login is about to expire.
        login_expiring: Option<bool> = "loginExpiring",
        /// Program (tenant) ID.
        id_program: Option<TenantId> = "idProgram",
        /// Most connections allowed to the tenant.
        max_allowed_connections_to_tenant: Option<i64> = "maxAllowedConnectionsToTenant",
        /// Single sign-on is enabled.
        sso_enabled: Option<bool> = "ssoEnabled",
        /// ICM user name format.
        icm_user_nm_format: Option<i64> = "icmUserNmFormat",
        /// Program user role name to granted flag.
        program_user_roles_map: BTreeMap<String, bool> = "programUserRolesMap",
        /// Usage is enabled.
        enable_usage: Option<bool> = "enableUsage",
        /// Tenant prefix.
        program_prefix: Option<String> = "programPrefix",
        /// ICM single sign-on mode.
        icm_sso_mode: Option<i64> = "icmSSOMode",
        /// SAC notifications are enabled.
        sac_notifications_enabled: Option<bool> = "sacNotificationsEnabled",
        /// Single sign-on type.
        sso_type: Option<i64> = "ssoType",
        /// Days until the login expires.
        login_expiry_days: Option<i64> = "loginExpiryDays",
        /// Program user ID.
        id_program_user: Option<UserId> = "idProgramUser",
        /// User came in through single sign-on.
        sso_logged_user: Option<bool> = "ssoLoggedUser",
        /// Internal user or tenant.
        internal: Option<bool> = "internal",
    }
}

record! {
    /// The person who signed in.
    pub struct LoggedUser {
        /// Email address of the user.
        user_email: Option<String> = "userEmail",
        /// First name.
        first_name: Option<String> = "firstName",
        /// First part of the user name.
        first_part_of_user_name: Option<String> = "firstPartOfUserName",
        /// User type level.
        user_type_level: Option<String> = "userTypeLevel",
        /// User is internal.
        internal_user: Option<bool> = "internalUser",
        /// User type code.
        user_type_code: Option<String> = "userTypeCode",
        /// Tenant prefix.
        program_prefix: Option<String> = "programPrefix",
        /// Last name.
        last_name: Option<String> = "lastName",
        /// User name.
        username: Option<String> = "username",
    }
}

record! {
    /// A tenant the person may enter.
    pub struct Tenant {
        /// Tenant prefix.
        program_prefix: Option<String> = "programPrefix",
        /// Tenant name.
        program_nm: Option<String> = "programNm",
        /// Program (tenant) ID.
        id_program: Option<TenantId> = "idProgram",
    }
}

impl Operation for Login {
    const NAME: &'static str = "login";
    const PATH: &'static str = "/portal/services/login/login";
    const AUTHENTICATION: Authentication = Authentication::None;
    type Reply = LoginReply;

    /// `codeMessage` comes first: two outcomes are neither plain success nor failure, and their `code` is not stated.
    fn accepts(reply: &LoginReply) -> bool {
        matches!(
            reply.outcome(),
            Outcome::SignedIn | Outcome::TenantSelectionRequired | Outcome::MustChangePassword
        )
    }
}

impl Operation for AuthorizeUserToTenant {
    const NAME: &'static str = "authorizeUserToTenant";
    const PATH: &'static str = "/portal/services/login/authorizeUserToTenant";
    const AUTHENTICATION: Authentication = Authentication::Cookie;
    type Reply = LoginReply;

    fn accepts(reply: &LoginReply) -> bool {
        reply.outcome() == Outcome::SignedIn
    }
}

record! {
    /// Ends the session (login/logout).
    pub struct Logout {}
}

impl Operation for Logout {
    const NAME: &'static str = "logout";
    const PATH: &'static str = "/portal/services/login/logout";
    const BODY: Body = Body::Get;
    const AUTHENTICATION: Authentication = Authentication::Cookie;
    type Reply = Envelope;

    /// Signing out is done whatever the portal says of it: its one other constant means that it already was.
    fn accepts(_: &Envelope) -> bool {
        true
    }
}

/// What login or tenant selection came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Signed in and in a tenant.
    SignedIn,
    /// Signed in; one of several tenants must be selected.
    TenantSelectionRequired,
    /// Signed in, but nothing may be done before the password is changed.
    MustChangePassword,
    /// Not signed in.
    Refused,
}

impl LoginReply {
    /// Reads the outcome, `codeMessage` first.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.code_message.as_deref().map(str::trim) {
            Some("USER_AUTHENTICATED_SUCCESSFULLY") => Outcome::SignedIn,
            Some("TENANT_SELECTION_REQUIRED") => Outcome::TenantSelectionRequired,
            Some("USER_MUST_CHANGE_PASSWORD") => Outcome::MustChangePassword,
            _ if self.code == Some(0) => Outcome::SignedIn,
            _ => Outcome::Refused,
        }
    }
}

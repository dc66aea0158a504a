//! Signing in and out: `login`, `selectTenant`, `logout`.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};

use super::context::ContextExt as _;
use super::error::GraphError;
use super::list::List;
use super::tenant::Tenant;
use super::viewer::Viewer;
use crate::portal::{PortalError, Secret, TenantId};
use crate::session::{Issued, SignIn, SignInError, Stage};

/// Changes who is signed in.
#[derive(Default)]
pub struct SignInMutation;

/// Who signs in.
#[derive(InputObject)]
pub struct LoginInput {
    /// The login name, of the form `name@abc` where `abc` is the three-character id of the tenant.
    username: String,
    /// The password; it is passed on to the portal and kept nowhere.
    password: String,
}

/// Which tenant to enter.
#[derive(InputObject)]
pub struct SelectTenantInput {
    /// The tenant's own key, as `login` listed it in `tenants`.
    tenant_database_id: i64,
}

/// What a sign-in came to.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum LoginStatus {
    /// In a tenant: reads can begin.
    SignedIn,
    /// The person is known; call `selectTenant` with one of `tenants`.
    TenantSelectionRequired,
    /// Not signed in; `userErrors` says why.
    Refused,
}

/// Why somebody could not sign in.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum LoginErrorCode {
    /// The login name is empty, or unknown to the portal.
    InvalidLoginName,
    /// The login name is not of the form `name@abc`.
    InvalidLoginNameFormat,
    /// The password is empty.
    PasswordMissing,
    /// The password is wrong. Each wrong one counts towards locking the account.
    WrongPassword,
    /// The password has expired.
    PasswordExpired,
    /// The password must be changed at the portal first.
    PasswordChangeRequired,
    /// The account has expired.
    AccountExpired,
    /// The account is disabled.
    AccountDisabled,
    /// The account is locked, usually after wrong passwords.
    AccountLocked,
    /// The person is not in the security group that may use the portal.
    NotAuthorized,
    /// The directory does not know the person.
    UserNotFound,
    /// The user may not sign in to the portal.
    LoginNotEnabled,
    /// The user has as many sessions as allowed; sign out elsewhere first.
    SessionLimitReached,
    /// The portal holds the user's data twice; only its support can mend that.
    DuplicateUserData,
    /// The portal refused for another reason; `portalCode` has its word.
    Unknown,
}

/// Why a tenant could not be entered.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum SelectTenantErrorCode {
    /// No tenant is waiting to be selected; call `login` first.
    NoSelectionPending,
    /// There is no such tenant, or the user has no way into it.
    TenantNotFound,
    /// The user has as many sessions as allowed; sign out elsewhere first.
    SessionLimitReached,
    /// The user may not use the portal.
    NotAuthorized,
    /// The portal no longer knows the sign-in; call `login` again.
    SignInExpired,
    /// The portal misses the login name; an error of the gateway's settings.
    LoginNameMissing,
    /// The portal misses the tenant; an error of the gateway's settings.
    TenantMissing,
    /// The portal holds the user's data twice; only its support can mend that.
    DuplicateUserData,
    /// The portal failed for a reason it does not name; try again later.
    PortalFailure,
    /// The portal refused for another reason; `portalCode` has its word.
    Unknown,
}

/// Why somebody could not sign in, for people and for programs.
#[derive(SimpleObject)]
pub struct LoginError {
    /// The reason.
    code: LoginErrorCode,
    /// The path into the arguments of what must be mended; null where that is none of them.
    field: Option<List<String>>,
    /// The reason in words.
    message: String,
    /// The portal's own constant.
    portal_code: Option<String>,
}

/// Why a tenant could not be entered, for people and for programs.
#[derive(SimpleObject)]
pub struct SelectTenantError {
    /// The reason.
    code: SelectTenantErrorCode,
    /// The path into the arguments of what must be mended; null where that is none of them.
    field: Option<List<String>>,
    /// The reason in words.
    message: String,
    /// The portal's own constant.
    portal_code: Option<String>,
}

/// What signing in came to.
pub struct LoginPayload {
    status: LoginStatus,
    issued: Option<Issued>,
    errors: Vec<(LoginErrorCode, Option<String>)>,
}

/// What selecting a tenant came to.
pub struct SelectTenantPayload {
    issued: Option<Issued>,
    errors: Vec<(SelectTenantErrorCode, Option<String>)>,
}

/// What signing out came to.
#[derive(SimpleObject)]
pub struct LogoutPayload {
    /// Whether there was a session; either way there is none now.
    is_signed_out: bool,
}

impl LoginErrorCode {
    fn of(constant: Option<&str>) -> Self {
        match constant {
            Some("INVALID_LOGIN_NAME") => Self::InvalidLoginName,
            Some("INVALID_LOGIN_NAME_NOT_IN_EXPECTED_FORMAT") => Self::InvalidLoginNameFormat,
            Some("LDAP_AUTHENTICATION_FAILED") => Self::WrongPassword,
            Some("LDAP_AUTHENTICATION_FAILED_PASSWORD_EXPIRED") => Self::PasswordExpired,
            Some("LDAP_AUTHENTICATION_FAILED_ACCOUNT_EXPIRED") => Self::AccountExpired,
            Some("LDAP_AUTHENTICATION_FAILED_ACCOUNT_DISABLED") => Self::AccountDisabled,
            Some("LDAP_AUTHENTICATION_FAILED_ACCOUNT_LOCKED") => Self::AccountLocked,
            Some("LDAP_AUTHORIZATION_FAILED") => Self::NotAuthorized,
            Some("LDAP_AUTHENTICATION_FAILED_USER_NOT_FOUND") => Self::UserNotFound,
            Some("LOGIN_NOT_ENABLED_FOR_USER") => Self::LoginNotEnabled,
            // With one tenant, login enters it at once and may fail as selecting it would.
            _ => match SelectTenantErrorCode::of(constant) {
                SelectTenantErrorCode::SessionLimitReached => Self::SessionLimitReached,
                SelectTenantErrorCode::DuplicateUserData => Self::DuplicateUserData,
                SelectTenantErrorCode::NotAuthorized => Self::LoginNotEnabled,
                _ => Self::Unknown,
            },
        }
    }

    fn field(self) -> Option<&'static str> {
        match self {
            Self::InvalidLoginName | Self::InvalidLoginNameFormat | Self::UserNotFound => Some("username"),
            Self::PasswordMissing | Self::WrongPassword => Some("password"),
            _ => None,
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::InvalidLoginName => "The portal does not know this user name.",
            Self::InvalidLoginNameFormat => {
                "The user name must have the form name@abc, where abc is the three-character id of the tenant."
            }
            Self::PasswordMissing => "The password is empty.",
            Self::WrongPassword => "The password is wrong.",
            Self::PasswordExpired => "The password has expired: change it at the portal.",
            Self::PasswordChangeRequired => {
                "The password must be changed at the portal before anything else."
            }
            Self::AccountExpired => "The account has expired.",
            Self::AccountDisabled => "The account is disabled.",
            Self::AccountLocked => {
                "The account is locked: ask an administrator, or wait until it opens again."
            }
            Self::NotAuthorized => "The account is not in the security group that may use the portal.",
            Self::UserNotFound => "The directory does not know this user.",
            Self::LoginNotEnabled => "This user may not sign in to the portal.",
            Self::SessionLimitReached => SelectTenantErrorCode::SessionLimitReached.message(),
            Self::DuplicateUserData => SelectTenantErrorCode::DuplicateUserData.message(),
            Self::Unknown => "The portal refused the sign-in without a reason this gateway knows.",
        }
    }
}

impl SelectTenantErrorCode {
    fn of(constant: Option<&str>) -> Self {
        let rest = constant.and_then(|constant| constant.strip_prefix("AUTHORIZE_USER_TO_TENANT_FAILED"));
        match rest.map(|rest| rest.trim_start_matches('_')) {
            Some("") => Self::PortalFailure,
            Some("USER_DATA_PROBLEM_FOUND_DUPLICATE") => Self::DuplicateUserData,
            Some("REQD_LOGIN_NM_MISSING") => Self::LoginNameMissing,
            Some("REQD_ID_PROGRAM_MISSING") => Self::TenantMissing,
            Some("USER_ALREADY_LOGGED_ON_ANOTHER_SESSION") => Self::SessionLimitReached,
            Some("USER_NOT_AUTHORIZED") => Self::NotAuthorized,
            Some("TENANT_NOT_FOUND") => Self::TenantNotFound,
            Some("USER_TOKEN_DOES_NOT_MATCH") => Self::SignInExpired,
            _ => Self::Unknown,
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::NoSelectionPending => "No tenant is waiting to be selected: call login first.",
            Self::TenantNotFound => "There is no such tenant for this user.",
            Self::SessionLimitReached => {
                "The user has as many sessions as the tenant allows: sign out elsewhere first."
            }
            Self::NotAuthorized => "This user may not use the portal.",
            Self::SignInExpired => "The portal no longer knows this sign-in: call login again.",
            Self::LoginNameMissing => "The portal misses the login name.",
            Self::TenantMissing => "The portal misses the tenant.",
            Self::DuplicateUserData => "The portal holds this user's data twice: ask its support.",
            Self::PortalFailure => "The portal failed without naming a reason: try again later.",
            Self::Unknown => "The portal refused the tenant without a reason this gateway knows.",
        }
    }
}

/// What signing in came to.
#[Object]
impl LoginPayload {
    /// Whether reads can begin, a tenant must be selected, or the sign-in was refused.
    fn status(&self) -> LoginStatus {
        self.status
    }

    /// Who is signed in now; null until a tenant is entered.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        if self.status == LoginStatus::SignedIn { Viewer::of(ctx) } else { None }
    }

    /// The tenants to select from; empty unless a selection is required.
    async fn tenants(&self) -> List<Tenant> {
        match self.issued.as_ref().map(|issued| &issued.session.stage) {
            Some(Stage::TenantSelection(tenants)) => tenants.iter().filter_map(Tenant::listed).collect(),
            _ => List::default(),
        }
    }

    /// The session's token, for clients that send it as `Authorization: Bearer …`. Browsers need not ask for it: they
    /// hold the session in a cookie that scripts cannot read.
    fn session_token(&self) -> Option<&str> {
        self.issued.as_ref().map(|issued| issued.token.expose())
    }

    /// Why the sign-in was refused; empty if it was not.
    async fn user_errors(&self) -> List<LoginError> {
        let errors = self.errors.iter().map(|(code, portal_code)| LoginError {
            code: *code,
            field: code.field().map(|field| List(vec!["input".to_owned(), field.to_owned()])),
            message: code.message().to_owned(),
            portal_code: portal_code.clone(),
        });
        errors.collect()
    }
}

/// What selecting a tenant came to.
#[Object]
impl SelectTenantPayload {
    /// Who is signed in now; null if the tenant could not be entered.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        self.issued.as_ref().and_then(|_| Viewer::of(ctx))
    }

    /// The session's new token, for clients that send it as `Authorization: Bearer …`; the one from `login` has ended.
    fn session_token(&self) -> Option<&str> {
        self.issued.as_ref().map(|issued| issued.token.expose())
    }

    /// Why the tenant could not be entered; empty if it was.
    async fn user_errors(&self) -> List<SelectTenantError> {
        let errors = self.errors.iter().map(|(code, portal_code)| SelectTenantError {
            code: *code,
            field: (*code == SelectTenantErrorCode::TenantNotFound)
                .then(|| List(vec!["input".to_owned(), "tenantDatabaseId".to_owned()])),
            message: code.message().to_owned(),
            portal_code: portal_code.clone(),
        });
        errors.collect()
    }
}

impl LoginPayload {
    fn refused(errors: Vec<(LoginErrorCode, Option<String>)>) -> Self {
        Self { status: LoginStatus::Refused, issued: None, errors }
    }
}

/// Everything that changes something.
#[Object(name = "Mutation")]
impl SignInMutation {
    /// Signs a person in to the portal. A session the request came with is ended and replaced.
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: LoginInput,
    ) -> Result<LoginPayload, GraphError> {
        let mut missing = Vec::new();
        if input.username.trim().is_empty() {
            missing.push((LoginErrorCode::InvalidLoginName, None));
        }
        if input.password.is_empty() {
            missing.push((LoginErrorCode::PasswordMissing, None));
        }
        if !missing.is_empty() {
            return Ok(LoginPayload::refused(missing));
        }
        let visit = ctx.visit();
        let (status, issued) = match visit
            .sessions()
            .log_in(input.username.trim(), &Secret::new(input.password))
            .await
        {
            Ok(SignIn::SignedIn(issued)) => (LoginStatus::SignedIn, issued),
            Ok(SignIn::TenantSelectionRequired(issued)) => (LoginStatus::TenantSelectionRequired, issued),
            Ok(SignIn::MustChangePassword) => {
                let constant = Some("USER_MUST_CHANGE_PASSWORD".to_owned());
                return Ok(LoginPayload::refused(vec![(LoginErrorCode::PasswordChangeRequired, constant)]));
            }
            Err(SignInError::Portal(PortalError::Refused { code_message, .. })) => {
                let code = LoginErrorCode::of(code_message.as_deref());
                return Ok(LoginPayload::refused(vec![(code, code_message.map(|text| text.to_string()))]));
            }
            Err(error) => return Err(error.into()),
        };
        visit.enter(&issued).await;
        Ok(LoginPayload { status, issued: Some(issued), errors: Vec::new() })
    }

    /// Enters one of the tenants that `login` listed. The session is replaced, and with it its token.
    async fn select_tenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tenant to enter.")] input: SelectTenantInput,
    ) -> Result<SelectTenantPayload, GraphError> {
        let refused =
            |code, portal_code| Ok(SelectTenantPayload { issued: None, errors: vec![(code, portal_code)] });
        let visit = ctx.visit();
        let caller = ctx.caller()?;
        match visit.sessions().select_tenant(caller.session(), TenantId(input.tenant_database_id)).await {
            Ok(issued) => {
                visit.renew(&issued);
                Ok(SelectTenantPayload { issued: Some(issued), errors: Vec::new() })
            }
            Err(SignInError::NoTenantSelectionPending) => {
                refused(SelectTenantErrorCode::NoSelectionPending, None)
            }
            Err(SignInError::Portal(PortalError::Refused { code_message, .. })) => {
                let code = SelectTenantErrorCode::of(code_message.as_deref());
                refused(code, code_message.map(|text| text.to_string()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Ends the session, here and at the portal. Signing out twice is no error.
    async fn logout(&self, ctx: &Context<'_>) -> LogoutPayload {
        let visit = ctx.visit();
        let Some(caller) = visit.current() else { return LogoutPayload { is_signed_out: false } };
        visit.leave();
        // Here the session is over whatever the portal answers; there it ends by itself if it was not reached.
        let _ = visit.sessions().log_out(caller.session()).await;
        LogoutPayload { is_signed_out: true }
    }
}

//! Signing in and out: `login`, `selectTenant`, `logout`.

use std::time::Duration;

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};

use super::refusal::{Refusal, UserError, UserErrorCode, Violations, user_errors};
use crate::graph::context::ContextExt as _;
use crate::graph::error::Nullable;
use crate::graph::icws::IcwsViewer;
use crate::graph::list::List;
use crate::graph::tenant::Tenant;
use crate::graph::viewer::Viewer;
use crate::icws::IcwsError;
use crate::portal::{PortalError, TenantId};
use crate::session::{Entrance, Issued, SignIn, SignInError, System};
use crate::upstream::Secret;

/// Changes who is signed in.
#[derive(Default)]
pub struct SignInMutation;

/// The systems behind the graph.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(name = "Upstream")]
pub enum UpstreamName {
    /// The administration portal.
    Portal,
    /// ICWS (Genesys PureConnect).
    Icws,
}

impl From<UpstreamName> for System {
    fn from(name: UpstreamName) -> Self {
        match name {
            UpstreamName::Portal => Self::Portal,
            UpstreamName::Icws => Self::Icws,
        }
    }
}

/// Who signs in, and where.
#[derive(InputObject)]
pub struct LoginInput {
    /// Where to sign in.
    #[graphql(default_with = "UpstreamName::Portal")]
    upstream: UpstreamName,
    /// The login name: at the portal of the form `name@abc` where `abc` is the three-character id of the tenant, at ICWS
    /// the user id.
    username: String,
    /// The password; it is passed on to the upstream and kept nowhere.
    password: Secret,
}

/// Where to sign out.
#[derive(InputObject)]
pub struct LogoutInput {
    /// The one upstream to sign out of; both if left out.
    upstream: Option<UpstreamName>,
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

user_errors! {
    /// Why somebody could not sign in.
    LoginErrorCode of "Login", find out by "`viewer`" {
        /// The login name is empty, or unknown to the portal.
        InvalidLoginName("username") = "INVALID_LOGIN_NAME",
        /// The login name must have the form `name@abc`, where `abc` is the three-character id of the tenant.
        InvalidLoginNameFormat("username") = "INVALID_LOGIN_NAME_NOT_IN_EXPECTED_FORMAT",
        /// The password is empty.
        PasswordEmpty("password"),
        /// The password is wrong. Each wrong one counts towards locking the account.
        WrongPassword("password") = "LDAP_AUTHENTICATION_FAILED",
        /// The password has expired: change it at the portal.
        PasswordExpired = "LDAP_AUTHENTICATION_FAILED_PASSWORD_EXPIRED",
        /// The password must be changed at the portal before anything else.
        PasswordChangeRequired = "USER_MUST_CHANGE_PASSWORD",
        /// The account has expired.
        AccountExpired = "LDAP_AUTHENTICATION_FAILED_ACCOUNT_EXPIRED",
        /// The account is disabled.
        AccountDisabled = "LDAP_AUTHENTICATION_FAILED_ACCOUNT_DISABLED",
        /// The account is locked: ask an administrator, or wait until it opens again.
        AccountLocked = "LDAP_AUTHENTICATION_FAILED_ACCOUNT_LOCKED",
        /// The account is not in the security group that may use the portal.
        NotAuthorized = "LDAP_AUTHORIZATION_FAILED",
        /// The directory does not know this user.
        UserNotFound("username") = "LDAP_AUTHENTICATION_FAILED_USER_NOT_FOUND",
        /// This user may not sign in to the portal.
        LoginNotEnabled = "LOGIN_NOT_ENABLED_FOR_USER" | "AUTHORIZE_USER_TO_TENANT_FAILED_USER_NOT_AUTHORIZED",
        /// The user has as many sessions as the tenant allows: sign out elsewhere first.
        SessionLimitReached = "AUTHORIZE_USER_TO_TENANT_FAILED_USER_ALREADY_LOGGED_ON_ANOTHER_SESSION",
        /// The portal holds this user's data twice: ask its support.
        DuplicateUserData = "AUTHORIZE_USER_TO_TENANT_FAILED_USER_DATA_PROBLEM_FOUND_DUPLICATE",
        /// ICWS does not accept the user id or the password. Wrong ones may count towards locking the account.
        IcwsRefused,
        /// This gateway has no such upstream.
        UpstreamNotConfigured("upstream"),
        /// Too many sign-ins with this login name or from this address have failed: this one was not tried.
        TooManyFailures,
    }
    failures []
}

user_errors! {
    /// Why a tenant could not be entered.
    SelectTenantErrorCode of "SelectTenant", find out by "`viewer { tenant { name } }`" {
        /// No tenant is waiting to be selected: call login first.
        NoSelectionPending,
        /// There is no such tenant for this user.
        TenantNotFound("tenantDatabaseId") = "AUTHORIZE_USER_TO_TENANT_FAILED_TENANT_NOT_FOUND",
        /// The user has as many sessions as the tenant allows: sign out elsewhere first.
        SessionLimitReached = "AUTHORIZE_USER_TO_TENANT_FAILED_USER_ALREADY_LOGGED_ON_ANOTHER_SESSION",
        /// This user may not use the portal.
        NotAuthorized = "AUTHORIZE_USER_TO_TENANT_FAILED_USER_NOT_AUTHORIZED",
        /// The portal no longer knows this sign-in: call login again.
        SignInExpired = "AUTHORIZE_USER_TO_TENANT_FAILED_USER_TOKEN_DOES_NOT_MATCH",
        /// The portal misses the login name; an error of the gateway's settings.
        LoginNameMissing = "AUTHORIZE_USER_TO_TENANT_FAILED_REQD_LOGIN_NM_MISSING",
        /// The portal misses the tenant; an error of the gateway's settings.
        TenantMissing = "AUTHORIZE_USER_TO_TENANT_FAILED_REQD_ID_PROGRAM_MISSING",
        /// The portal holds this user's data twice: ask its support.
        DuplicateUserData = "AUTHORIZE_USER_TO_TENANT_FAILED_USER_DATA_PROBLEM_FOUND_DUPLICATE",
        /// The portal failed without naming a reason: try again later.
        PortalFailure = "AUTHORIZE_USER_TO_TENANT_FAILED",
    }
    failures []
}

/// What signing in came to.
pub struct LoginPayload {
    status: LoginStatus,
    issued: Option<Issued>,
    errors: Vec<UserError<LoginErrorCode>>,
}

/// What selecting a tenant came to.
pub struct SelectTenantPayload {
    issued: Option<Issued>,
    errors: Vec<UserError<SelectTenantErrorCode>>,
}

/// What signing out came to.
#[derive(SimpleObject)]
pub struct LogoutPayload {
    /// Whether there was a session to end; either way there is none now.
    is_signed_out: bool,
}

/// What signing in came to.
#[Object]
impl LoginPayload {
    /// Whether reads can begin, a tenant must be selected, or the sign-in was refused.
    fn status(&self) -> LoginStatus {
        self.status
    }

    /// Who is signed in to the portal now; null until a tenant is entered.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        if self.status == LoginStatus::SignedIn { Viewer::of(ctx) } else { None }
    }

    /// Who is signed in to ICWS now; null if nobody is.
    async fn icws_viewer(&self, ctx: &Context<'_>) -> Option<IcwsViewer> {
        self.issued.as_ref().and_then(|_| IcwsViewer::of(ctx))
    }

    /// The tenants to select from; empty unless a selection is required.
    async fn tenants(&self) -> List<Tenant> {
        let issued = self.issued.as_ref().filter(|_| self.status == LoginStatus::TenantSelectionRequired);
        let portal = issued.and_then(|issued| issued.session.portal.as_ref());
        let tenants = portal.and_then(|portal| portal.tenants_to_select()).unwrap_or_default();
        tenants.iter().filter_map(Tenant::listed).collect()
    }

    /// The session's token, for clients that send it as `Authorization: Bearer …`. Browsers need not ask for it: they
    /// hold the session in a cookie that scripts cannot read.
    fn session_token(&self) -> Option<&str> {
        self.issued.as_ref().map(|issued| issued.token.expose())
    }

    /// Why the sign-in was refused; empty if it was not.
    async fn user_errors(&self) -> List<UserError<LoginErrorCode>> {
        List(self.errors.clone())
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
    async fn user_errors(&self) -> List<UserError<SelectTenantErrorCode>> {
        List(self.errors.clone())
    }
}

type LoggedIn = (LoginStatus, Issued);

async fn log_in(ctx: &Context<'_>, input: LoginInput) -> Result<LoggedIn, Refusal<LoginErrorCode>> {
    ctx.visit().require_new_token()?;
    let mut violations = Violations::new();
    if input.username.trim().is_empty() {
        violations.add(LoginErrorCode::InvalidLoginName);
    }
    if input.password.expose().is_empty() {
        violations.add(LoginErrorCode::PasswordEmpty);
    }
    violations.check()?;
    let visit = ctx.visit();
    let (username, password) = (input.username.trim(), input.password);
    let caller = visit.current();
    let former = caller.as_ref().map(|caller| caller.session().as_ref());
    let entrance = Entrance { former, client: visit.client() };
    let begun = visit.begin_login(input.upstream.into(), username).await.map_err(too_many_failures)?;
    let sessions = visit.sessions();
    let signed_in = match input.upstream {
        UpstreamName::Icws => {
            sessions.log_in_to_icws(entrance, username, &password).await.map(SignIn::SignedIn)
        }
        UpstreamName::Portal => sessions.log_in(entrance, username, &password).await,
    };
    begun.settle(&signed_in).await;
    let (status, issued) = match signed_in? {
        SignIn::SignedIn(issued) => (LoginStatus::SignedIn, issued),
        SignIn::TenantSelectionRequired(issued) => (LoginStatus::TenantSelectionRequired, issued),
        SignIn::MustChangePassword => return Err(Refusal::said(Some("USER_MUST_CHANGE_PASSWORD"))),
    };
    visit.enter(&issued);
    Ok((status, issued))
}

fn too_many_failures(wait: Duration) -> Refusal<LoginErrorCode> {
    let code = LoginErrorCode::TooManyFailures;
    let seconds = wait.as_secs() + 1;
    let mut violations = Violations::new();
    violations.add_with(code, format!("{} The next try is possible in {seconds} seconds.", code.message()));
    violations.refusal()
}

async fn enter_tenant(ctx: &Context<'_>, tenant: TenantId) -> Result<Issued, Refusal<SelectTenantErrorCode>> {
    let visit = ctx.visit();
    visit.require_new_token()?;
    let caller = ctx.caller()?;
    match visit.sessions().select_tenant(caller.session(), tenant).await {
        Ok(issued) => {
            visit.enter(&issued);
            Ok(issued)
        }
        Err(SignInError::NoTenantSelectionPending) => {
            Err(Refusal::one(SelectTenantErrorCode::NoSelectionPending))
        }
        Err(error) => Err(of_portal(error)),
    }
}

impl From<SignInError> for Refusal<LoginErrorCode> {
    fn from(error: SignInError) -> Self {
        match error {
            // ICWS names no reasons that the contract knows; its own word stands beside this one.
            // Other statuses speak of the address or of what stands in front of it, not of the person.
            SignInError::Icws(IcwsError::Refused { status: 400 | 401 | 403, error_id, .. }) => {
                let mut violations = Violations::new();
                let word = error_id.as_deref().unwrap_or_default();
                violations.add_told((word, LoginErrorCode::IcwsRefused), Vec::new(), "");
                violations.refusal()
            }
            SignInError::NotConfigured(_) => Self::one(LoginErrorCode::UpstreamNotConfigured),
            error => of_portal(error),
        }
    }
}

/// Signing in is refused with a reason even where the portal names none.
fn of_portal<C: UserErrorCode>(error: SignInError) -> Refusal<C> {
    match error {
        SignInError::Portal(PortalError::Refused { code_message, .. }) => {
            Refusal::said(code_message.as_deref())
        }
        error => Refusal::Failure(error.into()),
    }
}

// Nullable, like every mutation: one that fails does not take the others of its request with it.
#[Object]
impl SignInMutation {
    /// Signs a person in, to the portal unless told otherwise. A session of the same upstream is ended and replaced; one
    /// of the other upstream stays, so that one session can hold both. The token changes either way.
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: LoginInput,
    ) -> Nullable<LoginPayload> {
        Some(Refusal::settle(ctx, log_in(ctx, input).await).map(|(done, errors)| {
            let (status, issued) = done.unzip();
            LoginPayload { status: status.unwrap_or(LoginStatus::Refused), issued, errors }
        }))
    }

    /// Enters one of the tenants that `login` listed. The session is replaced, and with it its token.
    async fn select_tenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tenant to enter.")] input: SelectTenantInput,
    ) -> Nullable<SelectTenantPayload> {
        let entered = enter_tenant(ctx, TenantId(input.tenant_database_id)).await;
        Some(Refusal::settle(ctx, entered).map(|(issued, errors)| SelectTenantPayload { issued, errors }))
    }

    /// Ends the session, here and at the upstreams; with `upstream` given, only what it holds there. Signing out twice is no
    /// error.
    async fn logout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to sign out; everywhere if left out.")] input: Option<LogoutInput>,
    ) -> Nullable<LogoutPayload> {
        let visit = ctx.visit();
        if let Err(refusal) = visit.require_person() {
            return Some(Err(refusal));
        }
        let Some(caller) = visit.current() else { return Some(Ok(LogoutPayload { is_signed_out: false })) };
        let only = input.and_then(|input| input.upstream).map(System::from);
        let is_signed_out = caller.session().holds(only);
        visit.leave(only);
        // Here the session is over whatever the upstream answers; there it ends by itself if it was not reached.
        visit.sessions().log_out(caller.session(), only).await;
        Some(Ok(LogoutPayload { is_signed_out }))
    }
}

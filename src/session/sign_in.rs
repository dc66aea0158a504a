//! Signing in: login, and selecting a tenant where there are several (section 3 of the contract's `wire.md`).

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

use super::identity::{Identity, Principal, Upstream};
use super::store::Sessions;
use super::token::Token;
use super::{Issued, Session, Stage};
use crate::portal::auth::{AuthorizeUserToTenant, Login, LoginReply, Logout, Outcome, Tenant};
use crate::portal::dialect::encode;
use crate::portal::{Credentials, Operation as _, PortalError, Secret, TenantId};

/// What signing in came to.
#[derive(Debug)]
pub enum SignIn {
    /// In a tenant.
    SignedIn(Issued),
    /// The person is known; the session can select a tenant and nothing else.
    TenantSelectionRequired(Issued),
    /// The person is known, but must change the password at the portal first; there is no session.
    MustChangePassword,
}

/// Why signing in or out failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SignInError {
    /// The portal refused, or could not be asked.
    #[error(transparent)]
    Portal(#[from] PortalError),
    /// The session is not waiting for a tenant to be selected.
    #[error("no tenant is waiting to be selected")]
    NoTenantSelectionPending,
    /// The operating system gave no random numbers.
    #[error("no random numbers could be had for a session token")]
    NoRandomness,
}

impl Sessions {
    /// Asks the portal once; a refused password is never tried again, in any encoding, because accounts lock.
    pub async fn log_in(&self, login_name: &str, password: &Secret) -> Result<SignIn, SignInError> {
        let encoding = self.portal.settings().login_encoding;
        let login = Login {
            username: Some(Secret::new(encode(encoding, login_name))),
            password: Some(Secret::new(encode(encoding, password.expose()))),
            ..Login::default()
        };
        let answer = self.portal.call(&login, None).await?;
        let mut reply = answer.reply;
        let token = reply.user_token.take();
        let credentials = answer.cookie.map(|cookie| Credentials::new(cookie, token));
        if reply.outcome() == Outcome::MustChangePassword {
            if let Some(credentials) = credentials {
                // The portal counts sessions; one that may do nothing is given back at once.
                let _ = self.portal.call(&Logout::default(), Some(&credentials)).await;
            }
            return Ok(SignIn::MustChangePassword);
        }
        let credentials =
            credentials.ok_or_else(|| unintelligible(Login::NAME, "it sets no JSESSIONID cookie"))?;
        if reply.outcome() == Outcome::TenantSelectionRequired {
            let stage = Stage::TenantSelection(reply.accessible_tenants_list.clone());
            let issued = self.open(login_name, stage, (reply, credentials)).await?;
            return Ok(SignIn::TenantSelectionRequired(issued));
        }
        let stage = signed_in(Login::NAME, &reply, login_name, None)?;
        Ok(SignIn::SignedIn(self.open(login_name, stage, (reply, credentials)).await?))
    }

    /// Enters a tenant with a session that waits for it; the session is replaced, and so is its token.
    pub async fn select_tenant(&self, session: &Session, tenant: TenantId) -> Result<Issued, SignInError> {
        let Stage::TenantSelection(tenants) = &session.stage else {
            return Err(SignInError::NoTenantSelectionPending);
        };
        let encoding = self.portal.settings().tenant_selection_encoding;
        let operation = AuthorizeUserToTenant {
            username: Some(encode(encoding, &session.login_name)),
            id_program: Some(tenant),
            auth_token: session.credentials().token().cloned(),
            ..AuthorizeUserToTenant::default()
        };
        let answer = self.portal.call(&operation, Some(session.credentials())).await;
        if matches!(answer, Err(PortalError::SessionEnded { .. })) {
            self.forget(session.id).await;
        }
        let answer = answer?;
        let mut reply = answer.reply;
        let credentials = session.credentials().clone().renewed(answer.cookie, reply.user_token.take());
        let known = tenants.iter().find(|known| known.id_program == Some(tenant));
        let stage = signed_in(AuthorizeUserToTenant::NAME, &reply, &session.login_name, known)?;
        let issued = self.open(&session.login_name, stage, (reply, credentials)).await?;
        self.forget(session.id).await;
        Ok(issued)
    }

    async fn open(
        &self,
        login_name: &str,
        stage: Stage,
        (profile, credentials): (LoginReply, Credentials),
    ) -> Result<Issued, SignInError> {
        let token = Token::generate().map_err(|_| SignInError::NoRandomness)?;
        let created_at = Timestamp::now();
        let longest = SignedDuration::from_mins(i64::try_from(self.settings.max_minutes).unwrap_or(720));
        let session = Arc::new(Session {
            id: token.session(),
            login_name: login_name.to_owned(),
            stage,
            profile: Arc::new(profile),
            created_at,
            expires_at: created_at + longest,
            calls: Arc::new(Semaphore::new(self.portal.settings().max_concurrent_calls_per_session)),
            credentials,
        });
        self.keep(session.clone()).await;
        Ok(Issued { token: token.text(), session })
    }
}

/// The stage of a session in a tenant; `known` is what the list of tenants said of it.
fn signed_in(
    operation: &'static str,
    reply: &LoginReply,
    login_name: &str,
    known: Option<&Arc<Tenant>>,
) -> Result<Stage, SignInError> {
    let only = match reply.accessible_tenants_list.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    let known = known.or(only);
    let tenant = reply.id_program.or_else(|| known?.id_program);
    let tenant = tenant.ok_or_else(|| unintelligible(operation, "it names no tenant (idProgram)"))?;
    let principal = match reply.id_program_user {
        Some(user) => Principal::User(user),
        None => Principal::LoginName(login_name.to_lowercase()),
    };
    let tenant_record = Tenant {
        id_program: Some(tenant),
        program_prefix: reply.program_prefix.clone().or_else(|| known?.program_prefix.clone()),
        program_nm: known.and_then(|known| known.program_nm.clone()),
        ..Tenant::default()
    };
    Ok(Stage::SignedIn {
        identity: Identity { upstream: Upstream::Portal, tenant, principal },
        tenant: Arc::new(tenant_record),
    })
}

fn unintelligible(operation: &'static str, reason: &str) -> SignInError {
    PortalError::Unintelligible { operation, reason: reason.into() }.into()
}

//! Signing in: login, and selecting a tenant where there are several (section 3 of the contract's `wire.md`).

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

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
        let stage = if reply.outcome() == Outcome::TenantSelectionRequired {
            Ok(Stage::TenantSelection(reply.accessible_tenants_list.clone()))
        } else {
            signed_in((Login::NAME, &reply), login_name, None)
        };
        let opening = Opening { login_name, profile: reply, credentials, since: Timestamp::now() };
        match stage {
            Ok(stage) => {
                let issued = self.open(opening, stage).await?;
                Ok(match issued.session.stage {
                    Stage::TenantSelection(_) => SignIn::TenantSelectionRequired(issued),
                    Stage::SignedIn { .. } => SignIn::SignedIn(issued),
                })
            }
            Err(error) => {
                // The portal counts sessions; one that cannot be used is given back at once.
                let _ = self.portal.call(&Logout::default(), Some(&opening.credentials)).await;
                Err(error)
            }
        }
    }

    /// Enters a tenant with a session that waits for it; the session is replaced, and so is its token. Of two who try at
    /// once with one session, one finds nothing waiting: the portal session behind it can be in one tenant only.
    pub async fn select_tenant(&self, session: &Session, tenant: TenantId) -> Result<Issued, SignInError> {
        if session.tenants_to_select().is_none() {
            return Err(SignInError::NoTenantSelectionPending);
        }
        let session = self.claim(session.id).await.ok_or(SignInError::NoTenantSelectionPending)?;
        let encoding = self.portal.settings().tenant_selection_encoding;
        let operation = AuthorizeUserToTenant {
            username: Some(encode(encoding, &session.login_name)),
            id_program: Some(tenant),
            auth_token: session.credentials().token().cloned(),
            ..AuthorizeUserToTenant::default()
        };
        let answer = match self.portal.call(&operation, Some(session.credentials())).await {
            Ok(answer) => answer,
            Err(error) => {
                // Refused or never sent: another try is possible. Else nobody knows which tenant the portal is in.
                let has_ended = matches!(error, PortalError::SessionEnded { .. });
                if !has_ended && !error.leaves_outcome_unknown() {
                    self.keep(session).await;
                }
                return Err(error.into());
            }
        };
        let mut reply = answer.reply;
        let credentials = session.credentials().clone().renewed(answer.cookie, reply.user_token.take());
        let listed = session.tenants_to_select().unwrap_or_default();
        let known = listed.iter().find(|known| known.id_program == Some(tenant));
        let stage =
            signed_in((AuthorizeUserToTenant::NAME, &reply), &session.login_name, Some((tenant, known)))?;
        let login_name = &session.login_name;
        // The portal's twelve hours began at login.
        self.open(Opening { login_name, profile: reply, credentials, since: session.created_at }, stage).await
    }

    async fn open(&self, opening: Opening<'_>, stage: Stage) -> Result<Issued, SignInError> {
        let token = Token::generate().map_err(|_| SignInError::NoRandomness)?;
        let longest = SignedDuration::from_mins(i64::try_from(self.settings.max_minutes).unwrap_or(720));
        let session = Arc::new(Session {
            id: token.session(),
            login_name: opening.login_name.to_owned(),
            stage,
            profile: Arc::new(opening.profile),
            created_at: opening.since,
            expires_at: opening.since + longest,
            calls: Arc::new(Semaphore::new(self.portal.settings().max_concurrent_calls_per_session)),
            heard_at: AtomicI64::new(Timestamp::now().as_second()),
            credentials: opening.credentials,
        });
        self.keep(session.clone()).await;
        Ok(Issued { token: token.text(), session })
    }
}

/// What a new session is made of.
struct Opening<'a> {
    login_name: &'a str,
    profile: LoginReply,
    credentials: Credentials,
    since: Timestamp,
}

/// The stage of a session in a tenant: the one that was selected, with what the list of tenants said of it, or the only
/// one there is.
fn signed_in(
    (operation, reply): (&'static str, &LoginReply),
    login_name: &str,
    selected: Option<(TenantId, Option<&Arc<Tenant>>)>,
) -> Result<Stage, SignInError> {
    let (tenant, known) = match (selected, reply.accessible_tenants_list.as_slice()) {
        (Some((selected, known)), _) => (Some(selected), known),
        (None, [only]) => (reply.id_program.or(only.id_program), Some(only)),
        (None, _) => (reply.id_program, None),
    };
    let tenant = tenant.ok_or_else(|| unintelligible(operation, "it names no tenant (idProgram)"))?;
    if reply.id_program.is_some_and(|answered| answered != tenant) {
        return Err(unintelligible(operation, "it names another tenant (idProgram) than the one selected"));
    }
    let principal = match reply.id_program_user {
        Some(user) => Principal::User(user),
        None => Principal::LoginName(login_name.to_lowercase()),
    };
    let listed_prefix = known.and_then(|known| known.program_prefix.clone());
    let tenant_record = Tenant {
        id_program: Some(tenant),
        program_prefix: listed_prefix.or_else(|| reply.program_prefix.clone()),
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

//! Signing in: login, and selecting a tenant where there are several (section 3 of the contract's `wire.md`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};

use super::at_portal::{PortalSession, Stage};
use super::entrance::Entrance;
use super::identity::{Identity, Principal, Realm};
use super::standing::{Standing, System};
use super::store::Sessions;
use super::{Issued, Session};
use crate::icws::IcwsError;
use crate::portal::auth::{AuthorizeUserToTenant, Login, LoginReply, Logout, Outcome, Tenant};
use crate::portal::dialect::encode;
use crate::portal::{Credentials, Operation as _, Portal, PortalError, TenantId};
use crate::store::StoreError;
use crate::upstream::{Failure as _, Secret};

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
    /// ICWS refused, or could not be asked.
    #[error(transparent)]
    Icws(#[from] IcwsError),
    /// The gateway has no such upstream.
    #[error("the gateway has no such upstream")]
    NotConfigured(System),
    /// The session is not waiting for a tenant to be selected.
    #[error("no tenant is waiting to be selected")]
    NoTenantSelectionPending,
    /// The store that replicas share is gone: no session could be kept in it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system gave no random numbers.
    #[error("no random numbers could be had for a session token")]
    NoRandomness,
}

impl Sessions {
    /// Asks the portal once; a refused password is never tried again, in any encoding, because accounts lock. A session
    /// that succeeds takes the place of the portal session the former one holds.
    pub async fn log_in(
        &self,
        entrance: Entrance<'_>,
        login_name: &str,
        password: &Secret,
    ) -> Result<SignIn, SignInError> {
        let portal = self.portal.as_ref().ok_or(SignInError::NotConfigured(System::Portal))?;
        self.shelf.require().await?;
        let encoding = portal.settings().login_encoding;
        let login = Login {
            username: Some(Secret::new(encode(encoding, login_name))),
            password: Some(Secret::new(encode(encoding, password.expose()))),
            ..Login::default()
        };
        let answer = portal.call(&login, None).await?;
        let mut reply = answer.reply;
        let token = reply.user_token.take();
        let credentials = answer.cookie.map(|cookie| Credentials::new(cookie, token));
        if reply.outcome() == Outcome::MustChangePassword {
            if let Some(credentials) = credentials {
                // The portal counts sessions; one that may do nothing is given back at once.
                let _ = portal.call(&Logout::default(), Some(&credentials)).await;
            }
            return Ok(SignIn::MustChangePassword);
        }
        let credentials =
            credentials.ok_or_else(|| unintelligible(Login::NAME, "it sets no JSESSIONID cookie"))?;
        let stage = if reply.outcome() == Outcome::TenantSelectionRequired {
            Ok((Stage::TenantSelection(reply.accessible_tenants_list.clone()), None))
        } else {
            signed_in((Login::NAME, &reply), login_name, None)
        };
        let opening =
            Opening { upstream: portal, login_name, profile: reply, credentials, since: Timestamp::now() };
        let (stage, identity) = match stage {
            Ok(stage) => stage,
            Err(error) => {
                // The portal counts sessions; one that cannot be used is given back at once.
                let _ = portal.call(&Logout::default(), Some(&opening.credentials)).await;
                return Err(error);
            }
        };
        let is_in_tenant = identity.is_some();
        let former = self.claim_former(entrance.former).await;
        let is_somebody_else = |portal: &Arc<PortalSession>| !is_same_name(&portal.login_name, login_name);
        let (carried, left) =
            parted(former, System::Portal, |former| former.portal.as_ref().is_some_and(is_somebody_else));
        let opened = self.open_portal(entrance.with(carried.as_deref()), opening, (stage, identity)).await;
        self.leave(left.as_ref()).await;
        let issued = opened?;
        Ok(if is_in_tenant { SignIn::SignedIn(issued) } else { SignIn::TenantSelectionRequired(issued) })
    }

    /// Enters a tenant with a session that waits for it; the session is replaced, and so is its token. Of two who try at
    /// once with one session, one finds nothing waiting: the portal session behind it can be in one tenant only. Meanwhile
    /// the session stays where it is, for what it holds elsewhere; one that is signed out meanwhile stays so.
    pub async fn select_tenant(&self, session: &Session, tenant: TenantId) -> Result<Issued, SignInError> {
        self.shelf.require().await?;
        let _turn = self.shelf.turn_to_enter(session).await?;
        let waits = session.portal.as_ref().filter(|portal| portal.tenants_to_select().is_some());
        let portal = waits.filter(|portal| !portal.is_entering.swap(true, Ordering::AcqRel));
        let portal = portal.ok_or(SignInError::NoTenantSelectionPending)?;
        let upstream = &portal.upstream;
        let encoding = upstream.settings().tenant_selection_encoding;
        let operation = AuthorizeUserToTenant {
            username: Some(encode(encoding, &portal.login_name)),
            id_program: Some(tenant),
            auth_token: portal.credentials().token().cloned(),
            ..AuthorizeUserToTenant::default()
        };
        let answer = match upstream.call(&operation, Some(portal.credentials())).await {
            Ok(answer) => answer,
            Err(error) => {
                // Refused or never sent: another try is possible. Else nobody knows which tenant the portal is in.
                if error.ends_session() || error.leaves_outcome_unknown() {
                    self.end::<Portal>(session).await;
                }
                portal.is_entering.store(false, Ordering::Release);
                return Err(error.into());
            }
        };
        let mut reply = answer.reply;
        let credentials = portal.credentials().clone().renewed(answer.cookie, reply.user_token.take());
        let listed = portal.tenants_to_select().unwrap_or_default();
        let known = listed.iter().find(|known| known.id_program == Some(tenant));
        let selected = Some((tenant, known));
        let stage = match signed_in((AuthorizeUserToTenant::NAME, &reply), &portal.login_name, selected) {
            Ok(stage) => stage,
            Err(error) => {
                self.end::<Portal>(session).await;
                return Err(error);
            }
        };
        let Some(claimed) = self.claim_holding::<Portal>(session).await else {
            // Somebody signed out meanwhile, and the portal was told so with what proved the session then.
            let _ = upstream.call(&Logout::default(), Some(&credentials)).await;
            return Err(SignInError::NoTenantSelectionPending);
        };
        let login_name = &portal.login_name;
        // The portal's twelve hours began at login.
        let opening = Opening { upstream, login_name, profile: reply, credentials, since: portal.created_at };
        self.open_portal(Entrance::default().with(Some(&claimed)), opening, stage).await
    }

    /// Opens a gateway session that holds a new session of the portal, and what the former one holds elsewhere.
    async fn open_portal(
        &self,
        entrance: Entrance<'_>,
        opening: Opening<'_>,
        (stage, identity): (Stage, Option<Identity>),
    ) -> Result<Issued, SignInError> {
        let longest = SignedDuration::from_mins(i64::try_from(self.settings.max_minutes).unwrap_or(720));
        let lifetime = (opening.since, opening.since + longest);
        let identity = identity.map(|portal| self.identity(portal.realm, portal.principal.clone()));
        let portal = PortalSession {
            login_name: opening.login_name.to_owned(),
            stage,
            profile: Arc::new(opening.profile),
            is_entering: AtomicBool::new(false),
            standing: Standing::new(opening.upstream.clone(), opening.credentials, identity, lifetime),
        };
        self.open(entrance, |session| session.portal = Some(Arc::new(portal))).await
    }
}

/// Whether two login names are one person's, however they are typed.
pub(super) fn is_same_name(one: &str, other: &str) -> bool {
    canonical(one) == canonical(other)
}

/// A login name, however it was typed.
pub(super) fn canonical(name: &str) -> String {
    name.trim().to_lowercase()
}

/// What a new sign-in at an upstream takes along of the session it came with, and what of that must be left: what is
/// replaced, and everything if somebody else was signed in there, whose session elsewhere is none of this person's.
pub(super) fn parted(
    former: Option<Arc<Session>>,
    system: System,
    is_somebody_elses: impl Fn(&Session) -> bool,
) -> (Option<Arc<Session>>, Option<Session>) {
    match former {
        Some(former) if is_somebody_elses(&former) => (None, Some(Session::clone(&former))),
        Some(former) => {
            let left = former.only(system);
            (Some(former), Some(left))
        }
        None => (None, None),
    }
}

/// What a new portal session is made of.
struct Opening<'a> {
    upstream: &'a Portal,
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
) -> Result<(Stage, Option<Identity>), SignInError> {
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
    let identity = Identity::new(Realm::Tenant(tenant), principal);
    Ok((Stage::SignedIn(Arc::new(tenant_record)), Some(identity)))
}

fn unintelligible(operation: &'static str, reason: &str) -> SignInError {
    PortalError::Unintelligible { operation, reason: reason.into() }.into()
}

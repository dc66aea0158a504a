//! The one session of a service account: opened when it is first wanted, once for all who wait, opened anew when it has
//! ended, and not while the upstream refuses.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::FutureExt as _;
use jiff::Timestamp;
use tokio::time::{Instant, timeout};
use tracing::field::display;

use super::back_off::BackOff;
use super::error::{Cause, ServiceError};
use super::password::PasswordSource;
use super::together::{Rest, Together};
use crate::config::{self, ServiceUpstream};
use crate::portal::TenantId;
use crate::portal::auth::Tenant;
use crate::session::{Entrance, Session, Sessions, SignIn};
use crate::store::StoreError;
use crate::upstream::{AUDIT, Flight, Secret, trace};

/// A session that ends earlier than this has ended at once.
const AT_ONCE: Duration = Duration::from_secs(30);
/// So many sessions in a row may end at once before the account is left alone for a while.
const PATIENCE: u32 = 4;

/// The longest it may take to read a password.
const READING: Duration = Duration::from_secs(5);

type Attempt = Flight<Result<Arc<Session>, ServiceError>>;

/// Who a service account is, and the session it holds.
pub(in crate::session) struct HeldSession {
    pub(in crate::session) account: Arc<str>,
    upstream: ServiceUpstream,
    username: String,
    tenant: String,
    password: PasswordSource,
    /// Where the session is shared by replicas.
    together: Option<Together>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Opened>,
    under_way: Option<Attempt>,
    /// Why the account is left alone, until when.
    rest: Option<ServiceError>,
    back_off: BackOff,
    /// The password of the last try: another one is worth a try at once.
    tried: Option<Secret>,
    ended_at_once: u32,
    /// When the last one that has ended was opened: what is shared and no younger is that one.
    ended: Option<Timestamp>,
    /// Whether the gateway is stopping: nothing is opened any more.
    is_closed: bool,
}

struct Opened {
    session: Arc<Session>,
    at: Instant,
}

impl HeldSession {
    pub(super) fn new(account: &config::ServiceAccount, together: Option<Together>) -> Self {
        Self {
            account: account.name.as_str().into(),
            upstream: account.upstream,
            username: account.username.trim().to_owned(),
            tenant: account.tenant.trim().to_owned(),
            password: PasswordSource::of(account),
            together,
            state: Mutex::default(),
        }
    }

    /// Whether other replicas use the session as well.
    pub(super) fn is_shared(&self) -> bool {
        self.together.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn error(&self, cause: Cause, wait: Duration) -> ServiceError {
        ServiceError { account: self.account.clone(), cause, until: Instant::now() + wait }
    }

    /// Takes the session away that has ended, unless another one has taken its place by now.
    pub(in crate::session) fn forget(&self, ended: &Session) {
        let mut state = self.state();
        let Some(opened) = state.current.take_if(|opened| opened.session.id == ended.id) else { return };
        state.ended = state.ended.max(ended.began());
        state.ended_at_once = if opened.at.elapsed() < AT_ONCE { state.ended_at_once + 1 } else { 0 };
        if let Some(over) = state.ended_at_once.checked_sub(PATIENCE) {
            let wait = Duration::from_secs(1 << over.min(5));
            state.rest = Some(self.error(Cause::EndsAtOnce, wait));
        }
    }

    /// The session there is.
    pub(super) fn current(&self) -> Option<Arc<Session>> {
        self.state().current.as_ref().map(|opened| opened.session.clone())
    }

    /// The session, for whoever comes to sign out: one that is just being opened is waited for, and none is opened after.
    pub(super) async fn close(&self) -> Option<Arc<Session>> {
        let under_way = {
            let mut state = self.state();
            state.is_closed = true;
            state.under_way.clone()
        };
        if let Some(attempt) = under_way {
            // It is the current one by then.
            let _ = attempt.await;
        }
        Some(self.state().current.take()?.session)
    }

    /// Why the account is left alone now, with this password.
    fn resting(&self, password: &Secret) -> Option<ServiceError> {
        let mut state = self.state();
        if state.tried.as_ref() != Some(password) {
            state.tried = Some(password.clone());
            state.back_off = BackOff::default();
            state.rest = None;
        }
        state.rest.clone().filter(|rest| rest.until > Instant::now())
    }

    /// Notes what a try came to, and lets the next one begin.
    fn settle(&self, tried: Result<Arc<Session>, Cause>) -> Result<Arc<Session>, ServiceError> {
        let mut state = self.state();
        state.under_way = None;
        match tried {
            Ok(session) => {
                state.back_off = BackOff::default();
                state.rest = None;
                state.current = Some(Opened { session: session.clone(), at: Instant::now() });
                tracing::info!(service.account = &*self.account, "a service account has signed in");
                self.audit("ok", None);
                Ok(session)
            }
            Err(cause) => {
                let wait = state.back_off.after(&cause);
                let error = self.error(cause, wait);
                tracing::warn!(
                    service.account = &*self.account,
                    service.wait_s = wait.as_secs(),
                    error = %error.cause,
                    "a service account could not sign in and is left alone for a while"
                );
                self.audit("failed", Some(&error.cause));
                state.rest = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Uses the session that another replica has opened.
    fn take_over(&self, session: &Arc<Session>) {
        let mut state = self.state();
        state.under_way = None;
        state.rest = None;
        state.current = Some(Opened { session: session.clone(), at: Instant::now() });
    }

    /// Tells the audit log that the gateway has signed in by itself, or tried to.
    fn audit(&self, outcome: &str, reason: Option<&Cause>) {
        let reason = reason.map(display);
        tracing::info!(target: AUDIT, event = "login", outcome, reason, service.account = &*self.account, "audit");
    }

    /// Whether a tenant is the one the account is to enter.
    fn wants(&self, tenant: &Tenant) -> bool {
        if self.tenant.is_empty() {
            return false;
        }
        let names = [&tenant.program_prefix, &tenant.program_nm].into_iter().flatten();
        let mut names = names.map(|name| name.trim().to_lowercase());
        let is_id = tenant.id_program.is_some_and(|id| id.0.to_string() == self.tenant);
        is_id || names.any(|name| name == self.tenant.to_lowercase())
    }
}

impl Sessions {
    /// The session of the service account these are for, opened now if there is none: of all who want it at once, one
    /// signs in for all, and goes on if they go away.
    pub(super) async fn held(&self, held: &Arc<HeldSession>) -> Result<Arc<Session>, ServiceError> {
        let attempt = {
            let mut state = held.state();
            if state.is_closed {
                return Err(held.error(Cause::Interrupted, Duration::from_secs(1)));
            }
            let outlived = state.current.take_if(|opened| self.has_expired(&opened.session));
            if let Some(opened) = &state.current {
                return Ok(opened.session.clone());
            }
            match &state.under_way {
                // One that is over although its place was not cleared has panicked.
                Some(attempt) if !attempt.is_over() => attempt.clone(),
                _ => {
                    let outlived = outlived.map(|opened| opened.session);
                    let trying = tokio::spawn(trace::carried(self.clone().attempt(held.clone(), outlived)));
                    let held = held.clone();
                    let trying = trying.map(move |tried| {
                        tried.unwrap_or_else(|_| Err(held.error(Cause::Interrupted, Duration::from_secs(1))))
                    });
                    state.under_way.insert(Flight::new(trying)).clone()
                }
            }
        };
        attempt.await
    }

    async fn attempt(
        self,
        held: Arc<HeldSession>,
        outlived: Option<Arc<Session>>,
    ) -> Result<Arc<Session>, ServiceError> {
        let is_too_old = outlived.as_deref().is_some_and(is_too_old);
        if is_too_old {
            held.state().ended = outlived.as_ref().and_then(|session| session.began());
        }
        if is_too_old || !held.is_shared() {
            // The upstreams count sessions: one that is only too old for the gateway is given back first.
            self.leave(outlived.as_deref()).await;
        }
        let source = held.password.clone();
        // A file on a mount that hangs must not end all signing in for good.
        let password = timeout(READING, tokio::task::spawn_blocking(move || source.read()));
        let password = password.await.ok().and_then(Result::ok).flatten();
        let Some(password) = password else {
            held.state().under_way = None;
            // What is known of the last password stays: it may be the same again.
            return Err(held.error(Cause::NoPassword, Duration::from_secs(1)));
        };
        if let Some(rest) = held.resting(&password) {
            held.state().under_way = None;
            return Err(rest);
        }
        match &held.together {
            Some(together) => self.attempt_together((&held, together), &password).await,
            None => held.settle(self.try_once(&held, &password).await),
        }
    }

    /// Takes over what another replica has brought, or signs in for all.
    async fn attempt_together(
        &self,
        (held, together): (&HeldSession, &Together),
        password: &Secret,
    ) -> Result<Arc<Session>, ServiceError> {
        let gone = |error: StoreError| {
            held.state().under_way = None;
            held.error(Cause::SignIn(error.into()), Duration::from_secs(1))
        };
        let lease = together.lease().await.map_err(gone)?;
        let upstreams = (self.portal.as_ref(), self.icws.as_ref());
        let ended = held.state().ended;
        let shared = together.get(ended, upstreams).await.map_err(gone)?;
        if let Some(session) = shared.filter(|session| !is_too_old(session)) {
            let session = Arc::new(session);
            held.take_over(&session);
            return Ok(session);
        }
        let (rest, back_off) = together.tried(password).await.map_err(gone)?;
        if let Some(Rest { reason, wait }) = rest {
            held.state().under_way = None;
            return Err(held.error(Cause::Elsewhere(reason.into()), wait));
        }
        held.state().back_off = back_off;
        let tried = self.try_once(held, password).await;
        let opened = match tried {
            Ok(session) => session,
            Err(cause) => {
                let settled = held.settle(Err(cause));
                if let Err(error) = &settled {
                    let back_off = serde_json::to_string(&held.state().back_off).unwrap_or_default();
                    let rest = Rest { reason: error.cause.to_string(), wait: error.retry_after() };
                    together.rest(password, rest, &back_off).await;
                }
                return settled;
            }
        };
        match together.put(&opened, &lease).await {
            Ok(true) => together.forgive(password).await,
            Ok(false) => {
                // It took so long that another replica has signed in since.
                self.leave(Some(&opened)).await;
                let shared = together.get(ended, upstreams).await.map_err(gone)?;
                let shared = shared.ok_or(StoreError::Unreachable).map_err(gone)?;
                let session = Arc::new(shared);
                held.take_over(&session);
                return Ok(session);
            }
            // Each replica has one of its own then.
            Err(_) => {}
        }
        held.settle(Ok(opened))
    }

    async fn try_once(&self, held: &HeldSession, password: &Secret) -> Result<Arc<Session>, Cause> {
        let issued = match held.upstream {
            ServiceUpstream::Icws => {
                self.log_in_to_icws(Entrance::default(), &held.username, password).await?
            }
            ServiceUpstream::Portal => {
                match self.log_in(Entrance::default(), &held.username, password).await? {
                    SignIn::SignedIn(issued) => issued,
                    SignIn::MustChangePassword => return Err(Cause::PasswordMustChange),
                    SignIn::TenantSelectionRequired(issued) => {
                        let selected = match wanted_tenant(held, &issued.session) {
                            Some(tenant) => {
                                self.select_tenant(&issued.session, tenant).await.map_err(Cause::from)
                            }
                            None => Err(Cause::NoSuchTenant),
                        };
                        match selected {
                            Ok(issued) => issued,
                            Err(cause) => {
                                self.log_out(&issued.session, None).await;
                                return Err(cause);
                            }
                        }
                    }
                }
            }
        };
        let tenant = issued.session.portal.as_deref().and_then(|portal| portal.tenant());
        if !held.tenant.is_empty() && !tenant.is_some_and(|tenant| held.wants(tenant)) {
            self.log_out(&issued.session, None).await;
            return Err(Cause::NoSuchTenant);
        }
        // Nobody is to come in by the token it was issued with.
        self.claim_former(Some(&issued.session)).await;
        Ok(issued.session)
    }
}

fn wanted_tenant(held: &HeldSession, session: &Session) -> Option<TenantId> {
    let tenants = session.portal.as_deref()?.tenants_to_select()?;
    let mut wanted = tenants.iter().filter(|tenant| held.wants(tenant)).map(|tenant| tenant.id_program);
    let tenant = wanted.next()?;
    // The name of one may be the id of another: which is meant cannot be told.
    wanted.all(|other| other == tenant).then_some(tenant)?
}

/// Whether a session has lived for as long as it may.
fn is_too_old(session: &Session) -> bool {
    let now = Timestamp::now();
    let portal = session.portal.as_deref().map(|portal| portal.expires_at);
    let icws = session.icws.as_deref().map(|icws| icws.expires_at);
    portal.into_iter().chain(icws).any(|ends| ends <= now)
}

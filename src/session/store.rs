//! Where gateway sessions are kept: in memory, bounded, forgotten when idle or too old.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use moka::future::Cache;
use moka::ops::compute::{CompResult, Op};
use moka::policy::EvictionPolicy;

use super::entrance::Entrance;
use super::identity::{Identity, Principal, Realm};
use super::particulars::Particulars;
use super::service::HeldSession;
use super::standing::{Held, Standing, System};
use super::token::{SessionId, Token};
use super::{Issued, PortalSession, Session, SignInError};
use crate::config;
use crate::icws::Icws;
use crate::portal::Portal;
use crate::portal::auth::Logout;

/// How late a request may come with the token of a session that was replaced.
const LATE: Duration = Duration::from_mins(1);

/// All gateway sessions, and the upstreams they are opened at.
#[derive(Clone)]
pub struct Sessions {
    pub(super) portal: Option<Portal>,
    pub(super) icws: Option<Icws>,
    pub(super) settings: config::Session,
    /// The service account these are for; `None` for people.
    pub(super) service: Option<Arc<HeldSession>>,
    kept: Cache<SessionId, Arc<Session>>,
    /// Sessions that another one has replaced just now: requests of the same browser may still be under way with them.
    replaced: Cache<SessionId, ()>,
}

impl Sessions {
    /// An empty store.
    #[must_use]
    pub fn new(portal: Option<Portal>, icws: Option<Icws>, settings: config::Session) -> Self {
        let kept = Cache::builder()
            .max_capacity(settings.max_sessions)
            // The least recently used makes room; a policy by frequency would turn newcomers away.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_live(Duration::from_secs(settings.max_minutes * 60))
            .time_to_idle(Duration::from_secs(settings.idle_minutes * 60))
            .build();
        let replaced = Cache::builder().max_capacity(settings.max_sessions).time_to_live(LATE).build();
        Self { portal, icws, settings, service: None, kept, replaced }
    }

    /// The settings sessions live by.
    #[must_use]
    pub fn settings(&self) -> &config::Session {
        &self.settings
    }

    /// The session a token opens, without what the upstreams' own clocks have ended.
    pub async fn find(&self, token: &Token) -> Option<Arc<Session>> {
        let session = self.kept.get(&token.session()).await?;
        session.particulars.note_use();
        if self.has_expired(&session) {
            return self.change(session.id, |session| self.without_expired(session)).await;
        }
        Some(session)
    }

    /// Whether the session this token opened was replaced just now: its client holds the new token by now, or soon.
    #[must_use]
    pub fn was_replaced(&self, token: &Token) -> bool {
        self.replaced.contains_key(&token.session())
    }

    pub(super) fn has_expired(&self, session: &Session) -> bool {
        session.portal.as_deref().is_some_and(|portal| self.is_over(portal))
            || session.icws.as_deref().is_some_and(|icws| self.is_over(icws))
    }

    fn without_expired(&self, session: &mut Session) {
        session.portal.take_if(|portal| self.is_over(portal));
        session.icws.take_if(|icws| self.is_over(icws));
    }

    fn is_over<U: Held>(&self, standing: &Standing<U>) -> bool {
        standing.ends_at(&self.settings) <= Timestamp::now()
    }

    /// Takes a session out of the store if it still holds the same session of an upstream; of several who try at once, one
    /// gets it.
    pub(super) async fn claim_holding<U: Held>(&self, known: &Session) -> Option<Arc<Session>> {
        let claimed = self.kept.entry(known.id).and_compute_with(|kept| {
            let is_same = kept.is_some_and(|kept| same(U::standing(kept.value()), U::standing(known)));
            std::future::ready(if is_same { Op::Remove } else { Op::Nop })
        });
        match claimed.await {
            CompResult::Removed(entry) => Some(entry.into_value()),
            _ => None,
        }
    }

    /// Ends what a session holds at one upstream, because it no longer knows it; what it holds elsewhere stays. A session
    /// that was opened there meanwhile is another one and stays too.
    pub async fn end<U: Held>(&self, ended: &Session) {
        if let Some(held) = &self.service {
            held.forget(ended);
        }
        self.change(ended.id, |session| {
            if same(U::standing(session), U::standing(ended)) {
                U::end(session);
            }
        })
        .await;
    }

    /// Changes a session that is still there; one that holds nothing any more is forgotten.
    async fn change(&self, id: SessionId, change: impl FnOnce(&mut Session)) -> Option<Arc<Session>> {
        let changed = self.kept.entry(id).and_compute_with(|kept| {
            let operation = match kept {
                None => Op::Nop,
                Some(kept) => {
                    let mut session = Session::clone(kept.value());
                    change(&mut session);
                    if session.is_empty() { Op::Remove } else { Op::Put(Arc::new(session)) }
                }
            };
            std::future::ready(operation)
        });
        match changed.await {
            CompResult::ReplacedWith(entry) => Some(entry.into_value()),
            _ => None,
        }
    }

    /// Takes the session a request came with out of the store, once a sign-in has succeeded: its token opens nothing any
    /// more. Of two who sign in at once with one session, one takes along what it held.
    pub(super) async fn claim_former(&self, former: Option<&Session>) -> Option<Arc<Session>> {
        self.kept.remove(&former?.id).await
    }

    /// Opens a gateway session with a new token: it holds what `former` held, changed by `hold`.
    pub(super) async fn open(
        &self,
        entrance: Entrance<'_>,
        hold: impl FnOnce(&mut Session),
    ) -> Result<Issued, SignInError> {
        let no_randomness = |_| SignInError::NoRandomness;
        let token = Token::generate().map_err(no_randomness)?;
        let id = token.session();
        let mut session = if let Some(former) = entrance.former {
            self.replaced.insert(former.id, ()).await;
            Session { id, ..former.clone() }
        } else {
            let particulars = Arc::new(Particulars::new(entrance.client).map_err(no_randomness)?);
            Session { id, particulars, portal: None, icws: None }
        };
        hold(&mut session);
        let session = Arc::new(session);
        self.keep(session.clone()).await;
        Ok(Issued { token: token.text(), session })
    }

    /// Signs out here and there: at one upstream, or at all the session holds a session of, because their number of
    /// sessions is limited. Here it ends whatever they say.
    pub async fn log_out(&self, session: &Session, only: Option<System>) {
        let left = only.map_or_else(|| session.clone(), |only| session.only(only));
        self.sign_out(&left).await;
    }

    pub(super) async fn sign_out(&self, left: &Session) {
        self.end::<Portal>(left).await;
        self.end::<Icws>(left).await;
        self.leave(Some(left)).await;
    }

    /// Signs out of everything a session holds a session of.
    pub(super) async fn leave(&self, left: Option<&Session>) {
        let portal = left.and_then(|left| left.portal.as_deref());
        let icws = left.and_then(|left| left.icws.as_deref());
        tokio::join!(
            async {
                if let Some(portal) = portal {
                    self.leave_portal(portal).await;
                }
            },
            async {
                if let Some(icws) = icws {
                    self.leave_icws(icws).await;
                }
            }
        );
    }

    /// Signs out at the portal; there it ends by itself if it cannot be reached.
    pub(super) async fn leave_portal(&self, portal: &PortalSession) {
        let _ = portal.upstream.call(&Logout::default(), Some(portal.credentials())).await;
    }

    /// Whether the gateway has ICWS at all, so that signing in there can be of use.
    pub fn require_icws(&self) -> Result<(), SignInError> {
        self.icws.as_ref().map(|_| ()).ok_or(SignInError::NotConfigured(System::Icws))
    }

    /// Whose answers a session's are: a service account's are nobody else's, not even those of a person who signs in by
    /// the same name.
    pub(super) fn identity(&self, realm: Realm, principal: Principal) -> Identity {
        let principal = match &self.service {
            Some(held) => Principal::Service(held.account.clone(), Box::new(principal)),
            None => principal,
        };
        Identity { realm, principal }
    }

    /// Every session as a request would find it, unless nothing is left of it.
    pub(super) fn alive(&self) -> impl Iterator<Item = Arc<Session>> {
        let alive = self.kept.iter().map(|(_, session)| {
            if !self.has_expired(&session) {
                return session;
            }
            let mut left = Session::clone(&session);
            self.without_expired(&mut left);
            Arc::new(left)
        });
        alive.filter(|session| !session.is_empty())
    }

    /// How many sessions there are, give or take what has just ended.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.kept.entry_count()
    }

    pub(super) async fn keep(&self, session: Arc<Session>) {
        self.kept.insert(session.id, session).await;
    }
}

/// Whether two are one and the same session of an upstream.
fn same<U: Held>(one: Option<&Standing<U>>, other: Option<&Standing<U>>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if std::ptr::eq(one, other))
}

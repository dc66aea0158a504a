//! All gateway sessions: found by their tokens, opened, changed and ended.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::entrance::Entrance;
use super::identity::{Identity, Principal, Realm};
use super::particulars::Particulars;
use super::service::HeldSession;
use super::shared::Shared;
use super::shelf::{Change, Changed, Shelf};
use super::standing::{Held, Standing, System};
use super::token::{SessionId, Token};
use super::{Issued, PortalSession, Session, SignInError};
use crate::config;
use crate::icws::Icws;
use crate::portal::Portal;
use crate::portal::auth::Logout;
use crate::store::{Store, StoreError};
use crate::upstream::Http;

/// All gateway sessions, and the upstreams they are opened at. A copy is the same, and cheap: every call takes some.
#[derive(Clone)]
pub struct Sessions {
    pub(super) portal: Option<Portal>,
    pub(super) icws: Option<Icws>,
    pub(super) settings: Arc<config::Session>,
    /// The service account these are for; `None` for people.
    pub(super) service: Option<Arc<HeldSession>>,
    pub(super) shelf: Arc<Shelf>,
}

impl Sessions {
    /// No session yet, but those that other replicas have put into the store.
    #[must_use]
    pub fn new(
        portal: Option<Portal>,
        icws: Option<Icws>,
        settings: config::Session,
        store: Option<Store>,
    ) -> Self {
        let shared = store.map(|store| Shared::new(store, &settings, (portal.clone(), icws.clone())));
        let shelf = Arc::new(Shelf::new(&settings, shared));
        Self { portal, icws, settings: Arc::new(settings), service: None, shelf }
    }

    /// What the portal is asked with, and ICWS, where they are set.
    #[must_use]
    pub fn clients(&self) -> (Option<&Http>, Option<&Http>) {
        (self.portal.as_ref().map(Portal::http), self.icws.as_ref().map(Icws::http))
    }

    /// The settings sessions live by.
    #[must_use]
    pub fn settings(&self) -> &config::Session {
        &self.settings
    }

    /// The session a token opens, without what the upstreams' own clocks have ended. Fails if the store is gone and this
    /// replica does not know the session.
    pub async fn find(&self, token: &Token) -> Result<Option<Arc<Session>>, StoreError> {
        let Some(session) = self.shelf.get(token.session()).await? else { return Ok(None) };
        let now = Timestamp::now();
        if !self.has_expired_by(&session, now) {
            self.shelf.note_use(&session, now);
            return Ok(Some(session));
        }
        // Boxed, because it is seldom, and every request has this within it.
        Ok(Box::pin(self.find_expired(session)).await)
    }

    async fn find_expired(&self, session: Arc<Session>) -> Option<Arc<Session>> {
        // Another replica may have heard of the upstream since, or of its owner.
        let session = self.shelf.get_anew(session.id).await.ok().flatten().unwrap_or(session);
        let now = Timestamp::now();
        if !self.has_expired_by(&session, now) {
            self.shelf.note_use(&session, now);
            return Some(session);
        }
        self.change(session.id, |session| self.without_expired(session)).await
    }

    /// Whether the session this token opened was replaced just now: its client holds the new token by now, or soon.
    #[must_use]
    pub fn was_replaced(&self, token: &Token) -> bool {
        self.shelf.was_replaced(token.session())
    }

    /// Until when what a session holds of an upstream stands if nobody uses it; `None` once it has ended. Looking is no use of it.
    /// A service account's stands for as long as the gateway does.
    pub async fn stands_until<U: Held>(&self, session: &Session) -> Option<Timestamp> {
        if self.service.is_some() {
            return Some(Timestamp::MAX);
        }
        // While the store is gone, nobody has ended it as far as this replica knows.
        let found = self.shelf.peek(session.id).await.unwrap_or_else(|_| Some(Arc::new(session.clone())))?;
        let until = self.until::<U>(&found, session);
        if until.is_some() {
            return until;
        }
        // Another replica may have been asked with it since.
        let found = self.shelf.get_anew(session.id).await.ok().flatten()?;
        self.until::<U>(&found, session)
    }

    fn until<U: Held>(&self, found: &Session, session: &Session) -> Option<Timestamp> {
        let standing = U::standing(found).filter(|standing| same(Some(*standing), U::standing(session)))?;
        let until = standing.ends_at(&self.settings).min(self.idle_from(found));
        (until > Timestamp::now()).then_some(until)
    }

    /// When a session ends if it is not used until then. What replicas tell one another of its use comes a little later.
    fn idle_from(&self, session: &Session) -> Timestamp {
        let idle = SignedDuration::from_mins(i64::try_from(self.settings.idle_minutes).unwrap_or(30));
        session.particulars.used_at() + idle + self.shelf.lag()
    }

    /// Whether signing in has put another session in the place of this one just now.
    #[must_use]
    pub fn is_replaced(&self, session: &Session) -> bool {
        self.shelf.was_replaced(session.id)
    }

    /// Whether it is less than that until then.
    #[must_use]
    pub fn is_within(until: Timestamp, notice: Duration) -> bool {
        let left = until.duration_since(Timestamp::now());
        Duration::try_from(left).is_ok_and(|left| left <= notice)
    }

    pub(super) fn has_expired(&self, session: &Session) -> bool {
        self.has_expired_by(session, Timestamp::now())
    }

    fn has_expired_by(&self, session: &Session, now: Timestamp) -> bool {
        self.idle_from(session) <= now
            || session.portal.as_deref().is_some_and(|portal| portal.ends_at(&self.settings) <= now)
            || session.icws.as_deref().is_some_and(|icws| icws.ends_at(&self.settings) <= now)
    }

    fn without_expired(&self, session: &mut Session) {
        let now = Timestamp::now();
        let is_idle = self.idle_from(session) <= now;
        session.portal.take_if(|portal| is_idle || portal.ends_at(&self.settings) <= now);
        session.icws.take_if(|icws| is_idle || icws.ends_at(&self.settings) <= now);
    }

    /// Takes a session out of the store if it still holds the same session of an upstream; of several who try at once, one
    /// gets it.
    pub(super) async fn claim_holding<U: Held>(&self, known: &Session) -> Option<Arc<Session>> {
        let change = |kept: &Session| {
            let is_same = same(U::standing(kept), U::standing(known));
            if is_same { Change::End } else { Change::Keep }
        };
        match self.shelf.change(known.id, change).await {
            Changed::Ended(session) => Some(session),
            Changed::Not | Changed::Became(_) => None,
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
    async fn change(&self, id: SessionId, change: impl Fn(&mut Session)) -> Option<Arc<Session>> {
        let change = |kept: &Session| {
            let mut session = kept.clone();
            change(&mut session);
            Change::Become(Box::new(session))
        };
        match self.shelf.change(id, change).await {
            Changed::Became(session) => Some(session),
            Changed::Not | Changed::Ended(_) => None,
        }
    }

    /// Takes the session a request came with out of the store, once a sign-in has succeeded: its token opens nothing any
    /// more. Of two who sign in at once with one session, one takes along what it held.
    pub(super) async fn claim_former(&self, former: Option<&Session>) -> Option<Arc<Session>> {
        match self.shelf.change(former?.id, |_| Change::End).await {
            Changed::Ended(session) => Some(session),
            Changed::Not | Changed::Became(_) => None,
        }
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
            Session { id, ..former.clone() }
        } else {
            let particulars = Arc::new(Particulars::new(entrance.client).map_err(no_randomness)?);
            Session { id, particulars, portal: None, icws: None }
        };
        hold(&mut session);
        let session = Arc::new(session);
        if let Err(error) = self.shelf.put(session.clone(), entrance.former.map(|former| former.id)).await {
            // Nobody could come in by it; the upstreams count sessions.
            self.leave(Some(&session)).await;
            return Err(error.into());
        }
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
        Identity::new(realm, principal)
    }

    /// The sessions that may be of the people of this one, each as a request would find it, unless nothing is left of it.
    pub(super) async fn alive(
        &self,
        session: &Session,
    ) -> Result<impl Iterator<Item = Arc<Session>>, StoreError> {
        let alive = self.shelf.of_names(session).await?.into_iter().map(|session| {
            if !self.has_expired(&session) {
                return session;
            }
            let mut left = Session::clone(&session);
            self.without_expired(&mut left);
            Arc::new(left)
        });
        Ok(alive.filter(|session| !session.is_empty()))
    }

    /// How many sessions there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.shelf.count()
    }
}

/// Whether two, of one gateway session, are one and the same session of an upstream: another replica has made its own of
/// what lies in the store, but no second one takes the place of the first without a new token.
fn same<U: Held>(one: Option<&Standing<U>>, other: Option<&Standing<U>>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one.created_at == other.created_at)
}

//! What a resolver can reach: the caller of this request, and the room to change its session.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_graphql::{Context, Value};
use tokio::task::JoinHandle;

use super::arrival::Arrival;
use super::deed::Deed;
use super::error::{Code, GraphError};
use super::freshness::Places;
use super::id::NodeId;
use super::live::{Lines, Live};
use crate::caller::{
    Basis, Caller, Cost, Deadline, Figures, Freshness, Grounds, House, Moment, Notes, Reader, Told, Turns,
};
use crate::config::Config;
use crate::icws::Icws;
use crate::portal::{Portal, TenantId};
use crate::session::{
    ClientAddress, Issued, LoginThrottle, LoginTry, ServiceAccount, ServiceAccounts, Session, Sessions,
    System, Whose,
};
use crate::store::{Store, StoreError};
use crate::upstream::{Http, Secret};

/// The process-wide state behind every request: sessions, the upstreams' clients, kept answers.
pub struct Gateway {
    /// All gateway sessions.
    pub sessions: Sessions,
    /// Accounts for dashboards, each with a session of its own.
    pub accounts: ServiceAccounts,
    /// What replicas share, if there are several.
    pub store: Option<Store>,
    throttle: LoginThrottle,
    house: Arc<House>,
    pub(super) lines: Lines,
}

/// Why the gateway cannot be built from its settings.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct GatewayError(String);

/// What a request did to its session; the HTTP layer turns it into a cookie.
#[derive(Clone, Debug)]
pub enum SessionChange {
    /// Nothing.
    Keep,
    /// Made a new one.
    Issue {
        /// What the client comes back with.
        token: Secret,
        /// For how long at most.
        max_age: Duration,
    },
    /// Ended it.
    End,
}

/// One request's standing: who asks, and what became of its session.
pub struct Visit {
    pub(super) gateway: Arc<Gateway>,
    caller: Mutex<Option<Arc<Caller>>>,
    notes: Notes,
    account: Option<Arc<ServiceAccount>>,
    /// What the client calls itself.
    client: Option<String>,
    /// Whether the token is to be left with its client although it opens nothing; so is none at all.
    is_token_left: bool,
    change: Mutex<SessionChange>,
    from: ClientAddress,
    /// How long the sign-in that has to wait longest has to.
    wait: Mutex<Option<Duration>>,
    deeds: Mutex<Vec<Deed>>,
    pub(super) live: Live,
    takes_cookie: bool,
    places: Places,
}

impl Gateway {
    /// Builds the state; opens no connection.
    pub fn new(config: &Config) -> Result<Arc<Self>, GatewayError> {
        let portal = (!config.portal.url.is_empty()).then(|| Portal::new(config.portal.clone()));
        let icws = (!config.icws.url.is_empty()).then(|| Icws::new(&config.icws));
        let (portal, icws) = (portal.transpose(), icws.transpose());
        let store = Store::of(config).map_err(GatewayError)?;
        let sessions = Sessions::new(
            portal.map_err(GatewayError)?,
            icws.map_err(GatewayError)?,
            config.session.clone(),
            store.clone(),
        );
        let accounts = ServiceAccounts::new(&config.service_accounts, &sessions).map_err(GatewayError)?;
        let throttle = LoginThrottle::new(&config.rate, store.clone());
        let house = Arc::new(House::new(config, store.clone()));
        Ok(Arc::new(Self { sessions, accounts, store, throttle, house, lines: Lines::default() }))
    }

    /// What the portal is asked with, and ICWS, where they are set.
    #[must_use]
    pub fn clients(&self) -> (Option<&Http>, Option<&Http>) {
        self.sessions.clients()
    }

    /// Reads the certificates and keys again that the upstreams are asked with; what cannot be used changes nothing.
    pub async fn renew_certificates(&self) {
        let (portal, icws) = self.clients();
        for http in [portal, icws].into_iter().flatten().filter(|http| http.has_files()) {
            let http = http.clone();
            // Files may lie where reading takes its time.
            let renewed = tokio::task::spawn_blocking(move || http.renew()).await;
            if let Err(problem) = renewed.unwrap_or_else(|_| Err("reading was interrupted".to_owned())) {
                tracing::warn!(
                    tls.problem = problem,
                    "certificates were read again and cannot be used; those from before still hold"
                );
            }
        }
    }

    /// The standing of somebody who came in, and is to be answered by the deadline with what is fresh.
    #[must_use]
    pub fn visit(self: &Arc<Self>, arrival: Arrival, deadline: Deadline) -> Visit {
        self.visit_for(arrival, Notes::until(deadline), Live::Not)
    }

    /// The same of whom these notes are taken.
    #[must_use]
    pub fn visit_noted(self: &Arc<Self>, arrival: Arrival, notes: Notes) -> Visit {
        self.visit_for(arrival, notes, Live::Not)
    }

    pub(super) fn visit_for(self: &Arc<Self>, arrival: Arrival, notes: Notes, live: Live) -> Visit {
        let sessions = arrival.account.as_ref().map_or(&self.sessions, |account| account.sessions());
        let caller = arrival.session.map(|session| {
            let reader = Reader::new(self.house.clone(), sessions.clone(), session, notes.clone());
            Arc::new(Caller::new(match &live {
                Live::Telling(happening) => reader.knowing(&happening.known),
                Live::Not | Live::Opening(_) => reader,
            }))
        });
        let places = if notes.is_explained() { Places::of_many() } else { Places::default() };
        Visit {
            notes,
            account: arrival.account,
            client: None,
            gateway: self.clone(),
            caller: Mutex::new(caller),
            is_token_left: arrival.is_token_left,
            change: Mutex::new(SessionChange::Keep),
            from: arrival.from,
            wait: Mutex::default(),
            deeds: Mutex::default(),
            live,
            takes_cookie: true,
            places,
        }
    }

    /// The moment for these: it ends with the next write of anything they may see.
    #[must_use]
    pub fn moment(&self, whose: &Whose) -> Moment {
        self.house.moment(whose)
    }

    /// What there is to tell of asking the upstreams, in numbers.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.house.figures()
    }

    /// How often what these follow has turned out to be another.
    #[must_use]
    pub fn turns(&self, whose: &Whose) -> Turns {
        self.house.turns(whose)
    }

    /// Whether nothing has been written of what an answer was made of.
    #[must_use]
    pub fn hold(&self, grounds: &Grounds) -> bool {
        self.house.hold(grounds)
    }

    /// Whether requests can be served: not while the store is gone, which another replica may still reach.
    pub async fn readiness(&self) -> Result<(), StoreError> {
        let Some(store) = &self.store else { return Ok(()) };
        store.begin().await;
        if store.is_up() { Ok(()) } else { Err(StoreError::Unreachable) }
    }

    /// Waits until every write that was sent has been seen through.
    pub async fn settle(&self) {
        self.house.settle().await;
    }

    /// Runs what must be seen through although its client goes away.
    pub fn follow<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.house.follow(work)
    }

    /// Signs the service accounts out: nothing is asked by them any more.
    pub async fn leave(&self) {
        self.accounts.leave().await;
    }

    fn caller(&self, sessions: &Sessions, session: Arc<Session>, notes: Notes) -> Arc<Caller> {
        Arc::new(Caller::new(Reader::new(self.house.clone(), sessions.clone(), session, notes)))
    }
}

impl Visit {
    /// The same by a client that calls itself so.
    #[must_use]
    pub fn by(self, client: Option<&str>) -> Self {
        Self { client: client.map(str::to_owned), ..self }
    }

    /// The same where the answer cannot set a cookie.
    #[must_use]
    pub fn without_cookie(self) -> Self {
        Self { takes_cookie: false, ..self }
    }

    /// What the client calls itself, if it says so.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// What the request has cost so far in calls of the upstreams; signing in and out is not counted.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.notes.tally.cost()
    }

    /// How the request has been answered so far, if that is to be told.
    #[must_use]
    pub fn explanation(&self) -> Option<Told> {
        Some(self.notes.tally.explanation()?.told())
    }

    /// What the answer rests on so far.
    #[must_use]
    pub fn basis(&self) -> &Basis {
        &self.notes.basis
    }

    /// What became of the session so far. A token that opened nothing is taken back.
    #[must_use]
    pub fn change(&self) -> SessionChange {
        let change = self.change.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match change {
            SessionChange::Keep if !self.is_token_left && self.current().is_none() => SessionChange::End,
            change => change,
        }
    }

    /// The sessions, for the mutations that make and end them.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        self.account.as_ref().map_or(&self.gateway.sessions, |account| account.sessions())
    }

    /// Begins to sign in with a name, unless too many sign-ins have failed: then the time to wait.
    pub async fn begin_login(&self, system: System, name: &str) -> Result<LoginTry<'_>, Duration> {
        self.gateway.throttle.begin(system, name, self.from).await.inspect_err(|wait| {
            let mut longest = self.wait.lock().unwrap_or_else(PoisonError::into_inner);
            *longest = longest.max(Some(*wait));
        })
    }

    /// How long to wait before signing in again, if that was refused for what has failed before.
    pub fn retry_after(&self) -> Option<Duration> {
        *self.wait.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses to change who a service account is: it is one and the same for everybody who comes by it.
    pub fn require_person(&self) -> Result<(), GraphError> {
        if self.account.is_none() {
            return Ok(());
        }
        let message =
            "A service account neither signs in nor out, and selects no tenant: the gateway does so for it.";
        Err(GraphError::new(Code::Forbidden, message))
    }

    /// Refuses what would give a session another token where it could not be handed over.
    pub fn require_new_token(&self) -> Result<(), GraphError> {
        self.require_person()?;
        if self.takes_cookie {
            return Ok(());
        }
        let message = "Sign in by POST: over a WebSocket the browser cannot be given the session's cookie.";
        Err(GraphError::new(Code::Forbidden, message))
    }

    /// The caller as of now: later fields of one mutation see what earlier ones did.
    pub fn current(&self) -> Option<Arc<Caller>> {
        self.caller.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The caller as of now, for one field.
    fn caller_at(&self, ctx: &Context<'_>) -> Option<Arc<Caller>> {
        let caller = self.current()?;
        let is_told = self.notes.freshness == Freshness::Preferred || self.notes.is_explained();
        Some(if is_told { self.places.at(ctx, &caller) } else { caller })
    }

    /// The fields that were given what is too old, as clients read them in `extensions.freshness`; `None` if none was.
    #[must_use]
    pub fn stale(&self) -> Option<Value> {
        self.places.stale()
    }

    /// Puts the session that a sign-in has opened in the place of the one the request came with, which has ended.
    pub fn enter(&self, issued: &Issued) {
        let caller = self.gateway.caller(self.sessions(), issued.session.clone(), self.notes.clone());
        *self.caller.lock().unwrap_or_else(PoisonError::into_inner) = Some(caller);
        let max_age = Duration::from_secs(self.sessions().settings().max_minutes * 60);
        *self.change.lock().unwrap_or_else(PoisonError::into_inner) =
            SessionChange::Issue { token: issued.token.clone(), max_age };
    }

    /// Notes that the request was answered or given up: what is under way is seen through, and no further write begins.
    pub fn end(&self) {
        self.notes.is_over.store(true, Ordering::Release);
    }

    /// Notes a mutation that has come to its end.
    pub fn note(&self, deed: Deed) {
        self.deeds.lock().unwrap_or_else(PoisonError::into_inner).push(deed);
    }

    /// Notes the record that a mutation which is noted has changed or made.
    pub fn note_record(&self, key: &str, record: Option<NodeId>) {
        let mut deeds = self.deeds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(deed) = deeds.iter_mut().find(|deed| deed.key == key) {
            deed.record = record;
        }
    }

    /// The mutations that have come to their end.
    #[must_use]
    pub fn deeds(&self) -> Vec<Deed> {
        self.deeds.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends what the request's session holds at one upstream, or all of it.
    pub fn leave(&self, only: Option<System>) {
        let Some(caller) = self.current() else { return };
        let left = caller.session().without(only);
        if !left.is_empty() {
            let caller = self.gateway.caller(self.sessions(), Arc::new(left), self.notes.clone());
            *self.caller.lock().unwrap_or_else(PoisonError::into_inner) = Some(caller);
            return;
        }
        *self.caller.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.change.lock().unwrap_or_else(PoisonError::into_inner) = SessionChange::End;
    }
}

/// What resolvers say: `ctx.caller()?`.
pub trait ContextExt<'a> {
    /// The request's standing.
    fn visit(&self) -> &'a Visit;
    /// The signed-in client.
    fn caller(&self) -> Result<Arc<Caller>, GraphError>;
    /// The tenant of the signed-in client.
    fn tenant(&self) -> Result<TenantId, GraphError>;
}

impl<'a> ContextExt<'a> for Context<'a> {
    fn visit(&self) -> &'a Visit {
        self.data_unchecked::<Arc<Visit>>()
    }

    fn caller(&self) -> Result<Arc<Caller>, GraphError> {
        self.visit().caller_at(self).ok_or_else(GraphError::unauthenticated)
    }

    fn tenant(&self) -> Result<TenantId, GraphError> {
        Ok(self.caller()?.tenant()?)
    }
}

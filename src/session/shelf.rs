//! Where sessions lie: in memory, bounded, forgotten when idle or too old; with a store, there for all replicas, and in
//! memory what this one has looked at.

use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use moka::ops::compute::{CompResult, Op};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::time::timeout;

use super::Session;
use super::record::Seen;
use super::shared::{CHANGED, Found, Shared};
use super::sign_in::SignInError;
use super::token::SessionId;
use crate::config;
use crate::store::{Lease, Listener, Notice, Store, StoreError};
use crate::upstream::{AsCarried, Upstream as _};

/// How late a request may come with the token of a session that was replaced.
pub(super) const LATE: Duration = Duration::from_mins(1);

/// How often other replicas are told that a session is used, in seconds.
const TOLD_EVERY: i64 = 60;

/// How often a change is tried that another replica came before.
const TRIES: usize = 16;

/// How many sessions that ended while the store was gone are remembered.
const MOST_BURIED: usize = 10_000;

/// What becomes of a session.
pub(super) enum Change {
    Keep,
    End,
    Become(Box<Session>),
}

/// What has become of it.
pub(super) enum Changed {
    /// It was not there, or stays as it was.
    Not,
    Ended(Arc<Session>),
    Became(Arc<Session>),
}

/// A session as this replica has it.
struct Local {
    session: Arc<Session>,
    looked_at: Instant,
    /// When the store was last told that it is used, in epoch seconds.
    told_at: AtomicI64,
}

impl Local {
    fn new(session: Arc<Session>, looked_at: Instant) -> Arc<Self> {
        let told_at = AtomicI64::new(session.particulars.used_at().as_second());
        Arc::new(Self { session, looked_at, told_at })
    }
}

/// All sessions.
pub(super) struct Shelf {
    here: Here,
    shared: Option<Arc<Shared>>,
}

/// What this replica has in memory.
#[derive(Clone)]
struct Here {
    kept: Cache<SessionId, Arc<Local>, AsCarried>,
    /// Sessions that another one has replaced just now: requests of the same browser may still be under way with them.
    replaced: Cache<SessionId, ()>,
    /// How often sessions have changed or ended: what was read of the store before may be one of them.
    changes: Arc<AtomicU64>,
    /// Sessions that ended while the store was gone.
    buried: Arc<Mutex<HashSet<SessionId>>>,
}

impl Shelf {
    pub(super) fn new(settings: &config::Session, shared: Option<Shared>) -> Self {
        let kept = Cache::builder()
            .max_capacity(settings.max_sessions)
            // The least recently used makes room; a policy by frequency would turn newcomers away.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_live(Duration::from_secs(settings.max_minutes * 60))
            .time_to_idle(Duration::from_secs(settings.idle_minutes * 60))
            .build_with_hasher(AsCarried);
        let replaced = Cache::builder().max_capacity(settings.max_sessions).time_to_live(LATE).build();
        let here = Here { kept, replaced, changes: Arc::default(), buried: Arc::default() };
        let shared = shared.map(Arc::new);
        if let Some(shared) = &shared {
            let ears = Ears { here: here.clone(), shared: Arc::downgrade(shared) };
            shared.store.listen(Arc::new(ears));
        }
        Self { here, shared }
    }

    /// What replicas share, if this is one of several.
    pub(super) fn store(&self) -> Option<&Store> {
        self.shared.as_ref().map(|shared| &shared.store)
    }

    /// Refuses what needs the store while it is gone, before an upstream is asked for it.
    pub(super) async fn require(&self) -> Result<(), StoreError> {
        let Some(shared) = &self.shared else { return Ok(()) };
        shared.store.begin().await;
        if shared.store.is_up() { Ok(()) } else { Err(StoreError::Unreachable) }
    }

    /// The session. While the store is gone, those this replica has go on, and of others nobody knows.
    pub(super) async fn get(&self, id: SessionId) -> Result<Option<Arc<Session>>, StoreError> {
        let Some(shared) = &self.shared else {
            return Ok(self.here.kept.get(&id).map(|local| local.session.clone()));
        };
        // Boxed, because most gateways have no store, and every request has this within it.
        Box::pin(self.get_of(shared, id)).await
    }

    async fn get_of(&self, shared: &Shared, id: SessionId) -> Result<Option<Arc<Session>>, StoreError> {
        shared.store.begin().await;
        let local = self.here.kept.get(&id);
        if let Some(local) = local {
            let is_known = shared.store.returned_at().is_none_or(|returned_at| local.looked_at > returned_at);
            if is_known || !shared.store.is_up() {
                return Ok(Some(local.session.clone()));
            }
            return self.look_again(shared, &local).await;
        }
        self.look(shared, id).await
    }

    /// How much later than here a session may have been used at another replica.
    pub(super) fn lag(&self) -> SignedDuration {
        SignedDuration::from_secs(if self.shared.is_some() { 2 * TOLD_EVERY } else { 0 })
    }

    /// The session as it stands, without noting that it is used; what is kept in memory counts from the last look.
    pub(super) async fn peek(&self, id: SessionId) -> Result<Option<Arc<Session>>, StoreError> {
        let found = self.here.kept.get(&id).map(|local| local.session.clone());
        match &self.shared {
            Some(shared) if found.is_none() => self.look(shared, id).await,
            _ => Ok(found),
        }
    }

    /// Looks for a session in the store, past what this replica has.
    async fn look(&self, shared: &Shared, id: SessionId) -> Result<Option<Arc<Session>>, StoreError> {
        let changes = self.here.changes.load(Ordering::Acquire);
        let looked_at = Instant::now();
        let (found, was_replaced) = shared.get(id).await?;
        if was_replaced {
            self.here.replaced.insert(id, ());
        }
        let Some(Found { session, .. }) = found else {
            self.here.kept.invalidate(&id);
            return Ok(None);
        };
        let session = Arc::new(session);
        self.here.kept.insert(id, Local::new(session.clone(), looked_at));
        if self.here.changes.load(Ordering::Acquire) != changes {
            // It may have changed while this was on its way.
            self.here.kept.invalidate(&id);
        }
        Ok(Some(session))
    }

    /// Looks whether a session outlived the time in which the store was gone. One that was lost with the store is put there
    /// again, unless it was ended meanwhile.
    async fn look_again(&self, shared: &Shared, local: &Local) -> Result<Option<Arc<Session>>, StoreError> {
        let session = &local.session;
        let found = self.look(shared, session.id).await?;
        let is_lost = shared.store.emptied_at().is_some_and(|emptied_at| local.looked_at < emptied_at);
        if found.is_some() || !is_lost || !shared.put(session, None).await? {
            return Ok(found);
        }
        self.here.kept.insert(session.id, Local::new(session.clone(), Instant::now()));
        Ok(Some(session.clone()))
    }

    /// The session as the store has it now, when it was last used and answered included.
    pub(super) async fn get_anew(&self, id: SessionId) -> Result<Option<Arc<Session>>, StoreError> {
        match &self.shared {
            Some(shared) => self.look(shared, id).await,
            None => self.get(id).await,
        }
    }

    /// Tells other replicas, now and then, that a session is used.
    pub(super) fn note_use(&self, session: &Session, now: Timestamp) {
        session.particulars.note_use(now);
        let Some(shared) = &self.shared else { return };
        let Some(local) = self.here.kept.get(&session.id) else { return };
        let now = now.as_second();
        let told_at = local.told_at.load(Ordering::Relaxed);
        let is_due = now - told_at >= TOLD_EVERY
            && local.told_at.compare_exchange(told_at, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if is_due {
            let (shared, id, seen) = (shared.clone(), session.id, Seen::of(session));
            let store = shared.store.clone();
            store.spawn(async move {
                // It is told again in a minute.
                let _ = shared.touch(id, seen).await;
            });
        }
    }

    /// Waits until no other replica enters a tenant with this session; a failure if one has entered meanwhile.
    pub(super) async fn turn_to_enter(&self, session: &Session) -> Result<Option<Lease>, SignInError> {
        let (Some(shared), Some(portal)) = (&self.shared, &session.portal) else { return Ok(None) };
        let patience = portal.upstream.patience();
        let key = shared.store.key("entering", &session.id.text());
        let turn = timeout(2 * patience, Lease::take(&shared.store, key, 4 * patience)).await;
        let turn = turn.map_err(|_| StoreError::Unreachable)??;
        match shared.get(session.id).await? {
            (Some(_), _) => Ok(Some(turn)),
            (None, _) => Err(SignInError::NoTenantSelectionPending),
        }
    }

    /// Whether the session was replaced just now.
    pub(super) fn was_replaced(&self, id: SessionId) -> bool {
        self.here.replaced.contains_key(&id)
    }

    /// Puts a new session, in the place of another one or beside all others.
    pub(super) async fn put(
        &self,
        session: Arc<Session>,
        former: Option<SessionId>,
    ) -> Result<(), StoreError> {
        if let Some(shared) = &self.shared {
            shared.put(&session, former).await?;
        }
        if let Some(former) = former {
            self.here.replaced.insert(former, ());
        }
        self.here.kept.insert(session.id, Local::new(session, Instant::now()));
        Ok(())
    }

    /// Changes a session, or ends it; of several who try at once, one after the other does. One that holds nothing any more
    /// has ended. Where the store is gone, what ends here ends there when it is back.
    pub(super) async fn change(&self, id: SessionId, change: impl Fn(&Session) -> Change) -> Changed {
        let Some(shared) = &self.shared else { return self.here.change(id, &change) };
        for _ in 0..TRIES {
            let Ok((found, _)) = shared.get(id).await else { break };
            let Some(found) = found else {
                self.here.kept.invalidate(&id);
                return Changed::Not;
            };
            let by = match change(&found.session) {
                Change::Keep => return Changed::Not,
                Change::End => None,
                Change::Become(session) => Some(session).filter(|session| !session.is_empty()),
            };
            match shared.replace(&found, by.as_deref()).await {
                Ok(true) => return self.here.change_to(found.session, by),
                Ok(false) => {}
                Err(_) => break,
            }
        }
        let changed = self.here.change(id, &change);
        if matches!(changed, Changed::Ended(_)) {
            self.here.bury(id);
        }
        changed
    }

    /// The sessions that may be of the people of this one.
    pub(super) async fn of_names(&self, session: &Session) -> Result<Vec<Arc<Session>>, StoreError> {
        match &self.shared {
            Some(shared) => Ok(shared.of_names(session).await?.into_iter().map(Arc::new).collect()),
            None => Ok(self.here.kept.iter().map(|(_, local)| local.session.clone()).collect()),
        }
    }

    /// How many there are in memory, once what has ended is taken out.
    pub(super) fn count(&self) -> u64 {
        self.here.kept.run_pending_tasks();
        self.here.kept.entry_count()
    }
}

impl Here {
    fn change(&self, id: SessionId, change: impl Fn(&Session) -> Change) -> Changed {
        let changed = self.kept.entry(id).and_compute_with(|kept| {
            let Some(kept) = kept else { return Op::Nop };
            match change(&kept.value().session) {
                Change::Keep => Op::Nop,
                Change::End => Op::Remove,
                Change::Become(session) if session.is_empty() => Op::Remove,
                Change::Become(session) => Op::Put(Local::new(Arc::new(*session), Instant::now())),
            }
        });
        match changed {
            CompResult::ReplacedWith(entry) => Changed::Became(entry.into_value().session.clone()),
            CompResult::Removed(entry) => Changed::Ended(entry.into_value().session.clone()),
            _ => Changed::Not,
        }
    }

    /// Takes over what the store has by now.
    fn change_to(&self, from: Session, by: Option<Box<Session>>) -> Changed {
        let id = from.id;
        self.changes.fetch_add(1, Ordering::AcqRel);
        let Some(by) = by else {
            self.kept.invalidate(&id);
            return Changed::Ended(Arc::new(from));
        };
        let session = Arc::new(*by);
        self.kept.insert(id, Local::new(session.clone(), Instant::now()));
        Changed::Became(session)
    }

    fn bury(&self, id: SessionId) {
        let mut buried = self.buried.lock().unwrap_or_else(PoisonError::into_inner);
        if buried.len() < MOST_BURIED {
            buried.insert(id);
        }
    }
}

/// Hears what other replicas say of sessions.
struct Ears {
    here: Here,
    shared: Weak<Shared>,
}

impl Listener for Ears {
    fn hear(&self, notice: &Notice) {
        if notice.topic != CHANGED {
            return;
        }
        self.here.changes.fetch_add(1, Ordering::AcqRel);
        // One's own too: whoever asked for it may have gone before it was done here.
        let Some(id) = SessionId::of_text(&notice.text) else { return };
        self.here.kept.invalidate(&id);
    }

    fn forget(&self) {
        // What this replica has goes on; once the store is back each is looked at again.
    }

    fn returned(&self) {
        let buried = std::mem::take(&mut *self.here.buried.lock().unwrap_or_else(PoisonError::into_inner));
        if buried.is_empty() {
            return;
        }
        let Some(shared) = self.shared.upgrade() else { return };
        let (here, store) = (self.here.clone(), shared.store.clone());
        store.spawn(async move {
            let ids: Vec<_> = buried.into_iter().collect();
            if shared.bury(&ids).await.is_err() {
                for id in ids {
                    here.bury(id);
                }
            }
        });
    }
}

//! Service accounts: dashboards show a token, and the gateway holds one session at the upstream for everyone who does.

mod back_off;
mod error;
mod held;
mod password;
mod together;
mod token;

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

pub(super) use back_off::may_count_as_try;
pub use error::{Cause, ServiceError};
pub(super) use held::HeldSession;
pub use token::{TokenHash, new_service_token};

use self::password::PasswordSource;
use self::together::Together;
use self::token::hash_of_document;
use super::shelf::Shelf;
use super::{Session, Sessions};
use crate::config;
use crate::store::{Bucket, Store};

/// All service accounts of the configuration.
#[derive(Debug)]
pub struct ServiceAccounts(Vec<Arc<ServiceAccount>>);

/// An account by which dashboards ask without a person who signs in.
pub struct ServiceAccount {
    is_read_only: bool,
    tokens: Vec<TokenHash>,
    documents: Vec<TokenHash>,
    quota: Quota,
    room: DefaultDirectRateLimiter,
    sessions: Sessions,
    held: Arc<HeldSession>,
}

impl ServiceAccounts {
    /// The accounts, which sign in where `sessions` do; an account whose password cannot be read is told in words.
    pub fn new(accounts: &[config::ServiceAccount], sessions: &Sessions) -> Result<Self, String> {
        accounts
            .iter()
            .map(|account| ServiceAccount::new(account, sessions))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The account a token opens. Every hash is compared, each in the same time.
    #[must_use]
    pub fn find(&self, shown: &TokenHash) -> Option<&Arc<ServiceAccount>> {
        let mut found = None;
        for account in &self.0 {
            for token in &account.tokens {
                if token.is(shown) {
                    found = Some(account);
                }
            }
        }
        found
    }

    /// How many there are, and how many of them hold a session.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        let open = self.0.iter().filter(|account| account.held.current().is_some());
        (self.0.len(), open.count())
    }

    /// Signs all of them out, each at its upstream; a session that replicas share stays for the others.
    pub async fn leave(&self) {
        join_all(self.0.iter().map(|account| async {
            let session = account.held.close().await.filter(|_| !account.held.is_shared());
            account.sessions.leave(session.as_deref()).await;
        }))
        .await;
    }
}

impl ServiceAccount {
    fn new(account: &config::ServiceAccount, sessions: &Sessions) -> Result<Arc<Self>, String> {
        let name = &account.name;
        let hashes = |digits: &[String]| {
            let hashes = digits.iter().map(|digits| TokenHash::parse(digits)).collect::<Option<Vec<_>>>();
            hashes.ok_or_else(|| format!("the service account {name} has a hash that is no SHA-256"))
        };
        if PasswordSource::of(account).read().is_none() {
            return Err(format!(
                "the service account {name} has no password: its password_file or password_environment names nothing \
                 that can be read, or something empty"
            ));
        }
        let per_minute = NonZeroU32::new(account.requests_per_minute).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(per_minute);
        let max_minutes = sessions.settings.max_minutes;
        let store = sessions.shelf.store().cloned();
        let together = store.map(|store| Together::new(store, account, max_minutes));
        let held = Arc::new(HeldSession::new(account, together));
        Ok(Arc::new(Self {
            is_read_only: account.read_only,
            tokens: hashes(&account.tokens)?,
            documents: hashes(&account.allowed_documents)?,
            quota,
            room: RateLimiter::direct(quota),
            sessions: sessions.of_service(held.clone()),
            held,
        }))
    }

    /// Its name in the configuration.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.held.account
    }

    /// Whether mutations are refused.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// Whether it may send a document of this text.
    #[must_use]
    pub fn may_send(&self, document: &str) -> bool {
        if self.documents.is_empty() {
            return true;
        }
        let hash = hash_of_document(document);
        self.documents.iter().any(|allowed| allowed.is(&hash))
    }

    /// Counts a request, together with other replicas while their store is there, or says how long there is no room for one.
    pub async fn admit(&self, store: Option<&Store>) -> Result<(), Duration> {
        let (room, forgiven) = (self.quota.burst_size().get(), self.quota.replenish_interval());
        let counted = Bucket::count(store, ("account-rate", &self.name()), room, forgiven).await;
        if let Some(counted) = counted {
            return counted;
        }
        self.room.check().map_err(|full| full.wait_time_from(DefaultClock::default().now()))
    }

    /// Where its sessions are opened and ended: a place of its own, beside those of people.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Its session, opened now if there is none.
    pub async fn session(&self) -> Result<Arc<Session>, ServiceError> {
        self.sessions.held(&self.held).await
    }
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ServiceAccount({})", self.name())
    }
}

impl Sessions {
    /// The same upstreams for a service account.
    fn of_service(&self, held: Arc<HeldSession>) -> Self {
        let own = Arc::new(Shelf::new(&self.settings, None));
        Self { service: Some(held), shelf: own, ..self.clone() }
    }

    /// Whether these are a service account's, in which nobody signs in or out by a mutation.
    #[must_use]
    pub fn is_of_service(&self) -> bool {
        self.service.is_some()
    }

    /// The session to ask with: the given one, or that which has taken its place for a service account meanwhile.
    #[must_use]
    pub fn latest(&self, session: &Arc<Session>) -> Arc<Session> {
        let current = self.service.as_ref().and_then(|held| held.current());
        let current =
            current.filter(|current| current.id != session.id && current.whose() == session.whose());
        current.unwrap_or_else(|| session.clone())
    }

    /// The session of a service account that takes the place of one which has ended; opened once for all who come with
    /// that. `None` if nothing can take its place: of a person, or because the account is somebody else by now.
    pub async fn renewed(&self, ended: &Session) -> Option<Result<Arc<Session>, ServiceError>> {
        let held = self.service.as_ref()?;
        held.forget(ended);
        let renewed = self.held(held).await;
        let is_same = renewed.as_ref().map_or(true, |renewed| renewed.whose() == ended.whose());
        is_same.then_some(renewed)
    }
}

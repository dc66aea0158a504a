//! One session of a service account for all replicas: whoever finds that there is none, or that it has ended, signs in for
//! all while it holds a lease; the others take over what it brings, and rest as long as it does if it is turned away.

use std::time::Duration;

use jiff::Timestamp;
use redis::Script;
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;

use super::back_off::BackOff;
use crate::config;
use crate::icws::Icws;
use crate::portal::Portal;
use crate::session::record::{self, Seen};
use crate::session::{Session, Token};
use crate::store::{Lease, Store, StoreError};
use crate::upstream::Secret;

/// How long signing in may take before another replica may try.
const LASTS: Duration = Duration::from_mins(2);

/// How long a replica waits for another one to sign in.
const PATIENCE: Duration = Duration::from_secs(30);

/// For how long it is remembered how often in a row an account was turned away.
const REMEMBERED: Duration = Duration::from_hours(24);

/// Puts a session, unless another replica's lease was taken later: then it came too late.
const PUT: &str = "
if tonumber(redis.call('HGET', KEYS[1], 'fence') or 0) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'sealed', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1";

/// The replicas that come by one account.
pub(super) struct Together {
    store: Store,
    /// The account, and as whom it is to sign in where: others by its name in other settings share nothing with it.
    who: Vec<u8>,
    lives: Duration,
}

/// What an account that was turned away has to do with it.
pub(super) struct Rest {
    /// Why.
    pub(super) reason: String,
    /// For how long from now.
    pub(super) wait: Duration,
}

impl Together {
    pub(super) fn new(store: Store, account: &config::ServiceAccount, max_minutes: u64) -> Self {
        let upstream = format!("{:?}", account.upstream);
        let who = (&account.name, upstream, account.username.trim(), account.tenant.trim());
        let who = serde_json::to_vec(&who).unwrap_or_default();
        Self { store, who, lives: Duration::from_secs(max_minutes * 60) }
    }

    fn key(&self, kind: &str) -> String {
        self.store.sealed_keys(kind, &self.who).into_iter().next().unwrap_or_default()
    }

    /// Waits until no other replica signs in.
    pub(super) async fn lease(&self) -> Result<Lease, StoreError> {
        self.store.begin().await;
        let key = self.key("signing-in");
        timeout(PATIENCE, Lease::take(&self.store, key, LASTS)).await.map_err(|_| StoreError::Unreachable)?
    }

    /// The session another replica has brought, if it is none that is known to have ended.
    pub(super) async fn get(
        &self,
        ended: Option<Timestamp>,
        upstreams: (Option<&Portal>, Option<&Icws>),
    ) -> Result<Option<Session>, StoreError> {
        let key = self.key("service");
        let mut commands = redis::pipe();
        commands.cmd("HGET").arg(&key).arg("sealed");
        let (sealed,): (Option<Vec<u8>>,) = self.store.send(commands).await?;
        let Some(text) = sealed.and_then(|sealed| self.store.open(&key, &sealed)) else { return Ok(None) };
        // Each replica calls it by a name of its own; nobody comes in by that.
        let id = Token::generate().map_err(|_| StoreError::NoRandomness)?.session();
        let now = Timestamp::now().as_second();
        let seen = Seen { used: now, portal: now, icws: now };
        let session = record::read(id, (&text, seen), upstreams);
        Ok(session.filter(|session| session.began() > ended))
    }

    /// Shares a session this replica has opened; `false` if another one has taken the lease since.
    pub(super) async fn put(&self, session: &Session, lease: &Lease) -> Result<bool, StoreError> {
        let key = self.key("service");
        let sealed = self.store.seal(&key, &record::write(session))?;
        let script = Script::new(PUT);
        let mut invocation = script.key(&key);
        invocation.arg(lease.fence).arg(sealed).arg(milliseconds(self.lives));
        self.store.ask(async |mut connection| invocation.invoke_async(&mut connection).await).await
    }

    /// The names under which it is remembered that this password was turned away; another one is worth a try at once.
    fn tried_keys(&self, password: &Secret) -> Option<[String; 2]> {
        // Not even who has the key can tell the password from the name.
        let digest: [u8; 32] = Sha256::digest(password.expose()).into();
        let subject = serde_json::to_vec(&(&self.who, digest)).unwrap_or_default();
        let name = |kind| self.store.sealed_keys(kind, &subject).into_iter().next();
        Some([name("rest")?, name("tries")?])
    }

    /// Whether the account is to be left alone, and how often it has been turned away.
    pub(super) async fn tried(&self, password: &Secret) -> Result<(Option<Rest>, BackOff), StoreError> {
        let Some([rest, tries]) = self.tried_keys(password) else { return Ok((None, BackOff::default())) };
        let mut commands = redis::pipe();
        commands.cmd("GET").arg(&rest).cmd("PTTL").arg(&rest).cmd("GET").arg(&tries);
        let (reason, wait, tries): (Option<Vec<u8>>, i64, Option<String>) = self.store.send(commands).await?;
        let reason = reason.and_then(|sealed| String::from_utf8(self.store.open(&rest, &sealed)?).ok());
        let rest = reason.zip(u64::try_from(wait).ok());
        let rest = rest.map(|(reason, wait)| Rest { reason, wait: Duration::from_millis(wait) });
        let tries = tries.and_then(|tries| serde_json::from_str(&tries).ok()).unwrap_or_default();
        Ok((rest, tries))
    }

    /// Tells the others to leave the account alone for a while.
    pub(super) async fn rest(&self, password: &Secret, rest: Rest, back_off: &str) {
        let Some([name, tries]) = self.tried_keys(password) else { return };
        let Ok(reason) = self.store.seal(&name, rest.reason.as_bytes()) else { return };
        let mut commands = redis::pipe();
        commands.cmd("SET").arg(name).arg(reason).arg("PX").arg(milliseconds(rest.wait).max(1));
        commands.cmd("SET").arg(tries).arg(back_off).arg("PX").arg(milliseconds(REMEMBERED));
        // Where that fails each replica rests by itself.
        let _ = self.store.send::<()>(commands).await;
    }

    /// Forgets that the account was turned away.
    pub(super) async fn forgive(&self, password: &Secret) {
        let Some(names) = self.tried_keys(password) else { return };
        let mut commands = redis::pipe();
        commands.cmd("DEL").arg(&names);
        let _ = self.store.send::<()>(commands).await;
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

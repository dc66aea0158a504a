//! `Lease`: something that one replica at a time may do.

use std::time::Duration;

use redis::Script;

use super::Store;
use super::error::StoreError;
use super::news::random;

/// Takes the lease if nobody has it; its number is higher than that of every lease taken before.
const TAKE: &str = "
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return redis.call('INCR', KEYS[2]) end
return 0";

/// Makes the lease last as long again, if it is still this one's.
const PROLONG: &str = "
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])";

/// Ends the lease, if it is still this one's.
const END: &str = "
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0";

/// How long who waits sleeps between two looks, at first and at most.
const SLEEP: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(50));

/// The right to do something, until it is dropped or has run out.
pub struct Lease {
    entry: Entry,
    /// Whether it may be this one's in the store.
    may_be_held: bool,
    /// Higher than that of whoever had it before: what is written under a lower one comes too late.
    pub fence: u64,
}

/// What lies in the store for a lease.
#[derive(Clone)]
struct Entry {
    store: Store,
    key: String,
    /// Whose it is.
    mark: u64,
    lasts: Duration,
}

impl Lease {
    /// Waits for the lease and takes it; it runs out by itself in case this replica is no more.
    pub async fn take(store: &Store, key: String, lasts: Duration) -> Result<Self, StoreError> {
        let entry = Entry { store: store.clone(), key, mark: random()?, lasts };
        let mut sleep = SLEEP.0;
        loop {
            // Made before it is known to be taken: whoever stops waiting may have it by then.
            let mut lease = Self { entry: entry.clone(), may_be_held: true, fence: 0 };
            lease.fence = entry.run(TAKE).await?;
            if lease.fence > 0 {
                return Ok(lease);
            }
            // Ending it now could end the next try's.
            lease.may_be_held = false;
            tokio::time::sleep(sleep).await;
            sleep = (sleep * 2).min(SLEEP.1);
        }
    }

    /// Whether it is still this replica's; if so, for as long again.
    pub async fn prolong(&self) -> Result<bool, StoreError> {
        Ok(self.entry.run(PROLONG).await? > 0)
    }
}

impl Entry {
    async fn run(&self, script: &'static str) -> Result<u64, StoreError> {
        let script = Script::new(script);
        let mut invocation = script.prepare_invoke();
        invocation.key(&self.key).key(self.store.key("lease", "number"));
        invocation.arg(self.mark).arg(u64::try_from(self.lasts.as_millis()).unwrap_or(u64::MAX));
        self.store.ask(async |mut connection| invocation.invoke_async(&mut connection).await).await
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if !self.may_be_held {
            return;
        }
        let entry = self.entry.clone();
        self.entry.store.spawn(async move {
            // Where that fails it runs out.
            let _ = entry.run(END).await;
        });
    }
}

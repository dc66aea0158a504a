//! `Bucket`: tries that all replicas count together, each forgiven after a while.

use std::time::Duration;

use redis::Script;
use serde::Serialize;

use super::Store;
use super::error::StoreError;

/// Counts one more, if there is room: until when all would be forgiven is all that is kept. By the server's own clock.
const TAKE: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local until_then = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + ARGV[1]
local wait = until_then - now - ARGV[1] * ARGV[2]
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.0f', until_then), 'PX', math.ceil((until_then - now) / 1000))
return 0";

/// Forgives one now. What is forgiven altogether leaves nothing behind, or refused tries would fill the server.
const GIVE_BACK: &str = "
local kept = redis.call('GET', KEYS[1])
if not kept then return 0 end
local time = redis.call('TIME')
local left = kept - ARGV[1] - (time[1] * 1000000 + time[2])
if left <= 0 then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], string.format('%.0f', kept - ARGV[1]), 'PX', math.ceil(left / 1000))
return 0";

/// How long it takes until all are forgiven.
const LEFT: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
return math.max(tonumber(redis.call('GET', KEYS[1]) or now) - now, 0)";

/// A bucket of tries in the store.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Its name in the store.
    pub key: String,
    /// How many it holds.
    pub room: u32,
    /// How long until one of them is forgiven.
    pub forgiven: Duration,
}

impl Bucket {
    /// The bucket of a kind for somebody whom its name does not tell.
    #[must_use]
    pub fn of(
        store: &Store,
        (kind, subject): (&str, &impl Serialize),
        room: u32,
        forgiven: Duration,
    ) -> Option<Self> {
        let subject = serde_json::to_vec(subject).ok()?;
        let key = store.sealed_keys(kind, &subject).into_iter().next()?;
        Some(Self { key, room, forgiven })
    }

    /// Counts one more in such a bucket. `None` without a store, or while it is gone: then each replica counts by itself.
    pub async fn count(
        store: Option<&Store>,
        named: (&str, &impl Serialize),
        room: u32,
        forgiven: Duration,
    ) -> Option<Result<(), Duration>> {
        let store = store.filter(|store| store.is_up())?;
        let bucket = Self::of(store, named, room, forgiven)?;
        // Boxed, because most gateways have no store, and every request has this within it.
        let wait = Box::pin(bucket.take(store)).await.ok()?;
        Some(wait.map_or(Ok(()), Err))
    }

    /// Counts one more; how long to wait, if there is no room for it.
    pub async fn take(&self, store: &Store) -> Result<Option<Duration>, StoreError> {
        let wait = self.run(store, TAKE).await?;
        Ok((wait > 0).then(|| Duration::from_micros(wait)))
    }

    /// Takes one out that turned out not to count.
    pub async fn give_back(&self, store: &Store) -> Result<(), StoreError> {
        self.run(store, GIVE_BACK).await.map(|_| ())
    }

    /// Forgives all.
    pub async fn empty(&self, store: &Store) -> Result<(), StoreError> {
        let mut commands = redis::pipe();
        commands.cmd("DEL").arg(&self.key);
        store.send::<(u64,)>(commands).await.map(|_| ())
    }

    /// How long until all are forgiven.
    pub async fn left(&self, store: &Store) -> Result<Duration, StoreError> {
        self.run(store, LEFT).await.map(Duration::from_micros)
    }

    async fn run(&self, store: &Store, script: &'static str) -> Result<u64, StoreError> {
        let script = Script::new(script);
        let mut invocation = script.prepare_invoke();
        invocation.key(&self.key);
        invocation.arg(u64::try_from(self.forgiven.as_micros()).unwrap_or(u64::MAX)).arg(self.room);
        store.ask(async |mut connection| invocation.invoke_async(&mut connection).await).await
    }
}

//! Events that were written down for one subscriber, for all others of the same person who select the same.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use crate::caller::Moment;
use crate::server::answer::Written;
use crate::server::kept::Key;

/// How much memory they may take.
const BYTES: u64 = 16 * 1024 * 1024;

/// How long the last of those who are told the same may be behind the first.
const LASTS: Duration = Duration::from_secs(10);

/// What is told: of whose, of which question, with no write between, and which event.
type ToldKey = (Arc<Key>, Moment, u64);

/// Events that were written down.
pub(in crate::server) struct Told(Cache<ToldKey, Arc<Written>>);

impl Told {
    pub(in crate::server) fn new() -> Self {
        let weigh = |_: &ToldKey, written: &Arc<Written>| {
            u32::try_from(written.body.weight()).unwrap_or(u32::MAX).saturating_add(512)
        };
        Self(Cache::builder().max_capacity(BYTES).time_to_live(LASTS).weigher(weigh).build())
    }

    pub(super) fn get(&self, key: &ToldKey) -> Option<Arc<Written>> {
        self.0.get(key)
    }

    pub(super) fn keep(&self, key: ToldKey, written: &Arc<Written>) {
        self.0.insert(key, Arc::clone(written));
    }
}

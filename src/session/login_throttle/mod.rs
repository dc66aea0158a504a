//! Failed sign-ins make the next ones wait, so that nobody guesses passwords, and nobody locks somebody else's account by it:
//! portals lock accounts after some wrong passwords, whoever sent them.
//!
//! Three buckets of tries stand in the way of a sign-in, each forgiving one at a time:
//!
//! - **This name from this address.** `rate.login_failures`, one forgiven every `rate.login_wait_seconds`. Whoever guesses at one
//!   account from one place stands here, and slows nobody else down.
//! - **This name from all strangers**, addresses from which nobody has signed in with it: twice as many, forgiven at the same
//!   pace, however many addresses there are. It bounds what all the world can do to one account at the portal. One address that
//!   fails again and again may use up half of it only; the other half is for addresses that have failed hardly or not at all.
//!   So to keep a person out who comes from a new address takes ever new addresses, one for two or three tries.
//! - **Any name from this address, by strangers**: ten times as many, forgiven ten times as fast. It stops trying one password
//!   with many names.
//!
//! An address from which somebody has signed in with a name is no stranger to that name: what others do, with that name or from
//! that address with other names, never stops it. It has its own first bucket only, which a right password empties. It does not
//! empty the others, or who has an account would forgive themselves by signing in between two guesses.
//!
//! A try counts when it begins, so that of many at once, in a batch or by aliases, no more get through than one by one. It is
//! given back if it succeeds, or fails in a way that says nothing of the account. What is kept is bounded, and what was used
//! least lately makes room.
//!
//! Replicas count together in the store that they share. While that is gone each counts by itself, from nought.

mod tries;

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use serde::Serialize;

use self::tries::{Here, Tries};
use super::client_address::ClientAddress;
use super::service::may_count_as_try;
use super::sign_in::SignInError;
use super::standing::System;
use crate::config;
use crate::store::{Bucket, Mark, Store};

/// How many names, addresses and pairs of them are kept, of each kind.
const KEPT: u64 = 50_000;
/// For how long an address is known to a name after it was last used to sign in.
const KNOWN: Duration = Duration::from_hours(30 * 24);
/// How much of a name tells it apart: nobody is called longer, and what is kept is bounded.
const LONGEST_NAME: usize = 256;
/// How many times as often one address may fail with whatever names.
const NAMES_OF_AN_ADDRESS: u32 = 10;

/// A login name at an upstream, however it was typed.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct LoginName {
    system: System,
    name: Box<str>,
}

impl LoginName {
    fn of(system: System, name: &str) -> Self {
        let name = name.trim().chars().take(LONGEST_NAME).flat_map(char::to_lowercase);
        Self { system, name: name.collect::<String>().into() }
    }
}

/// What a login name and an address are to each other.
type Pair = (LoginName, ClientAddress);

/// Slows down who fails to sign in.
pub struct LoginThrottle {
    failures: u32,
    wait: Duration,
    store: Option<Store>,
    pairs: Cache<Pair, Arc<Here>>,
    names: Cache<LoginName, Arc<Here>>,
    addresses: Cache<ClientAddress, Arc<Here>>,
    known: Cache<Pair, ()>,
}

/// A try to sign in that has begun; it stays counted if nobody says what it came to.
pub struct LoginTry<'a> {
    throttle: &'a LoginThrottle,
    pair: Pair,
    /// The pair's own tries first.
    taken: Vec<Tries>,
}

impl LoginThrottle {
    /// Nobody has failed yet, unless the store knows better.
    #[must_use]
    pub fn new(settings: &config::Rate, store: Option<Store>) -> Self {
        let (failures, wait) = (settings.login_failures, Duration::from_secs(settings.login_wait_seconds));
        // By then all is forgiven.
        let idle = wait * failures.saturating_mul(2);
        Self {
            failures,
            wait,
            store,
            pairs: bounded(idle),
            names: bounded(idle),
            addresses: bounded(idle),
            known: bounded(KNOWN),
        }
    }

    /// Begins to sign in, or says how long that has to wait.
    pub async fn begin(
        &self,
        system: System,
        name: &str,
        from: ClientAddress,
    ) -> Result<LoginTry<'_>, Duration> {
        self.begin_at(Instant::now(), LoginName::of(system, name), from).await
    }

    async fn begin_at(
        &self,
        now: Instant,
        name: LoginName,
        from: ClientAddress,
    ) -> Result<LoginTry<'_>, Duration> {
        let pair = (name, from);
        let here = self.pairs.get_with_by_ref(&pair, Arc::default);
        let mut own = self.tries(here, ("login-pair", &pair), (self.failures, self.wait));
        let is_known = self.is_known(&pair).await;
        let share = if is_known || own.are_few(now).await { 2 } else { 1 };
        let mut wanted = vec![own];
        if !is_known {
            // What all strangers share comes last: a try that is refused for its own sake never takes of it, not even for a moment.
            let here = self.addresses.get_with(from, Arc::default);
            let room = self.failures.saturating_mul(NAMES_OF_AN_ADDRESS);
            wanted.push(self.tries(here, ("login-address", &from), (room, self.wait / NAMES_OF_AN_ADDRESS)));
            let here = self.names.get_with_by_ref(&pair.0, Arc::default);
            let room = self.failures.saturating_mul(share);
            wanted.push(self.tries(here, ("login-name", &pair.0), (room, self.wait)));
        }
        let mut begun = LoginTry { throttle: self, pair, taken: Vec::new() };
        for mut tries in wanted {
            if let Err(wait) = tries.take(now).await {
                begun.give_back().await;
                return Err(wait);
            }
            begun.taken.push(tries);
        }
        Ok(begun)
    }

    fn store(&self) -> Option<&Store> {
        self.store.as_ref().filter(|store| store.is_up())
    }

    fn tries(
        &self,
        here: Arc<Here>,
        named: (&str, &impl Serialize),
        (room, forgiven): (u32, Duration),
    ) -> Tries {
        let bucket = self.store().and_then(|store| Bucket::of(store, named, room, forgiven));
        Tries { here, room, forgiven, shared: self.store.clone().zip(bucket) }
    }

    /// Whether somebody has signed in with the name from the address, through whichever replica.
    async fn is_known(&self, pair: &Pair) -> bool {
        if self.known.get(pair).is_some() {
            return true;
        }
        let Some(store) = self.store() else { return false };
        Mark::of(store, "login-known", pair).is_set(store).await.unwrap_or(false)
    }

    async fn know(&self, pair: Pair) {
        if let Some(store) = self.store() {
            // If that fails, the next sign-in tells it.
            let _ = Mark::of(store, "login-known", &pair).set(store, KNOWN).await;
        }
        self.known.insert(pair, ());
    }
}

impl LoginTry<'_> {
    /// Says what the upstream made of it.
    pub async fn settle<T>(self, result: &Result<T, SignInError>) {
        match result {
            Ok(_) => {
                self.give_back().await;
                if let Some(own) = self.taken.first() {
                    own.empty().await;
                }
                self.throttle.know(self.pair).await;
            }
            Err(error) if may_count_as_try(error) => {}
            Err(_) => self.give_back().await,
        }
    }

    async fn give_back(&self) {
        for tries in &self.taken {
            tries.give_back().await;
        }
    }
}

fn bounded<K: std::hash::Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static>(
    idle: Duration,
) -> Cache<K, V> {
    Cache::builder().max_capacity(KEPT).eviction_policy(EvictionPolicy::lru()).time_to_idle(idle).build()
}

#[cfg(test)]
mod tests;

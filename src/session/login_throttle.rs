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

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::client_address::ClientAddress;
use super::service::may_count_as_try;
use super::sign_in::SignInError;
use super::standing::System;
use crate::config;

/// How many names, addresses and pairs of them are kept, of each kind.
const KEPT: u64 = 50_000;
/// For how long an address is known to a name after it was last used to sign in.
const KNOWN: Duration = Duration::from_hours(30 * 24);
/// How much of a name tells it apart: nobody is called longer, and what is kept is bounded.
const LONGEST_NAME: usize = 256;
/// How many times as often one address may fail with whatever names.
const NAMES_OF_AN_ADDRESS: u32 = 10;

/// A login name at an upstream, however it was typed.
#[derive(Clone, PartialEq, Eq, Hash)]
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

/// Tries that time has not forgiven yet: a bucket that a try can be given back to, which those of `governor` do not take.
#[derive(Default)]
struct Tries(Mutex<Option<Instant>>);

impl Tries {
    fn until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a try, of which one is forgiven in so long, or says how long there is no room for one more.
    fn take(&self, room: u32, forgiven: Duration, now: Instant) -> Result<(), Duration> {
        let mut until = self.until();
        let next = until.map_or(now, |until| until.max(now)) + forgiven;
        let wait = next.saturating_duration_since(now + forgiven * room);
        if wait.is_zero() {
            *until = Some(next);
            return Ok(());
        }
        Err(wait)
    }

    fn give_back(&self, forgiven: Duration) {
        let mut until = self.until();
        *until = until.and_then(|until| until.checked_sub(forgiven));
    }

    fn empty(&self) {
        *self.until() = None;
    }

    /// Whether fewer than half of so many are there.
    fn are_few(&self, of: u32, forgiven: Duration, now: Instant) -> bool {
        let left = self.until().map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        left * 2 < forgiven * of
    }
}

/// Slows down who fails to sign in.
pub struct LoginThrottle {
    failures: u32,
    wait: Duration,
    pairs: Cache<(LoginName, ClientAddress), Arc<Tries>>,
    names: Cache<LoginName, Arc<Tries>>,
    addresses: Cache<ClientAddress, Arc<Tries>>,
    known: Cache<(LoginName, ClientAddress), ()>,
}

/// A try to sign in that has begun; it stays counted if nobody says what it came to.
pub struct LoginTry<'a> {
    throttle: &'a LoginThrottle,
    pair: (LoginName, ClientAddress),
    taken: Vec<(Arc<Tries>, Duration)>,
}

impl LoginThrottle {
    /// Nobody has failed yet.
    #[must_use]
    pub fn new(settings: &config::Rate) -> Self {
        let (failures, wait) = (settings.login_failures, Duration::from_secs(settings.login_wait_seconds));
        // By then all is forgiven.
        let idle = wait * failures.saturating_mul(2);
        Self {
            failures,
            wait,
            pairs: bounded(idle),
            names: bounded(idle),
            addresses: bounded(idle),
            known: bounded(KNOWN),
        }
    }

    /// Begins to sign in, or says how long that has to wait.
    pub fn begin(&self, system: System, name: &str, from: ClientAddress) -> Result<LoginTry<'_>, Duration> {
        self.begin_at(Instant::now(), LoginName::of(system, name), from)
    }

    fn begin_at(&self, now: Instant, name: LoginName, from: ClientAddress) -> Result<LoginTry<'_>, Duration> {
        let pair = (name, from);
        let own = self.pairs.get_with_by_ref(&pair, Arc::default);
        let mut wanted = vec![(Arc::clone(&own), self.failures, self.wait)];
        if self.known.get(&pair).is_none() {
            let room = if own.are_few(self.failures, self.wait, now) { 2 } else { 1 };
            let of_name = self.names.get_with_by_ref(&pair.0, Arc::default);
            wanted.push((of_name, self.failures.saturating_mul(room), self.wait));
            let of_address = self.addresses.get_with(from, Arc::default);
            let room = self.failures.saturating_mul(NAMES_OF_AN_ADDRESS);
            wanted.push((of_address, room, self.wait / NAMES_OF_AN_ADDRESS));
        }
        let mut begun = LoginTry { throttle: self, pair, taken: Vec::new() };
        for (tries, room, forgiven) in wanted {
            if let Err(wait) = tries.take(room, forgiven, now) {
                begun.give_back();
                return Err(wait);
            }
            begun.taken.push((tries, forgiven));
        }
        Ok(begun)
    }
}

impl LoginTry<'_> {
    /// Says what the upstream made of it.
    pub fn settle<T>(self, result: &Result<T, SignInError>) {
        match result {
            Ok(_) => {
                self.give_back();
                if let Some((own, _)) = self.taken.first() {
                    own.empty();
                }
                self.throttle.known.insert(self.pair, ());
            }
            Err(error) if may_count_as_try(error) => {}
            Err(_) => self.give_back(),
        }
    }

    fn give_back(&self) {
        for (tries, forgiven) in &self.taken {
            tries.give_back(*forgiven);
        }
    }
}

fn bounded<K: std::hash::Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static>(
    idle: Duration,
) -> Cache<K, V> {
    Cache::builder().max_capacity(KEPT).eviction_policy(EvictionPolicy::lru()).time_to_idle(idle).build()
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::portal::PortalError;

    const WAIT: Duration = Duration::from_secs(100);

    /// A throttle, and what its clock shows.
    struct Scene {
        throttle: LoginThrottle,
        now: Instant,
    }

    fn address(number: u32) -> ClientAddress {
        IpAddr::from(number.to_be_bytes()).into()
    }

    fn wrong() -> Result<(), SignInError> {
        let constant = Some("LDAP_AUTHENTICATION_FAILED".into());
        Err(PortalError::Refused { operation: "login", code_message: constant }.into())
    }

    impl Scene {
        fn new() -> Self {
            let mut settings = config::Config::default().rate;
            (settings.login_failures, settings.login_wait_seconds) = (4, WAIT.as_secs());
            Self { throttle: LoginThrottle::new(&settings), now: Instant::now() }
        }

        fn begin(&self, name: &str, from: u32) -> Result<LoginTry<'_>, Duration> {
            self.throttle.begin_at(self.now, LoginName::of(System::Portal, name), address(from))
        }

        /// Fails to sign in until that has to wait: how often, and how long it has to.
        fn guess(&self, name: &str, from: u32) -> (usize, Duration) {
            for tries in 0.. {
                match self.begin(name, from) {
                    Ok(begun) => begun.settle(&wrong()),
                    Err(wait) => return (tries, wait),
                }
            }
            unreachable!("there is an end to it")
        }

        fn sign_in(&self, name: &str, from: u32) -> Result<(), Duration> {
            self.begin(name, from).map(|begun| begun.settle(&Ok(())))
        }
    }

    #[test]
    fn failures_of_a_name_from_an_address_are_forgiven_one_by_one() {
        let mut scene = Scene::new();
        assert_eq!(scene.guess("Ann", 1), (4, WAIT));
        assert_eq!(scene.guess(" aNN ", 1), (0, WAIT), "the same name");
        assert!(scene.throttle.begin(System::Icws, "ann", address(1)).is_ok(), "somebody else");
        scene.now += WAIT;
        assert_eq!(scene.guess("ann", 1), (1, WAIT));
    }

    #[test]
    fn a_right_password_forgives_its_address_all_with_that_name() {
        let scene = Scene::new();
        for _ in 0..100 {
            scene.begin("ann", 1).ok().unwrap().settle(&wrong());
            assert_eq!(scene.sign_in("ann", 1), Ok(()));
        }
        // But not what else was tried from there.
        let tries = (0..20).map(|number| {
            scene.sign_in("ann", 1).unwrap();
            scene.guess(&format!("victim {number}"), 1).0
        });
        assert_eq!(tries.sum::<usize>(), 39, "ten times four, less the one by a name that was not known yet");
    }

    #[test]
    fn one_address_keeps_nobody_out_elsewhere() {
        let mut scene = Scene::new();
        for _ in 0..50 {
            scene.guess("ann", 1);
            scene.now += WAIT / 2;
        }
        // After a typing error, from an address that was never seen.
        for result in [wrong(), Ok(())] {
            scene.begin("ann", 2).ok().unwrap().settle(&result);
        }
    }

    #[test]
    fn all_strangers_together_are_bounded_and_stop_nobody_who_is_known() {
        let mut scene = Scene::new();
        assert_eq!(scene.sign_in("ann", 1), Ok(()));
        let tries: usize = (2..1_000).map(|from| scene.guess("ann", from).0).sum();
        assert_eq!(tries, 8);
        assert!(scene.sign_in("ann", 1_000).is_err());
        scene.begin("ann", 1).ok().unwrap().settle(&wrong());
        assert_eq!(scene.sign_in("ann", 1), Ok(()));
        scene.now += WAIT;
        assert_eq!(scene.sign_in("ann", 1_000), Ok(()));
    }

    #[test]
    fn what_says_nothing_of_the_account_does_not_count() {
        let scene = Scene::new();
        for _ in 0..100 {
            let lost = PortalError::Unreachable { operation: "login", reason: "refused", was_sent: false };
            scene.begin("ann", 1).ok().unwrap().settle(&Err::<(), _>(lost.into()));
        }
        let slow = PortalError::TimedOut { operation: "login", after: WAIT };
        scene.begin("ann", 1).ok().unwrap().settle(&Err::<(), _>(slow.into()));
        assert_eq!(scene.guess("ann", 1).0, 3, "what was not answered may have counted");
    }

    #[test]
    fn a_hundred_thousand_names_and_addresses_are_not_all_kept() {
        let scene = Scene::new();
        for number in 0..100_000 {
            let name = format!("{number}{}", "x".repeat(300));
            scene.begin(&name, number).ok().unwrap().settle(&if number % 2 == 0 { wrong() } else { Ok(()) });
        }
        let LoginThrottle { pairs, names, addresses, known, .. } = &scene.throttle;
        pairs.run_pending_tasks();
        names.run_pending_tasks();
        addresses.run_pending_tasks();
        known.run_pending_tasks();
        let counts = [pairs.entry_count(), names.entry_count(), addresses.entry_count(), known.entry_count()];
        assert!(counts.iter().all(|count| (1..=KEPT).contains(count)), "{counts:?}");
        assert!(names.iter().all(|(name, _)| name.name.len() == LONGEST_NAME));
    }
}

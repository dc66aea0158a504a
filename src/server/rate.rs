//! How often one may ask: a token bucket for each person, and one for each address that asks without being anybody.
//!
//! A request that shows nothing counts for its address before its body is read. One that shows a session's token counts for the
//! person, in whatever session, once that is found, which costs less than counting; a token that opens nothing counts for the
//! address, so that guessing them is as slow. People behind one address do not take each other's room.
//!
//! Replicas count together in the store that they share. While that is gone each counts by itself, from nought: nobody is
//! refused for want of it, and nobody asks without bound.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use serde::Serialize;

use super::refusal::{RATE_LIMITED, Refusal};
use crate::config;
use crate::session::{ClientAddress, Whose};
use crate::store::{Bucket, Store};

/// How many buckets are kept of each kind; the least lately used makes room.
const KEPT: u64 = 50_000;

/// The buckets of all who ask.
pub(super) struct Rates {
    store: Option<Store>,
    people: Option<Buckets<Whose>>,
    addresses: Option<Buckets<ClientAddress>>,
}

impl Rates {
    pub(super) fn new(settings: &config::Rate, store: Option<Store>) -> Self {
        let (people, addresses) =
            (settings.identity_requests_per_minute, settings.address_requests_per_minute);
        Self {
            store,
            people: Buckets::new("person-rate", people, settings.identity_burst),
            addresses: Buckets::new("address-rate", addresses, settings.address_burst),
        }
    }

    /// Counts a request of a person.
    pub(super) async fn admit(&self, whose: &Whose) -> Result<(), Refusal> {
        let Some(people) = &self.people else { return Ok(()) };
        let admitted = people.admit(self.store.as_ref(), whose).await;
        admitted.map_err(|wait| too_many("This person", "rate.identity_requests_per_minute", wait))
    }

    /// Counts a request of nobody in particular.
    pub(super) async fn admit_stranger(&self, from: ClientAddress) -> Result<(), Refusal> {
        let Some(addresses) = &self.addresses else { return Ok(()) };
        let admitted = addresses.admit(self.store.as_ref(), &from).await;
        admitted.map_err(|wait| too_many("This address", "rate.address_requests_per_minute", wait))
    }
}

fn too_many(who: &str, setting: &str, wait: Duration) -> Refusal {
    let message = format!("{who} has made as many requests as {setting} allows.");
    Refusal::of_http(StatusCode::TOO_MANY_REQUESTS, RATE_LIMITED, message).with_retry_after(wait)
}

struct Buckets<K> {
    kind: &'static str,
    quota: Quota,
    kept: Cache<K, Arc<DefaultDirectRateLimiter>>,
}

impl<K: Clone + Hash + Eq + Serialize + Send + Sync + 'static> Buckets<K> {
    /// `None` where any number of requests is welcome.
    fn new(kind: &'static str, per_minute: u32, burst: u32) -> Option<Self> {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute)?).allow_burst(NonZeroU32::new(burst)?);
        // By then it is full again, as a new one is.
        let idle = quota.burst_size_replenished_in() + Duration::from_secs(1);
        let kept =
            Cache::builder().max_capacity(KEPT).eviction_policy(EvictionPolicy::lru()).time_to_idle(idle);
        Some(Self { kind, quota, kept: kept.build() })
    }

    async fn admit(&self, store: Option<&Store>, key: &K) -> Result<(), Duration> {
        let (room, forgiven) = (self.quota.burst_size().get(), self.quota.replenish_interval());
        if let Some(counted) = Bucket::count(store, (self.kind, key), room, forgiven).await {
            return counted;
        }
        let bucket = self.kept.get_with_by_ref(key, || Arc::new(RateLimiter::direct(self.quota)));
        bucket.check().map_err(|full| full.wait_time_from(DefaultClock::default().now()))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::portal::TenantId;
    use crate::session::{Identity, Principal, Realm};

    fn rates(per_minute: u32, burst: u32) -> Rates {
        let settings = config::Config::default().rate;
        Rates::new(
            &config::Rate {
                identity_requests_per_minute: per_minute,
                identity_burst: burst,
                address_requests_per_minute: per_minute,
                address_burst: burst,
                ..settings
            },
            None,
        )
    }

    fn address(number: u32) -> ClientAddress {
        IpAddr::from(number.to_be_bytes()).into()
    }

    fn person(number: u32) -> Whose {
        let principal = Principal::LoginName(number.to_string());
        Whose { portal: Some(Identity::new(Realm::Tenant(TenantId(1)), principal)), icws: None }
    }

    #[tokio::test]
    async fn each_has_a_bucket_of_its_own() {
        let rates = rates(1, 3);
        for number in 0..10 {
            for _ in 0..3 {
                rates.admit(&person(number)).await.unwrap();
                rates.admit_stranger(address(number)).await.unwrap();
            }
            for refusal in [rates.admit(&person(number)).await, rates.admit_stranger(address(number)).await] {
                let refusal = refusal.unwrap_err();
                assert_eq!((refusal.status.as_u16(), refusal.code), (429, RATE_LIMITED));
                assert!(matches!(refusal.header, Some(("retry-after", _))));
            }
        }
    }

    #[tokio::test]
    async fn a_rate_of_nought_is_none() {
        let rates = rates(0, 1);
        for _ in 0..1_000 {
            rates.admit(&person(1)).await.unwrap();
            rates.admit_stranger(address(1)).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_hundred_thousand_people_and_addresses_are_not_all_kept() {
        let rates = rates(1, 1);
        for number in 0..100_000 {
            rates.admit(&person(number)).await.unwrap();
            rates.admit_stranger(address(number)).await.unwrap();
        }
        let (people, addresses) = (rates.people.unwrap().kept, rates.addresses.unwrap().kept);
        people.run_pending_tasks();
        addresses.run_pending_tasks();
        assert!((1..=KEPT).contains(&people.entry_count()), "{}", people.entry_count());
        assert!((1..=KEPT).contains(&addresses.entry_count()), "{}", addresses.entry_count());
    }
}

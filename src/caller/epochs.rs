//! One counter per tenant and noun. A write moves the counters of what it wrote; kept answers carry the counters they
//! were asked under, so an answer from before a write is never found after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use moka::sync::Cache;

use crate::portal::{Noun, TenantId};
use crate::session::{Identity, Upstream};

const NOUNS: usize = Noun::ALL.len();

/// How many tenants' counters are held; one that is dropped starts anew above every number given out before.
const TENANTS: u64 = 100_000;

/// The counters of the nouns an operation reads; zero for those it does not.
pub type Stamp = [u64; NOUNS];

/// All counters.
#[derive(Clone)]
pub struct Epochs {
    next: Arc<AtomicU64>,
    tenants: Cache<(Upstream, TenantId), Arc<[AtomicU64; NOUNS]>>,
}

impl Default for Epochs {
    fn default() -> Self {
        Self { next: Arc::new(AtomicU64::new(1)), tenants: Cache::new(TENANTS) }
    }
}

impl Epochs {
    /// The counters an answer asked for now would be kept under.
    #[must_use]
    pub fn stamp(&self, identity: &Identity, reads: &[Noun]) -> Stamp {
        let counters = self.counters(identity);
        let mut stamp = [0; NOUNS];
        for noun in reads {
            stamp[*noun as usize] = counters[*noun as usize].load(Ordering::Acquire);
        }
        stamp
    }

    /// Forgets every answer about these nouns, for everyone in the tenant.
    pub fn advance(&self, identity: &Identity, writes: &[Noun]) {
        let counters = self.counters(identity);
        for noun in writes {
            counters[*noun as usize].store(self.next(), Ordering::Release);
        }
    }

    fn counters(&self, identity: &Identity) -> Arc<[AtomicU64; NOUNS]> {
        let key = (identity.upstream, identity.tenant);
        self.tenants.get_with(key, || Arc::new(std::array::from_fn(|_| AtomicU64::new(self.next()))))
    }

    /// Never the same number twice, so that counters that were dropped and made anew match nothing kept before.
    fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Principal;

    #[test]
    fn a_write_moves_its_own_nouns_in_its_own_tenant() {
        let identity = |tenant| Identity {
            upstream: Upstream::Portal,
            tenant: TenantId(tenant),
            principal: Principal::LoginName("a".into()),
        };
        let epochs = Epochs::default();
        let reads = [Noun::User, Noun::SkillGroup];
        let (here, elsewhere) = (epochs.stamp(&identity(1), &reads), epochs.stamp(&identity(2), &reads));
        epochs.advance(&identity(1), &[Noun::User]);
        let after = epochs.stamp(&identity(1), &reads);
        assert_ne!(here[Noun::User as usize], after[Noun::User as usize]);
        assert_eq!(here[Noun::SkillGroup as usize], after[Noun::SkillGroup as usize]);
        assert_eq!(elsewhere, epochs.stamp(&identity(2), &reads));
    }
}

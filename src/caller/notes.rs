//! `Notes`: what is noted of one request while it is answered.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::basis::Basis;
use super::deadline::Deadline;
use super::explanation::Explanation;
use super::freshness::Freshness;
use super::tally::Tally;

/// What is noted of one request, whatever sessions it uses one after another.
#[derive(Clone)]
pub struct Notes {
    /// Until when it must be answered.
    pub deadline: Deadline,
    /// Whether the request has been given up or answered: no further write begins then.
    pub is_over: Arc<AtomicBool>,
    /// What it has cost.
    pub tally: Tally,
    /// What its answer rests on.
    pub basis: Basis,
    /// How fresh what it reads has to be.
    pub freshness: Freshness,
    /// Whether nobody waits for it.
    pub(super) is_beside: bool,
}

impl Notes {
    /// Of a request that must be answered by then, with what is fresh.
    #[must_use]
    pub fn until(deadline: Deadline) -> Self {
        Self {
            deadline,
            is_over: Arc::default(),
            tally: Tally::default(),
            basis: Basis::default(),
            freshness: Freshness::Required,
            is_beside: false,
        }
    }

    /// Of the same request with what is as fresh as that.
    #[must_use]
    pub fn taking(self, freshness: Freshness) -> Self {
        Self { freshness, ..self }
    }

    /// Of the same request, which is to be explained.
    #[must_use]
    pub fn explained(self) -> Self {
        let explanation = Arc::new(Explanation::since(self.deadline.began()));
        Self { tally: Tally::explained(explanation), ..self }
    }

    /// Whether somebody wants to be told how it is answered.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        self.tally.explanation().is_some()
    }

    /// Of what is asked beside a request.
    pub(super) fn beside(deadline: Deadline) -> Self {
        Self { is_beside: true, ..Self::until(deadline) }
    }
}

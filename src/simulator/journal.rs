//! What was called: every call that reached an operation, in order, without its secrets.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

/// What no noted body holds.
const SECRETS: [&str; 3] = ["authToken", "password", "singleSignOnToken"];

/// Of what no noted body holds the value, though it tells that there was one.
const HIDDEN: [&str; 3] = ["newPassword", "newICMPassword", "cloneUserPassword"];

/// How many calls are remembered; counts go on beyond.
const REMEMBERED: usize = 100_000;

/// A call that reached an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The contract's id of the operation.
    pub operation: &'static str,
    /// The login name or ICWS user behind the call's session, or the one signing in.
    pub login: Option<String>,
    /// The request's body without secrets, of which some are marked as given; path values for operations that carry theirs in the path.
    pub body: Map<String, Value>,
    /// The query's parameters; the portal's operations have none.
    pub query: BTreeMap<String, String>,
    /// `traceparent`, and of ICWS `Host`, `Range` and `ININ-ICWS-Transaction-Id`, where they were sent.
    pub headers: BTreeMap<&'static str, String>,
}

/// What was called.
#[derive(Default)]
pub struct Journal {
    pages: Mutex<Pages>,
    under_way: AtomicUsize,
    busiest: AtomicUsize,
    abandoned: AtomicUsize,
}

/// A call while its client waits for the answer.
pub(super) struct Awaited<'a>(Option<&'a Journal>);

impl Awaited<'_> {
    /// The answer is given to whoever waits for it.
    pub(super) fn answered(mut self) {
        self.0 = None;
    }
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        if let Some(journal) = self.0 {
            journal.abandoned.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A call while it is answered.
pub(super) struct UnderWay<'a>(&'a Journal);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Pages {
    calls: VecDeque<Call>,
    counts: BTreeMap<&'static str, u64>,
    total: u64,
}

impl Journal {
    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The calls since the last look, in order.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.lock().calls).into()
    }

    /// How many calls there ever were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.lock().total
    }

    /// How many calls of each operation there ever were.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.lock().counts.clone()
    }

    /// How many calls were under way at once at the busiest moment since the last time this was asked.
    pub fn busiest(&self) -> usize {
        self.busiest.swap(0, Ordering::Relaxed)
    }

    /// How many calls were cut off by their client before they were answered.
    #[must_use]
    pub fn abandoned(&self) -> usize {
        self.abandoned.load(Ordering::Relaxed)
    }

    pub(super) fn awaited(&self) -> Awaited<'_> {
        Awaited(Some(self))
    }

    /// How many calls are under way now; those that were cut off are carried out all the same.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.under_way.load(Ordering::Relaxed)
    }

    /// Counts a call as under way until the answer is dropped.
    pub(super) fn begin(&self) -> UnderWay<'_> {
        let now = self.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        self.busiest.fetch_max(now, Ordering::Relaxed);
        UnderWay(self)
    }

    pub(super) fn note(&self, mut call: Call) {
        call.body.retain(|name, _| !SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret)));
        for (name, value) in &mut call.body {
            if HIDDEN.iter().any(|hidden| name.eq_ignore_ascii_case(hidden)) && !value.is_null() {
                *value = Value::String("(hidden)".to_owned());
            }
        }
        let mut pages = self.lock();
        pages.total += 1;
        *pages.counts.entry(call.operation).or_default() += 1;
        if pages.calls.len() == REMEMBERED {
            pages.calls.pop_front();
        }
        pages.calls.push_back(call);
    }
}

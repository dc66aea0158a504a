//! `Explanation`: how one request came by its answer, noted read by read and choice by choice for who asks to be told. It
//! holds names of operations, places in the answer, counts and times: nothing that was asked with, and nothing that was
//! answered.

mod decision;
mod site;

pub(super) use decision::distinct;
pub use decision::{Alternative, Decision};
pub(super) use site::Site;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::answers::Key;
use super::error::CallerError;
use super::house::Question;
use super::kept::Kept;
use super::tally::Answered;

/// How many reads of one request are told one by one; all are in the sums.
const MOST_READS: usize = 300;

/// How many choices of one request are told.
const MOST_DECISIONS: usize = 100;

/// How many fields are named of those that asked the same.
const MOST_PATHS: usize = 20;

/// A field of the answer: the keys that lead to it, with dots between them and places in lists left out.
pub type Path = Arc<str>;

/// How one request is answered, as far as it has come.
pub struct Explanation {
    began: Instant,
    noted: Mutex<Noted>,
}

#[derive(Default)]
struct Noted {
    reads: Vec<Noting>,
    decisions: Vec<Decision>,
    /// The fields that put each question; as many as the request puts questions.
    askers: HashMap<Key, Arc<Paths>>,
    sums: Sums,
    choices: usize,
}

/// A read as it is noted: who else asked the same is known only later.
struct Noting {
    paths: Arc<Paths>,
    read: Read,
}

/// The fields that asked the same.
#[derive(Default)]
struct Paths(Mutex<Vec<Path>>);

impl Paths {
    fn lock(&self) -> MutexGuard<'_, Vec<Path>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, path: &Path) {
        let mut paths = self.lock();
        if paths.len() < MOST_PATHS && !paths.contains(path) {
            paths.push(path.clone());
        }
    }
}

/// What a read has brought.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brought {
    /// The length of the answer; `None` where there is none, or nobody has told it.
    pub bytes: Option<usize>,
    /// How many records it holds.
    pub records: Option<usize>,
    /// Whether there is none.
    pub is_failed: bool,
}

impl Brought {
    /// Of a reply, which has come or was kept.
    pub(super) fn reply<Q: Question>(reply: &Q::Reply, bytes: usize) -> Self {
        Self { bytes: Some(bytes), records: Some(Q::records(reply)), is_failed: false }
    }

    /// Of an answer that is kept now.
    pub(super) fn kept<Q: Question>(kept: &Kept) -> Self {
        Self::reply::<Q>(&kept.reply::<Q::Reply>(), kept.bytes())
    }

    /// Of a read that has failed.
    pub(super) fn failed() -> Self {
        Self { is_failed: true, ..Self::default() }
    }

    /// Of a read that is over.
    pub(super) fn of<Q: Question>(result: &Result<Arc<Kept>, CallerError>) -> Self {
        match result {
            Ok(kept) => Self::kept::<Q>(kept),
            Err(_) => Self::failed(),
        }
    }
}

/// One question of a request, and how it was answered.
#[derive(Clone, Debug)]
pub struct Read {
    /// The fields that asked it, the first to do so first; none where it was no field.
    pub paths: Vec<Path>,
    /// The operation, by its name in the contract.
    pub operation: &'static str,
    /// How it was answered.
    pub how: Answered,
    /// How many calls, one behind another, it was the end of; `None` where the request did not wait.
    pub wave: Option<usize>,
    /// How long after the request it began.
    pub began: Duration,
    /// How long it was waited for.
    pub took: Duration,
    /// What it has brought.
    pub brought: Brought,
    /// How often it was put again because nothing was answered.
    pub retries: usize,
    /// How often it was put again beside a slow call.
    pub hedges: usize,
}

/// What all reads of a request come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many there were.
    pub reads: usize,
    /// Calls of this request, repeated ones with it.
    pub calls: usize,
    /// Answers that came by another's call.
    pub shared: usize,
    /// Answers that were kept and fresh.
    pub kept: usize,
    /// Answers that were too old, and given all the same.
    pub stale: usize,
    /// How long the answers were that this request's own calls brought.
    pub bytes: usize,
}

/// How a request was answered.
#[derive(Clone, Debug)]
pub struct Told {
    /// What all reads come to.
    pub sums: Sums,
    /// The reads, in the order in which they began.
    pub reads: Vec<Read>,
    /// The choices between two ways, in the order in which they were made.
    pub decisions: Vec<Decision>,
    /// How many choices were made.
    pub choices: usize,
    /// How long it has taken so far.
    pub took: Duration,
}

impl Explanation {
    /// Of a request that began then.
    #[must_use]
    pub fn since(began: Instant) -> Self {
        Self { began, noted: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, paths: Arc<Paths>, read: Read) {
        let mut noted = self.lock();
        let sums = &mut noted.sums;
        sums.reads += 1;
        match read.how {
            Answered::Called | Answered::Beside => sums.calls += 1 + read.retries + read.hedges,
            Answered::Shared => sums.shared += 1,
            Answered::Kept => sums.kept += 1,
            Answered::Stale => sums.stale += 1,
        }
        if read.how == Answered::Called {
            sums.bytes = sums.bytes.saturating_add(read.brought.bytes.unwrap_or_default());
        }
        if noted.reads.len() < MOST_READS {
            noted.reads.push(Noting { paths, read });
        }
    }

    fn decide(&self, decision: Decision) {
        let mut noted = self.lock();
        noted.choices += 1;
        if noted.decisions.len() < MOST_DECISIONS {
            noted.decisions.push(decision);
        }
    }

    /// What there is to tell.
    #[must_use]
    pub fn told(&self) -> Told {
        let noted = self.lock();
        let read = |noting: &Noting| Read { paths: noting.paths.lock().clone(), ..noting.read.clone() };
        let mut reads: Vec<_> = noted.reads.iter().map(read).collect();
        reads.sort_by_key(|read| read.began);
        Told {
            sums: noted.sums,
            reads,
            decisions: noted.decisions.clone(),
            choices: noted.choices,
            took: self.began.elapsed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tally::Tally;
    use super::*;

    #[test]
    fn what_is_beyond_the_first_reads_is_in_the_sums() {
        let explanation = Arc::new(Explanation::since(Instant::now()));
        let tally = Tally::explained(explanation.clone());
        for _ in 0..MOST_READS + 5 {
            tally.ask("a", &[]).answered(Answered::Called);
        }
        let told = explanation.told();
        assert_eq!((told.reads.len(), told.sums.reads, told.sums.calls), (MOST_READS, 305, 305));
    }

    #[test]
    fn a_read_is_told_with_the_field_it_was_for_and_with_how_often_it_was_put() {
        let explanation = Arc::new(Explanation::since(Instant::now()));
        let tally = Tally::explained(explanation.clone()).at(&["agents".to_owned(), "nodes".to_owned()]);
        let asking = tally.ask("a", &[]);
        asking.tally().count_retry("a");
        asking.tally().count_hedge("a");
        asking.answered(Answered::Called);
        tally.ask("a", &[]).answered(Answered::Kept);
        let told = explanation.told();
        let [called, kept] = told.reads.as_slice() else { panic!("two reads: {told:?}") };
        assert_eq!((&*called.paths[0], called.retries, called.hedges), ("agents.nodes", 1, 1));
        assert_eq!((called.wave, kept.wave), (Some(1), None));
        assert_eq!((told.sums.calls, tally.cost().calls()), (3, 3));
    }
}

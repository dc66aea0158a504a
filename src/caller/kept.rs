//! `Kept`: an answer of an upstream with what has been made of it, how long it is fresh, and how long it may be shown beyond.

use std::any::Any;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::upstream::Size;

/// What an answer takes in a cache beside its records, measured with answers that hold none: the key, the entry, the reply itself
/// and what is made of it. What is made of long lists, such as their indices, grows with them and is not counted.
const ENTRY_BYTES: usize = 1_400;

/// For so long nobody asks for another beside a request, after one did: asking may have failed.
const BETWEEN_RENEWALS: Duration = Duration::from_secs(1);

/// For how long an answer is of use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// How long it is as good as if it were asked for now.
    pub fresh: Duration,
    /// How long beyond that it is shown while another is asked for.
    pub while_revalidated: Duration,
    /// How long beyond that it is shown where asking for another fails.
    pub if_error: Duration,
}

impl Life {
    /// How long it is kept. What is fresh for no time is not kept at all: who wants it asked for each time wants nothing old.
    pub(super) fn whole(&self) -> Duration {
        if self.fresh.is_zero() {
            return Duration::ZERO;
        }
        self.fresh + self.while_revalidated.max(self.if_error)
    }
}

/// What an upstream answered: one allocation for as long as it stays the same, however often it was asked for.
pub(super) struct Content {
    reply: Arc<dyn Any + Send + Sync>,
    shape: OnceLock<Arc<dyn Any + Send + Sync>>,
    size: Size,
}

/// An answer with what has been made of it.
pub struct Kept {
    content: Arc<Content>,
    life: Life,
    fetched_at: Instant,
    /// Before how many milliseconds of its age nobody asks for another beside a request.
    renewed_not_before: AtomicU64,
}

impl Kept {
    /// Keeps a reply of the given size that came now.
    pub fn new<R: Send + Sync + 'static>(reply: R, size: Size, life: Life) -> Self {
        Self::of_age(reply, size, (life, Duration::ZERO))
    }

    /// Keeps a reply that came so long ago.
    pub(super) fn of_age<R: Send + Sync + 'static>(
        reply: R,
        size: Size,
        (life, age): (Life, Duration),
    ) -> Self {
        let content = Content { reply: Arc::new(reply), shape: OnceLock::new(), size };
        let now = Instant::now();
        Self::since(Arc::new(content), life, now.checked_sub(age).unwrap_or(now))
    }

    /// The same content, given again by an answer that is equal to it.
    pub(super) fn given_again_by(&self, equal: &Self) -> Self {
        Self::since(self.content.clone(), equal.life, equal.fetched_at)
    }

    fn since(content: Arc<Content>, life: Life, fetched_at: Instant) -> Self {
        Self { content, life, fetched_at, renewed_not_before: AtomicU64::new(0) }
    }

    /// The reply; its type follows from the operation in the key.
    #[must_use]
    pub fn reply<R: Send + Sync + 'static>(&self) -> Arc<R> {
        self.content.reply.clone().downcast().expect("an operation has one type of reply")
    }

    /// What was answered, whenever that was.
    pub(super) const fn content(&self) -> &Arc<Content> {
        &self.content
    }

    /// The length of the body it came in.
    pub(super) fn bytes(&self) -> usize {
        self.content.size.bytes
    }

    /// About how much memory it takes in a cache, beside its key's question.
    pub(super) fn weight(&self) -> u32 {
        u32::try_from(self.content.size.memory.saturating_add(ENTRY_BYTES)).unwrap_or(u32::MAX)
    }

    /// For how long it is of use.
    pub(super) const fn life(&self) -> Life {
        self.life
    }

    /// When it came.
    #[must_use]
    pub const fn fetched_at(&self) -> Instant {
        self.fetched_at
    }

    /// When it is no longer fresh.
    #[must_use]
    pub fn fresh_until(&self) -> Instant {
        self.fetched_at + self.life.fresh
    }

    /// Whether it is as good as if it were asked for now.
    pub(super) fn is_fresh(&self) -> bool {
        Instant::now() < self.fresh_until()
    }

    /// Whether it may be shown while another is asked for.
    pub(super) fn may_be_shown_meanwhile(&self) -> bool {
        Instant::now() < self.fresh_until() + self.life.while_revalidated
    }

    /// Whether it is time to ask for another beside a request, which it then is not for others for a while.
    pub(super) fn is_to_be_renewed(&self) -> bool {
        let age = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let now = age(self.fetched_at.elapsed());
        let before = self.renewed_not_before.load(Ordering::Relaxed);
        let next = now.saturating_add(age(BETWEEN_RENEWALS));
        let exchange =
            |to| self.renewed_not_before.compare_exchange(before, to, Ordering::Relaxed, Ordering::Relaxed);
        now >= before && exchange(next).is_ok()
    }

    /// Whether it may be shown where asking for another has failed.
    pub(super) fn may_stand_in(&self) -> bool {
        Instant::now() < self.fresh_until() + self.life.if_error
    }

    /// Whether it is not kept at all.
    pub(super) fn is_fleeting(&self) -> bool {
        self.life.whole().is_zero()
    }

    /// What `make` makes of the reply, made once and kept beside it; an operation has one such shape.
    pub fn shape<R: Send + Sync + 'static, S: Send + Sync + 'static>(
        &self,
        make: impl Fn(&R) -> S,
    ) -> Arc<S> {
        let shape = self.content.shape.get_or_init(|| Arc::new(make(&self.reply::<R>())));
        shape.clone().downcast().unwrap_or_else(|_| Arc::new(make(&self.reply::<R>())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Life = Life {
        fresh: Duration::from_mins(1),
        while_revalidated: Duration::from_mins(1),
        if_error: Duration::from_mins(2),
    };

    const SIZE: Size = Size { bytes: 1, memory: 1 };

    #[test]
    fn an_answer_is_fresh_then_shown_meanwhile_then_a_stand_in_then_nothing() {
        for (seconds, expected) in [
            (0, [true, true, true]),
            (59, [true, true, true]),
            (60, [false, true, true]),
            (119, [false, true, true]),
            (120, [false, false, true]),
            (179, [false, false, true]),
            (180, [false, false, false]),
        ] {
            let kept = Kept::of_age((), SIZE, (LIFE, Duration::from_secs(seconds)));
            let found = [kept.is_fresh(), kept.may_be_shown_meanwhile(), kept.may_stand_in()];
            assert_eq!(found, expected, "after {seconds} seconds");
        }
        assert_eq!(LIFE.whole(), Duration::from_mins(3));
    }

    #[test]
    fn another_is_asked_for_once_in_a_while() {
        let kept = Kept::of_age((), SIZE, (LIFE, Duration::from_mins(1)));
        assert!(kept.is_to_be_renewed());
        assert!(!kept.is_to_be_renewed(), "somebody does");
        let later = Kept::of_age((), SIZE, (LIFE, Duration::from_mins(1) + BETWEEN_RENEWALS));
        later.renewed_not_before.store(kept.renewed_not_before.load(Ordering::Relaxed), Ordering::Relaxed);
        assert!(later.is_to_be_renewed(), "it came to nothing");
    }

    #[test]
    fn what_is_fresh_for_no_time_is_not_kept() {
        let life = Life { fresh: Duration::ZERO, ..LIFE };
        assert!(Kept::new((), SIZE, life).is_fleeting());
        assert!(!Kept::new((), SIZE, LIFE).is_fleeting());
    }

    #[test]
    fn content_that_is_given_again_is_as_young_as_the_answer_that_gave_it() {
        let old = Kept::of_age(1, SIZE, (LIFE, Duration::from_mins(2)));
        let young = Kept::new(1, SIZE, LIFE);
        let again = old.given_again_by(&young);
        assert!(again.is_fresh() && Arc::ptr_eq(again.content(), old.content()));
    }
}

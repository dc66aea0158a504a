//! What is worked out once for all who wait for it, by those who wait for it. Not `futures_util`'s `Shared`: there, who is
//! woken, and looks while another is still at it, is not woken again, and waits for ever if that other goes away without
//! having looked once more (futures-rs#2706). Here whoever ends a turn during which there was a wake passes it on.

use std::future::Future;
use std::mem::take;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError, Weak};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::future::BoxFuture;
use slab::Slab;

/// One who waits. The work is given up when the last of them goes away.
pub struct Flight<T> {
    work: Arc<Work<T>>,
    place: Option<usize>,
}

/// What finds work that somebody still waits for, and keeps nobody waiting for it.
pub struct WeakFlight<T>(Weak<Work<T>>);

struct Work<T> {
    done: OnceLock<T>,
    /// Held by whoever has their turn at it; nothing once it is done.
    future: Mutex<Option<BoxFuture<'static, T>>>,
    /// Apart, because the future holds it too.
    waiting: Arc<Waiting>,
}

#[derive(Default)]
struct Waiting(Mutex<Places>);

#[derive(Default)]
struct Places {
    wakers: Slab<Option<Waker>>,
    /// How often the future said that there is something to do.
    wakes: usize,
}

impl Waiting {
    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sees to it that this one is woken next time; tells how many wakes there were so far.
    fn register(&self, place: &mut Option<usize>, waker: &Waker) -> usize {
        let mut places = self.places();
        let place = *place.get_or_insert_with(|| places.wakers.insert(None));
        match &mut places.wakers[place] {
            Some(known) => known.clone_from(waker),
            empty => *empty = Some(waker.clone()),
        }
        places.wakes
    }

    fn wake_all(mut places: MutexGuard<'_, Places>) {
        let wakers: Vec<Waker> = places.wakers.iter_mut().filter_map(|(_, waker)| take(waker)).collect();
        drop(places);
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut places = self.places();
        places.wakes = places.wakes.wrapping_add(1);
        Self::wake_all(places);
    }
}

/// The end of a turn, also of one that panics: after the future was let go of, so that who is woken finds it free.
struct Turn<'a> {
    waiting: &'a Waiting,
    wakes: usize,
    is_last: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let places = self.waiting.places();
        if self.is_last || places.wakes != self.wakes {
            Waiting::wake_all(places);
        }
    }
}

impl<T> Flight<T> {
    /// Work that begins when it is first waited for.
    pub fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        let future = Mutex::new(Some(Box::pin(future) as BoxFuture<'static, T>));
        Self { work: Arc::new(Work { done: OnceLock::new(), future, waiting: Arc::default() }), place: None }
    }

    /// A reference that does not wait.
    #[must_use]
    pub fn downgrade(&self) -> WeakFlight<T> {
        WeakFlight(Arc::downgrade(&self.work))
    }

    /// Whether it is done, or ended by a panic.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.work.done.get().is_some() || self.work.future.is_poisoned()
    }
}

impl<T> WeakFlight<T> {
    /// The work, if somebody holds it.
    #[must_use]
    pub fn upgrade(&self) -> Option<Flight<T>> {
        self.0.upgrade().map(|work| Flight { work, place: None })
    }
}

impl<T: Clone> Future for Flight<T> {
    type Output = T;

    /// # Panics
    /// If the work panicked: what waits for it has nothing else to go on with.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Self { work, place } = &mut *self;
        if let Some(done) = work.done.get() {
            return Poll::Ready(done.clone());
        }
        let before = work.waiting.register(place, context.waker());
        // Looked at before the lock: who finds it poisoned holds it for as long as the panic takes, and wakes nobody after it.
        assert!(!work.future.is_poisoned(), "what was waited for panicked");
        let free = match work.future.try_lock() {
            Ok(free) => free,
            Err(TryLockError::WouldBlock) => return Poll::Pending,
            // Since it was looked at.
            Err(TryLockError::Poisoned(_)) => panic!("what was waited for panicked"),
        };
        let mut turn = Turn { waiting: &work.waiting, wakes: before, is_last: true };
        // Declared after the turn, and so let go of before that ends, also in a panic.
        let mut future = free;
        let waker = Waker::from(work.waiting.clone());
        let polled = future.as_mut().map(|future| future.as_mut().poll(&mut Context::from_waker(&waker)));
        match polled {
            Some(Poll::Pending) => {
                turn.is_last = false;
                Poll::Pending
            }
            Some(Poll::Ready(value)) => {
                let value = work.done.get_or_init(|| value).clone();
                *future = None;
                Poll::Ready(value)
            }
            None => {
                Poll::Ready(work.done.get().cloned().expect("the future goes only when its value is there"))
            }
        }
    }
}

impl<T> Clone for Flight<T> {
    fn clone(&self) -> Self {
        Self { work: self.work.clone(), place: None }
    }
}

impl<T> Drop for Flight<T> {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            let waker = self.work.waiting.places().wakers.remove(place);
            drop(waker);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, poll_fn};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::FutureExt as _;
    use tokio::time::timeout;

    use super::*;

    /// Counts how often it was woken.
    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    impl Woken {
        fn poll<T: Clone>(self: &Arc<Self>, flight: &mut Flight<T>) -> Poll<T> {
            flight.poll_unpin(&mut Context::from_waker(&Waker::from(self.clone())))
        }

        fn times(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    /// One flight, for two, which is woken in the middle of its first turn; and while that goes on, the other looks.
    fn looked_at_meanwhile(panics: bool) -> (Flight<&'static str>, Flight<&'static str>, Arc<Woken>) {
        let woken: Arc<Woken> = Arc::default();
        let other: Arc<Mutex<Option<Flight<&'static str>>>> = Arc::default();
        let (meanwhile, looking, mut turns) = (woken.clone(), other.clone(), 0);
        let flight = Flight::new(poll_fn(move |context| {
            turns += 1;
            if turns > 1 {
                return Poll::Ready("done");
            }
            context.waker().wake_by_ref();
            let mut looking = looking.lock().unwrap();
            assert!(meanwhile.poll(looking.as_mut().unwrap()).is_pending());
            assert!(!panics, "as asked");
            Poll::Pending
        }));
        *other.lock().unwrap() = Some(flight.clone());
        let first: Arc<Woken> = Arc::default();
        let mut leader = flight.clone();
        let polled = catch_unwind(AssertUnwindSafe(|| first.poll(&mut leader)));
        assert_eq!(polled.is_err(), panics);
        let follower = other.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap();
        (leader, follower, woken)
    }

    #[test]
    fn who_looked_during_a_turn_is_woken_although_the_one_whose_turn_it_was_goes_away() {
        let (leader, mut follower, woken) = looked_at_meanwhile(false);
        drop(leader);
        assert_eq!(woken.times(), 1);
        assert_eq!(woken.poll(&mut follower), Poll::Ready("done"));
    }

    #[test]
    fn who_looked_during_a_turn_that_panics_is_woken_and_panics_too() {
        let (leader, mut follower, woken) = looked_at_meanwhile(true);
        assert!(leader.is_over());
        assert_eq!(woken.times(), 1);
        // While somebody else is at finding it so, too.
        let _held = leader.work.future.try_lock();
        assert!(catch_unwind(AssertUnwindSafe(|| woken.poll(&mut follower))).is_err());
    }

    #[test]
    fn all_are_woken_by_the_last_turn_and_nobody_by_one_that_changed_nothing() {
        let (sender, receiver) = tokio::sync::oneshot::channel::<u8>();
        let mut first = Flight::new(receiver.map(Result::ok));
        let mut second = first.clone();
        let (one, two): (Arc<Woken>, Arc<Woken>) = Default::default();
        assert!(one.poll(&mut first).is_pending() && two.poll(&mut second).is_pending());
        assert_eq!((one.times(), two.times()), (0, 0));
        sender.send(7).unwrap();
        assert_eq!((one.times(), two.times()), (1, 1));
        assert!(two.poll(&mut second).is_ready());
        assert_eq!(one.poll(&mut first), Poll::Ready(Some(7)), "each has the same");
        assert_eq!(one.poll(&mut first), Poll::Ready(Some(7)), "and again");
        assert!(first.is_over());
    }

    #[test]
    fn nobody_waiting_ends_it() {
        let held = Arc::new(());
        let holds = held.clone();
        let flight = Flight::new(async move {
            pending::<()>().await;
            drop(holds);
        });
        let (weak, mut other) = (flight.downgrade(), flight.clone());
        let woken: Arc<Woken> = Arc::default();
        assert!(woken.poll(&mut other).is_pending());
        drop(flight);
        assert!(weak.upgrade().is_some());
        drop(other);
        assert!(weak.upgrade().is_none() && Arc::strong_count(&held) == 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_two_threads_none_is_left_behind() {
        for _ in 0..20_000 {
            let mut had_turn = false;
            let flight = Flight::new(poll_fn(move |context| {
                if had_turn {
                    return Poll::Ready(());
                }
                had_turn = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }));
            let (mut gone, stays) = (flight.clone(), flight);
            let going = tokio::spawn(async move {
                let _ = futures_util::poll!(&mut gone);
            });
            let staying = tokio::spawn(timeout(Duration::from_secs(10), stays));
            staying.await.unwrap().expect("it was woken");
            going.await.unwrap();
        }
    }
}

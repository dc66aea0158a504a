//! A request that woke itself goes on at once, in the same turn of the runtime.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;
use tokio::task::coop::has_budget_remaining;

/// How often in a row; then others have their turn.
const TURNS: usize = 16;

const AWAY: u8 = 0;
const POLLING: u8 = 1;
const WOKEN: u8 = 2;

/// What parts of a request wake.
#[derive(Default)]
struct Bell {
    state: AtomicU8,
    runtime: AtomicWaker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Who is being polled looks at this afterwards; otherwise the runtime has to be told. Both sides swap: after a plain
        // store by one, or a plain look by the other, each could miss what the other has just done, and the wake would be lost.
        if self.state.swap(WOKEN, Ordering::AcqRel) == AWAY {
            self.runtime.wake();
        }
    }
}

/// Does the work. What a part of it wakes while it is polled, such as the one that waits until all keys of a level are
/// known, goes on right after. By way of the runtime that takes a look at the network and a call to another thread, which
/// costs more than most of what was waited for.
pub(super) async fn at_once<F: Future>(work: F) -> F::Output {
    let mut work = pin!(work);
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(Arc::clone(&bell));
    poll_fn(move |runtime| {
        bell.runtime.register(runtime.waker());
        for _ in 0..TURNS {
            bell.state.swap(POLLING, Ordering::AcqRel);
            if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Poll::Ready(done);
            }
            let rested = bell.state.compare_exchange(POLLING, AWAY, Ordering::AcqRel, Ordering::Acquire);
            if rested.is_ok() {
                return Poll::Pending;
            }
            if !has_budget_remaining() {
                break;
            }
        }
        bell.state.swap(AWAY, Ordering::AcqRel);
        runtime.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use tokio::sync::Notify;

    use super::*;

    /// Wakes itself so many times.
    async fn restless(times: usize) {
        let mut left = times;
        poll_fn(|context| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    /// How many turns the runtime gives to the work.
    async fn turns<F: Future>(work: F) -> (F::Output, usize) {
        let turns = AtomicUsize::new(0);
        let mut work = pin!(work);
        let done = poll_fn(|context| {
            turns.fetch_add(1, Ordering::Relaxed);
            work.as_mut().poll(context)
        });
        (done.await, turns.into_inner())
    }

    #[tokio::test]
    async fn who_wakes_itself_goes_on_in_the_same_turn() {
        assert_eq!(turns(at_once(restless(3))).await.1, 1);
        assert_eq!(turns(restless(3)).await.1, 4);
    }

    #[tokio::test]
    async fn others_have_their_turn_all_the_same() {
        assert_eq!(turns(at_once(restless(10 * TURNS))).await.1, 11);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn whoever_wakes_it_from_elsewhere_is_heard_whenever_that_is() {
        for _ in 0..2_000 {
            let notify = Arc::new(Notify::new());
            let other = tokio::spawn({
                let notify = Arc::clone(&notify);
                async move { notify.notify_one() }
            });
            let heard = at_once(async {
                restless(2).await;
                notify.notified().await;
            });
            tokio::time::timeout(Duration::from_secs(10), heard).await.expect("it was woken");
            other.await.unwrap();
        }
    }
}

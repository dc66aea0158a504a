//! Gathers the keys of one level, so that one plan is made for all of them.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use futures_util::future::{BoxFuture, FutureExt as _};

use crate::upstream::Flight;

/// How often the rest of the request gets its turn before a level is closed: keys that come a turn later are still of it.
const TURNS: usize = 2;

type Make<K, P> = dyn Fn(Vec<K>) -> BoxFuture<'static, P> + Send + Sync;

/// The level that is still open: its keys, and the plan that will be made for them.
type Open<K, P> = Option<(Vec<K>, Flight<P>)>;

/// Where keys are gathered.
pub(super) struct Gather<K, P>
where
    P: Clone,
{
    make: Arc<Make<K, P>>,
    open: Arc<Mutex<Open<K, P>>>,
}

impl<K, P> Gather<K, P>
where
    K: Send + 'static,
    P: Clone + Send + Sync + 'static,
{
    pub(super) fn new<F>(plan: impl Fn(Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = P> + Send + 'static,
    {
        Self { make: Arc::new(move |keys| plan(keys).boxed()), open: Arc::default() }
    }

    /// The plan for this key and all others of its level.
    pub(super) async fn plan(&self, key: K) -> P {
        let level = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let (keys, level) = open.get_or_insert_with(|| (Vec::new(), self.level()));
            keys.push(key);
            level.clone()
        };
        // Each waits by itself, and the first who has done so closes the level: nobody is needed for it who may go away.
        for _ in 0..TURNS {
            turn().await;
        }
        level.await
    }

    /// Closes the open level and makes its plan.
    fn level(&self) -> Flight<P> {
        // Weak, because the level lies in what it closes: one that nobody waits for any more must not keep itself.
        let (make, open) = (self.make.clone(), Arc::downgrade(&self.open));
        let level = async move {
            let close =
                |open: Arc<Mutex<Open<K, P>>>| open.lock().unwrap_or_else(PoisonError::into_inner).take();
            let closed = open.upgrade().and_then(close);
            make(closed.map(|(keys, _)| keys).unwrap_or_default()).await
        };
        Flight::new(level)
    }
}

/// Lets everything else of the request go on that can. Not the runtime's own, which looks at the network first and calls
/// another thread to help.
async fn turn() {
    let mut had_turn = false;
    poll_fn(|context| {
        if had_turn {
            return Poll::Ready(());
        }
        had_turn = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;

    use super::*;

    fn counting() -> (Arc<AtomicUsize>, Gather<usize, usize>) {
        let plans = Arc::new(AtomicUsize::new(0));
        let counted = plans.clone();
        let gather = Gather::new(move |keys: Vec<usize>| {
            counted.fetch_add(1, Ordering::Relaxed);
            async move { keys.len() }
        });
        (plans, gather)
    }

    #[tokio::test]
    async fn keys_of_one_turn_and_of_the_next_are_one_level() {
        // Few are polled one after the other, many each when it is woken.
        for count in [2, 5, 100] {
            let (plans, gather) = counting();
            let keys = (0..count).map(|key| {
                let gather = &gather;
                async move {
                    if key % 2 == 1 {
                        turn().await;
                    }
                    gather.plan(key).await
                }
            });
            assert_eq!(join_all(keys).await, vec![count; count]);
            assert_eq!(gather.plan(7).await, 1, "the next level is another one");
            assert_eq!(plans.load(Ordering::Relaxed), 2);
        }
    }

    #[tokio::test]
    async fn a_level_is_closed_by_those_who_are_left() {
        let (plans, gather) = counting();
        let mut first = Box::pin(gather.plan(1));
        assert!(futures_util::poll!(&mut first).is_pending());
        let second = gather.plan(2);
        drop(first);
        assert_eq!(second.await, 2, "who has gone is still planned for");
        assert_eq!(plans.load(Ordering::Relaxed), 1);
    }
}

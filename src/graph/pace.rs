//! The pace of a wide list: whatever it has to do at once, others get their turn in between.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::task::{coop, yield_now};

/// Waits for all items, begun in their order, and answers them in that order; or the first failure.
///
/// `try_join_all` polls every item that can go on before anybody else has the thread. Here each poll of an item costs one
/// unit of the task's budget, wherever in nested lists it is, and where the budget ends the whole task rests.
pub(super) async fn try_join_paced<F, T, E>(items: impl ExactSizeIterator<Item = F>) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<T, E>>,
{
    let mut done: Vec<Option<T>> = Vec::new();
    done.resize_with(items.len(), || None);
    let mut under_way = FuturesUnordered::new();
    for (place, item) in items.enumerate() {
        let mut step = Step { place, item: Some(Box::pin(item)) };
        // Every item is begun before the first is gone on with: what they ask for is gathered across all of them.
        loop {
            match poll_fn(|context| Poll::Ready(Pin::new(&mut step).poll(context))).await {
                Poll::Pending => under_way.push(step),
                Poll::Ready(Turn::Done(place, value)) => done[place] = Some(value?),
                Poll::Ready(Turn::OutOfBudget(same)) => {
                    step = same;
                    yield_now().await;
                    continue;
                }
            }
            break;
        }
    }
    while let Some(turn) = under_way.next().await {
        match turn {
            Turn::Done(place, value) => done[place] = Some(value?),
            Turn::OutOfBudget(step) => {
                under_way.push(step);
                yield_now().await;
            }
        }
    }
    Ok(done.into_iter().flatten().collect())
}

/// An item until its next rest.
struct Step<F> {
    place: usize,
    item: Option<Pin<Box<F>>>,
}

enum Turn<F: Future> {
    Done(usize, F::Output),
    /// It could go on, but not in this turn of the task.
    OutOfBudget(Step<F>),
}

impl<F: Future> Future for Step<F> {
    type Output = Turn<F>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Turn<F>> {
        let place = self.place;
        let Poll::Ready(budget) = coop::poll_proceed(context) else {
            return Poll::Ready(Turn::OutOfBudget(Self { place, item: self.item.take() }));
        };
        budget.made_progress();
        match &mut self.item {
            Some(item) => item.as_mut().poll(context).map(|output| Turn::Done(place, output)),
            None => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const WIDE: usize = 5_000;

    /// How many turns another task gets while this runs.
    async fn turns_of_others<T>(work: impl Future<Output = T>) -> (T, usize) {
        let turns = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&turns);
        let other = tokio::spawn(async move {
            loop {
                counted.fetch_add(1, Ordering::Relaxed);
                yield_now().await;
            }
        });
        let result = work.await;
        other.abort();
        (result, turns.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn others_get_turns_while_items_begin_and_while_they_go_on() {
        let items = || (0..WIDE).map(|place| async move { Ok::<_, ()>(place) });
        let (values, turns) = turns_of_others(try_join_paced(items())).await;
        assert_eq!(values, Ok((0..WIDE).collect()));
        assert!(turns >= WIDE / 200, "{turns}");

        let gate = Arc::new(tokio::sync::Notify::new());
        let waiting = (0..WIDE).map(|place| {
            let gate = Arc::clone(&gate);
            async move {
                if place == WIDE - 1 {
                    gate.notify_waiters();
                } else {
                    gate.notified().await;
                }
                Ok::<_, ()>(place)
            }
        });
        let (values, turns) = turns_of_others(try_join_paced(waiting)).await;
        assert_eq!(values, Ok((0..WIDE).collect()));
        assert!(turns >= 2 * WIDE / 200, "{turns}");
    }

    #[tokio::test]
    async fn lists_within_each_other_share_one_budget() {
        let outer = (0..50).map(|_| try_join_paced((0..100).map(|place| async move { Ok::<_, ()>(place) })));
        let (values, turns) = turns_of_others(try_join_paced(outer)).await;
        assert_eq!(values.unwrap().concat().len(), WIDE);
        assert!(turns >= WIDE / 200, "{turns}");
    }

    #[tokio::test]
    async fn the_first_failure_ends_it() {
        let items = (0..3).map(|place| async move { if place == 1 { Err(place) } else { Ok(place) } });
        assert_eq!(try_join_paced(items).await, Err(1));
    }
}

//! The pace of a wide list: however many items it has, the request rests whenever its turn on the runtime is over.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::task::{coop, yield_now};

/// Waits for all items, begun in their order, and answers what they came to in that order, or the first failure.
///
/// Like `try_join_all`, which however polls every item that can go on before it lets anybody else have the thread; here
/// each poll of an item costs one unit of the task's budget, and the task rests where the budget ends.
pub(super) async fn try_join_paced<T, E>(
    items: impl ExactSizeIterator<Item: Future<Output = Result<T, E>>>,
) -> Result<Vec<T>, E> {
    let mut done: Vec<Option<T>> = items.len().checked_sub(0).map(|n| (0..n).map(|_| None).collect()).unwrap_or_default();
    let _ = &mut done;
    todo!()
}

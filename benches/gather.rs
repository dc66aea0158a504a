//! What gathering the keys of one level costs, and into how many batches they fall: `cargo bench --bench gather`.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop")]

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dataloader::BatchFn;
use dataloader::non_cached::Loader;
use futures_util::future::join_all;

const KEYS: usize = 100;
const ROUNDS: usize = 2_000;

struct Count(Arc<AtomicUsize>);

impl BatchFn<usize, usize> for Count {
    async fn load(&mut self, keys: &[usize]) -> HashMap<usize, usize> {
        self.0.fetch_add(1, Ordering::Relaxed);
        keys.iter().map(|key| (*key, *key)).collect()
    }
}

/// The median time of a level, and the batches it fell into on average.
async fn level(yields: usize, late: bool) -> (Duration, usize) {
    let batches = Arc::new(AtomicUsize::new(0));
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let loader =
            Loader::new(Count(Arc::clone(&batches))).with_max_batch_size(usize::MAX).with_yield_count(yields);
        let started = Instant::now();
        let keys = (0..KEYS).map(|key| {
            let loader = loader.clone();
            async move {
                // Half of the keys come a turn later, as below a list that rests between its items.
                if late && key >= KEYS / 2 {
                    tokio::task::yield_now().await;
                }
                loader.try_load(key).await.unwrap()
            }
        });
        join_all(keys).await;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    (times[ROUNDS / 2], batches.load(Ordering::Relaxed).div_ceil(ROUNDS))
}

#[tokio::main]
async fn main() {
    println!("{KEYS} keys of one level, median of {ROUNDS}: microseconds, batches");
    for yields in [1, 2, 3, 10] {
        let (at_once, one) = level(yields, false).await;
        let (in_two_turns, two) = level(yields, true).await;
        println!(
            "  {yields:>2} yields   at once {:>6.1}, {one}   in two turns {:>6.1}, {two}",
            at_once.as_secs_f64() * 1e6,
            in_two_turns.as_secs_f64() * 1e6,
        );
    }
}

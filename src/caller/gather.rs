//! Gathers the keys of one level, so that one plan is made for all of them.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

use dataloader::BatchFn;
use dataloader::non_cached::Loader;
use futures_util::future::{BoxFuture, FutureExt as _, Shared};

/// One level's plan under way; a type of its own, because the compiler loses the `'static` of a bare one.
#[derive(Clone)]
struct Level<P>(Shared<BoxFuture<'static, P>>)
where
    P: Clone;

type Make<K, P> = Box<dyn Fn(Vec<K>) -> BoxFuture<'static, P> + Send + Sync>;

struct Plans<K, P>(Make<K, P>);

impl<K, P> BatchFn<K, Level<P>> for Plans<K, P>
where
    K: Copy + Eq + Hash + Debug + Send + Sync + 'static,
    P: Clone + Send + Sync + 'static,
{
    /// Starts the level's plan and hands out its future, unawaited: the gate is open again for the next level at once.
    async fn load(&mut self, keys: &[K]) -> HashMap<K, Level<P>> {
        let level = Level((self.0)(keys.to_vec()).shared());
        keys.iter().map(|key| (*key, level.clone())).collect()
    }
}

/// Where keys are gathered.
pub(super) struct Gather<K, P>(Loader<K, Level<P>, Plans<K, P>>)
where
    K: Copy + Eq + Hash + Debug + Send + Sync + 'static,
    P: Clone + Send + Sync + 'static;

impl<K, P> Gather<K, P>
where
    K: Copy + Eq + Hash + Debug + Send + Sync + 'static,
    P: Clone + Send + Sync + 'static,
{
    /// Two yields: keys that come a turn later are still of the same level; see `docs/performance.md`.
    pub(super) fn new<F>(plan: impl Fn(Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = P> + Send + 'static,
    {
        let plans = Plans(Box::new(move |keys| plan(keys).boxed()));
        Self(Loader::new(plans).with_max_batch_size(usize::MAX).with_yield_count(2))
    }

    /// The plan for this key and all others of its level; `None` if it could not be made.
    pub(super) async fn plan(&self, key: K) -> Option<P> {
        let level = self.0.try_load(key).await.ok()?;
        Some(level.0.await)
    }
}

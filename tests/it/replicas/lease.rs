//! A lease is one replica's at a time, and tells which came later.

use std::time::Duration;

use portalgraph::config::Config;
use portalgraph::store::{Lease, Store};
use tokio::time::{sleep, timeout};

use crate::redis::Redis;

fn store(redis: &Redis) -> Store {
    let mut config = Config::default();
    redis.name_in(&mut config);
    Store::of(&config).unwrap().unwrap()
}

const LONG: Duration = Duration::from_mins(1);

async fn take(store: &Store, lasts: Duration) -> Lease {
    timeout(LONG, Lease::take(store, store.key("lease", "of the test"), lasts)).await.unwrap().unwrap()
}

#[tokio::test]
async fn it_is_one_s_until_it_is_let_go_or_runs_out() {
    let redis = Redis::start();
    let (one, other) = (store(&redis), store(&redis));
    let first = take(&one, LONG).await;
    let key = other.key("lease", "of the test");
    assert!(timeout(Duration::from_millis(200), Lease::take(&other, key, LONG)).await.is_err());
    assert!(first.prolong().await.unwrap());
    let fence = first.fence;
    drop(first);
    let brief = take(&other, Duration::from_millis(50)).await;
    assert!(brief.fence > fence);
    sleep(Duration::from_millis(100)).await;
    assert!(!brief.prolong().await.unwrap(), "it has run out");
    let last = take(&one, LONG).await;
    assert!(last.fence > brief.fence && !brief.prolong().await.unwrap());
    // Letting go of what has run out ends nobody else's.
    drop(brief);
    sleep(Duration::from_millis(100)).await;
    assert!(last.prolong().await.unwrap());
}

#[tokio::test]
async fn who_stops_waiting_for_it_leaves_nothing_behind() {
    let redis = Redis::start();
    let (one, other) = (store(&redis), store(&redis));
    for _ in 0..20 {
        let held = take(&one, LONG).await;
        let key = other.key("lease", "of the test");
        let waiting = Lease::take(&other, key, LONG);
        assert!(timeout(Duration::from_millis(7), waiting).await.is_err());
        drop(held);
        drop(take(&one, LONG).await);
    }
}

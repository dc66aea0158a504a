//! Two gateways in front of one portal, which share a store: whoever asks cannot tell which one answers.

mod answers;
mod killed;
mod lease;
mod live;
mod outage;
mod service;
mod sessions;
mod writes;

use std::time::Duration;

use portalgraph::config::Config;
use portalgraph::simulator::World;
use tokio::sync::oneshot;

use crate::house::{self, Client, House};
use crate::redis::Redis;

/// Two replicas, their store, and the portal.
struct Pair {
    redis: Redis,
    /// The portal, and the first of the two.
    house: House,
    /// Where the second one is.
    second: String,
    _stop: oneshot::Sender<()>,
}

impl Pair {
    async fn over(world: World) -> Self {
        Self::with(world, Redis::start(), |_| ()).await
    }

    async fn with(world: World, redis: Redis, change: impl Fn(&mut Config)) -> Self {
        let mut second = None;
        let house = House::with(world, |config| {
            redis.name_in(config);
            change(config);
            second = Some(config.clone());
        })
        .await;
        let (second, stop) = house::gateway(second.unwrap()).await;
        Self { redis, house, second, _stop: stop }
    }

    /// The same client at the other replica.
    fn beside(&self, client: &Client) -> Client {
        client.at(if client.url == self.second { &self.house.url } else { &self.second })
    }

    /// Waits until both replicas know the store as it is: there, or gone.
    async fn until_ready(&self, ready: bool) {
        for url in [&self.house.url, &self.second] {
            let expected = if ready { 200 } else { 503 };
            let status = async || {
                self.house.http().get(format!("{url}/health/ready")).send().await.unwrap().status().as_u16()
            };
            for _ in 0..1000 {
                if status().await == expected {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert_eq!(status().await, expected, "{url}");
        }
    }
}

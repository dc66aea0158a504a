//! Two replicas in front of one portal: what they count together, and what each of them counts while their store is gone.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use portalgraph::config::Config;
use portalgraph::simulator::DEMO_LOGIN;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::{Told, proxied, query, told};
use crate::house::{Client, House, gateway};
use crate::program::Served;
use crate::redis::Redis;
use crate::service::account;

const USERS: &str = "{ users { totalCount } }";

/// Two gateways behind the same proxy, with one store.
pub struct Replicas {
    pub house: House,
    urls: [String; 2],
    _stop: oneshot::Sender<()>,
}

impl Replicas {
    pub async fn with(redis: &Redis, change: impl FnOnce(&mut Config)) -> Self {
        let mut settings = Config::default();
        let house = proxied(|config| {
            redis.name_in(config);
            // A busy machine is no store that is gone.
            config.session.store_timeout_milliseconds = 5_000;
            change(config);
            settings.clone_from(config);
        })
        .await;
        let (url, stop) = gateway(settings).await;
        let urls = [house.url.clone(), url];
        Self { house, urls, _stop: stop }
    }

    /// A request to one of them as the proxy hands it on.
    pub fn from(&self, replica: usize, address: &str, body: &Value) -> RequestBuilder {
        let request = self.house.http().post(format!("{}/graphql", self.urls[replica]));
        let request = request.header("content-type", "application/json").header("x-forwarded-for", address);
        request.body(body.to_string())
    }

    /// Asks one of them as somebody at this address.
    async fn stranger(&self, replica: usize, address: &str) -> Told {
        told(self.from(replica, address, &query("{ __typename }"))).await
    }

    /// Waits until both count in the store again: each time by an address that nobody has seen yet.
    pub async fn until_back(&self, redis: &Redis) {
        static NEXT: AtomicU8 = AtomicU8::new(0);
        let counted = || {
            let all = redis.everything();
            String::from_utf8_lossy(&all).matches("portalgraph:address-rate:").count()
        };
        for replica in 0..2 {
            let back = async {
                loop {
                    let before = counted();
                    let address = format!("192.0.2.{}", NEXT.fetch_add(1, Ordering::Relaxed));
                    self.stranger(replica, &address).await;
                    if counted() > before {
                        return;
                    }
                    sleep(Duration::from_millis(50)).await;
                }
            };
            timeout(Duration::from_secs(30), back).await.expect("the store is not found again");
        }
    }
}

fn three_of_each(config: &mut Config) {
    config.rate.identity_requests_per_minute = 1;
    config.rate.identity_burst = 3;
    config.rate.address_requests_per_minute = 1;
    config.rate.address_burst = 3;
}

async fn expect_three_together(replicas: &Replicas, address: &str) {
    for replica in [0, 1, 0] {
        assert_eq!(replicas.stranger(replica, address).await.answer.status, StatusCode::OK);
    }
    for replica in [0, 1] {
        replicas.stranger(replica, address).await.expect_429("rate.address_requests_per_minute");
    }
}

#[tokio::test]
async fn people_and_addresses_are_counted_together_and_not_named() {
    let redis = Redis::start();
    let replicas = Replicas::with(&redis, three_of_each).await;
    let http = replicas.house.http();
    let sign_in = |replica: usize, name| Client::sign_in(http, &replicas.urls[replica], (name, DEMO_LOGIN.1));
    let clients = [sign_in(0, DEMO_LOGIN.0).await, sign_in(1, DEMO_LOGIN.0).await];
    for replica in [0, 1, 0] {
        assert_eq!(clients[replica].ask(USERS).await.codes(), Vec::<&str>::new());
    }
    replicas.house.calls();
    for client in &clients {
        assert_eq!(client.ask(USERS).await.codes(), ["RATE_LIMITED"]);
    }
    assert_eq!(replicas.house.call_count(), 0);
    let other = sign_in(1, "billing@dmn").await;
    assert_eq!(other.ask("{ viewer { loginName } }").await.codes(), Vec::<&str>::new());
    expect_three_together(&replicas, "203.0.113.1").await;
    expect_three_together(&replicas, "2001:db8::1").await;
    let all = String::from_utf8_lossy(&redis.everything()).to_lowercase();
    assert!(all.contains("portalgraph:person-rate:") && all.contains("portalgraph:address-rate:"), "{all}");
    for somebody in [DEMO_LOGIN.0, "billing@dmn", "tenant", "loginname", "203.0.113.1", "2001:db8"] {
        assert!(!all.contains(somebody), "{somebody} in {all}");
    }
}

#[tokio::test]
async fn a_service_account_is_counted_by_its_name() {
    let redis = Redis::start();
    let (first, second) = (account("first", DEMO_LOGIN), account("second", DEMO_LOGIN));
    let replicas = Replicas::with(&redis, |config| {
        for (account, _) in [&first, &second] {
            let mut account = account.clone();
            account.requests_per_minute = 3;
            config.service_accounts.push(account);
        }
    })
    .await;
    for (_, token) in [&first, &second] {
        let ask = |replica| told(replicas.from(replica, "203.0.113.1", &query(USERS)).bearer_auth(token));
        for replica in [0, 1, 0] {
            assert_eq!(ask(replica).await.answer.codes(), Vec::<&str>::new());
        }
        replicas.house.calls();
        for replica in [0, 1] {
            ask(replica).await.expect_429("requests_per_minute");
        }
        assert_eq!(replicas.house.call_count(), 0);
    }
}

#[tokio::test]
async fn without_the_store_each_counts_by_itself_until_it_is_back() {
    let redis = Redis::start();
    let replicas = Replicas::with(&redis, |config| {
        three_of_each(config);
        // One that hangs is waited for.
        config.session.store_timeout_milliseconds = 500;
    })
    .await;
    for hangs in [false, true] {
        let address = if hangs { "203.0.113.1" } else { "203.0.113.2" };
        replicas.until_back(&redis).await;
        expect_three_together(&replicas, address).await;
        if hangs {
            redis.stop();
        } else {
            redis.kill();
        }
        // Nobody is refused for what was counted there, nor let through without end.
        for replica in [0, 1] {
            for _ in 0..3 {
                assert_eq!(replicas.stranger(replica, address).await.answer.status, StatusCode::OK);
            }
            let told = replicas.stranger(replica, address).await;
            told.expect_429("rate.address_requests_per_minute");
        }
        if hangs {
            redis.go_on();
        } else {
            redis.start_again();
        }
        replicas.until_back(&redis).await;
        expect_three_together(&replicas, &format!("{address}0")).await;
    }
}

#[tokio::test]
async fn a_store_with_tls_and_users_counts_for_who_may_use_it() {
    let redis = Redis::guarded();
    let mut settings = Config::default();
    let replicas = Replicas::with(&redis, |config| {
        three_of_each(config);
        settings.clone_from(config);
    })
    .await;
    expect_three_together(&replicas, "203.0.113.1").await;
    assert!(String::from_utf8_lossy(&redis.everything()).contains("portalgraph:address-rate:"));
    let url = redis.url_for("gateway:wr0ng-password");
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &replicas.house.simulator.url()),
        ("PORTALGRAPH__SESSION__STORE", &url),
        ("PORTALGRAPH__SESSION__STORE_KEYS_FILE", &settings.session.store_keys_file),
        ("PORTALGRAPH__SESSION__STORE_CA_FILE", &settings.session.store_ca_file),
        ("PORTALGRAPH__LOG__LEVEL", "trace"),
    ]);
    let nobody = Client::nobody(replicas.house.http(), &served.url);
    assert_eq!(nobody.ask("{ __typename }").await.status, StatusCode::OK);
    let log = served.end();
    assert!(log.contains("its user or password is wrong"), "{log}");
    let address = url.rsplit('@').next().unwrap().trim_end_matches('/');
    for secret in ["wr0ng-password", "wr0ng", address] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

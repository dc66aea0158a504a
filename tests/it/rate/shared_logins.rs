//! Failed sign-ins at two replicas: who fails at one waits at the other.

use portalgraph::config::Config;
use portalgraph::simulator::DEMO_LOGIN;
use serde_json::json;

use super::logins::{LOGIN, four, input};
use super::shared::Replicas;
use super::told;
use crate::redis::Redis;

const NAME: &str = DEMO_LOGIN.0;
const ADDRESS: &str = "203.0.113.1";

fn four_and_a_thousand_requests(config: &mut Config) {
    four(config);
    // So slowly filled again that what is counted is still there when the test looks.
    config.rate.address_requests_per_minute = 1;
    config.rate.address_burst = 1_000;
}

impl Replicas {
    async fn try_at(&self, replica: usize, address: &str, (name, password): (&str, &str)) -> String {
        let body = json!({ "query": LOGIN, "variables": { "input": input(name, password) } });
        let answer = told(self.from(replica, address, &body)).await.answer;
        let login = &answer.body["data"]["login"];
        let code = login["userErrors"][0]["code"].as_str().or(login["status"].as_str());
        let code = code.or(answer.body["errors"][0]["extensions"]["code"].as_str());
        code.unwrap_or_else(|| panic!("{answer:?}")).to_owned()
    }

    async fn guess_at(&self, replica: usize, address: &str) -> String {
        self.try_at(replica, address, (NAME, "wrong")).await
    }

    /// How many sign-ins the portal has seen since the last look.
    fn tried(&self) -> usize {
        self.house.calls().get("login").copied().unwrap_or_default()
    }
}

#[tokio::test]
async fn failures_at_one_count_at_the_other_and_tell_nobody_who() {
    let redis = Redis::start();
    let replicas = Replicas::with(&redis, four).await;
    for replica in [0, 1, 1, 0] {
        assert_eq!(replicas.guess_at(replica, ADDRESS).await, "WRONG_PASSWORD");
    }
    assert_eq!(replicas.tried(), 4);
    for replica in [0, 1] {
        assert_eq!(replicas.try_at(replica, ADDRESS, DEMO_LOGIN).await, "TOO_MANY_FAILURES");
    }
    assert_eq!(replicas.tried(), 0);
    let all = String::from_utf8_lossy(&redis.everything()).to_lowercase();
    for kind in ["login-pair", "login-name", "login-address"] {
        assert!(all.contains(&format!("portalgraph:{kind}:")), "{all}");
    }
    for somebody in [NAME, "admin", ADDRESS, "wrong"] {
        assert!(!all.contains(somebody), "{somebody} in {all}");
    }
}

#[tokio::test]
async fn many_at_once_at_both_are_no_way_around() {
    let redis = Redis::start();
    let replicas = Replicas::with(&redis, four).await;
    let all = (0..40).map(|number| replicas.guess_at(number % 2, ADDRESS));
    let codes = futures_util::future::join_all(all).await;
    assert_eq!(codes.iter().filter(|code| *code == "WRONG_PASSWORD").count(), 4);
    assert_eq!(replicas.tried(), 4);
}

#[tokio::test]
async fn a_right_password_at_one_forgives_at_the_other_and_makes_the_address_known_there() {
    let redis = Redis::start();
    let replicas = Replicas::with(&redis, four).await;
    for replica in [0, 1, 0, 1] {
        for _ in 0..3 {
            assert_eq!(replicas.guess_at(replica, ADDRESS).await, "WRONG_PASSWORD");
        }
        assert_eq!(replicas.try_at(1 - replica, ADDRESS, DEMO_LOGIN).await, "SIGNED_IN");
        if replica == 0 {
            // All the world goes on: that address is known at both, though it was seen to sign in at the second alone.
            for number in 0..20 {
                replicas.guess_at(number % 2, &format!("198.51.100.{number}")).await;
            }
            assert_eq!(replicas.try_at(0, "203.0.113.9", DEMO_LOGIN).await, "TOO_MANY_FAILURES");
        }
    }
}

#[tokio::test]
async fn tries_that_are_refused_leave_nothing_in_the_store() {
    let redis = Redis::start();
    let replicas = Replicas::with(&redis, four).await;
    let counted = || String::from_utf8_lossy(&redis.everything()).matches(":login-").count();
    for number in 0..40 {
        let code = replicas.try_at(number % 2, ADDRESS, (&format!("somebody{number}@dmn"), "wrong")).await;
        assert_eq!(code, "USER_NOT_FOUND");
    }
    let before = counted();
    assert_eq!(before, 81, "forty names, as many with the address, and the address");
    for number in 40..60 {
        let code = replicas.try_at(number % 2, ADDRESS, (&format!("somebody{number}@dmn"), "wrong")).await;
        assert_eq!(code, "TOO_MANY_FAILURES");
    }
    assert_eq!(counted(), before);
}

#[tokio::test]
async fn what_the_store_has_written_down_still_counts_when_it_is_back() {
    let redis = Redis::lasting();
    let replicas = Replicas::with(&redis, four_and_a_thousand_requests).await;
    for replica in [0, 1, 0, 1] {
        assert_eq!(replicas.guess_at(replica, ADDRESS).await, "WRONG_PASSWORD");
    }
    redis.start_again();
    replicas.until_back(&redis).await;
    for replica in [0, 1] {
        assert_eq!(replicas.guess_at(replica, ADDRESS).await, "TOO_MANY_FAILURES");
    }
    assert_eq!(replicas.tried(), 4);
}

#[tokio::test]
async fn without_the_store_nobody_gets_as_far_as_a_password() {
    let redis = Redis::start();
    let replicas = Replicas::with(&redis, four).await;
    for replica in [0, 1] {
        assert_eq!(replicas.guess_at(replica, ADDRESS).await, "WRONG_PASSWORD");
    }
    redis.kill();
    replicas.tried();
    for replica in [0, 1] {
        for _ in 0..6 {
            assert_eq!(replicas.guess_at(replica, ADDRESS).await, "STORE_UNAVAILABLE");
        }
    }
    assert_eq!(replicas.tried(), 0);
}

//! How often one may ask, how often signing in may fail, and how much one request may hold.

mod batches;
mod logins;
mod requests;
mod shared;
mod shared_logins;

use portalgraph::config::{Config, Network};
use portalgraph::simulator::World;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::house::{Answer, House, read};

/// What was answered, and what `Retry-After` said with it.
struct Told {
    answer: Answer,
    wait: Option<u64>,
}

/// The demonstration behind a proxy on this machine, whose word on addresses is believed.
async fn proxied(change: impl FnOnce(&mut Config)) -> House {
    House::with(World::demo(), |config| {
        config.server.trusted_proxies = vec![Network::try_from("127.0.0.0/8".to_owned()).unwrap()];
        change(config);
    })
    .await
}

/// A request as the proxy hands it on for this address.
fn from(house: &House, address: &str, body: &Value) -> RequestBuilder {
    let request = house.http().post(format!("{}/graphql", house.url));
    let request = request.header("content-type", "application/json").header("x-forwarded-for", address);
    request.body(body.to_string())
}

async fn told(request: RequestBuilder) -> Told {
    let response: Response = request.send().await.unwrap();
    let wait = response.headers().get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap());
    Told { answer: read(response).await, wait }
}

impl Told {
    /// That there were too many requests.
    fn expect_429(&self, setting: &str) {
        assert_eq!(self.answer.status, StatusCode::TOO_MANY_REQUESTS, "{:?}", self.answer);
        assert_eq!(self.answer.codes(), ["RATE_LIMITED"]);
        let message = self.answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(setting), "{message}");
        assert!(self.wait.is_some_and(|wait| (1..=60).contains(&wait)), "{:?}", self.wait);
    }
}

fn query(text: &str) -> Value {
    json!({ "query": text })
}

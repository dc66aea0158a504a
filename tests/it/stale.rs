//! What is old rather than nothing: shown while it is renewed, or where asking fails, marked, and never after a write, a
//! refusal or the end of a session.

mod apart;
mod failed;
mod headers;
mod paths;
mod renewed;

use std::sync::Arc;
use std::time::Duration;

use portalgraph::config::{Config, Window};
use portalgraph::simulator::{Fault, SIZED_LOGIN, World};
use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::house::{Client, House};

/// Longer than anything is fresh here.
const TOO_OLD: Duration = Duration::from_millis(1_100);

/// Reads the list of skill groups alone.
const GROUPS: &str = "{ skillGroups(first: 1) { nodes { description } } }";
/// Where it shows the first one's description.
const DESCRIPTION: &str = "/data/skillGroups/nodes/0/description";

/// The same time for everything.
fn window(seconds: u64) -> Window {
    Window {
        user_seconds: seconds,
        skill_group_seconds: seconds,
        attribute_seconds: seconds,
        precision_queue_seconds: seconds,
        callback_seconds: seconds,
        access_seconds: seconds,
        catalogue_seconds: seconds,
        icws_role_seconds: seconds,
    }
}

/// Everything is fresh for a second, and may be shown beyond that for these times.
fn beyond(config: &mut Config, while_revalidated: u64, if_error: u64) {
    let cache = &mut config.cache;
    for seconds in [
        &mut cache.user_seconds,
        &mut cache.skill_group_seconds,
        &mut cache.attribute_seconds,
        &mut cache.precision_queue_seconds,
        &mut cache.callback_seconds,
        &mut cache.access_seconds,
        &mut cache.catalogue_seconds,
        &mut cache.icws_role_seconds,
    ] {
        *seconds = 1;
    }
    cache.stale_while_revalidate = window(while_revalidated);
    cache.stale_if_error = window(if_error);
}

/// A house whose portal has few users, and somebody in it.
async fn house(change: impl FnOnce(&mut Config)) -> (House, Client) {
    let house = House::with(World::sized(12), change).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    house.calls();
    (house, client)
}

/// Somebody describes every skill group anew, at the portal itself.
fn describe(house: &House, text: &str) {
    house.simulator.world(|world| {
        for group in &mut world.tenants[0].skill_groups {
            Arc::make_mut(group).description = Some(text.into());
        }
    });
}

/// An answer as it came.
#[derive(Debug)]
struct Told {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Told {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The paths that are told to be old, as text.
    fn stale(&self) -> Vec<String> {
        stale(&self.body)
    }

    fn description(&self) -> Option<&str> {
        self.body.pointer(DESCRIPTION)?.as_str()
    }
}

/// The paths that are told to be old, as text.
fn stale(body: &Value) -> Vec<String> {
    let marks = body["extensions"]["freshness"].as_array().map(Vec::as_slice).unwrap_or_default();
    let path = |mark: &Value| {
        assert!(mark["age"].as_u64().unwrap() >= 1, "{mark}");
        let path = mark["path"].as_array().unwrap().iter().map(|key| key.as_str().unwrap());
        path.collect::<Vec<_>>().join(".")
    };
    marks.iter().map(path).collect()
}

fn post(client: &Client, query: &str) -> RequestBuilder {
    let request = client.http().post(format!("{}/graphql", client.url)).bearer_auth(&client.token);
    request.header("content-type", "application/json").body(json!({ "query": query }).to_string())
}

async fn told(request: RequestBuilder) -> Told {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
    Told { status, headers, body }
}

async fn ask(client: &Client, query: &str) -> Told {
    told(post(client, query)).await
}

/// Asks until the answer is as it is wanted.
async fn until(client: &Client, query: &str, is_wanted: impl Fn(&Told) -> bool) -> Told {
    for _ in 0..1_000 {
        let answer = ask(client, query).await;
        if is_wanted(&answer) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{query} is never answered so");
}

/// Has the portal fail whatever it is asked for.
fn fail(house: &House) {
    house.simulator.faults().clear();
    house.simulator.faults().always(portalgraph::simulator::ANY, Fault::Status(500));
}

//! Tables: the answers to documents of the operator's list as rows and columns, and what they cost at the portal.

mod door;
mod failed;
mod rows;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use portalgraph::config::{Config, ServiceAccount};
use portalgraph::simulator::{DEMO_LOGIN, World};
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

use crate::house::{Client, House, http};
use crate::service::account;

/// The documents of these tests, by name.
const DOCUMENTS: [(&str, &str); 10] = [
    (
        "users",
        "query Users($first: Int = 3, $filter: UserFilter, $search: UserSearch) {
        users(first: $first, filter: $filter, search: $search, orderBy: {field: LAST_NAME}) {
            totalCount nodes { displayName databaseId isActive createdAt department { name } } } }",
    ),
    (
        "agents",
        "query Agents($first: Int!) { agents(first: $first) { nodes {
        user { displayName } skillGroups { name agentCount } } } }",
    ),
    (
        "both",
        "{ agents(first: 2) { nodes { user { displayName } skillGroups { name } attributes { value } } } }",
    ),
    ("counts", "{ users { totalCount } agents { totalCount } }"),
    ("named", "query Named($by: UserBy!) { user(by: $by) { displayName } }"),
    ("two", "query A { sites { name } } query B { departments { name } }"),
    ("some", "{ departments { name } sites { name } }"),
    ("leave", "mutation { logout { isSignedOut } }"),
    ("viewer", "{ viewer { loginName } }"),
    ("queues", "{ callbackQueues { name maxQueuedCallCount } }"),
];

/// A new folder of documents.
fn folder() -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("table-{}-{number}", std::process::id()));
    fs::create_dir_all(&path).unwrap();
    for (name, text) in DOCUMENTS {
        fs::write(path.join(format!("{name}.graphql")), text).unwrap();
    }
    path
}

/// The demonstration with these documents, and a service account that may ask for them.
async fn wall(change: impl FnOnce(&mut Config, &mut ServiceAccount)) -> (House, Client) {
    let path = folder();
    let (mut wall, token) = account("wall", DEMO_LOGIN);
    let house = House::with(World::demo(), |config| {
        path.to_str().unwrap().clone_into(&mut config.trusted_documents.path);
        change(config, &mut wall);
        config.service_accounts.push(wall);
    })
    .await;
    let client = house.nobody().holding(&token);
    // Signs the account in.
    client.data("{ viewer { loginName } }").await;
    house.calls();
    (house, client)
}

/// An answer as it came.
#[derive(Debug)]
struct Told {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Told {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code and the message of its first error.
    fn error(&self) -> (String, String) {
        let answer = self.json();
        let error = &answer["errors"][0];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&error["extensions"]["code"]), text(&error["message"]))
    }
}

fn request(client: &Client, address: &str) -> RequestBuilder {
    let request = http().get(format!("{}/table/{address}", client.url));
    if client.token.is_empty() { request } else { request.bearer_auth(&client.token) }
}

async fn told(request: RequestBuilder) -> Told {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Told { status, headers, text: response.text().await.unwrap() }
}

async fn get(client: &Client, address: &str) -> Told {
    told(request(client, address)).await
}

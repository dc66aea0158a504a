//! `extensions.explain`, for who asks with a header and may: each read and each choice, as the portal saw them.

mod choices;
mod command;
mod door;
mod paths;
mod reads;

use std::collections::BTreeMap;

use portalgraph::config::{Config, Explain};
use portalgraph::simulator::{DEMO_LOGIN, World};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::house::{Answer, Client, House, http, read};

/// Whoever is signed in is told.
fn open(config: &mut Config) {
    config.limits.explain = Explain::SignedIn;
}

/// The demonstration, its administrator, and nothing counted yet.
async fn demo(change: impl FnOnce(&mut Config)) -> (House, Client) {
    let house = House::with(World::demo(), |config| {
        open(config);
        change(config);
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    (house, client)
}

/// A request that asks to be explained.
fn request(client: &Client, query: &str, variables: &Value) -> RequestBuilder {
    let request = http().post(format!("{}/graphql", client.url)).header("portalgraph-explain", "1");
    let request = if client.token.is_empty() { request } else { request.bearer_auth(&client.token) };
    let body = json!({ "query": query, "variables": variables }).to_string();
    request.header("content-type", "application/json").body(body)
}

/// The answer to it.
async fn ask(client: &Client, query: &str) -> Answer {
    read(request(client, query, &Value::Null).send().await.unwrap()).await
}

/// How a query without errors was answered.
async fn explained(client: &Client, query: &str) -> Value {
    let answer = ask(client, query).await;
    assert_eq!(answer.body["errors"], Value::Null, "{query}: {}", answer.body);
    answer.body["extensions"]["explain"].clone()
}

/// The reads that are told.
fn reads(explained: &Value) -> &[Value] {
    explained["reads"].as_array().unwrap_or_else(|| panic!("no reads: {explained}"))
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap_or_else(|| panic!("no number: {value}"))).unwrap()
}

/// How often each operation was called, repeated calls with it, as the reads tell it.
fn called(explained: &Value) -> BTreeMap<String, usize> {
    let mut called = BTreeMap::new();
    for read in
        reads(explained).iter().filter(|read| ["called", "beside"].contains(&read["how"].as_str().unwrap()))
    {
        let operation = read["operation"].as_str().unwrap().to_owned();
        *called.entry(operation).or_default() += 1 + number(&read["retries"]) + number(&read["hedges"]);
    }
    called
}

/// How often each operation was called since the last look, as the portal saw it.
fn seen(house: &House) -> BTreeMap<String, usize> {
    house.calls().into_iter().map(|(operation, calls)| (operation.to_owned(), calls)).collect()
}

/// How each read was answered.
fn ways(explained: &Value) -> Vec<&str> {
    reads(explained).iter().map(|read| read["how"].as_str().unwrap()).collect()
}

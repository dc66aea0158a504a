//! Documents that clients name instead of sending them: the operator's list, and what clients make known by themselves.

mod automatic;
mod named;
mod start;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use portalgraph::config::{Config, TrustedMode};
use portalgraph::simulator::World;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::house::{Answer, Client, House, read};

const USERS: &str = "query Users { users { totalCount } }\n";
const SITE: &str = "query Site($id: ID!) { node(id: $id) { id } }";
const SIGN_IN: &str = "mutation SignIn($name: String!, $password: String!) {
    login(input: {username: $name, password: $password}) { sessionToken } }";
const LOGOUT: &str = "mutation Leave { logout { isSignedOut } }";

/// A new folder with these files.
fn folder(files: &[(&str, &str)]) -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("trusted-{}-{number}", std::process::id());
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&path).unwrap();
    for (name, text) in files {
        fs::write(path.join(name), text).unwrap();
    }
    path
}

fn list(config: &mut Config, path: &std::path::Path, mode: TrustedMode) {
    path.to_str().unwrap().clone_into(&mut config.trusted_documents.path);
    config.trusted_documents.mode = mode;
}

/// The demonstration with a folder of these documents.
async fn house(mode: TrustedMode) -> House {
    let path = folder(&[
        ("users.graphql", USERS),
        ("site.graphql", SITE),
        ("leave.graphql", LOGOUT),
        ("sign-in.graphql", SIGN_IN),
        ("notes.txt", "{ not a document }"),
    ]);
    House::with(World::demo(), |config| list(config, &path, mode)).await
}

fn sha256(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}

fn persisted(hash: &str) -> Value {
    json!({"persistedQuery": {"version": 1, "sha256Hash": hash}})
}

/// Posts a body of any shape.
async fn response(client: &Client, body: &Value) -> Response {
    let http = crate::house::http();
    let request = http.post(format!("{}/graphql", client.url)).header("content-type", "application/json");
    let request = if client.token.is_empty() { request } else { request.bearer_auth(&client.token) };
    request.body(body.to_string()).send().await.unwrap()
}

async fn post(client: &Client, body: Value) -> Answer {
    read(response(client, &body).await).await
}

fn assert_counted(answer: &Answer) {
    assert_eq!(answer.body, json!({"data": {"users": {"totalCount": 25}}}));
}

fn assert_refused(answer: &Answer, code: &str) {
    assert_eq!((answer.status, answer.codes()), (StatusCode::OK, vec![code]), "{}", answer.body);
    assert_eq!(answer.body.get("data"), None);
}

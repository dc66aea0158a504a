//! Service accounts: what a dashboard gets with a token, what it costs at the upstreams, and what it never gets.

mod apart;
mod at_rest;
mod command;
mod door;
mod one_session;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use portalgraph::config::{Config, ServiceAccount, ServiceUpstream};
use portalgraph::session::{TokenHash, new_service_token};
use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, World};

use crate::house::{Client, House};

/// A token and its hash.
pub fn token() -> (String, String) {
    let token = new_service_token().unwrap().expose().to_owned();
    let hash = TokenHash::of(&token).unwrap().to_string();
    (token, hash)
}

/// A file with a password that this test may change.
pub fn password_file(password: &str) -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("service-password-{}-{number}", std::process::id());
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, format!("{password}\n")).unwrap();
    path
}

/// An account of the portal with one token, which comes with it.
pub fn account(name: &str, (username, password): (&str, &str)) -> (ServiceAccount, String) {
    let (token, hash) = token();
    let account = ServiceAccount {
        name: name.to_owned(),
        tokens: vec![hash],
        username: username.to_owned(),
        password_file: password_file(password).to_str().unwrap().to_owned(),
        requests_per_minute: 100_000,
        ..ServiceAccount::default()
    };
    (account, token)
}

/// An account of ICWS with one token.
pub fn account_of_icws(name: &str, login: (&str, &str)) -> (ServiceAccount, String) {
    let (account, token) = account(name, login);
    (ServiceAccount { upstream: ServiceUpstream::Icws, ..account }, token)
}

/// The demonstration with one account of its administrator at the portal, changed as the test wants it.
async fn wall(change: impl FnOnce(&mut ServiceAccount)) -> (House, Client) {
    let (mut wall, token) = account("wall", DEMO_LOGIN);
    change(&mut wall);
    let house = House::with(World::demo(), |config| config.service_accounts.push(wall)).await;
    let client = house.nobody().holding(&token);
    (house, client)
}

/// The demonstration with an account of its administrator at ICWS.
async fn wall_of_icws(change: impl FnOnce(&mut Config)) -> (House, Client) {
    let (wall, token) = account_of_icws("wall", DEMO_ICWS_LOGIN);
    let house = House::with(World::demo(), |config| {
        config.service_accounts.push(wall);
        change(config);
    })
    .await;
    let client = house.nobody().holding(&token);
    (house, client)
}

//! The second upstream, ICWS: its sessions, its lists and its new roles, in answers and in the calls they cost.

mod connection;
mod creation;
mod filters;
mod identities;
mod odd_servers;
mod paging;
mod refusals;
mod select;
mod sessions;

use portalgraph::config::Config;
use portalgraph::simulator::{Call, DEMO_ICWS_LOGIN, SIZED_ICWS_LOGIN, World};

use crate::house::{Client, House};

/// The demonstration, with its administrator of ICWS.
async fn demo(change: impl FnOnce(&mut Config)) -> (House, Client) {
    let house = House::with(World::demo(), change).await;
    let client = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
    house.calls();
    (house, client)
}

/// So many roles with every right, and who administers all of them.
async fn sized(roles: usize, change: impl FnOnce(&mut Config)) -> (House, Client) {
    let house = House::with(World::sized(1).with_icws_roles(roles), change).await;
    let client = house.sign_in_to_icws(SIZED_ICWS_LOGIN).await;
    house.calls();
    (house, client)
}

/// The calls since the last look, all of which list roles.
fn lists(house: &House) -> Vec<Call> {
    let calls = house.simulator.journal().take();
    assert!(calls.iter().all(|call| call.operation == "listRoles"), "{calls:?}");
    calls
}

/// A parameter of a call's query; nothing where it was not sent.
fn parameter<'a>(call: &'a Call, name: &str) -> &'a str {
    call.query.get(name).map_or("", String::as_str)
}

//! What is made beside the answers: looks that compare, what they find, what they cost, and what the operator is told.

use std::sync::Arc;
use std::time::Duration;

use portalgraph::portal::DepartmentId;
use portalgraph::portal::reference::ReferenceEntry;
use portalgraph::simulator::{
    Fault, SIZED_LOGIN, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST, Simulator, Visibility, World,
};
use serde_json::{Value, json};

use super::{CATALOGUES, Counters, DEPARTMENTS, ONE, OTHER, TOO_OLD, sharing};
use crate::house::{self, Client, House};
use crate::program::Served;

/// Waits for what happens beside the answers.
async fn until(mut has_happened: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if has_happened() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it did not happen");
}

#[tokio::test]
async fn a_right_that_was_taken_away_is_noticed_beside_the_answer() {
    let mut counters = Counters::new();
    let house = House::with(World::sized(20), sharing(100)).await;
    let (one, other) = (house.sign_in(ONE).await, house.sign_in(OTHER).await);
    let everything = one.data(DEPARTMENTS).await;
    assert_eq!(other.data(DEPARTMENTS).await, everything);
    house.simulator.world(|world| {
        let own = world.tenants[0].departments[0].id.map(DepartmentId).into_iter().collect();
        let login = world.logins.iter_mut().find(|login| login.name == OTHER.0).unwrap();
        login.entries[0].visibility = Visibility::Departments(own);
    });
    // The portal looks at rights when somebody signs in.
    let other = house.sign_in(OTHER).await;
    tokio::time::sleep(TOO_OLD).await;
    assert_eq!(one.data(DEPARTMENTS).await, everything);
    let before = house.simulator.journal().count();
    other.data(DEPARTMENTS).await;
    // A call beside it.
    until(|| house.simulator.journal().count() == before + 1).await;
    let mut tries = 0;
    while other.data(DEPARTMENTS).await["departments"].as_array().unwrap().len() > 1 {
        tries += 1;
        assert!(tries < 200, "it was not noticed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for _ in 0..2 {
        assert_eq!(one.data(DEPARTMENTS).await, everything);
        assert_eq!(other.data(DEPARTMENTS).await["departments"].as_array().unwrap().len(), 1);
        tokio::time::sleep(TOO_OLD).await;
    }
    assert_eq!(counters.demotions(), 1);
}

#[tokio::test]
async fn a_catalogue_that_changes_is_seen_by_all_and_still_shared() {
    let mut counters = Counters::new();
    let house = House::with(World::sized(20), sharing(0)).await;
    let clients = [house.sign_in(ONE).await, house.sign_in(OTHER).await];
    for client in &clients {
        client.data(DEPARTMENTS).await;
    }
    house.simulator.world(|world| {
        let added = ReferenceEntry { id: Some(999), name: Some("Added".into()), ..ReferenceEntry::default() };
        world.tenants[0].departments.push(Arc::new(added));
    });
    tokio::time::sleep(TOO_OLD).await;
    for client in &clients {
        assert!(client.data(DEPARTMENTS).await.to_string().contains("Added"));
    }
    for client in &clients {
        client.data(DEPARTMENTS).await;
    }
    tokio::time::sleep(TOO_OLD).await;
    house.calls();
    for client in &clients {
        client.data(DEPARTMENTS).await;
    }
    assert_eq!(house.call_count(), 1, "it is shared again");
    assert_eq!(counters.demotions(), 0);
}

#[tokio::test]
async fn a_look_that_fails_is_no_difference_and_no_failure_of_the_request() {
    let mut counters = Counters::new();
    let house = House::with(World::sized(20), sharing(100)).await;
    let clients = [house.sign_in(ONE).await, house.sign_in(OTHER).await];
    let expected = clients[0].data(DEPARTMENTS).await;
    clients[1].data(DEPARTMENTS).await;
    for (failed, fault) in (1..).zip([Fault::Status(500), Fault::Reset, Fault::NotJson]) {
        tokio::time::sleep(TOO_OLD).await;
        clients[0].data(DEPARTMENTS).await;
        // As often as it is asked.
        house.simulator.faults().always("getAllDepartments", fault);
        assert_eq!(clients[1].data(DEPARTMENTS).await, expected);
        until(|| counters.count("portalgraph_shadow_fetches_total getAllDepartments failed") == failed).await;
        house.simulator.faults().clear();
    }
    assert_eq!(counters.demotions(), 0);
    assert_eq!(counters.count("portalgraph_shadow_fetches_total getAllDepartments alike"), 1);
}

#[tokio::test]
async fn what_a_request_costs_counts_the_call_beside_it() {
    async fn calls(house: &House, client: &Client) -> Value {
        let request = house.http().post(format!("{}/graphql", house.url)).bearer_auth(&client.token);
        let request = request.header("portalgraph-cost", "1").header("content-type", "application/json");
        let response = request.body(json!({ "query": DEPARTMENTS }).to_string()).send().await.unwrap();
        let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        json!([body["extensions"]["cost"]["calls"], body["extensions"]["cost"]["waves"]])
    }
    let house = House::with(World::sized(20), sharing(100)).await;
    let clients = [house.sign_in(ONE).await, house.sign_in(OTHER).await];
    for client in &clients {
        assert_eq!(calls(&house, client).await, json!([1, 1]));
        assert_eq!(calls(&house, client).await, json!([0, 0]));
    }
    tokio::time::sleep(TOO_OLD).await;
    house.calls();
    let before = house.simulator.journal().count();
    assert_eq!(calls(&house, &clients[0]).await, json!([1, 1]), "it renews what is shared");
    assert_eq!(calls(&house, &clients[1]).await, json!([1, 0]), "it is compared, and nobody waits");
    assert_eq!(calls(&house, &clients[1]).await, json!([0, 0]), "once in the time an answer is kept");
    until(|| house.simulator.journal().count() == before + 2).await;
}

#[tokio::test]
async fn the_operator_is_told_which_catalogue_of_which_tenant_and_of_nobody() {
    let world = World::sized(20);
    let simulator = Simulator::local(world).await;
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__CACHE__SHARED_CATALOGUES", "departments,sites"),
    ]);
    let http = house::http();
    for login in [SIZED_LOGIN, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST] {
        Client::sign_in(&http, &served.url, login).await.data(CATALOGUES).await;
    }
    let log = served.end();
    let told: Vec<_> =
        log.lines().filter(|line| line.contains("see a shared catalogue differently")).collect();
    assert_eq!(told.len(), 2, "{log}");
    // Both are looked at at once, so either may be told first.
    for operation in ["getAllDepartments", "getAllSites"] {
        let line = told.iter().find(|line| line.contains(operation)).unwrap_or_else(|| panic!("{log}"));
        assert!(line.contains("WARN") && line.contains("103"), "{line}");
        assert!(!line.contains("@siz") && !line.contains("east"), "{line}");
    }
}

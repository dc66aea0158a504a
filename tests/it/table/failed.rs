//! A table is whole, or it is none, unless who asks says otherwise.

use std::collections::BTreeMap;

use portalgraph::simulator::Fault;
use reqwest::StatusCode;
use serde_json::json;

use super::{get, request, told, wall};

#[tokio::test]
async fn what_lacks_something_is_no_table() {
    let (house, client) = wall(|_, _| ()).await;
    house.simulator.faults().always("getAllSites", Fault::RefuseWith("NO"));
    for address in ["some.json", "some.csv", "some.json?shape=objects", "some.json?rows=departments"] {
        let told = get(&client, address).await;
        assert_eq!(
            (told.status, told.error().0.as_str()),
            (StatusCode::BAD_GATEWAY, "PORTAL_REFUSED"),
            "{address}"
        );
        assert_eq!(told.json().as_object().unwrap().len(), 1, "{}", told.text);
        assert_eq!((told.header("etag"), told.header("cache-control")), ("", "no-store"));
    }
    // Nothing of it was kept but what did not fail.
    assert_eq!(house.calls()["getAllDepartments"], 1);

    let table = get(&client, "some.json?partial=1").await;
    assert_eq!(
        (table.status, table.header("portalgraph-errors"), table.header("etag")),
        (StatusCode::OK, "1", "")
    );
    let answer = table.json();
    assert_eq!(answer["errors"][0]["path"], json!(["sites"]));
    assert!(!answer["rows"].as_array().unwrap().is_empty());
    let csv = get(&client, "some.csv?partial=1&rows=sites").await;
    assert_eq!((csv.text.as_str(), csv.header("portalgraph-errors")), ("name\r\n", "1"));
}

#[tokio::test]
async fn what_is_too_old_is_told_by_a_header() {
    let (house, client) = wall(|config, _| {
        config.cache.catalogue_seconds = 1;
        config.cache.stale_if_error.catalogue_seconds = 600;
    })
    .await;
    let fresh = get(&client, "some.csv").await;
    assert_eq!((fresh.status, fresh.header("portalgraph-stale")), (StatusCode::OK, ""), "{}", fresh.text);
    tokio::time::sleep(std::time::Duration::from_millis(1_300)).await;
    house.calls();
    house.simulator.faults().always(portalgraph::simulator::ANY, Fault::Status(500));
    for address in ["some.csv", "some.json", "some.json?shape=objects&partial=1"] {
        let old = get(&client, address).await;
        assert_eq!(old.status, StatusCode::OK, "{}", old.text);
        assert!(old.header("portalgraph-stale").parse::<u64>().unwrap() >= 1, "{address}");
    }
    assert!(house.call_count() >= 3, "the portal was asked first, each time");
}

#[tokio::test]
async fn the_status_tells_what_went_wrong() {
    let (house, client) = wall(|config, _| config.limits.max_portal_calls = 3).await;
    for (fault, status, code) in [
        (Fault::Html, StatusCode::BAD_GATEWAY, "PORTAL_UNINTELLIGIBLE"),
        (Fault::Status(404), StatusCode::BAD_GATEWAY, "PORTAL_REFUSED"),
    ] {
        house.simulator.faults().clear();
        house.simulator.faults().always("getAllSites", fault);
        let told = get(&client, "some.json").await;
        assert_eq!((told.status, told.error().0.as_str()), (status, code), "{}", told.text);
    }
    house.simulator.faults().clear();
    house.simulator.faults().always("getAllSites", Fault::Delay(std::time::Duration::from_secs(20)));
    let late = told(request(&client, "some.csv").header("portalgraph-deadline", "300")).await;
    assert_eq!((late.status, late.error().0.as_str()), (StatusCode::GATEWAY_TIMEOUT, "PORTAL_TIMEOUT"));
    house.simulator.faults().clear();
    house.calls();
    // What is refused before it is begun is no table, partial or not.
    for address in ["agents.json?first=25", "agents.json?first=25&partial=1"] {
        let told = get(&client, address).await;
        assert_eq!(
            (told.status, told.error().0.as_str()),
            (StatusCode::BAD_REQUEST, "QUERY_TOO_COSTLY"),
            "{}",
            told.text
        );
    }
    // What the first is measured by is kept for the second.
    assert_eq!(house.calls(), BTreeMap::from([("getSkillGroups", 1), ("getUsers", 1)]));
}

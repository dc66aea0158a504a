//! The same operation asked by many at once is executed once; the first to ask may go away, and nobody gets what is older
//! than their question or another's alone.

use std::time::Duration;

use futures_util::future::join_all;
use portalgraph::simulator::{Fault, SIZED_LOGIN};
use tokio::task::JoinHandle;

use super::{CATALOGUES, GROUPS, Told, ask, sized};
use crate::house::{Client, House};

const DEPARTMENTS: &str = "{ departments { name } }";

fn asking(client: &Client, query: &'static str) -> JoinHandle<Told> {
    let client = client.clone();
    tokio::spawn(async move { ask(&client, query).await })
}

/// Waits until the portal has been asked so often in all.
async fn asked(house: &House, calls: u64) {
    while house.simulator.journal().count() < calls {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn slow(house: &House, operation: &'static str, milliseconds: u64) -> u64 {
    house.simulator.faults().next(operation, Fault::Delay(Duration::from_millis(milliseconds)), 1);
    house.simulator.journal().count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_who_ask_at_once_are_one_execution() {
    for seconds in [30, 0] {
        let (house, client) = sized(|config| config.cache.catalogue_seconds = seconds).await;
        let other = house.sign_in(SIZED_LOGIN).await;
        let before = slow(&house, "getAllDepartments", 400);
        house.calls();
        let first = asking(&client, DEPARTMENTS);
        asked(&house, before + 1).await;
        let others = (0..49).map(|number| asking([&client, &other][number % 2], DEPARTMENTS));
        let others = join_all(others).await;
        let first = first.await.unwrap();
        assert!(first.json()["errors"].is_null() && !first.is_joined() && !first.is_kept(), "{first:?}");
        for answer in others.into_iter().map(Result::unwrap) {
            assert!(answer.is_joined() && answer.body == first.body, "{answer:?}");
        }
        assert_eq!(house.calls(), [("getAllDepartments", 1)].into());
    }
}

#[tokio::test]
async fn those_who_wait_are_answered_though_the_first_goes_away() {
    let (house, client) = sized(|_| ()).await;
    let before = slow(&house, "getAllDepartments", 400);
    house.calls();
    let first = asking(&client, DEPARTMENTS);
    asked(&house, before + 1).await;
    let others: Vec<_> = (0..5).map(|_| asking(&client, DEPARTMENTS)).collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    first.abort();
    for answer in join_all(others).await.into_iter().map(Result::unwrap) {
        assert!(answer.is_joined() && answer.json()["errors"].is_null(), "{answer:?}");
    }
    assert_eq!(house.calls(), [("getAllDepartments", 1)].into());
    assert!(ask(&client, DEPARTMENTS).await.is_kept());
}

#[tokio::test]
async fn what_nobody_waits_for_is_given_up() {
    let (house, client) = sized(|_| ()).await;
    let before = slow(&house, "getSkillGroups", 150);
    house.calls();
    let only = asking(&client, GROUPS);
    asked(&house, before + 1).await;
    only.abort();
    tokio::time::sleep(Duration::from_millis(400)).await;
    let calls = [("getSkillGroups", 1), ("getUsers", 1)];
    assert_eq!(house.calls(), calls.into(), "and not who is in each");
    let later = ask(&client, GROUPS).await;
    assert!(!later.is_joined() && later.json()["errors"].is_null(), "{later:?}");
}

#[tokio::test]
async fn each_who_waits_has_a_deadline_of_its_own() {
    let (house, client) = sized(|config| config.server.deadline_seconds = 1).await;
    let before = slow(&house, "getAllDepartments", 1_400);
    house.calls();
    let first = asking(&client, DEPARTMENTS);
    asked(&house, before + 1).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    let other = asking(&client, DEPARTMENTS);
    let (first, other) = (first.await.unwrap(), other.await.unwrap());
    assert_eq!(first.json()["errors"][0]["extensions"]["code"], "PORTAL_TIMEOUT", "{first:?}");
    // The first has given up the read, and it goes on for the other.
    assert!(other.json()["errors"].is_null(), "{other:?}");
    assert_eq!(house.calls(), [("getAllDepartments", 1)].into());
}

#[tokio::test]
async fn who_asks_after_a_write_gets_no_answer_begun_before_it() {
    let (house, client) = sized(|_| ()).await;
    let writer = house.sign_in(SIZED_LOGIN).await;
    let id = client.data("{ skillGroups(first: 1) { nodes { id } } }").await;
    let id = id["skillGroups"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    // So that the groups have to be read again, of which the first answer comes late.
    let save = |description: &str| {
        let input = format!("{{skillGroupId: \"{id}\", description: \"{description}\"}}");
        format!("mutation {{ saveSkillGroup(input: {input}) {{ userErrors {{ code }} }} }}")
    };
    writer.data(&save("before")).await;
    let before = slow(&house, "getAllAgentsForSkill", 600);
    let first = asking(&client, GROUPS);
    asked(&house, before + 2).await;
    writer.data(&save("after")).await;
    let later = ask(&client, GROUPS).await;
    let text = |told: &Told| String::from_utf8_lossy(&told.body).into_owned();
    assert!(!later.is_joined() && !later.is_kept() && text(&later).contains("after"), "{later:?}");
    let first = first.await.unwrap();
    assert!(text(&first).contains("before"), "{first:?}");
    let last = ask(&client, GROUPS).await;
    assert!(last.is_kept() && last.body == later.body, "the older answer takes nobody's place: {last:?}");
}

#[tokio::test]
async fn what_is_the_session_s_own_is_worked_out_for_each() {
    let (house, client) = sized(|_| ()).await;
    let other = house.sign_in(SIZED_LOGIN).await;
    let query = "{ departments { name } viewer { loginName } }";
    let before = slow(&house, "getAllDepartments", 200);
    let first = asking(&client, query);
    asked(&house, before + 1).await;
    let others: Vec<_> = [&client, &other].into_iter().map(|client| asking(client, query)).collect();
    for answer in join_all(others).await.into_iter().map(Result::unwrap) {
        assert!(!answer.is_joined() && answer.json()["errors"].is_null(), "{answer:?}");
    }
    assert!(!first.await.unwrap().is_joined());
}

#[tokio::test]
async fn a_failure_is_its_own_request_s_alone() {
    let (house, client) = sized(|_| ()).await;
    let before = house.simulator.journal().count();
    house.simulator.settings(|settings| settings.delay = Duration::from_millis(200));
    house.simulator.faults().next("getAllSites", Fault::Status(500), 1);
    house.calls();
    let first = asking(&client, CATALOGUES);
    asked(&house, before + 2).await;
    let others: Vec<_> = (0..10).map(|_| asking(&client, CATALOGUES)).collect();
    let failed = first.await.unwrap();
    assert_eq!(failed.json()["errors"].as_array().map(Vec::len), Some(1), "{failed:?}");
    for answer in join_all(others).await.into_iter().map(Result::unwrap) {
        assert!(!answer.is_joined() && answer.json()["errors"].is_null(), "{answer:?}");
    }
    let calls = house.calls();
    assert_eq!(
        (calls["getAllDepartments"], calls["getAllSites"]),
        (1, 2),
        "what they read is one call all the same"
    );
}

//! Shown where asking fails in a way that says nothing of the data.

use portalgraph::simulator::Fault;

use futures_util::StreamExt as _;

use super::*;
use crate::failure::faults;

/// Whether a failure is about the way to the portal alone.
fn says_nothing(fault: &Fault) -> bool {
    match fault {
        Fault::Status(status) => *status >= 500,
        Fault::RefuseWith(_) | Fault::Expire | Fault::LoginPage | Fault::Redirect => false,
        _ => true,
    }
}

async fn asked_beside(fault: Fault) {
    let (house, client) = house(|config| {
        beyond(config, 0, 600);
        config.portal.call_timeout_milliseconds = 4_000;
    })
    .await;
    let old = ask(&client, GROUPS).await.description().unwrap().to_owned();
    tokio::time::sleep(TOO_OLD).await;
    house.calls();
    house.simulator.faults().always("getSkillGroups", fault.clone());
    let answer = ask(&client, GROUPS).await;
    assert!(house.calls()["getSkillGroups"] >= 1, "{fault:?}");
    if says_nothing(&fault) {
        assert!(answer.body["errors"].is_null(), "{fault:?}: {answer:?}");
        assert_eq!(answer.description(), Some(&*old), "{fault:?}");
        assert_eq!(answer.stale(), ["skillGroups"], "{fault:?}");
    } else {
        assert!(answer.body["data"]["skillGroups"].is_null(), "{fault:?}: {answer:?}");
        assert!(answer.body["errors"].is_array() && answer.stale().is_empty(), "{fault:?}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_that_says_nothing_of_the_data_is_covered_and_no_refusal_is() {
    let late = Fault::Delay(Duration::from_mins(1));
    let more = [Fault::Status(403), Fault::Status(404), Fault::Status(502), late];
    // A few at a time: who signs in beside many others may be late as well.
    futures_util::stream::iter(faults().into_iter().chain(more)).for_each_concurrent(4, asked_beside).await;
}

#[tokio::test]
async fn a_portal_that_is_gone_is_covered_also_when_it_is_no_longer_tried() {
    let (house, client) = house(|config| beyond(config, 0, 600)).await;
    ask(&client, GROUPS).await;
    tokio::time::sleep(TOO_OLD).await;
    house.simulator.stop().await;
    // After ten calls in vain none is made.
    for _ in 0..15 {
        assert_eq!(ask(&client, GROUPS).await.stale(), ["skillGroups"]);
    }
    let other = ask(&client, "{ attributes { nodes { name } } }").await;
    assert_eq!(other.body["errors"][0]["extensions"]["code"], "PORTAL_UNREACHABLE", "{other:?}");
}

#[tokio::test]
async fn an_old_answer_is_better_than_none_in_time() {
    let (house, client) = house(|config| beyond(config, 0, 600)).await;
    ask(&client, GROUPS).await;
    tokio::time::sleep(TOO_OLD).await;
    house.simulator.faults().always("getSkillGroups", Fault::Delay(Duration::from_secs(8)));
    let hurried = |query| told(post(&client, query).header("portalgraph-deadline", "900"));
    assert_eq!(hurried(GROUPS).await.stale(), ["skillGroups"]);
    house.simulator.faults().always("getAllSites", Fault::Delay(Duration::from_secs(8)));
    let late = hurried("{ sites { name } }").await;
    assert_eq!(late.body["errors"][0]["extensions"]["code"], "PORTAL_TIMEOUT", "{late:?}");
}

#[tokio::test]
async fn the_window_ends_and_is_the_shortest_of_what_is_read() {
    let (house, client) = house(|config| beyond(config, 0, 1)).await;
    ask(&client, GROUPS).await;
    tokio::time::sleep(TOO_OLD * 2).await;
    fail(&house);
    let failed = ask(&client, GROUPS).await;
    assert!(failed.body["data"]["skillGroups"].is_null() && failed.stale().is_empty(), "{failed:?}");

    // Who is in a group is read of users and of groups.
    let members = "{ skillGroups(first: 1) { nodes { agents { totalCount } } } }";
    let (house, client) = super::house(|config| {
        beyond(config, 0, 600);
        config.cache.stale_if_error.user_seconds = 0;
    })
    .await;
    ask(&client, members).await;
    tokio::time::sleep(TOO_OLD).await;
    fail(&house);
    let answer = ask(&client, members).await;
    assert_eq!(answer.stale(), ["skillGroups"], "{answer:?}");
    assert!(answer.body["data"]["skillGroups"]["nodes"][0]["agents"].is_null(), "{answer:?}");
}

#[tokio::test]
async fn what_is_not_kept_is_not_shown_later_either() {
    let changes: [fn(&mut Config); 3] = [
        |config| config.cache.skill_group_seconds = 0,
        |config| config.cache.max_bytes = 0,
        // There is no room for it.
        |config| config.cache.max_bytes = 1,
    ];
    for change in changes {
        let (house, client) = house(|config| {
            beyond(config, 600, 600);
            change(config);
        })
        .await;
        ask(&client, GROUPS).await;
        tokio::time::sleep(TOO_OLD).await;
        fail(&house);
        let failed = ask(&client, GROUPS).await;
        assert!(failed.body["data"]["skillGroups"].is_null() && failed.stale().is_empty(), "{failed:?}");
    }
}

#[tokio::test]
async fn an_answer_made_of_what_is_old_is_not_kept_and_the_next_is_fresh_when_the_portal_is_back() {
    let (house, client) = house(|config| beyond(config, 0, 600)).await;
    ask(&client, GROUPS).await;
    describe(&house, "new");
    tokio::time::sleep(TOO_OLD).await;
    fail(&house);
    for _ in 0..2 {
        let answer = ask(&client, GROUPS).await;
        assert_eq!((answer.stale(), answer.header("cache-status")), (vec!["skillGroups".to_owned()], None));
    }
    house.simulator.faults().clear();
    let answer = ask(&client, GROUPS).await;
    assert_eq!((answer.description(), answer.stale()), (Some("new"), vec![]));
}

#[tokio::test]
async fn by_default_a_failing_portal_is_covered_for_catalogues_and_lists_and_not_for_rights_and_callbacks() {
    let cache = Config::default().cache;
    assert_eq!(cache.stale_while_revalidate, window(0));
    let covered = cache.stale_if_error;
    assert!(covered.user_seconds > 0 && covered.skill_group_seconds > 0 && covered.catalogue_seconds > 0);
    assert_eq!((covered.callback_seconds, covered.access_seconds, cache.browser_seconds), (0, 0, 0));
}

//! Nobody is shown another's old answer, and nobody an answer from before a write.

use portalgraph::config::Catalogue;
use portalgraph::simulator::SIZED_PASSWORD;

use super::*;
use crate::house;
use crate::redis::Redis;

const OTHER: (&str, &str) = ("load0@siz", SIZED_PASSWORD);

fn save(id: &Value) -> String {
    format!(
        "mutation {{ saveSkillGroup(input: {{skillGroupId: {id}, description: \"written\"}}) {{
            userErrors {{ code }} skillGroup {{ description platform {{ name }} }} }} }}"
    )
}

async fn first_group(client: &Client) -> Value {
    client.data("{ skillGroups(first: 1) { nodes { id } } }").await["skillGroups"]["nodes"][0]["id"].clone()
}

fn assert_none(answer: &Told) {
    assert!(answer.body["data"]["skillGroups"].is_null() && answer.stale().is_empty(), "{answer:?}");
    assert!(answer.body["errors"].is_array(), "{answer:?}");
}

#[tokio::test]
async fn nobody_is_shown_what_another_was_given() {
    let (house, client) = house(|config| beyond(config, 600, 600)).await;
    let other = house.sign_in(OTHER).await;
    ask(&client, GROUPS).await;
    tokio::time::sleep(TOO_OLD).await;
    fail(&house);
    assert_none(&ask(&other, GROUPS).await);
    assert_eq!(ask(&client, GROUPS).await.stale(), ["skillGroups"]);
}

#[tokio::test]
async fn after_a_write_nothing_old_is_shown_to_anybody_of_the_tenant() {
    for (while_revalidated, if_error) in [(600, 0), (0, 600)] {
        let (house, client) = house(|config| beyond(config, while_revalidated, if_error)).await;
        let other = house.sign_in(OTHER).await;
        let id = first_group(&client).await;
        for reader in [&client, &other] {
            ask(reader, GROUPS).await;
        }
        tokio::time::sleep(TOO_OLD).await;
        let written = client.ask(&save(&id)).await;
        assert_eq!(
            written.body["data"]["saveSkillGroup"]["skillGroup"]["description"], "written",
            "{written:?}"
        );
        tokio::time::sleep(TOO_OLD).await;
        // What the write itself has read again is after it.
        let after = ask(&client, GROUPS).await;
        assert_eq!(after.description(), Some("written"), "{after:?}");
        fail(&house);
        assert_none(&ask(&other, GROUPS).await);
    }
}

#[tokio::test]
async fn a_write_that_comes_while_asking_fails_ends_the_old_answer_too() {
    let (house, client) = house(|config| beyond(config, 0, 600)).await;
    let id = first_group(&client).await;
    ask(&client, GROUPS).await;
    tokio::time::sleep(TOO_OLD).await;
    house.simulator.faults().next("getSkillGroups", Fault::Delay(Duration::from_secs(20)), 1);
    let late = tokio::spawn(told(post(&client, GROUPS).header("portalgraph-deadline", "4000")));
    while house.simulator.journal().under_way() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let written = client.ask(&save(&id)).await;
    assert!(written.body["errors"].is_null(), "{written:?}");
    assert_none(&late.await.unwrap());
}

#[tokio::test]
async fn a_mutation_is_shown_nothing_old() {
    let (house, client) = house(|config| beyond(config, 600, 600)).await;
    let platforms = "{ platforms { name } }";
    let id = first_group(&client).await;
    ask(&client, platforms).await;
    tokio::time::sleep(TOO_OLD).await;
    house.simulator.faults().always("getAllPlatforms", Fault::Status(500));
    assert_eq!(ask(&client, platforms).await.stale(), ["platforms"]);
    let written = ask(&client, &save(&id)).await;
    assert!(written.body["data"]["saveSkillGroup"]["skillGroup"]["platform"].is_null(), "{written:?}");
    assert!(written.body["errors"].is_array() && written.stale().is_empty(), "{written:?}");
}

#[tokio::test]
async fn after_a_write_through_another_replica_nothing_old_is_shown() {
    let redis = Redis::start();
    for shared in [false, true] {
        let mut second = None;
        let (house, client) = house(|config| {
            beyond(config, 0, 600);
            redis.name_in(config);
            config.cache.shared = shared;
            second = Some(config.clone());
        })
        .await;
        let (second, _stop) = house::gateway(second.unwrap()).await;
        let beside = client.at(&second);
        let id = first_group(&client).await;
        for replica in [&client, &beside] {
            ask(replica, GROUPS).await;
        }
        tokio::time::sleep(TOO_OLD).await;
        house.simulator.faults().always("getSkillGroups", Fault::Status(500));
        for replica in [&client, &beside] {
            assert_eq!(ask(replica, GROUPS).await.stale(), ["skillGroups"]);
        }
        house.simulator.faults().clear();
        let written = beside.ask(&save(&id)).await;
        assert!(written.body["errors"].is_null(), "{written:?}");
        // What the writing replica has read again and put into the store is too old by then.
        tokio::time::sleep(TOO_OLD).await;
        house.simulator.faults().always("getSkillGroups", Fault::Status(500));
        assert_none(&ask(&client, GROUPS).await);
    }
}

#[tokio::test]
async fn an_old_shared_catalogue_is_shown_to_whom_the_portal_has_shown_it_and_to_nobody_else() {
    for (while_revalidated, if_error) in [(600, 0), (0, 600)] {
        let (house, client) = house(|config| {
            beyond(config, while_revalidated, if_error);
            config.cache.shared_catalogues = [Catalogue::Departments].into();
        })
        .await;
        let departments = "{ departments { name } }";
        let (other, stranger) =
            (house.sign_in(OTHER).await, house.sign_in(("load1@siz", SIZED_PASSWORD)).await);
        let first = ask(&client, departments).await.body["data"].clone();
        ask(&other, departments).await;
        tokio::time::sleep(TOO_OLD).await;
        fail(&house);
        for known in [&client, &other] {
            let answer = ask(known, departments).await;
            assert_eq!((&answer.body["data"], answer.stale()), (&first, vec!["departments".to_owned()]));
        }
        let failed = ask(&stranger, departments).await;
        assert!(failed.body["errors"].is_array() && failed.stale().is_empty(), "{failed:?}");
    }
}

#[tokio::test]
async fn a_shared_catalogue_that_was_found_the_same_again_is_fresh_again() {
    let (house, client) = house(|config| {
        beyond(config, 0, 600);
        config.cache.catalogue_seconds = 5;
        config.cache.shared_catalogues = [Catalogue::Departments].into();
    })
    .await;
    let departments = "{ departments { name } }";
    ask(&client, departments).await;
    tokio::time::sleep(Duration::from_millis(5_100)).await;
    house.calls();
    for calls in [1, 0] {
        // By another name, so that no whole answer is found.
        let answer = ask(&client, &format!("{{ d{calls}: departments {{ name }} }}")).await;
        assert_eq!((answer.stale(), house.call_count()), (vec![], calls));
    }
}

//! What is told of reads is what the portal saw: called, kept, shared, too old, put again, and nobody else's.

use std::time::Duration;

use portalgraph::config::Window;
use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, Fault, SIZED_LOGIN, SIZED_LOGIN_EAST, World};
use serde_json::{Value, json};

use super::{ask, called, demo, explained, number, open, reads, request, seen, ways};
use crate::house::{House, ICWS};
use crate::plan::forgetful;

const USERS: &str = "{ users { nodes { displayName } } }";

#[tokio::test]
async fn calls_are_those_the_portal_saw_and_the_second_time_all_is_kept() {
    for query in [
        USERS,
        "{ agents { nodes { skillGroups { name } attributes { value } precisionQueues { name } } } }",
        "{ skillGroups { nodes { agents { nodes { agentNumber } } } } departments { name } }",
        "{ precisionQueues { nodes { steps { waitSeconds } eligibleAgents { totalCount } } } }",
        "{ agents(first: 2) { nodes { skillGroups { name } availableSkillGroups { name } } } }",
    ] {
        let (house, client) = demo(|_| ()).await;
        let cold = explained(&client, query).await;
        let portal = seen(&house);
        assert_eq!(called(&cold), portal, "{query}");
        assert_eq!(number(&cold["totals"]["calls"]), portal.values().sum::<usize>(), "{query}");
        assert_eq!((number(&cold["readsLeftOut"]), number(&cold["decisionsLeftOut"])), (0, 0));
        let warm = explained(&client, query).await;
        assert!(ways(&warm).iter().all(|how| *how == "kept") && seen(&house).is_empty(), "{query}: {warm}");
        assert_eq!(number(&warm["totals"]["kept"]), reads(&warm).len(), "{query}");
        assert_eq!((&warm["totals"]["calls"], &warm["totals"]["waves"]), (&json!(0), &json!(0)), "{query}");
    }
}

#[tokio::test]
async fn each_read_has_its_wave_its_time_its_bytes_and_its_records() {
    let (house, client) = demo(|_| ()).await;
    house.simulator.faults().always("getSkillGroups", Fault::Delay(Duration::from_millis(30)));
    let told = explained(&client, "{ skillGroups { nodes { agents { nodes { agentNumber } } } } }").await;
    let groups = house.simulator.world(|world| world.tenants[0].skill_groups.len());
    let of = |operation: &str| -> Vec<&Value> {
        reads(&told).iter().filter(|read| read["operation"] == operation).collect()
    };
    let [list] = of("getSkillGroups")[..] else { panic!("one list: {told}") };
    assert_eq!((&list["paths"], &list["wave"]), (&json!(["skillGroups"]), &json!(1)), "{told}");
    assert_eq!(number(&list["records"]), groups, "{told}");
    let (begin, took) = (list["startMilliseconds"].as_f64().unwrap(), list["milliseconds"].as_f64().unwrap());
    let agents = of("getAllAgentsForSkill");
    assert_eq!(agents.len(), groups);
    for read in &agents {
        assert_eq!(
            (&read["wave"], &read["paths"]),
            (&json!(2), &json!(["skillGroups.nodes.agents"])),
            "{told}"
        );
        // One after the other, by the same clock.
        assert!(read["startMilliseconds"].as_f64().unwrap() >= begin + took, "{told}");
    }
    let bytes: usize = reads(&told).iter().map(|read| number(&read["bytes"])).sum();
    assert_eq!((number(&told["totals"]["bytes"]), number(&told["totals"]["waves"])), (bytes, 2));
    assert!(bytes > 0 && told["totals"]["milliseconds"].as_f64().unwrap() >= begin + took);
}

#[tokio::test]
async fn fields_that_ask_the_same_are_told_together() {
    let (_house, client) = demo(|_| ()).await;
    let told =
        explained(&client, "{ a: sites { name } users { nodes { site { name } } } b: sites { id } }").await;
    let sites = reads(&told).iter().find(|read| read["operation"] == "getAllSites").unwrap();
    let mut paths: Vec<_> =
        sites["paths"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["a", "b", "users.nodes.site"], "{told}");
}

#[tokio::test]
async fn of_two_who_ask_the_same_at_once_one_calls_and_one_shares() {
    let (house, client) = demo(|_| ()).await;
    house.simulator.faults().next("getUsers", Fault::Delay(Duration::from_millis(200)), 1);
    let (one, other) = tokio::join!(explained(&client, USERS), explained(&client, USERS));
    let mut both = [ways(&one), ways(&other)];
    both.sort_unstable();
    assert_eq!(both, [["called"], ["shared"]], "{one} {other}");
    assert_eq!(house.call_count(), 1);
}

#[tokio::test]
async fn nothing_is_told_of_what_somebody_else_asks_meanwhile() {
    let house = House::with(World::sized(60), open).await;
    let (one, other) = (house.sign_in(SIZED_LOGIN).await, house.sign_in(SIZED_LOGIN_EAST).await);
    house.simulator.faults().next("getUsers", Fault::Delay(Duration::from_millis(100)), 1);
    let (users, sites) = tokio::join!(explained(&one, USERS), explained(&other, "{ sites { name } }"));
    assert_eq!(called(&users).into_keys().collect::<Vec<_>>(), ["getUsers"], "{users}");
    assert_eq!(called(&sites).into_keys().collect::<Vec<_>>(), ["getAllSites"], "{sites}");
    // Nor is what one of them has read there for the other.
    assert_eq!(ways(&explained(&other, USERS).await), ["called"]);
}

#[tokio::test]
async fn names_operations_paths_and_numbers_are_all_there_is() {
    let (house, client) = demo(|_| ()).await;
    let query = "query($term: String!) { users(search: {term: $term, field: LAST_NAME}) { nodes { email } }
        user(by: {loginName: \"someone-else@dmn\"}) { email } }";
    let answer = request(&client, query, &json!({ "term": "Sesquipedalian" })).send().await.unwrap();
    let text = answer.text().await.unwrap();
    let told = text.split_once("\"explain\":").unwrap().1;
    let host = house.simulator.url();
    for secret in ["Sesquipedalian", "someone-else", DEMO_LOGIN.0, client.token.as_str(), host.as_str(), "@"]
    {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
}

#[tokio::test]
async fn a_call_that_is_put_again_says_how_often() {
    let (house, client) = demo(|config| config.portal.hedge_milliseconds = 30).await;
    house.simulator.faults().next("getAllSites", Fault::Status(502), 1);
    let told = explained(&client, "{ sites { name } }").await;
    let [read] = reads(&told) else { panic!("one read: {told}") };
    assert_eq!((&read["retries"], &read["hedges"]), (&json!(1), &json!(0)), "{told}");
    assert_eq!(called(&told), seen(&house));

    house.simulator.faults().next("getPQByID", Fault::Delay(Duration::from_millis(400)), 1);
    let told = explained(&client, "{ precisionQueues(first: 1) { nodes { steps { waitSeconds } } } }").await;
    let read = reads(&told).iter().find(|read| read["operation"] == "getPQByID").unwrap();
    assert_eq!((&read["retries"], &read["hedges"]), (&json!(0), &json!(1)), "{told}");
    assert_eq!(called(&told), seen(&house));
}

#[tokio::test]
async fn a_call_that_fails_is_told_and_so_is_the_old_answer_in_its_place() {
    let (house, client) = demo(|config| {
        config.cache.catalogue_seconds = 1;
        config.cache.stale_if_error = Window { catalogue_seconds: 600, ..config.cache.stale_if_error };
    })
    .await;
    explained(&client, "{ sites { name } }").await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    house.simulator.faults().next("getAllSites", Fault::Status(500), 1);
    house.calls();
    let told = explained(&client, "{ sites { name } }").await;
    assert_eq!(ways(&told), ["called", "stale"], "{told}");
    assert_eq!((&reads(&told)[0]["isFailed"], &reads(&told)[1]["isFailed"]), (&json!(true), &json!(false)));
    assert_eq!(called(&told), seen(&house));
    assert_eq!((&told["totals"]["stale"], &reads(&told)[1]["wave"]), (&json!(1), &Value::Null));

    house.simulator.faults().next("getAllDepartments", Fault::RefuseWith("NO_ACCESS"), 1);
    let refused = ask(&client, "{ departments { name } }").await;
    let told = &refused.body["extensions"]["explain"];
    assert_eq!((ways(told), &reads(told)[0]["isFailed"]), (vec!["called"], &json!(true)), "{refused:?}");
}

#[tokio::test]
async fn a_change_is_told_with_what_is_read_for_it() {
    let (house, client) = demo(|_| ()).await;
    let client = client.entering(ICWS, DEMO_ICWS_LOGIN).await;
    let query =
        r#"mutation { role: createIcwsRole(input: { roleId: "told" }) { isVisible role { notes } } }"#;
    house.calls();
    let told = explained(&client, query).await;
    assert_eq!(called(&told), seen(&house), "{told}");
    for read in reads(&told) {
        assert!(read["paths"][0].as_str().unwrap().starts_with("role"), "{told}");
    }
    // Who signs in within the request is told of what the new session reads.
    let (house, nobody) = demo(|_| ()).await;
    let query = format!(
        "mutation {{ login(input: {{username: {:?}, password: {:?}}}) {{ viewer {{ user {{ displayName }} }} }} }}",
        DEMO_LOGIN.0, DEMO_LOGIN.1
    );
    let told = explained(&nobody, &query).await;
    let read = reads(&told);
    assert_eq!(read.len(), 1, "{told}");
    assert_eq!(
        (&read[0]["operation"], &read[0]["paths"]),
        (&json!("getUsers"), &json!(["login.viewer.user"]))
    );
    assert_eq!(house.calls()["getUsers"], 1);
}

#[tokio::test]
async fn there_is_an_end_to_what_is_told_and_none_to_what_is_counted() {
    let house = House::with(World::sized(400), |config| {
        open(config);
        forgetful(config);
        config.plan.agent_skill_groups = portalgraph::config::Way::Forward;
    })
    .await;
    let client = house.sign_in(SIZED_LOGIN).await;
    house.calls();
    let told = explained(&client, "{ agents(first: 350) { nodes { skillGroups { name } } } }").await;
    assert_eq!(number(&told["totals"]["calls"]), house.call_count());
    assert_eq!((reads(&told).len(), number(&told["readsLeftOut"])), (300, 51));
}

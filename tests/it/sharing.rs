//! What is asked once is not asked twice: identical questions under way are one call, answers are kept for their time,
//! failures are not, and never more calls are under way than the settings allow.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use portalgraph::config::{Cache, Config};
use portalgraph::simulator::{ANY, Fault, SIZED_LOGIN, SIZED_PASSWORD, World};

use crate::house::{Answer, Client, House};

/// Every kind of edge, most of them more than once, by several ways. Each level has more agents than there are skill groups,
/// so that its cheaper direction is the same whichever level comes first.
const WIDE: &str = "{
    agents(first: 24) { nodes { ...Agent platform { name } } }
    again: agents(first: 25) { nodes { ...Agent } }
    users(first: 30) { nodes { ...User agent { ...Agent } } }
    active: users(first: 10, filter: {isActive: true}) { nodes { ...User } }
    skillGroups { nodes { name agents(first: 5) { nodes { user { ...User } skillGroups { name } } } } }
    attributes { nodes { name } }
    precisionQueues { nodes { name eligibleAgents(first: 5) { nodes { agent { user { ...User } } } } } }
    departments { name users(first: 3) { nodes { ...User } } }
    sites { name } roleGroups { name } platforms { name } billingUnits { name }
    first: user(by: {databaseId: 10300001}) { ...User accessSummary { groups { name } } }
    second: user(by: {databaseId: 10300001}) { ...User accessSummary { groups { name } } }
    stranger: user(by: {databaseId: 1}) { ...User }
    viewer { user { ...User } }
  }
  fragment Agent on Agent { user { ...User } skillGroups { name } attributes { attribute { name } value }
    precisionQueues { name } }
  fragment User on User { loginName department { name } site { name } roleGroup { name } billingUnit { name } }";

fn keep_nothing(config: &mut Config) {
    keep_for(0, config);
}

fn keep_for(seconds: u64, config: &mut Config) {
    config.cache = Cache {
        user_seconds: seconds,
        skill_group_seconds: seconds,
        attribute_seconds: seconds,
        precision_queue_seconds: seconds,
        callback_seconds: seconds,
        access_seconds: seconds,
        catalogue_seconds: seconds,
        icws_role_seconds: seconds,
        ..config.cache.clone()
    };
}

/// How often each question was put since the last look.
fn questions(house: &House) -> BTreeMap<String, usize> {
    let mut questions = BTreeMap::new();
    for call in house.simulator.journal().take() {
        let body = serde_json::Value::Object(call.body);
        *questions.entry(format!("{} {body}", call.operation)).or_default() += 1;
    }
    questions
}

fn asked_twice(house: &House) -> Vec<String> {
    let twice = questions(house).into_iter().filter(|(_, times)| *times > 1);
    twice.map(|(question, times)| format!("{times} x {question}")).collect()
}

/// Several at once.
async fn ask_at_once(clients: impl Iterator<Item = Client>, query: &'static str) -> Vec<Answer> {
    let asked = clients.map(|client| tokio::spawn(async move { client.ask(query).await }));
    join_all(asked).await.into_iter().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_identical_queries_at_once_cost_no_more_than_one_alone() {
    let alone = House::over(World::sized(100)).await;
    let client = alone.sign_in(SIZED_LOGIN).await;
    alone.calls();
    let expected = client.ask(WIDE).await.body;
    assert!(expected.get("errors").is_none(), "{expected}");
    let cost = alone.calls();

    for (sessions, threads) in [(1, 0), (2, 0), (2, 3)] {
        // However long a busy machine takes for it.
        let house = House::with(World::sized(100), |config| {
            keep_for(600, config);
            config.server.deadline_seconds = 120;
            config.server.worker_threads = threads;
        })
        .await;
        house.simulator.settings(|settings| settings.delay = Duration::from_millis(3));
        let clients = join_all((0..sessions).map(|_| house.sign_in(SIZED_LOGIN))).await;
        house.calls();
        for answer in ask_at_once(clients.iter().cycle().take(50).cloned(), WIDE).await {
            assert_eq!(answer.body, expected);
        }
        assert_eq!(house.calls(), cost, "with {sessions} sessions of one person on {threads} threads");
        client_asks_for_nothing(&house, &clients[0]).await;
    }
}

async fn client_asks_for_nothing(house: &House, client: &Client) {
    client.data(WIDE).await;
    assert_eq!(house.call_count(), 0, "within the time to live");
}

#[tokio::test]
async fn no_question_is_put_twice_in_one_request_whatever_is_kept() {
    let changes: [fn(&mut Config); 3] = [|_| (), keep_nothing, |config| config.cache.max_bytes = 0];
    for change in changes {
        let house = House::with(World::sized(60), change).await;
        let client = house.sign_in(SIZED_LOGIN).await;
        questions(&house);
        client.data(WIDE).await;
        assert_eq!(asked_twice(&house), Vec::<String>::new());
    }
}

#[tokio::test]
async fn no_question_is_put_twice_in_one_request_when_calls_fail() {
    for fault in [
        Fault::Status(500),
        Fault::Status(503),
        Fault::RefuseWith("SOMETHING_FAILED"),
        Fault::Empty,
        Fault::Reset,
        Fault::Truncated,
    ] {
        for operation in
            [ANY, "getSkillGroups", "getAllAgentsForSkill", "getUsers", "getAllAgents", "getAllDepartments"]
        {
            let house = House::with(World::sized(20), keep_nothing).await;
            let client = house.sign_in(SIZED_LOGIN).await;
            questions(&house);
            house.simulator.faults().always(operation, fault.clone());
            let answer = client.ask(WIDE).await;
            assert!(answer.body.get("errors").is_some(), "{operation} {fault:?}");
            if [Fault::Status(503), Fault::Reset].contains(&fault) {
                // Where nothing was answered, the one call is made up to three times: by nobody else, and not again.
                let mut times = questions(&house).into_values();
                assert!(times.all(|times| times <= 3), "{operation} {fault:?}");
            } else {
                assert_eq!(asked_twice(&house), Vec::<String>::new(), "{operation} {fault:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_failed_answer_is_not_kept() {
    let house = House::over(World::sized(20)).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    house.simulator.faults().next("getAllDepartments", Fault::Status(500), 1);
    let query = "{ departments { name } }";
    assert_eq!(client.ask(query).await.codes(), ["PORTAL_REFUSED"]);
    assert_eq!(client.data(query).await["departments"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn those_who_wait_are_answered_though_the_first_to_ask_goes_away() {
    let house = House::over(World::sized(20)).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    house.simulator.settings(|settings| settings.delay = Duration::from_millis(150));
    house.calls();
    let query = "{ departments { name } }";
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.ask(query).await }
    });
    while house.simulator.journal().take().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let waiting = tokio::spawn(ask_at_once(std::iter::repeat_n(client, 5), query));
    tokio::time::sleep(Duration::from_millis(40)).await;
    first.abort();
    for answer in waiting.await.unwrap() {
        assert!(answer.body.get("errors").is_none(), "{answer:?}");
        assert_eq!(answer.body["data"]["departments"].as_array().unwrap().len(), 5);
    }
    assert!(house.call_count() <= 1, "asked once more at the most");
}

#[tokio::test]
async fn a_session_that_has_ended_takes_no_other_of_the_same_person_with_it() {
    let house = House::over(World::sized(20)).await;
    let (ending, living) = (house.sign_in(SIZED_LOGIN).await, house.sign_in(SIZED_LOGIN).await);
    house.simulator.settings(|settings| settings.delay = Duration::from_millis(100));
    house.simulator.faults().next("getAllDepartments", Fault::Expire, 1);
    house.calls();
    let query = "{ departments { name } }";
    let first = tokio::spawn(async move { ending.ask(query).await });
    while house.simulator.journal().count() < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let waiting = ask_at_once(std::iter::repeat_n(living.clone(), 5), query).await;
    assert_eq!(first.await.unwrap().codes(), ["UNAUTHENTICATED"]);
    for answer in waiting {
        assert!(answer.body.get("errors").is_none(), "{answer:?}");
    }
    // Once by the session that had ended, once for all who waited.
    assert_eq!(house.call_count(), 2);
    assert!(living.ask("{ viewer { loginName } }").await.body["data"]["viewer"].is_object());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn never_more_calls_are_under_way_than_the_settings_allow() {
    let house = House::with(World::sized(100), |config| {
        config.portal.max_concurrent_calls = 6;
        config.portal.max_concurrent_calls_per_session = 2;
    })
    .await;
    let house = Arc::new(house);
    let query = "{ agents(first: 20) { nodes { availableSkillGroups { name } } } departments { name } sites { name } }";
    let mut clients = Vec::new();
    for number in 0..5 {
        clients.push(house.sign_in((&format!("load{number}@siz"), SIZED_PASSWORD)).await);
    }
    house.simulator.settings(|settings| settings.delay = Duration::from_millis(10));
    house.simulator.journal().busiest();
    clients[0].data(query).await;
    assert_eq!(house.simulator.journal().busiest(), 2, "for one session");
    for answer in ask_at_once(clients.into_iter(), query).await {
        assert!(answer.body.get("errors").is_none(), "{answer:?}");
    }
    assert_eq!(house.simulator.journal().busiest(), 6, "for all sessions together");
}

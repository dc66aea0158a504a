//! One deadline for a request: what it allows, what is told of what did not make it, and what becomes of reads under way
//! when those who asked for them have no more time or go away.

use std::time::Duration;

use portalgraph::config::Way;
use portalgraph::simulator::{DEMO_LOGIN, Fault, World};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::house::{Answer, Client, House, http, read};

const CATALOGUES: &str = "{ departments { name } sites { name } }";
const SITES: &str = "{ sites { name } }";

async fn demo() -> (House, Client) {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    (house, client)
}

fn post(client: &Client, query: &str) -> RequestBuilder {
    let request = http().post(format!("{}/graphql", client.url)).bearer_auth(&client.token);
    request.header("content-type", "application/json").body(json!({ "query": query }).to_string())
}

async fn ask_within(client: &Client, query: &str, milliseconds: &str) -> Answer {
    read(post(client, query).header("portalgraph-deadline", milliseconds).send().await.unwrap()).await
}

fn late(house: &House, operation: &'static str, milliseconds: u64) {
    house.simulator.faults().next(operation, Fault::Delay(Duration::from_millis(milliseconds)), 1);
}

fn asking(client: &Client, query: &'static str) -> JoinHandle<Answer> {
    let client = client.clone();
    tokio::spawn(async move { client.ask(query).await })
}

async fn under_way(house: &House, calls: usize) {
    while house.simulator.journal().under_way() != calls {
        sleep(Duration::from_millis(2)).await;
    }
}

/// Asserts that all is there but one field, which was too late for this deadline.
fn assert_only_late(answer: &Answer, path: &Value, deadline: &str) {
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.codes(), ["PORTAL_TIMEOUT"], "{}", answer.body);
    let error = &answer.body["errors"][0];
    assert_eq!(&error["path"], path, "{error}");
    assert!(error["message"].as_str().unwrap().contains(deadline), "{error}");
    assert_eq!(error["extensions"]["retryable"], true, "{error}");
}

#[tokio::test]
async fn what_does_not_make_it_is_null_and_names_the_deadline_and_the_rest_stands() {
    let (house, client) = demo().await;
    late(&house, "getAllSites", 5_000);
    let answer = ask_within(&client, CATALOGUES, "400").await;
    assert_only_late(
        &answer,
        &json!(["sites"]),
        "within the 400 ms that the header portalgraph-deadline allows",
    );
    assert!(answer.body["data"]["sites"].is_null());
    assert!(answer.body["data"]["departments"][0]["name"].is_string(), "{}", answer.body);
    assert_eq!(answer.body["errors"][0]["extensions"]["operation"], "getAllSites");
    assert!(client.ask(CATALOGUES).await.codes().is_empty(), "it is not kept");
}

#[tokio::test]
async fn a_header_never_raises_the_deadline_of_the_settings() {
    let house = House::with(World::demo(), |config| config.server.deadline_seconds = 1).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    for header in ["60000", "1000"] {
        late(&house, "getAllSites", 5_000);
        let answer = ask_within(&client, CATALOGUES, header).await;
        assert_only_late(
            &answer,
            &json!(["sites"]),
            "within the 1000 ms that server.deadline_seconds allows",
        );
    }
}

#[tokio::test]
async fn an_edge_that_is_late_is_late_at_its_own_place() {
    let house = House::with(World::demo(), |config| config.plan.agent_skill_groups = Way::Forward).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    late(&house, "getSkillsForAgent", 5_000);
    let answer = ask_within(&client, "{ agents(first: 3) { nodes { skillGroups { name } } } }", "600").await;
    let path = answer.body["errors"][0]["path"].clone();
    let place = usize::try_from(path[2].as_u64().unwrap()).unwrap();
    assert_only_late(&answer, &json!(["agents", "nodes", place, "skillGroups"]), "within the 600 ms");
    let nodes = answer.body["data"]["agents"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 3);
    for (number, node) in nodes.iter().enumerate() {
        assert_eq!(node["skillGroups"].is_null(), number == place, "{}", answer.body);
    }
}

#[tokio::test]
async fn a_deadline_that_is_none_is_refused_by_its_name() {
    let (house, client) = demo().await;
    for header in ["", "0", "-1", "+5", "1.5", "5s", "soon", "99999999999999999999999"] {
        let answer = ask_within(&client, SITES, header).await;
        assert_eq!(
            (answer.status, answer.codes()),
            (StatusCode::BAD_REQUEST, vec!["BAD_USER_INPUT"]),
            "{header}"
        );
        let message = answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("portalgraph-deadline") && message.contains("milliseconds"), "{message}");
    }
    let twice =
        post(&client, SITES).header("portalgraph-deadline", "50").header("portalgraph-deadline", "60");
    assert_eq!(read(twice.send().await.unwrap()).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn a_change_is_not_sent_when_what_it_is_made_from_came_too_late() {
    let (house, client) = demo().await;
    let id = client.data("{ skillGroups(first: 1) { nodes { id } } }").await;
    let id = id["skillGroups"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    house.calls();
    late(&house, "getSkillGroups", 5_000);
    let save = format!(
        "mutation {{ saveSkillGroup(input: {{skillGroupId: \"{id}\", description: \"late\"}}) {{ userErrors {{ code }} }} }}"
    );
    let answer = ask_within(&client, &save, "400").await;
    assert_only_late(&answer, &json!(["saveSkillGroup"]), "within the 400 ms");
    assert_eq!(house.calls(), [("getSkillGroups", 1)].into());
}

#[tokio::test]
async fn who_has_less_time_takes_nothing_from_who_has_more() {
    let (house, client) = demo().await;
    late(&house, "getAllSites", 4_000);
    let hasty = tokio::spawn({
        let client = client.clone();
        async move { ask_within(&client, CATALOGUES, "300").await }
    });
    under_way(&house, 1).await;
    let patient = asking(&client, CATALOGUES);
    assert_only_late(&hasty.await.unwrap(), &json!(["sites"]), "within the 300 ms");
    // And nor does who comes later and waits for the same.
    let late = ask_within(&client, CATALOGUES, "200").await;
    assert_only_late(&late, &json!(["sites"]), "within the 200 ms");
    let answer = patient.await.unwrap();
    assert!(answer.codes().is_empty() && answer.body["data"]["sites"][0].is_object(), "{}", answer.body);
    assert_eq!(house.calls(), [("getAllDepartments", 1), ("getAllSites", 1)].into());
}

#[tokio::test]
async fn a_read_goes_on_for_those_who_wait_when_its_first_asker_goes_away() {
    let (house, client) = demo().await;
    late(&house, "getAllSites", 500);
    let first = asking(&client, SITES);
    under_way(&house, 1).await;
    let others = ["{ again: sites { name } }", "{ sites { id } }"].map(|query| asking(&client, query));
    sleep(Duration::from_millis(100)).await;
    first.abort();
    for answer in others {
        let answer = answer.await.unwrap();
        assert!(answer.codes().is_empty(), "{}", answer.body);
    }
    assert_eq!(house.calls(), [("getAllSites", 1)].into());
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_is_cut_off() {
    let house = House::with(World::demo(), |config| {
        // So that nothing else ends the call.
        (config.server.deadline_seconds, config.portal.call_timeout_milliseconds) = (3_600, 3_600_000);
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    late(&house, "getSkillGroups", 3_600_000);
    let query = "{ skillGroups { nodes { name agents { totalCount } } } }";
    let both = [asking(&client, query), asking(&client, query)];
    under_way(&house, 1).await;
    sleep(Duration::from_millis(100)).await;
    both[0].abort();
    sleep(Duration::from_millis(100)).await;
    assert_eq!(house.simulator.journal().abandoned(), 0, "one still waits");
    both[1].abort();
    while house.simulator.journal().abandoned() == 0 {
        sleep(Duration::from_millis(2)).await;
    }
    let calls = [("getSkillGroups", 1), ("getUsers", 1)];
    assert_eq!(house.calls(), calls.into(), "and not who is in each");
}

//! What subscribers cost the portal together, and what they hear of one another's changes.

use std::time::Duration;

use futures_util::future::join_all;
use portalgraph::simulator::{DEMO_LOGIN, Fault, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST, World};
use serde_json::json;

use super::{Socket, change, hardly_ever, house, often, outsider};
use crate::house::{Client, House};

const QUEUES: &str = "subscription { callbackQueues { name } }";

/// Opens so many sockets with so many subscriptions each.
async fn subscribers(client: &Client, sockets: usize, each: usize) -> Vec<Socket> {
    let open = |_| async move {
        let mut socket = Socket::of(client).await;
        for id in 0..each {
            socket.subscribe(&id.to_string(), QUEUES).await;
        }
        for _ in 0..each {
            socket.data().await;
        }
        socket
    };
    join_all((0..sockets).map(open)).await
}

#[tokio::test]
async fn a_thousand_subscribers_cost_the_portal_as_many_calls_as_one() {
    let house = house(hardly_ever).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    let mut sockets = subscribers(&client, 20, 50).await;
    assert_eq!(house.calls(), [("getDialedNumberList", 1)].into());
    // One goes, and the others are still told for one call each time.
    drop(sockets.pop());
    assert_eq!(house.calls(), [].into());
}

#[tokio::test]
async fn a_change_reaches_every_subscriber_and_polls_end_with_the_last_of_them() {
    let house = house(often).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let mut sockets = subscribers(&client, 10, 10).await;
    // The first to come leaves; the others hear on.
    drop(sockets.remove(0));
    change::rename_a_callback_queue(&house, "Renamed");
    for socket in &mut sockets {
        for _ in 0..10 {
            let data = socket.data().await;
            assert!(data["callbackQueues"].to_string().contains("Renamed"), "{data}");
        }
    }
    drop(sockets);
    let mut is_over = false;
    for _ in 0..200 {
        house.calls();
        tokio::time::sleep(Duration::from_millis(100)).await;
        is_over = house.call_count() == 0;
        if is_over {
            break;
        }
    }
    assert!(is_over, "nobody listens and still it is asked");
}

#[tokio::test]
async fn a_write_through_the_gateway_is_told_without_waiting_for_a_poll() {
    let house = house(hardly_ever).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let (agent, group) = outsider(&house);
    let query = format!(
        "subscription {{ skillGroup(by: {{databaseId: {}}}) {{ entered {{ databaseId }} left }} }}",
        group.0
    );
    let mut sockets = Vec::new();
    for _ in 0..5 {
        let mut socket = Socket::of(&client).await;
        socket.first(&query).await;
        sockets.push(socket);
    }
    let ids = client
        .data(&format!(
            "{{ agent(by: {{databaseId: {agent}}}) {{ id }} skillGroup(by: {{databaseId: {}}}) {{ id }} }}",
            group.0
        ))
        .await;
    house.calls();
    let document = "mutation($input: UpdateAgentSkillGroupsInput!) {
        updateAgentSkillGroups(input: $input) { userErrors { code } } }";
    let input = json!({"agentId": ids["agent"]["id"], "addSkillGroupIds": [ids["skillGroup"]["id"]]});
    let answer = client.ask_with(document, json!({ "input": input })).await;
    assert_eq!(answer.body["data"]["updateAgentSkillGroups"]["userErrors"], json!([]), "{}", answer.body);
    for socket in &mut sockets {
        assert_eq!(socket.data().await["skillGroup"]["entered"], json!([{"databaseId": agent}]));
    }
    let calls = house.calls();
    assert!(calls["getAllAgentsForSkill"] <= 2, "{calls:?}");
}

#[tokio::test]
async fn nobody_is_told_what_another_may_see() {
    let house = House::with(World::sized(40), often).await;
    let (east, west) = (house.sign_in(SIZED_LOGIN_EAST).await, house.sign_in(SIZED_LOGIN_WEST).await);
    let query = "subscription { users { added { databaseId } changed { databaseId } removed } }";
    let (mut of_east, mut of_west) = (Socket::of(&east).await, Socket::of(&west).await);
    let (first, second) = (of_east.first(query).await, of_west.first(query).await);
    let list = |data: &serde_json::Value| {
        let users = data["users"]["added"].as_array().unwrap().iter();
        users.map(|user| user["databaseId"].as_i64().unwrap()).collect::<std::collections::BTreeSet<_>>()
    };
    let (first, second) = (list(&first), list(&second));
    assert!(first.is_disjoint(&second) && !first.is_empty() && !second.is_empty());
    let id = *first.first().unwrap();
    change::user(&house, id, |user| user.first_nm = Some("Eastern".into()));
    assert_eq!(of_east.data().await["users"]["changed"], json!([{"databaseId": id}]));
    assert!(of_west.is_silent_for(Duration::from_millis(500)).await, "the west has heard of the east");
}

#[tokio::test]
async fn trouble_is_told_once_and_so_is_its_end() {
    let house = house(often).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let mut socket = Socket::of(&client).await;
    socket.first(QUEUES).await;
    house.simulator.faults().always("getDialedNumberList", Fault::RefuseWith("SOME_FAILURE"));
    let trouble = socket.hear().await;
    assert_eq!(trouble["payload"]["errors"][0]["extensions"]["code"], "PORTAL_REFUSED", "{trouble}");
    assert!(socket.is_silent_for(Duration::from_millis(300)).await, "told once");
    let mut later = Socket::of(&client).await;
    later.subscribe("1", QUEUES).await;
    let code = later.hear().await["payload"]["errors"][0]["extensions"]["code"].clone();
    assert_eq!(code, "PORTAL_REFUSED", "who comes later is not shown what was before");
    house.simulator.faults().clear();
    assert!(socket.data().await["callbackQueues"].is_array());
    assert!(later.data().await["callbackQueues"].is_array());
}

#[tokio::test]
async fn a_list_is_told_whole_when_trouble_is_over() {
    let house = house(often).await;
    let mut socket = Socket::of(&house.sign_in(DEMO_LOGIN).await).await;
    let first = socket.first("subscription { agents { isSnapshot added { databaseId } } }").await;
    house.simulator.faults().always("getUsers", Fault::RefuseWith("SOME_FAILURE"));
    assert!(socket.hear().await["payload"]["errors"].is_array());
    house.simulator.faults().clear();
    assert_eq!(socket.data().await, first);
}

#[tokio::test]
async fn a_query_after_an_empty_first_event_misses_nothing() {
    let house = house(often).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let query = "{ users(first: 100) { nodes { databaseId firstName } } }";
    let id = client.data(query).await["users"]["nodes"][0]["databaseId"].as_i64().unwrap();
    // Whoever follows already has heard of it; the answer from before is still within its time.
    let mut early = Socket::of(&client).await;
    early.first("subscription { users(snapshot: false) { changed { databaseId } } }").await;
    client.data(query).await;
    change::user(&house, id, |user| user.first_nm = Some("Afterwards".into()));
    early.data().await;
    let mut late = Socket::of(&client).await;
    late.first("subscription { users(snapshot: false) { changed { databaseId } } }").await;
    assert!(client.data(query).await.to_string().contains("Afterwards"));
}

#[tokio::test]
async fn what_is_selected_below_is_of_after_a_write() {
    let house = house(hardly_ever).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let (agent, group) = outsider(&house);
    // Agents and their groups are told of one and the same event, before and after the write.
    let query = "subscription { callbackQueues { name } }";
    let below = "subscription { agents { added { databaseId skillGroups { databaseId } } } }";
    let (mut first, mut second) = (Socket::of(&client).await, Socket::of(&client).await);
    first.first(query).await;
    first.subscribe("b", below).await;
    first.data().await;
    let ids = client
        .data(&format!(
            "{{ agent(by: {{databaseId: {agent}}}) {{ id }} skillGroup(by: {{databaseId: {}}}) {{ id }} }}",
            group.0
        ))
        .await;
    let input = json!({"agentId": ids["agent"]["id"], "addSkillGroupIds": [ids["skillGroup"]["id"]]});
    let document = "mutation($input: UpdateAgentSkillGroupsInput!) {
        updateAgentSkillGroups(input: $input) { userErrors { code } } }";
    client.ask_with(document, json!({ "input": input })).await;
    let told = second.first(below).await;
    let agents = told["agents"]["added"].as_array().unwrap();
    let own = agents.iter().find(|one| one["databaseId"] == agent).unwrap();
    assert!(own["skillGroups"].to_string().contains(&group.0.to_string()), "{own}");
}

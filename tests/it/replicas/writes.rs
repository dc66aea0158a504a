//! What was changed through one replica is what the next request reads through any other.

use portalgraph::simulator::{SIZED_LOGIN, SIZED_LOGIN_EAST, World};
use serde_json::{Value, json};

use super::Pair;
use crate::house::Client;

/// An agent, a skill group it is not in, and where the two are seen.
struct Member {
    agent: String,
    group: String,
}

impl Member {
    async fn of(client: &Client) -> Self {
        let data = client
            .data(
                "{ agents(first: 100) { nodes { id platform { name } skillGroups { id } } }
                   skillGroups(first: 100) { nodes { id platform { name } } } }",
            )
            .await;
        let list = |of: &str| data[of]["nodes"].as_array().unwrap().clone();
        for agent in list("agents") {
            let groups = agent["skillGroups"].as_array().unwrap();
            let other = list("skillGroups").into_iter().find(|group| {
                group["platform"] == agent["platform"] && !groups.iter().any(|own| own["id"] == group["id"])
            });
            if let Some(other) = other {
                let id = |node: &Value| node["id"].as_str().unwrap().to_owned();
                return Self { agent: id(&agent), group: id(&other) };
            }
        }
        panic!("every agent is in every group");
    }

    async fn change(&self, client: &Client, is_member: bool) {
        let change = if is_member { "addSkillGroupIds" } else { "removeSkillGroupIds" };
        let document = "mutation($input: UpdateAgentSkillGroupsInput!) {
            updateAgentSkillGroups(input: $input) { userErrors { code } } }";
        let input = json!({"agentId": self.agent, change: [self.group]});
        let answer = client.ask_with(document, json!({ "input": input })).await;
        assert_eq!(answer.body["data"]["updateAgentSkillGroups"]["userErrors"], json!([]), "{}", answer.body);
    }

    async fn is_member(&self, client: &Client) -> bool {
        let query = "query($id: ID!) { node(id: $id) { ... on Agent { skillGroups { id } } } }";
        let answer = client.ask_with(query, json!({"id": self.agent})).await;
        let groups = answer.body["data"]["node"]["skillGroups"].as_array();
        let groups = groups.unwrap_or_else(|| panic!("{}", answer.body));
        groups.iter().any(|group| group["id"] == self.group.as_str())
    }
}

/// How often; what is kept is looked at before each write, so that a stale answer would show.
fn times() -> usize {
    // The ten thousand of docs/replicas.md take minutes.
    std::env::var("PORTALGRAPH_TEST_TIMES").map_or(300, |times| times.parse().unwrap())
}

async fn said(client: &Client, id: &Value) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on SkillGroup { description } } }";
    let answer = client.ask_with(query, json!({ "id": id })).await;
    assert!(answer.body["data"]["node"].is_object(), "{}", answer.body);
    answer.body["data"]["node"]["description"].clone()
}

async fn see_each_other(pair: &Pair) {
    let one = pair.house.sign_in(SIZED_LOGIN).await;
    let other = pair.beside(&one);
    let id =
        one.data("{ skillGroups(first: 1) { nodes { id } } }").await["skillGroups"]["nodes"][0]["id"].clone();
    let mut before = said(&one, &id).await;
    for time in 0..times() {
        let (here, there) = if time % 3 == 0 { (&other, &one) } else { (&one, &other) };
        // Kept there from now on.
        assert_eq!(said(there, &id).await, before, "before, {time}");
        before = json!(format!("Said for the {time}. time"));
        let document = "mutation($input: SaveSkillGroupInput!) { saveSkillGroup(input: $input) { userErrors { code } } }";
        let input = json!({"skillGroupId": id, "description": before});
        let answer = here.ask_with(document, json!({ "input": input })).await;
        assert_eq!(answer.body["data"]["saveSkillGroup"]["userErrors"], json!([]), "{}", answer.body);
        assert_eq!(said(there, &id).await, before, "after, {time}");
    }
}

#[tokio::test]
async fn a_write_through_one_is_read_through_the_other() {
    let pair = Pair::over(World::sized(20)).await;
    see_each_other(&pair).await;
}

#[tokio::test]
async fn nor_does_an_answer_they_share_hide_it() {
    let pair = Pair::with(World::sized(20), crate::redis::Redis::start(), |config| {
        config.cache.shared = true;
        config.server.worker_threads = 2;
    })
    .await;
    see_each_other(&pair).await;
}

#[tokio::test]
async fn what_is_kept_stays_kept_until_something_is_written() {
    let pair = Pair::over(World::sized(20)).await;
    let one = pair.house.sign_in(SIZED_LOGIN).await;
    let other = pair.beside(&one);
    let member = Member::of(&one).await;
    for client in [&one, &other] {
        member.is_member(client).await;
    }
    pair.house.calls();
    for client in [&one, &other, &one, &other] {
        assert!(!member.is_member(client).await);
    }
    assert_eq!(pair.house.call_count(), 0);
    // A write of another tenant's, or of another noun, would be another matter; this one is of the same.
    member.change(&one, true).await;
    assert!(member.is_member(&other).await);
    pair.house.calls();
    assert!(member.is_member(&other).await);
    assert_eq!(pair.house.call_count(), 0, "and is kept again once the write is over");
}

#[tokio::test]
async fn two_replicas_never_undo_each_other_s_change_of_one_record() {
    let pair = Pair::over(World::sized(20)).await;
    let one = pair.house.sign_in(SIZED_LOGIN).await;
    let data = one.data("{ users(first: 1) { nodes { id } } }").await;
    let id = data["users"]["nodes"][0]["id"].as_str().unwrap();
    let other = pair.beside(&one);
    let change = async |client: &Client, field: &str, value: &str| {
        let document =
            "mutation($input: UpdateUserInput!) { updateUser(input: $input) { userErrors { code } } }";
        let answer = client.ask_with(document, json!({"input": {"userId": id, field: value}})).await;
        assert_eq!(answer.body["data"]["updateUser"]["userErrors"], json!([]), "{}", answer.body);
    };
    for time in 0..20 {
        // Each sends the whole record, made of what it has read.
        let (first, last) = (format!("First{time}"), format!("Last{time}"));
        tokio::join!(change(&one, "firstName", &first), change(&other, "lastName", &last));
        let query = format!("{{ node(id: \"{id}\") {{ ... on User {{ firstName lastName }} }} }}");
        let seen = one.data(&query).await["node"].clone();
        assert_eq!(seen, json!({"firstName": first, "lastName": last}));
    }
}

#[tokio::test]
async fn a_write_of_one_person_is_read_by_another_through_the_other() {
    let pair = Pair::over(World::sized(20)).await;
    let one = pair.house.sign_in(SIZED_LOGIN).await;
    let east = pair.beside(&pair.house.sign_in(SIZED_LOGIN_EAST).await);
    let member = Member::of(&east).await;
    for is_member in [true, false, true] {
        assert_eq!(member.is_member(&east).await, !is_member);
        member.change(&one, is_member).await;
        assert_eq!(member.is_member(&east).await, is_member);
    }
}

//! What is old is marked where it stands in the answer.

use portalgraph::config::Way;

use super::*;

/// All is read, and then too old, and the portal gone.
async fn old(query: &str, change: impl FnOnce(&mut Config)) -> (House, Client) {
    let (house, client) = house(|config| {
        beyond(config, 0, 600);
        change(config);
    })
    .await;
    let answer = ask(&client, query).await;
    assert!(answer.body["errors"].is_null() && answer.stale().is_empty(), "{answer:?}");
    tokio::time::sleep(TOO_OLD).await;
    fail(&house);
    (house, client)
}

#[tokio::test]
async fn root_fields_edges_and_lists_are_marked_by_their_keys() {
    let query = "{
        first: agents(first: 3) { nodes { skillGroups { name } user { department { name } } } }
        skillGroups { nodes { name members: agents(first: 2) { nodes { user { site { name } } } } } }
        departments { name }
      }";
    // The same way both times: what was asked the other way is no answer to this one.
    let forward = |config: &mut Config| config.plan.agent_skill_groups = Way::Forward;
    let (_house, client) = old(query, forward).await;
    let answer = ask(&client, query).await;
    assert!(answer.body["errors"].is_null(), "{answer:?}");
    let mut paths = answer.stale();
    paths.sort();
    assert_eq!(
        paths,
        [
            "departments",
            "first",
            "first.nodes.skillGroups",
            "first.nodes.user.department",
            "skillGroups",
            "skillGroups.nodes.members",
            "skillGroups.nodes.members.nodes.user.site",
        ]
    );
}

#[tokio::test]
async fn only_what_is_old_is_marked() {
    let query =
        "{ departments { name } skillGroups(first: 1) { nodes { platform { name } } } viewer { loginName } }";
    let (_house, client) = old(query, |config| config.cache.skill_group_seconds = 600).await;
    let mut paths = ask(&client, query).await.stale();
    paths.sort();
    assert_eq!(paths, ["departments", "skillGroups.nodes.platform"]);
}

#[tokio::test]
async fn a_fragment_is_marked_in_each_place_where_it_stands() {
    let query = "{
        users(first: 1) { nodes { ...Named } } skillGroups { nodes { agents(first: 1) { nodes { user { ...Named } } } } }
      }
      fragment Named on User { department { name } }";
    let (_house, client) = old(query, |config| {
        config.cache.user_seconds = 600;
        config.cache.skill_group_seconds = 600;
    })
    .await;
    let mut paths = ask(&client, query).await.stale();
    paths.sort();
    assert_eq!(paths, ["skillGroups.nodes.agents.nodes.user.department", "users.nodes.department"]);
}

#[tokio::test]
async fn a_node_is_marked_by_the_key_of_its_field() {
    let groups = "{ skillGroups(first: 1) { nodes { id } } users(first: 1) { nodes { id } } }";
    let (_house, client) = old(groups, |_| ()).await;
    let answer = ask(&client, groups).await;
    let id = |name: &str| answer.body["data"][name]["nodes"][0]["id"].clone();
    let query = format!(
        "{{ group: node(id: {}) {{ id ... on SkillGroup {{ name }} }} nodes(ids: [{}]) {{ id }} }}",
        id("skillGroups"),
        id("skillGroups")
    );
    let mut paths = ask(&client, &query).await.stale();
    paths.sort();
    assert_eq!(paths, ["group", "nodes"]);
}

#[tokio::test]
async fn a_list_is_marked_alike_by_whomever_it_is_written() {
    let by_level = "{ agents(first: 3) { nodes { skillGroups { name } user { site { name } } } } }";
    // A key that is selected twice with different fields below it is the engine's alone.
    let by_item = "{ agents(first: 3) { nodes { skillGroups { name } user { site { name } } } }
        skillGroups(first: 0) { nodes { name } } skillGroups(first: 0) { nodes { databaseId } } }";
    let (_house, client) = old(by_level, |_| ()).await;
    ask(&client, by_item).await;
    let [mut level, mut item] = [ask(&client, by_level).await.stale(), ask(&client, by_item).await.stale()];
    level.sort();
    item.sort();
    item.retain(|path| path != "skillGroups");
    assert_eq!(level, ["agents", "agents.nodes.skillGroups", "agents.nodes.user.site"]);
    assert_eq!(level, item);
}

#[tokio::test]
async fn what_is_worked_out_of_all_groups_is_as_old_as_they_are() {
    let query = "{ agents { nodes { skillGroups { name } } } }";
    let (_house, client) = old(query, |config| {
        // Worked out of the groups' lists of agents.
        config.plan.agent_skill_groups = Way::Inverse;
        config.cache.user_seconds = 600;
    })
    .await;
    let mut paths = ask(&client, query).await.stale();
    paths.sort();
    assert_eq!(paths, ["agents.nodes.skillGroups"]);
}

#[tokio::test]
async fn what_is_beyond_a_hundred_fields_is_told_together() {
    let sites: Vec<_> = (0..150).map(|number| format!("s{number}: sites {{ name }}")).collect();
    let query = format!("{{ {} }}", sites.join(" "));
    let (_house, client) = old(&query, |config| {
        config.limits.max_aliases = 1_000;
        config.limits.max_root_fields = 1_000;
    })
    .await;
    let answer = ask(&client, &query).await;
    assert!(answer.body["errors"].is_null(), "{answer:?}");
    let paths = answer.stale();
    assert_eq!((paths.len(), paths.last().map(String::as_str)), (100, Some("")));
    assert!(paths.contains(&"s0".to_owned()));
}

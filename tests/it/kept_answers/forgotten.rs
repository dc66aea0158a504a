//! How long a whole answer is kept: as long as the shortest-lived reply in it, until anybody writes what it was made of, and
//! in the room there is.

use std::time::Duration;

use portalgraph::config::Config;
use portalgraph::simulator::{
    DEMO_ICWS_LOGIN, DEMO_LOGIN, DEMO_PASSWORD, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST, World,
};
use serde_json::json;

use super::{CATALOGUES, GROUPS, USERS, ask, sized};
use crate::house::{Client, House};

/// Gives the first skill group it sees another description.
async fn describe_a_group(client: &Client, description: &str) {
    let groups = client.data("{ skillGroups(first: 1) { nodes { id } } }").await;
    let input = json!({"skillGroupId": groups["skillGroups"]["nodes"][0]["id"], "description": description});
    let save = "mutation($input: SaveSkillGroupInput!) { saveSkillGroup(input: $input) {
        skillGroup { description } userErrors { code message } } }";
    let saved = client.ask_with(save, json!({ "input": input })).await;
    assert_eq!(saved.body["data"]["saveSkillGroup"]["skillGroup"]["description"], description, "{saved:?}");
}

#[tokio::test]
async fn a_write_of_anybody_in_the_tenant_is_seen_and_leaves_the_rest() {
    let (house, client) = sized(|_| ()).await;
    let others = [house.sign_in(SIZED_LOGIN_EAST).await, house.sign_in(SIZED_LOGIN_WEST).await];
    for (round, writer) in others.iter().chain([&client]).enumerate() {
        for query in [GROUPS, USERS, CATALOGUES] {
            ask(&client, query).await;
            assert!(ask(&client, query).await.is_kept(), "{query}");
        }
        let description = format!("changed {round}");
        describe_a_group(writer, &description).await;
        let fresh = ask(&client, GROUPS).await;
        assert!(!fresh.is_kept() && String::from_utf8_lossy(&fresh.body).contains(&description), "{fresh:?}");
        let again = ask(&client, GROUPS).await;
        assert!(again.is_kept() && again.body == fresh.body);
        // Catalogues were not written.
        assert!(ask(&client, CATALOGUES).await.is_kept());
    }
}

#[tokio::test]
async fn a_write_in_another_tenant_forgets_nothing() {
    let house = House::over(World::demo()).await;
    let (north, south) = (house.sign_in(DEMO_LOGIN).await, house.sign_in(("south@dms", DEMO_PASSWORD)).await);
    for client in [&north, &south] {
        ask(client, GROUPS).await;
    }
    describe_a_group(&north, "changed").await;
    assert!(!ask(&north, GROUPS).await.is_kept());
    assert!(ask(&south, GROUPS).await.is_kept());
}

#[tokio::test]
async fn a_new_role_is_in_the_next_answer_of_everybody() {
    let house = House::over(World::demo()).await;
    let (writer, reader) =
        (house.sign_in_to_icws(DEMO_ICWS_LOGIN).await, house.sign_in_to_icws(DEMO_ICWS_LOGIN).await);
    let query = "{ icws { roles { totalCount nodes { name } } } }";
    assert!(!ask(&reader, query).await.is_kept());
    assert!(ask(&writer, query).await.is_kept());
    writer.data("mutation { createIcwsRole(input: {roleId: \"NightLead\"}) { isVisible } }").await;
    let fresh = ask(&reader, query).await;
    assert!(!fresh.is_kept() && String::from_utf8_lossy(&fresh.body).contains("NightLead"), "{fresh:?}");
    assert!(ask(&writer, query).await.is_kept());
}

#[tokio::test]
async fn it_lives_as_long_as_the_shortest_lived_reply_in_it() {
    let (house, client) = sized(|config| config.cache.catalogue_seconds = 3).await;
    let both = "{ departments { name } users { nodes { phone } } }";
    for query in [both, USERS] {
        ask(&client, query).await;
        assert!(ask(&client, query).await.is_kept(), "{query}");
    }
    house.calls();
    while ask(&client, both).await.is_kept() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(house.calls(), [("getAllDepartments", 1)].into());
    assert!(ask(&client, USERS).await.is_kept(), "has half a minute");
}

#[tokio::test]
async fn nothing_is_kept_where_the_settings_say_so() {
    let changes: [fn(&mut Config); 4] = [
        |config| config.cache.max_whole_answer_bytes = 0,
        |config| config.cache.max_bytes = 0,
        |config| config.cache.catalogue_seconds = 0,
        // Room for none.
        |config| config.cache.max_whole_answer_bytes = 400,
    ];
    for change in changes {
        let (_house, client) = sized(change).await;
        for _ in 0..3 {
            assert!(!ask(&client, CATALOGUES).await.is_kept());
        }
    }
}

#[tokio::test]
async fn what_would_take_a_quarter_of_all_room_is_not_kept_and_what_is_smaller_is() {
    let (_house, client) = sized(|config| config.cache.max_whole_answer_bytes = 10_000).await;
    for (query, is_kept) in [(USERS, false), (CATALOGUES, true)] {
        ask(&client, query).await;
        assert_eq!(ask(&client, query).await.is_kept(), is_kept, "{query}");
    }
}

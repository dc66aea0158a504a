//! `deleteUser`: nobody but the one who is named, and only under the right name.

use std::collections::BTreeMap;

use serde_json::json;

use super::{CLARA, Scene, expected, id, told, user};

fn everyone(scene: &Scene) -> Vec<i64> {
    scene.house.simulator.world(|world| world.tenants[0].users.keys().map(|id| id.0).collect())
}

#[tokio::test]
async fn only_the_one_who_is_named_is_deleted() {
    let scene = Scene::open().await;
    let ways = [
        (CLARA, json!({"user": {"id": user(CLARA)}})),
        (CLARA + 1, json!({"user": {"id": id("Agent", CLARA + 1)}, "loginName": "David.DOGWOOD@dmn"})),
        (CLARA + 2, json!({"user": {"databaseId": CLARA + 2}})),
    ];
    for (key, input) in ways {
        scene.client.data("{ users(first: 1) { totalCount } }").await;
        let mut left = everyone(&scene);
        scene.house.calls();
        let payload = scene.mutation("deleteUser", "deletedUserId", input.clone()).await;
        assert_eq!((&payload["deletedUserId"], told(&payload)), (&json!(user(key)), Vec::new()), "{input}");
        let calls = scene.house.simulator.journal().take();
        let operations: Vec<_> = calls.iter().map(|call| call.operation).collect();
        assert_eq!(operations, ["getUserByIdProgram", "deleteUser"], "{input}");
        assert!(
            calls.iter().all(|call| call.body["searchId"] == key),
            "the very field that was proved: {input}"
        );
        left.retain(|id| *id != key);
        assert_eq!(everyone(&scene), left);
        let count = scene.client.data("{ users(first: 1) { totalCount } }").await;
        assert_eq!(count["users"]["totalCount"], left.len(), "what was read before is forgotten");
        let payload = scene.mutation("deleteUser", "deletedUserId", input).await;
        assert_eq!(told(&payload)[0].0, "USER_NOT_FOUND");
    }
}

#[tokio::test]
async fn a_user_under_another_name_stays() {
    let scene = Scene::open().await;
    let before = everyone(&scene);
    scene.house.calls();
    let input = json!({"user": {"id": user(CLARA)}, "loginName": "clara.cedar@dms"});
    let payload = scene.mutation("deleteUser", "deletedUserId", input).await;
    assert_eq!(told(&payload), expected(&[("LOGIN_NAME_DIFFERS", "input.loginName")]));
    assert_eq!(scene.house.calls(), BTreeMap::from([("getUserByIdProgram", 1)]));
    assert_eq!(everyone(&scene), before);
}

#[tokio::test]
async fn a_user_the_viewer_may_not_see_is_not_deleted() {
    let scene = Scene::open().await;
    let billing = scene.house.sign_in(("billing@dmn", portalgraph::simulator::DEMO_PASSWORD)).await;
    let before = everyone(&scene);
    let mutation = "mutation($input: DeleteUserInput!) { deleteUser(input: $input) { userErrors { code } } }";
    let answer = billing.ask_with(mutation, json!({"input": {"user": {"databaseId": CLARA}}})).await;
    assert_eq!(answer.body["data"]["deleteUser"]["userErrors"], json!([{"code": "USER_NOT_FOUND"}]));
    assert!(everyone(&scene) == before && before.contains(&CLARA));
}

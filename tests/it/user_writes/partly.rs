//! Failures after which a part of the write may have been done say so, and where to look.

use portalgraph::simulator::Fault;
use serde_json::{Value, json};

use super::{CLARA, Scene, expected, fine_input, told, user};

/// The one error of a mutation whose write the portal refuses.
async fn refused(scene: &Scene, name: &'static str, constant: &'static str) -> Value {
    scene.house.simulator.faults().next(name, Fault::RefuseWith(constant), 1);
    let answer = scene.try_mutation(name, "user { id }", fine_input(name)).await;
    assert_eq!(answer.codes(), ["PORTAL_REFUSED"], "{constant}: {}", answer.body);
    answer.body["errors"][0].clone()
}

#[tokio::test]
async fn what_may_be_half_done_says_what_to_read() {
    let scene = Scene::open().await;
    let clone = "user(by: {loginName: …})";
    for (name, constant, find_out) in [
        ("cloneUser", "CLONE_USER_FAILED_TO_SETUP_AGENT_OR_SUPERVISOR_IN_ICM", clone),
        ("cloneUser", "CLONE_USER_FAILED_TO_CLONE_AGENT_TEAM", clone),
        ("cloneUser", "CLONE_USER_FAILED_TO_CLONE_AGENT_DESK_SETTINGS", clone),
        ("cloneUser", "CLONE_USER_FAILED_TO_CLONE_AGENT_SKILL_GROUPS", clone),
        ("cloneUser", "CLONE_USER_FAILED_TO_CLONE_USER_GROUPS", clone),
        ("cloneUser", "CLONE_USER_FAILED_TO_CLONE_USER_COLLECTIONS", clone),
        ("cloneUser", "CLONE_USER_FAILED_TO_CLONE_USER_SETTINGS", clone),
        ("cloneUser", "CLONE_USER_FAILED_TO_CLONE_PRECISION_QUEUES_ATTRIBUTES", clone),
        ("resetPassword", "SYSTEM_ERROR_RESET_PASSWORD_ICM_FAILED", "sign in with it"),
        ("resetPassword", "SYSTEM_ERROR_AD_RESET_PASSWORD_FAILED", "sign in with it"),
    ] {
        let error = refused(&scene, name, constant).await;
        assert_eq!(error["extensions"]["mayBePartlyDone"], true, "{error}");
        assert_eq!(error["extensions"]["portalCode"], constant);
        assert_eq!(error["extensions"]["retryable"], false, "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("A part of it may have been carried out: read"), "{message}");
        assert!(message.contains(find_out), "{message}");
    }
}

#[tokio::test]
async fn what_was_refused_whole_does_not_say_so() {
    let scene = Scene::open().await;
    for (name, constant) in [
        ("cloneUser", "CLONE_USER_FAILED"),
        ("cloneUser", "CLONE_USER_FAILED_TO_CREATE_USER_IN_AD"),
        ("resetPassword", "RESET_PASSWORD_FAILED"),
    ] {
        let error = refused(&scene, name, constant).await;
        assert_eq!(error["extensions"].get("mayBePartlyDone"), None, "{error}");
    }
}

#[tokio::test]
async fn what_was_kept_of_a_half_made_user_is_forgotten() {
    let scene = Scene::open().await;
    let users = "{ users { totalCount } }";
    let before = scene.client.data(users).await;
    let error = refused(&scene, "cloneUser", "CLONE_USER_FAILED_TO_CLONE_AGENT_TEAM").await;
    assert_eq!(error["extensions"]["mayBePartlyDone"], true);
    scene.house.calls();
    assert_eq!(scene.client.data(users).await, before);
    assert_eq!(scene.house.calls().get("getUsers"), Some(&1), "the client reads what is, not what was");
}

#[tokio::test]
async fn a_change_never_leaves_out_whether_the_user_is_active() {
    let scene = Scene::open().await;
    scene.alter(CLARA, |user| user.status = None);
    scene.house.calls();
    let mut input = json!({"userId": user(CLARA), "phone": "5550002"});
    let payload = scene.mutation("updateUser", "user { id }", input.clone()).await;
    assert_eq!(told(&payload), expected(&[("IS_ACTIVE_REQUIRED", "input.isActive")]));
    assert_eq!(scene.house.calls().get("updateUser"), None);
    input["isActive"] = true.into();
    let payload = scene.mutation("updateUser", "user { isActive phone }", input).await;
    assert_eq!(payload["user"], json!({"isActive": true, "phone": "5550002"}), "{payload}");
}

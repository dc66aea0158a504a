//! What is wrong with an input is told at once, all of it and each with its place, before the portal is called.

use serde_json::{Value, json};

use super::{ADA, BEN, CLARA, Scene, expected, id, told, user};

/// Sends an input that is wrong in itself: it is refused for these reasons, and no call is made.
async fn refuse(scene: &Scene, name: &str, input: Value, reasons: &[(&str, &str)]) {
    scene.house.calls();
    let shown = if name == "deleteUser" { "deletedUserId" } else { "user { id }" };
    let payload = scene.mutation(name, shown, input.clone()).await;
    let (mut found, mut wanted) = (told(&payload), expected(reasons));
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted, "{name}: {input}");
    let changed = payload.get("user").or_else(|| payload.get("deletedUserId"));
    assert_eq!(changed, Some(&Value::Null), "{payload}");
    assert_eq!(scene.house.call_count(), 0, "{name}: {input}");
}

#[tokio::test]
async fn everything_wrong_with_a_clone_is_told_at_once() {
    let scene = Scene::open().await;
    let site = id("Callback", 1);
    let input = json!({
        "sourceUserId": site, "loginName": "no tenant", "firstName": "", "lastName": "Two Words", "phone": "+1",
        "email": "nobody", "password": "", "userType": "UNKNOWN", "agentNumber": "123456789012",
        "agentEnterpriseName": "_first", "departmentId": site, "siteId": "made up", "billingUnitId": site,
        "roleGroupId": site, "usesStandardRoleGroup": true, "teamId": site, "profileId": site, "deskSettingsId": site,
    });
    let reasons = [
        ("SOURCE_USER_NOT_FOUND", "input.sourceUserId"),
        ("INVALID_LOGIN_NAME", "input.loginName"),
        ("FIRST_NAME_REQUIRED", "input.firstName"),
        ("INVALID_LAST_NAME", "input.lastName"),
        ("INVALID_PHONE_LENGTH", "input.phone"),
        ("PHONE_NOT_NUMERIC", "input.phone"),
        ("INVALID_EMAIL", "input.email"),
        ("PASSWORD_EMPTY", "input.password"),
        ("INVALID_USER_TYPE", "input.userType"),
        ("INVALID_AGENT_NUMBER", "input.agentNumber"),
        ("INVALID_ENTERPRISE_NAME", "input.agentEnterpriseName"),
        ("DEPARTMENT_NOT_FOUND", "input.departmentId"),
        ("SITE_NOT_FOUND", "input.siteId"),
        ("BILLING_UNIT_NOT_FOUND", "input.billingUnitId"),
        ("ROLE_GROUP_NOT_FOUND", "input.roleGroupId"),
        ("ROLE_GROUP_TWICE", "input.usesStandardRoleGroup"),
        ("TEAM_NOT_FOUND", "input.teamId"),
        ("PROFILE_NOT_FOUND", "input.profileId"),
        ("DESK_SETTINGS_NOT_FOUND", "input.deskSettingsId"),
    ];
    refuse(&scene, "cloneUser", input, &reasons).await;
}

#[tokio::test]
async fn everything_wrong_with_a_change_is_told_at_once() {
    let scene = Scene::open().await;
    let other = id("Callback", 1);
    let input = json!({
        "userId": other, "firstName": "", "lastName": "Two Words", "loginName": "nobody", "email": "a@b@c",
        "phone": "12-4", "departmentId": other, "siteId": other, "billingUnitId": other, "roleGroupId": other,
        "teamId": other, "profileId": other, "deskSettingsId": other, "platformId": other, "agentNumber": "x",
        "agentEnterpriseName": "a b", "userType": "UNKNOWN",
    });
    let reasons = [
        ("USER_NOT_FOUND", "input.userId"),
        ("FIRST_NAME_REQUIRED", "input.firstName"),
        ("INVALID_LAST_NAME", "input.lastName"),
        ("INVALID_LOGIN_NAME", "input.loginName"),
        ("INVALID_EMAIL", "input.email"),
        ("PHONE_NOT_NUMERIC", "input.phone"),
        ("INVALID_PHONE_LENGTH", "input.phone"),
        ("DEPARTMENT_NOT_FOUND", "input.departmentId"),
        ("SITE_NOT_FOUND", "input.siteId"),
        ("BILLING_UNIT_NOT_FOUND", "input.billingUnitId"),
        ("ROLE_GROUP_NOT_FOUND", "input.roleGroupId"),
        ("TEAM_NOT_FOUND", "input.teamId"),
        ("PROFILE_NOT_FOUND", "input.profileId"),
        ("DESK_SETTINGS_NOT_FOUND", "input.deskSettingsId"),
        ("PLATFORM_NOT_FOUND", "input.platformId"),
        ("INVALID_AGENT_NUMBER", "input.agentNumber"),
        ("INVALID_ENTERPRISE_NAME", "input.agentEnterpriseName"),
        ("INVALID_USER_TYPE", "input.userType"),
    ];
    refuse(&scene, "updateUser", input, &reasons).await;
}

#[tokio::test]
async fn what_the_portal_always_wants_cannot_be_cleared() {
    let scene = Scene::open().await;
    let fields = [
        "firstName",
        "lastName",
        "loginName",
        "siteId",
        "roleGroupId",
        "isSupervisor",
        "isManager",
        "usesSingleSignOn",
        "userType",
        "isActive",
        "contactCenterStatusDatabaseId",
    ];
    let mut input = json!({ "userId": user(CLARA) });
    for field in fields {
        input[field] = Value::Null;
    }
    let paths = fields.map(|field| format!("input.{field}"));
    let reasons: Vec<_> = paths.iter().map(|path| ("CANNOT_BE_CLEARED", path.as_str())).collect();
    refuse(&scene, "updateUser", input, &reasons).await;
    refuse(
        &scene,
        "updateUser",
        json!({"userId": user(CLARA), "isActive": null}),
        &[("CANNOT_BE_CLEARED", "input.isActive")],
    )
    .await;
}

#[tokio::test]
async fn a_change_of_nothing_is_no_change() {
    let scene = Scene::open().await;
    for input in [
        json!({"userId": user(CLARA)}),
        json!({"userId": user(CLARA), "ifRevision": "any", "reusesAgentNumber": true, "skipsVoicemailUser": true}),
    ] {
        refuse(&scene, "updateUser", input, &[("NOTHING_TO_CHANGE", "")]).await;
    }
}

#[tokio::test]
async fn an_id_of_another_tenant_or_type_deletes_nobody() {
    let scene = Scene::open().await;
    for wrong in [id("Site", 1), "made up".to_owned(), "cG9ydGFsOjEwMjpVc2VyOjEwMTAwMDAz".to_owned()] {
        let reason = [("USER_NOT_FOUND", "input.user.id")];
        refuse(&scene, "deleteUser", json!({"user": {"id": wrong}}), &reason).await;
    }
}

#[tokio::test]
async fn a_password_must_have_a_use_and_a_use_a_password() {
    let scene = Scene::open().await;
    let clara = user(CLARA);
    let secret = "a-new-password";
    for (mut input, reasons) in [
        (json!({}), vec![("NOTHING_TO_CHANGE", "")]),
        (json!({"changesPortalPassword": false}), vec![("NOTHING_TO_CHANGE", "")]),
        (json!({"changesPortalPassword": true}), vec![("PASSWORD_REQUIRED", "input.newPassword")]),
        (json!({"changesCallManagerPassword": true}), vec![("PASSWORD_REQUIRED", "input.newPassword")]),
        (
            json!({"newIcmPassword": secret, "mustChangeAtNextLogon": true}),
            vec![("PASSWORD_REQUIRED", "input.newPassword")],
        ),
        (
            json!({"newPassword": secret, "changesPortalPassword": false}),
            vec![("PASSWORD_UNUSED", "input.changesPortalPassword")],
        ),
        (
            json!({"newPassword": "", "newIcmPassword": ""}),
            vec![("PASSWORD_EMPTY", "input.newPassword"), ("PASSWORD_EMPTY", "input.newIcmPassword")],
        ),
    ] {
        input["userId"] = clara.clone().into();
        // Whether a user may have a password of ICM, only the user's record tells.
        if input.get("newIcmPassword").is_some() {
            refuse_after_reading(&scene, "resetPassword", input, &reasons).await;
        } else {
            refuse(&scene, "resetPassword", input, &reasons).await;
        }
    }
    refuse(
        &scene,
        "resetPassword",
        json!({"userId": id("Site", 1)}),
        &[("USER_NOT_FOUND", "input.userId"), ("NOTHING_TO_CHANGE", "")],
    )
    .await;
}

/// Sends an input that only the portal's records show to be wrong: no write follows the reads.
async fn refuse_after_reading(scene: &Scene, name: &str, input: Value, reasons: &[(&str, &str)]) {
    scene.house.calls();
    let shown = if name == "deleteUser" { "deletedUserId" } else { "user { id }" };
    let payload = scene.mutation(name, shown, input.clone()).await;
    assert_eq!(told(&payload), expected(reasons), "{name}: {input}");
    let calls = scene.house.calls();
    assert!(calls.keys().all(|operation| operation.starts_with("get")), "{name}: {calls:?}");
}

#[tokio::test]
async fn what_only_the_records_tell_is_told_before_anything_is_written() {
    let scene = Scene::open().await;
    let nobody = 10_199_999;
    for name in ["updateUser", "resetPassword"] {
        let input = json!({"userId": user(nobody)});
        let mut input = input.clone();
        input[if name == "updateUser" { "phone" } else { "newPassword" }] = "555123".into();
        refuse_after_reading(&scene, name, input, &[("USER_NOT_FOUND", "input.userId")]).await;
    }
    for (by, path) in [
        (json!({"id": user(nobody)}), "input.user.id"),
        (json!({"databaseId": nobody}), "input.user.databaseId"),
    ] {
        refuse_after_reading(&scene, "deleteUser", json!({"user": by}), &[("USER_NOT_FOUND", path)]).await;
    }
    // The key of Clara's account: no user has it for a key, so nobody is deleted.
    let account = scene.of(CLARA, "accountDatabaseId").await;
    let by = json!({"user": {"databaseId": account}});
    refuse_after_reading(&scene, "deleteUser", by, &[("USER_NOT_FOUND", "input.user.databaseId")]).await;
    let differs = json!({"user": {"databaseId": CLARA}, "loginName": "ben.birch@dmn"});
    refuse_after_reading(&scene, "deleteUser", differs, &[("LOGIN_NAME_DIFFERS", "input.loginName")]).await;
    let icm = json!({"userId": user(ADA), "newPassword": "a-new-password", "newIcmPassword": "another"});
    let reason = [("ICM_PASSWORD_NOT_ALLOWED", "input.newIcmPassword")];
    refuse_after_reading(&scene, "resetPassword", icm, &reason).await;
    let icm = json!({"userId": user(ADA), "newPassword": "", "newIcmPassword": "another"});
    let reasons =
        [("PASSWORD_EMPTY", "input.newPassword"), ("ICM_PASSWORD_NOT_ALLOWED", "input.newIcmPassword")];
    refuse_after_reading(&scene, "resetPassword", icm, &reasons).await;
    let stale = json!({"userId": user(CLARA), "ifRevision": "of yesterday", "phone": "555123"});
    refuse_after_reading(&scene, "updateUser", stale, &[("STALE_USER", "input.ifRevision")]).await;
}

#[tokio::test]
async fn what_only_the_source_tells_of_a_clone_is_told_at_once() {
    let scene = Scene::open().await;
    let clone = |source: i64, more: Value| {
        let mut input = json!({
            "sourceUserId": user(source), "loginName": "new@dmn", "firstName": "New", "lastName": "User",
            "phone": "55512345",
        });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    let unknown = json!({
        "departmentId": id("Department", 999), "siteId": id("Site", 999), "billingUnitId": id("BillingUnit", 999),
    });
    let mut reasons = vec![
        ("AGENT_NUMBER_REQUIRED", "input.agentNumber"),
        ("DEPARTMENT_NOT_FOUND", "input.departmentId"),
        ("SITE_NOT_FOUND", "input.siteId"),
        ("BILLING_UNIT_NOT_FOUND", "input.billingUnitId"),
    ];
    for agent in [CLARA, BEN] {
        refuse_after_reading(&scene, "cloneUser", clone(agent, unknown.clone()), &reasons).await;
    }
    reasons[0] = ("SOURCE_USER_NOT_FOUND", "input.sourceUserId");
    refuse_after_reading(&scene, "cloneUser", clone(10_199_999, unknown), &reasons).await;
    // What is wrong in itself and what only the records tell come in one answer.
    let both = json!({"phone": "+1", "siteId": id("Site", 999), "departmentId": "nonsense"});
    let reasons = [
        ("DEPARTMENT_NOT_FOUND", "input.departmentId"),
        ("PHONE_NOT_NUMERIC", "input.phone"),
        ("INVALID_PHONE_LENGTH", "input.phone"),
        ("AGENT_NUMBER_REQUIRED", "input.agentNumber"),
        ("SITE_NOT_FOUND", "input.siteId"),
    ];
    refuse_after_reading(&scene, "cloneUser", clone(CLARA, both), &reasons).await;
    let collections = json!({"agentCollectionDatabaseIds": [1]});
    let reason = [("AGENT_COLLECTIONS_NOT_ALLOWED", "input.agentCollectionDatabaseIds")];
    refuse_after_reading(&scene, "cloneUser", clone(ADA, collections), &reason).await;
}

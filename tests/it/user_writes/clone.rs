//! `cloneUser`: the new user is like the source but for what is named, and is read back.

use std::collections::BTreeMap;

use serde_json::json;

use super::{ADA, CLARA, Scene, fine_input, id, told, user};

#[tokio::test]
async fn a_clone_is_like_its_source_but_for_what_is_named() {
    let scene = Scene::open().await;
    let source = scene.record(CLARA);
    scene.house.calls();
    let shown = "user { loginName displayName phone email sourceDatabaseId department { databaseId }
        site { databaseId } roleGroup { databaseId } userType agent { agentNumber enterpriseName } }";
    let payload = scene.mutation("cloneUser", shown, fine_input("cloneUser")).await;
    assert_eq!(told(&payload), []);
    let expected = json!({
        "loginName": "clara.second@dmn", "displayName": "Clara Second", "phone": "5550001", "email": null,
        "sourceDatabaseId": CLARA, "department": {"databaseId": source.id_program_department.map(|it| it.0)},
        "site": {"databaseId": source.id_program_site.map(|it| it.0)},
        "roleGroup": {"databaseId": source.id_program_group.map(|it| it.0)}, "userType": "AGENT",
        // Made up by the portal, so it was read back.
        "agent": {"agentNumber": "81003", "enterpriseName": "Clara_Second_81003"},
    });
    assert_eq!(payload["user"], expected);
    let calls = scene.house.calls();
    assert_eq!((calls["getUserByIdProgram"], calls["cloneUser"]), (2, 1), "{calls:?}");
    assert_eq!(calls.get("getUsers"), None, "the reply tells the new id: {calls:?}");
}

#[tokio::test]
async fn what_is_named_is_sent_with_its_names_and_the_rest_is_not() {
    let scene = Scene::open().await;
    let names =
        scene.client.data("{ departments { id name } sites { id name } billingUnits { id name } }").await;
    let (department, site, unit) = (&names["departments"][2], &names["sites"][1], &names["billingUnits"][1]);
    let ben = scene.record(super::BEN);
    let options =
        "cloneOptions { selectedUserCollections { databaseId } selectedAgentCollections { databaseId } }";
    let options =
        scene.client.data(&format!("{{ user(by: {{databaseId: {CLARA}}}) {{ {options} }} }}")).await;
    let options = &options["user"]["cloneOptions"];
    let collections = ["selectedUserCollections", "selectedAgentCollections"].map(|kind| {
        let joined = options[kind].as_array().unwrap().iter();
        joined.map(|collection| collection["databaseId"].clone()).collect::<Vec<_>>()
    });
    assert!(collections.iter().all(|keys| !keys.is_empty()), "{options}");
    let mut input = fine_input("cloneUser");
    for (name, value) in [
        ("departmentId", department["id"].clone()),
        ("siteId", site["id"].clone()),
        ("billingUnitId", unit["id"].clone()),
        ("usesStandardRoleGroup", json!(true)),
        ("teamId", json!(id("AgentTeam", ben.agent_team_id.unwrap().0))),
        ("profileId", json!(id("AgentProfile", ben.id_profile.unwrap().0))),
        ("deskSettingsId", json!(id("AgentDeskSettings", ben.agent_desk_settings_id.unwrap().0))),
        ("userType", json!("SUPERVISOR")),
        ("email", json!("second@dmn.example")),
        ("password", json!("first-password")),
        ("agentEnterpriseName", json!("Clara.2")),
        ("agentDescription", json!("The second")),
        ("usesSingleSignOn", json!(false)),
        ("reusesDirectoryUser", json!(false)),
        ("reusesAgentNumber", json!(false)),
        ("skipsVoicemailUser", json!(true)),
        ("userCollectionDatabaseIds", json!(collections[0])),
        ("agentCollectionDatabaseIds", json!(collections[1])),
    ] {
        input[name] = value;
    }
    scene.house.calls();
    let shown = "user { userType department { name } agent { description team { id } } }";
    let payload = scene.mutation("cloneUser", shown, input.clone()).await;
    assert_eq!(told(&payload), []);
    assert_eq!(payload["user"]["userType"], "SUPERVISOR");
    assert_eq!(payload["user"]["department"]["name"], department["name"]);
    assert_eq!(payload["user"]["agent"]["team"]["id"], input["teamId"]);
    let [mut body] = scene.bodies("cloneUser").try_into().unwrap();
    let clara = scene.record(CLARA);
    let expected = json!({
        "srcIdUser": clara.id_user.map(|id| id.0), "srcUserName": clara.login_nm, "programPrefix": "dmn",
        "cloneUserLoginNm": "clara.second@dmn", "cloneUserFirstNm": "Clara", "cloneUserLastNm": "Second",
        "cloneUserPhoneNumber": "5550001", "cloneUserEmail": "second@dmn.example", "cloneUserTypeCode": "S",
        "cloneUserAgentId": "81003", "cloneAgentEnterpriseName": "Clara.2", "cloneAgentDescription": "The second",
        "cloneUserAgentTeamID": ben.agent_team_id.map(|it| it.0),
        "cloneUserIdAgentDeskSettings": ben.agent_desk_settings_id.map(|it| it.0),
        "cloneUserIdProfile": ben.id_profile.map(|it| it.0),
        "cloneUserProgramDepartmentNm": department["name"], "cloneUserProgramSiteNm": site["name"],
        "cloneUserPassword": "(hidden)", "cloneUserProgramBillUnitNm": unit["name"], "cloneUserIdProgramGroup": -1, "ssoEnabledUser": false,
        "reUseADUser": false, "reUseAgentId": false, "skipUnityUser": true,
        "selectedUserCollectionIds": collections[0], "selectedAgentCollectionIds": collections[1],
    });
    let fields = body.as_object_mut().unwrap();
    for key in ["cloneUserIdProgramDepartment", "cloneUserIdProgramSite", "cloneUserIdProgramBillUnit"] {
        assert!(fields.remove(key).unwrap().is_i64(), "{key}");
    }
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_clone_of_somebody_who_is_no_agent_needs_no_number() {
    let scene = Scene::open().await;
    let input = json!({
        "sourceUserId": user(ADA), "loginName": "ada.second@dmn", "firstName": "Ada", "lastName": "Second",
        "phone": "5550002",
    });
    let payload = scene.mutation("cloneUser", "user { userType agent { id } }", input.clone()).await;
    assert_eq!(payload["user"], json!({"userType": "NON_CONTACT_CENTER", "agent": null}), "{payload}");
    scene.house.calls();
    let payload = scene.mutation("cloneUser", "user { id }", input).await;
    let taken = payload["userErrors"][0]["code"].as_str().unwrap();
    assert!(["LOGIN_NAME_TAKEN", "NAME_TAKEN"].contains(&taken), "{payload}");
    assert_eq!(scene.house.calls(), BTreeMap::from([("cloneUser", 1), ("getUserByIdProgram", 1)]));
}

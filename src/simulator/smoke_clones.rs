//! New users on the model of others, through the client.

use super::smoke::sign_in;
use super::smoke_writes::{Desk, id, text};
use super::{DEMO_LOGIN, DEMO_PASSWORD};
use crate::portal::user::{CloneUser, DeleteUser, User};
use crate::portal::{
    AccessCollectionId, AccountId, AgentDeskSettingsId, AgentTeamId, RoleGroupId, SiteId, UserId,
};
use crate::upstream::Secret;

/// A colleague of David Dogwood.
fn clone(desk: &Desk) -> CloneUser {
    CloneUser {
        src_id_user: desk.user(4).id_user,
        program_prefix: text("dmn"),
        clone_user_login_nm: text("gabriel.gorse"),
        clone_user_first_nm: text("Gabriel"),
        clone_user_last_nm: text("Gorse"),
        clone_user_phone_number: text("5550001"),
        clone_user_email: text("gabriel@dmn.example"),
        clone_user_password: Some(Secret::new("fresh")),
        clone_user_agent_id: text("80100"),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_clone_is_as_its_source_but_for_what_is_its_own() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let source = desk.user(4);
    let chosen = desk.tenant(|tenant| tenant.access_collections[0].collection.id_program_collection);
    let ask = CloneUser { selected_user_collection_ids: chosen.into_iter().collect(), ..clone(&desk) };
    let reply = desk.done(ask).await.basic_user_agent_info.expect("the new user");
    let new = desk.user(26);
    assert_eq!(reply.id_program_user, Some(id(26)));
    assert_eq!(new.login_nm.as_deref(), Some("gabriel.gorse@dmn"));
    assert_eq!((new.agent_number().as_deref(), new.agent_id.as_deref()), (Some("80100"), Some("10150026")));
    assert_eq!(new.agent_enterprise_name.as_deref(), Some("Gabriel_Gorse_80100"));
    assert_ne!(new.id_user, source.id_user);
    let place = |user: &User| {
        (user.agent_team_id, user.id_program_department, user.id_program_site, user.id_program_bill_unit)
    };
    assert_eq!(place(&new), place(&source));
    let setup =
        |user: &User| (user.id_program_group, user.id_profile, user.agent_desk_settings_id, user.platform_id);
    assert_eq!(setup(&new), setup(&source));
    assert_eq!((new.source_id_program_user, new.total_assigned_skills), (Some(id(4)), Some(2)));
    desk.tenant(|tenant| {
        let (new, source) = (&tenant.agents[&id(26)], &tenant.agents[&id(4)]);
        assert_eq!((&new.skill_groups, &new.attributes), (&source.skill_groups, &source.attributes));
        assert!(tenant.access_groups[0].members.contains(&id(26)));
        assert!(tenant.access_collections[0].members.contains(&id(26)));
        assert!(!tenant.access_collections[1].members.contains(&id(26)), "only those that were chosen");
    });
    sign_in(&desk.portal, ("gabriel.gorse@dmn", "fresh")).await;
}

#[tokio::test]
async fn a_clone_can_be_placed_elsewhere() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let ask = CloneUser {
        src_id_user: None,
        src_user_name: desk.user(4).login_nm.clone().map(String::from),
        clone_user_login_nm: text("desktop@dmn"),
        clone_user_agent_id: desk.user(5).agent_number(),
        clone_user_program_department_nm: text("Service"),
        clone_user_agent_team_id: desk.user(11).agent_team_id,
        clone_user_id_program_group: Some(RoleGroupId(-1)),
        re_use_ad_user: Some(true),
        re_use_agent_id: Some(true),
        ..clone(&desk)
    };
    desk.done(ask).await;
    let new = desk.user(26);
    assert_eq!(new.id_program_department, desk.user(11).id_program_department);
    assert_eq!(new.agent_team_nm, desk.user(11).agent_team_nm);
    assert_eq!(new.id_program_group, Some(RoleGroupId(1_010_400)));
    assert_eq!(desk.user(5).peripheral_number, None, "the number is the new user's now");
    desk.done(DeleteUser { search_id: Some(id(26)), ..Default::default() }).await;
    let outside = CloneUser { src_id_user: desk.user(1).id_user, clone_user_agent_id: None, ..clone(&desk) };
    desk.done(outside).await;
    assert_eq!(desk.user(27).login_nm.as_deref(), Some("gabriel.gorse@dmn"), "no id is given twice");
    assert!(desk.tenant(|tenant| !tenant.agents.contains_key(&id(27))));
}

#[tokio::test]
async fn a_clone_is_refused_for_what_is_wrong_with_it() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let wrong = |change: &dyn Fn(&mut CloneUser)| {
        let mut ask = clone(&desk);
        change(&mut ask);
        ask
    };
    let taken = desk.user(5);
    for (ask, rest) in [
        (wrong(&|ask| ask.src_id_user = Some(AccountId(1))), "_INVALID_ID_USER"),
        (wrong(&|ask| ask.src_id_user = None), "_INVALID_ID_USER"),
        (wrong(&|ask| ask.src_user_name = text("no@dmn")), "_INVALID_SOURCE_USER_NAME"),
        (wrong(&|ask| ask.clone_user_login_nm = None), "_INVALID_CLONED_USER_LOGIN_NM"),
        (wrong(&|ask| ask.clone_user_login_nm = text("a b@dmn")), "_INVALID_CLONED_USER_LOGIN_NM"),
        (
            wrong(&|ask| ask.clone_user_login_nm = taken.login_nm.clone().map(String::from)),
            "_USER_LOGIN_NM_ALREADY_EXISTS",
        ),
        (wrong(&|ask| ask.clone_user_login_nm = text("desktop")), "_USER_LOGIN_NM_ALREADY_EXISTS_IN_AD"),
        (wrong(&|ask| ask.clone_user_first_nm = None), "_INVALID_CLONED_USER_FIRST_NM"),
        (wrong(&|ask| ask.clone_user_last_nm = text("Go rse")), "_INVALID_CLONED_USER_LAST_NM"),
        (
            wrong(&|ask| (ask.clone_user_first_nm, ask.clone_user_last_nm) = (None, None)),
            "_INVALID_CLONED_USER_FIRST_NM_LAST_NM",
        ),
        (
            wrong(&|ask| {
                ask.clone_user_first_nm = taken.first_nm.clone().map(String::from);
                ask.clone_user_last_nm = taken.last_nm.clone().map(String::from);
            }),
            "_USER_FIRST_AND_LAST_ALREADY_EXISTS",
        ),
        (wrong(&|ask| ask.clone_user_phone_number = None), "_INVALID_CLONED_USER_PHONE_NUM"),
        (wrong(&|ask| ask.clone_user_phone_number = text("555-1234")), "_ONLY_NUMBERS_ALLOWED_PHONE_NUM"),
        (wrong(&|ask| ask.clone_user_email = text("nowhere")), "_INVALID_CLONE_USER_EMAIL"),
        (wrong(&|ask| ask.clone_user_type_code = text("X")), "_USER_TYPE_NOT_FOUND"),
        (wrong(&|ask| ask.clone_user_agent_id = None), "_AGENT_ID_NOT_PROVIDED"),
        (wrong(&|ask| ask.clone_user_agent_id = taken.agent_number()), "_AGENT_ID_ALREADY_IN_USE"),
        (wrong(&|ask| ask.clone_user_agent_id = text("x")), "_TO_SETUP_AGENT_OR_SUPERVISOR_IN_ICM"),
        (wrong(&|ask| ask.clone_agent_enterprise_name = text("a b")), "_INVALID_CLONED_AGENT_ENTERPRISE_NM"),
        (wrong(&|ask| ask.clone_user_agent_team_id = Some(AgentTeamId(1))), "_TO_CLONE_AGENT_TEAM"),
        (
            wrong(&|ask| ask.clone_user_id_agent_desk_settings = Some(AgentDeskSettingsId(1))),
            "_TO_CLONE_AGENT_DESK_SETTINGS",
        ),
        (wrong(&|ask| ask.clone_user_id_program_group = Some(RoleGroupId(1))), "_TO_CLONE_USER_GROUPS"),
        (wrong(&|ask| ask.clone_user_id_program_site = Some(SiteId(1))), ""),
        (wrong(&|ask| ask.clone_user_program_site_nm = text("Nowhere")), ""),
        (wrong(&|ask| ask.program_prefix = text("dms")), ""),
        (wrong(&|ask| ask.selected_agent_collection_ids = vec![AccessCollectionId(1)]), ""),
    ] {
        assert_eq!(desk.refused(ask).await, format!("CLONE_USER_FAILED{rest}"));
    }
    let from_outside = wrong(&|ask| {
        ask.src_id_user = desk.user(1).id_user;
        ask.clone_user_type_code = text("A");
    });
    assert_eq!(desk.refused(from_outside).await, "CLONE_USER_FAILED_INCORRECT_AGENT_ASSOCIATION");
    assert_eq!(desk.tenant(|tenant| tenant.users.len()), 25);
    assert_eq!(desk.tenant(|tenant| tenant.last_user), UserId(0));
}

#[tokio::test]
async fn nobody_clones_a_user_he_does_not_see() {
    let desk = Desk::of(("billing@dmn", DEMO_PASSWORD)).await;
    assert_eq!(desk.refused(clone(&desk)).await, "CLONE_USER_FAILED_INVALID_ID_USER");
    let ask = CloneUser { src_id_user: desk.user(19).id_user, ..clone(&desk) };
    desk.done(ask).await;
    assert_eq!(desk.user(26).id_program_department, desk.user(19).id_program_department);
}

//! Writes of users through the client: replaced, switched, deleted, and every refusal that the input alone can bring.

use std::sync::Arc;

use serde_json::json;

use super::smoke::{login, sign_in};
use super::smoke_writes::{Desk, id, text};
use super::{DEMO_LOGIN, DEMO_PASSWORD};
use crate::portal::user::{
    DeleteUser, EnableDisableUserInICM, EnableDisableUserInPortal, SetUserStatus, UpdateUser, User,
};
use crate::portal::{AgentTeamId, DepartmentId, PlatformId, PortalError, RoleGroupId, SiteId, Text, UserId};

fn update(user: User) -> UpdateUser {
    UpdateUser { basic_user_info: Some(Arc::new(user)), ..Default::default() }
}

#[tokio::test]
async fn what_is_sent_replaces_what_was_there() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let before = desk.user(3);
    desk.done(update(before.editable(true))).await;
    assert_eq!(desk.user(3), before, "what was read can be sent back");
    let mut changed = before.editable(false);
    changed.first_nm = text("Claire");
    changed.email = None;
    changed.agent_team_id = desk.user(2).agent_team_id;
    changed.agent_id = text("80333");
    changed.id_program_group = Some(RoleGroupId(1_010_401));
    changed.rest.insert("favouriteColour".to_owned(), json!("teal"));
    let reply = desk.done(update(changed)).await.basic_user_info.expect("the user");
    let after = desk.user(3);
    assert_eq!((after.first_nm.as_deref(), &after.email), (Some("Claire"), &None));
    assert_eq!(after.agent_number().as_deref(), Some("80333"));
    assert_eq!((&after.agent_id, after.id_user), (&before.agent_id, before.id_user));
    assert_eq!(after.rest.keys().collect::<Vec<_>>(), ["favouriteColour"]);
    assert_eq!(reply.agent_id.as_deref(), Some("80333"));
    let counted = desk.tenant(|tenant| tenant.role_groups[1].total_assigned_users);
    assert_eq!(counted, Some(2));
}

#[tokio::test]
async fn an_update_is_refused_for_what_is_wrong_with_it() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let right = desk.user(3).editable(true);
    let other = desk.user(4);
    let wrong = |change: &dyn Fn(&mut User)| {
        let mut user = right.clone();
        change(&mut user);
        update(user)
    };
    for (ask, rest) in [
        (wrong(&|user| user.id_program_user = Some(UserId(1))), "_ID_PROGRAM_USER_NOT_FOUND"),
        (wrong(&|user| user.id_program_user = None), "_ID_PROGRAM_USER_NOT_FOUND"),
        (wrong(&|user| user.first_nm = None), "_FIRST_NM_REQUIRED"),
        (wrong(&|user| user.last_nm = None), "_LAST_NM_REQUIRED"),
        (wrong(&|user| user.first_nm = text("Clara Maria")), "_INVALID_FIRST_NM"),
        (wrong(&|user| user.last_nm = text("Ce<dar")), "_INVALID_LAST_NM"),
        (wrong(&|user| user.login_nm = None), "_INVALID_LOGIN_NM"),
        (wrong(&|user| user.login_nm = text("clara.cedar@xyz")), "_INVALID_LOGIN_NM"),
        (wrong(&|user| user.login_nm = other.login_nm.clone()), "_USER_LOGIN_NM_ALREADY_EXISTS"),
        (
            wrong(&|user| (user.first_nm, user.last_nm) = (other.first_nm.clone(), other.last_nm.clone())),
            "_USER_FIRST_AND_LAST_ALREADY_EXISTS",
        ),
        (wrong(&|user| user.phone = text("1234")), "_PHONE_LENGTH_ERROR"),
        (wrong(&|user| user.phone = text("1234567890123456")), "_PHONE_LENGTH_ERROR"),
        (wrong(&|user| user.phone = text("+49 555")), "_PHONE_ONLY_NUMBERS_ALLOWED"),
        (wrong(&|user| user.id_program_site = None), ""),
        (wrong(&|user| user.id_program_site = Some(SiteId(0))), ""),
        (wrong(&|user| user.id_program_department = Some(DepartmentId(1))), ""),
        (wrong(&|user| user.agent_team_id = Some(AgentTeamId(1))), ""),
        (wrong(&|user| user.user_type_code = text("X")), "_REQUESTED_USER_TYPE_NOT_FOUND"),
        (wrong(&|user| user.platform_id = None), "_PLATFORM_ID_NOT_PROVIDED"),
        (wrong(&|user| user.platform_id = Some(PlatformId(1))), "_PLATFORM_CANNOT_BE_CHANGED"),
        (wrong(&|user| user.user_type_code = text("NC")), "_PLATFORM_SHOULD_BE_NULL"),
        (wrong(&|user| user.agent_id = None), "_INVALID_AGENT_ID"),
        (wrong(&|user| user.agent_id = text("12a")), "_INVALID_AGENT_ID"),
        (wrong(&|user| user.agent_id = other.agent_number().map(Text::from)), "_AGENT_ID_ALREADY_IN_USE"),
        (wrong(&|user| user.agent_skill_target_id = Some(1)), "_AGENT_SUPERVISOR_NOT_FOUND"),
        (wrong(&|user| user.agent_enterprise_name = text(".Clara")), "_INVALID_ENTERPRISE_NM"),
    ] {
        assert_eq!(desk.refused(ask).await, format!("UPDATE_USER_FAILED{rest}"));
    }
    assert_eq!(desk.refused(UpdateUser::default()).await, "UPDATE_USER_FAILED");
    let mut outside = desk.user(1).editable(true);
    outside.platform_id = right.platform_id;
    assert_eq!(desk.refused(update(outside)).await, "UPDATE_USER_FAILED_PLATFORM_SHOULD_BE_NULL");
    let taken = wrong(&|user| user.agent_id = other.agent_number().map(Text::from));
    desk.done(UpdateUser { reuse_agent_id: Some(true), ..taken }).await;
    assert_eq!(
        (desk.user(3).peripheral_number.clone(), &desk.user(4).peripheral_number),
        (other.agent_number().map(Text::from), &None)
    );
}

#[tokio::test]
async fn a_switch_is_read_under_its_exact_name() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let on = |number| SetUserStatus {
        enabled: Some(true),
        id_program_user: Some(id(number)),
        ..Default::default()
    };
    desk.done(on(23)).await;
    assert_eq!((desk.user(23).status, desk.user(23).icm_status), (Some(true), Some(true)));
    assert_eq!(desk.user(23).contact_center_user_status_nm.as_deref(), Some("Active"));
    desk.simulator.settings(|settings| "active".clone_into(&mut settings.status_field));
    assert_eq!(desk.refused(on(23)).await, "no refusal", "strict: the name is not known");
    assert_eq!(desk.user(23).status, Some(true));
    desk.simulator.settings(|settings| settings.strict = false);
    desk.done(on(23)).await;
    assert_eq!(desk.user(23).status, Some(false), "a flag under another name is missing, and so false");
    desk.simulator.settings(|settings| settings.strict = true);
    let mut settings = desk.portal.settings().clone();
    "active".clone_into(&mut settings.dialect.status_field);
    let portal = crate::portal::Portal::new(settings).expect("a client");
    portal.call(&on(23), Some(&desk.credentials)).await.expect("the name is right");
    assert_eq!(desk.user(23).status, Some(true));
    for (ask, constant) in [
        (SetUserStatus::default(), "SET_USER_STATUS_FAILED"),
        (SetUserStatus { id_program_user: Some(UserId(1)), ..Default::default() }, "SET_USER_STATUS_FAILED"),
        (SetUserStatus { login_nm: text("no@dmn"), ..on(3) }, "SET_USER_STATUS_FAILED_INVALID_LOGIN_NM"),
        (
            SetUserStatus { login_nm: desk.user(4).login_nm.clone().map(String::from), ..on(3) },
            "SET_USER_STATUS_FAILED",
        ),
    ] {
        desk.simulator.settings(|settings| "enabled".clone_into(&mut settings.status_field));
        assert_eq!(desk.refused(ask).await, constant);
    }
}

#[tokio::test]
async fn icm_and_the_portal_are_switched_apart() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let off =
        EnableDisableUserInICM { enabled: Some(false), id_user: desk.user(13).id_user, ..Default::default() };
    desk.done(off.clone()).await;
    assert_eq!((desk.user(13).status, desk.user(13).icm_status), (Some(true), Some(false)));
    let outside = EnableDisableUserInICM { id_user: desk.user(1).id_user, ..off };
    assert_eq!(desk.refused(outside).await, "ENABLE_DISABLE_USER_IN_IMC_FAILED");
    let portal = |enabled| EnableDisableUserInPortal {
        enabled: Some(enabled),
        id_program_user: Some(id(13)),
        ..Default::default()
    };
    desk.done(portal(false)).await;
    assert_eq!(desk.user(13).status, Some(true));
    let refused = desk.portal.call(&login("single@dmn", DEMO_PASSWORD), None).await.err();
    let Some(PortalError::Refused { code_message: Some(constant), .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(&*constant, "LOGIN_NOT_ENABLED_FOR_USER");
    desk.done(portal(true)).await;
    sign_in(&desk.portal, ("single@dmn", DEMO_PASSWORD)).await;
    let nobody = EnableDisableUserInPortal::default();
    assert_eq!(desk.refused(nobody).await, "ENABLE_DISABLE_USER_IN_PORTAL_FAILED");
}

#[tokio::test]
async fn a_deleted_user_is_nowhere() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let before = desk.tenant(|tenant| tenant.precision_queues[0].agent_count);
    let supervisor = DeleteUser { search_id: Some(id(2)), ..Default::default() };
    desk.done(supervisor.clone()).await;
    let gone = desk.tenant(|tenant| {
        let in_access = tenant.access_groups.iter().any(|row| row.members.contains(&id(2)))
            || tenant.access_collections.iter().any(|row| row.members.contains(&id(2)));
        !in_access && !tenant.users.contains_key(&id(2)) && !tenant.agents.contains_key(&id(2))
    });
    assert!(gone);
    assert_eq!(desk.user(3).pri_supervisor_skill_target_id, None);
    let after = desk.tenant(|tenant| tenant.precision_queues[0].agent_count);
    assert_eq!(after, before.map(|before| before - 1));
    assert_eq!(desk.refused(supervisor).await, "DELETE_USER_FAILED");
    desk.done(DeleteUser { search_id: Some(id(13)), ..Default::default() }).await;
    assert!(desk.simulator.world(|world| world.login("single@dmn").is_none()));
    desk.done(DeleteUser { search_id: Some(id(1)), ..Default::default() }).await;
    let own = DeleteUser { search_id: Some(id(3)), ..Default::default() };
    let ended = desk.portal.call(&own, Some(&desk.credentials)).await.err();
    assert!(matches!(ended, Some(PortalError::SessionEnded { .. })), "who is deleted does nothing more");
}

#[tokio::test]
async fn nobody_changes_a_user_of_another_department() {
    let desk = Desk::of(("billing@dmn", DEMO_PASSWORD)).await;
    let hidden = desk.user(3).editable(true);
    assert_eq!(desk.refused(update(hidden)).await, "UPDATE_USER_FAILED_ID_PROGRAM_USER_NOT_FOUND");
    let delete = DeleteUser { search_id: Some(id(3)), ..Default::default() };
    assert_eq!(desk.refused(delete).await, "DELETE_USER_FAILED");
    let off = SetUserStatus { enabled: Some(false), id_program_user: Some(id(3)), ..Default::default() };
    assert_eq!(desk.refused(off).await, "SET_USER_STATUS_FAILED");
    let mut own = desk.user(19).editable(true);
    own.id_program_department = desk.user(3).id_program_department;
    assert_eq!(desk.refused(update(own)).await, "UPDATE_USER_FAILED", "nor puts one where he sees none");
    desk.done(update(desk.user(19).editable(true))).await;
}

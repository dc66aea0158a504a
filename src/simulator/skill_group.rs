//! Skill groups: getSkillGroups, getSkillsForAgent.

use std::sync::Arc;

use super::listing::{contains, listing};
use super::routes::Answered;
use super::view::View;
use super::world::Thing;
use crate::portal::Text;
use crate::portal::skill_group::{
    GetSkillGroups, GetSkillGroupsReply, GetSkillsForAgent, GetSkillsForAgentReply, SkillGroup,
};
use crate::portal::user::User;

/// What reserves a skill group.
pub(super) fn thing(group: &SkillGroup) -> Option<Thing> {
    group.skill_target_id.map(Thing::SkillGroup)
}

pub(super) fn all(view: &View<'_>, ask: &GetSkillGroups) -> GetSkillGroupsReply {
    let text = |wanted: &Option<String>, text: &Option<Text>| {
        wanted.as_ref().is_none_or(|wanted| contains(&[text.as_deref()], wanted))
    };
    let mut rows = view.rows(&view.tenant.skill_groups, thing);
    rows.retain(|group| {
        (ask.skill_target_id.is_none() || group.skill_target_id == ask.skill_target_id)
            && (ask.peripheral_id.is_none() || group.peripheral_id == ask.peripheral_id)
            && text(&ask.peripheral_name, &group.peripheral_name)
            && text(&ask.description, &group.description)
            && text(&ask.enterprise_name, &group.enterprise_name)
            && text(&ask.transfer_number, &group.transfer_number)
    });
    let (rows, paging_info) = listing!(ask).page(rows);
    let reply = GetSkillGroupsReply { paging_info, ..GetSkillGroupsReply::default() };
    if ask.get_base_object_info_only == Some(true) {
        let rows = rows.iter().map(|group| Arc::new(basic(group))).collect();
        GetSkillGroupsReply { basic_skill_group_list: rows, ..reply }
    } else {
        GetSkillGroupsReply { skill_group_list: rows, ..reply }
    }
}

pub(super) fn for_agent(view: &View<'_>, ask: &GetSkillsForAgent) -> Answered<GetSkillsForAgentReply> {
    let user = user(view, ask).ok_or("GET_SKILLS_FOR_AGENT_FAILED")?;
    let work = user.id_program_user.and_then(|id| view.tenant.agents.get(&id));
    let assigned = ask.assigned.unwrap_or_default();
    let mut rows = view.rows(&view.tenant.skill_groups, thing);
    rows.retain(|group| {
        // Who is no agent is in no skill group and can be put in none.
        work.zip(group.skill_target_id).is_some_and(|(work, id)| work.skill_groups.contains(&id) == assigned)
            && (assigned || group.peripheral_id == user.platform_id)
            && is_found(group, ask)
    });
    let (rows, paging_info) = listing!(ask).page(rows);
    let form = if ask.get_base_object_info_only == Some(true) { basic } else { SkillGroup::clone };
    let ticked = |group: &Arc<SkillGroup>| Arc::new(SkillGroup { checked: Some(assigned), ..form(group) });
    let rows = rows.iter().map(ticked).collect();
    let reply = GetSkillsForAgentReply { paging_info, ..GetSkillsForAgentReply::default() };
    Ok(if ask.get_base_object_info_only == Some(true) {
        GetSkillsForAgentReply { basic_skill_group_list: rows, ..reply }
    } else {
        GetSkillsForAgentReply { skill_group_list: rows, ..reply }
    })
}

/// The user asked about, by program user id or by the agent's skill target id.
fn user<'a>(view: &View<'a>, ask: &GetSkillsForAgent) -> Option<&'a Arc<User>> {
    let user = match (ask.id_program_user, ask.skill_target_id.map(|id| id.to_string())) {
        (Some(id), _) => view.user(id)?,
        (None, target) => {
            view.users().find(|user| target.is_some() && user.agent_id.as_deref() == target.as_deref())?
        }
    };
    (ask.platform_id.is_none() || ask.platform_id == user.platform_id).then_some(user)
}

fn is_found(group: &SkillGroup, ask: &GetSkillsForAgent) -> bool {
    let (Some(true), Some(term)) = (ask.searching, &ask.search_term) else { return true };
    contains(&[group.skill_name.as_deref(), group.description.as_deref()], term)
}

/// The basic form leaves out what the guide lists for the full form alone.
pub(super) fn basic(group: &SkillGroup) -> SkillGroup {
    SkillGroup {
        id_source_system_id: None,
        id_program: None,
        peripheral_number: None,
        description: None,
        service_level_threshold: None,
        original_id: None,
        transfer_number: None,
        uwf_skill_id: None,
        skill_type: None,
        ..group.clone()
    }
}

//! Changing skill groups and who is in them: saveSkillGroup, saveSkillsToAgent, saveAgentsToSkill.

use std::sync::Arc;

use super::edit::Edit;
use super::routes::Answered;
use super::skill_group::{basic, thing};
use super::world::Thing;
use crate::config::AgentIdKind;
use crate::portal::skill_group::{
    SaveAgentsToSkill, SaveAgentsToSkillReply, SaveSkillGroup, SaveSkillGroupReply, SaveSkillsToAgent,
    SkillGroup,
};
use crate::portal::{Envelope, PlatformId, SkillGroupId, Text, UserId};

/// What the contact centre says to an assignment across platforms.
const ICM_REFUSES: &str = "CONAPI_ERROR_UNABLE_TO_UPDATE_ICM";

/// The name, description and threshold are replaced; without a description there is none any more.
pub(super) fn save(edit: &mut Edit<'_>, ask: &SaveSkillGroup) -> Answered<SaveSkillGroupReply> {
    let id = ask.skill_group_skill_target_id.ok_or("BAD_REQUEST_SKILL_GROUP_ID_REQUIRED")?;
    let name = ask.skill_group_peripheral_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or("BAD_REQUEST_SKILL_GROUP_NAME_REQUIRED")?;
    let platform = ask.peripheral_id.ok_or("BAD_REQUEST_PERIPHERAL_ID_REQUIRED")?;
    let threshold = ask.service_level_threshold.ok_or("BAD_REQUEST_SERVICE_THRESHOLD_LEVEL_REQUIRED")?;
    let place = place(edit, id, Some(platform)).ok_or("SKILL_GROUP_NOT_FOUND_ERROR")?;
    let namesake = |group: &Arc<SkillGroup>| {
        group.skill_target_id != Some(id)
            && group.peripheral_id == Some(platform)
            && group.skill_name.as_ref().is_some_and(|taken| taken.eq_ignore_ascii_case(name))
    };
    if edit.tenant.skill_groups.iter().any(namesake) {
        return Err("SKILL_GROUPS_ALREADY_EXISTS_ERROR");
    }
    let current = SaveSkillGroup {
        skill_group_description: edit.tenant.skill_groups[place].description.clone().map(String::from),
        ..SaveSkillGroup::default()
    };
    let ask = &edit.merged(&current, ask, edit.body).ok_or("SAVE_SKILL_GROUP_FAILED")?;
    let group = Arc::make_mut(&mut edit.tenant.skill_groups[place]);
    // Where the peripheral name is the platform's, as in the guide's list, the group's own name is another field.
    if group.peripheral_name == group.skill_name {
        group.peripheral_name = Some(name.into());
    }
    group.skill_name = Some(name.into());
    group.description = ask.skill_group_description.as_deref().map(Text::from);
    group.service_level_threshold = Some(threshold);
    let skill_group_info = Some(Arc::clone(&edit.tenant.skill_groups[place]));
    Ok(SaveSkillGroupReply { skill_group_info, ..SaveSkillGroupReply::default() })
}

pub(super) fn save_of_agent(edit: &mut Edit<'_>, ask: &SaveSkillsToAgent) -> Answered<Envelope> {
    const FAILED: &str = "SAVE_SKILLS_TO_AGENT_FAILED";
    if ask.agent_id_program_user.is_none() && ask.agent_skill_target_id.is_none() {
        return Err("BAD_REQUEST_AGENT_ID_REQD");
    }
    let agent = named_agent(edit, ask).ok_or(FAILED)?;
    let platform = edit.user(Some(agent)).and_then(|user| user.platform_id);
    if ask.peripheral_id.is_some() && ask.peripheral_id != platform {
        return Err(FAILED);
    }
    let (added, removed) =
        (&ask.added_skill_group_skill_target_ids, &ask.removed_skill_group_skill_target_ids);
    for id in added.iter().chain(removed) {
        place(edit, *id, None).ok_or(FAILED)?;
    }
    for id in added {
        place(edit, *id, platform).ok_or(ICM_REFUSES)?;
    }
    let work = edit.work(agent).ok_or(FAILED)?;
    work.skill_groups.extend(added);
    work.skill_groups.retain(|id| !removed.contains(id));
    edit.tenant.recount_skills();
    Ok(Envelope::default())
}

pub(super) fn save_agents(edit: &mut Edit<'_>, ask: &SaveAgentsToSkill) -> Answered<SaveAgentsToSkillReply> {
    const FAILED: &str = "SAVE_SKILL_GROUP_FAILED";
    let id = ask.skill_group_skill_target_id.ok_or("BAD_REQUEST_SKILL_GROUP_ID_REQUIRED")?;
    let platform = ask.peripheral_id.ok_or("BAD_REQUEST_PERIPHERAL_ID_REQUIRED")?;
    let place = place(edit, id, Some(platform)).ok_or(FAILED)?;
    let kind = edit.settings.skill_group_agent_id;
    let agents = |edit: &Edit<'_>, numbers: &[i64]| -> Answered<Vec<UserId>> {
        let found = numbers.iter().map(|number| edit.agent(kind, &number.to_string(), Some(platform)));
        found.collect::<Option<_>>().ok_or(FAILED)
    };
    let (added, removed) = (agents(edit, &ask.added_agent_ids)?, agents(edit, &ask.removed_agent_ids)?);
    let elsewhere =
        |agent: &UserId| edit.user(Some(*agent)).is_none_or(|user| user.platform_id != Some(platform));
    if added.iter().any(elsewhere) {
        return Err(ICM_REFUSES);
    }
    for agent in added {
        if let Some(work) = edit.work(agent) {
            work.skill_groups.insert(id);
        }
    }
    for agent in removed {
        if let Some(work) = edit.work(agent) {
            work.skill_groups.remove(&id);
        }
    }
    edit.tenant.recount_skills();
    let basic_skill_group_info = Some(Arc::new(basic(&edit.tenant.skill_groups[place])));
    Ok(SaveAgentsToSkillReply { basic_skill_group_info, ..SaveAgentsToSkillReply::default() })
}

/// The agent named by either of the two ids, or by both if they agree.
fn named_agent(edit: &Edit<'_>, ask: &SaveSkillsToAgent) -> Option<UserId> {
    let by = |kind: AgentIdKind, number: Option<i64>| {
        number.map(|number| edit.agent(kind, &number.to_string(), None))
    };
    let by_user = by(AgentIdKind::ProgramUserId, ask.agent_id_program_user.map(|id| id.0));
    let by_target = by(AgentIdKind::SkillTargetId, ask.agent_skill_target_id);
    match (by_user, by_target) {
        (Some(user), Some(target)) if user != target => None,
        (user, target) => user.or(target)?,
    }
}

/// Where a skill group is that may be seen, and is on the platform if one is given.
fn place(edit: &Edit<'_>, id: SkillGroupId, platform: Option<PlatformId>) -> Option<usize> {
    let fits = |group: &Arc<SkillGroup>| {
        thing(group) == Some(Thing::SkillGroup(id))
            && edit.sees(Thing::SkillGroup(id))
            && (platform.is_none() || group.peripheral_id == platform)
    };
    edit.tenant.skill_groups.iter().position(fits)
}

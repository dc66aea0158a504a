//! Agents: getAllAgents, getAllAgentsForSkill.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::listing::{listing, whole};
use super::routes::Answered;
use super::user::{found, is_of_type, status};
use super::view::View;
use super::world::Work;
use super::{attribute, skill_group};
use crate::portal::agent::{
    Agent, AgentAttribute, GetAllAgents, GetAllAgentsForSkill, GetAllAgentsForSkillReply, GetAllAgentsReply,
    Reference,
};
use crate::portal::attribute::Attribute;
use crate::portal::skill_group::SkillGroup;
use crate::portal::user::User;
use crate::portal::{AttributeId, Text};

/// An attribute as agents refer to it.
struct Known {
    description: Option<Text>,
    reference: Arc<Reference>,
}

pub(super) fn all(view: &View<'_>, ask: &GetAllAgents) -> GetAllAgentsReply {
    let attributes = view.rows(&view.tenant.attributes, attribute::thing);
    let attributes =
        attributes.iter().filter_map(|attribute| Some((attribute.id?, known(attribute)))).collect();
    let agents: Vec<_> = view
        .agents()
        .filter(|(user, _)| ask.platform_id.is_none() || user.platform_id == ask.platform_id)
        .filter(|(user, _)| is_of_type(user, &ask.filter_by_user_type))
        .map(|(user, work)| Arc::new(agent(user, work, &attributes)))
        .collect();
    let paging_info = Some(whole(agents.len()));
    GetAllAgentsReply { agents, paging_info, ..GetAllAgentsReply::default() }
}

fn known(attribute: &Attribute) -> Known {
    let reference = Reference {
        ref_url: attribute.ref_url.clone().map(Text::from),
        name: attribute.name.clone().map(Text::from),
        ..Reference::default()
    };
    Known { description: attribute.description.clone().map(Text::from), reference: Arc::new(reference) }
}

/// An agent's own fields are in no table of the guide: they are those of the contact centre's agent bean.
fn agent(user: &User, work: &Work, known: &BTreeMap<AttributeId, Known>) -> Agent {
    let attributes = work.attributes.iter().filter_map(|(id, value)| {
        let known = known.get(id)?;
        Some(Arc::new(AgentAttribute {
            description: known.description.clone(),
            attribute_value: Some(value.into()),
            attribute: Some(Arc::clone(&known.reference)),
            ..AgentAttribute::default()
        }))
    });
    let target = user.agent_id.as_deref().unwrap_or_default();
    let team = user.agent_team_id.map(|id| id.to_string()).unwrap_or_default();
    let peripheral = Reference {
        id: user.platform_id.map(|id| id.0),
        name: user.platform.clone(),
        ..Reference::default()
    };
    let rest = [
        ("description", json!(user.agent_description)),
        ("supervisor", json!(user.supervisor_agent.as_deref() == Some("Yes"))),
        ("person", json!({"firstName": user.first_nm, "lastName": user.last_nm, "userName": user.login_nm})),
        (
            "agentTeam",
            json!({"refURL": format!("/unifiedconfig/config/agentteam/{team}"), "name": user.agent_team_nm}),
        ),
    ];
    Agent {
        agent_id: user.peripheral_number.clone(),
        peripheral: Some(Arc::new(peripheral)),
        ref_url: Some(format!("/unifiedconfig/config/agent/{target}").into()),
        attributes: attributes.collect(),
        rest: rest.into(),
        ..Agent::default()
    }
}

pub(super) fn for_skill(view: &View<'_>, ask: &GetAllAgentsForSkill) -> Answered<GetAllAgentsForSkillReply> {
    const FAILED: &str = "GET_AGENTS_FOR_SKILL_FAILED";
    let groups = view.rows(&view.tenant.skill_groups, skill_group::thing);
    let id = ask.skill_target_id.ok_or(FAILED)?;
    let group = groups.iter().find(|group| group.skill_target_id == Some(id)).ok_or(FAILED)?;
    let platform = ask.platform_id.or(group.peripheral_id);
    let active = status(ask.filter_by_status.as_deref(), FAILED)?;
    let assigned = ask.assigned.unwrap_or_default();
    let searched = |user: &User| match (ask.searching, &ask.search_term) {
        (Some(true), Some(term)) => found(user, ask.search_column.as_deref(), term),
        _ => true,
    };
    let rows = view
        .agents()
        .filter(|(_, work)| work.skill_groups.contains(&id) == assigned)
        .filter(|(user, _)| assigned || user.platform_id == platform)
        .filter(|(user, _)| ask.platform_id.is_none() || user.platform_id == ask.platform_id)
        .filter(|(user, _)| active.is_none_or(|active| user.status == Some(active)) && searched(user))
        .map(|(user, _)| Arc::clone(user))
        .collect();
    let (rows, paging_info) = listing!(ask).page(rows);
    let reply = GetAllAgentsForSkillReply { paging_info, ..GetAllAgentsForSkillReply::default() };
    Ok(if ask.get_base_object_info_only == Some(true) {
        let rows = rows.iter().map(|user| Arc::new(basic(user))).collect();
        GetAllAgentsForSkillReply { basic_agent_skill_info_list: rows, ..reply }
    } else {
        let rows = rows.iter().map(|user| Arc::new(full(user, group))).collect();
        GetAllAgentsForSkillReply { agent_skill_info_list: rows, ..reply }
    })
}

/// The spelling of these two differs from the one in other forms of the user.
fn own_spelling(user: &User) -> [(&'static str, Value); 2] {
    [("uiAgentId", json!(user.ui_agent_id)), ("isAllowedToEdit", json!(user.allowed_to_edit))]
}

fn basic(user: &User) -> User {
    User {
        agent_id: user.agent_id.clone(),
        platform_id: user.platform_id,
        id_program_user: user.id_program_user,
        status: user.status,
        id_user: user.id_user,
        first_nm: user.first_nm.clone(),
        last_nm: user.last_nm.clone(),
        username: user.login_nm.clone(),
        platform_name: user.platform.clone(),
        total_assigned_skills: user.total_assigned_skills,
        rest: own_spelling(user).into(),
        ..User::default()
    }
}

fn full(user: &User, group: &SkillGroup) -> User {
    User {
        id_row: user.id_program_user.map(|id| id.0),
        primary_flag: user.primary_flag,
        person_id: user.person_id,
        supervisor_agent: user.supervisor_agent.as_ref().map(|flag| flag.chars().take(1).collect()),
        agent_desc: user.agent_description.clone(),
        id_program: user.id_program,
        id_source_system: user.id_source_system,
        agent_enterprise_nm: user.agent_enterprise_name.clone(),
        skill_target_id: group.skill_target_id,
        skill_group_name: group.skill_name.clone(),
        skill_group_desc: group.description.clone(),
        transfer_number: group.transfer_number.clone(),
        id_profile: user.id_profile,
        phone: user.phone.clone(),
        id_user_type: user.id_user_type,
        user_type_nm: user.user_type_nm.clone(),
        user_type_level: user.user_type_level,
        user_type_code: user.user_type_code.clone(),
        original_id: group.original_id,
        int_ui_agent_id: user.int_ui_agent_id,
        ..basic(user)
    }
}

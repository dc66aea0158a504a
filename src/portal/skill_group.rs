//! Skill groups and who is in them: getSkillGroups, getSkillsForAgent, saveSkillGroup, saveSkillsToAgent,
//! saveAgentsToSkill.

use std::sync::Arc;

use super::envelope::{Envelope, Paging, reply};
use super::operation::{Authentication, Operation};
use super::record::record;
use super::scalar::{PlatformId, SkillGroupId, TenantId, Text, UserId};
use crate::upstream::Noun;

record! {
    /// Lists skill groups (skills/getSkillGroups).
    pub struct GetSkillGroups {
        /// Skill target ID.
        skill_target_id: Option<SkillGroupId> = "skillTargetId",
        /// Peripheral ID.
        peripheral_id: Option<PlatformId> = "peripheralId",
        /// Peripheral name.
        peripheral_name: Option<String> = "peripheralName",
        /// Description.
        description: Option<String> = "description",
        /// Enterprise name.
        enterprise_name: Option<String> = "enterpriseName",
        /// Transfer number.
        transfer_number: Option<String> = "transferNumber",
        /// Ask for the basic form of the objects only.
        get_base_object_info_only: Option<bool> = "getBaseObjectInfoOnly",
        /// Skill change ID.
        skill_change_id: Option<i64> = "skillChangeId",
        /// Rows per page; 0 asks for all rows unpaged.
        page_size: Option<i64> = "pageSize",
        /// Page wanted.
        page_number: Option<i64> = "pageNumber",
        /// Columns to sort by.
        sort_by: Vec<String> = "sortBy",
        /// Sort direction.
        direction: Option<String> = "direction",
    }
}

reply! {
    /// One list is filled, by the form asked for.
    pub struct GetSkillGroupsReply {
        /// Skill groups, full form.
        skill_group_list: Vec<Arc<SkillGroup>> = "skillGroupList",
        /// Skill groups, basic form.
        basic_skill_group_list: Vec<Arc<SkillGroup>> = "basicSkillGroupList",
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
    }
}

record! {
    /// Lists the skill groups assigned, or available, to an agent (quickskills/getSkillsForAgent).
    pub struct GetSkillsForAgent {
        /// true lists assigned ones, false lists assignable ones.
        assigned: Option<bool> = "assigned",
        /// Text to search for.
        search_term: Option<String> = "searchTerm",
        /// Turns the search term on.
        searching: Option<bool> = "searching" | "search",
        /// Ask for the basic form of the objects only.
        get_base_object_info_only: Option<bool> = "getBaseObjectInfoOnly",
        /// Agent's skill target ID.
        skill_target_id: Option<i64> = "skillTargetId",
        /// Program user ID.
        id_program_user: Option<UserId> = "idProgramUser",
        /// Platform (peripheral) ID.
        platform_id: Option<PlatformId> = "platformId",
        /// Rows per page; 0 asks for all rows unpaged.
        page_size: Option<i64> = "pageSize",
        /// Page wanted.
        page_number: Option<i64> = "pageNumber",
        /// Columns to sort by.
        sort_by: Vec<String> = "sortBy",
        /// Sort direction.
        direction: Option<String> = "direction",
    }
}

reply! {
    /// One list is filled, by the form asked for.
    pub struct GetSkillsForAgentReply {
        /// Skill groups, simple form.
        simple_skill_group_list: Vec<Arc<SkillGroup>> = "simpleSkillGroupList",
        /// Skill groups, basic form.
        basic_skill_group_list: Vec<Arc<SkillGroup>> = "basicSkillGroupList",
        /// Skill groups, full form.
        skill_group_list: Vec<Arc<SkillGroup>> = "skillGroupList",
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
    }
}

record! {
    /// A skill group, in whichever of the portal's forms: full, basic or simple.
    pub struct SkillGroup {
        /// Source system ID.
        id_source_system_id: Option<i64> = "idSourceSystemId",
        /// Program (tenant) ID.
        id_program: Option<TenantId> = "idProgram",
        /// Peripheral number (agent ID).
        peripheral_number: Option<i64> = "peripheralNumber",
        /// Description.
        description: Option<Text> = "description",
        /// Service level threshold.
        service_level_threshold: Option<i64> = "serviceLevelThreshold",
        /// Original ID.
        original_id: Option<i64> = "originalId",
        /// Transfer number.
        transfer_number: Option<Text> = "transferNumber",
        /// UWF skill ID.
        uwf_skill_id: Option<Text> = "uwfSkillId",
        /// Skill type.
        skill_type: Option<Text> = "skillType",
        /// Skill target ID.
        skill_target_id: Option<SkillGroupId> = "skillTargetId",
        /// Peripheral ID.
        peripheral_id: Option<PlatformId> = "peripheralId",
        /// Platform name.
        platform_name: Option<Text> = "platformName",
        /// Peripheral name.
        peripheral_name: Option<Text> = "peripheralName",
        /// Caller may edit this object.
        is_allowed_to_edit: Option<bool> = "isAllowedToEdit" | "allowedToEdit",
        /// Enterprise name.
        enterprise_name: Option<Text> = "enterpriseName",
        /// Count of assigned users.
        total_assigned_users: Option<i64> = "totalAssignedUsers",
        /// Object is ticked (selected).
        checked: Option<bool> = "checked" | "selected" | "on" | "On" | "isChecked" | "isSelected" | "assigned",
        /// Media routing domain name.
        media_routing_domain_name: Option<Text> = "mediaRoutingDomainName",
        /// Skill name.
        skill_name: Option<Text> = "skillName",
    }
}

impl Operation for GetSkillGroups {
    const NAME: &'static str = "getSkillGroups";
    const PATH: &'static str = "/portal/services/protected/skills/getSkillGroups";
    const READS: &'static [Noun] = &[Noun::SkillGroup];
    type Reply = GetSkillGroupsReply;
}

impl Operation for GetSkillsForAgent {
    const NAME: &'static str = "getSkillsForAgent";
    const PATH: &'static str = "/portal/services/protected/quickskills/getSkillsForAgent";
    const READS: &'static [Noun] = &[Noun::User, Noun::SkillGroup];
    const IS_POINT: bool = true;
    type Reply = GetSkillsForAgentReply;
}

impl SkillGroup {
    /// The name people know the group by, which each of the portal's forms keeps in another field.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        let names = [&self.skill_name, &self.peripheral_name, &self.enterprise_name];
        names.into_iter().flatten().next().map(Text::as_str)
    }
}

record! {
    /// Changes a skill group (skills/saveSkillGroup); every field but the description must be given.
    pub struct SaveSkillGroup {
        /// Peripheral ID.
        peripheral_id: Option<PlatformId> = "peripheralID" | "peripheralId",
        /// Peripheral name of the skill group.
        skill_group_peripheral_name: Option<String> = "skillGroupPeripheralName",
        /// Description of the skill group.
        skill_group_description: Option<String> = "skillGroupDescription",
        /// Skill target ID of the skill group.
        skill_group_skill_target_id: Option<SkillGroupId> = "skillGroupSkillTargetId",
        /// Service level threshold.
        service_level_threshold: Option<i64> = "serviceLevelThreshold",
    }
}

reply! {
    /// The skill group as it now is.
    pub struct SaveSkillGroupReply {
        /// The skill group.
        skill_group_info: Option<Arc<SkillGroup>> = "skillGroupInfo",
    }
}

record! {
    /// Puts an agent into skill groups and takes it out of others (quickskills/saveSkillsToAgent).
    pub struct SaveSkillsToAgent {
        /// Peripheral ID.
        peripheral_id: Option<PlatformId> = "peripheralID" | "peripheralId",
        /// Skill groups to add.
        added_skill_group_skill_target_ids: Vec<SkillGroupId> = "addedSkillGroupSkillTargetIds",
        /// Skill groups to remove.
        removed_skill_group_skill_target_ids: Vec<SkillGroupId> = "removedSkillGroupSkillTargetIds",
        /// Skill target ID of the agent.
        agent_skill_target_id: Option<i64> = "agentSkillTargetId",
        /// Program user ID of the agent.
        agent_id_program_user: Option<UserId> = "agentIdProgramUser",
    }
}

record! {
    /// Puts agents into a skill group and takes others out (quickskills/saveAgentsToSkill).
    pub struct SaveAgentsToSkill {
        /// Peripheral ID.
        peripheral_id: Option<PlatformId> = "peripheralID" | "peripheralId",
        /// Agents to add.
        added_agent_ids: Vec<i64> = "addedAgentIds",
        /// Agents to remove.
        removed_agent_ids: Vec<i64> = "removedAgentIds",
        /// Skill target ID of the skill group.
        skill_group_skill_target_id: Option<SkillGroupId> = "skillGroupSkillTargetId",
    }
}

reply! {
    /// The skill group, as far as the portal shows it.
    pub struct SaveAgentsToSkillReply {
        /// The skill group, basic form.
        basic_skill_group_info: Option<Arc<SkillGroup>> = "basicSkillGroupInfo",
    }
}

impl Operation for SaveSkillGroup {
    const NAME: &'static str = "saveSkillGroup";
    const PATH: &'static str = "/portal/services/protected/skills/saveSkillGroup";
    const WRITES: &'static [Noun] = &[Noun::SkillGroup];
    type Reply = SaveSkillGroupReply;
}

impl Operation for SaveSkillsToAgent {
    const NAME: &'static str = "saveSkillsToAgent";
    const PATH: &'static str = "/portal/services/protected/quickskills/saveSkillsToAgent";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const WRITES: &'static [Noun] = &[Noun::User, Noun::SkillGroup];
    type Reply = Envelope;
}

impl Operation for SaveAgentsToSkill {
    const NAME: &'static str = "saveAgentsToSkill";
    const PATH: &'static str = "/portal/services/protected/quickskills/saveAgentsToSkill";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const WRITES: &'static [Noun] = &[Noun::User, Noun::SkillGroup];
    type Reply = SaveAgentsToSkillReply;
}

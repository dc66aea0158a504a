//! Agents as the contact centre keeps them: getAllAgents, getAllAgentsForSkill.

use std::sync::Arc;

use super::envelope::{Paging, reply};
use super::operation::{Authentication, Operation};
use super::record::record;
use super::scalar::{PlatformId, SkillGroupId, Text};
use super::user::User;
use crate::upstream::Noun;

record! {
    /// Lists agents and supervisors with their attributes (attributes/getAllAgents).
    pub struct GetAllAgents {
        /// Platform (peripheral) ID.
        platform_id: Option<PlatformId> = "platformId",
        /// User type filter.
        filter_by_user_type: Vec<String> = "filterByUserType",
    }
}

reply! {
    /// Every agent the caller may see.
    pub struct GetAllAgentsReply {
        /// Agents and supervisors.
        agents: Vec<Arc<Agent>> = "agents" | "agent" | "agentList" | "agentInfoList",
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
    }
}

record! {
    /// An agent as the contact centre keeps it: identity and attributes.
    pub struct Agent {
        /// Agent number; not in the guide's table, known from the contact centre's own API.
        agent_id: Option<Text> = "agentId" | "peripheralNumber" | "uiAgentId" | "agentNumber",
        /// Platform; not in the guide's table either.
        platform_id: Option<PlatformId> = "platformId" | "peripheralId",
        /// Platform as an object, in the contact centre's own form.
        peripheral: Option<Arc<Reference>> = "peripheral",
        /// Reference URL; ends in the agent's skill target ID.
        ref_url: Option<Text> = "refURL",
        /// Attributes.
        attributes: Vec<Arc<AgentAttribute>> = "attributes" | "attribute" | "agentAttributes",
    }
}

record! {
    /// An attribute with the value one agent has.
    pub struct AgentAttribute {
        /// Description.
        description: Option<Text> = "description",
        /// Value of the attribute for the agent.
        attribute_value: Option<Text> = "attributeValue",
        /// The attribute.
        attribute: Option<Arc<Reference>> = "attribute" | "attributes",
    }
}

record! {
    /// A reference to another object of the contact centre.
    pub struct Reference {
        /// ID, in the contact centre's own form.
        id: Option<i64> = "id",
        /// Reference URL of the object.
        ref_url: Option<Text> = "refURL",
        /// Name.
        name: Option<Text> = "name",
    }
}

record! {
    /// Lists the agents assigned, or assignable, to a skill group (quickskills/getAllAgentsForSkill).
    pub struct GetAllAgentsForSkill {
        /// Skill group's skill target ID.
        skill_target_id: Option<SkillGroupId> = "skillTargetId",
        /// Platform (peripheral) ID.
        platform_id: Option<PlatformId> = "platformId",
        /// true lists assigned ones, false lists assignable ones.
        assigned: Option<bool> = "assigned",
        /// Text to search for.
        search_term: Option<String> = "searchTerm",
        /// Column to search.
        search_column: Option<String> = "searchColumn",
        /// Turns the search term on.
        searching: Option<bool> = "searching" | "search",
        /// Ask for the basic form of the objects only.
        get_base_object_info_only: Option<bool> = "getBaseObjectInfoOnly",
        /// Status filter.
        filter_by_status: Option<String> = "filterByStatus",
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
    pub struct GetAllAgentsForSkillReply {
        /// Agents, full form.
        agent_skill_info_list: Vec<Arc<User>> = "agentSkillInfoList",
        /// Agents, basic form.
        basic_agent_skill_info_list: Vec<Arc<User>> = "basicAgentSkillInfoList",
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
    }
}

impl Operation for GetAllAgents {
    const NAME: &'static str = "getAllAgents";
    const PATH: &'static str = "/portal/services/protected/attributes/getAllAgents";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const READS: &'static [Noun] = &[Noun::User, Noun::Attribute];
    type Reply = GetAllAgentsReply;
}

impl Operation for GetAllAgentsForSkill {
    const NAME: &'static str = "getAllAgentsForSkill";
    const PATH: &'static str = "/portal/services/protected/quickskills/getAllAgentsForSkill";
    const READS: &'static [Noun] = &[Noun::User, Noun::SkillGroup];
    type Reply = GetAllAgentsForSkillReply;
}

impl Agent {
    /// The agent number, by which an agent is matched with a user.
    #[must_use]
    pub fn number(&self) -> Option<String> {
        self.agent_id.as_deref().map(str::to_owned)
    }

    /// The platform the number is unique on.
    #[must_use]
    pub fn platform(&self) -> Option<PlatformId> {
        self.platform_id.or_else(|| self.peripheral.as_ref()?.id.map(PlatformId))
    }

    /// The contact centre's own key of the agent, in which its reference ends.
    #[must_use]
    pub fn skill_target_id(&self) -> Option<String> {
        let (_, last) = self.ref_url.as_deref()?.trim_end_matches('/').rsplit_once('/')?;
        (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())).then(|| last.to_owned())
    }
}

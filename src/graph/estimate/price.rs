//! The price list: which fields cost calls of the upstreams, and how many. A field that is not here costs none;
//! `tests/it/estimate.rs` asks for every field of the schema and finds those that do.

use crate::caller::Whole;
use crate::icws::{CreateRole, ListRoles};
use crate::portal::access::{GetAccessSummaryByUser, GetManageableAccessCollections};
use crate::portal::agent::{GetAllAgents, GetAllAgentsForSkill};
use crate::portal::attribute::{GetAllAttributes, SaveAttributesToAgent, UpdateAgentAttributes};
use crate::portal::callback::{
    CancelCallback, CreateCallbackRequest, GetAgentDispositionStatusCodes, GetCallbackInfo,
    GetDialedNumberList, TestWS, UpdateCallbackRequest,
};
use crate::portal::precision_queue::{GetAllPrecisionQueues, GetPQByID, UpdatePrecisionQueue};
use crate::portal::reference::{
    GetAllAgentDeskSettings, GetAllApmProfiles, GetAllBillingUnits, GetAllDepartments, GetAllPlatforms,
    GetAllRoles, GetAllSites,
};
use crate::portal::skill_group::{
    GetSkillGroups, GetSkillsForAgent, SaveAgentsToSkill, SaveSkillGroup, SaveSkillsToAgent,
};
use crate::portal::user::{
    CloneUser, DeleteUser, EnableDisableUserInICM, EnableDisableUserInPortal, GetUserByIdProgram, GetUsers,
    ResetPassword, SetUserStatus, UpdateUser,
};
use crate::upstream::Call;

/// What a field costs, beside what is selected below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price {
    /// One call, however often and for however many records it is asked: a list that is read whole.
    Once(&'static str),
    /// One call for each record the field is asked of.
    Each(Edge),
    /// One call, whatever else asks the same: a write, or a read past everything that is kept.
    Anew(&'static str),
    /// The list of users, by what of the arguments the portal is asked with.
    Users,
    /// The user that `by` names.
    UserBy,
    /// The users whom the ids in a field of the input name.
    UsersIn(&'static str),
    /// The record that `id` names, or those that `ids` name.
    Nodes,
    /// The callback that `databaseId` names.
    Callback,
    /// Agents' skill groups, by whichever way costs less.
    SkillGroupsOfAgents,
    /// Every precision queue with its steps.
    StaffedQueues,
    /// A page of ICWS's roles.
    Roles,
    /// The role that `by` names.
    Role,
    /// A role of ICWS that was just created: looked for until it appears, and read.
    NewRole,
}

/// A question that is asked of a record by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The operation.
    pub operation: &'static str,
    /// The list that the records are from.
    pub of: Whole,
    /// What tells it from another question of the same operation.
    pub question: &'static str,
}

const fn edge<C: Call>(of: Whole, question: &'static str) -> Edge {
    Edge { operation: C::NAME, of, question }
}

/// A user's own record.
pub const USER: Edge = edge::<GetUserByIdProgram>(Whole::Users, "");
/// The skill groups an agent is in.
pub const SKILL_GROUPS: Edge = edge::<GetSkillsForAgent>(Whole::Users, "assigned");
/// The agents in a skill group.
pub const AGENTS: Edge = edge::<GetAllAgentsForSkill>(Whole::SkillGroups, "assigned");
/// A precision queue with its steps.
pub const STEPS: Edge = edge::<GetPQByID>(Whole::PrecisionQueues, "");

/// The list of skill groups, with which the inverse way to agents' skill groups begins.
pub const ALL_SKILL_GROUPS: &str = <GetSkillGroups as Call>::NAME;
/// The list of users.
pub const ALL_USERS: &str = <GetUsers as Call>::NAME;
/// The list of precision queues.
pub const ALL_QUEUES: &str = <GetAllPrecisionQueues as Call>::NAME;
/// One callback.
pub const CALLBACK: &str = <GetCallbackInfo as Call>::NAME;
/// Roles of ICWS.
pub const ROLES: &str = <ListRoles as Call>::NAME;

const fn once<C: Call>() -> Price {
    Price::Once(C::NAME)
}

const fn anew<C: Call>() -> Price {
    Price::Anew(C::NAME)
}

/// The fields that cost calls. What a mutation costs is told whole, with reading back what it has changed; signing in and
/// out is not counted.
const PRICES: &[(&[&str], &[Price])] = &[
    (&["Query.users", "Query.agents"], &[Price::Users]),
    (&["Query.user", "Query.agent"], &[Price::UserBy]),
    (&["Query.node", "Query.nodes"], &[Price::Nodes]),
    (&["Viewer.user", "AgentTeam.agents"], &[once::<GetUsers>()]),
    (&["User.revision"], &[Price::Each(USER)]),
    (&["User.accessSummary"], &[Price::Each(edge::<GetAccessSummaryByUser>(Whole::Users, ""))]),
    (&["User.cloneOptions"], &[Price::Each(edge::<GetManageableAccessCollections>(Whole::Users, ""))]),
    // The catalogues, and where they lead.
    (&["Query.departments", "User.department"], &[once::<GetAllDepartments>()]),
    (&["Query.sites", "User.site"], &[once::<GetAllSites>()]),
    (&["Query.billingUnits", "User.billingUnit"], &[once::<GetAllBillingUnits>()]),
    (&["Query.roleGroups", "User.roleGroup"], &[once::<GetAllRoles>()]),
    (&["Query.platforms", "Agent.platform", "SkillGroup.platform"], &[once::<GetAllPlatforms>()]),
    (&["Query.agentProfiles", "User.agentProfile"], &[once::<GetAllApmProfiles>()]),
    (&["Query.agentDeskSettings", "Agent.deskSettings"], &[once::<GetAllAgentDeskSettings>()]),
    (
        &[
            "Department.users",
            "Site.users",
            "BillingUnit.users",
            "RoleGroup.users",
            "Platform.users",
            "AgentProfile.users",
            "AgentDeskSettings.users",
        ],
        &[once::<GetUsers>()],
    ),
    // Skill groups.
    (&["Query.skillGroups", "Query.skillGroup"], &[once::<GetSkillGroups>()]),
    (&["Agent.skillGroups"], &[Price::SkillGroupsOfAgents]),
    (&["Agent.availableSkillGroups"], &[Price::Each(edge::<GetSkillsForAgent>(Whole::Users, "assignable"))]),
    (&["SkillGroup.agents"], &[Price::Each(AGENTS), once::<GetUsers>()]),
    (
        &["SkillGroup.assignableAgents"],
        &[Price::Each(edge::<GetAllAgentsForSkill>(Whole::SkillGroups, "assignable")), once::<GetUsers>()],
    ),
    // Attributes; one that another record mentions is looked up for what that record does not say.
    (
        &[
            "Query.attributes",
            "Query.attribute",
            "Attribute.id",
            "Attribute.databaseId",
            "Attribute.description",
            "Attribute.dataType",
            "Attribute.dataTypeCode",
            "Attribute.dataTypeName",
            "Attribute.defaultValue",
            "Attribute.changeStamp",
            "Attribute.canEdit",
        ],
        &[once::<GetAllAttributes>()],
    ),
    (&["Agent.attributes"], &[once::<GetAllAgents>()]),
    (&["Attribute.agents"], &[once::<GetAllAgents>(), once::<GetUsers>()]),
    // Precision queues.
    (&["Query.precisionQueues", "Query.precisionQueue"], &[once::<GetAllPrecisionQueues>()]),
    (&["PrecisionQueue.steps", "PrecisionQueue.attributes"], &[Price::Each(STEPS)]),
    (
        &["PrecisionQueue.eligibleAgents", "PrecisionQueue.eligibleAgentCount"],
        &[Price::Each(STEPS), once::<GetAllAgents>(), once::<GetUsers>()],
    ),
    (&["Agent.precisionQueues"], &[once::<GetAllAgents>(), Price::StaffedQueues]),
    (&["Attribute.precisionQueues"], &[Price::StaffedQueues]),
    // Callbacks.
    (&["Query.callbackQueues", "Callback.queue"], &[once::<GetDialedNumberList>()]),
    (&["Query.callbackDispositions", "Callback.disposition"], &[once::<GetAgentDispositionStatusCodes>()]),
    (&["Query.callback"], &[Price::Callback]),
    (&["Query.isCallbackServiceAvailable"], &[once::<TestWS>()]),
    // ICWS.
    (&["Icws.roles"], &[Price::Roles]),
    (&["Icws.role"], &[Price::Role]),
    (&["Mutation.createIcwsRole"], &[anew::<CreateRole>(), Price::NewRole]),
    // Writes: what is read before, the write, what is read after it.
    (
        &["Mutation.cloneUser"],
        &[
            anew::<GetUserByIdProgram>(),
            anew::<GetAllDepartments>(),
            anew::<GetAllSites>(),
            anew::<GetAllBillingUnits>(),
            anew::<CloneUser>(),
            anew::<GetUserByIdProgram>(),
        ],
    ),
    (
        &["Mutation.updateUser"],
        &[anew::<GetUserByIdProgram>(), anew::<UpdateUser>(), anew::<GetUserByIdProgram>()],
    ),
    (&["Mutation.deleteUser"], &[anew::<GetUserByIdProgram>(), anew::<DeleteUser>()]),
    (
        &["Mutation.resetPassword"],
        &[anew::<GetUserByIdProgram>(), anew::<ResetPassword>(), anew::<GetUserByIdProgram>()],
    ),
    (
        &["Mutation.setUserStatus"],
        &[anew::<GetUserByIdProgram>(), anew::<SetUserStatus>(), anew::<GetUserByIdProgram>()],
    ),
    (
        &["Mutation.setUserIcmAccess"],
        &[anew::<GetUserByIdProgram>(), anew::<EnableDisableUserInICM>(), anew::<GetUserByIdProgram>()],
    ),
    (
        &["Mutation.setUserPortalAccess"],
        &[anew::<GetUserByIdProgram>(), anew::<EnableDisableUserInPortal>(), anew::<GetUserByIdProgram>()],
    ),
    (
        &["Mutation.saveSkillGroup"],
        &[anew::<GetSkillGroups>(), anew::<SaveSkillGroup>(), anew::<GetSkillGroups>()],
    ),
    (
        &["Mutation.updateSkillGroupAgents"],
        &[
            anew::<GetSkillGroups>(),
            Price::UsersIn("addAgentIds"),
            Price::UsersIn("removeAgentIds"),
            anew::<GetAllAgents>(),
            anew::<SaveAgentsToSkill>(),
            anew::<GetSkillGroups>(),
        ],
    ),
    (
        &["Mutation.updateAgentSkillGroups"],
        &[
            anew::<GetUserByIdProgram>(),
            anew::<GetSkillGroups>(),
            anew::<SaveSkillsToAgent>(),
            anew::<GetUserByIdProgram>(),
        ],
    ),
    (
        &["Mutation.addAttributesToAgents"],
        &[
            anew::<GetAllAttributes>(),
            Price::UsersIn("agentIds"),
            anew::<GetAllAgents>(),
            anew::<SaveAttributesToAgent>(),
            Price::UsersIn("agentIds"),
        ],
    ),
    (
        &["Mutation.removeAttributeFromAgent"],
        &[
            anew::<GetAllAttributes>(),
            anew::<GetUserByIdProgram>(),
            anew::<GetAllAgents>(),
            anew::<UpdateAgentAttributes>(),
            anew::<GetUserByIdProgram>(),
        ],
    ),
    (
        &["Mutation.updatePrecisionQueue"],
        &[
            anew::<GetAllAttributes>(),
            anew::<GetPQByID>(),
            anew::<UpdatePrecisionQueue>(),
            anew::<GetPQByID>(),
            anew::<GetAllPrecisionQueues>(),
        ],
    ),
    (&["UpdatePrecisionQueuePayload.membershipChange"], &[once::<GetAllAgents>(), once::<GetUsers>()]),
    (
        &["Mutation.createCallback"],
        &[anew::<GetDialedNumberList>(), anew::<CreateCallbackRequest>(), anew::<GetCallbackInfo>()],
    ),
    (
        &["Mutation.updateCallback"],
        &[anew::<GetCallbackInfo>(), anew::<UpdateCallbackRequest>(), anew::<GetCallbackInfo>()],
    ),
    (
        &["Mutation.cancelCallback"],
        &[anew::<GetCallbackInfo>(), anew::<CancelCallback>(), anew::<GetCallbackInfo>()],
    ),
];

/// What a field costs.
pub fn of(record: &str, field: &str) -> &'static [Price] {
    let name = format!("{record}.{field}");
    let row = PRICES.iter().find(|(names, _)| names.contains(&name.as_str()));
    row.map_or(&[], |(_, prices)| prices)
}

/// The names of all fields that cost something.
#[cfg(test)]
pub fn names() -> impl Iterator<Item = &'static str> {
    PRICES.iter().flat_map(|(names, _)| names.iter().copied())
}

//! `[portal.dialect]`: what the portal's guide leaves open beyond names.

use serde::{Deserialize, Serialize};

/// How the portal writes a whole number that sizes a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PageSizeType {
    /// As a JSON number.
    Number,
    /// As digits in text.
    Text,
}

/// Which of its numbers names an agent or a user in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentIdKind {
    /// The contact centre's own key of the agent.
    SkillTargetId,
    /// The number on the agent's desk, unique on a platform.
    AgentNumber,
    /// The key of the user within the tenant (`idProgramUser`).
    ProgramUserId,
}

/// Which number names a user where one is looked up or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UserIdKind {
    /// The key of the user within the tenant (`idProgramUser`).
    ProgramUserId,
    /// The key of the account (`idUser`).
    AccountId,
}

/// How the portal writes a flag that the guide shows in two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagType {
    /// As a JSON boolean.
    Boolean,
    /// As `true` or `false` in text.
    Text,
}

/// How the portal writes the agent number of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentNumberType {
    /// As digits in text.
    Text,
    /// As a JSON number.
    Number,
}

/// How a change says that a field is to be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClearedField {
    /// The field is not sent.
    LeftOut,
    /// A text is sent as empty text, anything else as null.
    Empty,
    /// Null is sent.
    Null,
}

/// How cloneUser says that a field is as the source user has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CloneAsSource {
    /// The field is not sent.
    LeftOut,
    /// Null is sent.
    Null,
}

/// Which name of a skill group is the one that saving it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SkillGroupName {
    /// `skillName`.
    SkillName,
    /// `peripheralName`.
    PeripheralName,
    /// `enterpriseName`.
    EnterpriseName,
}

/// How the portal spells whether an agent is a supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SupervisorFlag {
    /// As it was read.
    AsRead,
    /// `Yes` and `No`.
    YesNo,
    /// `Y` and `N`.
    Letter,
}

/// How the callback service writes times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackTime {
    /// Milliseconds since 1970.
    Milliseconds,
    /// Seconds since 1970.
    Seconds,
}

/// What a mix of AND and OR without parentheses means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MixedRelations {
    /// AND binds tighter than OR, as in SQL.
    AndFirst,
    /// Every relation applies to all that stands before it in the same parentheses.
    LeftToRight,
}

/// What a comparison says of an agent without the attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingAttribute {
    /// None holds, "is not" included.
    FailsEveryComparison,
    /// It differs from every value, so "is not" holds.
    DiffersFromEveryValue,
}

/// What the portal's guide leaves open beyond names.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Dialect {
    /// The confirmed name of the flag that activates a user; empty until the operator confirms one.
    pub status_field: String,
    /// The page size that asks for all rows.
    pub all_rows_page_size: u64,
    /// How a page size is written.
    pub page_size_type: PageSizeType,
    /// The value of `filterByStatus` for active users.
    pub active_filter: String,
    /// The value of `filterByStatus` for inactive users.
    pub inactive_filter: String,
    /// The value of `searchColumn` for the phone number.
    pub phone_search_column: String,
    /// The value of `searchColumn` for the platform.
    pub platform_search_column: String,
    /// The value of `searchColumn` for every column.
    pub all_search_columns: String,
    /// How `supervisorAgent` is written back.
    pub supervisor_flag: SupervisorFlag,
    /// Whether updateUser sends back the keys of a user that the guide does not name.
    pub sends_unknown_user_fields: bool,
    /// How a field that a change empties is sent.
    pub cleared_field: ClearedField,
    /// How cloneUser sends a field that is to be as the source user has it.
    pub clone_as_source: CloneAsSource,
    /// Which number `searchId` holds in getUserByIdProgram and deleteUser.
    pub user_search_id: UserIdKind,
    /// How updateUser writes `basicUserInfo.agentId`.
    pub user_agent_number_type: AgentNumberType,
    /// How updateUser and cloneUser write `skipUnityUser`.
    pub skip_unity_user_type: FlagType,
    /// Whether selecting a tenant sends the token that login gave, where it gave one.
    pub sends_token_in_tenant_selection: bool,
    /// Which number `agentsIds` and `agentId` hold when attributes are given and taken.
    pub attribute_agent_id: AgentIdKind,
    /// Which number `addedAgentIds` and `removedAgentIds` hold when a skill group's agents change.
    pub skill_group_agent_id: AgentIdKind,
    /// Which name read of a skill group `skillGroupPeripheralName` sends back when it is not to change.
    pub skill_group_name: SkillGroupName,
    /// The field of an attribute that carries the value given to an agent.
    pub attribute_value_field: String,
    /// How the callback service writes times, in bodies and in paths.
    pub callback_time: CallbackTime,
    /// A header that carries the token too; empty for none.
    pub token_header: String,
    /// What a mix of AND and OR without parentheses means in a precision queue.
    pub mixed_relations: MixedRelations,
    /// What a comparison says of an agent without the attribute.
    pub missing_attribute: MissingAttribute,
}

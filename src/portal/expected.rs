//! What answers leave unread or unfilled on purpose: beside it, whatever else is unread or missing is worth a look.

use super::key::alike;

/// Keys that no field reads, by operation: totals that the portal repeats in each user, and of agents what the contact
/// centre's own form has beyond the guide's.
pub const UNREAD: [(&str, &[&str]); 3] = [
    ("getUsers", &["totalElements", "totalPages"]),
    ("getUserByIdProgram", &["totalElements", "totalPages"]),
    ("getAllAgents", &["agentTeam", "description", "person", "supervisor"]),
];

/// Fields that only other operations' answers fill, because one record reads several of the portal's forms.
pub const ELSEWHERE: [(&str, &[&str]); 6] = [
    ("getUsers", OF_SKILLED_AGENTS),
    ("getUserByIdProgram", OF_SKILLED_AGENTS),
    // The guide's reference names its record by address alone, and platforms are the contact centre's own.
    ("getAllAgents", &["attributes.attribute.id", "peripheral.refURL", "platformId"]),
    // Whether an agent is in it, so only where there is an agent.
    ("getSkillGroups", &["checked"]),
    ("getAllAgentsForSkill", OF_USERS),
    // Of one queue at a time.
    ("getAllPrecisionQueues", &["steps"]),
];

/// What the record of users has from agents of a skill group.
const OF_SKILLED_AGENTS: &[&str] = &[
    "agentDesc",
    "agentEnterpriseNm",
    "agentSkillTargetId",
    "idRow",
    "originalId",
    "platformName",
    "skillGroupDesc",
    "skillGroupName",
    "skillTargetId",
    "transferNumber",
    "username",
];

/// What the record of agents of a skill group has from users.
const OF_USERS: &[&str] = &[
    "accessTypeCode",
    "accessTypeNm",
    "agentDescription",
    "agentDeskSettingsID",
    "agentEnterpriseName",
    "agentSkillTargetId",
    "agentTeam",
    "agentTeamDesc",
    "agentTeamId",
    "agentTeamNm",
    "allowedToAssignUsersOrGroupsToCollection",
    "allowedToEditCollection",
    "allowedToManageObjectsInCollection",
    "cmClusterId",
    "contactCenterUserStatusNm",
    "createDateStr",
    "email",
    "icmStatus",
    "idContactCenterUserStatus",
    "idProgramBillUnit",
    "idProgramDepartment",
    "idProgramGroup",
    "idProgramSite",
    "idProgramUnityUser",
    "idUcmEndUser",
    "internalUser",
    "lastStatusChangedDateTime",
    "loginNm",
    "manager",
    "peripheralNumber",
    "platform",
    "priSupervisorSkillTargetID",
    "primaryIdPhone",
    "sourceIdProgramUser",
    "ssoEnabledUser",
    "teamPrimary",
    "unityPhoneLine",
];

/// Whether the operation's answers have a key that is left unread on purpose.
#[must_use]
pub fn is_left_unread(operation: &str, key: &str) -> bool {
    is_in(&UNREAD, operation, key)
}

/// Whether the operation's answers are not expected to fill a field.
#[must_use]
pub fn is_filled_elsewhere(operation: &str, field: &str) -> bool {
    is_in(&ELSEWHERE, operation, field)
}

fn is_in(table: &[(&str, &[&str])], operation: &str, key: &str) -> bool {
    table.iter().any(|(of, keys)| *of == operation && keys.iter().any(|known| alike(known, key)))
}

//! Users: the record behind users and agents alike, in one type whichever operation it came by.

mod read;
mod write;

pub use read::{GetUserByIdProgram, GetUserByIdProgramReply, GetUsers, GetUsersReply};
pub use write::{
    CloneUser, CloneUserReply, DeleteUser, EnableDisableUserInICM, EnableDisableUserInPortal, ResetPassword,
    SetUserStatus, UpdateUser, UpdateUserReply,
};

use super::record::record;
use super::rest::Rest;
use super::scalar::{
    AccountId, AgentDeskSettingsId, AgentProfileId, AgentTeamId, BillingUnitId, DepartmentId, Instant,
    PlatformId, RoleGroupId, SiteId, SkillGroupId, TenantId, Text, UserId,
};
use crate::config::UserIdKind;

record! {
    /// A user, in whichever of the portal's forms: full, basic, mobile, editable, or as an agent of a skill group.
    pub struct User {
        /// Program (tenant) ID.
        id_program: Option<TenantId> = "idProgram",
        /// Agent team description.
        agent_team_desc: Option<Text> = "agentTeamDesc",
        /// User uses single sign-on.
        sso_enabled_user: Option<bool> = "ssoEnabledUser",
        /// User type ID.
        id_user_type: Option<i64> = "idUserType",
        /// Agent description.
        agent_description: Option<Text> = "agentDescription",
        /// User type code.
        user_type_code: Option<Text> = "userTypeCode",
        /// Platform.
        platform: Option<Text> = "platform" | "platformNm",
        /// Whether the agent is a supervisor.
        supervisor_agent: Option<Text> = "supervisorAgent",
        /// Call manager cluster ID.
        cm_cluster_id: Option<i64> = "cmClusterId",
        /// Person ID.
        person_id: Option<i64> = "personId",
        /// Agent team.
        agent_team: Option<Text> = "agentTeam",
        /// Agent enterprise name.
        agent_enterprise_name: Option<Text> = "agentEnterpriseName",
        /// Agent team name.
        agent_team_nm: Option<Text> = "agentTeamNm",
        /// Contact center status ID.
        id_contact_center_user_status: Option<i64> = "idContactCenterUserStatus",
        /// Primary in the team.
        team_primary: Option<bool> = "teamPrimary",
        /// Agent ID as a number (peripheral number).
        int_ui_agent_id: Option<i64> = "intUIAgentID",
        /// Skill target ID of the primary supervisor.
        pri_supervisor_skill_target_id: Option<i64> = "priSupervisorSkillTargetID",
        /// User type name.
        user_type_nm: Option<Text> = "userTypeNm",
        /// Primary flag.
        primary_flag: Option<bool> = "primaryFlag",
        /// Source system ID.
        id_source_system: Option<i64> = "idSourceSystem",
        /// Billing unit ID.
        id_program_bill_unit: Option<BillingUnitId> = "idProgramBillUnit",
        /// First name.
        first_nm: Option<Text> = "firstNm",
        /// Role group ID.
        id_program_group: Option<RoleGroupId> = "idProgramGroup",
        /// Program user ID.
        id_program_user: Option<UserId> = "idProgramUser",
        /// ID of the primary phone.
        primary_id_phone: Option<i64> = "primaryIdPhone",
        /// Unity (voicemail) phone line.
        unity_phone_line: Option<Text> = "unityPhoneLine",
        /// Phone number.
        phone: Option<Text> = "phone" | "phoneNumber" | "telephone",
        /// User ID.
        id_user: Option<AccountId> = "idUser",
        /// Email address.
        email: Option<Text> = "email" | "emailAddress" | "userEmail",
        /// Program user ID of the source user.
        source_id_program_user: Option<UserId> = "sourceIdProgramUser",
        /// Login name.
        login_nm: Option<Text> = "loginNm",
        /// Last name.
        last_nm: Option<Text> = "lastNm",
        /// Count of assigned skills.
        total_assigned_skills: Option<i64> = "totalAssignedSkills",
        /// Platform (peripheral) ID.
        platform_id: Option<PlatformId> = "platformId",
        /// Call manager end user ID.
        id_ucm_end_user: Option<i64> = "idUcmEndUser",
        /// Caller may edit this object.
        allowed_to_edit: Option<bool> = "allowedToEdit" | "isAllowedToEdit",
        /// Agent desk settings ID.
        agent_desk_settings_id: Option<AgentDeskSettingsId> = "agentDeskSettingsID",
        /// Profile ID.
        id_profile: Option<AgentProfileId> = "idProfile",
        /// Unity (voicemail) user ID.
        id_program_unity_user: Option<i64> = "idProgramUnityUser",
        /// User is a manager.
        manager: Option<bool> = "manager",
        /// User is internal.
        internal_user: Option<bool> = "internalUser",
        /// Contact center status name.
        contact_center_user_status_nm: Option<Text> = "contactCenterUserStatusNm",
        /// Active in ICM.
        icm_status: Option<bool> = "icmStatus",
        /// Agent ID as shown.
        ui_agent_id: Option<Text> = "uiAgentID",
        /// Agent team ID.
        agent_team_id: Option<AgentTeamId> = "agentTeamId",
        /// Site ID.
        id_program_site: Option<SiteId> = "idProgramSite",
        /// User type level.
        user_type_level: Option<i64> = "userTypeLevel",
        /// When the status last changed.
        last_status_changed_date_time: Option<Instant> = "lastStatusChangedDateTime",
        /// Peripheral number (agent ID).
        peripheral_number: Option<Text> = "peripheralNumber",
        /// Active flag.
        status: Option<bool> = "status",
        /// Agent ID as a number.
        agent_id: Option<Text> = "agentId",
        /// Department ID.
        id_program_department: Option<DepartmentId> = "idProgramDepartment",
        /// Creation date as text.
        create_date_str: Option<Text> = "createDateStr",
        /// Caller may manage objects in the collection.
        allowed_to_manage_objects_in_collection: Option<bool> = "allowedToManageObjectsInCollection",
        /// Caller may edit the collection.
        allowed_to_edit_collection: Option<bool> = "allowedToEditCollection",
        /// Access type name.
        access_type_nm: Option<Text> = "accessTypeNm",
        /// Caller may assign users or groups to the collection.
        allowed_to_assign_users_or_groups_to_collection: Option<bool> = "allowedToAssignUsersOrGroupsToCollection",
        /// Access type code.
        access_type_code: Option<Text> = "accessTypeCode",
        /// Skill target ID of the agent.
        agent_skill_target_id: Option<i64> = "agentSkillTargetId",
        /// Row ID.
        id_row: Option<i64> = "idRow",
        /// Agent description.
        agent_desc: Option<Text> = "agentDesc",
        /// Agent enterprise name.
        agent_enterprise_nm: Option<Text> = "agentEnterpriseNm",
        /// Skill target ID of the skill group.
        skill_target_id: Option<SkillGroupId> = "skillTargetId",
        /// Skill group name.
        skill_group_name: Option<Text> = "skillGroupName",
        /// Skill group description.
        skill_group_desc: Option<Text> = "skillGroupDesc",
        /// Transfer number.
        transfer_number: Option<Text> = "transferNumber",
        /// Original ID.
        original_id: Option<i64> = "originalId",
        /// User name.
        username: Option<Text> = "username",
        /// Platform name.
        platform_name: Option<Text> = "platformName",
    }
}

/// What a list has thousands of fits the allocator's 1,280 bytes with its two counters; the next size is a fifth more.
const _: () = assert!(size_of::<User>() + 2 * size_of::<usize>() <= 1_280);

impl User {
    /// The name the user signs in with, by whichever field this form has.
    #[must_use]
    pub fn login_name(&self) -> Option<&str> {
        self.login_nm.as_deref().or(self.username.as_deref())
    }

    /// The number that `searchId` names the user by; `None` if the portal did not tell it.
    #[must_use]
    pub fn search_id(&self, kind: UserIdKind) -> Option<UserId> {
        match kind {
            UserIdKind::ProgramUserId => self.id_program_user,
            // On the wire it is a number, whosever key it is.
            UserIdKind::AccountId => self.id_user.map(|account| UserId(account.0)),
        }
    }

    /// The agent number, which the guide calls peripheral number, UI agent id or agent id by turns.
    #[must_use]
    pub fn agent_number(&self) -> Option<String> {
        let text = self.agent_number_as_text().map(ToString::to_string);
        text.or_else(|| self.int_ui_agent_id.map(|number| number.to_string()))
    }

    fn agent_number_as_text(&self) -> Option<&Text> {
        [&self.peripheral_number, &self.ui_agent_id, &self.agent_id].into_iter().flatten().next()
    }

    /// Whether the user is an agent or a supervisor; by the user type, else by having an agent number.
    #[must_use]
    pub fn is_agent(&self) -> bool {
        match self.user_type_code.as_deref() {
            Some(code) => matches!(code.trim(), "A" | "S"),
            None => self.agent_number_as_text().is_some() || self.int_ui_agent_id.is_some(),
        }
    }

    /// The form that updateUser takes: of what was read, the fields of `BasicUserInfo`, and every key that the contract
    /// does not name if `with_unknown`, since leaving one out might clear it.
    #[must_use]
    pub fn editable(&self, with_unknown: bool) -> Self {
        Self {
            agent_desk_settings_id: self.agent_desk_settings_id,
            phone: self.phone.clone(),
            id_program_department: self.id_program_department,
            agent_description: self.agent_description.clone().or_else(|| self.agent_desc.clone()),
            sso_enabled_user: self.sso_enabled_user,
            platform_id: self.platform_id,
            supervisor_agent: self.supervisor_agent.clone(),
            agent_enterprise_name: self
                .agent_enterprise_name
                .clone()
                .or_else(|| self.agent_enterprise_nm.clone()),
            id_program_site: self.id_program_site,
            agent_team_id: self.agent_team_id,
            id_program_bill_unit: self.id_program_bill_unit,
            id_user: self.id_user,
            login_nm: self.login_name().map(Text::from),
            first_nm: self.first_nm.clone(),
            id_program_user: self.id_program_user,
            user_type_code: self.user_type_code.clone(),
            manager: self.manager,
            id_program_group: self.id_program_group,
            last_nm: self.last_nm.clone(),
            status: self.status,
            id_contact_center_user_status: self.id_contact_center_user_status,
            id_profile: self.id_profile,
            create_date_str: self.create_date_str.clone(),
            email: self.email.clone(),
            agent_id: self.agent_number().map(Text::from),
            agent_skill_target_id: self.agent_skill_target_id,
            rest: if with_unknown { self.rest.clone() } else { Rest::new() },
            ..Self::default()
        }
    }
}

//! Changing users: cloneUser, updateUser, deleteUser, setUserStatus, enableDisableUserInICM, enableDisableUserInPortal,
//! resetPassword.

use std::sync::Arc;

use super::User;
use crate::portal::envelope::{Envelope, reply};
use crate::portal::operation::{Authentication, Operation};
use crate::portal::record::record;
use crate::portal::scalar::{
    AccessCollectionId, AccountId, AgentDeskSettingsId, AgentProfileId, AgentTeamId, BillingUnitId,
    DepartmentId, RoleGroupId, SiteId, UserId,
};
use crate::upstream::{Noun, Secret};

record! {
    /// Makes a user like another one (users/cloneUser); what is absent is as the source user has it.
    pub struct CloneUser {
        /// Account of the source user.
        src_id_user: Option<AccountId> = "srcIdUser",
        /// User name of the source user.
        src_user_name: Option<String> = "srcUserName",
        /// Tenant prefix.
        program_prefix: Option<String> = "programPrefix",
        /// Login name of the new user.
        clone_user_login_nm: Option<String> = "cloneUserLoginNm",
        /// First name of the new user.
        clone_user_first_nm: Option<String> = "cloneUserFirstNm",
        /// Last name of the new user.
        clone_user_last_nm: Option<String> = "cloneUserLastNm",
        /// Phone number of the new user.
        clone_user_phone_number: Option<String> = "cloneUserPhoneNumber",
        /// Email of the new user.
        clone_user_email: Option<String> = "cloneUserEmail",
        /// Password of the new user.
        clone_user_password: Option<Secret> = "cloneUserPassword",
        /// User type code of the new user.
        clone_user_type_code: Option<String> = "cloneUserTypeCode",
        /// Agent ID (peripheral number) of the new user.
        clone_user_agent_id: Option<String> = "cloneUserAgentId",
        /// Agent enterprise name of the new user.
        clone_agent_enterprise_name: Option<String> = "cloneAgentEnterpriseName",
        /// Agent description of the new user.
        clone_agent_description: Option<String> = "cloneAgentDescription",
        /// Agent team ID for the new user.
        clone_user_agent_team_id: Option<AgentTeamId> = "cloneUserAgentTeamID",
        /// Agent desk settings ID for the new user.
        clone_user_id_agent_desk_settings: Option<AgentDeskSettingsId> = "cloneUserIdAgentDeskSettings",
        /// Profile ID for the new user.
        clone_user_id_profile: Option<AgentProfileId> = "cloneUserIdProfile",
        /// Department ID for the new user.
        clone_user_id_program_department: Option<DepartmentId> = "cloneUserIdProgramDepartment",
        /// Department name for the new user.
        clone_user_program_department_nm: Option<String> = "cloneUserProgramDepartmentNm",
        /// Site ID for the new user.
        clone_user_id_program_site: Option<SiteId> = "cloneUserIdProgramSite",
        /// Site name for the new user.
        clone_user_program_site_nm: Option<String> = "cloneUserProgramSiteNm",
        /// Billing unit ID for the new user.
        clone_user_id_program_bill_unit: Option<BillingUnitId> = "cloneUserIdProgramBillUnit",
        /// Billing unit name for the new user.
        clone_user_program_bill_unit_nm: Option<String> = "cloneUserProgramBillUnitNm",
        /// Role group ID for the new user; -1 for the standard group.
        clone_user_id_program_group: Option<RoleGroupId> = "cloneUserIdProgramGroup",
        /// Agent collections to join.
        selected_agent_collection_ids: Vec<AccessCollectionId> = "selectedAgentCollectionIds",
        /// User collections to join.
        selected_user_collection_ids: Vec<AccessCollectionId> = "selectedUserCollectionIds",
        /// User uses single sign-on.
        sso_enabled_user: Option<bool> = "ssoEnabledUser",
        /// Reuse an existing Active Directory user.
        re_use_ad_user: Option<bool> = "reUseADUser",
        /// Reuse an agent ID that is already taken.
        re_use_agent_id: Option<bool> = "reUseAgentId",
        /// Skip the Unity (voicemail) user.
        skip_unity_user: Option<bool> = "skipUnityUser",
    }
}

reply! {
    /// The new user.
    pub struct CloneUserReply {
        /// The new user, basic form.
        basic_user_agent_info: Option<Arc<User>> = "basicUserAgentInfo",
    }
}

record! {
    /// Changes a user (users/updateUser); replaces the whole editable form.
    pub struct UpdateUser {
        /// The user, editable form.
        basic_user_info: Option<Arc<User>> = "basicUserInfo",
        /// Reuse an agent ID that is already taken.
        reuse_agent_id: Option<bool> = "reuseAgentId" | "reUseAgentId" | "reUseAgent",
        /// Skip the Unity (voicemail) user.
        skip_unity_user: Option<bool> = "skipUnityUser",
    }
}

reply! {
    /// The user as it now is.
    pub struct UpdateUserReply {
        /// The user, editable form.
        basic_user_info: Option<Arc<User>> = "basicUserInfo",
    }
}

record! {
    /// Deletes a user for good (users/deleteUser).
    pub struct DeleteUser {
        /// The same number that getUserByIdProgram looks up, of the kind `dialect` names.
        search_id: Option<UserId> = "searchId",
    }
}

/// Declares a record that switches something of a user on or off; the three share their request and its danger.
macro_rules! switch {
    ($(#[$meta:meta])* $name:ident) => {
        record! {
            $(#[$meta])*
            pub struct $name {
                /// Whether to switch it on. Its name on the wire is uncertain: see `dialect`.
                enabled: Option<bool> = "enabled" | "enable" | "active" | "status" | "valid" | "isEnabled",
                /// Account of the user.
                id_user: Option<AccountId> = "idUser",
                /// Program user ID.
                id_program_user: Option<UserId> = "idProgramUser",
                /// Login name.
                login_nm: Option<String> = "loginNm",
            }
        }

        impl $name {
            /// Switches this user on or off, by all three of its names.
            #[must_use]
            pub fn of(user: &User, enabled: bool) -> Self {
                Self {
                    enabled: Some(enabled),
                    id_user: user.id_user,
                    id_program_user: user.id_program_user,
                    login_nm: user.login_name().map(str::to_owned),
                    ..Self::default()
                }
            }
        }
    };
}

switch! {
    /// Activates or deactivates a user everywhere (users/setUserStatus).
    SetUserStatus
}

switch! {
    /// Activates or deactivates a user in ICM alone (users/enableDisableUserInICM).
    EnableDisableUserInICM
}

switch! {
    /// Activates or deactivates a user in the portal alone (users/enableDisableUserInPortal).
    EnableDisableUserInPortal
}

record! {
    /// Sets a user's passwords (users/resetPassword).
    pub struct ResetPassword {
        /// Login name of the user.
        user_name: Option<String> = "userName",
        /// New directory password.
        new_password: Option<Secret> = "newPassword",
        /// New ICM password.
        new_icm_password: Option<Secret> = "newICMPassword",
        /// Change the portal password.
        change_portal_password: Option<bool> = "changePortalPassword",
        /// Change the call manager password.
        change_cm_password: Option<bool> = "changeCMPassword",
        /// User must change the password at next logon.
        change_pwd_at_next_logon: Option<bool> = "changePwdAtNextLogon",
    }
}

impl Operation for CloneUser {
    const NAME: &'static str = "cloneUser";
    const PATH: &'static str = "/portal/services/protected/users/cloneUser";
    const WRITES: &'static [Noun] = EVERYTHING_OF_A_USER;
    type Reply = CloneUserReply;
}

impl Operation for UpdateUser {
    const NAME: &'static str = "updateUser";
    const PATH: &'static str = "/portal/services/protected/users/updateUser";
    const WRITES: &'static [Noun] = EVERYTHING_OF_A_USER;
    type Reply = UpdateUserReply;
}

impl Operation for DeleteUser {
    const NAME: &'static str = "deleteUser";
    const PATH: &'static str = "/portal/services/protected/users/deleteUser";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const WRITES: &'static [Noun] = EVERYTHING_OF_A_USER;
    type Reply = Envelope;
}

impl Operation for SetUserStatus {
    const NAME: &'static str = "setUserStatus";
    const PATH: &'static str = "/portal/services/protected/users/setUserStatus";
    const WRITES: &'static [Noun] = &[Noun::User];
    type Reply = Envelope;
}

impl Operation for EnableDisableUserInICM {
    const NAME: &'static str = "enableDisableUserInICM";
    const PATH: &'static str = "/portal/services/protected/users/enableDisableUserInICM";
    const WRITES: &'static [Noun] = &[Noun::User];
    type Reply = Envelope;
}

impl Operation for EnableDisableUserInPortal {
    const NAME: &'static str = "enableDisableUserInPortal";
    const PATH: &'static str = "/portal/services/protected/users/enableDisableUserInPortal";
    const WRITES: &'static [Noun] = &[Noun::User];
    type Reply = Envelope;
}

impl Operation for ResetPassword {
    const NAME: &'static str = "resetPassword";
    const PATH: &'static str = "/portal/services/protected/users/resetPassword";
    const WRITES: &'static [Noun] = &[Noun::User];
    type Reply = Envelope;
}

/// Users are counted in skill groups, precision queues, collections and catalogues, and hold attributes.
const EVERYTHING_OF_A_USER: &[Noun] =
    &[Noun::User, Noun::SkillGroup, Noun::Attribute, Noun::PrecisionQueue, Noun::Access, Noun::Catalogue];

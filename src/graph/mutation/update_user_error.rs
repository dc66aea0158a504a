//! Why a user was not changed: the portal's constants in the graph's words, and what the gateway finds by itself.

use super::refusal::{Refusal, user_errors};
use crate::caller::{ChangeError, Stale};

user_errors! {
    /// Why a user was not changed.
    UpdateUserErrorCode of "UpdateUser", find out by "`user { revision }`" {
        /// There is no such user, or the viewer may not see it.
        UserNotFound("userId") = "UPDATE_USER_FAILED_ID_PROGRAM_USER_NOT_FOUND",
        /// The user is an agent or a supervisor whom the contact centre does not know.
        AgentNotInIcm("userId") = "UPDATE_USER_FAILED_AGENT_SUPERVISOR_NOT_FOUND",
        /// Somebody has changed the user since it was read; read it again and decide anew.
        StaleUser("ifRevision"),
        /// No field is given, so there is nothing to change.
        NothingToChange,
        /// The field cannot be cleared; leave it out, or give it a value.
        CannotBeCleared,
        /// The first name is missing.
        FirstNameRequired("firstName") = "UPDATE_USER_FAILED_FIRST_NM_REQUIRED",
        /// The last name is missing.
        LastNameRequired("lastName") = "UPDATE_USER_FAILED_LAST_NM_REQUIRED",
        /// The first name must have at most 64 characters and no spaces.
        InvalidFirstName("firstName") = "UPDATE_USER_FAILED_INVALID_FIRST_NM",
        /// The last name must have at most 64 characters and no spaces.
        InvalidLastName("lastName") = "UPDATE_USER_FAILED_INVALID_LAST_NM",
        /// Another user has the same first and last name.
        NameTaken("firstName") = "UPDATE_USER_FAILED_USER_FIRST_AND_LAST_ALREADY_EXISTS",
        /// The login name must have the form `name@abc`, without spaces.
        InvalidLoginName("loginName") = "UPDATE_USER_FAILED_INVALID_LOGIN_NM",
        /// Another user has the login name.
        LoginNameTaken("loginName") = "UPDATE_USER_FAILED_USER_LOGIN_NM_ALREADY_EXISTS",
        /// The email address must have one `@` with something on either side, and no spaces.
        InvalidEmail("email"),
        /// The phone number must have 5 to 15 digits.
        InvalidPhoneLength("phone") = "UPDATE_USER_FAILED_PHONE_LENGTH_ERROR",
        /// The phone number must consist of digits.
        PhoneNotNumeric("phone") = "UPDATE_USER_FAILED_PHONE_ONLY_NUMBERS_ALLOWED",
        /// The portal does not tell whether the user is active, and without it the change might deactivate the user: say so.
        IsActiveRequired("isActive"),
        /// There is no such user type.
        InvalidUserType("userType") = "UPDATE_USER_FAILED_REQUESTED_USER_TYPE_NOT_FOUND",
        /// The viewer may not make a user an administrator of the portal; a user of the partner may.
        AdministratorNotAllowed = "UPDATE_USER_FAILED_NON_OWNER_UPDATING_TO_ADMIN",
        /// An owner cannot be made an administrator of the portal.
        OwnerCannotBeDemoted = "UPDATE_USER_FAILED_USER_CANNOT_BE_DEMOTE_FROM_PROGRAM_OWNER_TO_ADMIN_USER",
        /// The agent number must have 1 to 11 digits.
        InvalidAgentNumber("agentNumber") = "UPDATE_USER_FAILED_INVALID_AGENT_ID",
        /// Another agent has the agent number; set `reusesAgentNumber` if it is meant.
        AgentNumberTaken("agentNumber") = "UPDATE_USER_FAILED_AGENT_ID_ALREADY_IN_USE",
        /// The enterprise name may have letters, digits, periods and underscores, and begins with one of the first two.
        InvalidEnterpriseName("agentEnterpriseName") = "UPDATE_USER_FAILED_INVALID_ENTERPRISE_NM",
        /// Agents and supervisors need a platform.
        PlatformRequired("platformId") = "UPDATE_USER_FAILED_PLATFORM_ID_NOT_PROVIDED",
        /// The platform of an agent or a supervisor cannot change.
        PlatformCannotChange("platformId") = "UPDATE_USER_FAILED_PLATFORM_CANNOT_BE_CHANGED",
        /// Only agents and supervisors have a platform.
        PlatformNotAllowed("platformId") = "UPDATE_USER_FAILED_PLATFORM_SHOULD_BE_NULL",
        /// The id is not that of a platform of this tenant.
        PlatformNotFound("platformId"),
        /// The id is not that of a department of this tenant.
        DepartmentNotFound("departmentId"),
        /// The id is not that of a site of this tenant.
        SiteNotFound("siteId"),
        /// The id is not that of a billing unit of this tenant.
        BillingUnitNotFound("billingUnitId"),
        /// The id is not that of a role group of this tenant.
        RoleGroupNotFound("roleGroupId"),
        /// The id is not that of an agent team of this tenant.
        TeamNotFound("teamId"),
        /// The id is not that of an agent profile of this tenant.
        ProfileNotFound("profileId"),
        /// The id is not that of agent desk settings of this tenant.
        DeskSettingsNotFound("deskSettingsId"),
    }
    failures ["UPDATE_USER_FAILED", "UPDATE_USER_FAILED_LOGGED_IN_USER_TYPE_NOT_FOUND"]
}

impl From<ChangeError> for Refusal<UpdateUserErrorCode> {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound => Self::one(UpdateUserErrorCode::UserNotFound),
            ChangeError::Caller(error) => error.into(),
            ChangeError::Write(error) => Self::of_write(error),
        }
    }
}

impl From<Stale> for Refusal<UpdateUserErrorCode> {
    fn from(_: Stale) -> Self {
        Self::one(UpdateUserErrorCode::StaleUser)
    }
}

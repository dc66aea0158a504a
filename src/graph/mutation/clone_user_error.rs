//! Why a user was not cloned: the portal's constants in the graph's words, and what the gateway finds by itself.

use super::refusal::user_errors;

user_errors! {
    /// Why a user was not cloned.
    CloneUserErrorCode of "CloneUser", find out by "`user(by: {loginName: …})`" {
        /// There is no user to clone, or the viewer may not see it.
        SourceUserNotFound("sourceUserId") = "CLONE_USER_FAILED_INVALID_ID_USER",
        /// The portal does not know the login name of the user to clone.
        InvalidSourceLoginName("sourceUserId") = "CLONE_USER_FAILED_INVALID_SOURCE_USER_NAME",
        /// The login name must have the form `name@abc`, without spaces.
        InvalidLoginName("loginName") = "CLONE_USER_FAILED_INVALID_CLONED_USER_LOGIN_NM",
        /// Another user has the login name.
        LoginNameTaken("loginName") = "CLONE_USER_FAILED_USER_LOGIN_NM_ALREADY_EXISTS",
        /// Somebody in the directory has the login name; set `reusesDirectoryUser` if that is who is meant.
        LoginNameTakenInDirectory("loginName") = "CLONE_USER_FAILED_USER_LOGIN_NM_ALREADY_EXISTS_IN_AD",
        /// The first name is missing.
        FirstNameRequired("firstName"),
        /// The last name is missing.
        LastNameRequired("lastName"),
        /// The first name must have at most 64 characters and no spaces.
        InvalidFirstName("firstName") = "CLONE_USER_FAILED_INVALID_CLONED_USER_FIRST_NM",
        /// The last name must have at most 64 characters and no spaces.
        InvalidLastName("lastName") = "CLONE_USER_FAILED_INVALID_CLONED_USER_LAST_NM",
        /// The portal does not accept the first name or the last name; it does not say which.
        InvalidName("firstName") = "CLONE_USER_FAILED_INVALID_CLONED_USER_FIRST_NM_LAST_NM",
        /// Another user has the same first and last name.
        NameTaken("firstName") = "CLONE_USER_FAILED_USER_FIRST_AND_LAST_ALREADY_EXISTS",
        /// Somebody in the directory has the same first and last name.
        NameTakenInDirectory("firstName") = "CLONE_USER_FAILED_USER_FIRST_AND_LAST_ALREADY_EXISTS_IN_AD",
        /// The phone number must have 5 to 15 digits.
        InvalidPhoneLength("phone") = "CLONE_USER_FAILED_INVALID_CLONED_USER_PHONE_NUM",
        /// The phone number must consist of digits.
        PhoneNotNumeric("phone") = "CLONE_USER_FAILED_ONLY_NUMBERS_ALLOWED_PHONE_NUM",
        /// The email address must have one `@` with something on either side, and no spaces.
        InvalidEmail("email") = "CLONE_USER_FAILED_INVALID_CLONE_USER_EMAIL",
        /// The password is empty.
        PasswordEmpty("password"),
        /// There is no such user type.
        InvalidUserType("userType") = "CLONE_USER_FAILED_USER_TYPE_NOT_FOUND",
        /// An owner at the level of the partner cannot be made by cloning.
        OwnerNotAllowed = "CLONE_USER_FAILED_NOT_ALLOWED_TO_CREATE_OWNER",
        /// The clone of an agent or a supervisor needs an agent number.
        AgentNumberRequired("agentNumber") = "CLONE_USER_FAILED_AGENT_ID_NOT_PROVIDED",
        /// The agent number must have 1 to 11 digits.
        InvalidAgentNumber("agentNumber"),
        /// Another agent has the agent number; set `reusesAgentNumber` if it is meant.
        AgentNumberTaken("agentNumber") = "CLONE_USER_FAILED_AGENT_ID_ALREADY_IN_USE",
        /// The enterprise name may have letters, digits, periods and underscores, and begins with one of the first two.
        InvalidEnterpriseName("agentEnterpriseName") = "CLONE_USER_FAILED_INVALID_CLONED_AGENT_ENTERPRISE_NM",
        /// Only agents and supervisors can join agent collections.
        AgentCollectionsNotAllowed("agentCollectionDatabaseIds"),
        /// There is no such department, or the viewer may not see it.
        DepartmentNotFound("departmentId"),
        /// There is no such site, or the viewer may not see it.
        SiteNotFound("siteId"),
        /// There is no such billing unit, or the viewer may not see it.
        BillingUnitNotFound("billingUnitId"),
        /// The id is not that of a role group of this tenant.
        RoleGroupNotFound("roleGroupId"),
        /// Either a role group is named or the standard one is used, not both.
        RoleGroupTwice("usesStandardRoleGroup"),
        /// The id is not that of an agent team of this tenant.
        TeamNotFound("teamId"),
        /// The id is not that of an agent profile of this tenant.
        ProfileNotFound("profileId"),
        /// The id is not that of agent desk settings of this tenant.
        DeskSettingsNotFound("deskSettingsId"),
    }
    failures [
        "CLONE_USER_FAILED",
        "CLONE_USER_FAILED_INCORRECT_PROGRAM_ASSOCIATION",
        "CLONE_USER_FAILED_INCORRECT_AGENT_ASSOCIATION",
        "CLONE_USER_FAILED_INCORRECT_PLATFORM_ASSOCIATION",
        "CLONE_USER_FAILED_TO_CREATE_USER_IN_AD",
    ]
    partly [
        "CLONE_USER_FAILED_TO_SETUP_AGENT_OR_SUPERVISOR_IN_ICM",
        "CLONE_USER_FAILED_TO_CLONE_AGENT_TEAM",
        "CLONE_USER_FAILED_TO_CLONE_AGENT_DESK_SETTINGS",
        "CLONE_USER_FAILED_TO_CLONE_AGENT_SKILL_GROUPS",
        "CLONE_USER_FAILED_TO_CLONE_USER_GROUPS",
        "CLONE_USER_FAILED_TO_CLONE_USER_COLLECTIONS",
        "CLONE_USER_FAILED_TO_CLONE_USER_SETTINGS",
        "CLONE_USER_FAILED_TO_CLONE_PRECISION_QUEUES_ATTRIBUTES",
    ]
}

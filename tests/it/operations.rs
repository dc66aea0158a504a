//! The operations the gateway has, one line each, for whoever wants to look at every one of a kind.

/// Hands each read whose answer is documented to a macro, after what is given.
macro_rules! reads {
    ($then:ident $(, $given:expr)*) => {
        $then!($($given,)* [
            portalgraph::portal::agent::GetAllAgents,
            portalgraph::portal::agent::GetAllAgentsForSkill,
            portalgraph::portal::attribute::GetAllAttributes,
            portalgraph::portal::precision_queue::GetAllPrecisionQueues,
            portalgraph::portal::precision_queue::GetPQByID,
            portalgraph::portal::skill_group::GetSkillGroups,
            portalgraph::portal::skill_group::GetSkillsForAgent,
            portalgraph::portal::access::GetAccessSummaryByUser,
            portalgraph::portal::access::GetManageableAccessCollections,
            portalgraph::portal::reference::GetAllAgentDeskSettings,
            portalgraph::portal::reference::GetAllApmProfiles,
            portalgraph::portal::reference::GetAllBillingUnits,
            portalgraph::portal::reference::GetAllDepartments,
            portalgraph::portal::reference::GetAllPlatforms,
            portalgraph::portal::reference::GetAllRoles,
            portalgraph::portal::reference::GetAllSites,
            portalgraph::portal::user::GetUserByIdProgram,
            portalgraph::portal::user::GetUsers,
            portalgraph::portal::callback::GetAgentDispositionStatusCodes,
            portalgraph::portal::callback::GetCallbackInfo,
            portalgraph::portal::callback::GetDialedNumberList,
        ])
    };
}

/// Hands everything else with a documented answer to a macro: signing in and out, and the writes.
macro_rules! changes {
    ($then:ident $(, $given:expr)*) => {
        $then!($($given,)* [
            portalgraph::portal::auth::Login,
            portalgraph::portal::auth::AuthorizeUserToTenant,
            portalgraph::portal::auth::Logout,
            portalgraph::portal::skill_group::SaveAgentsToSkill,
            portalgraph::portal::attribute::SaveAttributesToAgent,
            portalgraph::portal::skill_group::SaveSkillGroup,
            portalgraph::portal::skill_group::SaveSkillsToAgent,
            portalgraph::portal::attribute::UpdateAgentAttributes,
            portalgraph::portal::precision_queue::UpdatePrecisionQueue,
            portalgraph::portal::user::CloneUser,
            portalgraph::portal::user::DeleteUser,
            portalgraph::portal::user::EnableDisableUserInICM,
            portalgraph::portal::user::EnableDisableUserInPortal,
            portalgraph::portal::user::ResetPassword,
            portalgraph::portal::user::SetUserStatus,
            portalgraph::portal::user::UpdateUser,
            portalgraph::portal::callback::CancelCallback,
            portalgraph::portal::callback::CreateCallbackRequest,
            portalgraph::portal::callback::UpdateCallbackRequest,
        ])
    };
}

pub(crate) use {changes, reads};

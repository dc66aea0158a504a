//! `cloneUser`: making a user like another one.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use futures_util::try_join;

use super::clone_user_error::CloneUserErrorCode;
use super::payload::{Changed, UserPayload};
use super::refusal::{Refusal, Violations};
use super::user_form;
use crate::caller::{Caller, Catalogue};
use crate::graph::context::ContextExt as _;
use crate::graph::error::{GraphError, Nullable};
use crate::graph::id::Kind;
use crate::graph::user::UserType;
use crate::portal::reference::{ReferenceEntry, Site};
use crate::portal::user::{CloneUser, User};
use crate::portal::{
    AccessCollectionId, AgentDeskSettingsId, AgentProfileId, AgentTeamId, BillingUnitId, DepartmentId,
    RoleGroupId, SiteId, TenantId, UserId,
};
use crate::upstream::Secret;

/// What the portal takes for its standard role group.
const STANDARD_ROLE_GROUP: RoleGroupId = RoleGroupId(-1);

/// Clones users.
#[derive(Default)]
pub struct CloneUserMutation;

/// Whom to clone, and in what the new user differs; what is absent is as the source user has it.
#[derive(InputObject)]
pub struct CloneUserInput {
    /// The global id of the source user, or of the agent it is.
    source_user_id: ID,
    /// The login name of the new user, of the form `name@abc`.
    login_name: String,
    /// The first name of the new user, without spaces.
    first_name: String,
    /// The last name of the new user, without spaces.
    last_name: String,
    /// The phone number of the new user: 5 to 15 digits.
    phone: String,
    /// The email address of the new user.
    email: Option<String>,
    /// The password of the new user; it is passed on to the portal and kept nowhere.
    password: Option<Secret>,
    /// What kind of user the new one is; `UNKNOWN` is refused.
    user_type: Option<UserType>,
    /// The agent number of the new user, of up to 11 digits; required if the source user is an agent or a supervisor.
    agent_number: Option<String>,
    /// The name the contact centre is to know the new agent by: letters, digits, and inside it `.` and `_`.
    agent_enterprise_name: Option<String>,
    /// What to say about the new agent.
    agent_description: Option<String>,
    /// The global id of the department.
    department_id: Option<ID>,
    /// The global id of the site.
    site_id: Option<ID>,
    /// The global id of the billing unit.
    billing_unit_id: Option<ID>,
    /// The global id of the role group.
    role_group_id: Option<ID>,
    /// Whether the new user gets the standard role group, for a source user whose own is user-defined; not together with
    /// `roleGroupId`.
    #[graphql(default)]
    uses_standard_role_group: bool,
    /// The global id of the agent team.
    team_id: Option<ID>,
    /// The global id of the agent profile.
    profile_id: Option<ID>,
    /// The global id of the agent desk settings.
    desk_settings_id: Option<ID>,
    /// The portal's own keys of user collections to join, from `User.cloneOptions`.
    user_collection_database_ids: Option<Vec<i64>>,
    /// The portal's own keys of agent collections to join, from `User.cloneOptions`; for agents and supervisors only.
    agent_collection_database_ids: Option<Vec<i64>>,
    /// Whether the new user signs in by single sign-on.
    uses_single_sign_on: Option<bool>,
    /// Whether a user who is in the directory already is meant, instead of refusing the login name as taken.
    reuses_directory_user: Option<bool>,
    /// Whether an agent number that is taken is meant, instead of refusing it.
    reuses_agent_number: Option<bool>,
    /// Whether no voicemail user is made.
    skips_voicemail_user: Option<bool>,
}

impl CloneUserInput {
    fn check(&self, violations: &mut Violations<CloneUserErrorCode>) {
        use CloneUserErrorCode::{
            FirstNameRequired, InvalidAgentNumber, InvalidEmail, InvalidEnterpriseName, InvalidFirstName,
            InvalidLastName, InvalidLoginName, InvalidPhoneLength, InvalidUserType, LastNameRequired,
            PasswordEmpty, PhoneNotNumeric, RoleGroupTwice,
        };
        let mut check = |is_right: bool, code| {
            if !is_right {
                violations.add(code);
            }
        };
        let fits = |text: &Option<String>, form: fn(&str) -> bool| text.as_deref().is_none_or(form);
        check(user_form::is_login_name(&self.login_name), InvalidLoginName);
        let is_no_wrong_name = |text: &str| text.is_empty() || user_form::is_person_name(text);
        check(!self.first_name.is_empty(), FirstNameRequired);
        check(is_no_wrong_name(&self.first_name), InvalidFirstName);
        check(!self.last_name.is_empty(), LastNameRequired);
        check(is_no_wrong_name(&self.last_name), InvalidLastName);
        check(user_form::is_numeric(&self.phone), PhoneNotNumeric);
        check(user_form::is_as_long_as_a_phone_number(&self.phone), InvalidPhoneLength);
        check(fits(&self.email, user_form::is_email), InvalidEmail);
        check(self.password.as_ref().is_none_or(|password| !password.expose().is_empty()), PasswordEmpty);
        check(self.user_type != Some(UserType::Unknown), InvalidUserType);
        check(fits(&self.agent_number, user_form::is_agent_number), InvalidAgentNumber);
        check(fits(&self.agent_enterprise_name, user_form::is_enterprise_name), InvalidEnterpriseName);
        check(!self.uses_standard_role_group || self.role_group_id.is_none(), RoleGroupTwice);
    }

    /// What only the source user can tell to be missing or too much.
    fn check_beside(&self, source: &User, violations: &mut Violations<CloneUserErrorCode>) {
        if source.is_agent() && self.agent_number.is_none() {
            violations.add(CloneUserErrorCode::AgentNumberRequired);
        }
        let becomes_agent = match self.user_type {
            Some(kind) => kind != UserType::NonContactCenter,
            None => source.is_agent(),
        };
        if !becomes_agent && self.agent_collection_database_ids.as_ref().is_some_and(|ids| !ids.is_empty()) {
            violations.add(CloneUserErrorCode::AgentCollectionsNotAllowed);
        }
    }
}

/// The keys behind the input's ids.
struct Keys {
    source: Option<UserId>,
    department: Option<DepartmentId>,
    site: Option<SiteId>,
    billing_unit: Option<BillingUnitId>,
    role_group: Option<RoleGroupId>,
    team: Option<AgentTeamId>,
    profile: Option<AgentProfileId>,
    desk_settings: Option<AgentDeskSettingsId>,
}

impl Keys {
    fn of(input: &CloneUserInput, tenant: TenantId, violations: &mut Violations<CloneUserErrorCode>) -> Self {
        use CloneUserErrorCode as Code;
        let source = Code::SourceUserNotFound;
        let source = violations.key(&input.source_user_id, &[Kind::User, Kind::Agent], tenant, source);
        let mut key = |id: &Option<ID>, kind, code| violations.key(id.as_ref()?, &[kind], tenant, code);
        let role_group = key(&input.role_group_id, Kind::RoleGroup, Code::RoleGroupNotFound).map(RoleGroupId);
        let department = key(&input.department_id, Kind::Department, Code::DepartmentNotFound);
        let billing_unit = key(&input.billing_unit_id, Kind::BillingUnit, Code::BillingUnitNotFound);
        let desk_settings = key(&input.desk_settings_id, Kind::AgentDeskSettings, Code::DeskSettingsNotFound);
        Self {
            source: source.map(UserId),
            department: department.map(DepartmentId),
            site: key(&input.site_id, Kind::Site, Code::SiteNotFound).map(SiteId),
            billing_unit: billing_unit.map(BillingUnitId),
            role_group: if input.uses_standard_role_group { Some(STANDARD_ROLE_GROUP) } else { role_group },
            team: key(&input.team_id, Kind::AgentTeam, Code::TeamNotFound).map(AgentTeamId),
            profile: key(&input.profile_id, Kind::AgentProfile, Code::ProfileNotFound).map(AgentProfileId),
            desk_settings: desk_settings.map(AgentDeskSettingsId),
        }
    }
}

/// What is read before the new user is made: the source user, and the catalogues whose names go with their keys.
struct Found {
    source: Option<Arc<User>>,
    departments: Catalogue<ReferenceEntry>,
    sites: Catalogue<Site>,
    billing_units: Catalogue<ReferenceEntry>,
}

impl Found {
    async fn read(caller: &Caller, keys: &Keys) -> Result<Self, GraphError> {
        let departments = async {
            if keys.department.is_none() {
                return Ok(Catalogue::default());
            }
            caller.departments().await.map_err(GraphError::from)
        };
        let sites = async {
            if keys.site.is_none() {
                return Ok(Catalogue::default());
            }
            caller.sites().await.map_err(GraphError::from)
        };
        let billing_units = async {
            if keys.billing_unit.is_none() {
                return Ok(Catalogue::default());
            }
            caller.billing_units().await.map_err(GraphError::from)
        };
        let source = async {
            let Some(key) = keys.source else { return Ok(None) };
            caller.user_by_id(key).await.map_err(GraphError::from)
        };
        let (source, departments, sites, billing_units) =
            try_join!(source, departments, sites, billing_units)?;
        Ok(Self { source, departments, sites, billing_units })
    }

    /// Adds the names that go with the keys; a key that is in no catalogue is a violation.
    fn name(&self, operation: &mut CloneUser, violations: &mut Violations<CloneUserErrorCode>) {
        use CloneUserErrorCode::{BillingUnitNotFound, DepartmentNotFound, SiteNotFound};
        let entry = |catalogue: &Catalogue<ReferenceEntry>, key| {
            catalogue.iter().find(|entry| entry.id == Some(key)).map(|entry| entry.name.clone())
        };
        if let Some(key) = operation.clone_user_id_program_department {
            match entry(&self.departments, key.0) {
                Some(name) => operation.clone_user_program_department_nm = name,
                None => violations.add(DepartmentNotFound),
            }
        }
        if let Some(key) = operation.clone_user_id_program_site {
            match self.sites.iter().find(|site| site.id_program_site == Some(key)) {
                Some(site) => operation.clone_user_program_site_nm.clone_from(&site.program_site_nm),
                None => violations.add(SiteNotFound),
            }
        }
        if let Some(key) = operation.clone_user_id_program_bill_unit {
            match entry(&self.billing_units, key.0) {
                Some(name) => operation.clone_user_program_bill_unit_nm = name,
                None => violations.add(BillingUnitNotFound),
            }
        }
    }
}

fn collections(keys: Option<Vec<i64>>) -> Vec<AccessCollectionId> {
    keys.unwrap_or_default().into_iter().map(AccessCollectionId).collect()
}

/// The operation as far as the input tells it.
fn operation(input: CloneUserInput, keys: &Keys) -> CloneUser {
    CloneUser {
        clone_user_login_nm: Some(input.login_name),
        clone_user_first_nm: Some(input.first_name),
        clone_user_last_nm: Some(input.last_name),
        clone_user_phone_number: Some(input.phone),
        clone_user_email: input.email,
        clone_user_password: input.password,
        clone_user_type_code: input.user_type.and_then(UserType::code).map(str::to_owned),
        clone_user_agent_id: input.agent_number,
        clone_agent_enterprise_name: input.agent_enterprise_name,
        clone_agent_description: input.agent_description,
        clone_user_agent_team_id: keys.team,
        clone_user_id_agent_desk_settings: keys.desk_settings,
        clone_user_id_profile: keys.profile,
        clone_user_id_program_department: keys.department,
        clone_user_id_program_site: keys.site,
        clone_user_id_program_bill_unit: keys.billing_unit,
        clone_user_id_program_group: keys.role_group,
        selected_agent_collection_ids: collections(input.agent_collection_database_ids),
        selected_user_collection_ids: collections(input.user_collection_database_ids),
        sso_enabled_user: input.uses_single_sign_on,
        re_use_ad_user: input.reuses_directory_user,
        re_use_agent_id: input.reuses_agent_number,
        skip_unity_user: input.skips_voicemail_user,
        ..CloneUser::default()
    }
}

async fn clone(ctx: &Context<'_>, input: CloneUserInput) -> Result<Changed, Refusal<CloneUserErrorCode>> {
    let caller = ctx.caller()?;
    let mut violations = Violations::new();
    let keys = Keys::of(&input, caller.tenant()?, &mut violations);
    input.check(&mut violations);
    let found = match Found::read(&caller, &keys).await {
        Ok(found) => found,
        Err(failure) => return Err(violations.or(failure)),
    };
    match &found.source {
        Some(source) => input.check_beside(source, &mut violations),
        None if keys.source.is_some() => violations.add(CloneUserErrorCode::SourceUserNotFound),
        None => {}
    }
    let login_name = input.login_name.clone();
    let mut operation = operation(input, &keys);
    found.name(&mut operation, &mut violations);
    violations.check()?;
    if let Some(source) = found.source {
        operation.src_id_user = source.id_user;
        operation.src_user_name = source.login_name().map(str::to_owned);
    }
    operation.program_prefix = caller.program_prefix();
    let reply = caller.write(operation).await.map_err(Refusal::of_write)?;
    let id = reply.basic_user_agent_info.and_then(|user| user.id_program_user);
    Ok(id.map_or(Changed::LoginName(login_name), Changed::Id))
}

#[Object]
impl CloneUserMutation {
    /// Makes a user like another one, with its access, skills, team, desk settings, attributes, site and role group.
    async fn clone_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to clone, and in what the new user differs.")] input: CloneUserInput,
    ) -> Nullable<UserPayload<CloneUserErrorCode>> {
        UserPayload::of(ctx, clone(ctx, input).await)
    }
}

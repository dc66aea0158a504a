//! `updateUser`: changing some fields of one user and keeping all others as they are.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::cleared;
use super::payload::UserPayload;
use super::refusal::{Refusal, Violations};
use super::update_user_error::UpdateUserErrorCode;
use super::user_form;
use crate::caller::Reader;
use crate::graph::context::ContextExt as _;
use crate::graph::error::{Code as ErrorCode, GraphError, Nullable};
use crate::graph::id::Kind;
use crate::graph::user::UserType;
use crate::portal::user::{UpdateUser, User};
use crate::portal::{
    AgentDeskSettingsId, AgentProfileId, AgentTeamId, BillingUnitId, DepartmentId, Leaf as _, PlatformId,
    RoleGroupId, SiteId, TenantId, Text, UserId,
};

/// Changes users.
#[derive(Default)]
pub struct UpdateUserMutation;

/// Which user to change, and in what: a field that is absent stays as it is, one that is null is cleared. A portal that
/// keeps a cleared field although it called the change a success is an error, not a success.
#[derive(InputObject)]
pub struct UpdateUserInput {
    /// The global id of the user, or of the agent it is.
    user_id: ID,
    /// The `User.revision` the change is made from; if the user has another one by now, nothing is changed.
    if_revision: Option<String>,
    /// The first name, without spaces; cannot be cleared.
    first_name: MaybeUndefined<String>,
    /// The last name, without spaces; cannot be cleared.
    last_name: MaybeUndefined<String>,
    /// The name the user signs in with, of the form `name@abc`; cannot be cleared.
    login_name: MaybeUndefined<String>,
    /// The email address.
    email: MaybeUndefined<String>,
    /// The phone number: 5 to 15 digits.
    phone: MaybeUndefined<String>,
    /// The global id of the department.
    department_id: MaybeUndefined<ID>,
    /// The global id of the site; cannot be cleared.
    site_id: MaybeUndefined<ID>,
    /// The global id of the billing unit.
    billing_unit_id: MaybeUndefined<ID>,
    /// The global id of the role group; cannot be cleared.
    role_group_id: MaybeUndefined<ID>,
    /// The global id of the agent team.
    team_id: MaybeUndefined<ID>,
    /// The global id of the agent profile.
    profile_id: MaybeUndefined<ID>,
    /// The global id of the agent desk settings.
    desk_settings_id: MaybeUndefined<ID>,
    /// The global id of the platform: required for agents and supervisors, who cannot change it, and null for all others.
    platform_id: MaybeUndefined<ID>,
    /// The number the agent signs in to the desktop with, of up to 11 digits.
    agent_number: MaybeUndefined<String>,
    /// The name the contact centre knows the agent by: letters, digits, and inside it `.` and `_`.
    agent_enterprise_name: MaybeUndefined<String>,
    /// What to say about the agent.
    agent_description: MaybeUndefined<String>,
    /// Whether the agent is a supervisor; cannot be cleared.
    is_supervisor: MaybeUndefined<bool>,
    /// Whether the user is a manager; cannot be cleared.
    is_manager: MaybeUndefined<bool>,
    /// Whether the user signs in by single sign-on; cannot be cleared.
    uses_single_sign_on: MaybeUndefined<bool>,
    /// What kind of user it is; cannot be cleared, and `UNKNOWN` is refused.
    user_type: MaybeUndefined<UserType>,
    /// Whether the user may work; cannot be cleared. It is sent under the very name by which the portal shows it, so
    /// that, unlike `setUserStatus`, it needs no operator's word; the user is looked at afterwards all the same.
    is_active: MaybeUndefined<bool>,
    /// The portal's own key of the contact-centre status; cannot be cleared.
    contact_center_status_database_id: MaybeUndefined<i64>,
    /// Whether an agent number that is taken is meant, instead of refusing it.
    reuses_agent_number: Option<bool>,
    /// Whether the voicemail user is left out of the change.
    skips_voicemail_user: Option<bool>,
}

impl UpdateUserInput {
    fn check(&self, violations: &mut Violations<UpdateUserErrorCode>) {
        use UpdateUserErrorCode::{
            FirstNameRequired, InvalidAgentNumber, InvalidEmail, InvalidEnterpriseName, InvalidFirstName,
            InvalidLastName, InvalidLoginName, InvalidPhoneLength, InvalidUserType, LastNameRequired,
            PhoneNotNumeric,
        };
        let mut check = |text: &MaybeUndefined<String>, is_right: fn(&str) -> bool, code| {
            if text.value().is_some_and(|text| !is_right(text)) {
                violations.add(code);
            }
        };
        let is_there: fn(&str) -> bool = |text| !text.is_empty();
        let is_no_wrong_name: fn(&str) -> bool = |text| text.is_empty() || user_form::is_person_name(text);
        check(&self.first_name, is_there, FirstNameRequired);
        check(&self.first_name, is_no_wrong_name, InvalidFirstName);
        check(&self.last_name, is_there, LastNameRequired);
        check(&self.last_name, is_no_wrong_name, InvalidLastName);
        check(&self.login_name, user_form::is_login_name, InvalidLoginName);
        check(&self.email, user_form::is_email, InvalidEmail);
        check(&self.phone, user_form::is_numeric, PhoneNotNumeric);
        check(&self.phone, user_form::is_as_long_as_a_phone_number, InvalidPhoneLength);
        check(&self.agent_number, user_form::is_agent_number, InvalidAgentNumber);
        check(&self.agent_enterprise_name, user_form::is_enterprise_name, InvalidEnterpriseName);
        if self.user_type == MaybeUndefined::Value(UserType::Unknown) {
            violations.add(InvalidUserType);
        }
    }

    fn edits(self, edits: &mut Edits<'_>) {
        use UpdateUserErrorCode as Code;
        let department = edits.key(self.department_id, Kind::Department, Code::DepartmentNotFound);
        let site = edits.key(self.site_id, Kind::Site, Code::SiteNotFound);
        let billing_unit = edits.key(self.billing_unit_id, Kind::BillingUnit, Code::BillingUnitNotFound);
        let role_group = edits.key(self.role_group_id, Kind::RoleGroup, Code::RoleGroupNotFound);
        let team = edits.key(self.team_id, Kind::AgentTeam, Code::TeamNotFound);
        let profile = edits.key(self.profile_id, Kind::AgentProfile, Code::ProfileNotFound);
        let desk_settings =
            edits.key(self.desk_settings_id, Kind::AgentDeskSettings, Code::DeskSettingsNotFound);
        let platform = edits.key(self.platform_id, Kind::Platform, Code::PlatformNotFound);
        let user_type = self.user_type.map_value(|kind| kind.code().map(Text::from).unwrap_or_default());

        edits.put("email", self.email.map_value(Text::from), |user| &mut user.email);
        edits.put("phone", self.phone.map_value(Text::from), |user| &mut user.phone);
        edits.put("departmentId", department.map_value(DepartmentId), |user| &mut user.id_program_department);
        edits.put("billingUnitId", billing_unit.map_value(BillingUnitId), |user| {
            &mut user.id_program_bill_unit
        });
        edits.put("teamId", team.map_value(AgentTeamId), |user| &mut user.agent_team_id);
        edits.put("profileId", profile.map_value(AgentProfileId), |user| &mut user.id_profile);
        edits.put("deskSettingsId", desk_settings.map_value(AgentDeskSettingsId), |user| {
            &mut user.agent_desk_settings_id
        });
        edits.put("platformId", platform.map_value(PlatformId), |user| &mut user.platform_id);
        edits.put("agentNumber", self.agent_number.map_value(Text::from), |user| &mut user.agent_id);
        edits.put("agentEnterpriseName", self.agent_enterprise_name.map_value(Text::from), |user| {
            &mut user.agent_enterprise_name
        });
        edits.put("agentDescription", cleared::text(self.agent_description).map_value(Text::from), |user| {
            &mut user.agent_description
        });

        edits.replace("firstName", self.first_name.map_value(Text::from), |user| &mut user.first_nm);
        edits.replace("lastName", self.last_name.map_value(Text::from), |user| &mut user.last_nm);
        edits.replace("loginName", self.login_name.map_value(Text::from), |user| &mut user.login_nm);
        edits.replace("siteId", site.map_value(SiteId), |user| &mut user.id_program_site);
        edits.replace("roleGroupId", role_group.map_value(RoleGroupId), |user| &mut user.id_program_group);
        edits.replace("isManager", self.is_manager, |user| &mut user.manager);
        edits.replace("usesSingleSignOn", self.uses_single_sign_on, |user| &mut user.sso_enabled_user);
        edits.replace("userType", user_type, |user| &mut user.user_type_code);
        edits.replace("isActive", self.is_active, |user| &mut user.status);
        edits.replace("contactCenterStatusDatabaseId", self.contact_center_status_database_id, |user| {
            &mut user.id_contact_center_user_status
        });
        edits.supervise(self.is_supervisor);
    }
}

/// What is done to the user once it has been read.
type Edit = Box<dyn FnOnce(&mut User) + Send>;

/// Where a field stands.
type Place<T> = fn(&mut User) -> &mut Option<T>;

/// Whether a field holds after the change what it held before; with the name that clients know it by.
type Held = (&'static str, Box<dyn Fn(&mut User, &mut User) -> bool + Send + Sync>);

/// The edits an input asks for, and what is wrong with it.
struct Edits<'a> {
    tenant: TenantId,
    violations: &'a mut Violations<UpdateUserErrorCode>,
    list: Vec<Edit>,
    cleared: Vec<Held>,
}

impl Edits<'_> {
    /// The key behind an id.
    fn key(&mut self, id: MaybeUndefined<ID>, kind: Kind, code: UpdateUserErrorCode) -> MaybeUndefined<i64> {
        match id {
            MaybeUndefined::Undefined => MaybeUndefined::Undefined,
            MaybeUndefined::Null => MaybeUndefined::Null,
            // A wrong one is a violation, so that nothing is written anyway.
            MaybeUndefined::Value(id) => MaybeUndefined::Value(
                self.violations.key(&id, &[kind], self.tenant, code).unwrap_or_default(),
            ),
        }
    }

    /// Sets a field or clears it.
    fn put<T: PartialEq + Send + 'static>(
        &mut self,
        field: &'static str,
        value: MaybeUndefined<T>,
        place: Place<T>,
    ) {
        if value.is_null() {
            let is_held = move |before: &mut User, after: &mut User| {
                let before = place(before);
                before.is_some() && before == place(after)
            };
            self.cleared.push((field, Box::new(is_held)));
        }
        if !value.is_undefined() {
            self.list.push(Box::new(move |user| value.update_to(place(user))));
        }
    }

    /// Sets a field that cannot be cleared.
    fn replace<T: PartialEq + Send + 'static>(
        &mut self,
        field: &'static str,
        value: MaybeUndefined<T>,
        place: Place<T>,
    ) {
        self.refuse_null(field, &value);
        self.put(field, value, place);
    }

    /// Makes the agent a supervisor, or no longer.
    fn supervise(&mut self, is_supervisor: MaybeUndefined<bool>) {
        self.refuse_null("isSupervisor", &is_supervisor);
        if !is_supervisor.is_undefined() {
            self.list.push(Box::new(move |user| {
                let read = user.supervisor_agent.take();
                user.supervisor_agent =
                    is_supervisor.take().map(|flag| supervisor_flag(flag, read.as_deref()));
            }));
        }
    }

    fn refuse_null<T>(&mut self, field: &str, value: &MaybeUndefined<T>) {
        if value.is_null() {
            let message = format!("`{field}` cannot be cleared: leave it out, or give it a value.");
            self.violations.add_at(UpdateUserErrorCode::CannotBeCleared, [field.to_owned()], message);
        }
    }
}

/// The flag in the form it was read in, since the contract knows several.
fn supervisor_flag(is_supervisor: bool, read: Option<&str>) -> Text {
    if let Some(read) = read.filter(|read| bool::from_text(read) == Some(is_supervisor)) {
        return read.into();
    }
    let is_letter = read.is_some_and(|read| read.trim().len() == 1);
    match (is_supervisor, is_letter) {
        (true, false) => "Yes",
        (false, false) => "No",
        (true, true) => "Y",
        (false, true) => "N",
    }
    .into()
}

async fn update(
    ctx: &Context<'_>,
    mut input: UpdateUserInput,
) -> Result<UserId, Refusal<UpdateUserErrorCode>> {
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let mut violations = Violations::new();
    let not_found = UpdateUserErrorCode::UserNotFound;
    let key = violations.key(&input.user_id, &[Kind::User, Kind::Agent], tenant, not_found);
    input.check(&mut violations);
    let if_revision = input.if_revision.take();
    let operation = UpdateUser {
        reuse_agent_id: input.reuses_agent_number,
        skip_unity_user: input.skips_voicemail_user,
        ..UpdateUser::default()
    };
    let is_active = input.is_active.value().copied();
    let mut edits = Edits { tenant, violations: &mut violations, list: Vec::new(), cleared: Vec::new() };
    input.edits(&mut edits);
    let (edits, cleared) = (edits.list, edits.cleared);
    if edits.is_empty() {
        violations.add(UpdateUserErrorCode::NothingToChange);
    }
    violations.check()?;
    let id = UserId(key.unwrap_or_default());
    let change = |user: &mut User| {
        for edit in edits {
            edit(user);
        }
        // A flag that is not sent is "no" to many a server.
        if user.status.is_none() {
            return Err(Refusal::one(UpdateUserErrorCode::IsActiveRequired));
        }
        Ok(operation)
    };
    let before = caller.change_user(id, if_revision.as_deref(), change).await?;
    look_again(&caller, (id, before), &cleared, is_active).await?;
    Ok(id)
}

/// Looks whether what the portal may have taken otherwise than it was meant was done: what was to be emptied, and
/// whether the user is active.
async fn look_again(
    caller: &Reader,
    (id, mut before): (UserId, User),
    cleared: &[Held],
    is_active: Option<bool>,
) -> Result<(), GraphError> {
    let mut same = before.clone();
    let emptied = cleared.iter().filter(|(_, is_held)| is_held(&mut before, &mut same));
    let emptied: Vec<_> = emptied.collect();
    if emptied.is_empty() && is_active.is_none() {
        return Ok(());
    }
    // It was written; what cannot be read back now is for the client to read.
    let Some(after) = caller.user(id).await.ok().flatten() else { return Ok(()) };
    let mut after = after.editable(false);
    if is_active.is_some_and(|wanted| after.status == Some(!wanted)) {
        let message =
            "The portal called updateUser a success, yet `isActive` is not as asked. Tell its operator.";
        return Err(GraphError::new(ErrorCode::PortalUnintelligible, message));
    }
    let held = emptied.into_iter().filter(|(_, is_held)| is_held(&mut before, &mut after));
    cleared::check("updateUser", &held.map(|(field, _)| *field).collect::<Vec<_>>())
}

#[Object]
impl UpdateUserMutation {
    /// Changes some fields of a user and keeps all others, as they are at that moment.
    async fn update_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which user to change, and in what.")] input: UpdateUserInput,
    ) -> Nullable<UserPayload<UpdateUserErrorCode>> {
        UserPayload::of(ctx, update(ctx, input).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_supervisor_flag_keeps_the_form_it_was_read_in() {
        for (read, yes, no) in [
            (None, "Yes", "No"),
            (Some("Yes"), "Yes", "No"),
            (Some("N"), "Y", "N"),
            (Some("y"), "y", "N"),
            (Some("false"), "Yes", "false"),
        ] {
            assert_eq!(supervisor_flag(true, read), yes, "{read:?}");
            assert_eq!(supervisor_flag(false, read), no, "{read:?}");
        }
    }
}

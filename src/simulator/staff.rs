//! A user's full record from the few things that distinguish one user of a made-up contact centre from another.

use serde_json::json;

use crate::portal::user::User;
use crate::portal::{
    AccountId, AgentDeskSettingsId, AgentProfileId, AgentTeamId, BillingUnitId, DepartmentId, Instant,
    PlatformId, RoleGroupId, SiteId, TenantId, UserId,
};

/// What kind of user it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Agent,
    Supervisor,
    /// Not in the contact centre: an administrator, an analyst.
    Other,
}

/// What distinguishes a user.
#[derive(Clone, Debug)]
pub(super) struct Post {
    pub(super) tenant: TenantId,
    /// The ending of the tenant's login names.
    pub(super) prefix: &'static str,
    /// Counts from 1 within the tenant.
    pub(super) number: i64,
    pub(super) given: String,
    pub(super) surname: String,
    pub(super) kind: Kind,
    pub(super) active: bool,
    pub(super) department: DepartmentId,
    pub(super) site: SiteId,
    pub(super) billing_unit: BillingUnitId,
    pub(super) role_group: RoleGroupId,
    /// The platform and its name.
    pub(super) platform: (PlatformId, String),
    pub(super) profile: AgentProfileId,
    pub(super) desk_settings: AgentDeskSettingsId,
    /// The team and its name.
    pub(super) team: (AgentTeamId, String),
}

/// The date all made-up dates count from: 14 November 2023.
pub(super) const SINCE: i64 = 1_700_000_000_000;

/// An instant some milliseconds after that date.
pub(super) fn instant(milliseconds: i64) -> Option<Instant> {
    jiff::Timestamp::from_millisecond(SINCE + milliseconds).ok().map(Instant)
}

impl Post {
    /// The id of the user.
    pub(super) fn id(&self) -> UserId {
        UserId(self.tenant.0 * 100_000 + self.number)
    }

    /// The full record.
    pub(super) fn user(&self) -> User {
        let user = self.person();
        if self.kind == Kind::Other { user } else { self.agent(user) }
    }

    fn person(&self) -> User {
        let (code, name, level) = match self.kind {
            Kind::Agent => ("A", "Agent", 1),
            Kind::Supervisor => ("S", "Supervisor", 2),
            Kind::Other => ("NC", "Non-Contact Center User", 3),
        };
        let name_part = format!("{}.{}", self.given, self.surname).to_lowercase();
        let (number, id) = (self.number, self.id().0);
        let status = if self.active { "Active" } else { "Deactivated" };
        User {
            id_program: Some(self.tenant),
            sso_enabled_user: Some(number % 7 == 0),
            id_user_type: Some(level),
            user_type_code: Some(code.into()),
            user_type_nm: Some(name.into()),
            user_type_level: Some(level),
            supervisor_agent: Some(if self.kind == Kind::Supervisor { "Yes" } else { "No" }.into()),
            cm_cluster_id: Some(1),
            person_id: Some(20_000 + number),
            id_contact_center_user_status: Some(if self.active { 1 } else { 2 }),
            contact_center_user_status_nm: Some(status.into()),
            id_source_system: Some(1),
            id_program_bill_unit: Some(self.billing_unit),
            first_nm: Some(self.given.as_str().into()),
            last_nm: Some(self.surname.as_str().into()),
            id_program_group: Some(self.role_group),
            id_program_user: Some(self.id()),
            primary_id_phone: (number % 4 != 0).then_some(30_000 + number),
            unity_phone_line: Some((70_000 + number).to_string().into()),
            phone: Some(format!("555{number:07}").into()),
            id_user: Some(AccountId(50_000_000 + id)),
            email: Some(format!("{name_part}@{}.example", self.prefix).into()),
            source_id_program_user: Some(UserId(self.tenant.0 * 100_000 + 1)),
            login_nm: Some(format!("{name_part}@{}", self.prefix).into()),
            id_ucm_end_user: (number % 3 != 0).then_some(40_000 + number),
            allowed_to_edit: Some(number % 5 != 0),
            id_program_unity_user: Some(60_000 + number),
            manager: Some(self.kind != Kind::Agent),
            internal_user: Some(false),
            id_program_site: Some(self.site),
            last_status_changed_date_time: instant(number * 3_600_000),
            status: Some(self.active),
            id_program_department: Some(self.department),
            create_date_str: Some(format!("{:02}/{:02}/2023", number % 12 + 1, number % 28 + 1).into()),
            allowed_to_manage_objects_in_collection: Some(true),
            allowed_to_edit_collection: Some(false),
            access_type_nm: Some("Manage".into()),
            allowed_to_assign_users_or_groups_to_collection: Some(false),
            access_type_code: Some("M".into()),
            // The table of the full form ends in two page totals, which look inherited and mean nothing here.
            rest: ["totalElements", "totalPages"].map(|name| (name, json!(0))).into(),
            ..User::default()
        }
    }

    fn agent(&self, person: User) -> User {
        let number = self.number;
        let peripheral = (80_000 + number).to_string();
        User {
            agent_team_desc: Some(format!("The agents of {}", self.team.1).into()),
            agent_description: Some(format!("{} {}, agent {peripheral}", self.given, self.surname).into()),
            platform: Some(self.platform.1.as_str().into()),
            agent_team: Some(self.team.1.as_str().into()),
            agent_team_nm: Some(self.team.1.as_str().into()),
            agent_team_id: Some(self.team.0),
            agent_enterprise_name: Some(format!("{}_{}_{number}", self.given, self.surname).into()),
            team_primary: Some(self.kind == Kind::Supervisor),
            int_ui_agent_id: Some(80_000 + number),
            primary_flag: Some(self.kind == Kind::Supervisor),
            platform_id: Some(self.platform.0),
            agent_desk_settings_id: Some(self.desk_settings),
            id_profile: Some(self.profile),
            icm_status: Some(self.active),
            ui_agent_id: Some(peripheral.as_str().into()),
            peripheral_number: Some(peripheral.into()),
            // By its neighbours in the guide this is the agent's skill target, as the number shown is another field.
            agent_id: Some((self.tenant.0 * 100_000 + 50_000 + number).to_string().into()),
            ..person
        }
    }
}

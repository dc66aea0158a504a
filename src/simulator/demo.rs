//! The demonstration world: a small contact centre with people in it, a second one, and a login for every situation.

use super::icws::Icws;
use super::login::{Entry, Login, LoginState, Visibility};
use super::plan::{self, Plan, Stage};
use super::staff::{Kind, Post};
use super::world::{Tenant, Thing, Work, World};
use crate::portal::{CallbackId, TenantId, UserId};

/// The login name and the password of the demonstration's administrator, who has one tenant and sees all of it.
pub const DEMO_LOGIN: (&str, &str) = ("admin@dmn", DEMO_PASSWORD);

/// The password of every login of the demonstration.
pub const DEMO_PASSWORD: &str = "demo";

const NORTH: TenantId = NORTH_PLAN.id;
const SOUTH: TenantId = SOUTH_PLAN.id;

const SALES: usize = 0;
const SERVICE: usize = 1;
const BILLING: usize = 2;

/// Given name, surname, kind, department, skill groups, and attributes: English, Spanish, sales, service, billing.
type Person = (&'static str, &'static str, Kind, usize, &'static [usize], [Option<&'static str>; 5]);

const YES: Option<&str> = Some("true");
const NO: Option<&str> = Some("false");

#[rustfmt::skip]
const NORTH_PEOPLE: [Person; 25] = [
    ("Ada", "Alder", Kind::Other, SALES, &[], [None; 5]),
    ("Ben", "Birch", Kind::Supervisor, SALES, &[1, 6], [YES, YES, Some("9"), Some("5"), None]),
    ("Clara", "Cedar", Kind::Agent, SALES, &[1], [YES, None, Some("8"), None, None]),
    ("David", "Dogwood", Kind::Agent, SALES, &[1, 2], [YES, YES, Some("7"), None, None]),
    ("Elena", "Elm", Kind::Agent, SALES, &[2], [NO, YES, Some("6"), Some("3"), None]),
    ("Felix", "Fir", Kind::Agent, SALES, &[1], [YES, NO, Some("4"), None, None]),
    ("Grace", "Ginkgo", Kind::Agent, SALES, &[1, 2, 6], [YES, YES, Some("10"), Some("8"), Some("2")]),
    ("Hugo", "Hazel", Kind::Agent, SALES, &[2], [None, YES, Some("5"), None, None]),
    ("Ines", "Ironwood", Kind::Agent, SALES, &[], [YES, None, None, None, None]),
    ("Jonas", "Juniper", Kind::Supervisor, SERVICE, &[3], [YES, NO, Some("3"), Some("9"), Some("4")]),
    ("Karin", "Kapok", Kind::Agent, SERVICE, &[3], [YES, None, None, Some("7"), None]),
    ("Liam", "Larch", Kind::Agent, SERVICE, &[3, 4], [YES, YES, None, Some("8"), Some("3")]),
    ("Mona", "Maple", Kind::Agent, SERVICE, &[4], [NO, YES, None, Some("6"), None]),
    ("Nils", "Nutmeg", Kind::Agent, SERVICE, &[3], [YES, NO, Some("2"), Some("5"), None]),
    ("Olga", "Oak", Kind::Agent, SERVICE, &[3, 4], [YES, YES, Some("5"), Some("10"), Some("6")]),
    ("Pavel", "Pine", Kind::Agent, SERVICE, &[4], [None, YES, None, Some("4"), None]),
    ("Quinn", "Quince", Kind::Agent, SERVICE, &[3], [YES, None, None, Some("2"), None]),
    ("Rosa", "Rowan", Kind::Supervisor, BILLING, &[5, 6], [YES, YES, None, Some("6"), Some("9")]),
    ("Sven", "Spruce", Kind::Agent, BILLING, &[5], [YES, None, None, None, Some("8")]),
    ("Tara", "Tamarind", Kind::Agent, BILLING, &[5], [YES, NO, None, Some("4"), Some("6")]),
    ("Uwe", "Umbrella", Kind::Agent, BILLING, &[5], [NO, YES, None, None, Some("5")]),
    ("Vera", "Viburnum", Kind::Agent, BILLING, &[5, 6], [YES, YES, None, Some("7"), Some("10")]),
    ("Walter", "Walnut", Kind::Agent, BILLING, &[], [None; 5]),
    ("Xenia", "Xylosma", Kind::Other, BILLING, &[], [None; 5]),
    ("Yuri", "Yew", Kind::Other, SERVICE, &[], [None; 5]),
];

#[rustfmt::skip]
const SOUTH_PEOPLE: [Person; 6] = [
    ("Alma", "Aspen", Kind::Other, SALES, &[], [None; 5]),
    ("Boris", "Beech", Kind::Supervisor, SALES, &[1], [YES, None, Some("9"), None, None]),
    ("Celia", "Cypress", Kind::Agent, SALES, &[1], [YES, NO, Some("5"), None, None]),
    ("Dora", "Dwarfpalm", Kind::Agent, SERVICE, &[2], [NO, YES, None, Some("6"), None]),
    ("Emil", "Elder", Kind::Agent, SALES, &[1], [YES, YES, Some("3"), Some("8"), None]),
    ("Flora", "Fig", Kind::Other, BILLING, &[], [None; 5]),
];

const SALES_SPANISH: &[Stage] = &[
    (30, "", &[(0, 0, 2, 6, "7"), (1, 0, 1, 1, "true")]),
    (
        60,
        "SkillGroup.Sales_Spanish.LoggedOn > 0",
        &[(0, 1, 2, 6, "5"), (2, -1, 3, 6, "8"), (1, 0, 1, 1, "true")],
    ),
    (0, "", &[(0, 0, 1, 1, "true")]),
];
const SALES_ENGLISH: &[Stage] = &[
    (20, "", &[(0, 1, 2, 5, "7"), (2, -1, 3, 6, "9"), (1, 0, 0, 1, "true")]),
    (0, "", &[(0, 0, 0, 1, "true"), (1, 0, 2, 6, "4")]),
];
const SERVICE_FIRST: &[Stage] = &[
    (15, "", &[(0, 0, 3, 6, "8"), (1, 0, 0, 1, "true")]),
    (45, "", &[(0, 0, 3, 6, "5"), (1, 0, 0, 2, "false")]),
    (0, "", &[(0, 0, 3, 6, "2")]),
];
const BILLING_EXPERT: &[Stage] =
    &[(30, "", &[(0, 0, 4, 6, "8")]), (0, "", &[(0, 0, 4, 3, "8"), (1, 0, 4, 6, "5")])];

const NORTH_PLAN: Plan = Plan {
    id: TenantId(101),
    name: "Demonstration North",
    prefix: "dmn",
    departments: &["Sales", "Service", "Billing"],
    sites: &["Harbour House", "Hill House", "Home Office"],
    platforms: &["Voice Platform 1", "Voice Platform 2"],
};

const SOUTH_PLAN: Plan = Plan { id: TenantId(102), name: "Demonstration South", prefix: "dms", ..NORTH_PLAN };

impl World {
    /// A small, believable contact centre, a second one with a handful of users, and a login for every situation.
    #[must_use]
    pub fn demo() -> Self {
        Self { tenants: vec![north(), south()], logins: Self::demo_logins(), icws: Icws::demo() }
    }

    /// The logins of the demonstration; each says what it shows.
    #[must_use]
    pub fn demo_logins() -> Vec<Login> {
        let entry = |tenant: TenantId, number: i64, visibility: Visibility| Entry {
            tenant,
            user: UserId(tenant.0 * 100_000 + number),
            visibility,
        };
        let all = |number| vec![entry(NORTH, number, Visibility::All)];
        let billing = Visibility::Departments([NORTH_PLAN.department(BILLING)].into());
        let login = |name, entries| Login::new(name, DEMO_PASSWORD, entries);
        let both = vec![entry(NORTH, 24, Visibility::All), entry(SOUTH, 6, Visibility::All)];
        vec![
            login("admin@dmn", all(1)).showing("administrator of the first tenant, sees all of it"),
            login("partner@dmn", both).showing("has two tenants, so one must be selected"),
            login("south@dms", vec![entry(SOUTH, 1, Visibility::All)])
                .showing("administrator of the second tenant"),
            login("billing@dmn", vec![entry(NORTH, 18, billing)])
                .showing("supervisor who sees the department Billing only"),
            login("newcomer@dmn", all(3))
                .in_state(LoginState::MustChangePassword)
                .showing("must change the password first"),
            login("locked@dmn", all(4)).in_state(LoginState::Locked).showing("is locked"),
            login("disabled@dmn", all(5)).in_state(LoginState::Disabled).showing("is disabled"),
            login("expired@dmn", all(6)).in_state(LoginState::Expired).showing("has expired"),
            login("stale@dmn", all(7))
                .in_state(LoginState::PasswordExpired)
                .showing("has a password that has expired"),
            login("unlisted@dmn", all(8))
                .in_state(LoginState::NotInDirectory)
                .showing("is not in the directory"),
            login("outsider@dmn", all(9))
                .in_state(LoginState::NotInSecurityGroup)
                .showing("is not in the security group of the portal's users"),
            login("stranger@dmn", all(10))
                .in_state(LoginState::NotInPortal)
                .showing("is not known to the portal"),
            login("desktop@dmn", all(11))
                .in_state(LoginState::NotEnabled)
                .showing("may not sign in to the portal"),
            login("double@dmn", all(12)).in_state(LoginState::Duplicate).showing("has data that exist twice"),
            Login { max_sessions: 1, ..login("single@dmn", all(13)) }
                .showing("may have one session at a time"),
        ]
    }
}

fn north() -> Tenant {
    let plan = NORTH_PLAN;
    let mut tenant = open(&plan, &NORTH_PEOPLE);
    for (name, department) in [
        ("Sales_English", SALES),
        ("Sales_Spanish", SALES),
        ("Service_English", SERVICE),
        ("Service_Spanish", SERVICE),
        ("Billing_Questions", BILLING),
        ("Escalations", SALES),
    ] {
        plan.add_skill_group(&mut tenant, name, department);
    }
    tenant.reserve(Thing::SkillGroup(plan.skill_group_id(5)), [plan.department(BILLING)]);
    plan.add_precision_queue(&mut tenant, ("Sales in Spanish", 2), (SALES, SALES_SPANISH));
    plan.add_precision_queue(&mut tenant, ("Sales in English", 1), (SALES, SALES_ENGLISH));
    plan.add_precision_queue(&mut tenant, ("Service first", 1), (SERVICE, SERVICE_FIRST));
    plan.add_precision_queue(&mut tenant, ("Billing expert", 3), (BILLING, BILLING_EXPERT));
    tenant.callbacks = [(7_001, "An order", 0), (7_002, "A late parcel", 0), (7_003, "An invoice", 1)]
        .map(|(id, about, queue)| plan.callback(&tenant, (CallbackId(id), about), queue))
        .into();
    plan.settle(&mut tenant);
    tenant
}

fn south() -> Tenant {
    let plan = SOUTH_PLAN;
    let mut tenant = open(&plan, &SOUTH_PEOPLE);
    plan.add_skill_group(&mut tenant, "South_Sales", SALES);
    plan.add_skill_group(&mut tenant, "South_Service", SERVICE);
    plan.add_precision_queue(&mut tenant, ("South sales", 1), (SALES, SALES_ENGLISH));
    tenant.callback_queues.truncate(1);
    tenant.callbacks = vec![plan.callback(&tenant, (CallbackId(7_101), "A visit"), 0)];
    plan.settle(&mut tenant);
    tenant
}

/// Opens a contact centre: attributes, callback queues, and the people at their posts.
fn open(plan: &Plan, people: &[Person]) -> Tenant {
    let mut tenant = plan.tenant();
    for (attribute, departments) in [
        (("English", 3, "true"), [SALES, SERVICE, BILLING].as_slice()),
        (("Spanish", 3, "false"), &[SALES, SERVICE, BILLING]),
        (("Sales", 4, "5"), &[SALES, SERVICE]),
        (("Service", 4, "5"), &[SALES, SERVICE, BILLING]),
        (("Billing", 4, "5"), &[SERVICE, BILLING]),
    ] {
        plan.add_attribute(&mut tenant, attribute, departments);
    }
    plan.add_callback_catalogues(&mut tenant);
    for (number, (given, surname, kind, department, groups, values)) in (1..).zip(people) {
        let active = *given != "Walter";
        let post = Post { active, ..plan.post(number, (given, surname), (*kind, *department)) };
        let values = values.iter().enumerate();
        let attributes = values
            .filter_map(|(place, value)| Some((plan.attribute_id(place), (*value)?.to_owned())))
            .collect();
        let skill_groups = groups.iter().map(|number| plan.skill_group_id(number - 1)).collect();
        plan::hire(&mut tenant, &post, Work { skill_groups, attributes });
    }
    tenant
}

//! A world of any size: the same people in every run, in departments that keep to themselves.

use super::icws::Icws;
use super::login::{Entry, Login, Visibility};
use super::plan::{self, Plan, Stage};
use super::random::Random;
use super::staff::{Kind, Post};
use super::world::{Tenant, Work, World};
use crate::portal::{CallbackId, TenantId, UserId};

/// The password of every login of a sized world.
pub const SIZED_PASSWORD: &str = "load";

/// The administrator of a sized world, who sees all of it.
pub const SIZED_LOGIN: (&str, &str) = ("admin@siz", SIZED_PASSWORD);

/// Sees the departments 1 and 2 of a sized world.
pub const SIZED_LOGIN_EAST: (&str, &str) = ("east@siz", SIZED_PASSWORD);

/// Sees the departments 3 and 4 of a sized world, and so nothing that the eastern login sees.
pub const SIZED_LOGIN_WEST: (&str, &str) = ("west@siz", SIZED_PASSWORD);

/// How many extra logins, `load0@siz` and so on, see all of a sized world.
const LOAD_LOGINS: usize = 100;

const SKILL_GROUPS: usize = 20;

/// Enough to see something, and quick to make.
const ICWS_ROLES: usize = 9;

const PLAN: Plan = Plan {
    id: TenantId(103),
    name: "Sized",
    prefix: "siz",
    departments: &["Orders", "Returns", "Repairs", "Travel", "Claims"],
    sites: &["Meadow", "Forest", "Lake", "River"],
    platforms: &["Platform 1", "Platform 2", "Platform 3", "Platform 4", "Platform 5"],
};

const GIVEN: [&str; 16] = [
    "Anna", "Bert", "Cleo", "Dirk", "Ella", "Fred", "Gina", "Hans", "Iris", "Jack", "Kate", "Lars", "Mia",
    "Noel", "Olaf", "Pia",
];

const SURNAMES: [&str; 16] = [
    "Acorn", "Bramble", "Clover", "Daisy", "Elder", "Fern", "Gorse", "Heather", "Ivy", "Jasmine", "Kale",
    "Lavender", "Moss", "Nettle", "Orchid", "Poppy",
];

/// The steps of a department's queues, over its two attributes.
macro_rules! stages {
    ($flag:literal, $skill:literal) => {
        &[
            (20, "", &[(0, 0, $skill, 6, "8"), (1, 0, $flag, 1, "true")]),
            (40, "Call.CallType.Waiting > 3", &[(0, 1, $skill, 6, "5"), (2, -1, $flag, 1, "true")]),
            (0, "", &[(0, 0, $skill, 6, "2")]),
        ]
    };
}

const STAGES: [&[Stage]; 5] = [stages!(0, 1), stages!(2, 3), stages!(4, 5), stages!(6, 7), stages!(8, 9)];

impl World {
    /// A world of this many users (at least ten) over 20 skill groups, 10 attributes and 8 precision queues, the same
    /// in every run. ICWS has nine roles; [`World::with_icws_roles`] makes more.
    #[must_use]
    pub fn sized(users: usize) -> Self {
        let users = users.max(10);
        let entry = |place: usize, visibility: Visibility| {
            let number = i64::try_from(place + 1).unwrap_or(i64::MAX);
            vec![Entry { tenant: PLAN.id, user: UserId(PLAN.id.0 * 100_000 + number), visibility }]
        };
        let of =
            |places: [usize; 2]| Visibility::Departments(places.map(|place| PLAN.department(place)).into());
        // Logins are different users: the last is the administrator, and the five before it are in every department.
        let last = users - 1;
        let within = |department: usize| {
            (last - 5..last).find(|place| place % PLAN.departments.len() == department).unwrap_or_default()
        };
        let login = |(name, password): (&str, &str), entries| Login::new(name, password, entries);
        let mut logins = vec![
            login(SIZED_LOGIN, entry(last, Visibility::All)).showing("sees everything"),
            login(SIZED_LOGIN_EAST, entry(within(0), of([0, 1]))).showing("sees departments 1 and 2"),
            login(SIZED_LOGIN_WEST, entry(within(2), of([2, 3]))).showing("sees departments 3 and 4"),
        ];
        logins.extend((0..LOAD_LOGINS).map(|number| {
            let name = format!("load{number}@siz");
            let entries = entry(number % (users - 6), Visibility::All);
            login((&name, SIZED_PASSWORD), entries).showing("sees everything")
        }));
        Self { tenants: vec![tenant(users)], logins, icws: Icws::sized(ICWS_ROLES) }
    }
}

fn tenant(users: usize) -> Tenant {
    let mut tenant = PLAN.tenant();
    let departments = PLAN.departments.len();
    for place in 0..departments {
        let name = PLAN.departments[place];
        PLAN.add_attribute(&mut tenant, (&format!("{name} trained"), 3, "false"), &[place]);
        PLAN.add_attribute(&mut tenant, (&format!("{name} skill"), 4, "5"), &[place]);
    }
    for place in 0..SKILL_GROUPS {
        let department = place % departments;
        let name = format!("{}_{}", PLAN.departments[department], place / departments + 1);
        PLAN.add_skill_group(&mut tenant, &name, department);
    }
    PLAN.add_callback_catalogues(&mut tenant);
    let mut random = Random::new(0x5EED);
    for (number, place) in (1..).zip(0..users) {
        let department = place % departments;
        let kind = match (place / departments) % 20 {
            0 => Kind::Supervisor,
            1 | 2 => Kind::Other,
            _ => Kind::Agent,
        };
        let name = (GIVEN[random.below(GIVEN.len())], SURNAMES[random.below(SURNAMES.len())]);
        let post = PLAN.post(number, name, (kind, department));
        let post =
            Post { surname: format!("{}{number}", post.surname), active: random.below(20) != 0, ..post };
        plan::hire(&mut tenant, &post, work(department, &mut random));
    }
    for place in 0..8 {
        let department = place % departments;
        let name = format!("{} queue {}", PLAN.departments[department], place / departments + 1);
        let ordering = i64::try_from(place % 3 + 1).unwrap_or(1);
        PLAN.add_precision_queue(&mut tenant, (&name, ordering), (department, STAGES[department]));
    }
    for (id, queue) in (7_001..).zip([0, 1, 0, 1, 0]) {
        let callback = PLAN.callback(&tenant, (CallbackId(id), "A question"), queue);
        tenant.callbacks.push(callback);
    }
    PLAN.settle(&mut tenant);
    tenant
}

/// One to three skill groups of the department, and most of its attributes.
fn work(department: usize, random: &mut Random) -> Work {
    let departments = PLAN.departments.len();
    let mut work = Work::default();
    for _ in 0..=random.below(3) {
        let place = department + departments * random.below(SKILL_GROUPS / departments);
        work.skill_groups.insert(PLAN.skill_group_id(place));
    }
    if random.below(5) != 0 {
        let flag = if random.below(2) == 0 { "true" } else { "false" };
        work.attributes.insert(PLAN.attribute_id(department * 2), flag.to_owned());
    }
    if random.below(8) != 0 {
        let skill = (random.below(10) + 1).to_string();
        work.attributes.insert(PLAN.attribute_id(department * 2 + 1), skill);
    }
    work
}

//! The demonstration's configuration: a dozen roles, someone who administers them, and someone who sees a few.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;

use super::invent::{Around, Rights};
use super::role::{Inheritable, Reference, Right, Role};
use super::world::{Icws, Reach, User};
use crate::simulator::random::Random;

/// The password of every ICWS user of the demonstration.
pub const DEMO_ICWS_PASSWORD: &str = "demo";

/// The demonstration's ICWS administrator, who administers every role and may create some.
pub const DEMO_ICWS_LOGIN: (&str, &str) = ("icadmin", DEMO_ICWS_PASSWORD);

/// Administers two roles of the demonstration, may view four more, and may create none.
pub const DEMO_ICWS_VIEWER: (&str, &str) = ("icviewer", DEMO_ICWS_PASSWORD);

/// Id, display name, notes, percent of the rights granted, members.
type Line = (&'static str, &'static str, Option<&'static str>, usize, &'static [usize]);

#[rustfmt::skip]
const ROLES: [Line; 13] = [
    ("Administrator", "Administrator", Some("May do everything."), 100, &[0]),
    ("Agent", "Agent", Some("Everyone who takes calls."), 20, &[2, 3, 4, 5]),
    ("Supervisor", "Supervisor", Some("Leads a team, and may listen in."), 55, &[1, 6]),
    ("SalesAgent", "Sales agent", Some("Calls, orders and offers."), 25, &[2, 3]),
    ("ServiceAgent", "Service agent", Some("Calls and e-mail."), 25, &[4, 5]),
    ("BillingAgent", "Billing agent", Some("Invoices; hears nothing of orders."), 22, &[7]),
    ("QualityManager", "Quality manager", Some("Scores recordings."), 45, &[6]),
    ("ReportViewer", "Report viewer", Some("Reads reports, changes nothing."), 10, &[1, 8]),
    ("CampaignManager", "Campaign manager", Some("Plans what is dialled."), 40, &[]),
    ("BusinessUser", "Business user", None, 12, &[8, 9]),
    ("Trainee", "Trainee", Some("Nothing yet: rights come with the first week."), 0, &[9]),
    ("Lobby", "Lobby phone", None, 3, &[]),
    ("older release", "Moved from an older release", Some("Knows fewer rights, and one of its own."), 30, &[]),
];

const MEMBERS: [&str; 10] = [
    "Ada Alder",
    "Ben Birch",
    "Clara Cedar",
    "David Dogwood",
    "Liam Larch",
    "Mona Maple",
    "Rosa Rowan",
    "Tara Tamarind",
    "Xenia Xylosma",
    "Yuri Yew",
];

impl Icws {
    /// A dozen roles of a small contact centre, and two users who see different parts of them.
    #[must_use]
    pub fn demo() -> Self {
        // Made once a process: inventing every right takes longer than all the rest of a world.
        static DEMO: LazyLock<Icws> = LazyLock::new(Icws::make_demo);
        DEMO.clone()
    }

    fn make_demo() -> Self {
        let objects = |kind: &str, names: &[&str]| {
            names.iter().map(|name| Reference::new(kind, &name.replace(' ', ""), name)).collect::<Vec<_>>()
        };
        let mut icws = Self {
            server: "ICDEMO".to_owned(),
            users: users(),
            roles: Vec::new(),
            members: objects("users", &MEMBERS),
            workgroups: objects("workgroups", &["Sales", "Service", "Billing", "Quality"]),
            password_policies: objects("password-policies", &["Default policy", "Strict policy"]),
            client_templates: objects("client-configuration-templates", &["Plain desktop", "Team desktop"]),
            access_control_groups: objects("access-control-groups", &["Headquarters", "Branch office"]),
        };
        let around = Around {
            sources: {
                let [workgroup, role, user, template] = Around::named("Base").sources;
                [
                    (icws.workgroups[1].clone(), workgroup.1),
                    (Reference::new("roles", "Agent", "Agent"), role.1),
                    user,
                    (icws.client_templates[0].clone(), template.1),
                ]
            },
            ..Around::named("Demo")
        };
        let mut random = Random::new(0x1C35);
        for (line, place) in ROLES.iter().zip(0..) {
            let role = role(&icws, &around, (line, place), &mut random);
            icws.roles.push(Arc::new(role));
        }
        icws
    }
}

fn users() -> Vec<User> {
    let of = |names: &[&str]| Reach::Of(names.iter().map(|name| (*name).to_owned()).collect());
    vec![
        User::new(DEMO_ICWS_LOGIN, "Ada Alder").showing("administers every role and may create some"),
        User {
            administers: of(&["SalesAgent", "Trainee"]),
            views: of(&["Agent", "Supervisor", "ServiceAgent", "ReportViewer"]),
            may_create: false,
            days_until_password_expiration: Some(3),
            ..User::new(DEMO_ICWS_VIEWER, "Ben Birch")
        }
        .showing("administers two roles, views four more, creates none"),
    ]
}

fn role(
    icws: &Icws,
    around: &Around,
    (&(id, name, notes, percent, members), place): (&Line, usize),
    random: &mut Random,
) -> Role {
    let day = |days: usize| {
        let days = i64::try_from(days).unwrap_or_default();
        Timestamp::from_second(1_577_880_000 + days * 86_400).ok()
    };
    let pick = |from: &[Reference], places: &[usize]| -> Vec<Reference> {
        places.iter().filter_map(|place| from.get(*place)).cloned().collect()
    };
    let mut role = Role {
        created: day(place),
        modified: day(place * 3 + 100),
        notes: notes.map(str::to_owned),
        custom_attributes: match place % 3 {
            0 => Some(vec![
                ("costCentre".to_owned(), Some((1_000 + place).to_string())),
                ("reviewed".to_owned(), None),
            ]),
            1 => Some(Vec::new()),
            _ => None,
        },
        access_control_group: Some(icws.access_control_groups[place % 2].clone()),
        client_template: (place % 2 == 0).then(|| icws.client_templates[place / 2 % 2].clone()),
        password_policies: Some(pick(&icws.password_policies, &[place % 2])),
        users: Some(pick(&icws.members, members)),
        workgroups: (place < 10).then(|| pick(&icws.workgroups, &[place % 4, 3 - place % 4][..=place % 2])),
        ..Role::new(id, name)
    };
    match id {
        // One without rights, as a server answers that may not show them.
        "Lobby" => {}
        "older release" => {
            Rights::invent(around, percent, random).give(&mut role);
            if let Some(rights) = role.security_rights.as_mut().map(Arc::make_mut) {
                rights.retain(|name, _| !name.starts_with("show"));
                let own = Right::Flag(Inheritable { actual: Some(true), inherited: Vec::new() });
                rights.insert("canUseTheOldPhone".to_owned(), own);
            }
        }
        _ => Rights::invent(around, percent, random).give(&mut role),
    }
    role
}

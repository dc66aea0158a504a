//! A configuration of any size: roles in three regions of which two keep to themselves, the same in every run.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use super::invent::{Around, Rights};
use super::role::{Reference, Role};
use super::world::{Icws, Reach, User};
use crate::simulator::random::Random;

/// The password of every ICWS user of a sized world.
pub const SIZED_ICWS_PASSWORD: &str = "load";

/// Administers every role of a sized world.
pub const SIZED_ICWS_LOGIN: (&str, &str) = ("icadmin", SIZED_ICWS_PASSWORD);

/// Administers and views the roles of the east alone, which is every third.
pub const SIZED_ICWS_LOGIN_EAST: (&str, &str) = ("iceast", SIZED_ICWS_PASSWORD);

/// Administers and views the roles of the west alone, and so nothing that the eastern login sees.
pub const SIZED_ICWS_LOGIN_WEST: (&str, &str) = ("icwest", SIZED_ICWS_PASSWORD);

/// The regions, whose names are in everything of their roles.
const REGIONS: [&str; 3] = ["East", "West", "Middle"];

/// How many sets of rights a region's roles share in turn: enough that neighbours differ.
const SETS: usize = 16;

impl Icws {
    /// This many roles with every right, in three regions.
    #[must_use]
    pub fn sized(roles: usize) -> Self {
        let mut icws = Self {
            server: "ICSIZED".to_owned(),
            users: Vec::new(),
            roles: Vec::with_capacity(roles),
            members: objects("users", "user", 20),
            workgroups: objects("workgroups", "group", 8),
            password_policies: objects("password-policies", "policy", 2),
            client_templates: objects("client-configuration-templates", "desktop", 2),
            access_control_groups: objects("access-control-groups", "branch", 2),
        };
        let mut random = Random::new(0x1C35);
        for place in 0..roles {
            let mut role = role(&icws, place, &mut random);
            rights(place % REGIONS.len(), place / REGIONS.len() % SETS).give(&mut role);
            icws.roles.push(Arc::new(role));
        }
        icws.users = users(&icws.roles);
        icws
    }
}

/// One of a region's sets of rights, which are invented once a process.
fn rights(region: usize, set: usize) -> Rights {
    static INVENTED: [[OnceLock<Rights>; SETS]; 3] = [const { [const { OnceLock::new() }; SETS] }; 3];
    let invent = || {
        let seed = u64::try_from(region * SETS + set).unwrap_or_default();
        Rights::invent(&Around::named(REGIONS[region]), 30, &mut Random::new(0x5EED << 8 | seed << 1))
    };
    INVENTED[region][set].get_or_init(invent).clone()
}

/// Objects of every region, one region after the other in turn.
fn objects(kind: &str, word: &str, each: usize) -> Vec<Reference> {
    (0..each * REGIONS.len())
        .map(|place| {
            let region = REGIONS[place % REGIONS.len()];
            let number = place / REGIONS.len() + 1;
            let id = format!("{}.{word}{number}", region.to_lowercase());
            Reference::new(kind, &id, &format!("{region} {word} {number}"))
        })
        .collect()
}

fn users(roles: &[Arc<Role>]) -> Vec<User> {
    let region = |place: usize| -> BTreeSet<String> {
        roles.iter().skip(place).step_by(REGIONS.len()).map(|role| role.identity.id.clone()).collect()
    };
    let of = |login, name, place| {
        let reach = Reach::Of(region(place));
        User { administers: reach.clone(), views: reach, ..User::new(login, name) }
    };
    vec![
        User::new(SIZED_ICWS_LOGIN, "Administrator").showing("administers every role"),
        of(SIZED_ICWS_LOGIN_EAST, "East administrator", 0).showing("administers the roles of the east"),
        of(SIZED_ICWS_LOGIN_WEST, "West administrator", 1).showing("administers the roles of the west"),
    ]
}

/// Ids run on through all regions, names within one: sorting by either is another order.
fn role(icws: &Icws, place: usize, random: &mut Random) -> Role {
    let (name, region) = (REGIONS[place % REGIONS.len()], place % REGIONS.len());
    let second = |days: usize| {
        let days = i64::try_from(days).unwrap_or_default();
        Timestamp::from_second(1_577_880_000 + days * 86_400).ok()
    };
    let mut some = |from: &[Reference], most: usize| -> Vec<Reference> {
        let each = from.len() / REGIONS.len();
        let start = random.below(each);
        let count = random.below(most + 1).min(each);
        (start..start + count).map(|at| from[at % each * REGIONS.len() + region].clone()).collect()
    };
    Role {
        users: Some(some(&icws.members, 6)),
        workgroups: Some(some(&icws.workgroups, 3)),
        password_policies: Some(some(&icws.password_policies, 1)),
        client_template: some(&icws.client_templates, 1).pop(),
        access_control_group: some(&icws.access_control_groups, 1).pop(),
        notes: (place % 5 != 4).then(|| format!("{name} role number {place}.")),
        custom_attributes: Some(vec![("region".to_owned(), Some(name.to_owned()))]),
        created: second(place % 700),
        modified: second(place % 700 + 200),
        ..Role::new(&format!("R{:05}", place + 1), &format!("{name} {:05}", place / REGIONS.len() + 1))
    }
}

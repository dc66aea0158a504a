//! The contact centre that is asked about: 20 skill groups, 8 precision queues, and as many memberships as the queries want.

use std::sync::Arc;

use portalgraph::portal::SkillGroupId;
use portalgraph::portal::user::User;
use portalgraph::simulator::{Entry, Login, SIZED_PASSWORD, Tenant, Visibility, World};

/// How many people can sign in, all of whom see everything.
pub(crate) const IDENTITIES: usize = 256;

/// The login name of one of them.
pub(crate) fn login(number: usize) -> String {
    format!("crowd{number}@siz")
}

/// The password of all of them.
pub(crate) const PASSWORD: &str = SIZED_PASSWORD;

/// A world of this many users; of 200, 180 are agents with 500 memberships of skill groups.
pub(crate) fn of(users: usize) -> World {
    let mut world = World::sized(users);
    let tenant = &mut world.tenants[0];
    assign(tenant);
    let people: Vec<_> = tenant.users.keys().copied().collect();
    let id = tenant.id;
    world.logins.extend((0..IDENTITIES).map(|number| {
        let user = people[number % people.len()];
        Login::new(&login(number), PASSWORD, vec![Entry { tenant: id, user, visibility: Visibility::All }])
    }));
    world
}

/// Puts seven agents of nine into three groups of their platform and the others into two, and counts anew.
fn assign(tenant: &mut Tenant) {
    let on_platform = |user: &User| -> Vec<SkillGroupId> {
        let groups = tenant.skill_groups.iter().filter(|group| group.peripheral_id == user.platform_id);
        groups.filter_map(|group| group.skill_target_id).collect()
    };
    for (place, (id, work)) in tenant.agents.iter_mut().enumerate() {
        let wanted = if place % 9 < 7 { 3 } else { 2 };
        let user = &tenant.users[id];
        let groups = on_platform(user);
        work.skill_groups =
            (0..wanted.min(groups.len())).map(|step| groups[(place / 5 + step) % groups.len()]).collect();
        let mut user = User::clone(user);
        user.total_assigned_skills = i64::try_from(work.skill_groups.len()).ok();
        tenant.users.insert(*id, Arc::new(user));
    }
    for group in &mut tenant.skill_groups {
        let members = tenant
            .agents
            .values()
            .filter(|work| group.skill_target_id.is_some_and(|id| work.skill_groups.contains(&id)));
        Arc::make_mut(group).total_assigned_users = i64::try_from(members.count()).ok();
    }
}

//! What changes behind the gateway's back.

use std::sync::Arc;

use portalgraph::portal::user::User;
use portalgraph::portal::{SkillGroupId, UserId};
use portalgraph::simulator::Work;

use crate::house::House;

/// Gives the first callback queue another name.
pub fn rename_a_callback_queue(house: &House, name: &str) {
    house.simulator.world(|world| {
        let queue = Arc::make_mut(&mut world.tenants[0].callback_queues[0]);
        queue.program_dn_display_nm = Some(name.into());
    });
}

/// Changes a user.
pub fn user(house: &House, id: i64, change: impl FnOnce(&mut User)) {
    house.simulator.world(|world| {
        change(Arc::make_mut(world.tenants[0].users.get_mut(&UserId(id)).unwrap()));
    });
}

/// Takes a user away, or puts one back.
pub fn take_user(house: &House, id: i64) -> (Arc<User>, Option<Work>) {
    house.simulator.world(|world| {
        let tenant = &mut world.tenants[0];
        (tenant.users.remove(&UserId(id)).unwrap(), tenant.agents.remove(&UserId(id)))
    })
}

/// Puts a user back.
pub fn put_user(house: &House, id: i64, (user, work): (Arc<User>, Option<Work>)) {
    house.simulator.world(|world| {
        let tenant = &mut world.tenants[0];
        tenant.users.insert(UserId(id), user);
        if let Some(work) = work {
            tenant.agents.insert(UserId(id), work);
        }
    });
}

/// Lets an agent into a skill group, or out of it.
pub fn membership(house: &House, agent: i64, group: SkillGroupId, is_member: bool) {
    house.simulator.world(|world| {
        let work = world.tenants[0].agents.get_mut(&UserId(agent)).unwrap();
        if is_member {
            work.skill_groups.insert(group)
        } else {
            work.skill_groups.remove(&group)
        };
    });
}

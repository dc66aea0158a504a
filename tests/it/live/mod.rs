//! Subscriptions, as clients hear them and as the portal is asked for them.

mod change;
mod events;
mod protocol;
mod session;
mod share;
pub mod socket;

use portalgraph::config::Config;
use portalgraph::portal::SkillGroupId;
use portalgraph::simulator::World;

use crate::house::House;
pub use socket::Socket;

/// Polls often.
fn often(config: &mut Config) {
    config.live.poll_min_milliseconds = 20;
    config.live.poll_max_milliseconds = 40;
    config.live.max_subscriptions_per_person = 5_000;
}

/// Polls once, and then only when something is written through the gateway.
pub fn hardly_ever(config: &mut Config) {
    config.live.poll_min_milliseconds = 3_600_000;
    config.live.poll_max_milliseconds = 3_600_000;
    config.live.max_subscriptions_per_person = 5_000;
}

/// A demonstration that polls as often as that.
async fn house(settings: fn(&mut Config)) -> House {
    House::with(World::demo(), settings).await
}

/// An agent of the demonstration and a skill group of the same platform the agent is not in.
fn outsider(house: &House) -> (i64, SkillGroupId) {
    house.simulator.world(|world| {
        let tenant = &world.tenants[0];
        for (id, work) in &tenant.agents {
            let user = &tenant.users[id];
            let other = tenant.skill_groups.iter().find(|group| {
                group.peripheral_id == user.platform_id
                    && group.skill_target_id.is_some_and(|group| !work.skill_groups.contains(&group))
            });
            if let Some(group) = other.and_then(|group| group.skill_target_id) {
                return (id.0, group);
            }
        }
        panic!("every agent is in every group")
    })
}

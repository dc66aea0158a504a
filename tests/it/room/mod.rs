//! The portal is protected: whose calls go first, how many wait, when it is left alone, and what is asked again.

mod breaker;
mod hedge;
mod metrics;
mod pause;
mod queue;
mod retry;

use portalgraph::config::Config;
use portalgraph::simulator::{SIZED_PASSWORD, World};

use crate::house::{Client, House};

/// Catalogues, each of which is one call.
const CATALOGUES: &str =
    "{ departments { name } sites { name } roleGroups { name } platforms { name } billingUnits { name }
    agentProfiles { name } agentDeskSettings { name } }";

/// A gateway that keeps nothing, so that each question is a call.
async fn house(change: impl FnOnce(&mut Config)) -> House {
    House::with(World::sized(60), |config| {
        config.cache.max_bytes = 0;
        config.cache.max_whole_answer_bytes = 0;
        change(config);
    })
    .await
}

/// One of the many who see all.
async fn person(house: &House, number: usize) -> Client {
    house.sign_in((&login(number), SIZED_PASSWORD)).await
}

fn login(number: usize) -> String {
    format!("load{number}@siz")
}

/// Who called what since the last look, in order.
fn journal(house: &House) -> Vec<(&'static str, String)> {
    let calls = house.simulator.journal().take().into_iter();
    calls.map(|call| (call.operation, call.login.unwrap_or_default())).collect()
}

//! Whichever way an edge is asked, the answer is the same: over made-up worlds, for who sees everything and for who does
//! not, where counts are wrong or missing. And the plan's own choice is never dearer than the better of the two.

use std::sync::Arc;

use portalgraph::config::{Config, Way};
use portalgraph::portal::{SkillGroupId, UserId};
use portalgraph::simulator::{
    Random, SIZED_LOGIN, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST, Simulator, Thing, World,
};
use serde_json::{Value, json};

use crate::house::{Client, gateway, http};
use crate::plan::forgetful;

const WORLDS: u64 = 14;

/// A world in which departments do not keep to themselves, and the portal's counts are not always right.
fn world(seed: u64) -> World {
    let mut random = Random::new(seed);
    let mut world = World::sized(10 + random.below(60));
    let tenant = &mut world.tenants[0];
    let kept = 1 + random.below(tenant.skill_groups.len());
    let groups: Vec<SkillGroupId> =
        tenant.skill_groups.iter().filter_map(|group| group.skill_target_id).collect();
    // Agents in groups of another platform than theirs are in no group's list, so that only their count tells of them.
    let crosses = random.below(2) == 0;
    for work in tenant.agents.values_mut().filter(|_| crosses) {
        for _ in 0..random.below(4) {
            work.skill_groups.insert(groups[random.below(groups.len())]);
        }
    }
    tenant.skill_groups.truncate(kept);
    if random.below(2) == 0 {
        // The portal promises no order.
        tenant.skill_groups.reverse();
    }
    tenant.recount();
    for group in &groups {
        match random.below(4) {
            0 => drop(tenant.reserved.remove(&Thing::SkillGroup(*group))),
            1 => {
                let department =
                    tenant.users.values().nth(random.below(5)).and_then(|user| user.id_program_department);
                tenant.reserve(Thing::SkillGroup(*group), department);
            }
            _ => {}
        }
    }
    let liars = random.below(4);
    for user in tenant.users.values_mut().filter(|user| user.total_assigned_skills.is_some()) {
        if liars > 0 && random.below(4) < liars {
            let more = user.total_assigned_skills.map(|count| count + 1);
            // No portal counts fewer than there are and leaves agents out of lists at the same time.
            let counts = if crosses { [None, more, Some(40)] } else { [None, more, Some(0)] };
            Arc::make_mut(user).total_assigned_skills = counts[random.below(counts.len())];
        }
    }
    world
}

/// Somebody at a gateway that goes one way, and what that costs.
struct Traveller<'a> {
    simulator: &'a Simulator,
    client: Client,
    _stop: tokio::sync::oneshot::Sender<()>,
}

impl<'a> Traveller<'a> {
    async fn new(simulator: &'a Simulator, way: Way, login: (&str, &str)) -> Self {
        let mut config = Config::default();
        config.portal.url = simulator.url();
        config.plan.agent_skill_groups = way;
        config.plan.users_by_id = way;
        forgetful(&mut config);
        let (url, stop) = gateway(config).await;
        Self { simulator, client: Client::sign_in(&http(), &url, login).await, _stop: stop }
    }

    /// The answer, and how many calls it took.
    async fn ask(&self, (query, variables): &(String, Value)) -> (Value, usize) {
        self.simulator.journal().take();
        let answer = self.client.ask_with(query, variables.clone()).await;
        assert!(answer.body.get("errors").is_none(), "{query}: {}", answer.body);
        (answer.body["data"].clone(), self.simulator.journal().take().len())
    }
}

/// One level each, so that what each way costs can be told; the last goes there and back.
fn queries(simulator: &Simulator, random: &mut Random) -> Vec<(String, Value)> {
    let users: Vec<UserId> = simulator.world(|world| world.tenants[0].users.keys().copied().collect());
    let mut ids: Vec<_> = (0..=random.below(9)).map(|_| users[random.below(users.len())]).collect();
    // Nobody.
    ids.push(UserId(7));
    let named = ids.iter().enumerate();
    let named: Vec<_> = named
        .map(|(place, id)| {
            format!("u{place}: user(by: {{databaseId: {id}}}) {{ loginName email agent {{ agentNumber }} }} ")
        })
        .collect();
    let (named, first) = (named.join(""), 1 + random.below(60));
    vec![
        (
            format!(
                "{{ agents(first: {first}) {{ nodes {{ databaseId skillGroups {{
            databaseId name enterpriseName description isChecked agentCount platformName }} }} }} }}"
            ),
            Value::Null,
        ),
        (format!("{{ {named} }}"), Value::Null),
        (
            "{ agents { nodes { skillGroups { name agents(first: 4) { totalCount nodes {
            databaseId enterpriseName skillGroups { name } } } } } } }"
                .to_owned(),
            json!({}),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_gives_the_same_answer_and_the_plan_takes_the_cheapest() {
    for seed in 0..WORLDS {
        let simulator = Simulator::local(world(seed)).await;
        let login = [SIZED_LOGIN, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST][(seed % 3) as usize];
        let forward = Traveller::new(&simulator, Way::Forward, login).await;
        let inverse = Traveller::new(&simulator, Way::Inverse, login).await;
        let auto = Traveller::new(&simulator, Way::Auto, login).await;
        for (place, query) in queries(&simulator, &mut Random::new(seed)).iter().enumerate() {
            let (expected, one) = forward.ask(query).await;
            let (found, other) = inverse.ask(query).await;
            assert!(found == expected, "inverse, world {seed}, {}: {}", login.0, query.0);
            // Once to learn what this person is shown, once to know.
            for _ in 0..2 {
                let same = auto.ask(query).await.0 == expected;
                assert!(same, "auto, world {seed}, {}: {}", login.0, query.0);
            }
            let (_, calls) = auto.ask(query).await;
            // The list that tells what the other way would cost is the only call that may have been for nothing.
            let most = one.min(other) + 1;
            assert!(place == 2 || calls <= most, "world {seed}, {}: {calls} > {most}: {}", login.0, query.0);
        }
    }
}

//! What a walk over an operation has found to ask, before it is summed up.

use std::collections::{BTreeMap, BTreeSet};

use super::price::{AGENTS, ALL_SKILL_GROUPS, ALL_USERS, Edge, SKILL_GROUPS, USER};
use super::spot::Spot;
use super::{Estimate, Estimator};
use crate::caller::{FEW, Lengths, Whole};
use crate::config::{UserIdKind, Way};

/// The questions of one operation, or of one field of a mutation: after its write everything is asked anew.
#[derive(Default)]
pub(super) struct Bill {
    /// Asked once, whoever asks: the operation, and what tells the question from others.
    pub(super) once: BTreeSet<(&'static str, String)>,
    /// Asked for each record: how many there are, by where in the operation they stand. The same records are at the same
    /// place, whatever they are called there.
    pub(super) each: BTreeMap<Edge, BTreeMap<Spot, usize>>,
    /// Asked whatever else is.
    pub(super) anew: BTreeMap<&'static str, usize>,
    /// Asked for everything they know below a list that is read whole, whatever that holds; for how many of its records.
    pub(super) whole: BTreeMap<&'static str, usize>,
    /// The keys of users who are named.
    pub(super) users: BTreeSet<i64>,
    /// The agents whose skill groups are asked for: how many, by place, and whether they are of one list.
    pub(super) agents: BTreeMap<Spot, (usize, bool)>,
}

/// How many records there are in all these places, and no more than there are at all.
fn distinct(places: impl Iterator<Item = usize>, all: Option<usize>) -> usize {
    places.fold(0, usize::saturating_add).min(all.unwrap_or(usize::MAX))
}

/// Adds calls; a number beyond all stays one.
fn add(sums: &mut BTreeMap<&'static str, usize>, operation: &'static str, calls: usize) {
    let sum = sums.entry(operation).or_default();
    *sum = sum.saturating_add(calls);
}

impl Bill {
    /// Takes in what a part of the operation asks.
    pub(super) fn absorb(&mut self, part: Self) {
        self.once.extend(part.once);
        for (edge, places) in part.each {
            self.each.entry(edge).or_default().extend(places);
        }
        for (operation, calls) in part.anew {
            add(&mut self.anew, operation, calls);
        }
        self.users.extend(part.users);
        for (operation, records) in part.whole {
            add(&mut self.whole, operation, records);
        }
        self.agents.extend(part.agents);
    }

    /// The calls by operation, added to those of the estimate; and which lengths they hang on that nobody knows.
    pub(super) fn sum_up(mut self, estimator: &Estimator, lengths: &Lengths, estimate: &mut Estimate) {
        let mut hangs_on = |list: Whole| {
            estimate.unknown.extend(lengths.of(list).is_none().then_some(list));
        };
        self.add_users(estimator);
        if !self.agents.is_empty() {
            hangs_on(Whole::Users);
            hangs_on(Whole::SkillGroups);
            self.add_skill_groups(estimator, lengths);
        }
        for (edge, places) in self.each {
            hangs_on(edge.of);
            // Who was named was read by that very call.
            let named = |spot: &Spot| match spot {
                Spot::User(key) if edge == USER => self.once.contains(&(USER.operation, word_of_user(*key))),
                _ => false,
            };
            let counts = places.iter().filter(|(spot, _)| !named(spot)).map(|(_, count)| *count);
            let calls = distinct(counts, lengths.of(edge.of));
            add(&mut self.anew, edge.operation, calls);
        }
        for &(operation, _) in &self.once {
            add(&mut self.anew, operation, 1);
        }
        estimate.whole.extend(self.whole);
        // Only the list of users knows by which number the portal wants one named.
        if estimator.user_id == UserIdKind::AccountId
            && let Some(calls) = self.anew.get(USER.operation).copied()
        {
            add(&mut self.anew, ALL_USERS, calls);
        }
        for (operation, calls) in self.anew {
            add(&mut estimate.operations, operation, calls);
        }
    }

    /// Users by their ids, as `caller/users_by_id.rs` asks for them.
    fn add_users(&mut self, estimator: &Estimator) {
        let is_list = match estimator.plan.users_by_id {
            Way::Forward => false,
            Way::Inverse => !self.users.is_empty(),
            Way::Auto => self.users.len() > FEW,
        };
        if is_list {
            self.once.insert((ALL_USERS, String::new()));
        } else {
            self.once.extend(self.users.iter().map(|key| (USER.operation, word_of_user(*key))));
        }
    }

    /// Agents' skill groups, as `caller/skill_groups_of.rs` asks for them: a few agent by agent, more from the end with fewer
    /// calls. Agents of several lists may be asked for agent by agent until that has cost as much as the other way.
    fn add_skill_groups(&mut self, estimator: &Estimator, lengths: &Lengths) {
        let agents = distinct(self.agents.values().map(|(count, _)| *count), lengths.of(Whole::Users));
        let way = estimator.plan.agent_skill_groups;
        let mut forward = agents;
        if way == Way::Inverse || (way == Way::Auto && agents > FEW) {
            self.once.insert((ALL_SKILL_GROUPS, String::new()));
            let groups = match (lengths.of(Whole::SkillGroups), way) {
                (None, Way::Inverse) => Some(estimator.limits.default_page_size),
                (Some(groups), Way::Auto) if groups >= agents => None,
                (groups, _) => groups,
            };
            if let Some(groups) = groups {
                self.each.entry(AGENTS).or_default().insert(Spot::All, groups);
                let is_one_list = self.agents.len() == 1 && self.agents.values().all(|(_, is_one)| *is_one);
                forward = if is_one_list || way == Way::Inverse { 0 } else { agents.min(groups) };
            }
        }
        add(&mut self.anew, SKILL_GROUPS.operation, forward);
    }
}

/// What tells the question for a user who is named by key.
fn word_of_user(key: i64) -> String {
    format!("user:{key}")
}

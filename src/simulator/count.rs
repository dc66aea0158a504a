//! The totals that rows carry of each other, put right after a change; a row that is right already is not touched.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::eligible;
use super::world::{Tenant, Work, total};
use crate::portal::AttributeId;

impl Tenant {
    /// Puts the totals right that rows carry of each other; call it after changing who works on what.
    pub fn recount(&mut self) {
        self.recount_skills();
        for queue in &mut self.precision_queues {
            eligible::count(queue, &self.agents);
        }
        self.recount_catalogues();
    }

    /// As `recount`, after one agent came or went who has these attributes.
    pub(super) fn recount_agent(&mut self, work: &Work) {
        self.recount_skills();
        self.recount_queues(&work.attributes.keys().copied().collect());
        self.recount_catalogues();
    }

    /// How many skill groups each user has, and how many users each skill group.
    pub(super) fn recount_skills(&mut self) {
        for (id, user) in &mut self.users {
            let skills = self.agents.get(id).and_then(|work| total(work.skill_groups.len()));
            if user.total_assigned_skills != skills {
                Arc::make_mut(user).total_assigned_skills = skills;
            }
        }
        let members = tally(self.agents.values().flat_map(|work| work.skill_groups.iter().copied()));
        for group in &mut self.skill_groups {
            let members = count_of(&members, group.skill_target_id);
            if group.total_assigned_users != members {
                Arc::make_mut(group).total_assigned_users = members;
            }
        }
    }

    /// How many agents each precision queue reaches that asks for one of these attributes.
    pub(super) fn recount_queues(&mut self, attributes: &BTreeSet<AttributeId>) {
        for queue in &mut self.precision_queues {
            if eligible::depends(queue, attributes) {
                eligible::count(queue, &self.agents);
            }
        }
    }

    /// How many users each role group, profile and collection has.
    pub(super) fn recount_catalogues(&mut self) {
        let members = tally(self.users.values().filter_map(|user| user.id_program_group));
        for group in &mut self.role_groups {
            let members = count_of(&members, group.id_program_group);
            if group.total_assigned_users != members {
                Arc::make_mut(group).total_assigned_users = members;
            }
        }
        let members = tally(self.users.values().filter_map(|user| user.id_profile));
        for profile in &mut self.agent_profiles {
            let members = count_of(&members, profile.id_profile);
            if profile.total_assigned_users != members {
                Arc::make_mut(profile).total_assigned_users = members;
            }
        }
        for row in &mut self.access_collections {
            let members = total(row.members.len());
            if row.collection.total_assigned_objects != members {
                let collection = Arc::make_mut(&mut row.collection);
                collection.total_assigned_objects = members;
                collection.total_assigned_users = members;
            }
        }
    }
}

/// How often each of them occurs.
fn tally<K: Ord>(keys: impl Iterator<Item = K>) -> BTreeMap<K, usize> {
    keys.fold(BTreeMap::new(), |mut counts, key| {
        *counts.entry(key).or_default() += 1;
        counts
    })
}

fn count_of<K: Ord>(counts: &BTreeMap<K, usize>, key: Option<K>) -> Option<i64> {
    total(key.and_then(|key| counts.get(&key).copied()).unwrap_or_default())
}

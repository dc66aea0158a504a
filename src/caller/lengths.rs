//! How long the lists are whose records are asked for one by one, as far as that is known.

use super::error::CallerError;
use super::precision_queue::all_queues;
use super::reader::Reader;
use super::roster::{Roster, everyone};
use super::skill_group::all_groups;
use super::skill_groups_of::GroupList;

/// A list that is read whole, and whose records have edges that are asked for one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whole {
    /// All users, agents among them.
    Users,
    /// All skill groups.
    SkillGroups,
    /// All precision queues.
    PrecisionQueues,
}

impl Whole {
    /// Its records, as in a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::SkillGroups => "skill groups",
            Self::PrecisionQueues => "precision queues",
        }
    }
}

/// How many records each of these lists has; `None` where nobody knows at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths([Option<usize>; 3]);

impl Lengths {
    /// The length of a list.
    #[must_use]
    pub fn of(&self, list: Whole) -> Option<usize> {
        self.0[list as usize]
    }

    /// Notes the length of a list.
    pub fn note(&mut self, list: Whole, length: Option<usize>) {
        self.0[list as usize] = length;
    }
}

impl Reader {
    /// The length of a list that is kept. Looking is not reading: the answer does not rest on it.
    #[must_use]
    pub fn kept_length(&self, list: Whole) -> Option<usize> {
        Some(match list {
            Whole::Users => self.kept_as(&everyone(), Roster::new)?.users().len(),
            Whole::SkillGroups => self.kept_as(&all_groups(), GroupList::of)?.groups().len(),
            Whole::PrecisionQueues => {
                self.kept_as(&all_queues(), |reply| reply.precision_queues.clone())?.len()
            }
        })
    }

    /// The length of a list, read in one call unless it is at hand.
    pub async fn length(&self, list: Whole) -> Result<usize, CallerError> {
        Ok(match list {
            Whole::Users => self.roster().await?.users().len(),
            Whole::SkillGroups => self.skill_groups().await?.len(),
            Whole::PrecisionQueues => self.precision_queues().await?.len(),
        })
    }
}

//! Reading ahead: what a request reads whole, whatever the list before it holds, is asked for beside that list. Catalogues
//! would wait for users otherwise, none of whom decides how a catalogue is asked.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use futures_util::future::{FutureExt as _, join_all};
use tokio_util::task::AbortOnDropHandle;

use super::freshness::Mark;
use super::house::Question;
use super::lengths::Whole;
use super::precision_queue::all_queues;
use super::reader::{Asked, Reader};
use super::roster::everyone;
use super::skill_group::all_groups;
use crate::portal::Portal;
use crate::portal::agent::GetAllAgents;
use crate::portal::precision_queue::GetAllPrecisionQueues;
use crate::portal::reference::{
    GetAllAgentDeskSettings, GetAllApmProfiles, GetAllBillingUnits, GetAllDepartments, GetAllPlatforms,
    GetAllRoles, GetAllSites,
};
use crate::portal::skill_group::GetSkillGroups;
use crate::portal::user::GetUsers;
use crate::upstream::Call;

/// What a request is going to read, as far as its text tells.
#[derive(Default)]
pub struct Expected {
    /// The operations that it asks for everything they know.
    pub whole: Vec<&'static str>,
    /// For how many agents it asks which skill groups they are in.
    pub agents: usize,
}

/// What a request is going to read whole.
#[derive(Default)]
pub(super) struct Ahead {
    /// Until it is begun.
    expected: Mutex<Option<Expected>>,
    /// What was begun, which goes on by itself and ends with the request: left to those who will need it, it could stand
    /// in the way of what they need first.
    begun: OnceLock<AbortOnDropHandle<()>>,
}

impl Ahead {
    fn expected(&self) -> MutexGuard<'_, Option<Expected>> {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader {
    /// Notes what the request is going to read.
    pub fn expect(&self, expected: Expected) {
        *self.ahead.expected() = Some(expected);
    }

    /// Tells that a list is read now. If that takes a call, what is expected after it begins beside it, once a request.
    pub async fn read_ahead(&self, list: Whole) {
        if self.watcher.is_some() || self.ahead.expected().is_none() {
            return;
        }
        self.house.renew().await;
        let (operation, is_at_hand) = match list {
            Whole::Users => (<GetUsers as Call>::NAME, self.is_at_hand(&everyone())),
            Whole::SkillGroups => (<GetSkillGroups as Call>::NAME, self.is_at_hand(&all_groups())),
            Whole::PrecisionQueues => (<GetAllPrecisionQueues as Call>::NAME, self.is_at_hand(&all_queues())),
        };
        if !is_at_hand {
            self.begin_expected(operation);
        }
    }

    fn begin_expected(&self, list: &str) {
        let Some(Expected { whole, agents }) = self.ahead.expected().take() else { return };
        // For no field: those that need it are noted when they do.
        let reader = self.marking(Mark::default()).on(None);
        let begun = whole.into_iter().filter(|operation| *operation != list);
        let begun: Vec<_> = begun.filter_map(|operation| reader.begun(operation, agents)).collect();
        if !begun.is_empty() {
            let begun = tokio::spawn(join_all(begun).map(drop));
            // The first stays: there is only one, because what is expected has been taken.
            let _ = self.ahead.begun.set(AbortOnDropHandle::new(begun));
        }
    }

    /// The operation, begun, if it is one that reads a whole list in the one way the graph asks for it.
    fn begun(&self, operation: &str, agents: usize) -> Option<Asked> {
        match operation {
            <GetUsers as Call>::NAME => self.begin(everyone()),
            <GetAllAgents as Call>::NAME => self.begin(GetAllAgents::default()),
            <GetAllPrecisionQueues as Call>::NAME => self.begin(all_queues()),
            // It may be one way of two.
            <GetSkillGroups as Call>::NAME if self.is_likely_to_go_by_groups(agents) => {
                self.begin(all_groups())
            }
            <GetAllDepartments as Call>::NAME => self.begin(GetAllDepartments::default()),
            <GetAllSites as Call>::NAME => self.begin(GetAllSites::default()),
            <GetAllBillingUnits as Call>::NAME => self.begin(GetAllBillingUnits::default()),
            <GetAllRoles as Call>::NAME => self.begin(GetAllRoles::default()),
            <GetAllPlatforms as Call>::NAME => self.begin(GetAllPlatforms::default()),
            <GetAllApmProfiles as Call>::NAME => self.begin(GetAllApmProfiles::default()),
            <GetAllAgentDeskSettings as Call>::NAME => self.begin(GetAllAgentDeskSettings::default()),
            _ => None,
        }
    }

    fn begin<Q: Question>(&self, question: Q) -> Option<Asked> {
        if self.is_at_hand(&question) { None } else { self.flight(question).ok() }
    }

    fn is_likely_to_go_by_groups(&self, agents: usize) -> bool {
        self.identity::<Portal>().is_ok_and(|identity| self.outlooks().favours_groups(identity, agents))
    }
}

//! Reading ahead: what a request reads whole, whatever the list before it holds, is asked for beside that list. Catalogues
//! would wait for users otherwise, none of whom decides how a catalogue is asked.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::{FutureExt as _, join_all};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

use super::answers::Key;
use super::freshness::Mark;
use super::house::Question;
use super::lengths::Whole;
use super::precision_queue::all_queues;
use super::reader::{Asked, Reader};
use super::roster::everyone;
use super::skill_group::all_groups;
use crate::config::Way;
use crate::portal::Portal;
use crate::portal::agent::GetAllAgents;
use crate::portal::precision_queue::GetAllPrecisionQueues;
use crate::portal::reference::{
    GetAllAgentDeskSettings, GetAllApmProfiles, GetAllBillingUnits, GetAllDepartments, GetAllPlatforms,
    GetAllRoles, GetAllSites,
};
use crate::portal::skill_group::GetSkillGroups;
use crate::portal::user::GetUsers;
use crate::upstream::{AsCarried, Call, Flight, trace};

/// What a request is going to read, as far as its text tells.
#[derive(Default)]
pub struct Expected {
    /// The operations that it asks for everything they know.
    pub whole: Vec<&'static str>,
    /// For how many agents it asks which skill groups they are in.
    pub agents: usize,
}

/// What a request reads before anybody needs it.
#[derive(Default)]
pub(super) struct Ahead(Mutex<State>);

#[derive(Default)]
struct State {
    /// Until it is begun.
    expected: Option<Expected>,
    /// What was begun. The answer rests on none of it before it is asked for.
    begun: HashMap<Key, Asked, AsCarried>,
    /// It goes on by itself: left to those who will need it, it could hold the room that somebody needs first. Without the
    /// request it ends.
    going_on: Option<AbortOnDropHandle<()>>,
}

impl Ahead {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has_begun(&self, key: &Key) -> bool {
        self.state().begun.contains_key(key)
    }

    pub(super) fn begun(&self, key: &Key) -> Option<Asked> {
        self.state().begun.get(key).cloned()
    }
}

impl Reader {
    /// Notes what the request is going to read.
    pub fn expect(&self, expected: Expected) {
        self.ahead.state().expected = Some(expected).filter(|expected| !expected.whole.is_empty());
    }

    /// Notes that the request is answered: what nobody has needed is kept for the next, which may.
    pub fn leave_begun(&self) {
        if let Some(going_on) = self.ahead.state().going_on.take() {
            going_on.detach();
        }
    }

    /// Tells that a list is read now. If that takes a call, what is expected after it begins beside it, once a request.
    pub async fn read_ahead(&self, list: Whole) {
        if self.watcher.is_some() || self.ahead.state().expected.is_none() {
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
        let Some(Expected { whole, agents }) = self.ahead.state().expected.take() else { return };
        // For no field: those that need it are noted when they do.
        let reader = self.marking(Mark::default()).on(None);
        let begun = whole.into_iter().filter(|operation| *operation != list);
        let begun: Vec<_> = begun.filter_map(|operation| reader.begun(operation, agents)).collect();
        if !begun.is_empty() {
            let going_on = trace::carried(join_all(begun).map(drop)).in_current_span();
            self.ahead.state().going_on = Some(AbortOnDropHandle::new(tokio::spawn(going_on)));
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
        if self.is_at_hand(&question) {
            return None;
        }
        let key = self.key(&question).ok()?;
        let asked = Flight::new(self.answer((key.clone(), question)));
        self.ahead.state().begun.insert(key, asked.clone());
        Some(asked)
    }

    fn is_likely_to_go_by_groups(&self, agents: usize) -> bool {
        match self.ways().agent_skill_groups {
            Way::Forward => false,
            Way::Inverse => true,
            Way::Auto => self
                .identity::<Portal>()
                .is_ok_and(|identity| self.outlooks().favours_groups(identity, agents)),
        }
    }
}

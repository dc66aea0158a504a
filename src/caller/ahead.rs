//! Reading ahead: what a request reads whole, whatever the list before it holds, is asked for beside that list. Catalogues
//! would wait for users otherwise, none of whom decides how a catalogue is asked.

use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::{FutureExt as _, join_all};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

use super::answers::Key;
use super::freshness::Mark;
use super::house::Question;
use super::kept::Life;
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

/// What a request is going to ask for everything it knows, as far as its text tells: the operations, each with the number of
/// records that it is asked for, if they are all there.
#[derive(Default)]
pub struct Expected(pub BTreeMap<&'static str, usize>);

/// What a request reads before anybody needs it.
#[derive(Default)]
pub(super) struct Ahead(Mutex<State>);

#[derive(Default)]
struct State {
    /// Until it is begun.
    expected: Option<Expected>,
    /// What was begun. The answer rests on none of it before it is asked for.
    begun: HashMap<Key, Asked, AsCarried>,
    /// Whether any of it is not kept.
    is_fleeting: bool,
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
        self.ahead.state().expected = Some(expected).filter(|expected| !expected.0.is_empty());
    }

    /// Notes that the request is answered: what nobody has needed is kept for the next, which may. Where it would not be
    /// kept, it ends.
    pub fn leave_begun(&self) {
        let mut state = self.ahead.state();
        let going_on = state.going_on.take();
        if !state.is_fleeting {
            going_on.map(AbortOnDropHandle::detach);
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
        let Some(Expected(whole)) = self.ahead.state().expected.take() else { return };
        // For no field: those that need it are noted when they do.
        let reader = self.marking(Mark::default()).on(None);
        let begun = whole.into_iter().filter(|(operation, _)| *operation != list);
        let begun: Vec<_> =
            begun.filter_map(|(operation, records)| reader.begun(operation, records)).collect();
        if !begun.is_empty() {
            // Whoever needs one that panics is told so; the others go on.
            let begun = begun.into_iter().map(|begun| AssertUnwindSafe(begun).catch_unwind());
            let going_on = trace::carried(join_all(begun).map(drop)).in_current_span();
            self.ahead.state().going_on = Some(AbortOnDropHandle::new(tokio::spawn(going_on)));
        }
    }

    /// The operation, begun, if it is one that reads a whole list in the one way the graph asks for it.
    fn begun(&self, operation: &str, records: usize) -> Option<Asked> {
        match operation {
            <GetUsers as Call>::NAME => self.begin(everyone()),
            <GetAllAgents as Call>::NAME => self.begin(GetAllAgents::default()),
            <GetAllPrecisionQueues as Call>::NAME => self.begin(all_queues()),
            // It may be one way of two.
            <GetSkillGroups as Call>::NAME if self.is_likely_to_go_by_groups(records) => {
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
        let basis = self.notes.basis.clone();
        let answer = self.answer((key.clone(), question)).inspect(move |answer| {
            if let Ok(given) = answer {
                basis.may_rest_on(given.kept.fresh_until());
            }
        });
        let asked = Flight::new(answer);
        let is_kept = self.house.answers.life::<Q>() != Life::default();
        let mut state = self.ahead.state();
        state.is_fleeting |= !is_kept;
        state.begun.insert(key, asked.clone());
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

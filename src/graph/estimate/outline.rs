//! `Outline`: which operations each field of a document may ask, and which of them wait for others, told without asking any.

use std::collections::HashMap;

use serde::Serialize;

use super::bill::Bill;
use super::price::{AGENTS, ALL_SKILL_GROUPS, ALL_USERS, SKILL_GROUPS, USER};
use super::{Estimate, Estimator};
use crate::caller::{FEW, Lengths, Whole};
use crate::config::{UserIdKind, Way};

/// A field that asks something, or that has fields below it which may.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outline {
    /// The key of its value in the answer.
    pub key: String,
    /// The type it is a field of.
    pub on: String,
    /// The field.
    pub field: String,
    /// How many records it is taken to lead to; `None` where nobody can tell.
    pub records: Option<usize>,
    /// After how many calls, one behind another, its value is there.
    pub wave: usize,
    /// What it asks.
    pub asks: Vec<Ask>,
    /// What it asks in one of two ways.
    pub choices: Vec<Choice>,
    /// How many fields below it cost nothing and have nothing below them.
    pub plain_fields: usize,
    /// The others.
    pub below: Vec<Self>,
}

/// An operation that a field asks.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ask {
    /// The operation, by its name in the contract.
    pub operation: &'static str,
    /// How many calls that is at most where nothing is kept; `None` where nobody can tell.
    pub calls: Option<usize>,
    /// Whether a field before it has asked the very same, so that it costs nothing more.
    pub is_asked_before: bool,
}

/// An edge that can be read from both its ends.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// The setting that can name a way for good.
    pub setting: &'static str,
    /// What it says.
    pub way: Way,
    /// One call a record.
    pub forward: Vec<Ask>,
    /// From the other end.
    pub inverse: Vec<Ask>,
    /// What decides.
    pub decides: &'static str,
}

/// What an operation may ask, and what that comes to.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The fields of its root.
    pub outline: Vec<Outline>,
    /// The calls it is estimated to need.
    pub estimate: Estimate,
    /// How many calls stand one behind another at most.
    pub waves: usize,
    /// The pages that are asked for with more records than one may have: the field and the number.
    pub too_large: Vec<(String, usize)>,
}

/// An outline that is being drawn.
#[derive(Default)]
pub(super) struct Sketch {
    /// The fields that are open, the innermost last.
    open: Vec<Outline>,
    /// After how many calls the answer to a question is there.
    known: HashMap<(&'static str, String), usize>,
    /// After how many calls the root is asked: mutations go one after the other.
    base: usize,
    pub(super) draft: Draft,
}

const fn ask(operation: &'static str, calls: Option<usize>) -> Ask {
    Ask { operation, calls, is_asked_before: false }
}

/// A number of records nobody can tell is as large as can be.
fn told(count: usize) -> Option<usize> {
    (count != usize::MAX).then_some(count)
}

impl Sketch {
    /// Begins a field.
    pub(super) fn enter(&mut self, key: &str, (on, field): (&str, &str)) {
        let wave = self.open.last().map_or(self.base, |above| above.wave);
        let (key, on, field) = (key.to_owned(), on.to_owned(), field.to_owned());
        self.open.push(Outline { key, on, field, wave, ..Outline::default() });
    }

    /// Counts a field that costs nothing.
    pub(super) fn plain(&mut self) {
        if let Some(above) = self.open.last_mut() {
            above.plain_fields += 1;
        }
    }

    /// Notes how many records the open field leads to.
    pub(super) fn leads_to(&mut self, count: usize) {
        if let Some(open) = self.open.last_mut() {
            open.records = told(count);
        }
    }

    /// Notes a page with more records than it may have.
    pub(super) fn too_large(&mut self, given: usize) {
        let path: Vec<_> = self.open.iter().map(|open| open.key.as_str()).collect();
        self.draft.too_large.push((path.join("."), given));
    }

    /// Ends the field. What a mutation has changed is asked anew by those after it.
    pub(super) fn leave(&mut self) {
        let Some(done) = self.open.pop() else { return };
        self.draft.waves = self.draft.waves.max(done.wave);
        if let Some(above) = self.open.last_mut() {
            above.below.push(done);
            return;
        }
        if done.on == "Mutation" {
            self.base = self.draft.waves;
            self.known.clear();
        }
        self.draft.outline.push(done);
    }

    /// Notes what the open field asks.
    pub(super) fn asks(&mut self, own: &Bill, estimator: &Estimator, lengths: &Lengths) {
        let Some(mut open) = self.open.pop() else { return };
        let begin = open.wave;
        for (operation, word) in &own.once {
            let (wave, is_asked_before) = self.ready((*operation, word.clone()), begin);
            open.wave = open.wave.max(wave);
            open.asks.push(Ask { is_asked_before, ..ask(operation, Some(1)) });
        }
        for (edge, places) in &own.each {
            let calls = places.values().fold(0_usize, |sum, count| sum.saturating_add(*count));
            open.wave = open.wave.max(self.after_names(edge.operation, estimator, begin) + 1);
            open.asks.push(ask(edge.operation, told(calls)));
        }
        // A change and what it is made from go one after the other; of pages, all after the first side by side.
        let anew: usize = own.anew.values().sum();
        let row = if open.on == "Mutation" { anew } else { anew.min(2) };
        open.wave = open.wave.max(begin + row);
        open.asks.extend(own.anew.iter().map(|(operation, calls)| ask(operation, told(*calls))));
        if !own.users.is_empty() {
            let wave = self.after_names(USER.operation, estimator, begin) + 1;
            open.wave = open.wave.max(wave);
            open.choices.push(users_by_id(own.users.len(), estimator.plan.users_by_id));
        }
        if let Some(agents) = own.agents.values().map(|(count, _)| *count).reduce(usize::saturating_add) {
            let way = estimator.plan.agent_skill_groups;
            let is_forward = way == Way::Forward || (way == Way::Auto && agents <= FEW);
            let last =
                if is_forward { begin } else { self.ready((ALL_SKILL_GROUPS, String::new()), begin).0 };
            open.wave = open.wave.max(last + 1);
            open.choices.push(agent_skill_groups(agents, way, lengths.of(Whole::SkillGroups)));
        }
        self.open.push(open);
    }

    /// After how many calls the answer to a question is there, and whether it was asked before. Who asks it further up does
    /// not wait for who asks it further down.
    fn ready(&mut self, question: (&'static str, String), begin: usize) -> (usize, bool) {
        let own = begin + 1;
        let before = self.known.get(&question).copied();
        let wave = before.map_or(own, |wave| wave.min(own));
        self.known.insert(question, wave);
        (wave.max(begin), before.is_some())
    }

    /// After how many calls a record can be named to the portal: of some, only the list knows by which number.
    fn after_names(&mut self, operation: &'static str, estimator: &Estimator, begin: usize) -> usize {
        if operation == USER.operation && estimator.user_id == UserIdKind::AccountId {
            return self.ready((ALL_USERS, String::new()), begin).0;
        }
        begin
    }
}

fn agent_skill_groups(agents: usize, way: Way, groups: Option<usize>) -> Choice {
    Choice {
        setting: "plan.agent_skill_groups",
        way,
        forward: vec![ask(SKILL_GROUPS.operation, told(agents))],
        inverse: vec![ask(ALL_SKILL_GROUPS, Some(1)), ask(AGENTS.operation, groups)],
        decides: match way {
            Way::Auto if agents <= FEW => {
                "So few are asked for one by one, unless the list of skill groups is at hand."
            }
            Way::Auto => {
                "Whichever needs fewer calls when it is asked, then time, as far as the portal counts each agent's skill groups."
            }
            Way::Forward | Way::Inverse => "The settings name the way.",
        },
    }
}

fn users_by_id(users: usize, way: Way) -> Choice {
    Choice {
        setting: "plan.users_by_id",
        way,
        forward: vec![ask(USER.operation, Some(users))],
        inverse: vec![ask(ALL_USERS, Some(1))],
        decides: match way {
            Way::Auto => {
                "The list where it is at hand; else whichever needs fewer calls for all users that are named side by side, then \
                 time."
            }
            Way::Forward | Way::Inverse => "The settings name the way.",
        },
    }
}

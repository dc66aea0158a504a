//! The edge from agents to skill groups, asked from whichever end is cheaper for all agents of one level.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{join, join_all, try_join_all};
use moka::sync::Cache;

use super::error::CallerError;
use super::freshness::Mark;
use super::gather::Gather;
use super::observed::Observed;
use super::plan::{self, Direction, Edge, Price, cheaper};
use super::reader::Reader;
use super::skill_group::{AgentKey, SkillGroups, agents_of, all_groups, in_order};
use crate::config::Way;
use crate::portal::agent::GetAllAgentsForSkill;
use crate::portal::skill_group::{GetSkillGroups, GetSkillGroupsReply, GetSkillsForAgent, SkillGroup};
use crate::portal::user::User;
use crate::portal::{Portal, UserId};
use crate::session::Identity;

type Agents = Arc<[Arc<User>]>;

/// Each agent's skill groups, as all groups' agents tell them.
type Members = HashMap<UserId, SkillGroups>;

/// Every skill group of an identity, with the members worked out of it: kept, forgotten and counted with the list, and
/// used only as long as every answer they were made from is kept too.
pub(super) struct GroupList {
    groups: SkillGroups,
    derived: Mutex<Option<Derived>>,
}

struct Derived {
    from: Vec<Agents>,
    members: Arc<Members>,
}

impl GroupList {
    pub(super) fn of(reply: &GetSkillGroupsReply) -> Self {
        Self { groups: reply.groups(), derived: Mutex::default() }
    }

    pub(super) fn groups(&self) -> &SkillGroups {
        &self.groups
    }

    /// Who is in which group, made anew only if one of the groups' lists is another answer than the last time.
    fn members(&self, lists: Vec<Agents>) -> Arc<Members> {
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = derived.as_ref()
            && known.from.iter().zip(&lists).all(|(one, other)| Arc::ptr_eq(one, other))
        {
            return known.members.clone();
        }
        let mut groups_of: HashMap<UserId, Vec<Arc<SkillGroup>>> = HashMap::new();
        for (group, agents) in self.groups.iter().zip(&lists) {
            // As the portal marks it when asked for the agent: an answer must not tell which way it was found.
            let group = Arc::new(SkillGroup { checked: Some(true), ..SkillGroup::clone(group) });
            for user in agents.iter().filter_map(|agent| agent.id_program_user) {
                groups_of.entry(user).or_default().push(group.clone());
            }
        }
        let members = groups_of.into_iter().map(|(user, groups)| (user, in_order(groups)));
        let members = Arc::new(members.collect::<Members>());
        *derived = Some(Derived { from: lists, members: members.clone() });
        members
    }
}

/// What came of the inverse way the last time: what it is likely to cost, nothing it answered.
#[derive(Clone, Copy)]
pub(super) struct Outlook {
    /// How many skill groups there were.
    groups: usize,
    /// For how many agents it was gone,
    agents: usize,
    /// and how many of them had to be asked for by themselves after all.
    left_over: usize,
}

/// How many identities' outlooks are held, and for how long: whom the portal shows what changes seldom.
const OUTLOOKS: u64 = 10_000;
const OUTLOOK_HOLDS: Duration = Duration::from_mins(10);

/// The outlooks by identity. They outlive the answers they were learnt from and the writes that forget those, because
/// they weigh in on a cost alone.
pub(super) struct Outlooks(Cache<Identity, Outlook>);

impl Default for Outlooks {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(OUTLOOKS).time_to_live(OUTLOOK_HOLDS).build())
    }
}

/// What the inverse way has found.
#[derive(Clone)]
struct Found {
    members: Arc<Members>,
    /// Whether any of what it was worked out of was old.
    mark: Mark,
}

/// Gathers the agents of one level, so that the direction is chosen for all of them.
pub(super) struct SkillGroupsOf {
    /// How many agents of this request were asked for by themselves by plans that could have gone the other way.
    spent: Arc<AtomicUsize>,
    gather: Gather<AgentKey, Option<Found>>,
}

impl SkillGroupsOf {
    pub(super) fn new(reader: Arc<Reader>) -> Self {
        let spent = Arc::new(AtomicUsize::new(0));
        let counted = spent.clone();
        let gather = Gather::new(move |agents| find(reader.clone(), counted.clone(), agents));
        Self { spent, gather }
    }

    /// The skill groups of an agent, for the field that `reader` reads for.
    pub(super) async fn load(&self, reader: &Reader, agent: AgentKey) -> Result<SkillGroups, CallerError> {
        let found = if may_be_inverse(agent) { self.gather.plan(agent).await } else { None };
        answer(reader, found.as_ref(), agent).await
    }

    pub(super) async fn load_all(
        &self,
        reader: &Arc<Reader>,
        agents: &[AgentKey],
    ) -> Vec<Result<SkillGroups, CallerError>> {
        let found = find(reader.clone(), self.spent.clone(), agents.to_vec()).await;
        join_all(agents.iter().map(|agent| answer(reader, found.as_ref(), *agent))).await
    }
}

/// Without the portal's count nothing would tell whether the inverse way found all of an agent's groups.
fn may_be_inverse(agent: AgentKey) -> bool {
    agent.assigned.is_some()
}

/// What the inverse way found of an agent, if that is all the portal counts: a caller who may not see every group or
/// every agent would get a shorter answer this way than by asking for the agent.
fn whole(members: &Members, agent: AgentKey) -> Option<SkillGroups> {
    let groups = members.get(&agent.user).cloned().unwrap_or_default();
    (agent.assigned.and_then(|assigned| usize::try_from(assigned).ok()) == Some(groups.len()))
        .then_some(groups)
}

async fn answer(reader: &Reader, found: Option<&Found>, agent: AgentKey) -> Result<SkillGroups, CallerError> {
    match found.and_then(|found| Some((whole(&found.members, agent)?, found))) {
        Some((groups, found)) => {
            reader.mark().follow(&found.mark);
            Ok(groups)
        }
        None => reader.ask_for_agent(agent, true).await,
    }
}

/// What the inverse way finds for these agents, marked as a whole if any of what it is worked out of was old.
async fn find(reader: Arc<Reader>, spent: Arc<AtomicUsize>, agents: Vec<AgentKey>) -> Option<Found> {
    let mark = Mark::default();
    let members = members(&reader.marking(mark.clone()), spent, agents).await?;
    Some(Found { members, mark })
}

/// Who is in which group, if finding that out is cheaper than asking for each agent; `None` to ask for each.
async fn members(reader: &Reader, spent: Arc<AtomicUsize>, agents: Vec<AgentKey>) -> Option<Arc<Members>> {
    let way = reader.ways().agent_skill_groups;
    let agents: HashSet<_> = agents.into_iter().filter(|agent| may_be_inverse(*agent)).collect();
    if agents.is_empty() {
        return None;
    }
    if way == Way::Forward {
        Edge::AgentSkillGroups.count(Some(Direction::Forward));
        return None;
    }
    let outlook = reader.identity::<Portal>().ok().and_then(|identity| reader.outlooks().0.get(identity));
    let weighing = Weighing { reader, spent: &spent, outlook };
    let is_list_kept = reader.is_at_hand(&all_groups());
    if way == Way::Auto && !is_list_kept && !weighing.is_list_worth_it(&agents) {
        return None;
    }
    let list = reader.group_list().await.ok()?;
    let groups = list.groups();
    if groups.iter().any(|group| group.skill_target_id.is_none()) {
        return None;
    }
    // Of whom the portal counts more groups than the caller may see, not all can be found this way.
    let is_within = |agent: &AgentKey| agent.assigned.is_some_and(|count| count <= most(groups.len()));
    let (within, beyond): (Vec<_>, Vec<_>) = agents.into_iter().partition(is_within);
    let calls = groups.iter().filter(|group| !reader.is_at_hand(&agents_of(group, true))).count();
    let is_worth_it = || way == Way::Inverse || weighing.are_groups_worth_it(&within, calls, groups.len());
    if calls > 0 && within.is_empty() {
        Edge::AgentSkillGroups.count(Some(Direction::Forward));
        return None;
    }
    if calls > 0 && !is_worth_it() {
        return None;
    }
    Edge::AgentSkillGroups.count((calls > 0 || !is_list_kept).then_some(Direction::Inverse));
    let lists = try_join_all(groups.iter().map(|group| reader.agents_of_skill_group(group, true)));
    // Whoever is beyond is asked for by itself at the same time.
    let alone = join_all(beyond.iter().map(|agent| reader.ask_for_agent(*agent, true)));
    let members = list.members(join(lists, alone).await.0.ok()?);
    if calls > 0 {
        let left_over = within.iter().filter(|agent| whole(&members, **agent).is_none()).count();
        let outlook = Outlook { groups: groups.len(), agents: within.len(), left_over };
        reader.outlooks().0.insert(reader.identity::<Portal>().ok()?.clone(), outlook);
    }
    Some(members)
}

fn most(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What the plan compares. What earlier levels of the request, or earlier parts of this one, have already spent on asking
/// agent by agent counts against the whole price of the other way: many small levels must not each be too small for it.
struct Weighing<'a> {
    reader: &'a Reader,
    spent: &'a AtomicUsize,
    outlook: Option<Outlook>,
}

impl Weighing<'_> {
    /// Whether the list of groups, which the inverse way begins with and which tells what it would cost, is worth its call.
    fn is_list_worth_it(&self, agents: &HashSet<AgentKey>) -> bool {
        let forward = self.to_ask(agents.iter());
        let is_worth_it = match self.outlook {
            _ if forward == 0 => false,
            None => forward + self.spent() > plan::FEW,
            Some(outlook) => {
                let list = self.reader.price::<GetSkillGroups>(1, Observed::LIST);
                let inverse = list.then(self.inverse(outlook.groups, forward));
                self.is_cheaper(inverse, forward + self.spent())
            }
        };
        self.decided(forward, is_worth_it)
    }

    /// Whether `calls` for those of the groups whose agents are not at hand are worth making for these agents.
    fn are_groups_worth_it(&self, agents: &[AgentKey], calls: usize, groups: usize) -> bool {
        let forward = self.to_ask(agents.iter());
        let is_worth_it = forward > 0
            && (self.is_cheaper(self.inverse(calls, agents.len()), forward)
                || self.is_cheaper(self.inverse(groups, agents.len()), forward + self.spent()));
        self.decided(forward, is_worth_it)
    }

    fn is_cheaper(&self, inverse: Price, forward: usize) -> bool {
        let forward = self.reader.price::<GetSkillsForAgent>(forward, Observed::RECORD);
        cheaper(Way::Auto, forward, inverse) == Direction::Inverse
    }

    /// So many groups, and then whoever is likely to be left over.
    fn inverse(&self, groups: usize, agents: usize) -> Price {
        let left_over = self
            .outlook
            .map_or(0, |outlook| (agents * outlook.left_over).div_ceil(outlook.agents.max(1)).min(agents));
        let groups = self.reader.price::<GetAllAgentsForSkill>(groups, Observed::RECORD);
        groups.then(self.reader.price::<GetSkillsForAgent>(left_over, Observed::RECORD))
    }

    fn to_ask<'a>(&self, agents: impl Iterator<Item = &'a AgentKey>) -> usize {
        agents.filter(|agent| !self.reader.is_at_hand(&agent.question(true))).count()
    }

    fn spent(&self) -> usize {
        self.spent.load(Ordering::Relaxed)
    }

    fn decided(&self, forward: usize, is_inverse: bool) -> bool {
        if !is_inverse {
            self.spent.fetch_add(forward, Ordering::Relaxed);
            Edge::AgentSkillGroups.count((forward > 0).then_some(Direction::Forward));
        }
        is_inverse
    }
}

//! The edge from agents to skill groups, asked from whichever end is cheaper for all agents of one level.

use std::collections::{HashMap, HashSet};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::future::{join, join_all, try_join_all};
use moka::sync::Cache;

use super::error::CallerError;
use super::explanation::{Alternative, Decision, Path, distinct};
use super::freshness::Mark;
use super::gather::Gather;
use super::observed::Observed;
use super::plan::{self, Direction, Edge, Price, Reason, cheaper};
use super::reader::Reader;
use super::skill_group::{AgentKey, SkillGroups, agents_of, all_groups, in_order};
use crate::config::Way;
use crate::portal::agent::GetAllAgentsForSkill;
use crate::portal::skill_group::{GetSkillGroups, GetSkillGroupsReply, GetSkillsForAgent, SkillGroup};
use crate::portal::user::User;
use crate::portal::{Portal, UserId};
use crate::session::Identity;
use crate::upstream::Call;

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
    /// The lists it was made of, whose records are not kept for it.
    from: Vec<Weak<[Arc<User>]>>,
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
    fn members(&self, lists: &[Agents]) -> Arc<Members> {
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = derived.as_ref()
            && known.from.iter().zip(lists).all(|(one, other)| ptr::addr_eq(one.as_ptr(), Arc::as_ptr(other)))
        {
            return known.members.clone();
        }
        let mut groups_of: HashMap<UserId, Vec<Arc<SkillGroup>>> = HashMap::new();
        for (group, agents) in self.groups.iter().zip(lists) {
            // As the portal marks it when asked for the agent: an answer must not tell which way it was found.
            let group = Arc::new(SkillGroup { checked: Some(true), ..SkillGroup::clone(group) });
            for user in agents.iter().filter_map(|agent| agent.id_program_user) {
                groups_of.entry(user).or_default().push(group.clone());
            }
        }
        let members = groups_of.into_iter().map(|(user, groups)| (user, in_order(groups)));
        let members = Arc::new(members.collect::<Members>());
        *derived =
            Some(Derived { from: lists.iter().map(Arc::downgrade).collect(), members: members.clone() });
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

impl Outlook {
    /// How many of so many agents are likely to be asked for by themselves all the same.
    fn left_over_of(self, agents: usize) -> usize {
        agents.saturating_mul(self.left_over).div_ceil(self.agents.max(1)).min(agents)
    }
}

/// How many identities' outlooks are held, and for how long: whom the portal shows what changes seldom.
const OUTLOOKS: u64 = 10_000;
const OUTLOOK_HOLDS: Duration = Duration::from_mins(10);

/// The outlooks by identity. They outlive the answers they were learnt from and the writes that forget those, because
/// they weigh in on a cost alone.
pub(super) struct Outlooks(Cache<Identity, Outlook>);

impl Outlooks {
    /// Whether so many agents of somebody are fewer calls by way of all groups, as far as is known from the last time.
    pub(super) fn favours_groups(&self, identity: &Identity, agents: usize) -> bool {
        let by_groups = |known: Outlook| known.left_over_of(agents).saturating_add(1 + known.groups);
        self.0.get(identity).is_some_and(|known| by_groups(known) < agents)
    }
}

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

/// An agent, and the field it is asked for, where that is to be told.
type Asked = (AgentKey, Option<Path>);

/// Gathers the agents of one level, so that the direction is chosen for all of them.
pub(super) struct SkillGroupsOf {
    /// How many agents of this request were asked for by themselves by plans that could have gone the other way.
    spent: Arc<AtomicUsize>,
    gather: Gather<Asked, Option<Found>>,
}

impl SkillGroupsOf {
    pub(super) fn new(reader: Arc<Reader>) -> Self {
        let spent = Arc::new(AtomicUsize::new(0));
        let counted = spent.clone();
        let gather = Gather::new(move |agents: Vec<Asked>| find(reader.clone(), counted.clone(), agents));
        Self { spent, gather }
    }

    /// The skill groups of an agent, for the field that `reader` reads for.
    pub(super) async fn load(&self, reader: &Reader, agent: AgentKey) -> Result<SkillGroups, CallerError> {
        let found = if may_be_inverse(agent) { self.gather.plan((agent, reader.path())).await } else { None };
        answer(reader, found.as_ref(), agent).await
    }

    pub(super) async fn load_all(
        &self,
        reader: &Arc<Reader>,
        agents: &[AgentKey],
    ) -> Vec<Result<SkillGroups, CallerError>> {
        if let [agent] = agents {
            // Other fields of the same level may have one each: one way for all of them is cheaper than one for each.
            return vec![self.load(reader, *agent).await];
        }
        let path = reader.path();
        let asked = agents.iter().map(|agent| (*agent, path.clone())).collect();
        let found = find(reader.clone(), self.spent.clone(), asked).await;
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
async fn find(reader: Arc<Reader>, spent: Arc<AtomicUsize>, asked: Vec<Asked>) -> Option<Found> {
    let (agents, paths): (HashSet<_>, Vec<_>) = asked.into_iter().unzip();
    let (mark, keys) = (Mark::default(), agents.len());
    let first = paths.iter().flatten().next();
    let Plan { members, verdict, alone } =
        members(&reader.marking(mark.clone()).on(first), spent, agents).await;
    if keys > 0 {
        Edge::AgentSkillGroups.count(verdict.gone(members.is_some()));
        reader.decide(|| verdict.told((members.is_some(), alone), keys, distinct(paths)));
    }
    Some(Found { members: members?, mark })
}

/// Which way was taken, what came of it, and why.
struct Plan {
    /// Who is in which group, if that was found out; nothing to ask for each agent.
    members: Option<Arc<Members>>,
    verdict: Verdict,
    /// How many agents are asked for by themselves although the others are not.
    alone: usize,
}

impl From<Verdict> for Plan {
    /// Each agent is asked for.
    fn from(verdict: Verdict) -> Self {
        Self { members: None, verdict, alone: 0 }
    }
}

/// What either way would cost, and what decides.
#[derive(Clone, Copy)]
struct Verdict {
    is_inverse: bool,
    reason: Reason,
    forward: Option<Price>,
    inverse: Option<Price>,
}

impl Verdict {
    /// Agent by agent, whatever that costs.
    const fn forward(reason: Reason) -> Self {
        Self { is_inverse: false, reason, forward: None, inverse: None }
    }

    /// Which way was gone; `None` if nothing had to be asked for.
    fn gone(self, is_inverse: bool) -> Option<Direction> {
        let (way, price) =
            if is_inverse { (Direction::Inverse, self.inverse) } else { (Direction::Forward, self.forward) };
        (!price.is_some_and(Price::is_nothing)).then_some(way)
    }

    /// As it is told.
    fn told(self, (is_inverse, alone): (bool, usize), keys: usize, paths: Vec<Path>) -> Decision {
        let inverse = &[<GetSkillGroups as Call>::NAME, <GetAllAgentsForSkill as Call>::NAME];
        Decision {
            setting: "plan.agent_skill_groups",
            paths,
            keys,
            alone,
            chosen: if is_inverse { Direction::Inverse } else { Direction::Forward },
            reason: self.reason,
            forward: Alternative { operations: &[<GetSkillsForAgent as Call>::NAME], price: self.forward },
            inverse: Alternative { operations: inverse, price: self.inverse },
        }
    }
}

/// Who is in which group, if finding that out is cheaper than asking for each agent.
async fn members(reader: &Reader, spent: Arc<AtomicUsize>, agents: HashSet<AgentKey>) -> Plan {
    let way = reader.ways().agent_skill_groups;
    let all = agents.len();
    let agents: HashSet<_> = agents.into_iter().filter(|agent| may_be_inverse(*agent)).collect();
    let outlook = reader.identity::<Portal>().ok().and_then(|identity| reader.outlooks().0.get(identity));
    let weighing = Weighing { reader, spent: &spent, outlook };
    if way == Way::Forward {
        let forward = weighing.forward(weighing.to_ask(agents.iter()));
        return Verdict { forward: Some(forward), ..Verdict::forward(Reason::Setting) }.into();
    }
    if agents.is_empty() {
        return Verdict::forward(Reason::Uncounted).into();
    }
    if way == Way::Auto && !reader.is_at_hand(&all_groups()) {
        let verdict = weighing.of_list(&agents);
        if !verdict.is_inverse {
            return verdict.into();
        }
    }
    let Ok(list) = reader.group_list().await else { return Verdict::forward(Reason::Failed).into() };
    let groups = list.groups();
    if groups.iter().any(|group| group.skill_target_id.is_none()) {
        return Verdict::forward(Reason::Nameless).into();
    }
    // Of whom the portal counts more groups than the caller may see, not all can be found this way.
    let uncounted = all - agents.len();
    let is_within = |agent: &AgentKey| agent.assigned.is_some_and(|count| count <= most(groups.len()));
    let (within, beyond): (Vec<_>, Vec<_>) = agents.into_iter().partition(is_within);
    let calls = groups.iter().filter(|group| !reader.is_at_hand(&agents_of(group, true))).count();
    let verdict = match (calls, way) {
        (0, _) => {
            Verdict { is_inverse: true, inverse: Some(Price::default()), ..Verdict::forward(Reason::AtHand) }
        }
        _ if within.is_empty() => Verdict::forward(Reason::Beyond),
        (_, Way::Inverse) => Verdict {
            is_inverse: true,
            inverse: Some(weighing.inverse(calls, within.len())),
            ..Verdict::forward(Reason::Setting)
        },
        _ => weighing.of_groups(&within, calls, groups.len()),
    };
    if !verdict.is_inverse {
        return verdict.into();
    }
    let lists = try_join_all(groups.iter().map(|group| reader.agents_of_skill_group(group, true)));
    // Whoever is beyond is asked for by itself at the same time.
    let asked_alone = join_all(beyond.iter().map(|agent| reader.ask_for_agent(*agent, true)));
    let Ok(lists) = join(lists, asked_alone).await.0 else { return Verdict::forward(Reason::Failed).into() };
    let members = list.members(&lists);
    // Only a plan that has cost something teaches anything.
    let is_told = calls > 0 || reader.explains();
    let is_left_over = |agent: &&AgentKey| is_told && whole(&members, **agent).is_none();
    let left_over = within.iter().filter(is_left_over).count();
    if calls > 0
        && let Ok(identity) = reader.identity::<Portal>()
    {
        let outlook = Outlook { groups: groups.len(), agents: within.len(), left_over };
        reader.outlooks().0.insert(identity.clone(), outlook);
    }
    let alone = uncounted + beyond.len() + left_over;
    Plan { members: Some(members), verdict, alone }
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
    fn of_list(&self, agents: &HashSet<AgentKey>) -> Verdict {
        let forward = self.to_ask(agents.iter());
        let verdict = match self.outlook {
            _ if forward == 0 => Verdict::forward(Reason::AtHand),
            None if forward + self.spent() <= plan::FEW => Verdict::forward(Reason::Few),
            // What it costs is known only then.
            None => Verdict { is_inverse: true, ..Verdict::forward(Reason::Calls) },
            Some(outlook) => {
                let list = self.reader.price::<GetSkillGroups>(1, Observed::LIST);
                let inverse = list.then(self.inverse(outlook.groups, forward));
                let (chosen, reason) = cheaper(Way::Auto, self.forward(forward + self.spent()), inverse);
                let is_inverse = chosen == Direction::Inverse;
                Verdict { is_inverse, inverse: Some(inverse), ..Verdict::forward(reason) }
            }
        };
        self.decided(forward, verdict)
    }

    /// Whether `calls` for those of the groups whose agents are not at hand are worth making for these agents.
    fn of_groups(&self, agents: &[AgentKey], calls: usize, groups: usize) -> Verdict {
        let forward = self.to_ask(agents.iter());
        if forward == 0 {
            return self.decided(forward, Verdict::forward(Reason::AtHand));
        }
        let inverse = self.inverse(calls, agents.len());
        let (chosen, mut reason) = cheaper(Way::Auto, self.forward(forward), inverse);
        let mut is_inverse = chosen == Direction::Inverse;
        if !is_inverse {
            let whole = self.inverse(groups, agents.len());
            let with_spent = self.forward(forward + self.spent());
            is_inverse = cheaper(Way::Auto, with_spent, whole).0 == Direction::Inverse;
            if is_inverse {
                reason = Reason::Spent;
            }
        }
        self.decided(forward, Verdict { is_inverse, inverse: Some(inverse), ..Verdict::forward(reason) })
    }

    fn forward(&self, calls: usize) -> Price {
        self.reader.price::<GetSkillsForAgent>(calls, Observed::RECORD)
    }

    /// So many groups, and then whoever is likely to be left over.
    fn inverse(&self, groups: usize, agents: usize) -> Price {
        let left_over = self.outlook.map_or(0, |outlook| outlook.left_over_of(agents));
        let groups = self.reader.price::<GetAllAgentsForSkill>(groups, Observed::RECORD);
        groups.then(self.forward(left_over))
    }

    fn to_ask<'a>(&self, agents: impl Iterator<Item = &'a AgentKey>) -> usize {
        agents.filter(|agent| !self.reader.is_at_hand(&agent.question(true))).count()
    }

    fn spent(&self) -> usize {
        self.spent.load(Ordering::Relaxed)
    }

    fn decided(&self, forward: usize, verdict: Verdict) -> Verdict {
        if !verdict.is_inverse {
            self.spent.fetch_add(forward, Ordering::Relaxed);
        }
        Verdict { forward: Some(self.forward(forward)), ..verdict }
    }
}

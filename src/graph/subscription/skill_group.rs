//! A skill group and the agents in it, followed.

use async_graphql::{Context, ID, Object};
use futures_util::stream::{BoxStream, StreamExt as _, once};

use super::user::{Differences, People};
use crate::caller::Caller;
use crate::graph::agent::Agent;
use crate::graph::context::ContextExt as _;
use crate::graph::error::{GraphError, Nullable};
use crate::graph::id::Kind;
use crate::graph::list::List;
use crate::graph::live::{Live, Subject, Topic, follow};
use crate::graph::lookup::{self, NamedBy};
use crate::graph::skill_group::SkillGroup;
use crate::portal::{SkillGroupId, TenantId};

/// One skill group and who is in it.
struct OneSkillGroup(SkillGroupId);

/// How it stands: the group, and who is in it while it is there.
pub(super) struct Members {
    tenant: TenantId,
    group: Option<SkillGroup>,
    people: People,
}

impl Topic for OneSkillGroup {
    type State = Members;
    type Event = SkillGroupChanges;

    fn subject(&self) -> Subject {
        Subject::SkillGroup(self.0)
    }

    async fn read(&self, caller: &Caller) -> Result<Members, GraphError> {
        let (groups, tenant) = (caller.skill_groups().await?, caller.tenant()?);
        let group = groups.iter().find(|group| group.skill_target_id == Some(self.0));
        let group = group.map(|record| SkillGroup::new(tenant, record.clone()));
        let people = match &group {
            Some(group) => group.everyone_in_it(caller).await?,
            None => Vec::new(),
        };
        Ok(Members { tenant, group, people: People::new(tenant, people) })
    }

    fn begin(&self, state: &Members, is_whole: bool) -> SkillGroupChanges {
        let members = state.people.begin(is_whole);
        SkillGroupChanges { is_snapshot: true, tenant: state.tenant, group: state.group.clone(), members }
    }

    fn change(&self, before: &Members, after: &Members) -> Option<SkillGroupChanges> {
        // Who is in it counts; what is different in an agent is told by `agents`.
        let came_or_went = after.people.since(&before.people);
        let came_or_went =
            came_or_went.filter(|members| !members.added.is_empty() || !members.removed.is_empty());
        if came_or_went.is_none() && before.group == after.group {
            return None;
        }
        let members = came_or_went.unwrap_or_else(|| after.people.begin(false));
        Some(SkillGroupChanges {
            is_snapshot: false,
            tenant: after.tenant,
            group: after.group.clone(),
            members,
        })
    }
}

/// Which agents have entered and left a skill group since the event before.
#[derive(Clone)]
pub struct SkillGroupChanges {
    is_snapshot: bool,
    tenant: TenantId,
    group: Option<SkillGroup>,
    members: Differences,
}

/// Which agents have entered and left a skill group since the event before.
#[Object]
impl SkillGroupChanges {
    /// Whether this is how things stand, whatever was told before: the first event, and one after the subscriber has fallen
    /// too far behind.
    async fn is_snapshot(&self) -> bool {
        self.is_snapshot
    }

    /// The skill group as it is now; null once it is there no longer.
    async fn skill_group(&self) -> Option<SkillGroup> {
        self.group.clone()
    }

    /// The agents who have come into it; in a snapshot everyone who is in it.
    async fn entered(&self) -> List<Agent> {
        self.members.added.iter().map(|record| Agent::new(self.tenant, record.clone())).collect()
    }

    /// The global ids of the agents who have left it.
    async fn left(&self) -> List<ID> {
        self.members.removed_ids(Kind::Agent)
    }
}

pub(super) async fn events(
    ctx: &Context<'_>,
    by: NamedBy,
    snapshot: bool,
) -> Result<BoxStream<'static, Nullable<SkillGroupChanges>>, GraphError> {
    // What is told was found when it was opened.
    let key = match ctx.visit().live() {
        Live::Telling(_) => Some(SkillGroupId(0)),
        Live::Opening(_) | Live::Not => {
            lookup::skill_group(ctx, by).await?.map(|group| group.skill_group_id()).transpose()?
        }
    };
    let Some(key) = key else { return Ok(once(std::future::ready(None)).boxed()) };
    Ok(follow(ctx, OneSkillGroup(key), snapshot)?.map(Some).boxed())
}

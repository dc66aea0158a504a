//! Users and agents, followed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use futures_util::{Stream, StreamExt as _};

use crate::caller::Caller;
use crate::graph::agent::Agent;
use crate::graph::error::{GraphError, Nullable};
use crate::graph::id::{Kind, NodeId};
use crate::graph::list::List;
use crate::graph::live::{Subject, Topic, follow};
use crate::graph::user::User;
use crate::graph::user_list::{UserFilter, all_of};
use crate::portal::{TenantId, UserId, user as wire};

/// The users a filter accepts.
pub(super) struct AllUsers(pub(super) UserFilter);

/// The agents a filter accepts.
pub(super) struct AllAgents(pub(super) UserFilter);

/// Records of users at one moment; those without a key cannot be told from one another and are left out.
pub(super) struct People {
    pub(super) tenant: TenantId,
    pub(super) records: Vec<Arc<wire::User>>,
}

/// Who is new, different and gone.
#[derive(Clone)]
pub(super) struct Differences {
    tenant: TenantId,
    is_snapshot: bool,
    pub(super) added: Vec<Arc<wire::User>>,
    changed: Vec<Arc<wire::User>>,
    pub(super) removed: Vec<UserId>,
}

impl People {
    pub(super) fn new(tenant: TenantId, mut records: Vec<Arc<wire::User>>) -> Self {
        let mut known = HashSet::with_capacity(records.len());
        records.retain(|user| user.id_program_user.is_some_and(|id| known.insert(id)));
        Self { tenant, records }
    }

    /// Everyone as new, or nobody.
    pub(super) fn begin(&self, is_whole: bool) -> Differences {
        Differences {
            tenant: self.tenant,
            is_snapshot: true,
            added: if is_whole { self.records.clone() } else { Vec::new() },
            changed: Vec::new(),
            removed: Vec::new(),
        }
    }

    /// What has become different; nothing if all are who and as they were.
    pub(super) fn since(&self, before: &Self) -> Option<Differences> {
        let key = |user: &Arc<wire::User>| user.id_program_user;
        let former: HashMap<_, _> = before.records.iter().map(|user| (key(user), user)).collect();
        let present: HashSet<_> = self.records.iter().map(key).collect();
        let mut differences = Differences { is_snapshot: false, ..self.begin(false) };
        for user in &self.records {
            match former.get(&key(user)) {
                None => differences.added.push(user.clone()),
                Some(former) if *former != user => differences.changed.push(user.clone()),
                Some(_) => {}
            }
        }
        let gone = before.records.iter().map(key).filter(|id| !present.contains(id));
        differences.removed = gone.flatten().collect();
        let is_any = !differences.added.is_empty()
            || !differences.changed.is_empty()
            || !differences.removed.is_empty();
        is_any.then_some(differences)
    }
}

impl Differences {
    /// The global ids of who has gone, as records of a kind.
    pub(super) fn removed_ids(&self, kind: Kind) -> List<ID> {
        self.removed.iter().map(|id| NodeId::new(self.tenant, kind, id.0).encode()).collect()
    }
}

async fn people(caller: &Caller, filter: &UserFilter, only_agents: bool) -> Result<People, GraphError> {
    let mut users = all_of(caller, filter.clone()).await?;
    if only_agents {
        users.retain(|user| user.is_agent());
    }
    Ok(People::new(caller.tenant()?, users))
}

macro_rules! topic {
    ($topic:ident, $subject:ident, $event:ident, $only_agents:literal) => {
        impl Topic for $topic {
            type State = People;
            type Event = $event;

            fn subject(&self) -> Subject {
                Subject::$subject(self.0.clone())
            }

            async fn read(&self, caller: &Caller) -> Result<People, GraphError> {
                people(caller, &self.0, $only_agents).await
            }

            fn begin(&self, state: &People, is_whole: bool) -> $event {
                $event(state.begin(is_whole))
            }

            fn change(&self, before: &People, after: &People) -> Option<$event> {
                after.since(before).map($event)
            }
        }
    };
}

topic!(AllUsers, Users, UserChanges, false);
topic!(AllAgents, Agents, AgentChanges, true);

/// Which users are new, different and gone since the event before.
#[derive(Clone)]
pub struct UserChanges(Differences);

/// Which users are new, different and gone since the event before.
#[Object]
impl UserChanges {
    /// Whether this is how things stand, whatever was told before: the first event, and one after the subscriber has fallen
    /// too far behind.
    async fn is_snapshot(&self) -> bool {
        self.0.is_snapshot
    }

    /// The users who are new; in a snapshot everyone.
    async fn added(&self) -> List<User> {
        self.0.added.iter().map(|record| User::new(self.0.tenant, record.clone())).collect()
    }

    /// The users in whom something is different.
    async fn changed(&self) -> List<User> {
        self.0.changed.iter().map(|record| User::new(self.0.tenant, record.clone())).collect()
    }

    /// The global ids of the users who are there no longer, or are no longer accepted by the filter.
    async fn removed(&self) -> List<ID> {
        self.0.removed_ids(Kind::User)
    }
}

/// Which agents are new, different and gone since the event before.
#[derive(Clone)]
pub struct AgentChanges(Differences);

/// Which agents are new, different and gone since the event before.
#[Object]
impl AgentChanges {
    /// Whether this is how things stand, whatever was told before: the first event, and one after the subscriber has fallen
    /// too far behind.
    async fn is_snapshot(&self) -> bool {
        self.0.is_snapshot
    }

    /// The agents who are new; in a snapshot everyone.
    async fn added(&self) -> List<Agent> {
        self.0.added.iter().map(|record| Agent::new(self.0.tenant, record.clone())).collect()
    }

    /// The agents in whom something is different.
    async fn changed(&self) -> List<Agent> {
        self.0.changed.iter().map(|record| Agent::new(self.0.tenant, record.clone())).collect()
    }

    /// The global ids of the agents who are there no longer, or are no longer accepted by the filter.
    async fn removed(&self) -> List<ID> {
        self.0.removed_ids(Kind::Agent)
    }
}

pub(super) fn events<T: Topic>(
    ctx: &Context<'_>,
    topic: T,
    snapshot: bool,
) -> Result<impl Stream<Item = Nullable<T::Event>> + use<T>, GraphError> {
    Ok(follow(ctx, topic, snapshot)?.map(Some))
}

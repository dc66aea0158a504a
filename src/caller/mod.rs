//! One signed-in client asking the upstreams: what is kept, shared, batched, and on whose behalf.

mod access;
mod ahead;
mod answers;
mod asking;
mod attribute;
mod basis;
mod callback;
mod catalogue;
mod change;
mod deadline;
mod directory;
pub mod eligibility;
mod epochs;
mod error;
mod explanation;
mod figures;
mod flight;
mod freshness;
mod gather;
mod house;
mod icws_role;
mod kept;
mod lengths;
mod live;
mod notes;
mod observed;
mod plan;
mod precision_queue;
mod reader;
mod recent;
mod replicas;
mod room;
mod roster;
mod shared_answers;
mod skill_group;
mod skill_groups_of;
mod stale;
mod tally;
mod turns;
mod user;
mod users_by_id;
mod visibility;

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

pub use ahead::Expected;
pub use answers::Answers;
pub use basis::{Basis, Grounds};
pub use callback::Presence;
pub use catalogue::Catalogue;
pub use change::{ChangeError, Stale};
pub use deadline::Deadline;
pub use directory::{AgentDirectory, user_of};
pub use epochs::Moment;
pub use error::CallerError;
pub use explanation::{Alternative, Brought, Decision, Explanation, Path, Read, Sums, Told};
pub use figures::{
    EdgeFigures, Estimate, Figures, KeptFigures, OperationFigures, PollFigures, RecentFigures, RoomFigures,
};
pub use freshness::{Freshness, Mark};
pub use house::House;
pub use icws_role::{RolesPart, looks_for_a_new_role};
pub use lengths::{Lengths, Whole};
pub use live::{Attendance, Follower, Known, Turns, Watcher};
pub use notes::Notes;
pub use observed::Observed;
pub use plan::{Direction, FEW, Price, Reason};
pub use precision_queue::StaffedQueue;
pub use reader::Reader;
pub use roster::Roster;
pub use skill_group::{AgentKey, SkillGroups};
pub use tally::{Answered, Cost, Count, Tally};
pub use turns::Turn;
pub use user::revision;

use crate::portal::UserId;
use crate::portal::user::User;
use skill_groups_of::SkillGroupsOf;
use users_by_id::UsersById;

/// One request's client: reads through its session, and gathers the keys of its edges.
pub struct Caller {
    reader: Arc<Reader>,
    edges: Arc<Edges>,
}

/// What is gathered for all fields of a request, each from its first key on.
struct Edges {
    reader: Arc<Reader>,
    skill_groups_of: OnceLock<SkillGroupsOf>,
    users_by_id: OnceLock<UsersById>,
}

impl Caller {
    /// The client of one request.
    #[must_use]
    pub fn new(reader: Reader) -> Self {
        let reader = Arc::new(reader);
        let (skill_groups_of, users_by_id) = (OnceLock::new(), OnceLock::new());
        let edges = Edges { reader: reader.clone(), skill_groups_of, users_by_id };
        Self { reader, edges: Arc::new(edges) }
    }

    /// The same client for the field these keys lead to, which is marked if it is given what is old.
    #[must_use]
    pub fn at(&self, mark: Mark, keys: &[String]) -> Self {
        Self { reader: Arc::new(self.reader.marking(mark).at(keys)), edges: self.edges.clone() }
    }

    /// The skill groups an agent is in, asked for in whichever direction is cheaper for all agents of this level.
    pub async fn skill_groups_of(&self, agent: AgentKey) -> Result<SkillGroups, CallerError> {
        self.edges.skill_groups_of().load(&self.reader, agent).await
    }

    /// The skill groups each of these agents is in, in the same order, by one plan for all of them.
    pub async fn skill_groups_of_all(&self, agents: &[AgentKey]) -> Vec<Result<SkillGroups, CallerError>> {
        self.edges.skill_groups_of().load_all(&self.reader, agents).await
    }

    /// A user, asked for by id or found in the roster, whichever is cheaper for all users of this level.
    pub async fn user_by_id(&self, id: UserId) -> Result<Option<Arc<User>>, CallerError> {
        self.edges.users_by_id().load(&self.reader, id).await
    }

    /// Each of these users, in the same order, by one plan for all of them.
    pub async fn users_by_id(&self, ids: &[UserId]) -> Vec<Result<Option<Arc<User>>, CallerError>> {
        users_by_id::load_all(&self.reader, ids).await
    }
}

impl Edges {
    fn skill_groups_of(&self) -> &SkillGroupsOf {
        self.skill_groups_of.get_or_init(|| SkillGroupsOf::new(self.reader.clone()))
    }

    fn users_by_id(&self) -> &UsersById {
        self.users_by_id.get_or_init(|| UsersById::new(self.reader.clone()))
    }
}

impl Deref for Caller {
    type Target = Arc<Reader>;

    fn deref(&self) -> &Arc<Reader> {
        &self.reader
    }
}

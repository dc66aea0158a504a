//! Users by their ids: each by a call of its own or all from the roster, whichever is cheaper for one level's ids.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::join_all;

use super::error::CallerError;
use super::gather::Gather;
use super::observed::Observed;
use super::plan::{Direction, Edge, cheaper};
use super::reader::Reader;
use super::roster::everyone;
use crate::config::{UserIdKind, Way};
use crate::portal::UserId;
use crate::portal::user::{GetUserByIdProgram, GetUsers, User};

/// Gathers the ids of one level, so that the way is chosen for all of them.
pub(super) struct UsersById {
    gather: Gather<UserId, Direction>,
}

impl UsersById {
    pub(super) fn new(reader: Arc<Reader>) -> Self {
        let gather = Gather::new(move |ids: Vec<UserId>| {
            let direction = direction(&reader, ids);
            async move { direction }
        });
        Self { gather }
    }

    /// A user, for the field that this reads for.
    pub(super) async fn load(&self, reader: &Reader, id: UserId) -> Result<Option<Arc<User>>, CallerError> {
        let direction = self.gather.plan(id).await;
        answer(reader, direction, id).await
    }
}

/// Users who are all of one level already.
pub(super) async fn load_all(reader: &Reader, ids: &[UserId]) -> Vec<Result<Option<Arc<User>>, CallerError>> {
    let direction = direction(reader, ids.to_vec());
    join_all(ids.iter().map(|id| answer(reader, direction, *id))).await
}

async fn answer(reader: &Reader, direction: Direction, id: UserId) -> Result<Option<Arc<User>>, CallerError> {
    match direction {
        Direction::Forward => reader.user(id).await,
        Direction::Inverse => Ok(reader.roster().await?.by_id(id).cloned()),
    }
}

/// How to ask for these users. Both ways answer with the same form of the record, and a user is in the list exactly if
/// the caller may see it, so that whoever is missing there is nobody.
fn direction(reader: &Reader, ids: Vec<UserId>) -> Direction {
    let way = reader.ways().users_by_id;
    if way != Way::Forward && reader.is_at_hand(&everyone()) {
        Edge::UsersById.count(None);
        return Direction::Inverse;
    }
    let is_at_hand = |id: &UserId| match reader.portal_settings().dialect.user_search_id {
        UserIdKind::ProgramUserId => {
            reader.is_at_hand(&GetUserByIdProgram { search_id: Some(*id), ..GetUserByIdProgram::default() })
        }
        // Only the roster knows by which number to ask.
        UserIdKind::AccountId => false,
    };
    let calls = ids.into_iter().collect::<HashSet<_>>().iter().filter(|id| !is_at_hand(id)).count();
    let forward = reader.price::<GetUserByIdProgram>(calls, Observed::RECORD);
    let inverse = reader.price::<GetUsers>(1, Observed::LIST);
    let forward = match reader.portal_settings().dialect.user_search_id {
        UserIdKind::ProgramUserId => forward,
        UserIdKind::AccountId => inverse.then(forward),
    };
    let direction = cheaper(way, forward, inverse);
    let is_free = calls == 0 && direction == Direction::Forward;
    Edge::UsersById.count((!is_free).then_some(direction));
    direction
}

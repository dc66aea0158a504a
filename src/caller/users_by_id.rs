//! Users by their ids: each by a call of its own or all from the roster, whichever is cheaper for one level's ids.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::join_all;

use super::error::CallerError;
use super::explanation::{Alternative, Decision, Path, distinct};
use super::gather::Gather;
use super::observed::Observed;
use super::plan::{Direction, Edge, Price, Reason, cheaper};
use super::reader::Reader;
use super::roster::everyone;
use crate::config::{UserIdKind, Way};
use crate::portal::UserId;
use crate::portal::user::{GetUserByIdProgram, GetUsers, User};
use crate::upstream::Call;

/// Gathers the ids of one level, so that the way is chosen for all of them.
pub(super) struct UsersById {
    gather: Gather<(UserId, Option<Path>), Direction>,
}

impl UsersById {
    pub(super) fn new(reader: Arc<Reader>) -> Self {
        let gather = Gather::new(move |keys: Vec<(UserId, Option<Path>)>| {
            let direction = direction(&reader, keys);
            async move { direction }
        });
        Self { gather }
    }

    /// A user, for the field that this reads for.
    pub(super) async fn load(&self, reader: &Reader, id: UserId) -> Result<Option<Arc<User>>, CallerError> {
        let direction = self.gather.plan((id, reader.path())).await;
        answer(reader, direction, id).await
    }
}

/// Users who are all of one level already.
pub(super) async fn load_all(reader: &Reader, ids: &[UserId]) -> Vec<Result<Option<Arc<User>>, CallerError>> {
    let path = reader.path();
    let direction = direction(reader, ids.iter().map(|id| (*id, path.clone())).collect());
    join_all(ids.iter().map(|id| answer(reader, direction, *id))).await
}

async fn answer(reader: &Reader, direction: Direction, id: UserId) -> Result<Option<Arc<User>>, CallerError> {
    match direction {
        Direction::Forward => reader.user(id).await,
        Direction::Inverse => Ok(reader.roster().await?.by_id(id).cloned()),
    }
}

/// How to ask for these users, each for the field that is told. Both ways answer with the same form of the record, and a
/// user is in the list exactly if the caller may see it, so that whoever is missing there is nobody.
fn direction(reader: &Reader, keys: Vec<(UserId, Option<Path>)>) -> Direction {
    let way = reader.ways().users_by_id;
    let (ids, paths): (HashSet<_>, Vec<_>) = keys.into_iter().unzip();
    let told = |(chosen, reason), forward: Option<Price>, inverse: Option<Price>| {
        if !ids.is_empty() {
            let price = if chosen == Direction::Forward { forward } else { inverse };
            Edge::UsersById.count((!price.is_some_and(Price::is_nothing)).then_some(chosen));
            reader.decide(|| Decision {
                setting: "plan.users_by_id",
                paths: distinct(paths),
                keys: ids.len(),
                alone: 0,
                chosen,
                reason,
                forward: Alternative { operations: &[<GetUserByIdProgram as Call>::NAME], price: forward },
                inverse: Alternative { operations: &[<GetUsers as Call>::NAME], price: inverse },
            });
        }
        chosen
    };
    if way == Way::Auto && reader.is_at_hand(&everyone()) {
        return told((Direction::Inverse, Reason::AtHand), None, Some(Price::default()));
    }
    let is_at_hand = |id: &UserId| match reader.portal_settings().dialect.user_search_id {
        UserIdKind::ProgramUserId => {
            reader.is_at_hand(&GetUserByIdProgram { search_id: Some(*id), ..GetUserByIdProgram::default() })
        }
        // Only the roster knows by which number to ask.
        UserIdKind::AccountId => false,
    };
    let calls = ids.iter().filter(|id| !is_at_hand(id)).count();
    let forward = reader.price::<GetUserByIdProgram>(calls, Observed::RECORD);
    let inverse = reader.price::<GetUsers>(1, Observed::LIST);
    let forward = match reader.portal_settings().dialect.user_search_id {
        UserIdKind::ProgramUserId => forward,
        UserIdKind::AccountId => inverse.then(forward),
    };
    told(cheaper(way, forward, inverse), Some(forward), Some(inverse))
}

//! A person's own sessions, here and elsewhere: which they are, and ending them.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::iter;

use super::sign_in::is_same_name;
use super::standing::Standing;
use super::store::Sessions;
use super::{IcwsSession, PortalSession, Session};
use crate::icws::Icws;
use crate::portal::Portal;
use crate::store::StoreError;
use crate::upstream::Upstream;

/// How many sessions are signed out of the upstreams at once.
const AT_ONCE: usize = 8;

impl Sessions {
    /// Every session in which the person of this one is signed in anywhere, this one among them, the latest first.
    pub async fn of_same_person(&self, session: &Session) -> Result<Vec<Arc<Session>>, StoreError> {
        let mut own: Vec<_> =
            self.alive(session).await?.filter(|other| !shared(session, other).is_empty()).collect();
        own.sort_by_key(|own| std::cmp::Reverse(own.particulars.created_at));
        Ok(own)
    }

    /// Ends one session of the person of this one, as far as it is theirs; `None` if they have none of that handle.
    pub async fn end_own(&self, session: &Session, handle: &str) -> Result<Option<Arc<Session>>, StoreError> {
        let own = self.of_same_person(session).await?;
        let Some(named) = own.into_iter().find(|own| own.particulars.handle == handle) else {
            return Ok(None);
        };
        self.sign_out(&shared(session, &named)).await;
        Ok(Some(named))
    }

    /// Ends every session of the person of this one, this one too, and tells how many there were. What others hold in
    /// the same session stays theirs.
    pub async fn log_out_everywhere(&self, session: &Session) -> Result<usize, StoreError> {
        let own = self.of_same_person(session).await?;
        // Here first and all of them, because that takes no time; then at the upstreams, which count their sessions.
        let parts: Vec<_> = own.iter().map(|own| shared(session, own)).collect();
        for part in &parts {
            self.end::<Portal>(part).await;
            self.end::<Icws>(part).await;
        }
        iter(&parts).for_each_concurrent(AT_ONCE, |part| self.leave(Some(part))).await;
        Ok(own.len())
    }
}

/// What of the other session is the same person's.
fn shared(one: &Session, other: &Session) -> Session {
    Session {
        portal: other
            .portal
            .clone()
            .filter(|portal| one.portal.as_deref().is_some_and(|own| same_at_portal(own, portal))),
        icws: other
            .icws
            .clone()
            .filter(|icws| one.icws.as_deref().is_some_and(|own| same_at_icws(own, icws))),
        ..other.clone()
    }
}

/// Whether the portal knows both by one login name. Where both are in one tenant, its own word for who they are decides:
/// letters that look alike are not always one person's.
fn same_at_portal(one: &PortalSession, other: &PortalSession) -> bool {
    is_same_name(&one.login_name, &other.login_name) && agree(one, other)
}

fn same_at_icws(one: &IcwsSession, other: &IcwsSession) -> bool {
    is_same_name(&one.connection.user_id, &other.connection.user_id) && agree(one, other)
}

fn agree<U: Upstream>(one: &Standing<U>, other: &Standing<U>) -> bool {
    match (&one.identity, &other.identity) {
        (Some(one), Some(other)) => one.realm != other.realm || one == other,
        // A tenant has not been selected yet.
        _ => true,
    }
}

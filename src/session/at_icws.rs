//! A session at ICWS, and signing in there.

use std::ops::Deref;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::entrance::Entrance;
use super::identity::{Principal, Realm};
use super::sign_in::{SignInError, is_same_name, parted};
use super::standing::{Held, Standing, System};
use super::store::Sessions;
use super::{Issued, Session};
use crate::icws::{Connection, Icws};
use crate::upstream::Secret;

/// A session at ICWS.
#[derive(Debug)]
pub struct IcwsSession {
    /// What ICWS said when it was opened.
    pub connection: Connection,
    pub(super) standing: Standing<Icws>,
}

impl Deref for IcwsSession {
    type Target = Standing<Icws>;

    fn deref(&self) -> &Standing<Icws> {
        &self.standing
    }
}

impl Held for Icws {
    const SYSTEM: System = System::Icws;

    fn standing(session: &Session) -> Option<&Standing<Self>> {
        session.icws.as_deref().map(Deref::deref)
    }

    fn end(session: &mut Session) {
        session.icws = None;
    }
}

impl Sessions {
    /// Connects to ICWS once; a refused password is never tried again. A session that succeeds takes the place of the
    /// ICWS session the former one holds.
    pub async fn log_in_to_icws(
        &self,
        entrance: Entrance<'_>,
        user_id: &str,
        password: &Secret,
    ) -> Result<Issued, SignInError> {
        let icws = self.icws.as_ref().ok_or(SignInError::NotConfigured(System::Icws))?;
        self.shelf.require().await?;
        let mut connection = icws.connect(user_id, password).await?;
        if connection.user_id.trim().is_empty() {
            // Who asked is the first part of every key: it must never be the same for two people.
            user_id.clone_into(&mut connection.user_id);
        }
        let since = Timestamp::now();
        let longest = SignedDuration::from_mins(i64::try_from(self.settings.max_minutes).unwrap_or(720));
        let principal = Principal::LoginName(connection.user_id.clone());
        let standing = Standing::new(
            icws.clone(),
            connection.credentials.clone(),
            Some(self.identity(Realm::Icws, principal)),
            (since, since + longest),
        );
        let user_id = connection.user_id.clone();
        let opened = Arc::new(IcwsSession { connection, standing });
        let former = self.claim_former(entrance.former).await;
        let is_somebody_else = |icws: &Arc<IcwsSession>| !is_same_name(&icws.connection.user_id, &user_id);
        let (carried, left) =
            parted(former, System::Icws, |former| former.icws.as_ref().is_some_and(is_somebody_else));
        let issued =
            self.open(entrance.with(carried.as_deref()), |session| session.icws = Some(opened)).await;
        self.leave(left.as_ref()).await;
        issued
    }

    /// Disconnects from ICWS; there it ends by itself if it cannot be reached.
    pub(super) async fn leave_icws(&self, icws: &IcwsSession) {
        let _ = icws.upstream.disconnect(icws.credentials()).await;
    }
}

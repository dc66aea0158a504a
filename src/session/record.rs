//! A session as it lies sealed in the store that replicas share.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::at_icws::IcwsSession;
use super::at_portal::{PortalSession, Stage};
use super::identity::Identity;
use super::particulars::Particulars;
use super::standing::Standing;
use super::token::SessionId;
use super::{Held, Session};
use crate::icws::{Connection, Icws};
use crate::portal::auth::LoginReply;
use crate::portal::{self, Portal};

/// All of a session but what changes with every request.
#[derive(Deserialize, Serialize)]
struct Record {
    handle: String,
    created_at: Timestamp,
    client: Option<String>,
    portal: Option<PortalRecord>,
    icws: Option<IcwsRecord>,
}

#[derive(Deserialize, Serialize)]
struct PortalRecord {
    login_name: String,
    stage: Stage,
    profile: Arc<LoginReply>,
    credentials: portal::Credentials,
    since: Since,
}

#[derive(Deserialize, Serialize)]
struct IcwsRecord {
    /// With what proves it.
    connection: Connection,
    since: Since,
}

#[derive(Deserialize, Serialize)]
struct Since {
    identity: Option<Identity>,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl Since {
    fn of<U: Held>(standing: &Standing<U>) -> Self {
        Self {
            identity: standing.identity.clone(),
            created_at: standing.created_at,
            expires_at: standing.expires_at,
        }
    }

    fn standing<U: Held>(self, upstream: &U, credentials: U::Credentials) -> Standing<U> {
        Standing::new(upstream.clone(), credentials, self.identity, (self.created_at, self.expires_at))
    }
}

/// When a session was last used, and last answered by each upstream, in epoch seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Seen {
    pub(super) used: i64,
    pub(super) portal: i64,
    pub(super) icws: i64,
}

impl Seen {
    pub(super) fn of(session: &Session) -> Self {
        Self {
            used: session.particulars.used_at().as_second(),
            portal: session.portal.as_deref().map_or(0, |portal| portal.heard_at()),
            icws: session.icws.as_deref().map_or(0, |icws| icws.heard_at()),
        }
    }
}

/// The session as bytes, to be sealed.
pub(super) fn write(session: &Session) -> Vec<u8> {
    let particulars = &session.particulars;
    let portal = session.portal.as_deref().map(|portal| PortalRecord {
        login_name: portal.login_name.clone(),
        stage: portal.stage.clone(),
        profile: portal.profile.clone(),
        credentials: portal.credentials().clone(),
        since: Since::of(portal),
    });
    let icws = session
        .icws
        .as_deref()
        .map(|icws| IcwsRecord { connection: icws.connection.clone(), since: Since::of(icws) });
    let record = Record {
        handle: particulars.handle.clone(),
        created_at: particulars.created_at,
        client: particulars.client.clone(),
        portal,
        icws,
    };
    serde_json::to_vec(&record).unwrap_or_default()
}

/// The session that was written; without what it holds of an upstream this gateway does not have.
pub(super) fn read(
    id: SessionId,
    (text, seen): (&[u8], Seen),
    (portal, icws): (Option<&Portal>, Option<&Icws>),
) -> Option<Session> {
    let record: Record = serde_json::from_slice(text).ok()?;
    let particulars = Particulars::again(record.handle, record.created_at, record.client, seen.used);
    let portal = record.portal.zip(portal).map(|(record, upstream)| {
        let standing = record.since.standing(upstream, record.credentials);
        standing.heard_again(seen.portal);
        Arc::new(PortalSession {
            login_name: record.login_name,
            stage: record.stage,
            profile: record.profile,
            is_entering: AtomicBool::new(false),
            standing,
        })
    });
    let icws = record.icws.zip(icws).map(|(record, upstream)| {
        let standing = record.since.standing(upstream, record.connection.credentials.clone());
        standing.heard_again(seen.icws);
        Arc::new(IcwsSession { connection: record.connection, standing })
    });
    Some(Session { id, particulars: Arc::new(particulars), portal, icws })
}

//! Sessions in the store that replicas share: each sealed under the digest of its token, found by the names of whose it is,
//! and gone from there when nobody has used it for long enough.

use std::collections::BTreeSet;

use redis::{Pipeline, Value};

use super::Session;
use super::record::{self, Seen};
use super::shelf::LATE;
use super::sign_in::canonical;
use super::standing::System;
use super::token::SessionId;
use crate::config;
use crate::icws::Icws;
use crate::portal::Portal;
use crate::store::{Store, StoreError};

/// What is said when a session has changed or ended: replicas look at it anew.
pub(super) const CHANGED: &str = "session";

/// How many of a person's sessions are asked for at once.
const AT_ONCE: usize = 1000;

/// Puts a session, unless it is known to have ended; the one unused for longest makes room.
const PUT: &str = "
if redis.call('EXISTS', ARGV[10]) == 1 then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'sealed', ARGV[1], 'used', ARGV[2], 'portal', ARGV[3], 'icws', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[5])
redis.call('ZADD', KEYS[2], now, ARGV[6])
local surplus = redis.call('ZCARD', KEYS[2]) - ARGV[7]
if surplus > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[2], surplus)
  for place = 1, #oldest, 2 do redis.call('DEL', ARGV[8] .. oldest[place]) end
end
for place = 3, #KEYS do
  redis.call('ZREMRANGEBYSCORE', KEYS[place], '-inf', now - ARGV[9])
  redis.call('ZADD', KEYS[place], now, ARGV[6])
  redis.call('PEXPIRE', KEYS[place], ARGV[9])
end
return 1";

/// Puts another content in the place of the one that was read, or nothing, unless somebody else has done so.
const REPLACE: &str = "
if redis.call('HGET', KEYS[1], 'sealed') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], ARGV[3])
else
  redis.call('HSET', KEYS[1], 'sealed', ARGV[2])
end
return 1";

/// Notes that a session was used, if it is still there.
const TOUCH: &str = "
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
for place = 1, 5, 2 do
  local known = tonumber(redis.call('HGET', KEYS[1], ARGV[place]) or 0)
  if tonumber(ARGV[place + 1]) > known then redis.call('HSET', KEYS[1], ARGV[place], ARGV[place + 1]) end
end
redis.call('PEXPIRE', KEYS[1], ARGV[7])
local time = redis.call('TIME')
return redis.call('ZADD', KEYS[2], 'XX', time[1] * 1000 + math.floor(time[2] / 1000), ARGV[8])";

/// The sessions of all replicas.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) store: Store,
    settings: config::Session,
    portal: Option<Portal>,
    icws: Option<Icws>,
}

/// A session as it was read.
pub(super) struct Found {
    pub(super) session: Session,
    sealed: Vec<u8>,
}

/// What lies in the store under a session's name: the sealed session, and when it was used last.
type Fields = (Option<Vec<u8>>, Option<i64>, Option<i64>, Option<i64>);

impl Shared {
    pub(super) fn new(
        store: Store,
        settings: &config::Session,
        (portal, icws): (Option<Portal>, Option<Icws>),
    ) -> Self {
        Self { store, settings: settings.clone(), portal, icws }
    }

    fn key(&self, id: SessionId) -> String {
        self.store.key("session", &id.text())
    }

    fn index(&self) -> String {
        self.store.key("sessions", "by_use")
    }

    fn replaced_key(&self, id: SessionId) -> String {
        self.store.key("replaced", &id.text())
    }

    /// How long a session lies there unused. A little longer than it lives: that it was used is told by the minute.
    fn idle_milliseconds(&self) -> u64 {
        (self.settings.idle_minutes + 1) * 60_000
    }

    /// The names of whose a session is: of each person and key, the first for writing.
    fn names(&self, session: &Session) -> Vec<Vec<String>> {
        let portal = session.portal.as_deref().map(|portal| (System::Portal, portal.login_name.as_str()));
        let icws = session.icws.as_deref().map(|icws| (System::Icws, icws.connection.user_id.as_str()));
        let people = portal.into_iter().chain(icws);
        let names = people.map(|(system, name)| {
            let person = serde_json::to_vec(&(format!("{system:?}"), canonical(name))).unwrap_or_default();
            self.store.sealed_keys("person", &person)
        });
        names.collect()
    }

    /// Puts a new session, and notes which one it replaces; `false` if it is known to have ended.
    pub(super) async fn put(&self, session: &Session, former: Option<SessionId>) -> Result<bool, StoreError> {
        let key = self.key(session.id);
        let sealed = self.store.seal(&key, &record::write(session))?;
        let seen = Seen::of(session);
        let of_people: Vec<_> =
            self.names(session).into_iter().filter_map(|names| names.into_iter().next()).collect();
        let mut commands = redis::pipe();
        commands.atomic();
        let put =
            commands.cmd("EVAL").arg(PUT).arg(2 + of_people.len()).arg(&key).arg(self.index()).arg(of_people);
        put.arg(sealed).arg(seen.used).arg(seen.portal).arg(seen.icws).arg(self.idle_milliseconds());
        put.arg(session.id.text()).arg(self.settings.max_sessions).arg(self.store.key("session", ""));
        put.arg(self.settings.max_minutes * 60_000).arg(self.ended_key(session.id));
        if let Some(former) = former {
            commands.cmd("SET").arg(self.replaced_key(former)).arg(1).arg("EX").arg(LATE.as_secs());
            self.store.say_in(&mut commands, CHANGED, &former.text());
        }
        let told: Vec<Value> = self.store.send(commands).await?;
        Ok(told.first() == Some(&Value::Int(1)))
    }

    fn ended_key(&self, id: SessionId) -> String {
        self.store.key("ended", &id.text())
    }

    /// Ends sessions that were ended here while the store was gone.
    pub(super) async fn bury(&self, ids: &[SessionId]) -> Result<(), StoreError> {
        let mut commands = redis::pipe();
        commands.atomic();
        for id in ids {
            commands.cmd("DEL").arg(self.key(*id)).cmd("ZREM").arg(self.index()).arg(id.text());
            let lasts = self.settings.max_minutes * 60;
            commands.cmd("SET").arg(self.ended_key(*id)).arg(1).arg("EX").arg(lasts);
            self.store.say_in(&mut commands, CHANGED, &id.text());
        }
        self.store.send(commands).await
    }

    fn ask_for(&self, commands: &mut Pipeline, id: SessionId) {
        commands.cmd("HMGET").arg(self.key(id)).arg(&["sealed", "used", "portal", "icws"]);
    }

    fn read(&self, id: SessionId, (sealed, used, portal, icws): Fields) -> Option<Found> {
        let sealed = sealed?;
        let Some(text) = self.store.open(&self.key(id), &sealed) else {
            tracing::warn!(
                "a session in the store cannot be opened: its key is gone, or it was tampered with"
            );
            return None;
        };
        let seen = Seen {
            used: used.unwrap_or_default(),
            portal: portal.unwrap_or_default(),
            icws: icws.unwrap_or_default(),
        };
        let session = record::read(id, (&text, seen), (self.portal.as_ref(), self.icws.as_ref()))?;
        Some(Found { session, sealed })
    }

    /// The session, or whether it was replaced just now.
    pub(super) async fn get(&self, id: SessionId) -> Result<(Option<Found>, bool), StoreError> {
        let mut commands = redis::pipe();
        self.ask_for(&mut commands, id);
        commands.cmd("EXISTS").arg(self.replaced_key(id));
        let (fields, was_replaced): (Fields, bool) = self.store.send(commands).await?;
        Ok((self.read(id, fields), was_replaced))
    }

    /// Puts another session in the place of the one that was read, or none; `false` if it is not what was read any more.
    pub(super) async fn replace(&self, found: &Found, by: Option<&Session>) -> Result<bool, StoreError> {
        let id = found.session.id;
        let key = self.key(id);
        let sealed = by.map(|session| self.store.seal(&key, &record::write(session))).transpose()?;
        let mut commands = redis::pipe();
        commands.atomic();
        let replace = commands.cmd("EVAL").arg(REPLACE).arg(2).arg(&key).arg(self.index());
        replace.arg(&found.sealed).arg(sealed.unwrap_or_default()).arg(id.text());
        self.store.say_in(&mut commands, CHANGED, &id.text());
        let (is_replaced, _): (bool, String) = self.store.send(commands).await?;
        Ok(is_replaced)
    }

    /// Notes that a session was used, for the clocks of all replicas.
    pub(super) async fn touch(&self, id: SessionId, seen: Seen) -> Result<(), StoreError> {
        let mut commands = redis::pipe();
        let touch = commands.cmd("EVAL").arg(TOUCH).arg(2).arg(self.key(id)).arg(self.index());
        touch.arg("used").arg(seen.used).arg("portal").arg(seen.portal).arg("icws").arg(seen.icws);
        touch.arg(self.idle_milliseconds()).arg(id.text());
        self.store.send(commands).await
    }

    /// The sessions that carry one of the names of this one.
    pub(super) async fn of_names(&self, session: &Session) -> Result<Vec<Session>, StoreError> {
        let names: Vec<_> = self.names(session).into_iter().flatten().collect();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let mut commands = redis::pipe();
        for name in &names {
            commands.cmd("ZRANGE").arg(name).arg(0).arg(-1);
        }
        let ids: Vec<Vec<String>> = self.store.send(commands).await?;
        let ids: BTreeSet<_> = ids.iter().flatten().filter_map(|id| SessionId::of_text(id)).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let mut all = Vec::<Fields>::new();
        for some in ids.chunks(AT_ONCE) {
            let mut commands = redis::pipe();
            for id in some {
                self.ask_for(&mut commands, *id);
            }
            all.extend(self.store.send::<Vec<Fields>>(commands).await?);
        }
        let found = ids.into_iter().zip(all).filter_map(|(id, fields)| self.read(id, fields));
        Ok(found.map(|found| found.session).collect())
    }
}

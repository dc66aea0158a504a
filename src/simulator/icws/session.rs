//! Sessions as ICWS keeps them: an id in the path, a cookie and a token, which belong together.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::settings::Settings;

/// What a new session is proved by.
#[derive(Clone, Debug)]
pub(super) struct Proof {
    pub(super) id: String,
    pub(super) cookie: String,
    pub(super) token: String,
}

/// Why a call has no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    Session,
    Token,
}

struct Kept {
    user: String,
    proof: Proof,
    began: Duration,
    used: Duration,
}

/// All sessions, by id.
#[derive(Default)]
pub(in super::super) struct Sessions(Mutex<HashMap<String, Kept>>);

impl Kept {
    fn lives(&self, settings: &Settings, now: Duration) -> bool {
        now.saturating_sub(self.used) < settings.idle && now.saturating_sub(self.began) < settings.longest
    }
}

impl Sessions {
    /// Every cookie and token there is.
    pub(in super::super) fn proofs(&self) -> Vec<String> {
        let kept = self.lock();
        kept.values()
            .flat_map(|session| [session.proof.cookie.clone(), session.proof.token.clone()])
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a session.
    pub(super) fn begin(&self, user: &str, settings: &Settings, now: Duration) -> Proof {
        let mut kept = self.lock();
        kept.retain(|_, session| session.lives(settings, now));
        let proof = Proof { id: number(), cookie: text(), token: text() };
        let session = Kept { user: user.to_owned(), proof: proof.clone(), began: now, used: now };
        kept.insert(proof.id.clone(), session);
        proof
    }

    /// Who a session belongs to, alive or not; does not count as use.
    pub(super) fn owner(&self, id: &str) -> Option<String> {
        self.lock().get(id).map(|session| session.user.clone())
    }

    /// The user of a live session whose id, cookie and token belong together; counts as use.
    pub(super) fn touch(
        &self,
        (id, cookie, token): (&str, Option<&str>, Option<&str>),
        settings: &Settings,
        now: Duration,
    ) -> Result<String, Missing> {
        let mut kept = self.lock();
        let session = kept.get_mut(id).ok_or(Missing::Session)?;
        if !session.lives(settings, now) {
            kept.remove(id);
            return Err(Missing::Session);
        }
        if cookie != Some(&session.proof.cookie) {
            return Err(Missing::Session);
        }
        if token != Some(&session.proof.token) {
            return Err(Missing::Token);
        }
        session.used = now;
        Ok(session.user.clone())
    }

    /// Ends a session.
    pub(super) fn end(&self, id: &str) {
        self.lock().remove(id);
    }

    /// Ends every session of a user.
    pub(in super::super) fn end_of(&self, user: &str) {
        self.lock().retain(|_, session| !session.user.eq_ignore_ascii_case(user));
    }

    /// How many live sessions a user has.
    pub(in super::super) fn count(&self, user: &str, settings: &Settings, now: Duration) -> usize {
        let kept = self.lock();
        let ours = |session: &&Kept| session.user.eq_ignore_ascii_case(user) && session.lives(settings, now);
        kept.values().filter(ours).count()
    }

    /// Ends all sessions.
    pub(in super::super) fn clear(&self) {
        self.lock().clear();
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).expect("the operating system has a random source");
    bytes
}

/// Session ids are numbers, written as text.
fn number() -> String {
    u64::from_ne_bytes(random()).to_string()
}

fn text() -> String {
    format!("{:032x}", u128::from_ne_bytes(random()))
}

//! Sessions as the portal keeps them: a cookie made at login, a token made on entering a tenant, two ways to expire.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::settings::Settings;
use crate::portal::TenantId;

/// A session.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// Who signed in.
    pub(super) login: String,
    /// The tenant, once one is entered.
    pub(super) tenant: Option<TenantId>,
    /// The token that came last, as a rule with the tenant.
    pub(super) token: Option<String>,
    began: Duration,
    used: Duration,
}

/// All sessions, by cookie.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<String, Kept>>);

impl Kept {
    fn lives(&self, settings: &Settings, now: Duration) -> bool {
        now.saturating_sub(self.used) < settings.idle && now.saturating_sub(self.began) < settings.longest
    }
}

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every cookie and token there is.
    pub(super) fn proofs(&self) -> Vec<String> {
        let kept = self.lock();
        kept.iter()
            .flat_map(|(cookie, session)| [Some(cookie.clone()), session.token.clone()])
            .flatten()
            .collect()
    }

    /// Begins a session and answers its cookie.
    pub(super) fn begin(&self, login: &str, settings: &Settings, now: Duration) -> String {
        let mut kept = self.lock();
        kept.retain(|_, session| session.lives(settings, now));
        let cookie = fresh();
        let session = Kept { login: login.to_owned(), tenant: None, token: None, began: now, used: now };
        kept.insert(cookie.clone(), session);
        cookie
    }

    /// Enters a tenant and answers the token.
    pub(super) fn enter(&self, cookie: &str, tenant: TenantId) -> Option<String> {
        let mut kept = self.lock();
        let session = kept.get_mut(cookie)?;
        session.tenant = Some(tenant);
        Some(session.token.insert(fresh()).clone())
    }

    /// Gives a token to a session that has yet to enter a tenant.
    pub(super) fn early_token(&self, cookie: &str) -> Option<String> {
        Some(self.lock().get_mut(cookie)?.token.insert(fresh()).clone())
    }

    /// Who a cookie belongs to, alive or not; does not count as use.
    pub(super) fn owner(&self, cookie: &str) -> Option<String> {
        self.lock().get(cookie).map(|session| session.login.clone())
    }

    /// The live session of a cookie, which counts as use.
    pub(super) fn touch(&self, cookie: &str, settings: &Settings, now: Duration) -> Option<Kept> {
        let mut kept = self.lock();
        let session = kept.get_mut(cookie)?;
        if !session.lives(settings, now) {
            kept.remove(cookie);
            return None;
        }
        session.used = now;
        Some(session.clone())
    }

    /// Ends a session; false if there was none.
    pub(super) fn end(&self, cookie: &str) -> bool {
        self.lock().remove(cookie).is_some()
    }

    /// How many live sessions a login has that are in a tenant.
    pub(super) fn count(&self, login: &str, settings: &Settings, now: Duration) -> usize {
        let kept = self.lock();
        kept.values()
            .filter(|session| {
                session.login == login && session.tenant.is_some() && session.lives(settings, now)
            })
            .count()
    }

    /// Ends all sessions.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }
}

/// An unguessable text, since `portalgraph simulate` may be reached by others.
fn fresh() -> String {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).expect("the operating system has a random source");
    format!("{:032X}", u128::from_ne_bytes(bytes))
}

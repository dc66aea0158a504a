//! What a resolver can reach: the caller of this request, and the room to change its session.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_graphql::Context;

use super::error::GraphError;
use crate::caller::{Caller, House, Reader};
use crate::config::Config;
use crate::portal::{Portal, Secret, TenantId};
use crate::session::{Issued, Session, Sessions, Token};

/// The process-wide state behind every request: sessions, the portal's client, kept answers.
pub struct Gateway {
    /// All gateway sessions.
    pub sessions: Sessions,
    house: Arc<House>,
}

/// Why the gateway cannot be built from its settings.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct GatewayError(String);

/// What a request did to its session; the HTTP layer turns it into a cookie.
#[derive(Clone, Debug)]
pub enum SessionChange {
    /// Nothing.
    Keep,
    /// Made a new one.
    Issue {
        /// What the client comes back with.
        token: Secret,
        /// For how long at most.
        max_age: Duration,
    },
    /// Ended it.
    End,
}

/// One request's standing: who asks, and what became of its session.
pub struct Visit {
    gateway: Arc<Gateway>,
    caller: Mutex<Option<Arc<Caller>>>,
    had_token: bool,
    change: Mutex<SessionChange>,
}

impl Gateway {
    /// Builds the state; opens no connection.
    pub fn new(config: &Config) -> Result<Arc<Self>, GatewayError> {
        let portal = Portal::new(config.portal.clone()).map_err(GatewayError)?;
        let sessions = Sessions::new(portal.clone(), config.session.clone());
        Ok(Arc::new(Self { sessions, house: Arc::new(House::new(config, portal)) }))
    }

    /// The standing of a request that presents this token, or none.
    pub async fn visit(self: &Arc<Self>, token: Option<&str>) -> Visit {
        let session = match token.and_then(Token::parse) {
            Some(token) => self.sessions.find(&token).await,
            None => None,
        };
        let caller = session.map(|session| self.caller(session));
        Visit {
            gateway: self.clone(),
            caller: Mutex::new(caller),
            had_token: token.is_some(),
            change: Mutex::new(SessionChange::Keep),
        }
    }

    /// Whether requests can be served. A portal that is down does not take the gateway out of service: kept answers
    /// and clear errors are worth more than no answer.
    pub async fn readiness(&self) -> bool {
        true
    }

    fn caller(&self, session: Arc<Session>) -> Arc<Caller> {
        Arc::new(Caller::new(Reader::new(self.house.clone(), self.sessions.clone(), session)))
    }
}

impl Visit {
    /// Whether a session stands behind the request.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        self.current().is_some_and(|caller| caller.session().identity().is_some())
    }

    /// What became of the session so far. A token that opened nothing is taken back.
    #[must_use]
    pub fn change(&self) -> SessionChange {
        let change = self.change.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match change {
            SessionChange::Keep if self.had_token && self.current().is_none() => SessionChange::End,
            change => change,
        }
    }

    /// The sessions, for the mutations that make and end them.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.gateway.sessions
    }

    /// The caller as of now: later fields of one mutation see what earlier ones did.
    pub fn current(&self) -> Option<Arc<Caller>> {
        self.caller.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a new session in the place of the one the request came with, which ends.
    pub async fn enter(&self, issued: &Issued) {
        let before = self.current();
        self.renew(issued);
        if let Some(before) = before {
            // Whatever the portal answers, the former session opens nothing here any more.
            let _ = self.sessions().log_out(before.session()).await;
        }
    }

    /// Puts a session that replaces the request's own in its place; the portal session behind both is one.
    pub fn renew(&self, issued: &Issued) {
        let caller = self.gateway.caller(issued.session.clone());
        *self.caller.lock().unwrap_or_else(PoisonError::into_inner) = Some(caller);
        let max_age = Duration::from_secs(self.sessions().settings().max_minutes * 60);
        *self.change.lock().unwrap_or_else(PoisonError::into_inner) =
            SessionChange::Issue { token: issued.token.clone(), max_age };
    }

    /// Ends the request's session.
    pub fn leave(&self) {
        *self.caller.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.change.lock().unwrap_or_else(PoisonError::into_inner) = SessionChange::End;
    }
}

/// What resolvers say: `ctx.caller()?`.
pub trait ContextExt<'a> {
    /// The request's standing.
    fn visit(&self) -> &'a Visit;
    /// The signed-in client.
    fn caller(&self) -> Result<Arc<Caller>, GraphError>;
    /// The tenant of the signed-in client.
    fn tenant(&self) -> Result<TenantId, GraphError>;
}

impl<'a> ContextExt<'a> for Context<'a> {
    fn visit(&self) -> &'a Visit {
        self.data_unchecked::<Arc<Visit>>()
    }

    fn caller(&self) -> Result<Arc<Caller>, GraphError> {
        self.visit().current().ok_or_else(GraphError::unauthenticated)
    }

    fn tenant(&self) -> Result<TenantId, GraphError> {
        Ok(self.caller()?.tenant()?)
    }
}

//! The portal as the probe may use it: signing in, reading, signing out; each of it given up when the person asks.

use std::pin::pin;
use std::time::Duration;

use crate::cli::failure::Failure;
use crate::cli::stop::StopSignals;
use crate::config::{AuthTokenMode, UserIdKind};
use crate::portal::auth::{AuthorizeUserToTenant, Login, LoginReply, Logout};
use crate::portal::{Answer, Credentials, Observation, Operation, Portal, PortalError};

/// How long to wait for an answer that may hold a session, and for signing out, once the person wants to stop.
const PATIENCE: Duration = Duration::from_secs(5);

/// A portal with at most one session, which can be read and nothing else.
pub(super) struct Door {
    portal: Portal,
    credentials: Option<Credentials>,
    stop: StopSignals,
}

/// What signing out came to.
pub(super) enum Farewell {
    /// No session is left behind.
    Said,
    /// Nothing came back, so a session may be left.
    Unanswered,
    /// The portal would not, so a session is left.
    Refused(PortalError),
}

impl Door {
    pub(super) fn new(portal: Portal, stop: StopSignals) -> Self {
        Self { portal, credentials: None, stop }
    }

    /// Asks for a session; whatever comes of it, `leave` gives it back.
    pub(super) async fn log_in(&mut self, login: &Login) -> Result<Result<LoginReply, PortalError>, Failure> {
        let portal = self.portal.clone();
        let (answer, is_wanted) = self.see_through(portal.call(login, None)).await;
        let reply = answer.map(|Answer { mut reply, cookie, .. }| {
            let token = reply.user_token.take();
            self.credentials = cookie.map(|cookie| Credentials::new(cookie, token));
            reply
        });
        if is_wanted { Ok(reply) } else { Err(Failure::Interrupted) }
    }

    /// Enters a tenant with the session.
    pub(super) async fn enter(
        &mut self,
        tenant: &AuthorizeUserToTenant,
    ) -> Result<Result<LoginReply, PortalError>, Failure> {
        let (portal, credentials) = (self.portal.clone(), self.credentials.clone());
        let (answer, is_wanted) = self.see_through(portal.call(tenant, credentials.as_ref())).await;
        let reply = answer.map(|Answer { mut reply, cookie, .. }| {
            let token = reply.user_token.take();
            self.credentials = self.credentials.take().map(|credentials| credentials.renewed(cookie, token));
            reply
        });
        if is_wanted { Ok(reply) } else { Err(Failure::Interrupted) }
    }

    /// Whether there is a session to give back.
    pub(super) fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    /// Puts one read and looks at the answer.
    pub(super) async fn look<O: Operation>(
        &mut self,
        read: &O,
    ) -> Result<Result<Observation<O::Reply>, PortalError>, Failure> {
        let work = self.portal.observe(read, self.credentials.as_ref());
        self.stop.or(work).await.ok_or(Failure::Interrupted)
    }

    /// Leaves the portal alone for a while.
    pub(super) async fn pause(&mut self, pause: Duration) -> Result<(), Failure> {
        self.stop.or(tokio::time::sleep(pause)).await.ok_or(Failure::Interrupted)
    }

    /// Which calls carry the token in their body.
    pub(super) fn mode(&self) -> AuthTokenMode {
        self.portal.settings().auth_token_mode
    }

    /// Which id a user is asked for by.
    pub(super) fn user_search_id(&self) -> UserIdKind {
        self.portal.settings().dialect.user_search_id
    }

    /// From now on other calls carry the token.
    pub(super) fn switch(&mut self, mode: AuthTokenMode) {
        self.portal = self.portal.changed(|settings| settings.auth_token_mode = mode);
    }

    /// Signs out, if there is a session. Whoever wants to stop wants just this.
    pub(super) async fn leave(&mut self) -> Farewell {
        let Some(credentials) = self.credentials.take() else { return Farewell::Said };
        let logout = Logout::default();
        let farewell = self.portal.call(&logout, Some(&credentials));
        match tokio::time::timeout(PATIENCE, farewell).await {
            Ok(Ok(_) | Err(PortalError::SessionEnded { .. })) => Farewell::Said,
            Err(_) | Ok(Err(PortalError::Unreachable { .. } | PortalError::TimedOut { .. })) => {
                Farewell::Unanswered
            }
            Ok(Err(error)) => Farewell::Refused(error),
        }
    }

    /// Waits for an answer that may hold a session even when the person wants to stop, but then not for long; tells
    /// whether it is still wanted.
    async fn see_through<T>(
        &mut self,
        work: impl Future<Output = Result<T, PortalError>>,
    ) -> (Result<T, PortalError>, bool) {
        let mut work = pin!(work);
        if let Some(answer) = self.stop.or(&mut work).await {
            return (answer, true);
        }
        let late = PortalError::TimedOut { operation: Login::NAME, after: PATIENCE };
        (tokio::time::timeout(PATIENCE, work).await.unwrap_or(Err(late)), false)
    }
}

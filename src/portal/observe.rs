//! Looking at an answer instead of using it: its status, its time, its bytes as JSON, and what the gateway makes of it.
//! Reads only, and the compiler sees to that.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::client::{Portal, accepted, check_status, constant, decode};
use super::credentials::Credentials;
use super::envelope::{Envelope, Reply as _};
use super::error::PortalError;
use super::operation::Operation;
use super::spelling::Spelt;
use crate::upstream::trace::CallSpan;

/// An answer that was looked at, whatever its status.
pub struct Observation<R> {
    /// The HTTP status.
    pub status: u16,
    /// From sending to the last byte.
    pub elapsed: Duration,
    /// The body, where it is JSON; as the portal sent it, so not to be shown.
    pub json: Option<Value>,
    /// The envelope's `code`.
    pub code: Option<i64>,
    /// The envelope's `codeMessage`, where it looks like a constant.
    pub constant: Option<Arc<str>>,
    /// How it was spelt.
    pub spelt: Spelt,
    /// What the gateway makes of it.
    pub outcome: Result<R, PortalError>,
}

impl<R> fmt::Debug for Observation<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Observation").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Portal {
    /// Sends a read once and looks at what comes back; fails only if nothing does.
    ///
    /// ```no_run
    /// use portalgraph::portal::{Portal, reference::GetAllSites};
    ///
    /// async fn look(portal: Portal) {
    ///     let sites = portal.observe(&GetAllSites::default(), None).await;
    /// }
    /// # // Only what is run is checked to the end.
    /// # let portal = Portal::new(portalgraph::config::Config::default().portal).unwrap();
    /// # let _: Box<dyn Future<Output = ()>> = Box::new(look(portal));
    /// ```
    ///
    /// What is not a read does not compile:
    ///
    /// ```compile_fail,E0080
    /// use portalgraph::portal::{Portal, user::DeleteUser};
    ///
    /// async fn look(portal: Portal) {
    ///     let gone = portal.observe(&DeleteUser::default(), None).await;
    /// }
    /// # let portal = Portal::new(portalgraph::config::Config::default().portal).unwrap();
    /// # let _: Box<dyn Future<Output = ()>> = Box::new(look(portal));
    /// ```
    pub async fn observe<O: Operation>(
        &self,
        read: &O,
        credentials: Option<&Credentials>,
    ) -> Result<Observation<O::Reply>, PortalError> {
        const { assert!(O::WRITES.is_empty() && !O::READS.is_empty(), "only reads are looked at") };
        let started = tokio::time::Instant::now();
        let response = self.exchange(read, credentials, &mut CallSpan::default()).await?;
        let verdict = check_status::<O>(&response);
        let status = response.status().as_u16();
        let body = self.read::<O>(response).await?;
        let elapsed = started.elapsed();
        let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(
            portal.operation = O::NAME,
            http.status = status,
            duration_ms,
            "portal call observed"
        );
        let look = move || {
            let json = serde_json::from_slice::<Value>(&body).ok();
            let envelope = json.as_ref().and_then(|_| serde_json::from_slice::<Envelope>(&body).ok());
            Observation {
                status,
                elapsed,
                code: envelope.as_ref().and_then(|envelope| envelope.code),
                constant: envelope.as_ref().and_then(|envelope| constant(envelope.code_message())),
                spelt: json.as_ref().map(Spelt::read::<O::Reply>).unwrap_or_default(),
                outcome: verdict.and_then(|()| decode::<O>(&body)).and_then(accepted::<O>),
                json,
            }
        };
        tokio::task::spawn_blocking(look).await.map_err(|_| PortalError::Unintelligible {
            operation: O::NAME,
            reason: "reading it was interrupted".into(),
        })
    }
}

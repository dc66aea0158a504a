//! The gate before work begins: so many requests are worked on at once, a few wait a moment, the rest is told to come again.

use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use super::refusal::{OVERLOADED, Refusal};
use crate::caller::Deadline;
use crate::config;
use crate::upstream::metric::SHED;

/// The gate.
pub(super) struct Gate {
    places: Semaphore,
    /// Room to wait for a place: who waits behind that many would wait too long.
    queue: Semaphore,
    patience: Duration,
}

impl Gate {
    pub(super) fn new(settings: &config::Server) -> Self {
        Self {
            places: Semaphore::new(settings.max_requests),
            queue: Semaphore::new(settings.max_requests),
            patience: Duration::from_millis(settings.max_queue_milliseconds),
        }
    }

    /// A place to work on one request, kept as long as what is answered.
    pub(super) async fn enter(&self, deadline: &Deadline) -> Result<SemaphorePermit<'_>, Refusal> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        let until = deadline.until().min(Instant::now() + self.patience);
        let place = match self.queue.try_acquire() {
            Ok(_waiting) => timeout_at(until, self.places.acquire()).await.ok().and_then(Result::ok),
            Err(_) => None,
        };
        place.ok_or_else(|| {
            metrics::counter!(SHED).increment(1);
            let message =
                "The gateway has as many requests as server.max_requests lets it work on. Come again later.";
            let refusal = Refusal::of_http(StatusCode::SERVICE_UNAVAILABLE, OVERLOADED, message);
            refusal.with_retry_after(Duration::from_secs(1))
        })
    }
}

//! The gate before work begins: so many requests are worked on at once, a few wait a moment, the rest is told to come again.

use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use super::refusal::{OVERLOADED, Refusal};
use crate::caller::Deadline;
use crate::config;
use crate::upstream::metric::SHED;

/// Of as many requests as are worked on, one part in so many may be what subscribers are told.
const TELLINGS: usize = 8;

/// The gate.
pub(super) struct Gate {
    /// How many places there are, and as many may wait.
    most: usize,
    places: Semaphore,
    /// Places to work out what subscribers are told, beside those of requests.
    tellings: Semaphore,
    /// Room to wait for a place: who waits behind that many would wait too long.
    queue: Semaphore,
    patience: Duration,
    /// Kilobytes of bodies that are on their way, or are read but not yet let in.
    bodies: Semaphore,
}

/// How much of the machine's memory bodies may take on their way in, in kilobytes: a thousand of the largest by default.
const BODIES: u32 = 256 * 1024;

impl Gate {
    pub(super) fn new(settings: &config::Server) -> Self {
        Self {
            most: settings.max_requests,
            places: Semaphore::new(settings.max_requests),
            tellings: Semaphore::new((settings.max_requests / TELLINGS).max(1)),
            queue: Semaphore::new(settings.max_requests),
            patience: Duration::from_millis(settings.max_queue_milliseconds),
            bodies: Semaphore::new(BODIES as usize),
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
            overloaded(
                "The gateway has as many requests as server.max_requests lets it work on. Come again later.",
            )
        })
    }

    /// How many requests are worked on, how many wait for a place, and how many places there are.
    pub(super) fn figures(&self) -> [usize; 3] {
        let [under_way, waiting] =
            [&self.places, &self.queue].map(|room| self.most.saturating_sub(room.available_permits()));
        [under_way, waiting, self.most]
    }

    /// The same for what has happened, which nobody can ask again: it waits as long as there is time, for a place among so many
    /// that people who ask find theirs.
    pub(super) async fn wait(&self, deadline: &Deadline) -> Result<SemaphorePermit<'_>, Refusal> {
        let place = timeout_at(deadline.until(), self.tellings.acquire()).await.ok().and_then(Result::ok);
        place.ok_or_else(|| overloaded("The gateway had no place to work out what has happened."))
    }

    /// Room for a body of so many bytes until it is read.
    pub(super) fn receive(&self, bytes: usize) -> Result<SemaphorePermit<'_>, Refusal> {
        let kilobytes = u32::try_from(bytes.div_ceil(1024)).unwrap_or(BODIES).clamp(1, BODIES);
        let room = self.bodies.try_acquire_many(kilobytes);
        room.map_err(|_| overloaded("The gateway has no room for more bodies at once. Come again later."))
    }
}

fn overloaded(message: &'static str) -> Refusal {
    metrics::counter!(SHED).increment(1);
    let refusal = Refusal::of_http(StatusCode::SERVICE_UNAVAILABLE, OVERLOADED, message);
    refusal.with_retry_after(Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_take_their_room_and_give_it_back() {
        let gate = Gate::new(&config::Config::default().server);
        let whole = BODIES as usize * 1024;
        let half = gate.receive(whole / 2).unwrap();
        assert!(gate.receive(whole).is_err() && gate.receive(0).is_ok());
        drop(half);
        assert!(gate.receive(usize::MAX).is_ok(), "the largest has room when it is alone");
    }
}

//! What a connection is doing: whether a request is under way, and since when nothing has come.
//!
//! Looked at from time to time beside the connection, so that no request sets a timer. hyper's own timeout of the head counts
//! the time between requests too, and begins only when the first bytes have told which HTTP it is.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// No head has begun.
const NONE: u64 = u64::MAX;

/// What a connection is doing.
pub(super) struct Pulse {
    opened: Instant,
    under_way: AtomicUsize,
    /// When the first part of a head came that is not whole yet; all times in milliseconds since it was opened.
    head_since: AtomicU64,
    /// When something was last done for the client.
    last: AtomicU64,
    /// Whether several requests share the connection, so that what comes between them is no head.
    is_shared: AtomicBool,
    /// Whether the answer to come is the last.
    is_last: AtomicBool,
}

/// What is wrong with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The head of a request does not come to its end.
    SlowHead,
    /// Nothing is asked, or an answer is not taken.
    Idle,
}

/// A request under way, until it is dropped.
pub(super) struct Beat(Arc<Pulse>);

impl Pulse {
    /// Of a connection that was opened then: the first head is to come.
    pub(super) fn new(opened: Instant) -> Self {
        Self {
            opened,
            under_way: AtomicUsize::new(0),
            head_since: AtomicU64::new(0),
            last: AtomicU64::new(0),
            is_shared: AtomicBool::new(false),
            is_last: AtomicBool::new(false),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(NONE - 1)
    }

    /// A request has come.
    pub(super) fn begin(self: &Arc<Self>, is_shared: bool) -> Beat {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        self.head_since.store(NONE, Ordering::Relaxed);
        if is_shared {
            self.is_shared.store(true, Ordering::Relaxed);
        }
        Beat(Arc::clone(self))
    }

    fn heard(&self) {
        if self.under_way.load(Ordering::Relaxed) == 0
            && self.head_since.load(Ordering::Relaxed) == NONE
            && !self.is_shared.load(Ordering::Relaxed)
        {
            self.head_since.store(self.now(), Ordering::Relaxed);
        }
    }

    fn told(&self) {
        // What HTTP/2 says by itself, in answer to a ping for example, is nothing done for the client.
        if self.under_way.load(Ordering::Relaxed) == 0 && !self.is_shared.load(Ordering::Relaxed) {
            let now = self.now();
            self.last.store(now, Ordering::Relaxed);
            // A head that came early waits for the answer before it.
            if self.head_since.load(Ordering::Relaxed) != NONE {
                self.head_since.store(now, Ordering::Relaxed);
            }
        }
    }

    /// Lets the next answer be the last.
    pub(super) fn end(&self) {
        self.is_last.store(true, Ordering::Relaxed);
    }

    /// Whether the next answer is the last.
    pub(super) fn is_last(&self) -> bool {
        self.is_last.load(Ordering::Relaxed)
    }

    /// What is wrong, if so long may pass for a head and without a request.
    pub(super) fn fault(&self, head: Duration, idle: Duration) -> Option<Fault> {
        if self.under_way.load(Ordering::Relaxed) > 0 {
            return None;
        }
        let now = self.now();
        let since = |then: u64| Duration::from_millis(now.saturating_sub(then));
        match self.head_since.load(Ordering::Relaxed) {
            NONE => (since(self.last.load(Ordering::Relaxed)) >= idle).then_some(Fault::Idle),
            begun => (since(begun) >= head).then_some(Fault::SlowHead),
        }
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        self.0.last.store(self.0.now(), Ordering::Relaxed);
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A stream whose reading and writing is noted.
pub(super) struct Watched<S> {
    pub(super) stream: S,
    pub(super) pulse: Arc<Pulse>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.pulse.heard();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if written.is_ready() {
            self.pulse.told();
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        if written.is_ready() {
            self.pulse.told();
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn a_head_is_waited_for_from_the_beginning_and_from_its_first_byte() {
        let pulse = Arc::new(Pulse::new(Instant::now()));
        assert_eq!(pulse.fault(Duration::ZERO, LONG), Some(Fault::SlowHead));
        let beat = pulse.begin(false);
        assert_eq!(pulse.fault(Duration::ZERO, Duration::ZERO), None, "a request is under way");
        drop(beat);
        assert_eq!(pulse.fault(Duration::ZERO, LONG), None);
        assert_eq!(pulse.fault(LONG, Duration::ZERO), Some(Fault::Idle));
        pulse.heard();
        assert_eq!(pulse.fault(Duration::ZERO, LONG), Some(Fault::SlowHead));
    }

    #[tokio::test]
    async fn a_head_that_came_early_waits_for_the_answer_before_it() {
        let pulse = Arc::new(Pulse::new(Instant::now()));
        drop(pulse.begin(false));
        pulse.heard();
        tokio::time::sleep(Duration::from_millis(30)).await;
        let late = Duration::from_millis(20);
        assert_eq!(pulse.fault(late, LONG), Some(Fault::SlowHead));
        pulse.told();
        assert_eq!(pulse.fault(LONG, LONG), None);
    }

    #[tokio::test]
    async fn what_http_2_says_by_itself_keeps_no_connection() {
        let pulse = Arc::new(Pulse::new(Instant::now()));
        drop(pulse.begin(true));
        tokio::time::sleep(Duration::from_millis(30)).await;
        pulse.told();
        assert_eq!(pulse.fault(LONG, Duration::from_millis(20)), Some(Fault::Idle));
    }

    #[test]
    fn what_comes_between_the_requests_of_http_2_is_no_head() {
        let pulse = Arc::new(Pulse::new(Instant::now()));
        drop(pulse.begin(true));
        pulse.heard();
        assert_eq!(pulse.fault(Duration::ZERO, LONG), None);
    }
}

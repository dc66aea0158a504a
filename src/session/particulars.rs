//! What a person is told of their own sessions, to tell one from the other: since when, by which client, when last used.

use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

/// How much of what a client calls itself is kept.
const LONGEST_CLIENT: usize = 256;

const HANDLE_BYTES: usize = 16;

/// How a person sees one of their sessions; it stays the same when the session's token changes.
#[derive(Debug)]
pub struct Particulars {
    /// Names the session to its owner, and opens nothing.
    pub handle: String,
    /// When the first sign-in made it.
    pub created_at: Timestamp,
    /// What the client that made it calls itself.
    pub client: Option<String>,
    /// When a request last came with its token, in epoch seconds.
    used_at: AtomicI64,
}

impl Particulars {
    /// Those of a session that is made now.
    pub(super) fn new(client: Option<&str>) -> Result<Self, getrandom::Error> {
        let mut bytes = [0; HANDLE_BYTES];
        getrandom::fill(&mut bytes)?;
        let now = Timestamp::now();
        Ok(Self {
            handle: URL_SAFE_NO_PAD.encode(bytes),
            created_at: now,
            client: client.and_then(shown),
            used_at: AtomicI64::new(now.as_second()),
        })
    }

    /// Those of a session that another replica has made.
    pub(super) fn again(handle: String, created_at: Timestamp, client: Option<String>, used_at: i64) -> Self {
        Self { handle, created_at, client, used_at: AtomicI64::new(used_at) }
    }

    /// Notes that a request came with its token.
    pub(super) fn note_use(&self, now: Timestamp) {
        self.used_at.store(now.as_second(), Ordering::Relaxed);
    }

    /// When a request last came with its token, to the second.
    #[must_use]
    pub fn used_at(&self) -> Timestamp {
        Timestamp::from_second(self.used_at.load(Ordering::Relaxed)).unwrap_or(self.created_at)
    }
}

/// A client's own words, as far as they are fit to be shown: anybody can write anything there.
fn shown(client: &str) -> Option<String> {
    let printable: String = client.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
    let shown = printable.trim().get(..LONGEST_CLIENT).unwrap_or(printable.trim()).trim_end();
    (!shown.is_empty()).then(|| shown.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_s_words_are_cut_to_what_can_be_shown() {
        assert_eq!(shown(" Mozilla/5.0\u{7}\u{202e} (X11)\r\n").unwrap(), "Mozilla/5.0 (X11)");
        assert_eq!(shown(&"a".repeat(10_000)).unwrap().len(), LONGEST_CLIENT);
        assert_eq!(shown(" \t\u{feff}"), None);
    }
}

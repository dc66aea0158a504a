//! `Entrance`: how somebody comes to sign in.

use super::Session;

/// How somebody comes to sign in: with which session, and by which client.
#[derive(Clone, Copy, Default)]
pub struct Entrance<'a> {
    /// The session they have already; it is replaced, and so is its token.
    pub former: Option<&'a Session>,
    /// What their client calls itself.
    pub client: Option<&'a str>,
}

impl<'a> Entrance<'a> {
    /// The same with another former session.
    pub(super) fn with(self, former: Option<&'a Session>) -> Self {
        Self { former, ..self }
    }
}

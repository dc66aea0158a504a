//! `Whose`: whose a whole answer is, which may be made of what both upstreams show.

use serde::Serialize;

use super::Session;
use super::identity::Identity;

/// The identities of one session, at each upstream it is signed in to. Two sessions that are the same people at both see
/// the same; nobody else does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Whose {
    /// Who it is at the portal.
    pub portal: Option<Identity>,
    /// Who it is at ICWS.
    pub icws: Option<Identity>,
}

impl Session {
    /// Whose answers this session's are; `None` if it can read nothing.
    #[must_use]
    pub fn whose(&self) -> Option<Whose> {
        let portal = self.portal.as_deref().and_then(|portal| portal.identity.clone());
        let icws = self.icws.as_deref().and_then(|icws| icws.identity.clone());
        (portal.is_some() || icws.is_some()).then_some(Whose { portal, icws })
    }
}

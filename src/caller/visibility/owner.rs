//! `Owner`: who may find a kept answer, the first part of its key.

use std::sync::Arc;

use super::super::answers::{Key, KeyParts};
use crate::session::{Identity, Realm};
use crate::upstream::{Call, Noun};

/// Who may find a kept answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The person it was given to.
    One(Identity),
    /// Everyone in a realm who was given the very same.
    Everyone(Common),
}

/// The realm of an operation that says its answers may be shared there. It cannot be made for any other one, so neither
/// can the key of an answer that several people find.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Common {
    realm: Realm,
}

impl Common {
    /// The realm, where the operation is of a catalogue that may be shared.
    fn of<C: Call>(identity: &Identity) -> Option<Self> {
        const { assert!(C::SHAREABLE.is_none() || is_catalogue::<C>(), "only reads of catalogues are shared") };
        C::SHAREABLE.map(|_| Self { realm: identity.realm })
    }
}

/// Whether an operation changes nothing, needs a session, and reads catalogues alone.
const fn is_catalogue<C: Call>() -> bool {
    let mut place = 0;
    while place < C::READS.len() {
        if !matches!(C::READS[place], Noun::Catalogue | Noun::Attribute) {
            return false;
        }
        place += 1;
    }
    place > 0 && C::WRITES.is_empty() && C::IN_SESSION
}

/// One person's question that the answer may be shared of: where its own answer is kept, and where the shared one is.
#[derive(Clone, Debug)]
pub struct Place {
    /// Who asks.
    pub identity: Identity,
    /// The key of that person's own answer.
    pub own: Key,
    /// The key of the shared one.
    pub common: Key,
    /// What is shared, whatever has been written since.
    pub subject: Subject,
}

/// A question of which everyone in a realm may share the answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    common: Common,
    operation: &'static str,
    question: Arc<str>,
}

impl Place {
    /// The place of a question, where its operation is shareable and it is one person's.
    pub fn of<C: Call>(own: &Key) -> Option<Self> {
        let Owner::One(identity) = &own.owner else { return None };
        let common = Common::of::<C>(identity)?;
        Some(Self {
            identity: identity.clone(),
            own: own.clone(),
            common: Key::new(KeyParts { owner: Owner::Everyone(common.clone()), ..KeyParts::clone(own) }),
            subject: Subject { common, operation: own.operation, question: own.question.clone() },
        })
    }
}

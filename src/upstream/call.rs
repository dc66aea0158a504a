//! `Upstream` and `Call`: a system behind the graph, and one thing it can be asked.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::destination::Destination;
use super::failure::Failure;
use super::noun::Noun;
use super::shareable::Shareable;

/// The client of a system behind the graph. It holds no session's state: what proves a session is given to each call.
pub trait Upstream: Clone + Send + Sync + 'static {
    /// What proves a session.
    type Credentials: Send + Sync + 'static;
    /// Why a call failed.
    type Error: Failure;

    /// The longest one call may take.
    fn patience(&self) -> Duration;

    /// How many calls of one session may be under way at once.
    fn calls_per_session(&self) -> usize;
}

/// Something an upstream can be asked, with all that the answer depends on but who asks; its JSON is what tells one
/// question from another.
pub trait Call: Clone + Serialize + Send + Sync + 'static {
    /// Who is asked.
    type Upstream: Upstream;
    /// What comes back.
    type Reply: PartialEq + Send + Sync + 'static;
    /// Which of its servers answers.
    const DESTINATION: Destination;
    /// The contract's id of the operation, for logs, metrics and errors.
    const NAME: &'static str;
    /// What its reply is made of; a write reads nothing.
    const READS: &'static [Noun];
    /// What it changes. A write is never kept, shared or sent twice.
    const WRITES: &'static [Noun];
    /// Whether an answer shows that the session is alive.
    const IN_SESSION: bool = true;
    /// Whether it asks for one record, so that a second call beside a slow one is cheap.
    const IS_POINT: bool = false;
    /// Whether its answers may be shared by everyone in a realm, where the settings say so; but for catalogues, never.
    const SHAREABLE: Option<Shareable<Self::Reply>> = None;

    /// How its answers are written down for other replicas; those of an operation that has no form for it stay here.
    const FORM: Option<Form<Self::Reply>> = None;

    /// How many records a reply holds, as far as that can be told.
    fn records(_reply: &Self::Reply) -> usize {
        0
    }

    /// Asks once.
    fn ask(
        &self,
        upstream: &Self::Upstream,
        credentials: &<Self::Upstream as Upstream>::Credentials,
    ) -> impl Future<Output = Result<Answer<Self::Reply>, <Self::Upstream as Upstream>::Error>> + Send;
}

/// How a reply is written down and read again.
#[derive(Clone, Copy, Debug)]
pub struct Form<R> {
    /// As bytes; `None` if that cannot be.
    pub write: fn(&R) -> Option<Vec<u8>>,
    /// Back again; `None` if they are none of its.
    pub read: fn(&[u8]) -> Option<R>,
}

impl<R: Serialize + DeserializeOwned> Form<R> {
    /// As JSON.
    pub const JSON: Self = Self {
        write: |reply| serde_json::to_vec(reply).ok(),
        read: |text| serde_json::from_slice(text).ok(),
    };
}

/// What a call brought.
#[derive(Debug)]
pub struct Answer<R> {
    /// The reply, accepted by its operation.
    pub reply: R,
    /// How large it is.
    pub size: Size,
}

/// How large a reply is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// The length of the body it came in.
    pub bytes: usize,
    /// About how much memory it takes once it is read, by which kept answers are weighed. Small records with objects in them
    /// that nobody knows take several times their JSON.
    pub memory: usize,
}

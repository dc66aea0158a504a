//! `[cache]`: kept answers of the portal.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::visibility::Catalogue;

/// A time for each noun, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Of users and agents.
    pub user_seconds: u64,
    /// Of skill groups and who is in them.
    pub skill_group_seconds: u64,
    /// Of attributes and who has them.
    pub attribute_seconds: u64,
    /// Of precision queues.
    pub precision_queue_seconds: u64,
    /// Of a callback.
    pub callback_seconds: u64,
    /// Of access summaries and manageable collections.
    pub access_seconds: u64,
    /// Of catalogues.
    pub catalogue_seconds: u64,
    /// Of roles of ICWS.
    pub icws_role_seconds: u64,
}

/// Kept answers of the portal.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// How much memory the portal's answers may take, in bytes, about: what is read of them, or as received where that is more.
    pub max_bytes: u64,
    /// How much memory whole answers may take, in bytes, about, with all their compressed forms.
    pub max_whole_answer_bytes: u64,
    /// How long users and agents are kept, in seconds.
    pub user_seconds: u64,
    /// How long skill groups and who is in them are kept, in seconds.
    pub skill_group_seconds: u64,
    /// How long attributes and who has them are kept, in seconds.
    pub attribute_seconds: u64,
    /// How long precision queues are kept, in seconds.
    pub precision_queue_seconds: u64,
    /// How long a callback is kept, in seconds.
    pub callback_seconds: u64,
    /// How long access summaries and manageable collections are kept, in seconds.
    pub access_seconds: u64,
    /// How long catalogues are kept, in seconds.
    pub catalogue_seconds: u64,
    /// How long roles of ICWS are kept, in seconds.
    pub icws_role_seconds: u64,
    /// How long a browser may use an answer to a GET without asking again, in seconds.
    pub browser_seconds: u64,
    /// Whether replicas share the portal's answers through the store of `[session]`.
    pub shared: bool,
    /// How much of the store the answers one replica has put there may take, in bytes.
    pub max_shared_bytes: u64,
    /// The catalogues that all users of a tenant may share.
    pub shared_catalogues: BTreeSet<Catalogue>,
    /// How many of the calls that sharing saves are made all the same, to compare, in percent.
    pub shadow_fetch_percent: u32,
    /// `[cache.stale_while_revalidate]`: how long beyond its time an answer is shown while it is asked for anew.
    pub stale_while_revalidate: Window,
    /// `[cache.stale_if_error]`: how long beyond its time an answer is shown where asking anew fails.
    pub stale_if_error: Window,
}

//! `[icws]`: the second upstream, ICWS.

use serde::{Deserialize, Serialize};

/// The second upstream, ICWS.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Icws {
    /// Where ICWS (Genesys PureConnect) is, without a path.
    pub url: String,
}

//! Settings: one file a section, read from the defaults, then a file, then the environment.
//!
//! A default is written once, in `config/portalgraph.toml`, beside its doc; the program embeds that file.

mod agreement;
mod cache;
mod dialect;
mod error;
mod file;
mod icws;
mod limits;
mod live;
mod load;
mod log;
mod name;
mod network;
mod option;
mod plan;
mod portal;
mod rate;
mod reference;
mod server;
mod service_account;
mod session;
mod telemetry;
mod tls;
mod trusted_documents;
mod visibility;

pub use cache::{Cache, Window};
pub use dialect::{
    AgentIdKind, AgentNumberType, CallbackTime, ClearedField, CloneAsSource, Dialect, FlagType,
    MissingAttribute, MixedRelations, PageSizeType, SkillGroupName, SupervisorFlag, UserIdKind,
};
pub use error::{ConfigError, Origin, Problem};
pub use icws::{EnumForm, Icws, IcwsContentType, IcwsDialect, TextComparison};
pub use limits::{Explain, Introspection, Limits};
pub use live::Live;
pub use load::ENVIRONMENT_PREFIX;
pub use log::{Log, LogFormat};
pub use network::Network;
pub use plan::{Plan, Way};
pub use portal::{AuthTokenMode, Encoding, Portal};
pub use rate::Rate;
pub use reference::{OptionReference, SectionReference, reference};
pub use server::{SecureCookie, Server};
pub use service_account::{ServiceAccount, ServiceUpstream, is_account_name};
pub use session::Session;
pub use telemetry::{IncomingContext, Telemetry};
pub use trusted_documents::{TrustedDocuments, TrustedMode};
pub use visibility::Catalogue;

use serde::{Deserialize, Serialize};

use service_account::numbered;

/// The settings file with every option at its default and its doc.
pub const DEFAULTS: &str = include_str!("../../config/portalgraph.toml");

/// All settings of the program.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `[server]`: the side that faces clients.
    pub server: Server,
    /// `[portal]`: the administration portal.
    pub portal: Portal,
    /// `[icws]`: the second upstream.
    pub icws: Icws,
    /// `[session]`: gateway sessions.
    pub session: Session,
    /// `[cache]`: kept answers of the portal.
    pub cache: Cache,
    /// `[plan]`: how edges are asked that can be read from both their ends.
    pub plan: Plan,
    /// `[live]`: what clients subscribe to.
    pub live: Live,
    /// `[limits]`: what one query may ask for.
    pub limits: Limits,
    /// `[rate]`: how often one may ask, and how often signing in may fail.
    pub rate: Rate,
    /// `[trusted_documents]`: documents that clients name instead of sending them.
    pub trusted_documents: TrustedDocuments,
    /// `[[service_account]]`: accounts for dashboards, in the order of their numbers.
    #[serde(default, rename = "service_account", deserialize_with = "numbered", skip_serializing)]
    pub service_accounts: Vec<ServiceAccount>,
    /// `[telemetry]`: traces, and who collects them.
    pub telemetry: Telemetry,
    /// `[log]`: what is written down.
    pub log: Log,
}

impl Default for Config {
    fn default() -> Self {
        toml::from_str(DEFAULTS).expect("the embedded defaults are pinned by a test")
    }
}

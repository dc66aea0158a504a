//! How this portal is set up: what the guide leaves to each installation, and how strict it is.

use std::time::Duration;

use crate::config::{AgentIdKind, AuthTokenMode, Encoding};

/// How this portal is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How login expects its two fields.
    pub login_encoding: Encoding,
    /// How tenant selection expects the user name.
    pub tenant_selection_encoding: Encoding,
    /// `Always`: every protected call must carry the token. `DocumentedOnly`: calls whose table lists it must, and
    /// one that carries it unasked is answered with HTTP 400.
    pub auth_token_mode: AuthTokenMode,
    /// Whether a request with a property that its table does not list is answered with HTTP 400.
    pub strict: bool,
    /// The name of the flag that activates a user; under any other name it is not seen, which deactivates.
    pub status_field: String,
    /// Which number names an agent when attributes are given and taken.
    pub attribute_agent_id: AgentIdKind,
    /// Which number names an agent when a skill group's agents change.
    pub skill_group_agent_id: AgentIdKind,
    /// The `code` that comes with `TENANT_SELECTION_REQUIRED` and `USER_MUST_CHANGE_PASSWORD`, which the guide omits.
    pub intermediate_code: i64,
    /// How long a session lives unused.
    pub idle: Duration,
    /// How long a session lives at most.
    pub longest: Duration,
    /// How long every answer takes at least.
    pub delay: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            login_encoding: Encoding::Base64,
            tenant_selection_encoding: Encoding::Plain,
            auth_token_mode: AuthTokenMode::Always,
            strict: false,
            status_field: "enabled".to_owned(),
            attribute_agent_id: AgentIdKind::SkillTargetId,
            skill_group_agent_id: AgentIdKind::SkillTargetId,
            intermediate_code: 0,
            idle: Duration::from_mins(30),
            longest: Duration::from_hours(12),
            delay: Duration::ZERO,
        }
    }
}

//! How this portal is set up: what the guide leaves to each installation, and how strict it is.

use std::time::Duration;

use super::icws;
use crate::config::{
    AgentIdKind, AgentNumberType, AuthTokenMode, ClearedField, Encoding, FlagType, UserIdKind,
};

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
    /// What empties a field of a record that is written back: that it is left out (or anything less), null (or empty
    /// text), or empty text alone where it holds text.
    pub cleared_field: ClearedField,
    /// Which number a user is looked up and deleted by.
    pub user_search_id: UserIdKind,
    /// How updateUser wants an agent number.
    pub user_agent_number_type: AgentNumberType,
    /// How updateUser and cloneUser want `skipUnityUser`.
    pub skip_unity_user_type: FlagType,
    /// Whether login gives a token to somebody who has yet to select a tenant.
    pub gives_early_token: bool,
    /// Whether tenant selection knows the token; one that does not answers it with HTTP 400.
    pub takes_early_token: bool,
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
    /// How ICWS is set up.
    pub icws: icws::Settings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            login_encoding: Encoding::Base64,
            tenant_selection_encoding: Encoding::Plain,
            auth_token_mode: AuthTokenMode::Always,
            strict: false,
            status_field: "enabled".to_owned(),
            cleared_field: ClearedField::LeftOut,
            user_search_id: UserIdKind::ProgramUserId,
            user_agent_number_type: AgentNumberType::Text,
            skip_unity_user_type: FlagType::Boolean,
            gives_early_token: false,
            takes_early_token: true,
            attribute_agent_id: AgentIdKind::SkillTargetId,
            skill_group_agent_id: AgentIdKind::SkillTargetId,
            intermediate_code: 0,
            idle: Duration::from_mins(30),
            longest: Duration::from_hours(12),
            delay: Duration::ZERO,
            icws: icws::Settings::default(),
        }
    }
}

//! `[session]`: gateway sessions.

use std::collections::BTreeMap;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::Config;
use super::error::{Origin, Problem};

/// Gateway sessions.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Where gateway sessions are kept.
    pub store: String,
    /// How the names of all that lies in the store begin.
    pub store_prefix: String,
    /// The file with the keys by which what lies in the store is sealed.
    pub store_keys_file: String,
    /// The variable of the environment that holds them.
    pub store_keys_environment: String,
    /// The certificates the store's own is to be signed by.
    pub store_ca_file: String,
    /// The longest the store may take to answer, in milliseconds.
    pub store_timeout_milliseconds: u64,
    /// How many sessions are kept at most.
    pub max_sessions: u64,
    /// How long a gateway session may live without being used, in minutes.
    pub idle_minutes: u64,
    /// How long a gateway session may live at most, in minutes.
    pub max_minutes: u64,
}

impl Session {
    /// Whether there is no store beside the memory of the process.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.store == MEMORY
    }
}

/// What `store` says for the memory of the process.
const MEMORY: &str = "memory";

/// Whether a text names a store.
pub(super) fn is_store(text: &str) -> bool {
    let url = Url::parse(text).ok().filter(|url| {
        let is_known = matches!(url.scheme(), "redis" | "rediss" | "valkey" | "valkeys");
        is_known && url.has_host() && url.query().is_none() && url.fragment().is_none()
    });
    let is_number = |url: Url| matches!(url.path().trim_start_matches('/'), path if path.is_empty() || path.parse::<u32>().is_ok());
    text == MEMORY || url.is_some_and(is_number)
}

/// Whether names can begin so.
pub(super) fn is_prefix(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(is_plain)
}

/// What each option accepts alone but not together.
pub(super) fn problems(config: &Config, origins: &BTreeMap<String, Origin>) -> Option<Problem> {
    let settings = &config.session;
    let refuse = |key: &str, given: &str, expected: &str| {
        let beside = || origins.get("session.store");
        let origin = origins.get(key).or_else(beside).cloned().unwrap_or(Origin::Default);
        Some(Problem::Refused {
            origin,
            key: key.to_owned(),
            given: given.to_owned(),
            expected: expected.to_owned(),
        })
    };
    let (file, variable) =
        (!settings.store_keys_file.is_empty(), !settings.store_keys_environment.is_empty());
    if config.cache.shared && settings.is_in_memory() {
        return refuse(
            "cache.shared",
            "true",
            "false, because session.store is \"memory\", which nobody shares",
        );
    }
    if settings.is_in_memory() || file != variable {
        return None;
    }
    let expected = "a file of keys or, in session.store_keys_environment, a variable that holds them, and not both, because \
                    session.store names a server; `portalgraph key new` prints a key";
    refuse("session.store_keys_file", if file { "set beside the variable" } else { "not set" }, expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(environment: &[(&str, &str)]) -> Result<Config, String> {
        let environment =
            environment.iter().map(|(name, value)| (format!("PORTALGRAPH__{name}"), (*value).to_owned()));
        Config::load(None, environment).map_err(|error| error.to_string())
    }

    #[test]
    fn a_store_needs_keys_from_one_place() {
        let store = ("SESSION__STORE", "rediss://gateway:hunter2@store.example.com/1");
        assert!(load(&[store, ("SESSION__STORE_KEYS_FILE", "keys")]).is_ok());
        assert!(
            load(&[store, ("SESSION__STORE_KEYS_ENVIRONMENT", "KEYS"), ("CACHE__SHARED", "true")]).is_ok()
        );
        for (settings, expected) in [
            (vec![store], "session.store_keys_file is not set; expected a file of keys or"),
            (
                vec![store, ("SESSION__STORE_KEYS_FILE", "a"), ("SESSION__STORE_KEYS_ENVIRONMENT", "B")],
                "session.store_keys_file is set beside the variable; expected",
            ),
            (vec![("CACHE__SHARED", "true")], "cache.shared is true; expected false, because session.store"),
            (
                vec![("SESSION__STORE_PREFIX", "a:b")],
                "session.store_prefix is \"a:b\"; expected 1 to 64 letters",
            ),
        ] {
            let refusal = load(&settings).unwrap_err();
            assert!(refusal.contains(expected) && !refusal.contains("hunter2"), "{refusal}");
        }
    }

    #[test]
    fn a_store_is_a_server_and_perhaps_a_number_of_its_own() {
        for store in
            ["memory", "redis://localhost", "valkeys://a:b@[::1]:6380/15", "rediss://store.example.com/"]
        {
            assert!(is_store(store), "{store}");
        }
        for store in [
            "",
            "redis",
            "redis://",
            "https://localhost",
            "redis://localhost/name",
            "redis+unix:///run/redis",
        ] {
            assert!(!is_store(store), "{store}");
        }
    }
}

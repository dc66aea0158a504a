//! `[trusted_documents]`: documents that clients name instead of sending them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Config;
use super::error::{Origin, Problem};

/// Whether there is anything beside the documents of the operator's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustedMode {
    /// Clients may send others too.
    Allow,
    /// Every other document is refused.
    Only,
}

/// Documents that clients name instead of sending them.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedDocuments {
    /// A folder of documents or a manifest of them; empty for none.
    pub path: String,
    /// Whether there is anything beside them.
    pub mode: TrustedMode,
    /// How much memory documents may take that clients make known by themselves, in bytes; 0 for none.
    pub automatic_max_bytes: u64,
}

/// What each option accepts alone but not together.
pub(super) fn problems(config: &Config, origins: &BTreeMap<String, Origin>) -> Option<Problem> {
    let settings = &config.trusted_documents;
    if settings.mode == TrustedMode::Allow {
        return None;
    }
    let refuse = |key: &str, given: String, expected: &str| {
        let beside = || origins.get("trusted_documents.mode");
        let origin = origins.get(key).or_else(beside).cloned().unwrap_or(Origin::Default);
        Some(Problem::Refused { origin, key: key.to_owned(), given, expected: expected.to_owned() })
    };
    if settings.path.is_empty() {
        let expected = "a folder or a manifest, because trusted_documents.mode is \"only\": without documents nothing \
                        could be asked";
        return refuse("trusted_documents.path", "not set".to_owned(), expected);
    }
    if settings.automatic_max_bytes > 0 {
        let expected =
            "0, because trusted_documents.mode is \"only\": clients make nothing known by themselves then";
        return refuse(
            "trusted_documents.automatic_max_bytes",
            settings.automatic_max_bytes.to_string(),
            expected,
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(environment: &[(&str, &str)]) -> Result<Config, String> {
        let environment = environment
            .iter()
            .map(|(name, value)| (format!("PORTALGRAPH__TRUSTED_DOCUMENTS__{name}"), (*value).to_owned()));
        Config::load(None, environment).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_trusted_or_made_known_unless_the_settings_say_so() {
        let settings = Config::default().trusted_documents;
        assert_eq!((settings.path.as_str(), settings.automatic_max_bytes), ("", 0));
        assert_eq!(settings.mode, TrustedMode::Allow);
        assert_eq!(load(&[("AUTOMATIC_MAX_BYTES", "0")]).unwrap(), Config::default());
    }

    #[test]
    fn only_listed_documents_need_a_list_and_nothing_beside_it() {
        assert!(load(&[("MODE", "only"), ("PATH", "documents")]).is_ok());
        for (settings, expected) in [
            (vec![("MODE", "only")], "trusted_documents.path is not set; expected a folder or a manifest"),
            (
                vec![("MODE", "only"), ("PATH", "")],
                "TRUSTED_DOCUMENTS__PATH: trusted_documents.path is not set",
            ),
            (
                vec![("MODE", "only"), ("PATH", "a"), ("AUTOMATIC_MAX_BYTES", "1")],
                "trusted_documents.automatic_max_bytes is 1; expected 0",
            ),
            (vec![("MODE", "strict")], "trusted_documents.mode is \"strict\"; expected allow or only"),
        ] {
            let refusal = load(&settings).unwrap_err();
            assert!(refusal.contains(expected), "{refusal}");
        }
    }
}

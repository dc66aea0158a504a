//! The settings as one: the defaults, then a file, then the environment.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Value;

use super::agreement::disagreements;
use super::error::{ConfigError, Origin, Problem};
use super::file::in_file;
use super::name::unknown;
use super::option::{TREE, check, default_at, host_only, put, shown};
use super::{Config, service_account, session, telemetry, tls, trusted_documents};

/// What a variable of the environment starts with to be an option.
pub const ENVIRONMENT_PREFIX: &str = "PORTALGRAPH__";

/// One value for one option.
pub(super) struct Setting {
    pub(super) path: Vec<String>,
    pub(super) value: Value,
    pub(super) origin: Origin,
}

impl Config {
    /// The defaults, changed by the file, then by the environment's variables `PORTALGRAPH__SECTION__KEY`.
    #[expect(clippy::missing_panics_doc, reason = "each value was accepted by its own option before")]
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let (mut settings, mut problems) = file.map_or_else(Default::default, in_file);
        settings.extend(in_environment(environment));
        let mut tree = TREE.clone();
        let mut origins = BTreeMap::new();
        for Setting { path, value, origin } in settings {
            let key = path.join(".");
            if default_at(&path).is_none() {
                problems.push(unknown(&path, origin));
            } else if let Err(expected) = check(&path, &value) {
                problems.push(Problem::Refused { origin, key, given: shown(&path, &value), expected });
            } else {
                put(&mut tree, &path, value);
                origins.insert(key, origin);
            }
        }
        let numbers = service_account::numbers(&tree);
        let mut config: Self = tree.try_into().expect("each value was accepted by its option");
        problems.extend(disagreements(&config, &origins));
        problems.extend(session::problems(&config, &origins));
        problems.extend(tls::problems(&config, &origins));
        problems.extend(telemetry::problems(&config, &origins));
        problems.extend(trusted_documents::problems(&config, &origins));
        problems.extend(service_account::problems(&config, numbers, &origins));
        for url in [&mut config.portal.url, &mut config.portal.callback_url, &mut config.icws.url] {
            *url = host_only(url).unwrap_or_default();
        }
        if problems.is_empty() { Ok(config) } else { Err(ConfigError { problems }) }
    }

    /// Whether there is an upstream to serve; commands that need none do not ask.
    pub fn require_upstream(&self) -> Result<(), ConfigError> {
        if self.portal.url.is_empty() && self.icws.url.is_empty() {
            return Err(ConfigError::from(Problem::Missing {
                key: "portal.url",
                expected: "the portal's address, such as \"https://portal.example.com\"",
                variable: "PORTALGRAPH__PORTAL__URL",
            }));
        }
        service_account::require_upstreams(self)
    }
}

fn in_environment(environment: impl Iterator<Item = (String, String)>) -> Vec<Setting> {
    let mut settings: Vec<_> = environment
        .filter_map(|(variable, text)| {
            let names = variable.strip_prefix(ENVIRONMENT_PREFIX)?.split("__");
            let mut path: Vec<_> = names.map(str::to_lowercase).collect();
            if path.starts_with(&["portal".to_owned(), "rename".to_owned()]) {
                // Sections and keys come in any case; these names are the portal's spelling, which stays.
                let spelt = variable.strip_prefix(ENVIRONMENT_PREFIX)?.split("__").skip(2);
                path.splice(2.., spelt.map(str::to_owned));
            }
            let value = in_type_of(default_at(&path).as_ref(), text);
            Some(Setting { path, value, origin: Origin::Environment(variable) })
        })
        .collect();
    // The same errors in the same order, whatever the order of the environment.
    settings.sort_by(|one, other| one.path.cmp(&other.path));
    settings
}

/// The text as the type of the option's default; what cannot be read so stays a text, which the option refuses.
fn in_type_of(default: Option<&Value>, text: String) -> Value {
    match default {
        Some(Value::Integer(_)) => text.trim().parse().map_or(Value::String(text), Value::Integer),
        Some(Value::Boolean(_)) => text.trim().parse().map_or(Value::String(text), Value::Boolean),
        Some(Value::Array(_)) => {
            let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
            Value::Array(names.map(|name| Value::String(name.to_owned())).collect())
        }
        _ => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::{Catalogue, DEFAULTS, Encoding};

    /// What loading a file of this text, named `gateway.toml`, and these variables says.
    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
        let folder = new_folder();
        let path = folder.join("gateway.toml");
        fs::write(&path, text).unwrap();
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let loaded = Config::load(Some(&path), environment);
        fs::remove_dir_all(&folder).unwrap();
        let named = format!("{}/", folder.display());
        loaded.map_err(|error| error.to_string().replace(&named, ""))
    }

    fn new_folder() -> std::path::PathBuf {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("portalgraph-load-{}-{number}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        folder
    }

    fn refusal(text: &str, environment: &[(&str, &str)]) -> String {
        load(text, environment).unwrap_err()
    }

    #[test]
    fn loading_nothing_gives_the_defaults() {
        assert_eq!(Config::load(None, std::iter::empty()).unwrap(), Config::default());
        assert_eq!(load("", &[]).unwrap(), Config::default());
        assert_eq!(load(DEFAULTS, &[]).unwrap(), Config::default());
    }

    #[test]
    fn every_option_has_a_comment_above_it() {
        let lines: Vec<_> = DEFAULTS.lines().collect();
        for pair in lines.windows(2) {
            let is_option = !pair[1].starts_with('#') && pair[1].contains(" = ");
            assert!(!is_option || pair[0].starts_with("# "), "no comment above {:?}", pair[1]);
        }
    }

    #[test]
    fn every_default_is_accepted_by_its_own_option() {
        for (section, options) in TREE.iter() {
            for (name, value) in options.as_table().unwrap() {
                let path = [section.clone(), name.clone()];
                assert_eq!(check(&path, value), Ok(()), "{path:?}");
            }
        }
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        let file = "[server]\ndeadline_seconds = 5\nmax_body_bytes = 10\n";
        let config = load(file, &[("PORTALGRAPH__SERVER__MAX_BODY_BYTES", "20")]).unwrap();
        assert_eq!((config.server.deadline_seconds, config.server.max_body_bytes), (5, 20));
        assert_eq!(config.server.listen, Config::default().server.listen);
    }

    #[test]
    fn section_and_key_of_a_variable_are_read_in_any_case() {
        let config = load("", &[("PORTALGRAPH__portal__Login_Encoding", "hex")]).unwrap();
        assert_eq!(config.portal.login_encoding, Encoding::Hex);
    }

    #[test]
    fn other_variables_are_not_looked_at() {
        let config = load("", &[("PORTALGRAPH_URL", "x"), ("PATH", "y"), ("GRAPH__SERVER__LISTEN", "z")]);
        assert_eq!(config.unwrap(), Config::default());
    }

    #[test]
    fn a_text_option_stays_a_text_when_it_looks_like_a_number() {
        let refusal = refusal("", &[("PORTALGRAPH__PORTAL__URL", "4000")]);
        assert!(refusal.contains("portal.url is \"4000\"; expected an address"), "{refusal}");
    }

    #[test]
    fn outgoing_names_can_be_given_in_the_file_and_in_the_environment() {
        let file = "[portal.rename.getUsers]\n\"basicUserInfo.phone\" = \"phoneNumber\"\n";
        let config = load(file, &[("PORTALGRAPH__PORTAL__RENAME__getPQByID__id", "Id")]).unwrap();
        assert_eq!(config.portal.rename["getUsers"]["basicUserInfo.phone"], "phoneNumber");
        assert_eq!(config.portal.rename["getPQByID"]["id"], "Id");
    }

    #[test]
    fn an_option_of_a_section_within_a_section_comes_in_any_case() {
        for variable in
            ["PORTALGRAPH__PORTAL__DIALECT__TOKEN_HEADER", "PORTALGRAPH__portal__Dialect__token_header"]
        {
            let config = load("", &[(variable, "X-Token")]).unwrap();
            assert_eq!(config.portal.dialect.token_header, "X-Token", "{variable}");
        }
        let config = load("", &[("PORTALGRAPH__ICWS__DIALECT__FIRST_ITEM", "1")]).unwrap();
        assert_eq!(config.icws.dialect.first_item, 1);
    }

    #[test]
    fn catalogues_to_share_are_a_list_in_the_file_and_names_with_commas_in_the_environment() {
        let shared = |file, variables: &[_]| load(file, variables).unwrap().cache.shared_catalogues;
        assert!(shared("", &[]).is_empty());
        let expected = [Catalogue::Sites, Catalogue::RoleGroups].into();
        assert_eq!(shared("[cache]\nshared_catalogues = [\"role_groups\", \"sites\"]", &[]), expected);
        let variable = "PORTALGRAPH__CACHE__SHARED_CATALOGUES";
        assert_eq!(shared("", &[(variable, " sites, role_groups,")]), expected);
        for (value, shown) in [
            ("[\"sites\", \"users\"]", "[\"sites\", \"users\"]"),
            ("\"sites\"", "\"sites\""),
            ("[[1]]", "[a list]"),
        ] {
            let refusal = refusal(&format!("[cache]\nshared_catalogues = {value}"), &[]);
            let expected = "expected a list, in square brackets, of any of departments, sites, role_groups,";
            assert!(refusal.contains(&format!("is {shown}; {expected}")), "{refusal}");
        }
        let refusal = refusal("", &[("PORTALGRAPH__CACHE__SHADOW_FETCH_PERCENT", "0")]);
        assert!(refusal.contains("is 0; expected a whole number from 1 to 100"), "{refusal}");
    }

    #[test]
    fn every_mistake_is_told_at_once_each_with_its_place() {
        let file = "[portal]\nlogin_encoding = \"rot13\"\nurl = 1\n\n[limits]\nmax_depth = 0\n";
        let refusal = refusal(file, &[("PORTALGRAPH__SERVER__LISTEN", "4000")]);
        let lines: Vec<_> = refusal.lines().collect();
        assert_eq!(
            lines,
            [
                "gateway.toml, line 2: portal.login_encoding is \"rot13\"; expected one of base64, base64url, hex, \
                 hex_of_base64, base64_of_hex, plain",
                "gateway.toml, line 3: portal.url is 1; expected an address with scheme and host only, such as \
                 \"https://portal.example.com\" or \"https://portal.example.com:8443\"",
                "gateway.toml, line 6: limits.max_depth is 0; expected a whole number from 1 to 1000000000000",
                "the environment's PORTALGRAPH__SERVER__LISTEN: server.listen is \"4000\"; expected an address and \
                 a port, such as \"127.0.0.1:4000\"",
            ]
        );
    }

    #[test]
    fn a_number_is_expected_in_its_unit() {
        let file = "[cache]\nuser_seconds = \"30\"\n[session]\nidle_minutes = 31\nmax_minutes = 721\n";
        let refusal = refusal(file, &[("PORTALGRAPH__SERVER__MAX_BODY_BYTES", "1 MB")]);
        for expected in [
            "cache.user_seconds is \"30\"; expected a whole number of seconds from 0 to 31536000",
            "session.idle_minutes is 31; expected a whole number of minutes from 1 to 30 (the portal's own limit)",
            "session.max_minutes is 721; expected a whole number of minutes from 1 to 720 (the portal's own limit)",
            "server.max_body_bytes is \"1 MB\"; expected a whole number of bytes from 1 to",
        ] {
            assert!(refusal.contains(expected), "{refusal}");
        }
    }

    #[test]
    fn icws_waits_not_at_all_and_counts_from_0_or_1() {
        let file = "[icws]\nrole_creation_wait_milliseconds = 0\n[icws.dialect]\nfirst_item = 1\n";
        assert_eq!(load(file, &[]).unwrap().icws.dialect.first_item, 1);
        let refusal = refusal("[icws]\naccept_language = \"\"\n[icws.dialect]\nfirst_item = 2\n", &[]);
        for expected in [
            "icws.accept_language is \"\"; expected a text in quotes, of printable ASCII characters and not empty",
            "icws.dialect.first_item is 2; expected a whole number from 0 to 1",
        ] {
            assert!(refusal.contains(expected), "{refusal}");
        }
    }

    #[test]
    fn the_operators_hosts_are_names_alone() {
        let variables = [("PORTALGRAPH__SERVER__OPERATOR_HOSTS", "gateway.internal,other-1")];
        assert_eq!(load("", &variables).unwrap().server.operator_hosts, ["gateway.internal", "other-1"]);
        for wrong in ["http://gateway.internal", "gateway.internal:9464", "", "*"] {
            let refusal = refusal(&format!("[server]\noperator_hosts = [\"{wrong}\"]\n"), &[]);
            assert!(
                refusal.contains("expected a list of names of hosts without scheme and port"),
                "{refusal}"
            );
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest_known_one() {
        for (file, expected) in [
            (
                "[portal]\nulr = \"\"",
                "there is no portal.ulr; did you mean portal.url? [portal] has adaptive_concurrency,",
            ),
            (
                "[portl]\nurl = \"\"",
                "there is no portl; did you mean [portal]? The sections are cache, icws,",
            ),
            ("listen = 1", "there is no listen; did you mean server.listen? The sections are"),
            (
                "[server]\nmax_depth = 1",
                "there is no server.max_depth; did you mean limits.max_depth? [server] has",
            ),
            ("[server]\nzzzzzzzzz = 1", "there is no server.zzzzzzzzz; [server] has cors_origins,"),
        ] {
            let refusal = refusal(file, &[]);
            assert!(refusal.contains(expected), "{refusal}");
        }
        let refusal = refusal("", &[("PORTALGRAPH__PORTL__URL", "")]);
        assert!(refusal.contains("there is no portl.url; did you mean portal.url?"), "{refusal}");
    }

    #[test]
    fn a_section_given_as_a_value_is_told_so() {
        let refusal = refusal("portal = \"https://portal.example.com\"", &[]);
        assert!(refusal.contains("with keys of its own: adaptive_concurrency,"), "{refusal}");
    }

    #[test]
    fn a_syntax_error_names_its_line_and_never_quotes_it() {
        let refusal = refusal("[session]\nstore = \"redis://:hunter2@cache\nmax_sessions = 1\n", &[]);
        assert!(refusal.starts_with("gateway.toml, line 2: "), "{refusal}");
        assert!(!refusal.contains("hunter2"), "{refusal}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Config::load(Some(Path::new("no/such.toml")), std::iter::empty()).unwrap_err();
        assert!(error.to_string().starts_with("no/such.toml: the file cannot be read: "), "{error}");
    }

    #[test]
    fn a_secret_is_never_shown() {
        for store in [
            "redis://me:hunter2@cache:6379/name",
            "hunter2",
            "rediss://cache?password=hunter2",
            "hunter2://x/",
        ] {
            let refusal = refusal("", &[("PORTALGRAPH__SESSION__STORE", store)]);
            assert!(
                refusal.contains("expected \"memory\", or the address of a Redis or Valkey server"),
                "{refusal}"
            );
            assert!(store.starts_with("hunter2:") || !refusal.contains("hunter2"), "{refusal}");
        }
        for url in ["https://me:hunter2@portal", "https://portal/?token=hunter2", "me:hunter2@portal"] {
            let refusal = refusal("", &[("PORTALGRAPH__PORTAL__URL", url)]);
            assert!(!refusal.contains("hunter2"), "{refusal}");
        }
    }

    #[test]
    fn an_address_is_scheme_and_host_alone() {
        for url in
            ["https://portal.example.com", "https://portal.example.com/", "HTTPS://Portal.example.com:443"]
        {
            let config = load("", &[("PORTALGRAPH__PORTAL__URL", url)]).unwrap();
            assert_eq!(config.portal.url, "https://portal.example.com");
        }
        let wrong = "portal.example.com ftp://portal https:portal https:// https://portal/x http://a@b";
        for url in wrong.split(' ') {
            assert!(load("", &[("PORTALGRAPH__ICWS__URL", url)]).is_err(), "{url}");
        }
    }

    #[test]
    fn only_a_command_that_needs_the_portal_asks_for_it() {
        let error = load("", &[]).unwrap().require_upstream().unwrap_err();
        assert!(error.to_string().starts_with("portal.url is not set; "), "{error}");
        let config = load("", &[("PORTALGRAPH__PORTAL__URL", "http://127.0.0.1:4100")]).unwrap();
        config.require_upstream().unwrap();
    }

    #[test]
    fn a_default_page_fits_into_the_largest() {
        let refusal = refusal("[limits]\nmax_page_size = 50\n", &[]);
        let expected = "limits.default_page_size is 100; expected at most limits.max_page_size, which is 50";
        assert_eq!(refusal, format!("gateway.toml, line 2: {expected}"));
    }

    #[test]
    fn a_log_level_is_a_level_or_a_filter() {
        assert!(load("", &[("PORTALGRAPH__LOG__LEVEL", "info, portalgraph::portal=debug")]).is_ok());
        assert!(load("", &[("PORTALGRAPH__LOG__LEVEL", "info,portalgraph=loud")]).is_err());
    }
}

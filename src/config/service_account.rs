//! `[[service_account]]`: accounts by which dashboards ask without a person who signs in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize};
use toml::{Table, Value};

use super::error::{ConfigError, Origin, Problem};
use super::{Config, DEFAULTS};

/// The name of the tables, in files and in keys.
pub(super) const SECTION: &str = "service_account";

/// The longest name of an account.
const LONGEST_NAME: usize = 64;

/// Where a service account signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceUpstream {
    /// At the administration portal.
    Portal,
    /// At ICWS.
    Icws,
}

/// An account by which dashboards ask without a person who signs in.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccount {
    /// What logs and errors call it.
    pub name: String,
    /// The SHA-256 of each token that opens it, in hexadecimal digits.
    pub tokens: Vec<String>,
    /// Where it signs in.
    pub upstream: ServiceUpstream,
    /// The login name there.
    pub username: String,
    /// The file that holds the password.
    pub password_file: String,
    /// The environment variable that holds the password.
    pub password_environment: String,
    /// The tenant to enter, by id, prefix or name.
    pub tenant: String,
    /// Whether mutations are refused.
    pub read_only: bool,
    /// How many requests it may make in a minute.
    pub requests_per_minute: u32,
    /// The SHA-256 of each document it may send, in hexadecimal digits; of all, if there is none.
    pub allowed_documents: Vec<String>,
}

impl Default for ServiceAccount {
    fn default() -> Self {
        TEMPLATE.clone().try_into().expect("the embedded defaults are pinned by a test")
    }
}

/// The options of one account at their defaults: the lines of the embedded file that stand behind a bare `#`.
pub(super) static TEMPLATE: LazyLock<Table> = LazyLock::new(|| {
    let lines = DEFAULTS.lines().skip_while(|line| *line != "#[[service_account]]").skip(1);
    let options = lines.filter_map(|line| line.strip_prefix('#')).filter(|line| !line.starts_with(' '));
    options.collect::<Vec<_>>().join("\n").parse().expect("the embedded defaults are pinned by a test")
});

/// Whether a text can name an account.
#[must_use]
pub fn is_account_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(is_plain)
}

/// The default at a path of this section, which tells the type. Accounts are counted from 1.
pub(super) fn default_at(path: &[&str]) -> Option<Value> {
    let is_number =
        |text: &str| text.parse().is_ok_and(|number: u16| number > 0 && number.to_string() == text);
    match path {
        [] => Some(Value::Array(Vec::new())),
        [number] if is_number(number) => Some(Value::Table(TEMPLATE.clone())),
        [number, option] if is_number(number) => TEMPLATE.get(*option).cloned(),
        _ => None,
    }
}

/// Whether an option of an account accepts a value of the right type.
pub(super) fn accepts(option: &str, value: &Value) -> bool {
    let is_hash = |hash: &Value| hash.as_str().is_some_and(is_sha256);
    match (option, value) {
        ("name", Value::String(text)) => is_account_name(text),
        ("tokens" | "allowed_documents", Value::Array(hashes)) => hashes.iter().all(is_hash),
        ("password_environment", Value::String(text)) => is_variable(text),
        _ => true,
    }
}

/// What an option of an account accepts, where its type does not say it all.
pub(super) fn expected(option: &str) -> Option<&'static str> {
    match option {
        "" => Some("tables of their own, each under a line [[service_account]]"),
        "name" => Some("a name of 1 to 64 small letters, digits, - and _"),
        "tokens" => Some(
            "a list, in square brackets, of SHA-256 hashes of 64 hexadecimal digits, as `portalgraph token new NAME` \
             prints them; never a token itself",
        ),
        "allowed_documents" => Some(
            "a list, in square brackets, of SHA-256 hashes of documents' texts, of 64 hexadecimal digits",
        ),
        "password_environment" => {
            Some("the name of an environment variable that holds the password; never the password itself")
        }
        _ => None,
    }
}

/// Whether what was given for an option may be a secret that somebody put in the wrong place.
pub(super) fn is_hidden(option: &str) -> bool {
    !matches!(option, "name" | "upstream" | "username" | "tenant" | "read_only" | "requests_per_minute")
}

/// The numbers of the accounts of which something is set, in order.
pub(super) fn numbers(tree: &Table) -> Vec<String> {
    let tables = tree.get(SECTION).and_then(Value::as_table);
    let mut numbers: Vec<_> = tables.into_iter().flat_map(Table::keys).cloned().collect();
    numbers.sort_by_key(|number| in_order(number));
    numbers
}

/// What is missing from accounts that are each made of accepted options, or does not go together.
pub(super) fn problems(
    config: &Config,
    numbers: Vec<String>,
    origins: &BTreeMap<String, Origin>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let accounts = &config.service_accounts;
    for ((place, account), number) in accounts.iter().enumerate().zip(numbers) {
        let table = format!("{SECTION}.{number}.");
        let mut refuse = |option: &str, given: &str, expected: &str| {
            let key = format!("{table}{option}");
            let beside = || Some(origins.iter().find(|(key, _)| key.starts_with(&table))?.1);
            let whole = || origins.get(table.trim_end_matches('.'));
            let origin = origins.get(&key).or_else(beside).or_else(whole).cloned().unwrap_or(Origin::Default);
            let (given, expected) = (given.to_owned(), expected.to_owned());
            problems.push(Problem::Refused { origin, key, given, expected });
        };
        let before = || accounts[..place].iter();
        if account.name.is_empty() {
            refuse("name", "not set", "a name of 1 to 64 small letters, digits, - and _");
        } else if before().any(|other| other.name == account.name) {
            refuse("name", "another account's too", "a name of its own");
        }
        if account.tokens.is_empty() {
            let expected = "at least one hash of a token; `portalgraph token new NAME` prints token and hash";
            refuse("tokens", "not set", expected);
        }
        let is_taken = |token: &String| before().any(|other| holds(&other.tokens, token));
        if account.tokens.iter().any(is_taken) {
            refuse("tokens", "in part another account's too", "tokens that no other account has");
        }
        if account.username.trim().is_empty() {
            refuse("username", "not set", "the login name of the account at its upstream");
        }
        match (account.password_file.is_empty(), account.password_environment.is_empty()) {
            (true, true) => {
                let expected = "the path of a file with the password, or password_environment in its place";
                refuse("password_file", "not set", expected);
            }
            (false, false) => {
                refuse("password_environment", "set beside password_file", "one of the two");
            }
            _ => {}
        }
        // A variable that came out empty must not open what was to be closed.
        let is_emptied = origins.contains_key(&format!("{table}allowed_documents"));
        if account.allowed_documents.is_empty() && is_emptied {
            let expected =
                "at least one hash of a document, or nothing at all: left out, any document may be sent";
            refuse("allowed_documents", "an empty list", expected);
        }
        if account.upstream == ServiceUpstream::Icws && !account.tenant.is_empty() {
            refuse("tenant", "set for an account of ICWS", "none: ICWS has no tenants");
        }
    }
    problems
}

/// Whether each account has the upstream it signs in to.
pub(super) fn require_upstreams(config: &Config) -> Result<(), ConfigError> {
    let signs_in = |upstream| config.service_accounts.iter().any(|account| account.upstream == upstream);
    let missing = |key, expected, variable| Err(Problem::Missing { key, expected, variable }.into());
    if config.portal.url.is_empty() && signs_in(ServiceUpstream::Portal) {
        let expected = "the portal's address, because a service account signs in there";
        return missing("portal.url", expected, "PORTALGRAPH__PORTAL__URL");
    }
    if config.icws.url.is_empty() && signs_in(ServiceUpstream::Icws) {
        let expected = "the address of ICWS, because a service account signs in there";
        return missing("icws.url", expected, "PORTALGRAPH__ICWS__URL");
    }
    Ok(())
}

/// Reads the tables, which are counted from 1, into their order.
pub(super) fn numbered<'de, D: Deserializer<'de>>(tables: D) -> Result<Vec<ServiceAccount>, D::Error> {
    let tables = BTreeMap::<String, ServiceAccount>::deserialize(tables)?;
    let mut tables: Vec<_> = tables.into_iter().collect();
    tables.sort_by_key(|(number, _)| in_order(number));
    Ok(tables.into_iter().map(|(_, account)| account).collect())
}

/// What the number of an account is sorted by.
fn in_order(number: &str) -> u16 {
    number.parse().unwrap_or(u16::MAX)
}

fn holds(hashes: &[String], hash: &str) -> bool {
    hashes.iter().any(|known| known.eq_ignore_ascii_case(hash))
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_variable(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.bytes().all(is_plain) && !text.starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("portalgraph-accounts-{}-{number}.toml", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let loaded = Config::load(Some(&path), environment);
        std::fs::remove_file(&path).unwrap();
        loaded.map_err(|error| error.to_string().replace(&format!("{}", path.display()), "gateway.toml"))
    }

    fn account(more: &str) -> String {
        let (one, two) = ("a1".repeat(32), "B2".repeat(32));
        format!(
            "[[service_account]]\nname = \"wall\"\ntokens = [\"{one}\", \"{two}\"]\nusername = \"wall@dmn\"\n\
             password_file = \"{FOLDER}/x\"\n{more}"
        )
    }

    #[test]
    fn every_option_is_documented_at_its_default() {
        let account = ServiceAccount::default();
        assert!(account.read_only && account.name.is_empty() && account.requests_per_minute == 600);
        let written = Value::try_from(&account).unwrap();
        assert_eq!(written.as_table().unwrap(), &*TEMPLATE);
    }

    #[test]
    fn accounts_come_from_the_file_and_from_the_environment() {
        let file = account("tenant = \"101\"\n") + "[log]\nlevel = \"warn\"\n";
        let second = [
            ("PORTALGRAPH__SERVICE_ACCOUNT__2__NAME", "roles".to_owned()),
            ("PORTALGRAPH__SERVICE_ACCOUNT__2__TOKENS", "c3".repeat(32)),
            ("PORTALGRAPH__SERVICE_ACCOUNT__2__UPSTREAM", "icws".to_owned()),
            ("PORTALGRAPH__service_account__2__username", "icadmin".to_owned()),
            ("PORTALGRAPH__SERVICE_ACCOUNT__2__PASSWORD_ENVIRONMENT", "ICWS_PASSWORD".to_owned()),
            ("PORTALGRAPH__SERVICE_ACCOUNT__1__REQUESTS_PER_MINUTE", "6".to_owned()),
        ];
        let config = load(&file, &second.each_ref().map(|(name, value)| (*name, value.as_str()))).unwrap();
        let [first, second] = config.service_accounts.as_slice() else { panic!("{config:?}") };
        assert_eq!(
            (first.name.as_str(), first.tenant.as_str(), first.requests_per_minute),
            ("wall", "101", 6)
        );
        assert_eq!((first.tokens.len(), first.upstream), (2, ServiceUpstream::Portal));
        assert_eq!((second.name.as_str(), second.upstream), ("roles", ServiceUpstream::Icws));
        assert_eq!(config.log.level, "warn");
    }

    #[test]
    fn each_mistake_names_its_option_and_shows_no_secret() {
        for (given, expected) in [
            (
                "name = \"Wall\"",
                "line 7: service_account.2.name is \"Wall\"; expected a name of 1 to 64 small letters",
            ),
            (
                "tokens = [\"hunter2\"]",
                "line 7: service_account.2.tokens is a value that is not shown; expected a list",
            ),
            (
                "tokens = \"hunter2\"",
                "service_account.2.tokens is a value that is not shown; expected a list",
            ),
            ("password = \"hunter2\"", "there is no service_account.2.password; "),
            ("password_environment = \"hunter2!\"", "never the password itself"),
            ("requests_per_minute = 0", "is 0; expected a whole number from 1 to 1000000"),
            ("upstream = \"cisco\"", "is \"cisco\"; expected portal or icws"),
            ("read_only = \"no\"", "service_account.2.read_only is \"no\"; expected a boolean"),
            (
                "upstream = \"icws\"\ntenant = \"101\"",
                "line 8: service_account.2.tenant is set for an account of ICWS",
            ),
            (
                "allowed_documents = []",
                "line 7: service_account.2.allowed_documents is an empty list; expected at least one hash",
            ),
            ("name = \"other\"", "service_account.2.tokens is not set; expected at least one hash"),
            ("name = \"other\"", "service_account.2.username is not set"),
            ("name = \"other\"", "service_account.2.password_file is not set"),
            ("tenant = \"101\"", "service_account.2.name is not set"),
            ("name = \"wall\"", "service_account.2.name is another account's too"),
        ] {
            let file = account("") + "[[service_account]]\n" + given;
            let refusal = load(&file, &[]).unwrap_err();
            assert!(refusal.contains(expected), "{refusal}");
            assert!(!refusal.contains("hunter2"), "{refusal}");
        }
        let shared = format!("[[service_account]]\nname = \"other\"\ntokens = [\"{}\"]", "A1".repeat(32));
        let refusal = load(&(account("") + &shared), &[]).unwrap_err();
        assert!(
            refusal.contains("line 8: service_account.2.tokens is in part another account's too"),
            "{refusal}"
        );
        let refusal = load("[service_account]\nname = \"wall\"", &[]).unwrap_err();
        assert!(
            refusal.contains("expected tables of their own, each under a line [[service_account]]"),
            "{refusal}"
        );
        let refusal = load("service_account = [1]", &[]).unwrap_err();
        assert!(refusal.contains("expected tables of their own"), "{refusal}");
        let both = account("password_environment = \"WALL\"\n");
        let refusal = load(&both, &[]).unwrap_err();
        assert!(
            refusal.contains("password_environment is set beside password_file; expected one of the two"),
            "{refusal}"
        );
        let refusal =
            load("[log]\nlevel = \"warn\"\n[[service_account]]\n#name = \"wall\"\n", &[]).unwrap_err();
        assert!(refusal.contains("line 3: service_account.1.name is not set"), "{refusal}");
        let refusal = load("", &[("PORTALGRAPH__SERVICE_ACCOUNT__WALL__NAME", "wall")]).unwrap_err();
        assert!(refusal.contains("there is no service_account.wall.name"), "{refusal}");
    }

    #[test]
    fn an_account_needs_its_upstream() {
        let emptied = [("PORTALGRAPH__SERVICE_ACCOUNT__1__ALLOWED_DOCUMENTS", " ,")];
        let refusal = load(&account(""), &emptied).unwrap_err();
        assert!(
            refusal.contains("ALLOWED_DOCUMENTS: service_account.1.allowed_documents is an empty list"),
            "{refusal}"
        );
        let refused =
            load(&(account("") + "[icws]\nurl = \"http://icws\"\n"), &[]).unwrap().require_upstream();
        assert!(
            refused
                .unwrap_err()
                .to_string()
                .starts_with("portal.url is not set; expected the portal's address, because")
        );
    }
}

//! Settings that change while the gateway serves: what can be taken up is, and what cannot is told by its key.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};
use toml::{Table, Value};

use super::ServeError;
use super::door::Offer;
use crate::config::{self, Config};

/// The settings, and sections of them, that hold from the next request on. Everything else is what the gateway was built from.
const RELOADED: [&str; 19] = [
    "server.cors_origins",
    "server.deadline_seconds",
    "server.header_timeout_seconds",
    "server.hsts_max_age_seconds",
    "server.idle_timeout_seconds",
    "server.max_body_bytes",
    "server.max_header_bytes",
    "server.max_queue_milliseconds",
    "server.max_requests",
    "server.operator_hosts",
    "server.secure_cookie",
    "server.tls_certificate_file",
    "server.tls_key_file",
    "server.trusted_proxies",
    "limits",
    "rate.identity",
    "rate.address",
    "trusted_documents",
    "log.level",
];

/// What is counted where the calls are made, which is built once.
const NOT_RELOADED: [&str; 1] = ["limits.max_portal_calls"];

/// What may have changed while the gateway serves.
#[derive(Debug)]
pub enum Renewal {
    /// Settings, and the certificates they name.
    Settings {
        /// All of them, as they are read now.
        config: Box<Config>,
        /// Told once they hold; dropped if they cannot.
        accepted: oneshot::Sender<()>,
    },
    /// What stands in the files of certificates and keys that the settings name, and nothing else.
    Certificates,
}

/// Takes up new settings for as long as they come.
pub(super) async fn renew<M, C>(
    mut held: Config,
    mut renewals: mpsc::Receiver<Renewal>,
    (offers, certificates): (watch::Sender<Arc<Offer>>, impl Fn(config::Server) -> C),
    make: impl Fn(Config) -> M,
) where
    M: Future<Output = Result<Arc<Offer>, ServeError>>,
    C: Future<Output = ()>,
{
    while let Some(renewal) = renewals.recv().await {
        let Renewal::Settings { config, accepted } = renewal else {
            certificates(held.server.clone()).await;
            continue;
        };
        let Changes { next, taken, left } = Changes::between(&held, &config);
        match make(next.clone()).await {
            Ok(offer) => {
                offers.send_replace(offer);
                tracing::info!(
                    settings.changed = taken.join(", "),
                    "settings were read again and hold from now on"
                );
                if !left.is_empty() {
                    tracing::warn!(
                        settings.changed = left.join(", "),
                        "settings were changed that need a restart"
                    );
                }
                held = next;
                certificates(held.server.clone()).await;
                let _ = accepted.send(());
            }
            Err(error) => {
                tracing::error!(%error, "settings were read again and cannot be used; those from before still hold");
            }
        }
    }
    // Whoever waits for this would take its end for that of serving.
    std::future::pending::<()>().await;
}

/// What differs between the settings that hold and others.
#[derive(Debug)]
struct Changes {
    /// Those that hold, with what can be taken up.
    next: Config,
    /// The keys of what is taken up.
    taken: Vec<String>,
    /// The keys of what needs a restart.
    left: Vec<String>,
}

impl Changes {
    fn between(held: &Config, wanted: &Config) -> Self {
        let (mut taken, mut left) = (Vec::new(), Vec::new());
        let (before, after) = (flat(held), flat(wanted));
        let mut next = table(held);
        for key in before.keys().chain(after.keys().filter(|key| !before.contains_key(*key))) {
            let (old, new) = (before.get(key), after.get(key));
            match new {
                _ if old == new => {}
                // An open door does not change from plain to TLS: cookies and addresses were made for what it is.
                Some(_)
                    if key.starts_with("server.tls_") && held.server.is_tls() != wanted.server.is_tls() =>
                {
                    left.push(key.clone());
                }
                Some(new) if is_reloaded(key) => {
                    put(&mut next, key, new.clone());
                    taken.push(key.clone());
                }
                _ => left.push(key.clone()),
            }
        }
        if held.service_accounts != wanted.service_accounts {
            left.push("service_account".to_owned());
        }
        match Table::try_into::<Config>(next) {
            Ok(config) => {
                let next = Config { service_accounts: held.service_accounts.clone(), ..config };
                Self { next, taken, left }
            }
            // Each value comes from settings that were accepted.
            Err(_) => Self { next: held.clone(), taken: Vec::new(), left: [taken, left].concat() },
        }
    }
}

fn is_reloaded(key: &str) -> bool {
    let begins = |known: &&str| {
        key.strip_prefix(*known).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '_']))
    };
    RELOADED.iter().any(begins) && !NOT_RELOADED.contains(&key)
}

fn table(config: &Config) -> Table {
    Table::try_from(config).unwrap_or_default()
}

/// Every setting by its whole key.
fn flat(config: &Config) -> BTreeMap<String, Value> {
    fn add(prefix: &str, table: Table, into: &mut BTreeMap<String, Value>) {
        for (name, value) in table {
            let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match value {
                Value::Table(inner) => add(&key, inner, into),
                value => drop(into.insert(key, value)),
            }
        }
    }
    let mut settings = BTreeMap::new();
    add("", table(config), &mut settings);
    settings
}

fn put(table: &mut Table, key: &str, value: Value) {
    match key.split_once('.') {
        None => drop(table.insert(key.to_owned(), value)),
        Some((section, rest)) => {
            if let Some(Value::Table(inner)) = table.get_mut(section) {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_taken_up_is_and_the_rest_is_named() {
        let held = Config::default();
        let mut wanted = held.clone();
        wanted.limits.max_depth = 7;
        wanted.limits.max_portal_calls += 1;
        wanted.rate.identity_burst = 9;
        wanted.rate.login_failures += 1;
        wanted.server.worker_threads = 3;
        (wanted.server.tls_certificate_file, wanted.server.tls_key_file) = ("a".to_owned(), "b".to_owned());
        wanted.portal.rename.insert("getUsers".to_owned(), [("a".to_owned(), "b".to_owned())].into());
        let Changes { next, taken, left } = Changes::between(&held, &wanted);
        assert_eq!(taken, ["limits.max_depth", "rate.identity_burst"]);
        let expected = [
            "limits.max_portal_calls",
            "rate.login_failures",
            "server.tls_certificate_file",
            "server.tls_key_file",
            "server.worker_threads",
            "portal.rename.getUsers.a",
        ];
        assert_eq!(left, expected);
        let mut expected = held;
        (expected.limits.max_depth, expected.rate.identity_burst) = (7, 9);
        assert_eq!(next, expected);
    }

    #[test]
    fn each_key_that_is_taken_up_is_one() {
        let known = flat(&Config::default());
        for key in RELOADED.iter().chain(&NOT_RELOADED) {
            assert!(known.keys().any(|known| known.starts_with(key)), "{key}");
        }
    }
}

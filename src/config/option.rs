//! One option: what it accepts, in words, and how its value may be shown. Every rule hangs on the key, its default in
//! the embedded file and its type in the section's struct, so an option of the usual kind needs nothing here.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use reqwest::Url;
use toml::{Table, Value};

use super::{Config, DEFAULTS, Log, service_account, session, telemetry};

/// The embedded defaults as a tree: which options there are, and of which type.
pub(super) static TREE: LazyLock<Table> =
    LazyLock::new(|| DEFAULTS.parse().expect("the embedded defaults are pinned by a test"));

/// The default at a path, which tells the type; the tables of `portal.rename` are open.
pub(super) fn default_at(path: &[String]) -> Option<Value> {
    match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["portal", "rename", _] => Some(Value::Table(Table::new())),
        ["portal", "rename", _, _] => Some(Value::String(String::new())),
        [service_account::SECTION, rest @ ..] => service_account::default_at(rest),
        [] => Some(Value::Table(TREE.clone())),
        [first, rest @ ..] => {
            rest.iter().try_fold(TREE.get(*first)?, |value, name| value.get(*name)).cloned()
        }
    }
}

/// The option of a service account that a path names; empty for the tables themselves.
fn of_service_account(path: &[String]) -> Option<&str> {
    let (section, rest) = path.split_first()?;
    (section == service_account::SECTION).then(|| rest.get(1).map_or("", String::as_str))
}

/// The tree with one value put at a path. An account of which nothing was said before begins with the defaults.
pub(super) fn put(tree: &mut Table, path: &[String], value: Value) {
    if let [section, number, _] = path
        && section == service_account::SECTION
        && let Value::Table(accounts) =
            tree.entry(section.clone()).or_insert_with(|| Value::Table(Table::new()))
    {
        accounts.entry(number.clone()).or_insert_with(|| Value::Table(service_account::TEMPLATE.clone()));
    }
    if let [name] = path {
        tree.insert(name.clone(), value);
    } else if let [section, rest @ ..] = path
        && let Value::Table(inner) = tree.entry(section.clone()).or_insert_with(|| Value::Table(Table::new()))
    {
        put(inner, rest, value);
    }
}

/// Whether the option accepts the value; if not, what it does accept.
pub(super) fn check(path: &[String], value: &Value) -> Result<(), String> {
    let key = path.join(".");
    let default = default_at(path).unwrap_or_else(|| value.clone());
    let accepted = match (key.as_str(), value) {
        _ if !default.same_type(value) => false,
        (_, value)
            if of_service_account(path).is_some_and(|option| !service_account::accepts(option, value)) =>
        {
            false
        }
        (_, Value::Integer(number)) => range(&key).contains(number),
        ("portal.url" | "portal.callback_url" | "icws.url", Value::String(text)) => {
            text.is_empty() || host_only(text).is_some()
        }
        ("server.operator_listen", Value::String(text)) => {
            text.is_empty() || text.parse::<SocketAddr>().is_ok()
        }
        ("server.operator_hosts", Value::Array(hosts)) => {
            hosts.iter().all(|host| host.as_str().is_some_and(is_host))
        }
        ("server.cors_origins", Value::Array(origins)) => origins
            .iter()
            .all(|origin| origin.as_str().is_some_and(|text| host_only(text).as_deref() == Some(text))),
        ("session.store", Value::String(text)) => session::is_store(text),
        ("session.store_prefix", Value::String(text)) => session::is_prefix(text),
        (
            "icws.application_name" | "icws.accept_language" | "telemetry.service_name",
            Value::String(text),
        ) => is_header_text(text),
        ("telemetry.endpoint", Value::String(text)) => telemetry::is_endpoint(text),
        ("log.level", Value::String(text)) => Log::targets(text).is_some(),
        ("log.audit", Value::String(text)) => !text.trim().is_empty(),
        (_, Value::String(text)) if path.len() == 4 => !text.is_empty(),
        _ => true,
    };
    if accepted && try_alone(path, value.clone()).is_ok() { Ok(()) } else { Err(expected(path, &default)) }
}

/// The scheme, host and port of an absolute http or https URL that has nothing else, as the client will use them.
pub(super) fn host_only(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_anonymous = url.username().is_empty() && url.password().is_none() && !text.contains('@');
    // The parser also takes "https:host" for a URL; a person who wrote that should be asked.
    let is_absolute = text.contains("://") && url.has_host();
    (is_bare && is_anonymous && is_absolute).then(|| url.origin().ascii_serialization())
}

/// The value as an error may show it: no user name, password or query of an address, of the session store no more than
/// its scheme.
pub(super) fn shown(path: &[String], value: &Value) -> String {
    if of_service_account(path).is_some_and(service_account::is_hidden) {
        return "a value that is not shown".to_owned();
    }
    let is_store = path.iter().map(String::as_str).eq(["session", "store"]);
    match value {
        Value::String(text) if is_store => match text.split_once("://") {
            Some((scheme, _)) if scheme.chars().all(char::is_alphanumeric) => format!("\"{scheme}://…\""),
            _ => "a text that is not shown".to_owned(),
        },
        Value::String(text) => format!("{:?}", without_secrets(text)),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Float(_) => "a number with a fraction".to_owned(),
        Value::Datetime(_) => "a time".to_owned(),
        Value::Array(names) if matches!(default_at(path), Some(Value::Array(_))) => {
            let shown_alone = |name: &Value| match name {
                Value::Array(_) => "a list".to_owned(),
                name => shown(path, name),
            };
            let names = names.iter().map(shown_alone).collect::<Vec<_>>();
            format!("[{}]", names.join(", "))
        }
        Value::Array(_) => "a list".to_owned(),
        Value::Table(_) => "a table".to_owned(),
    }
}

fn without_secrets(text: &str) -> String {
    let text = text.split_once(['?', '#']).map_or_else(|| text.to_owned(), |(kept, _)| format!("{kept}?…"));
    match (text.find("://"), text.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 <= at => format!("{}…{}", &text[..scheme + 3], &text[at..]),
        (_, Some(at)) => format!("…{}", &text[at..]),
        (_, None) => text,
    }
}

/// What the option accepts, in words.
pub(super) fn expected(path: &[String], default: &Value) -> String {
    if let Some(expected) = of_service_account(path).and_then(service_account::expected) {
        return expected.to_owned();
    }
    let key = path.join(".");
    match (key.as_str(), default) {
        ("server.operator_listen", _) => {
            "an address and a port, such as \"127.0.0.1:9464\", or \"\" for none".to_owned()
        }
        ("server.operator_hosts", _) => {
            "a list of names of hosts without scheme and port, such as [\"gateway.internal\"]".to_owned()
        }
        ("server.cors_origins", _) => {
            "a list of origins as browsers send them, such as [\"https://desk.example.com\"]: scheme, host, and the port if \
             it is not the scheme's own"
                .to_owned()
        }
        ("server.trusted_proxies", _) => {
            "a list, in square brackets, of addresses and networks, such as \"10.0.0.7\" or \"10.0.0.0/8\""
                .to_owned()
        }
        ("limits.explain_names", _) => {
            "a list, in square brackets, of login names at the portal, such as \"name@abc\", and names of service accounts"
                .to_owned()
        }
        ("server.listen", _) => "an address and a port, such as \"127.0.0.1:4000\"".to_owned(),
        ("portal.url" | "portal.callback_url" | "icws.url", _) => {
            "an address with scheme and host only, such as \"https://portal.example.com\" or \
             \"https://portal.example.com:8443\""
                .to_owned()
        }
        ("session.store", _) => {
            "\"memory\", or the address of a Redis or Valkey server, such as \"rediss://user:password@host:6379/0\""
                .to_owned()
        }
        ("session.store_prefix", _) => "1 to 64 letters, digits, - and _".to_owned(),
        ("telemetry.endpoint", _) => {
            "where the collector takes OTLP over HTTP, such as \"http://127.0.0.1:4318\", or \"\" for none".to_owned()
        }
        ("icws.application_name" | "icws.accept_language" | "telemetry.service_name", _) => {
            "a text in quotes, of printable ASCII characters and not empty".to_owned()
        }
        ("log.level", _) => "one of off, error, warn, info, debug, trace, or a filter such as \
             \"info,portalgraph::portal=debug\""
            .to_owned(),
        ("log.audit", _) => "\"stderr\", \"off\", or the path of a file".to_owned(),
        (_, Value::Integer(_)) => {
            let range = range(&key);
            let unit = unit(&key).map_or_else(String::new, |unit| format!(" of {unit}"));
            let reason = if key.starts_with("session.") && key.ends_with("_minutes") {
                " (the portal's own limit)"
            } else {
                ""
            };
            format!("a whole number{unit} from {} to {}{reason}", range.start(), range.end())
        }
        (_, Value::Array(_)) => {
            let names = choices(path).unwrap_or_default();
            format!("a list, in square brackets, of any of {}", names.trim_start_matches("one of "))
        }
        (_, Value::Table(table)) if table.is_empty() => {
            "tables of names: [portal.rename.getPQByID] with id = \"Id\"".to_owned()
        }
        (_, Value::Table(table)) => {
            format!(
                "a section with keys of its own: {}",
                table.keys().cloned().collect::<Vec<_>>().join(", ")
            )
        }
        _ if path.len() == 4 => "a field's name in quotes".to_owned(),
        _ => choices(path).unwrap_or_else(|| "a text in quotes".to_owned()),
    }
}

/// The spellings an option is closed to, as serde lists them when it meets another one.
fn choices(path: &[String]) -> Option<String> {
    let other = Value::String("no option is spelled like this".to_owned());
    let is_list = matches!(default_at(path), Some(Value::Array(_)));
    let refusal = try_alone(path, if is_list { Value::Array(vec![other]) } else { other }).err()?;
    let (_, choices) = refusal.message().rsplit_once(", expected ")?;
    Some(choices.replace('`', ""))
}

/// The defaults with this one value changed, which tells whether the section's struct takes it.
fn try_alone(path: &[String], value: Value) -> Result<Config, toml::de::Error> {
    let mut tree = TREE.clone();
    put(&mut tree, path, value);
    tree.try_into()
}

fn unit(key: &str) -> Option<&str> {
    let (_, unit) = key.rsplit_once('_')?;
    matches!(unit, "milliseconds" | "seconds" | "minutes" | "bytes").then_some(unit)
}

/// What a number may be. The upper ends are far beyond use and keep timers and semaphores from overflowing.
fn range(key: &str) -> RangeInclusive<i64> {
    // Of what is kept, 0 keeps nothing, a page of 0 rows is all of them, a wait of 0 is none, of 0 threads there are
    // as many as cores, HSTS of 0 seconds is none, a rate of 0 is any, of documents made known 0 bytes are none; everywhere else 0 would turn the
    // gateway off.
    let may_be_none = [
        "portal.dialect.all_rows_page_size",
        "icws.role_creation_wait_milliseconds",
        "icws.dialect.first_item",
        "server.worker_threads",
        "server.max_queue_milliseconds",
        "live.max_subscriptions",
        "portal.hedge_milliseconds",
        "server.hsts_max_age_seconds",
        "rate.identity_requests_per_minute",
        "rate.address_requests_per_minute",
        "trusted_documents.automatic_max_bytes",
        "telemetry.sample_per_thousand",
    ];
    let is_kept = key.starts_with("cache.") && unit(key).is_some();
    let least = match key {
        // HTTP itself needs as much.
        "server.max_header_bytes" => 8_192,
        key => i64::from(!is_kept && !may_be_none.contains(&key)),
    };
    let most = match (key, unit(key)) {
        ("icws.dialect.first_item", _) => 1,
        ("cache.shadow_fetch_percent", _) => 100,
        ("telemetry.sample_per_thousand", _) => 1_000,
        ("server.worker_threads", _) => 1_024,
        ("server.max_header_bytes", _) => 16_777_216,
        ("server.max_connections" | "server.max_requests" | "telemetry.max_queued_spans", _) => 1_000_000,
        ("session.idle_minutes", _) => 30,
        ("session.max_minutes", _) => 12 * 60,
        (key, _) if key.ends_with("requests_per_minute") || key.ends_with("_burst") => 1_000_000,
        ("rate.login_failures", _) => 1_000_000,
        (_, Some("milliseconds" | "seconds")) => 31_536_000,
        _ => 1_000_000_000_000,
    };
    least..=most
}

/// The name of a host, as it stands in `Host` before the port.
fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// What can stand in a header; `Accept-Language` is one, and a name that cannot be read helps no administrator.
fn is_header_text(text: &str) -> bool {
    !text.trim().is_empty() && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

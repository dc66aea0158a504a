//! The settings file the probe writes: what differs from the defaults, with what was seen as the reason.

use std::fmt::Write as _;

use toml::{Table, Value};

use super::reads::Learnt;
use super::sign_in::{SignedIn, spelling};
use crate::config::{AuthTokenMode, CallbackTime, Config, DEFAULTS};

const HEAD: &str = "\
# Written by `portalgraph probe`: what your portal wants, and what differs from the defaults. `portalgraph config`
# prints every option with its meaning.

[portal]
";

const STATUS_FIELD: &str = "\
# Only you can confirm how your portal names the flag that activates a user: no read shows it, and under a wrong name a
# portal may take \"activate\" for \"deactivate\". Until then setUserStatus, enableDisableUserInICM and
# enableDisableUserInPortal are refused. Ask the portal's administrator, or try it on a user that nobody needs.
# status_field = \"enabled\"
";

/// The page size of the guide's own examples that ask for many rows.
const MANY: u64 = 9_999;

/// The options that `[portal]` begins with, whether they differ or not.
const TOLD: [&str; 4] = ["url", "callback_url", "login_encoding", "auth_token_mode"];

/// What goes into the file, beginning with the settings the probe began with.
pub(super) fn written(mut config: Config, signed_in: &SignedIn, learnt: &Learnt) -> String {
    config.portal.login_encoding = signed_in.encoding;
    let dialect = dialect(&mut config, learnt);
    let mut differing = differing(&config);
    let mut portal = taken(&mut differing, "portal");
    portal.retain(|name, _| !TOLD.contains(&name));
    let mut file = HEAD.to_owned();
    option(&mut file, "url", &config.portal.url);
    if config.portal.callback_url.is_empty() {
        file.push_str("# No --callback-url was given, so nothing was asked of the callback service.\n");
        file.push_str("# callback_url = \"https://callback.example.com\"\n");
    } else {
        option(&mut file, "callback_url", &config.portal.callback_url);
    }
    let tried = match signed_in.refused {
        0 => "# The portal took the login fields in this encoding.\n".to_owned(),
        refused => {
            format!("# The portal took the login fields in this encoding, after refusing {refused}.\n")
        }
    };
    file.push_str(&tried);
    option(&mut file, "login_encoding", spelling(signed_in.encoding));
    file.push_str(&reason_of_mode(&config, learnt));
    let mode = match config.portal.auth_token_mode {
        AuthTokenMode::Always => "always",
        AuthTokenMode::DocumentedOnly => "documented_only",
    };
    option(&mut file, "auth_token_mode", mode);
    let values = taken(&mut portal, "dialect");
    let renamed = taken(&mut portal, "rename");
    file.push_str(&portal.to_string());
    file.push_str("\n[portal.dialect]\n");
    if !values.contains_key("status_field") {
        file.push_str(STATUS_FIELD);
    }
    file.push_str(&dialect);
    file.push_str(&values.to_string());
    for (operation, names) in renamed {
        let section = Table::from_iter([(operation, names)]);
        let section = Table::from_iter([("rename".to_owned(), Value::Table(section))]);
        let section = Table::from_iter([("portal".to_owned(), Value::Table(section))]);
        let _ = write!(file, "\n{section}");
    }
    if !differing.is_empty() {
        let _ = write!(file, "\n{differing}");
    }
    file
}

fn option(file: &mut String, name: &str, value: &str) {
    // Writing to a text cannot fail.
    let _ = writeln!(file, "{name} = {}", Value::String(value.to_owned()));
}

fn reason_of_mode(config: &Config, learnt: &Learnt) -> String {
    match (config.portal.auth_token_mode, learnt.refused_token) {
        (AuthTokenMode::Always, None) => {
            "# No call was refused with HTTP 400 or 500 for carrying the token.\n".to_owned()
        }
        (AuthTokenMode::Always, Some((operation, status))) => format!(
            "# {operation} was answered with HTTP {status}, and no better without the token: that was not the reason.\n"
        ),
        (AuthTokenMode::DocumentedOnly, Some((operation, status))) => {
            format!(
                "# {operation} was answered with HTTP {status} while it carried the token, and with success without.\n"
            )
        }
        (AuthTokenMode::DocumentedOnly, None) => "# As the probe was told.\n".to_owned(),
    }
}

/// Puts into `[portal.dialect]` what was seen to differ; answers the comments that say so.
fn dialect(config: &mut Config, learnt: &Learnt) -> String {
    let mut comments = String::new();
    let dialect = &mut config.portal.dialect;
    let forms: Vec<_> = learnt.supervisor_forms.iter().copied().collect();
    if !forms.is_empty() {
        let _ = writeln!(
            comments,
            "# supervisorAgent is read as {}; supervisor_flag = \"as_read\" sends it back so.",
            forms.join(", and as ")
        );
    }
    if learnt.has_seconds && dialect.callback_time != CallbackTime::Seconds {
        dialect.callback_time = CallbackTime::Seconds;
        comments.push_str("# callback_time: as milliseconds, the callback's times would be in 1970.\n");
    }
    if let Some((operation, rows, total)) = learnt.short
        && dialect.all_rows_page_size == 0
    {
        dialect.all_rows_page_size = match u64::try_from(total) {
            Ok(total) if total > MANY => total.saturating_mul(10),
            _ => MANY,
        };
        let _ = writeln!(
            comments,
            "# all_rows_page_size: 0 brought {rows} of {total} rows of {operation}. The value below was not tried: probe again."
        );
    }
    comments
}

/// What differs from the defaults, section by section. Where sessions are kept may hold a password, so it stays out.
fn differing(config: &Config) -> Table {
    // What is read from TOML can be written as TOML, and the defaults are pinned by a test.
    let (mut all, defaults) =
        (Table::try_from(config).unwrap_or_default(), DEFAULTS.parse().unwrap_or_default());
    drop(all.get_mut("session").and_then(Value::as_table_mut).and_then(|session| session.remove("store")));
    without(all, &defaults)
}

fn without(all: Table, defaults: &Table) -> Table {
    let options = all.into_iter().filter_map(|(name, value)| match (value, defaults.get(&name)) {
        (Value::Table(inner), Some(Value::Table(defaults))) => {
            let inner = without(inner, defaults);
            (!inner.is_empty()).then_some((name, Value::Table(inner)))
        }
        (value, default) => (Some(&value) != default).then_some((name, value)),
    });
    options.collect()
}

fn taken(table: &mut Table, name: &str) -> Table {
    match table.remove(name) {
        Some(Value::Table(inner)) => inner,
        _ => Table::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Encoding;

    #[test]
    fn what_was_seen_to_differ_is_set_and_what_no_read_shows_is_not() {
        let signed_in = SignedIn { encoding: Encoding::Hex, refused: 1, prefix: None, user: None };
        let learnt = Learnt {
            has_seconds: true,
            short: Some(("getUsers", 10, 24)),
            supervisor_forms: ["Y and N"].into(),
            ..Learnt::default()
        };
        let mut config = Config::default();
        config.portal.url = "https://portal.example.com".to_owned();
        config.session.store = "redis://me:hunter2@cache".to_owned();
        let text = written(config, &signed_in, &learnt);
        let file: Table = text.parse().unwrap();
        let told = toml::toml! {
            [portal]
            url = "https://portal.example.com"
            login_encoding = "hex"
            auth_token_mode = "always"
            [portal.dialect]
            callback_time = "seconds"
            all_rows_page_size = 9999
        };
        assert_eq!(file, told, "{text}");
        for comment in ["# status_field", "# supervisorAgent is read as Y and N;", "brought 10 of 24 rows"] {
            assert!(text.contains(comment), "{comment}: {text}");
        }
    }

    #[test]
    fn a_long_list_is_asked_for_with_a_longer_page() {
        let learnt = Learnt { short: Some(("getUsers", 100, 12_000)), ..Learnt::default() };
        let mut config = Config::default();
        dialect(&mut config, &learnt);
        assert_eq!(config.portal.dialect.all_rows_page_size, 120_000);
    }
}

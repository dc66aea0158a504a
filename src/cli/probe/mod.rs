//! `portalgraph probe`: the operator's first day. Signs in, asks the portal every read once, shows how it answers, and
//! writes the settings that fit it.

mod door;
mod mask;
mod password;
mod reads;
mod recording;
mod report;
mod sign_in;
mod words;
mod written;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;
use tokio::runtime::Runtime;

use super::failure::Failure;
use super::stop::StopSignals;
use super::{logging, settings};
use crate::config::{Config, ENVIRONMENT_PREFIX, Log};
use crate::portal::{CallbackId, Portal};
use door::{Door, Farewell};
use reads::{Given, Reads};
use recording::{Recording, write_new};
use sign_in::Visitor;

const EXAMPLES: &str = "\
Examples:
  portalgraph probe --url https://portal.example.com --username name@abc
      Ask for the password, then everything once; write portalgraph.toml.
  portalgraph probe --url https://portal.example.com --username name@abc --password-file password.txt \\
      --callback-url https://callback.example.com --callback-id 7001
      The same for the callback service, which has a host of its own.
  portalgraph probe --config portalgraph.toml --username name@abc --output better.toml --record answers
      Again with settings that are there already, keeping each answer as a file without anybody's data.

It only reads: nothing is changed in the portal, and no operation that changes anything can be sent by it. It signs in \
once, asks 22 questions one after the other with a pause between, and signs out, also when it fails or is stopped.

The password is read from --password-file, else from PORTALGRAPH_PASSWORD, else from one line of standard input; it \
is tried once. Another encoding of the login fields is tried only if the portal cannot read the login name, which it \
says before it looks at the password; after any other answer nothing more is tried, because accounts lock.

Standard output gets a table: each read with its HTTP status, the portal's own code, how many rows, how long it took; \
keys that are read but spelt otherwise than the contract spells them, keys that are not read, and fields that are in \
no record although they could be. It names keys, never values. \
Progress goes to standard error.

The settings file holds what was found, the addresses, and what --config holds; of the environment's other settings \
nothing. When the portal ends the session, nothing more is asked.

Exit status:
  0    at least one read could be used; the table says how each went
  1    it could not sign in, no read could be used, or it could not write a file
  2    the command line or the settings are not valid, or a file is in the way; nothing was sent
  130  Ctrl-C or SIGTERM; it has signed out, and written nothing";

const BY_ITSELF: &str = "the portal ends the session by itself after 30 idle minutes";

/// Ask a portal every read once, show how it answers, and write the settings that fit it.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Where the portal is, without a path; needed unless --config or the environment says it.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The login name, with @ and the three characters of the customer.
    #[arg(long, value_name = "NAME")]
    username: String,
    /// A file that holds the password and nothing else.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Where the callback service is, without a path; without it, the service is not asked.
    #[arg(long, value_name = "URL")]
    callback_url: Option<String>,
    /// A callback to read; the portal lists none.
    #[arg(long, value_name = "ID")]
    callback_id: Option<i64>,
    /// The tenant to enter, where the user has several: its number, prefix or name; without it, they are listed.
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
    /// The one encoding of the login fields to try; without it, others may be tried after the first.
    #[arg(long, value_name = "ENCODING", value_parser = PossibleValuesParser::new(
        ["base64", "base64url", "hex", "hex_of_base64", "base64_of_hex", "plain"]))]
    login_encoding: Option<String>,
    /// Settings to begin with, in TOML.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How long to wait between two reads: milliseconds, or a time such as 500ms or 2s.
    #[arg(long, value_name = "TIME", default_value = "500ms", value_parser = pause)]
    pause: Duration,
    /// Keep each answer as FOLDER/OPERATION.json, with everything masked that says something of people.
    #[arg(long, value_name = "FOLDER")]
    record: Option<PathBuf>,
    /// The settings file to write; one that is there is not overwritten.
    #[arg(long, value_name = "FILE", default_value = "portalgraph.toml")]
    output: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.output.symlink_metadata().is_ok() {
        return Err(Failure::Exists { option: "--output", path: arguments.output.clone() });
    }
    let folder = arguments.output.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        let reason = "the folder it is to be written to is not there".to_owned();
        return Err(Failure::Option { option: "--output", reason });
    }
    let recording = arguments.record.as_deref().map(Recording::into).transpose()?;
    if !sign_in::is_login_name(&arguments.username) {
        let reason =
            "expected a name, @, and the three characters of the customer, such as name@abc".to_owned();
        return Err(Failure::Option { option: "--username", reason });
    }
    let (config, kept) = settings_for(arguments)?;
    let visitor = Visitor {
        username: arguments.username.clone(),
        password: password::password(arguments.password_file.as_deref())?,
        tenant: arguments.tenant.clone(),
        encoding: arguments.login_encoding.as_ref().map(|_| config.portal.login_encoding),
    };
    // A probe is no gateway: there is nothing to account for.
    logging::start(&Log { audit: "off".to_owned(), ..config.log.clone() })?;
    Runtime::new().map_err(Failure::Start)?.block_on(probe(arguments, (&config, kept), &visitor, recording))
}

async fn probe(
    arguments: &Arguments,
    (config, mut kept): (&Config, Config),
    visitor: &Visitor,
    recording: Option<Recording>,
) -> Result<(), Failure> {
    let stop = StopSignals::listen().map_err(Failure::Start)?;
    let portal = Portal::new(config.portal.clone()).map_err(Failure::Client)?;
    let mut door = Door::new(portal, stop);
    let visited = visit(&mut door, (arguments, config), visitor, recording).await;
    match door.leave().await {
        Farewell::Said => {}
        Farewell::Unanswered => eprintln!("signing out was not answered; {BY_ITSELF}"),
        Farewell::Refused(error) => eprintln!("signing out failed: {error}; {BY_ITSELF}"),
    }
    let Visited { table, is_usable, recording, signed_in, learnt, mode } = visited?;
    // Whoever stopped it while it signed out wants no files either.
    door.pause(Duration::ZERO).await?;
    super::print(&table)?;
    // The answers first: without them, and without settings, the next probe finds nothing in its way.
    if let (Some(recording), Some(folder)) = (&recording, &arguments.record) {
        let count = recording.write()?;
        super::print(&format!("\nRecorded: {count} answers in {}\n", folder.display()))?;
    }
    if !is_usable {
        return Err(Failure::NothingUsable);
    }
    kept.portal.auth_token_mode = mode;
    let settings = written::written(kept, &signed_in, &learnt);
    write_new(&arguments.output, &settings).inspect_err(|_| {
        if let Some(recording) = &recording {
            recording.undo();
        }
    })?;
    let output = arguments.output.display();
    super::print(&format!("\nWritten: {output}. Next: portalgraph serve --config {output}\n"))
}

/// What a whole visit brought.
struct Visited {
    table: String,
    is_usable: bool,
    recording: Option<Recording>,
    signed_in: sign_in::SignedIn,
    learnt: reads::Learnt,
    mode: crate::config::AuthTokenMode,
}

async fn visit(
    door: &mut Door,
    (arguments, config): (&Arguments, &Config),
    visitor: &Visitor,
    recording: Option<Recording>,
) -> Result<Visited, Failure> {
    let signed_in = sign_in::sign_in(door, &config.portal, visitor).await?;
    let given = Given {
        pause: arguments.pause,
        has_callbacks: !config.portal.callback_url.is_empty(),
        callback: arguments.callback_id.map(CallbackId),
        prefix: signed_in.prefix.clone(),
        user: signed_in.user,
    };
    let mut reads = Reads::new(door, given, recording);
    reads.all().await?;
    let (table, mode) = (report::table(&reads.rows), reads.mode());
    let is_usable = reads.rows.iter().any(report::Row::is_usable);
    let (recording, learnt) = (reads.recording.take(), std::mem::take(&mut reads.learnt));
    Ok(Visited { table, is_usable, recording, signed_in, learnt, mode })
}

/// The settings to begin with: the file, the environment, and what the command line says instead; and those of them to
/// be written, without the environment's, which is there again when the file is used and may hold what belongs in none.
fn settings_for(arguments: &Arguments) -> Result<(Config, Config), Failure> {
    let given = [
        ("--url", "PORTAL__URL", &arguments.url),
        ("--callback-url", "PORTAL__CALLBACK_URL", &arguments.callback_url),
        ("--login-encoding", "PORTAL__LOGIN_ENCODING", &arguments.login_encoding),
    ];
    let mut over = Vec::new();
    for (option, variable, value) in given {
        let Some(value) = value else { continue };
        let setting = (format!("{ENVIRONMENT_PREFIX}{variable}"), value.clone());
        if value.is_empty() || Config::load(None, [setting.clone()].into_iter()).is_err() {
            let expected =
                "expected an address with scheme and host only, such as \"https://portal.example.com\"";
            return Err(Failure::Option { option, reason: expected.to_owned() });
        }
        over.push(setting);
    }
    let file: Option<&Path> = arguments.config.as_deref();
    let mut kept = Config::load(file, over.clone().into_iter())?;
    let config = Config::load(file, settings::environment().chain(over))?;
    if config.portal.url.is_empty() {
        let reason =
            "it is not given, and neither --config nor PORTALGRAPH__PORTAL__URL says where the portal is";
        return Err(Failure::Option { option: "--url", reason: reason.to_owned() });
    }
    kept.portal.url.clone_from(&config.portal.url);
    kept.portal.callback_url.clone_from(&config.portal.callback_url);
    Ok((config, kept))
}

/// A time to wait.
fn pause(text: &str) -> Result<Duration, String> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let number: u64 = number.parse().map_err(|_| "expected a time such as 500ms or 2s".to_owned())?;
    match unit {
        "" | "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        _ => Err("expected a time such as 500ms or 2s".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_a_number_with_or_without_its_unit() {
        for (text, milliseconds) in [("0", 0), ("250", 250), ("500ms", 500), ("2s", 2_000)] {
            assert_eq!(pause(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "ms", "1m", "-1", "1.5s"] {
            assert!(pause(text).is_err(), "{text}");
        }
    }
}

//! `portalgraph explain`: which calls a document may need, and what decides, without asking any portal.

mod tree;

use std::fs;
use std::io::{self, Read as _};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value, json};
use tokio::runtime;

use super::failure::Failure;
use super::settings;
use crate::caller::Whole;
use crate::config::Config;
use crate::server::{Fault, Paper, Review, review};

const EXAMPLES: &str = "\
Examples:
  portalgraph explain wall.graphql
      The fields of the query with the operations each may ask, the calls it is estimated to need, and the limits it is beyond.
  portalgraph explain wall.graphql --variables '{\"first\": 20}' --config portalgraph.toml
      The same with these variables, by these settings.
  portalgraph explain - --operation Wall --variables @variables.json --json < queries.graphql
      One operation of several, from standard input, as JSON.

No portal is asked. The calls are those of a gateway that keeps nothing yet; how long lists are, only a portal knows: one of \
unknown length counts as a page. The header portalgraph-explain tells what a request has really asked.

Exit status: 0 if the gateway would execute it, 1 if it is beyond limits, 2 if it is not valid; then each mistake is told with \
its file, line and column.";

/// What a file is called that is no file.
const STANDARD_INPUT: &str = "standard input";

/// Print which calls a document may need, and what decides, without asking any portal.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The document, in GraphQL; - is standard input.
    file: PathBuf,
    /// The operation, where the document has several.
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// The variables, as a JSON object, or @ and the file that holds one.
    #[arg(long, value_name = "JSON|@FILE")]
    variables: Option<String>,
    /// The settings file, in TOML.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let config = settings::load(arguments.config.as_deref())?;
    let variables = variables(arguments.variables.as_deref())?;
    let (name, text) = document(arguments)?;
    let paper = Paper { text: &text, operation: arguments.operation.as_deref(), variables: &variables };
    let runtime = runtime::Builder::new_current_thread().build().map_err(Failure::Start)?;
    let review = runtime.block_on(review(&config, paper)).map_err(|faults| Failure::Document {
        faults: faults.iter().map(|fault| placed(fault, &name)).collect(),
    })?;
    super::print(&if arguments.json { as_json(&review, &config) } else { tree::printed(&review, &config) })?;
    if review.broken.is_empty() { Ok(()) } else { Err(Failure::BeyondLimits(review.broken.len())) }
}

/// A mistake, as editors and compilers tell it.
fn placed(Fault { message, place }: &Fault, name: &str) -> String {
    match place {
        Some((line, column)) => format!("{name}:{line}:{column}: {message}"),
        None => format!("{name}: {message}"),
    }
}

/// The document and what it is called.
fn document(arguments: &Arguments) -> Result<(String, String), Failure> {
    let (name, read) = if arguments.file.as_os_str() == "-" {
        let mut text = String::new();
        let read = io::stdin().lock().read_to_string(&mut text).map(|_| text);
        (STANDARD_INPUT.to_owned(), read)
    } else {
        (arguments.file.display().to_string(), fs::read_to_string(&arguments.file))
    };
    match read {
        Ok(text) => Ok((name, text)),
        Err(error) => {
            let reason = format!(
                "{name} cannot be read ({error}); expected a document in GraphQL, or - for standard input"
            );
            Err(Failure::Option { option: "FILE", reason })
        }
    }
}

fn variables(given: Option<&str>) -> Result<Map<String, Value>, Failure> {
    let refuse = |reason: String| Failure::Option { option: "--variables", reason };
    let Some(given) = given else { return Ok(Map::new()) };
    let text = match given.strip_prefix('@') {
        Some(file) => fs::read_to_string(file).map_err(|error| {
            refuse(format!("{file} cannot be read ({error}); expected a file with a JSON object"))
        })?,
        None => given.to_owned(),
    };
    match serde_json::from_str(&text) {
        Ok(Value::Object(variables)) => Ok(variables),
        Ok(_) => Err(refuse("expected a JSON object, such as {\"first\": 20}".to_owned())),
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            let reason = "expected a JSON object, such as {\"first\": 20}, or @ and a file that holds one";
            Err(refuse(format!("it is no JSON at line {line}, column {column}; {reason}")))
        }
    }
}

fn as_json(review: &Review, config: &Config) -> String {
    let draft = &review.draft;
    let operations =
        draft.estimate.operations.iter().map(|(name, calls)| json!({ "name": name, "calls": calls }));
    let unknown: Vec<_> = draft.estimate.unknown().map(Whole::words).collect();
    let told = json!({
        "operation": review.operation,
        "type": review.kind,
        "estimatedPortalCalls": draft.estimate.calls(),
        "maxPortalCalls": config.limits.max_portal_calls,
        "waves": draft.waves,
        "operations": operations.collect::<Vec<_>>(),
        "unknownLengths": unknown,
        "brokenLimits": review.broken,
        "fields": draft.outline,
    });
    format!("{told:#}\n")
}

//! `portalgraph demo`: the gateway in front of a simulated portal, in one process, and a first query.

use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use async_graphql::Value;
use clap::Args;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::failure::Failure;
use super::serve::bind;
use super::stop::StopSignals;
use super::{http, logging, settings};
use crate::config::{Config, ENVIRONMENT_PREFIX, Encoding};
use crate::server::{self, Threads};
use crate::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, Simulator, World};

const EXAMPLES: &str = "\
Examples:
  portalgraph demo
      Then open the address it prints, sign in as it says, and press the run button.
  portalgraph demo --listen 127.0.0.1:0
      The same on a port that is free.
  portalgraph demo --once --query '{ skillGroups(first: 5) { nodes { name } } }'
      Answer one query and end.

No portal, no settings and no network are needed: the contact centre is invented, and everything stays on this \
machine. What is changed is gone when it ends.";

const SIGN_IN: &str =
    "mutation SignIn($input: LoginInput!) { login(input: $input) { status userErrors { code message } } }";

const FIRST_QUERY: &str = "\
{
  agents(first: 3) {
    nodes {
      user { displayName }
      skillGroups { name }
    }
  }
}";

/// Try the gateway with a simulated portal, no settings needed.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The address to serve on; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4000")]
    listen: SocketAddr,
    /// The address to serve the console on; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    operator_listen: SocketAddr,
    /// The query to answer first.
    #[arg(long, value_name = "QUERY", default_value = FIRST_QUERY, hide_default_value = true)]
    query: String,
    /// End after the first answer instead of waiting for Ctrl-C.
    #[arg(long)]
    once: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    // Quieter and more open than a gateway in earnest, unless the environment asks for something else.
    let own = [("LOG__LEVEL", "warn"), ("LOG__AUDIT", "off"), ("LIMITS__INTROSPECTION", "everyone")];
    let own = own.map(|(name, value)| (format!("{ENVIRONMENT_PREFIX}{name}"), value.to_owned()));
    let config = Config::load(None, own.into_iter().chain(settings::environment()))?;
    logging::start(&config.log)?;
    Runtime::new().map_err(Failure::Start)?.block_on(demonstrate(arguments, config))
}

async fn demonstrate(arguments: &Arguments, mut config: Config) -> Result<(), Failure> {
    let stop = StopSignals::listen().map_err(Failure::Start)?.first();
    let hurry = StopSignals::listen().map_err(Failure::Start)?.second();
    let (portal, portal_address) = bind((Ipv4Addr::LOCALHOST, 0).into()).await?;
    let (listener, address) = bind(arguments.listen).await?;
    let (operator, operator_address) = bind(arguments.operator_listen).await?;
    let simulator = Simulator::start(World::demo(), portal);
    // As a real one: a role is acknowledged first and there a little later.
    simulator.settings(|settings| settings.icws.appears_after = Duration::from_millis(300));
    config.portal.url = format!("http://{portal_address}");
    config.portal.callback_url = config.portal.url.clone();
    config.icws.url = config.portal.url.clone();
    config.portal.login_encoding = Encoding::Base64;
    config.portal.dialect.status_field = simulator.settings(|settings| settings.status_field.clone());
    config.server.listen = address;
    // A certificate is for the gateway in earnest.
    config.server.tls_certificate_file.clear();
    config.server.tls_key_file.clear();
    config.server.hsts_max_age_seconds = 0;

    let (end, ended) = oneshot::channel::<()>();
    let shutdown = async {
        tokio::select! {
            () = stop => {}
            _ = ended => {}
        }
    };
    let listeners = server::Listeners { operator: Some(operator), threads: Threads::Own, ..listener.into() };
    let mut gateway = pin!(server::run(config, listeners, shutdown));
    tokio::select! {
        served = &mut gateway => return Ok(served?),
        visited = visit((address, operator_address), &arguments.query) => visited?,
    }
    // Dropping its end of the channel ends the gateway.
    let _open = (!arguments.once).then_some(end);
    if !arguments.once {
        super::print("Ctrl-C ends it.\n")?;
    }
    tokio::select! {
        served = gateway => Ok(served?),
        () = hurry => Ok(()),
    }
}

/// Tells the newcomer what to do, and shows what a client does.
async fn visit((address, operator): (SocketAddr, SocketAddr), query: &str) -> Result<(), Failure> {
    let (name, password) = DEMO_LOGIN;
    let (icws_name, icws_password) = DEMO_ICWS_LOGIN;
    super::print(&format!(
        "portalgraph is serving http://{address}\n\n\
         An invented contact centre. Open the address in a browser and sign in:\n\n  \
         user name   {name}\n  \
         password    {password}\n\n\
         Its roles are on a second upstream, ICWS, where a session of its own is needed:\n\n  \
         user name   {icws_name}\n  \
         password    {icws_password}\n\n\
         How the gateway is, live, for those who operate it:\n\n  \
         console     http://{operator}/console\n\n\
         A first query, as that user:\n\n{query}\n\n"
    ))?;
    let query = query.to_owned();
    let asked = tokio::task::spawn_blocking(move || first_answer(address, &query)).await;
    let answer =
        asked.map_err(|error| Failure::FirstQuery(error.to_string()))?.map_err(Failure::FirstQuery)?;
    super::print(&format!("The answer:\n\n{answer}\n\n"))
}

/// Signs in and asks, over HTTP like any other client.
fn first_answer(address: SocketAddr, query: &str) -> Result<String, String> {
    let (username, password) = DEMO_LOGIN;
    let sign_in =
        json!({ "query": SIGN_IN, "variables": { "input": { "username": username, "password": password } } });
    let (signed_in, cookies) = ask(address, "", &sign_in)?;
    if !signed_in.contains("\"SIGNED_IN\"") {
        return Err(signed_in);
    }
    ask(address, &cookies, &json!({ "query": query })).map(|(answer, _)| answer)
}

/// The answer as indented JSON, and the cookies that came with it.
fn ask(address: SocketAddr, cookies: &str, body: &serde_json::Value) -> Result<(String, String), String> {
    let answer =
        http::post(address, "/graphql", cookies, &body.to_string()).map_err(|error| error.to_string())?;
    // The engine's own value keeps the order of the fields, which is the order of the query.
    let value: Value = serde_json::from_str(&answer.body).map_err(|error| error.to_string())?;
    let text = serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?;
    match value {
        Value::Object(fields) if !fields.contains_key("errors") => Ok((text, answer.cookies)),
        _ => Err(text),
    }
}

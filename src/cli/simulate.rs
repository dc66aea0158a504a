//! `portalgraph simulate`: a portal and an ICWS in a box, to develop and measure against.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use tokio::runtime::Runtime;

use super::failure::Failure;
use super::serve::bind;
use super::stop::StopSignals;
use crate::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, SIZED_ICWS_LOGIN, SIZED_LOGIN, Simulator, World};

const EXAMPLES: &str = "\
Examples:
  portalgraph simulate
      A small contact centre with names, at http://127.0.0.1:4100.
  PORTALGRAPH__PORTAL__URL=http://127.0.0.1:4100 portalgraph serve
      In another terminal: the gateway in front of it.
  portalgraph simulate --users 5000 --delay-milliseconds 50
      As large and as slow as a real one, to measure with.

  portalgraph simulate --roles 1000
      The contact centre with names, and a thousand ICWS roles.

It answers as the portal does, and under /icws as ICWS does, over HTTP, from invented data in memory; what is changed is \
gone when it ends. A role that is created in ICWS can be read after 0.3 seconds.";

/// How long a created role stays unseen, so that waiting for it can be seen.
const APPEARS_AFTER: Duration = Duration::from_millis(300);

/// Run a simulated portal and a simulated ICWS with invented data.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The address to serve on; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4100")]
    listen: SocketAddr,
    /// How many users to invent, always the same ones; without it, a small contact centre with names.
    #[arg(long, value_name = "NUMBER")]
    users: Option<usize>,
    /// How many ICWS roles to invent, always the same ones; without it, a few.
    #[arg(long, value_name = "NUMBER")]
    roles: Option<usize>,
    /// How long to wait before each answer, in milliseconds.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    delay_milliseconds: u64,
    /// Serve on an address that other machines reach, although the passwords are known to everyone.
    #[arg(long)]
    expose: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if !arguments.listen.ip().is_loopback() && !arguments.expose {
        return Err(Failure::Exposed(arguments.listen));
    }
    Runtime::new().map_err(Failure::Start)?.block_on(simulate(arguments))
}

async fn simulate(arguments: &Arguments) -> Result<(), Failure> {
    let stop = StopSignals::listen().map_err(Failure::Start)?.first();
    let (listener, address) = bind(arguments.listen).await?;
    let (world, (name, password), icws) = match arguments.users {
        Some(users) => (World::sized(users), SIZED_LOGIN, SIZED_ICWS_LOGIN),
        None => (World::demo(), DEMO_LOGIN, DEMO_ICWS_LOGIN),
    };
    let (world, (icws_name, icws_password)) = match arguments.roles {
        Some(roles) => (world.with_icws_roles(roles), SIZED_ICWS_LOGIN),
        None => (world, icws),
    };
    let simulator = Simulator::start(world, listener);
    simulator.settings(|settings| {
        settings.delay = Duration::from_millis(arguments.delay_milliseconds);
        settings.icws.appears_after = APPEARS_AFTER;
    });
    super::print(&format!(
        "The simulated portal is at http://{address}\n\n  \
         user name   {name}\n  \
         password    {password}\n\n\
         The simulated ICWS is at http://{address}/icws\n\n  \
         user name   {icws_name}\n  \
         password    {icws_password}\n\n\
         Ctrl-C ends it.\n"
    ))?;
    stop.await;
    Ok(())
}

//! `portalgraph simulate`: a portal in a box, to develop and measure against.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use tokio::runtime::Runtime;

use super::failure::Failure;
use super::serve::bind;
use super::stop::StopSignals;
use crate::simulator::{DEMO_LOGIN, SIZED_LOGIN, Simulator, World};

const EXAMPLES: &str = "\
Examples:
  portalgraph simulate
      A small contact centre with names, at http://127.0.0.1:4100.
  PORTALGRAPH__PORTAL__URL=http://127.0.0.1:4100 portalgraph serve
      In another terminal: the gateway in front of it.
  portalgraph simulate --users 5000 --delay-milliseconds 50
      As large and as slow as a real one, to measure with.

It answers as the portal does, over HTTP, from invented data in memory; what is changed is gone when it ends.";

/// Run a simulated portal with invented data.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The address to serve on; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4100")]
    listen: SocketAddr,
    /// How many users to invent, always the same ones; without it, a small contact centre with names.
    #[arg(long, value_name = "NUMBER")]
    users: Option<usize>,
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
    let (world, (name, password)) = match arguments.users {
        Some(users) => (World::sized(users), SIZED_LOGIN),
        None => (World::demo(), DEMO_LOGIN),
    };
    let simulator = Simulator::start(world, listener);
    simulator.settings(|settings| settings.delay = Duration::from_millis(arguments.delay_milliseconds));
    super::print(&format!(
        "The simulated portal is at http://{address}\n\n  \
         user name   {name}\n  \
         password    {password}\n\n\
         Ctrl-C ends it.\n"
    ))?;
    stop.await;
    Ok(())
}

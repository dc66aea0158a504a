//! Settings read again while the gateway serves: on SIGHUP, and when a file they come from has changed.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};

use super::logging::Wanted;
use super::settings;
use crate::config::{Config, ConfigError};
use crate::server::Renewal;

/// How often the file is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Where settings come from, and who is told of new ones.
pub(super) struct Reload {
    hang_up: Signal,
    file: Option<PathBuf>,
    listen: Option<SocketAddr>,
    level: Wanted,
    renewals: mpsc::Sender<Renewal>,
}

/// By what a file is seen to have changed.
type Mark = Option<(SystemTime, u64)>;

impl Reload {
    /// From now on SIGHUP no longer ends the process.
    pub(super) fn new(
        file: Option<&Path>,
        listen: Option<SocketAddr>,
        level: Wanted,
    ) -> io::Result<(Self, mpsc::Receiver<Renewal>)> {
        let (renewals, received) = mpsc::channel(1);
        let hang_up = signal(SignalKind::hangup())?;
        Ok((Self { hang_up, file: file.map(Path::to_owned), listen, level, renewals }, received))
    }

    /// Reads them again whenever there is a reason to.
    pub(super) async fn run(mut self) {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut read = self.mark();
        let mut seen = read;
        loop {
            tokio::select! {
                _ = self.hang_up.recv() => read = self.mark(),
                _ = looks.tick() => {
                    let before = std::mem::replace(&mut seen, self.mark());
                    // One that has just changed may not be written to its end.
                    if seen == read || seen != before {
                        continue;
                    }
                    read = seen;
                }
            }
            self.renew().await;
        }
    }

    fn mark(&self) -> Mark {
        let metadata = self.file.as_ref()?.metadata().ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    }

    async fn renew(&self) {
        let config = match self.read() {
            Ok(config) => config,
            Err(error) => {
                let problems: Vec<_> = error.problems.iter().map(ToString::to_string).collect();
                tracing::error!(
                    settings.problems = problems.join("; "),
                    "settings were read again and are not valid; those from before still hold"
                );
                return;
            }
        };
        let level = config.log.level.clone();
        let (accepted, is_accepted) = oneshot::channel();
        if self.renewals.send(Renewal { config, accepted }).await.is_ok() && is_accepted.await.is_ok() {
            self.level.set(&level);
        }
    }

    fn read(&self) -> Result<Config, ConfigError> {
        let mut config = settings::load(self.file.as_deref())?;
        config.require_upstream()?;
        if let Some(address) = self.listen {
            config.server.listen = address;
        }
        Ok(config)
    }
}

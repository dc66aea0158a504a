//! Settings read again while the gateway serves: on SIGHUP, and when a file they come from has changed; and certificates
//! and keys, when a file that the settings name has.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};

use super::logging::Wanted;
use super::settings;
use super::watched::Watched;
use crate::config::{Config, ConfigError};
use crate::server::Renewal;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Where settings come from, and who is told of new ones.
pub(super) struct Reload {
    hang_up: Signal,
    file: Option<PathBuf>,
    listen: Option<SocketAddr>,
    certificates: Watched,
    level: Wanted,
    renewals: mpsc::Sender<Renewal>,
}

impl Reload {
    /// From now on SIGHUP no longer ends the process.
    pub(super) fn new(
        file: Option<&Path>,
        (config, listen): (&Config, Option<SocketAddr>),
        level: Wanted,
    ) -> io::Result<(Self, mpsc::Receiver<Renewal>)> {
        let (renewals, received) = mpsc::channel(1);
        let hang_up = signal(SignalKind::hangup())?;
        let certificates = Watched::new(certificates(config));
        Ok((
            Self { hang_up, file: file.map(Path::to_owned), listen, certificates, level, renewals },
            received,
        ))
    }

    /// Reads them again whenever there is a reason to.
    pub(super) async fn run(mut self) {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut file = Watched::new(self.file.iter().cloned().collect());
        loop {
            tokio::select! {
                _ = self.hang_up.recv() => {
                    file.begin();
                    self.renew().await;
                }
                _ = looks.tick() => {
                    // Both are looked at each time.
                    let (is_file, is_certificate) = (file.has_changed(), self.certificates.has_changed());
                    if is_file {
                        self.renew().await;
                    }
                    if is_certificate {
                        // An error means that nobody serves any more.
                        let _ = self.renewals.send(Renewal::Certificates).await;
                    }
                }
            }
        }
    }

    async fn renew(&mut self) {
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
        let watched = Watched::new(certificates(&config));
        let (accepted, is_accepted) = oneshot::channel();
        let renewal = Renewal::Settings { config: Box::new(config), accepted };
        if self.renewals.send(renewal).await.is_ok() && is_accepted.await.is_ok() {
            self.level.set(&level);
            self.certificates = watched;
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

/// A setting that names a file.
type FileSetting = (&'static str, fn(&Config) -> &String);

/// The settings that name certificates and keys.
const CERTIFICATES: [FileSetting; 8] = [
    ("server.tls_certificate_file", |config| &config.server.tls_certificate_file),
    ("server.tls_key_file", |config| &config.server.tls_key_file),
    ("portal.ca_file", |config| &config.portal.ca_file),
    ("portal.client_certificate_file", |config| &config.portal.client_certificate_file),
    ("portal.client_key_file", |config| &config.portal.client_key_file),
    ("icws.ca_file", |config| &config.icws.ca_file),
    ("icws.client_certificate_file", |config| &config.icws.client_certificate_file),
    ("icws.client_key_file", |config| &config.icws.client_key_file),
];

/// The certificates and keys that settings name.
fn certificates(config: &Config) -> Vec<PathBuf> {
    let named = CERTIFICATES.iter().map(|(_, path)| path(config));
    named.filter(|path| !path.is_empty()).map(PathBuf::from).collect()
}

/// Whether a setting, by its whole key, names a file that is read again while the gateway serves.
pub(super) fn is_watched(key: &str) -> bool {
    CERTIFICATES.iter().any(|(known, _)| *known == key)
}

//! The connection to the server, made when it is wanted and given up at its first failure.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ErrorKind, FromRedisValue, IntoConnectionInfo as _, RedisError,
    RedisResult, ServerErrorKind, TlsCertificates,
};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::error::StoreError;
use crate::config;

/// One connection for all who ask; commands of many go over it at once.
pub(super) struct Link {
    client: Client,
    patience: Duration,
    /// Where the connection is driven, whichever thread asks first.
    runtime: Handle,
    connection: Mutex<Option<MultiplexedConnection>>,
    /// Which connection it is: what goes wrong with an earlier one says nothing of this one.
    number: AtomicU64,
    /// Whether the last word was a failure: until it is up again, nobody waits for it.
    is_down: AtomicBool,
}

impl Link {
    /// Opens no connection yet; settings of which none can be made are told in words.
    pub(super) fn new(settings: &config::Session) -> Result<Self, String> {
        // A second installation in one process is refused and harmless: the first one serves both.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let refused = |_: RedisError| "session.store is no address of a Redis server".to_owned();
        let address = settings.store.as_str().into_connection_info().map_err(refused)?;
        let client = if settings.store_ca_file.is_empty() {
            Client::open(address).map_err(refused)?
        } else {
            let unread = |_| format!("session.store_ca_file cannot be read from {}", settings.store_ca_file);
            let root_cert = Some(std::fs::read(&settings.store_ca_file).map_err(unread)?);
            let certificates = TlsCertificates { client_tls: None, root_cert };
            let refused = |_| {
                "session.store_ca_file holds no certificates in PEM, or session.store is no rediss:// address"
                    .to_owned()
            };
            Client::build_with_tls(address, certificates).map_err(refused)?
        };
        Ok(Self {
            client,
            patience: Duration::from_millis(settings.store_timeout_milliseconds),
            runtime: Handle::current(),
            connection: Mutex::default(),
            number: AtomicU64::new(0),
            is_down: AtomicBool::new(false),
        })
    }

    fn connection(&self) -> MutexGuard<'_, Option<MultiplexedConnection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    pub(super) fn is_down(&self) -> bool {
        self.is_down.load(Ordering::Acquire)
    }

    pub(super) fn number(&self) -> u64 {
        self.number.load(Ordering::Acquire)
    }

    pub(super) fn set_down(&self, is_down: bool) {
        self.number.fetch_add(1, Ordering::AcqRel);
        self.is_down.store(is_down, Ordering::Release);
        if is_down {
            *self.connection() = None;
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.connection().is_some()
    }

    /// Opens the connection anew.
    pub(super) async fn connect(self: &Arc<Self>) -> Result<(), StoreError> {
        let link = Arc::clone(self);
        let connecting = self.runtime.spawn(async move {
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(Some(link.patience))
                .set_response_timeout(Some(link.patience));
            link.client.get_multiplexed_async_connection_with_config(&config).await
        });
        let connected = connecting.await.map_err(|_| StoreError::Unreachable)?;
        let connected = connected.map_err(|error| read(&error))?;
        *self.connection() = Some(connected);
        Ok(())
    }

    /// Asks once. What goes wrong on the way is the end of the connection.
    pub(super) async fn ask<T, F>(
        &self,
        question: impl FnOnce(MultiplexedConnection) -> F,
    ) -> Result<T, StoreError>
    where
        T: FromRedisValue,
        F: Future<Output = RedisResult<T>>,
    {
        let connection = self.connection().clone().ok_or(StoreError::Unreachable)?;
        // The client's own time limit does not count what waits to be written.
        let answer = timeout(self.patience, question(connection)).await;
        answer.map_err(|_| StoreError::Unreachable)?.map_err(|error| read(&error))
    }
}

/// What a failure means; its own words may hold an address or a command.
fn read(error: &RedisError) -> StoreError {
    match error.kind() {
        ErrorKind::AuthenticationFailed | ErrorKind::Server(ServerErrorKind::NoPerm) => {
            StoreError::Refused("its user or password is wrong, or may do too little")
        }
        ErrorKind::Server(
            ServerErrorKind::BusyLoading | ServerErrorKind::MasterDown | ServerErrorKind::ReadOnly,
        )
        | ErrorKind::Io => StoreError::Unreachable,
        ErrorKind::Extension => StoreError::Refused("it is full, or no Redis 6.2 or later"),
        ErrorKind::Server(_) | ErrorKind::UnexpectedReturnType => {
            StoreError::Refused("it is no Redis 6.2 or later")
        }
        _ => StoreError::Unreachable,
    }
}

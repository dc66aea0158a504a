//! Whether a server would take a call: a connection, TLS included, that is closed before anything is asked.

use std::io;
use std::time::Duration;

use reqwest::Url;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::http::Http;
use super::lost::{self, BROKEN, Lost};

/// How long is waited to find out why a connection broke.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why a server would take no call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// There is no connection.
    Unreachable,
    /// There is one, and its TLS cannot be used, for the reason in words.
    Tls(&'static str),
}

impl Http {
    /// Why no answer came. In TLS 1.3 a server judges the client's certificate while the client asks already, and its word
    /// can be lost when it hangs up: then it is asked for it once more, by one connection at a time and without a question.
    pub async fn lost(&self, error: &reqwest::Error) -> Lost {
        let lost = Lost::from(error);
        let (Lost::Unreachable { reason: BROKEN, was_sent, has_begun }, Some(url)) = (lost, error.url())
        else {
            return lost;
        };
        if url.scheme() != "https" {
            return lost;
        }
        let Ok(_one) = self.diagnosis().try_acquire() else { return lost };
        match Box::pin(self.greet(url, PATIENCE)).await {
            Err(Closed::Tls(reason)) => Lost::Unreachable { reason, was_sent, has_begun },
            Ok(()) | Err(Closed::Unreachable) => lost,
        }
    }

    /// Opens a connection as a call would and closes it again. A server that is slow with its TLS is there.
    pub async fn greet(&self, url: &Url, patience: Duration) -> Result<(), Closed> {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let port = url.port_or_known_default().unwrap_or_default();
        let connected = timeout(patience, TcpStream::connect((host, port))).await;
        let Ok(Ok(stream)) = connected else { return Err(Closed::Unreachable) };
        if url.scheme() != "https" {
            return Ok(());
        }
        let Ok(name) = ServerName::try_from(host.to_owned()) else { return Err(Closed::Unreachable) };
        let connector = TlsConnector::from(self.tls());
        match timeout(patience, farewell(connector, name, stream)).await {
            Ok(Err(error)) => lost::of_handshake(&error).map_or(Ok(()), |reason| Err(Closed::Tls(reason))),
            Ok(Ok(())) | Err(_) => Ok(()),
        }
    }
}

/// Agrees on TLS, says good-bye, and waits for the same: in TLS 1.3 a server judges the client's certificate only then.
async fn farewell(
    connector: TlsConnector,
    name: ServerName<'static>,
    stream: TcpStream,
) -> Result<(), io::Error> {
    let mut stream = connector.connect(name, stream).await?;
    stream.shutdown().await?;
    let mut buffer = [0; 1_024];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}

//! The TLS that clients are served with: the certificate of the moment, which may change while connections are open.

use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::config;
use crate::upstream::{PemFile, certified_key};

/// The TLS of the door.
#[derive(Clone)]
pub(super) struct Tls {
    acceptor: TlsAcceptor,
    shown: Arc<Shown>,
}

/// What clients are shown.
struct Shown(RwLock<Arc<CertifiedKey>>);

impl Tls {
    /// As the settings say; `None` where they name no certificate.
    pub(super) fn of(settings: &config::Server) -> Result<Option<Self>, String> {
        if !settings.is_tls() {
            return Ok(None);
        }
        let shown = Arc::new(Shown(RwLock::new(read(settings)?)));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| error.to_string())?.with_no_client_auth();
        let mut config = builder.with_cert_resolver(Arc::clone(&shown) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Some(Self { acceptor: TlsAcceptor::from(Arc::new(config)), shown }))
    }

    /// Agrees with a client on TLS, for as long as that takes.
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(stream).await
    }

    /// Reads the files again: connections from now on are shown what they hold, and if that cannot be used, what they
    /// were shown before.
    pub(super) async fn renew(&self, settings: &config::Server) {
        let settings = settings.clone();
        // Files may lie where reading takes its time.
        let read = tokio::task::spawn_blocking(move || read(&settings)).await;
        match read.unwrap_or_else(|_| Err("reading was interrupted".to_owned())) {
            Ok(renewed) => {
                let mut shown = self.shown.0.write().unwrap_or_else(PoisonError::into_inner);
                if renewed.cert != shown.cert {
                    *shown = renewed;
                    tracing::info!("connections of clients are shown a new certificate from now on");
                }
            }
            Err(problem) => tracing::warn!(
                tls.problem = problem,
                "the certificate was read again and cannot be used; the one from before is still shown"
            ),
        }
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Shown")
    }
}

fn read(settings: &config::Server) -> Result<Arc<CertifiedKey>, String> {
    let file = |name, path| PemFile::of("server", name, path);
    certified_key(
        &file("tls_certificate_file", &settings.tls_certificate_file),
        &file("tls_key_file", &settings.tls_key_file),
    )
}

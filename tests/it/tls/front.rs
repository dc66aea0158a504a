//! TLS in front of a simulated upstream, which may want to see its clients' certificates.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::authority::{Authority, Issued};

/// How a front speaks.
#[derive(Clone, Copy, Debug)]
pub enum Speaks {
    /// TLS 1.3, and HTTP/2 within it.
    Newest,
    /// TLS 1.3, and HTTP/1.1 within it.
    Http1,
    /// TLS 1.2, and HTTP/1.1 within it.
    Tls12,
}

/// Passes everything on to the server at the address; ends with the runtime of the test.
pub async fn front(behind: &str, shown: &Issued, wanted: Option<&Authority>, speaks: Speaks) -> String {
    let behind = behind.strip_prefix("http://").unwrap().to_owned();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let (version, protocol) = match speaks {
        Speaks::Newest => (&TLS13, "h2"),
        Speaks::Http1 => (&TLS13, "http/1.1"),
        Speaks::Tls12 => (&TLS12, "http/1.1"),
    };
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_protocol_versions(&[version]).unwrap();
    let builder = match wanted {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(authority.roots()), provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        }
    };
    let mut config = builder.with_single_cert(shown.chain(), shown.private_key()).unwrap();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, behind) = (acceptor.clone(), behind.clone());
            tokio::spawn(async move {
                match acceptor.accept(stream).into_fallible().await {
                    Ok(mut stream) => {
                        let mut upstream = TcpStream::connect(behind).await.unwrap();
                        let _ = copy_bidirectional(&mut stream, &mut upstream).await;
                    }
                    // Closed with something unread, the connection would be reset before its client has read why.
                    Err((_, mut stream)) => {
                        while stream.read(&mut [0; 1_024]).await.is_ok_and(|read| read > 0) {}
                    }
                }
            });
        }
    });
    url
}

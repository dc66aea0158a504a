//! The TLS that an upstream is asked with: whose word on its certificate is taken, and the certificate it is shown.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::ResolvesClientCert;
use rustls::sign::SingleCertAndKey;
use rustls_platform_verifier::Verifier;

use super::pem::{PemFile, certified_key};

/// The files that the settings of an upstream name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsFiles {
    /// The authorities one of which is to have signed its certificate; those of the machine if there is none.
    pub authorities: PemFile,
    /// What the gateway shows it; nothing if there is none.
    pub certificate: PemFile,
    /// The key to that.
    pub key: PemFile,
}

impl TlsFiles {
    /// Those of a section: `ca_file`, `client_certificate_file`, `client_key_file`.
    #[must_use]
    pub fn of(section: &str, [authorities, certificate, key]: [&str; 3]) -> Self {
        Self {
            authorities: PemFile::of(section, "ca_file", authorities),
            certificate: PemFile::of(section, "client_certificate_file", certificate),
            key: PemFile::of(section, "client_key_file", key),
        }
    }

    /// Whether there is any.
    pub(super) fn is_any(&self) -> bool {
        [&self.authorities, &self.certificate, &self.key].into_iter().any(PemFile::is_set)
    }

    /// Reads them.
    pub(super) fn read(&self) -> Result<ClientConfig, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let unusable = |error: rustls::Error| error.to_string();
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder.with_safe_default_protocol_versions().map_err(unusable)?;
        let builder = if self.authorities.is_set() {
            builder.with_root_certificates(self.authorities.authorities()?)
        } else {
            let verifier = Verifier::new(provider).map_err(unusable)?;
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        };
        let mut config = if self.certificate.is_set() {
            let shown = certified_key(&self.certificate, &self.key)?;
            let shown: Arc<dyn ResolvesClientCert> = Arc::new(SingleCertAndKey::from(shown));
            builder.with_client_cert_resolver(shown)
        } else {
            builder.with_no_client_auth()
        };
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

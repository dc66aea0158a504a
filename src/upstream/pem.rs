//! Certificates and keys as files hold them, in PEM. What is wrong is told by the setting that names the file, never by what
//! stands in it.

use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

/// The longest file that is read.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// A file that a setting names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PemFile {
    /// The setting, dotted.
    pub setting: String,
    /// The file; empty for none.
    pub path: String,
}

impl PemFile {
    /// The file that the setting `name` of a section names.
    #[must_use]
    pub fn of(section: &str, name: &str, path: &str) -> Self {
        Self { setting: format!("{section}.{name}"), path: path.to_owned() }
    }

    /// Whether there is one.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !self.path.is_empty()
    }

    fn read(&self) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let read = File::open(&self.path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
        match read {
            Ok(_) => Ok(bytes),
            Err(error) => Err(format!("{} cannot be read from {}: {error}", self.setting, self.path)),
        }
    }

    /// All certificates in it, at least one.
    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.read()?).collect();
        let found = read.ok().filter(|found| !found.is_empty());
        found.ok_or_else(|| format!("{} holds no certificate in PEM", self.setting))
    }

    /// The authorities in it.
    pub fn authorities(&self) -> Result<RootCertStore, String> {
        let mut authorities = RootCertStore::empty();
        for certificate in self.certificates()? {
            let added = authorities.add(certificate);
            added.map_err(|_| format!("{} holds what is no certificate", self.setting))?;
        }
        Ok(authorities)
    }
}

/// A certificate with those that lead from it to its authority, and its key.
pub fn certified_key(certificate: &PemFile, key: &PemFile) -> Result<Arc<CertifiedKey>, String> {
    let chain = certificate.certificates()?;
    let private = PrivateKeyDer::from_pem_slice(&key.read()?);
    let private = private.map_err(|_| format!("{} holds no private key in PEM", key.setting))?;
    let provider = rustls::crypto::ring::default_provider();
    let private = provider.key_provider.load_private_key(private);
    let private = private.map_err(|_| format!("{} holds a key of a kind that is not known", key.setting))?;
    let certified = CertifiedKey::new(chain, private);
    match certified.keys_match() {
        Ok(()) => Ok(Arc::new(certified)),
        Err(rustls::Error::InconsistentKeys(_)) => {
            Err(format!("{} holds the key of another certificate than {}", key.setting, certificate.setting))
        }
        Err(_) => Err(format!("{} begins with what is no certificate", certificate.setting)),
    }
}

//! TLS on both sides: clients who come over it, and upstreams that are asked over it, with authorities made by the test.

mod asked;
mod authority;
mod front;
mod refused;
mod renewed;
mod served;
mod slow;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use portalgraph::config::Config;
use reqwest::ClientBuilder;

use self::authority::{Authority, Issued};

/// A folder of a test's own, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("tls-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// Writes a file, and answers where it is.
    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Writes a certificate and its key under a name, and answers where they are.
    fn pair(&self, name: &str, issued: &Issued) -> (String, String) {
        let certificate = self.write(&format!("{name}.pem"), &issued.certificate);
        (certificate, self.write(&format!("{name}-key.pem"), &issued.key))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A client that trusts this authority and no other.
#[expect(clippy::disallowed_methods, reason = "tests are clients of the gateway, not of the portal")]
fn https(authority: &Authority, change: impl FnOnce(ClientBuilder) -> ClientBuilder) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let trusted = reqwest::Certificate::from_pem(authority.pem().as_bytes()).unwrap();
    let builder = reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(1));
    change(builder.tls_certs_only([trusted])).build().unwrap()
}

/// Has the gateway show clients a certificate.
fn show(config: &mut Config, (certificate, key): (String, String)) {
    (config.server.tls_certificate_file, config.server.tls_key_file) = (certificate, key);
}

//! Why no answer came, told apart by what lies below reqwest's error, whose own text would name the host.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter;

use rustls::{AlertDescription, CertificateError};

/// What is told where nothing more is known.
pub(super) const BROKEN: &str = "the connection broke before an answer came";

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// None came in time.
    TimedOut,
    /// There was no connection, or it broke.
    Unreachable {
        /// What went wrong, in words.
        reason: &'static str,
        /// Whether the call may have arrived all the same.
        was_sent: bool,
        /// Whether an answer had begun: its head had come, at least.
        has_begun: bool,
    },
}

impl From<&reqwest::Error> for Lost {
    fn from(error: &reqwest::Error) -> Self {
        if error.is_timeout() && !error.is_connect() {
            return Self::TimedOut;
        }
        let reason = match error {
            error if error.is_connect() && error.is_timeout() => "connecting took too long",
            error if error.is_connect() => verdict(error).unwrap_or_else(|| cause(error)),
            error if error.is_decode() && is_garbled(error) => "the answer's compression was broken",
            // What is unpacked on the way tells of a lost connection as of what it could not unpack.
            error if error.is_body() || error.is_decode() => {
                "the connection broke in the middle of the answer"
            }
            _ => verdict(error).unwrap_or(BROKEN),
        };
        let has_begun = error.is_decode() || error.is_body();
        Self::Unreachable { reason, was_sent: !error.is_connect(), has_begun }
    }
}

/// Whether what arrived was wrong, rather than that no more did.
fn is_garbled(error: &reqwest::Error) -> bool {
    let mut below = iter::successors(error.source(), |error| (*error).source());
    below.any(|error| {
        let kind = error.downcast_ref().map(io::Error::kind);
        matches!(kind, Some(ErrorKind::InvalidData | ErrorKind::InvalidInput))
    })
}

/// What the server said of the client's certificate. In TLS 1.3 it says so when the client has begun to ask already.
fn verdict(error: &reqwest::Error) -> Option<&'static str> {
    iter::successors(error.source(), |error| (*error).source()).find_map(|error| {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let alert = inner.map_or_else(|| error.downcast_ref(), |inner| inner.downcast_ref::<rustls::Error>());
        match (alert, inner) {
            (Some(rustls::Error::AlertReceived(alert)), _) => of_alert(*alert),
            (None, Some(inner)) => {
                // HTTP/2 passes errors on as their text alone.
                let text = inner.to_string();
                let alerts = ALERTS
                    .into_iter()
                    .filter(|alert| text == rustls::Error::AlertReceived(*alert).to_string());
                alerts.into_iter().find_map(of_alert)
            }
            _ => None,
        }
    })
}

/// Alerts about a client's certificate.
const ALERTS: [AlertDescription; 10] = [
    AlertDescription::CertificateRequired,
    AlertDescription::NoCertificate,
    AlertDescription::BadCertificate,
    AlertDescription::UnsupportedCertificate,
    AlertDescription::CertificateRevoked,
    AlertDescription::CertificateExpired,
    AlertDescription::CertificateUnknown,
    AlertDescription::UnknownCA,
    AlertDescription::AccessDenied,
    AlertDescription::DecryptError,
];

fn of_alert(alert: AlertDescription) -> Option<&'static str> {
    match alert {
        AlertDescription::CertificateRequired | AlertDescription::NoCertificate => {
            Some("it asks for a client certificate (client_certificate_file), and was shown none")
        }
        alert if ALERTS.contains(&alert) => {
            Some("it does not accept the client certificate (client_certificate_file)")
        }
        _ => None,
    }
}

/// What went wrong with a server's TLS; nothing if it was something else.
pub(super) fn of_handshake(error: &io::Error) -> Option<&'static str> {
    error.get_ref().and_then(|inner| inner.downcast_ref()).map(of_tls)
}

/// The cause in words, for the person who can mend it: each is mended elsewhere.
fn cause(error: &reqwest::Error) -> &'static str {
    if error.is_dns() {
        return "its name was not found";
    }
    let mut below = iter::successors(error.source(), |error| (*error).source());
    below.find_map(named).unwrap_or("no connection could be made")
}

/// What this error says by its type; of most, nothing.
fn named(error: &(dyn Error + 'static)) -> Option<&'static str> {
    if let Some(error) = error.downcast_ref() {
        return Some(of_tls(error));
    }
    let error = error.downcast_ref::<io::Error>()?;
    // What an I/O error wraps is not its source, so it is looked into.
    if let Some(named) = error.get_ref().and_then(|inner| named(inner)) {
        return Some(named);
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => Some("the connection was refused"),
        ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof => {
            Some("the connection was closed before it was of use")
        }
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Some("no way leads to it"),
        ErrorKind::TimedOut => Some("connecting took too long"),
        _ => None,
    }
}

fn of_tls(error: &rustls::Error) -> &'static str {
    use CertificateError::{
        BadSignature, Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext, Revoked, UnknownIssuer,
    };
    match error {
        rustls::Error::AlertReceived(AlertDescription::HandshakeFailure) => {
            "no TLS could be agreed on; it may ask for a client certificate"
        }
        rustls::Error::AlertReceived(alert) => of_alert(*alert).unwrap_or("no TLS could be agreed on"),
        rustls::Error::InvalidCertificate(UnknownIssuer | BadSignature) => {
            "its TLS certificate is not trusted by this machine"
        }
        rustls::Error::InvalidCertificate(Expired | ExpiredContext { .. }) => {
            "its TLS certificate has expired"
        }
        rustls::Error::InvalidCertificate(NotValidYet | NotValidYetContext { .. }) => {
            "its TLS certificate is not valid yet"
        }
        rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => {
            "its TLS certificate is for another name"
        }
        rustls::Error::InvalidCertificate(Revoked) => "its TLS certificate was revoked",
        rustls::Error::InvalidCertificate(_) => "its TLS certificate is not valid",
        rustls::Error::InvalidMessage(_) => "what answers there does not speak TLS",
        _ => "no TLS could be agreed on",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustls::Error::{self as Tls, InvalidCertificate};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::upstream::{Http, Patience, TlsFiles};

    /// What is lost when a server reads the question, says so much, and hangs up.
    async fn lost(says: &'static [u8]) -> Lost {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            let _ = connection.read(&mut [0; 1_024]).await;
            let _ = connection.write_all(says).await;
        });
        let second = Duration::from_secs(5);
        let patience = Patience { connect: second, call: second, idle_connections: 1 };
        let http = Http::new(patience, TlsFiles::default()).unwrap();
        let answer = async { http.here().get(url).send().await?.bytes().await };
        Lost::from(&answer.await.unwrap_err())
    }

    #[tokio::test]
    async fn a_break_before_the_answer_is_told_from_one_in_the_middle() {
        for (says, expected) in [
            (&b""[..], false),
            (b"HTTP/1.1 200 O", false),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", true),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", true),
        ] {
            let lost = lost(says).await;
            let Lost::Unreachable { was_sent: true, has_begun, .. } = lost else { panic!("{lost:?}") };
            assert_eq!(has_begun, expected, "{}", says.escape_ascii());
        }
    }

    #[test]
    fn each_cause_is_told_without_a_name() {
        let name = || CertificateError::NotValidForNameContext {
            expected: "portal.example.com".try_into().unwrap(),
            presented: vec!["other.example.com".to_owned()],
        };
        for (error, expected) in [
            (io::Error::from(ErrorKind::ConnectionRefused), "the connection was refused"),
            (io::Error::from(ErrorKind::NetworkUnreachable), "no way leads to it"),
            (io::Error::other(InvalidCertificate(CertificateError::UnknownIssuer)), "not trusted"),
            (io::Error::other(InvalidCertificate(CertificateError::Expired)), "has expired"),
            (io::Error::other(io::Error::other(InvalidCertificate(name()))), "is for another name"),
            (io::Error::other(Tls::HandshakeNotComplete), "no TLS could be agreed on"),
        ] {
            let told = named(&error).unwrap();
            assert!(told.contains(expected) && !told.contains("example"), "{told}");
        }
        assert_eq!(named(&io::Error::other("portal.example.com")), None);
    }
}

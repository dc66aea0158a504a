//! One HTTP exchange with a server on this machine, plain or within TLS, for the commands that look at a running gateway.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::unverified;

/// The longest to wait for a connection, and for each part of the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What came back.
pub(super) struct Answer {
    /// The status code.
    pub(super) status: u16,
    /// The names and values of all cookies set, as a client sends them back.
    pub(super) cookies: String,
    /// The body.
    pub(super) body: String,
}

/// How a server is spoken with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// Plainly.
    Http,
    /// Within TLS, whoever's certificate it shows: nothing may be sent that is not for everybody.
    UnverifiedHttps,
}

/// Asks for a page.
pub(super) fn get(scheme: Scheme, address: SocketAddr, path: &str) -> io::Result<Answer> {
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n");
    let connection = connect(address)?;
    match scheme {
        Scheme::Http => exchange(connection, &request),
        Scheme::UnverifiedHttps => {
            let tls = Arc::new(unverified::client().map_err(io::Error::other)?);
            let name = ServerName::from(address.ip());
            let tls = ClientConnection::new(tls, name).map_err(io::Error::other)?;
            exchange(StreamOwned::new(tls, connection), &request)
        }
    }
}

/// Sends JSON, with the cookies of an earlier answer.
pub(super) fn post(address: SocketAddr, path: &str, cookies: &str, body: &str) -> io::Result<Answer> {
    let length = body.len();
    exchange(
        connect(address)?,
        &format!(
            "POST {path} HTTP/1.0\r\nHost: {address}\r\nCookie: {cookies}\r\nAccept: application/json\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
    )
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let connection = TcpStream::connect_timeout(&address, PATIENCE)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    Ok(connection)
}

/// In HTTP/1.0 an answer ends where the connection does, which is all there is to know for reading it.
fn exchange(mut connection: impl Read + Write, request: &str) -> io::Result<Answer> {
    connection.write_all(request.as_bytes())?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    read(&answer).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "that is not an HTTP server"))
}

fn read(answer: &str) -> Option<Answer> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let cookies = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        .filter_map(|(_, cookie)| cookie.split(';').next())
        .collect::<Vec<_>>()
        .join("; ");
    Some(Answer { status, cookies, body: body.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_with_its_cookies() {
        let answer =
            read("HTTP/1.1 200 OK\r\nset-cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\nx: y\r\n\r\n{}\r\n\r\n");
        let answer = answer.unwrap();
        assert_eq!(
            (answer.status, answer.cookies.as_str(), answer.body.as_str()),
            (200, "a=1; b=2", "{}\r\n\r\n")
        );
    }

    #[test]
    fn what_is_not_http_is_no_answer() {
        for answer in ["", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1\r\n\r\n"] {
            assert!(read(answer).is_none(), "{answer:?}");
        }
    }
}

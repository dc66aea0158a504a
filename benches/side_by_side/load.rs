//! The load: a closed loop over kept connections, written and read with as little work as HTTP/1.1 allows.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::net::TcpStream;

/// How many digits tell one document from another.
const DIGITS: usize = 8;

/// Where the digits go in a request's text.
pub(crate) const COUNTER: &str = "00000000";

/// A request as it goes over the wire.
pub(crate) struct Request {
    bytes: Vec<u8>,
    counter: Option<usize>,
}

impl Request {
    pub(crate) fn post(path: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let mut text = format!("POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n");
        for (name, value) in headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        text.extend(["content-length: ", &body.len().to_string(), "\r\n\r\n", body]);
        Self { counter: text.find(COUNTER), bytes: text.into_bytes() }
    }

    /// The request with another number in it than any before.
    fn numbered(&self, number: u64) -> Option<Vec<u8>> {
        let place = self.counter?;
        let mut bytes = self.bytes.clone();
        bytes[place..place + DIGITS].copy_from_slice(format!("{number:08}").as_bytes());
        Some(bytes)
    }
}

/// A kept connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: vec![0; 64 * 1024], filled: 0 }
    }

    /// Sends a request and answers the body of its answer, which must be a success.
    pub(crate) async fn ask(&mut self, request: &Request) -> &[u8] {
        self.exchange(&request.bytes).await
    }

    async fn exchange(&mut self, mut request: &[u8]) -> &[u8] {
        while !request.is_empty() {
            self.stream.writable().await.unwrap();
            match self.stream.try_write(request) {
                Ok(written) => request = &request[written..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => panic!("a server does not take the request: {error}"),
            }
        }
        self.filled = 0;
        let (body, length) = loop {
            self.fill().await;
            if let Some(head) = find(&self.buffer[..self.filled], b"\r\n\r\n") {
                break (head + 4, length(&self.buffer[..head]));
            }
        };
        let length = length.expect("every server of the field tells the length of its answer");
        while self.filled < body + length {
            self.fill().await;
        }
        &self.buffer[body..body + length]
    }

    async fn fill(&mut self) {
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.stream.try_read(&mut self.buffer[self.filled..]) {
                Ok(0) => panic!("a server has closed the connection"),
                Ok(read) => {
                    self.filled += read;
                    return;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.stream.readable().await.unwrap();
                }
                Err(error) => panic!("a server does not answer: {error}"),
            }
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// The length that the head of an answer tells; the answer must be a success.
fn length(head: &[u8]) -> Option<usize> {
    let head = std::str::from_utf8(head).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "a server answers {head}");
    let mut headers = head.lines().filter_map(|line| line.split_once(": "));
    headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?.1.parse().ok()
}

/// What a load came to.
pub(crate) struct Outcome {
    pub(crate) elapsed: Duration,
    /// How long each answer took, shortest first.
    pub(crate) latencies: Vec<Duration>,
}

/// Connections under way, each of which has had an answer.
pub(crate) struct Load<'a> {
    connections: Vec<Connection>,
    requests: &'a [Request],
}

impl<'a> Load<'a> {
    /// Opens connections and puts the first question on each.
    pub(crate) async fn begin(address: SocketAddr, connections: usize, requests: &'a [Request]) -> Self {
        let open = (0..connections).map(|place| async move {
            let mut connection = Connection::open(address).await;
            let first = &requests[place % requests.len()];
            let answer = match first.numbered(next_number()) {
                Some(bytes) => connection.exchange(&bytes).await,
                None => connection.ask(first).await,
            };
            let start = String::from_utf8_lossy(&answer[..answer.len().min(200)]);
            assert!(start.starts_with("{\"data\""), "a server answers {start}");
            connection
        });
        Self { connections: join_all(open).await, requests }
    }

    /// Asks on every connection, one question after the other, for as long as this.
    pub(crate) async fn run(self, duration: Duration) -> Outcome {
        let started = Instant::now();
        let count = self.connections.len();
        let requests = self.requests;
        let loops = self.connections.into_iter().enumerate().map(|(place, mut connection)| async move {
            let mut latencies = Vec::with_capacity(4_096);
            let mut turn = place;
            while started.elapsed() < duration {
                let request = &requests[turn % requests.len()];
                let numbered = request.numbered(next_number());
                let asked = Instant::now();
                connection.exchange(numbered.as_deref().unwrap_or(&request.bytes)).await;
                latencies.push(asked.elapsed());
                turn += count;
            }
            latencies
        });
        let mut latencies: Vec<_> = join_all(loops).await.into_iter().flatten().collect();
        let elapsed = started.elapsed();
        latencies.sort_unstable();
        Outcome { elapsed, latencies }
    }
}

fn next_number() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) % 100_000_000
}

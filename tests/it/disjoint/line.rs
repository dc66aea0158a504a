//! One connection that is asked over again and again, by hand: an HTTP client as built for tests takes as long as what it
//! waits for.

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::house::Answer;

/// A connection to a gateway that stays open.
pub struct Line {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Line {
    /// Opens one.
    pub async fn open(url: &str) -> Self {
        let stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, received: Vec::new() }
    }

    /// Asks with the token of a session.
    pub async fn ask(&mut self, token: &str, query: &str) -> Answer {
        let body = json!({ "query": query }).to_string();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n\
             authorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        self.stream.write_all((head + &body).as_bytes()).await.unwrap();
        self.received.clear();
        let (mut start, mut end) = (0, None);
        while end.is_none_or(|end| self.received.len() < end) {
            let count = self.stream.read_buf(&mut self.received).await.unwrap();
            assert!(count > 0, "hung up in the middle of an answer");
            if let Some(place) =
                self.received.windows(4).position(|four| four == b"\r\n\r\n").filter(|_| end.is_none())
            {
                start = place + 4;
                end = Some(start + length(&self.received[..start]));
            }
        }
        let status = std::str::from_utf8(&self.received[9..12]).unwrap().parse().unwrap();
        Answer { status, body: serde_json::from_slice(&self.received[start..]).unwrap() }
    }
}

fn length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.unwrap_or_else(|| panic!("no length: {head}")).parse().unwrap()
}

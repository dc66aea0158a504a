//! A portal that turns on one operation: every other call is the simulator's.

use std::io::Write as _;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What it does instead of answering.
#[derive(Clone, Debug)]
pub enum Act {
    /// A body that begins well and never ends.
    Endless,
    /// A few kilobytes that unpack to many megabytes.
    Bomb,
    /// This body, under this head line and these headers.
    Says { head: &'static str, body: String },
    /// A byte at a time.
    Drip,
    /// Half of what the header promises, and no more from that side.
    HalfClosed,
    /// The right answer, with a cookie of somebody else's session.
    OtherCookie(String),
}

static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    let blanks = vec![b' '; 1024 * 1024];
    for _ in 0..64 {
        packed.write_all(&blanks).unwrap();
    }
    packed.finish().unwrap()
});

pub struct Hostile {
    pub url: String,
    act: Arc<Mutex<Option<(&'static str, Act)>>>,
}

impl Hostile {
    /// In front of a portal that means well.
    pub async fn before(portal: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        // Made before anybody waits for it.
        LazyLock::force(&BOMB);
        let act = Arc::new(Mutex::new(None));
        let (portal, acts) = (portal.strip_prefix("http://").unwrap().to_owned(), Arc::clone(&act));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (portal, acts) = (portal.clone(), Arc::clone(&acts));
                // It may go away in the middle of anything.
                tokio::spawn(async move { serve(stream, &portal, &acts).await.ok() });
            }
        });
        Self { url, act }
    }

    /// What happens to every call of an operation from now on.
    pub fn act(&self, operation: &'static str, act: Act) {
        *self.act.lock().unwrap() = Some((operation, act));
    }
}

/// One call a connection.
async fn serve(
    mut client: TcpStream,
    portal: &str,
    acts: &Mutex<Option<(&'static str, Act)>>,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let (end, path) = loop {
        if client.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            let path = String::from_utf8_lossy(&request[..end]).split(' ').nth(1).unwrap().to_owned();
            break (end + 4 + length.unwrap_or(0), path);
        }
    };
    while request.len() < end {
        if client.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let act = acts.lock().unwrap().clone().filter(|(operation, _)| path.ends_with(operation));
    let Some((_, act)) = act else {
        client.write_all(&answer(portal, &request).await?).await?;
        return client.shutdown().await;
    };
    match act {
        Act::Endless => {
            client
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"code\": 0, ")
                .await?;
            let blanks = vec![b' '; 64 * 1024];
            loop {
                client.write_all(&blanks).await?;
            }
        }
        Act::Bomb => {
            let packed = &*BOMB;
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip";
            client
                .write_all(format!("{head}\r\ncontent-length: {}\r\n\r\n", packed.len()).as_bytes())
                .await?;
            client.write_all(packed).await?;
        }
        Act::Says { head, body } => {
            let length = body.len();
            let head = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            client.write_all(head.as_bytes()).await?;
            client.write_all(body.as_bytes()).await?;
        }
        Act::Drip => {
            client.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{").await?;
            loop {
                tokio::time::sleep(Duration::from_millis(50)).await;
                client.write_all(b" ").await?;
            }
        }
        Act::HalfClosed => {
            client.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"code\": 0").await?;
            client.shutdown().await?;
            // The other half stays open for as long as the gateway likes.
            let _ = client.read(&mut [0]).await;
        }
        Act::OtherCookie(cookie) => {
            let answer = answer(portal, &request).await?;
            let (line, rest) = answer.split_at(answer.iter().position(|byte| *byte == b'\n').unwrap() + 1);
            client.write_all(line).await?;
            client.write_all(format!("set-cookie: JSESSIONID={cookie}; Path=/\r\n").as_bytes()).await?;
            client.write_all(rest).await?;
        }
    }
    client.shutdown().await
}

/// What the portal behind says.
async fn answer(portal: &str, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut upstream = TcpStream::connect(portal).await?;
    let end = request.windows(2).position(|two| two == b"\r\n").unwrap() + 2;
    upstream.write_all(&request[..end]).await?;
    upstream.write_all(b"connection: close\r\n").await?;
    upstream.write_all(&request[end..]).await?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer).await?;
    Ok(answer)
}

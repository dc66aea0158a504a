//! A server that answers as it is told and writes down what it was asked.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::config::{self, Config};
use crate::icws::Icws;

/// What was asked.
#[derive(Clone)]
pub struct Asked {
    pub line: String,
    pub headers: HeaderMap,
    pub body: Value,
}

/// A server on a host of its own.
pub struct Server {
    pub address: SocketAddr,
    pub asked: Arc<Mutex<Vec<Asked>>>,
}

/// One answer.
#[derive(Clone)]
pub struct Told {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

/// A body.
pub struct Sent(String);

impl From<&str> for Sent {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Sent {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Value> for Sent {
    fn from(json: Value) -> Self {
        Self(json.to_string())
    }
}

/// An answer of a status and a body.
pub fn told(status: u16, body: impl Into<Sent>) -> Told {
    let content_type = ("content-type", "application/vnd.inin.icws+JSON; charset=UTF-8".to_owned());
    Told { status, headers: vec![content_type], body: body.into().0 }
}

impl Told {
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn response(self) -> Response {
        let mut response = Response::builder().status(StatusCode::from_u16(self.status).unwrap());
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(Body::from(self.body)).unwrap()
    }
}

impl Server {
    /// Answers each question with the next of these, then with the last of them for ever.
    pub async fn new(host: u8, port: u16, answers: Vec<Told>) -> Self {
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, host)), port);
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::<Asked>::new()));
        let journal = Arc::clone(&asked);
        let answer = move |request: Request| {
            let (journal, answers) = (Arc::clone(&journal), answers.clone());
            async move {
                let line = format!("{} {}", request.method(), request.uri());
                let headers = request.headers().clone();
                let body = to_bytes(request.into_body(), 1 << 20).await.unwrap();
                let body = serde_json::from_slice(&body).unwrap_or_default();
                let mut journal = journal.lock().unwrap();
                journal.push(Asked { line, headers, body });
                answers[(journal.len() - 1).min(answers.len() - 1)].clone().response()
            }
        };
        let router = Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, asked }
    }

    /// A client of this server, with settings changed.
    pub fn icws(&self, change: impl FnOnce(&mut config::Icws)) -> Icws {
        let mut settings = Config::default().icws;
        settings.url = format!("http://{}", self.address);
        change(&mut settings);
        Icws::new(&settings).unwrap()
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }
}

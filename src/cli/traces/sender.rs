//! `Sender`: sends what the exporter has written down, with the HTTP client that upstreams are asked with, on a thread that does nothing
//! else: the threads that serve clients have no part in it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use bytes::BytesMut;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response, ResponseBodyTooLarge};
use reqwest::header::HeaderMap;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};

use super::headers;
use crate::config::Telemetry;
use crate::upstream::{Http, Lost, Patience, TlsFiles};

/// The longest answer that is read: a collector says next to nothing.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Something to send, and who waits for the answer.
type Job = (Request<Bytes>, oneshot::Sender<Result<Response<Bytes>, HttpError>>);

/// Why the collector has not taken what it was sent last.
#[derive(Clone, Default)]
pub(super) struct Trouble(Arc<Mutex<String>>);

/// Why nothing was answered, without a word of who was asked.
#[derive(Debug, thiserror::Error)]
#[error("the collector could not be asked")]
struct Unanswered;

/// What hands over what is to be sent.
pub(super) struct Sender {
    jobs: mpsc::Sender<Job>,
    trouble: Trouble,
}

/// What sends it.
struct Post {
    http: Http,
    headers: HeaderMap,
    trouble: Trouble,
}

impl Trouble {
    /// In words.
    pub(super) fn told(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn tell(&self, why: impl Into<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = why.into();
    }
}

impl Sender {
    /// Starts the thread; told in words what of the settings cannot be used.
    pub(super) fn start(settings: &Telemetry, patience: Duration) -> Result<Self, String> {
        let patience = Patience { connect: patience, call: patience, idle_connections: 1 };
        let http = Http::new(patience, TlsFiles::of("telemetry", [&settings.ca_file, "", ""]))?;
        let trouble = Trouble::default();
        let post = Post { http, headers: headers::read(settings)?, trouble: trouble.clone() };
        let unable = |_| "the system gives no thread for it".to_owned();
        let runtime = Builder::new_current_thread().enable_all().build().map_err(unable)?;
        let (jobs, received) = mpsc::channel(1);
        let work = move || post.all(&runtime, received);
        thread::Builder::new().name("traces".to_owned()).spawn(work).map_err(unable)?;
        Ok(Self { jobs, trouble })
    }

    /// Where it is told what goes wrong.
    pub(super) fn trouble(&self) -> Trouble {
        self.trouble.clone()
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sender")
    }
}

impl HttpClient for Sender {
    fn send_bytes<'a, 'b>(
        &'a self,
        request: Request<Bytes>,
    ) -> BoxFuture<'b, Result<Response<Bytes>, HttpError>>
    where
        'a: 'b,
        Self: 'b,
    {
        async move {
            let (tell, told) = oneshot::channel();
            self.jobs.send((request, tell)).await.map_err(|_| Unanswered)?;
            told.await.map_err(|_| Unanswered)?
        }
        .boxed()
    }
}

impl Post {
    fn all(self, runtime: &Runtime, mut jobs: mpsc::Receiver<Job>) {
        runtime.block_on(async {
            while let Some((request, tell)) = jobs.recv().await {
                // Who waited may have given up.
                let _ = tell.send(self.one(request).await);
            }
        });
    }

    async fn one(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut request = reqwest::Request::try_from(request).map_err(|_| Unanswered)?;
        request.headers_mut().extend(self.headers.clone());
        let lost = |error: reqwest::Error| {
            self.trouble.tell(match Lost::from(&error) {
                Lost::TimedOut => "it did not answer in time",
                Lost::Unreachable { reason, .. } => reason,
            });
            Unanswered
        };
        let mut response = self.http.here().execute(request).await.map_err(lost)?;
        let status = response.status();
        if !status.is_success() {
            self.trouble.tell(format!("it answered {}", status.as_u16()));
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                self.trouble.tell("its answer is too long");
                return Err(ResponseBodyTooLarge::new().into());
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = Response::new(body.freeze());
        *answer.status_mut() = status;
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }
}

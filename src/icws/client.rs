//! `Icws`: one HTTP client for all sessions, without a cookie store of its own and without redirects, so that no
//! session's state can reach another's call.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::BytesMut;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Method, Response, StatusCode, Url};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::credentials::Credentials;
use super::error::IcwsError;
use super::problem::ErrorBody;
use super::shape::{Shape, read};
use crate::config;
use crate::upstream::trace::CallSpan;
use crate::upstream::{
    Answer, Destination, Failure as _, Http, Lost, Patience, Size, TlsFiles, Upstream, metric, retry_after,
};

/// Bodies above this are decoded off the runtime's threads, so that a wide page does not hold up other requests.
const DECODE_ASIDE_BYTES: usize = 128 * 1024;

/// How many times its JSON a reply takes in memory: roles are mostly rights, each a name of its own in a map.
const MEMORY: usize = 3;

/// The largest error body that is read; the status says enough without it.
const MOST_ERROR_BYTES: usize = 256 * 1024;

/// The longest address that is sent: servers refuse longer ones in ways that say nothing.
const LONGEST_URL: usize = 8_000;

/// The client of one ICWS, shared by all sessions.
#[derive(Clone)]
pub struct Icws {
    http: Http,
    pub(super) url: Option<Url>,
    /// The hosts the last connection named for the time when the configured one is away.
    pub(super) others: Arc<Mutex<Vec<String>>>,
    settings: Arc<config::Icws>,
}

/// What is sent.
pub(super) struct Question {
    pub(super) operation: &'static str,
    pub(super) method: Method,
    pub(super) path: &'static [&'static str],
    pub(super) query: Option<String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Value>,
}

/// What came back, not yet judged.
pub(super) struct Reply {
    pub(super) operation: &'static str,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: BytesMut,
}

impl Upstream for Icws {
    type Credentials = Credentials;
    type Error = IcwsError;

    fn patience(&self) -> Duration {
        Duration::from_millis(self.settings.call_timeout_milliseconds)
    }

    fn calls_per_session(&self) -> usize {
        self.settings.max_concurrent_calls_per_session
    }
}

impl Question {
    pub(super) fn new(operation: &'static str, method: Method, path: &'static [&'static str]) -> Self {
        Self { operation, method, path, query: None, headers: HeaderMap::new(), body: None }
    }
}

impl Icws {
    /// A client with the given settings; fails if the address is not a URL or the TLS of the machine cannot be used.
    /// Without an address every call says so.
    pub fn new(settings: &config::Icws) -> Result<Self, String> {
        let url = match settings.url.as_str() {
            "" => None,
            text => Some(Url::parse(text).map_err(|error| format!("icws.url: {error}"))?),
        };
        let patience = Patience {
            connect: Duration::from_millis(settings.connect_timeout_milliseconds),
            call: Duration::from_millis(settings.call_timeout_milliseconds),
            idle_connections: settings.max_concurrent_calls,
        };
        let files = [&settings.ca_file, &settings.client_certificate_file, &settings.client_key_file];
        let http = Http::new(patience, TlsFiles::of("icws", files.map(String::as_str)))?;
        Ok(Self { http, url, others: Arc::default(), settings: Arc::new(settings.clone()) })
    }

    /// What it is asked with.
    #[must_use]
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// The settings this client was made with.
    #[must_use]
    pub fn settings(&self) -> &config::Icws {
        &self.settings
    }

    /// Asks once in a session and reads the answer, if ICWS accepted the question.
    pub(super) async fn ask<S: Shape + Send + 'static>(
        &self,
        question: Question,
        credentials: &Credentials,
    ) -> Result<(Answer<S>, HeaderMap), IcwsError> {
        let started = tokio::time::Instant::now();
        let operation = question.operation;
        let result = self.ask_unobserved(question, credentials).await;
        observe(operation, result.as_ref().err(), started);
        result
    }

    /// Asks once in a session for something that the status 201 alone acknowledges: an answer that says more is read if it
    /// can be.
    pub(super) async fn ask_acknowledged<S: Shape + Send + 'static>(
        &self,
        question: Question,
        credentials: &Credentials,
    ) -> Result<Option<Answer<S>>, IcwsError> {
        let started = tokio::time::Instant::now();
        let operation = question.operation;
        let acknowledged = self.exchange_in(question, credentials).await.and_then(|reply| {
            reply.judge(true)?;
            let size = size(reply.body.len());
            let read = decode(operation, &reply.body).map(|reply| Answer { reply, size });
            // With any other status it could be whoever stands in front of ICWS that answers.
            if reply.status == StatusCode::CREATED { Ok(read.ok()) } else { read.map(Some) }
        });
        observe(operation, acknowledged.as_ref().err(), started);
        acknowledged
    }

    async fn ask_unobserved<S: Shape + Send + 'static>(
        &self,
        question: Question,
        credentials: &Credentials,
    ) -> Result<(Answer<S>, HeaderMap), IcwsError> {
        let reply = self.exchange_in(question, credentials).await?;
        reply.judge(true)?;
        let Reply { operation, headers, body, .. } = reply;
        if !is_json(&headers) {
            let reason = if body.is_empty() { "it is empty" } else { "it is not of a JSON type" };
            return Err(IcwsError::Unintelligible { operation, reason: reason.into() });
        }
        let bytes = body.len();
        let reply = if bytes > DECODE_ASIDE_BYTES {
            let decoded = tokio::task::spawn_blocking(move || decode(operation, &body)).await;
            decoded.map_err(|_| IcwsError::Unintelligible {
                operation,
                reason: "reading it was interrupted".into(),
            })??
        } else {
            decode(operation, &body)?
        };
        Ok((Answer { reply, size: size(bytes) }, headers))
    }

    /// Sends the question once in a session and keeps the cookies that come back, whatever the status.
    pub(super) async fn exchange_in(
        &self,
        mut question: Question,
        credentials: &Credentials,
    ) -> Result<Reply, IcwsError> {
        let operation = question.operation;
        let mut url = credentials.url(question.path);
        url.set_query(question.query.as_deref());
        if url.as_str().len() > LONGEST_URL {
            return Err(IcwsError::Unsendable { operation, reason: "its address would be too long" });
        }
        question.headers.extend(credentials.headers(&url));
        self.exchange(url, question, |headers, url| credentials.take(headers, url)).await
    }

    /// Sends the question once; `look` sees the headers before the body is waited for.
    pub(super) async fn exchange(
        &self,
        url: Url,
        question: Question,
        look: impl FnOnce(&HeaderMap, &Url) + Send,
    ) -> Result<Reply, IcwsError> {
        let operation = question.operation;
        let accept = HeaderValue::from_static("application/vnd.inin.icws+JSON, application/json, */*;q=0.1");
        let mut span = CallSpan::default();
        let method = question.method;
        let mut request = self.http.here().request(method.clone(), url.clone()).headers(question.headers);
        request = request.header(ACCEPT, accept);
        if let Some(body) = question.body {
            let content_type = HeaderValue::from_static(self.settings.dialect.content_type.as_str());
            request = request.header(CONTENT_TYPE, content_type).body(body.to_string());
        }
        let response = match span.send((operation, Destination::Icws), &method, request).send().await {
            Ok(response) => response,
            Err(error) => {
                let lost = self.lost(operation, self.http.lost(&error).await);
                span.end(Some(lost.word()));
                return Err(lost);
            }
        };
        span.answered(response.status());
        look(response.headers(), &url);
        let (status, headers) = (response.status(), response.headers().clone());
        let body = self.body(operation, response).await;
        span.end(body.as_ref().err().map(IcwsError::word));
        let body = match body {
            Ok(body) => body,
            // What was refused is refused, even if nobody can read why.
            Err(_) if !status.is_success() => BytesMut::new(),
            Err(error) => return Err(error),
        };
        Ok(Reply { operation, status, headers, body })
    }

    async fn body(&self, operation: &'static str, mut response: Response) -> Result<BytesMut, IcwsError> {
        let most = self.settings.max_answer_bytes;
        let most = if response.status().is_success() { most } else { most.min(MOST_ERROR_BYTES) };
        let mut body = BytesMut::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| self.lost(operation, Lost::from(&error)))?
        {
            if body.len() + chunk.len() > most {
                let reason = "it is larger than icws.max_answer_bytes".into();
                return Err(IcwsError::Unintelligible { operation, reason });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Names the cause of a failure below HTTP; reqwest's own text would name the host.
    fn lost(&self, operation: &'static str, lost: Lost) -> IcwsError {
        match lost {
            Lost::TimedOut => IcwsError::TimedOut { operation, after: self.patience() },
            Lost::Unreachable { reason, was_sent, has_begun } => {
                IcwsError::Unreachable { operation, reason, was_sent, has_begun }
            }
        }
    }
}

impl Reply {
    /// Whether the status says yes; if not, what it says.
    pub(super) fn judge(&self, in_session: bool) -> Result<(), IcwsError> {
        let operation = self.operation;
        let retry_after = || retry_after(&self.headers);
        match self.status {
            status if status.is_success() => Ok(()),
            StatusCode::UNAUTHORIZED if in_session => Err(IcwsError::SessionEnded { operation }),
            StatusCode::GONE => Err(IcwsError::Removed { operation }),
            StatusCode::TOO_MANY_REQUESTS => {
                Err(IcwsError::Overloaded { operation, retry_after: retry_after(), is_for_all: false })
            }
            StatusCode::SERVICE_UNAVAILABLE if retry_after().is_some() => {
                Err(IcwsError::Overloaded { operation, retry_after: retry_after(), is_for_all: true })
            }
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                let reason = "the server takes no calls, or a gateway in front of it found nobody";
                Err(IcwsError::Unreachable { operation, reason, was_sent: true, has_begun: false })
            }
            status if status.is_client_error() || status.is_server_error() => {
                let body = self.error_body();
                let error_id = body.as_ref().and_then(ErrorBody::id);
                let problem = Arc::new(body.map(ErrorBody::problem).unwrap_or_default());
                Err(IcwsError::Refused { operation, status: status.as_u16(), error_id, problem })
            }
            // ICWS ends a session with 401 and redirects nobody: this is something in front of it, and taking it for the
            // end would sign everybody out.
            _ if self.headers.contains_key(LOCATION) => {
                Err(IcwsError::Unintelligible { operation, reason: "it is a redirect".into() })
            }
            status => {
                let reason = format!("its HTTP status is {}", status.as_u16()).into();
                Err(IcwsError::Unintelligible { operation, reason })
            }
        }
    }

    /// The error body, where there is one.
    pub(super) fn error_body(&self) -> Option<ErrorBody> {
        is_json(&self.headers).then(|| ErrorBody::of(&self.body)).flatten()
    }
}

/// How large a reply is that came in so many bytes.
const fn size(bytes: usize) -> Size {
    Size { bytes, memory: bytes.saturating_mul(MEMORY) }
}

/// Whether the answer's media type is one of JSON: `application/json`, the vendor's own, any other that ends so.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.to_ascii_lowercase().ends_with("json")
}

/// Reads an answer; what cannot be read is told by its kind, without a word of it.
pub(super) fn decode<S: Shape>(operation: &'static str, body: &[u8]) -> Result<S, IcwsError> {
    read(body).map_err(|error| {
        // The reader's error names a property, and thereby hides whether the text itself was broken.
        let broken = serde_json::from_slice::<IgnoredAny>(body).err();
        let reason = match (body.trim_ascii_start().first(), broken) {
            (None, _) => "it is empty".into(),
            (Some(b'<'), _) => "it is an HTML page".into(),
            (_, Some(broken)) if broken.is_eof() => "it ends in the middle".into(),
            (_, Some(_)) => "it is not JSON".into(),
            (_, None) => error.to_string().into(),
        };
        IcwsError::Unintelligible { operation, reason }
    })
}

/// Writes down that a call was made, how it ended and how long it took.
pub(super) fn observe(operation: &'static str, failure: Option<&IcwsError>, started: tokio::time::Instant) {
    let outcome = match failure {
        None => "ok",
        Some(IcwsError::Refused { status, .. }) if *status < 500 => "refused",
        Some(_) => "failed",
    };
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(icws.operation = operation, icws.outcome = outcome, duration_ms, "ICWS call");
    if !matches!(failure, Some(IcwsError::NotConfigured { .. } | IcwsError::Unsendable { .. })) {
        metric::count_call((operation, outcome), started.elapsed());
    }
}

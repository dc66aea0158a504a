//! `Portal::call`: sign, post, time out, unwrap, translate failure. One HTTP client for all sessions, without a cookie
//! store of its own and without redirects, so that no session's state can reach another's call.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Response, StatusCode};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use super::credentials::{Credentials, cookie_of};
use super::dialect;
use super::envelope::Reply;
use super::error::PortalError;
use super::operation::{Authentication, Body, Operation};
use super::urls::PortalUrls;
use crate::config;
use crate::upstream::trace::CallSpan;
use crate::upstream::{
    Call, Failure as _, Http, Lost, Patience, Secret, Size, TlsFiles, Upstream, allowance, metric,
    retry_after,
};

/// Bodies above this are decoded off the runtime's threads, so that a wide list does not hold up other requests. Decoding
/// so much takes some 2 ms; the way to another thread and back costs a tenth or more of decoding a quarter of it.
const DECODE_ASIDE_BYTES: usize = 1024 * 1024;

/// How many such bodies are decoded at once.
static DECODING: Semaphore = Semaphore::const_new(4);

/// How many times `max_answer_bytes` what is read of one answer may take; that of a portal that means well takes about its
/// size, and nearly four times that where its records hold small objects that no field names.
const MEMORY: usize = 4;

/// The client of one portal, shared by all sessions.
#[derive(Clone)]
pub struct Portal {
    http: Http,
    urls: Arc<PortalUrls>,
    settings: Arc<config::Portal>,
}

/// What a call brought.
#[derive(Debug)]
pub struct Answer<R> {
    /// The reply, accepted by its operation.
    pub reply: R,
    /// The session cookie, where the answer set one.
    pub cookie: Option<Secret>,
    /// How large it is.
    pub size: Size,
}

impl Upstream for Portal {
    type Credentials = Credentials;
    type Error = PortalError;

    fn patience(&self) -> Duration {
        Duration::from_millis(self.settings.call_timeout_milliseconds)
    }

    fn calls_per_session(&self) -> usize {
        self.settings.max_concurrent_calls_per_session
    }
}

impl Portal {
    /// A client with the given settings; fails if an address is not a URL or the TLS of the machine cannot be used.
    pub fn new(settings: config::Portal) -> Result<Self, String> {
        let urls = PortalUrls::new(&settings)?;
        let patience = Patience {
            connect: Duration::from_millis(settings.connect_timeout_milliseconds),
            call: Duration::from_millis(settings.call_timeout_milliseconds),
            idle_connections: settings.max_concurrent_calls,
        };
        let files = [&settings.ca_file, &settings.client_certificate_file, &settings.client_key_file];
        let http = Http::new(patience, TlsFiles::of("portal", files.map(String::as_str)))?;
        Ok(Self { http, urls: Arc::new(urls), settings: Arc::new(settings) })
    }

    /// What it is asked with.
    #[must_use]
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// The settings this client was made with.
    #[must_use]
    pub fn settings(&self) -> &config::Portal {
        &self.settings
    }

    /// The same client, its connections included, with other settings; the addresses stay.
    #[must_use]
    pub fn changed(&self, change: impl FnOnce(&mut config::Portal)) -> Self {
        let mut settings = config::Portal::clone(&self.settings);
        change(&mut settings);
        Self { settings: Arc::new(settings), ..self.clone() }
    }

    /// Sends the operation once and answers its reply if the portal accepted it.
    pub async fn call<O: Operation>(
        &self,
        operation: &O,
        credentials: Option<&Credentials>,
    ) -> Result<Answer<O::Reply>, PortalError> {
        let started = tokio::time::Instant::now();
        let mut span = CallSpan::default();
        let result = self.send(operation, credentials, &mut span).await;
        span.end(result.as_ref().err().map(PortalError::word));
        let outcome = match &result {
            Ok(_) => "ok",
            Err(PortalError::Refused { .. }) => "refused",
            Err(_) => "failed",
        };
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(portal.operation = O::NAME, portal.outcome = outcome, duration_ms, "portal call");
        if !matches!(result, Err(PortalError::NotConfigured { .. } | PortalError::Unconfirmed { .. })) {
            metric::count_call((O::NAME, outcome), started.elapsed());
        }
        result
    }

    async fn send<O: Operation>(
        &self,
        operation: &O,
        credentials: Option<&Credentials>,
        span: &mut CallSpan,
    ) -> Result<Answer<O::Reply>, PortalError> {
        let response = self.exchange(operation, credentials, span).await?;
        let cookie = cookie_of(response.headers());
        check_status::<O>(&response)?;
        let body = self.read::<O>(response).await?;
        let bytes = body.len();
        let most = MEMORY.saturating_mul(self.settings.max_answer_bytes);
        let read = move || {
            let (reply, taken) = allowance::within(most, || decode::<O>(&body));
            // Records of long texts take about their JSON.
            reply.map(|reply| (reply, Size { bytes, memory: taken.max(bytes) }))
        };
        let (reply, size) = if bytes > DECODE_ASIDE_BYTES {
            // It goes on when nobody waits any more and its call counts no longer: so it has room of its own.
            let room = DECODING.acquire().await;
            let read = move || {
                let _room = room;
                read()
            };
            tokio::task::spawn_blocking(read).await.map_err(|_| PortalError::Unintelligible {
                operation: O::NAME,
                reason: "reading it was interrupted".into(),
            })??
        } else {
            read()?
        };
        accepted::<O>(reply).map(|reply| Answer { reply, cookie, size })
    }

    /// Signs the operation and sends it once; what came back is neither read nor judged.
    pub(super) async fn exchange<O: Operation>(
        &self,
        operation: &O,
        credentials: Option<&Credentials>,
        span: &mut CallSpan,
    ) -> Result<Response, PortalError> {
        let url = self.urls.of(operation, &self.settings.dialect)?;
        let http = self.http.here();
        let mut request = match O::BODY {
            Body::Get => http.get(url),
            Body::Empty => http.post(url),
            Body::Json | Body::EmptyObject => http
                .post(url)
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(self.body(operation, credentials)?),
        };
        if let (Authentication::Cookie | Authentication::CookieAndToken { .. }, Some(credentials)) =
            (O::AUTHENTICATION, credentials)
        {
            request = credentials.sign(request, &self.settings.dialect.token_header);
        }
        let method = if O::BODY == Body::Get { Method::GET } else { Method::POST };
        let asked = (O::NAME, <O as Call>::DESTINATION);
        match span.send(asked, &method, request).send().await {
            Ok(response) => {
                span.answered(response.status());
                Ok(response)
            }
            Err(error) => Err(self.lost::<O>(self.http.lost(&error).await)),
        }
    }

    fn body<O: Operation>(
        &self,
        operation: &O,
        credentials: Option<&Credentials>,
    ) -> Result<Vec<u8>, PortalError> {
        let unsendable = |_| PortalError::Unintelligible {
            operation: O::NAME,
            reason: "the request could not be written as JSON".into(),
        };
        let mut body = match serde_json::to_value(operation).map_err(unsendable)? {
            Value::Object(body) if O::BODY == Body::Json => body,
            _ => Map::new(),
        };
        for field in O::IN_PATH {
            body.remove(*field);
        }
        dialect::speak(O::NAME, &mut body, &self.settings)?;
        if let Some(credentials) = credentials {
            credentials.fill(&mut body, O::AUTHENTICATION, self.settings.auth_token_mode);
        }
        serde_json::to_vec(&body).map_err(unsendable)
    }

    pub(super) async fn read<O: Operation>(&self, mut response: Response) -> Result<BytesMut, PortalError> {
        // What the header promises is made room for once; a promise beyond the bound is refused below.
        let promised = response.content_length().and_then(|length| usize::try_from(length).ok());
        let mut body =
            BytesMut::with_capacity(promised.unwrap_or_default().min(self.settings.max_answer_bytes));
        while let Some(chunk) = response.chunk().await.map_err(|error| self.lost::<O>(Lost::from(&error)))? {
            if body.len() + chunk.len() > self.settings.max_answer_bytes {
                return Err(PortalError::Unintelligible {
                    operation: O::NAME,
                    reason: "it is larger than portal.max_answer_bytes".into(),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Names the cause of a failure below HTTP; reqwest's own text would name the host.
    fn lost<O: Operation>(&self, lost: Lost) -> PortalError {
        let operation = O::NAME;
        match lost {
            Lost::TimedOut => PortalError::TimedOut { operation, after: self.patience() },
            Lost::Unreachable { reason, was_sent, has_begun } => {
                PortalError::Unreachable { operation, reason, was_sent, has_begun }
            }
        }
    }
}

pub(super) fn check_status<O: Operation>(response: &Response) -> Result<(), PortalError> {
    let operation = O::NAME;
    let status = response.status();
    let retry_after = || retry_after(response.headers());
    let in_session = O::AUTHENTICATION != Authentication::None;
    match status {
        _ if status.is_success() => Ok(()),
        StatusCode::UNAUTHORIZED if in_session => Err(PortalError::SessionEnded { operation }),
        _ if status.is_redirection() && in_session => Err(PortalError::SessionEnded { operation }),
        StatusCode::TOO_MANY_REQUESTS => {
            Err(PortalError::Overloaded { operation, retry_after: retry_after(), is_for_all: false })
        }
        StatusCode::SERVICE_UNAVAILABLE if retry_after().is_some() => {
            Err(PortalError::Overloaded { operation, retry_after: retry_after(), is_for_all: true })
        }
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            let reason = "a gateway in front of it found nobody";
            Err(PortalError::Unreachable { operation, reason, was_sent: true, has_begun: false })
        }
        _ => Err(PortalError::Status { operation, status: status.as_u16() }),
    }
}

/// The reply if its operation takes it for success.
pub(super) fn accepted<O: Operation>(reply: O::Reply) -> Result<O::Reply, PortalError> {
    let operation = O::NAME;
    match reply.code() {
        _ if O::accepts(&reply) => Ok(reply),
        None => Err(PortalError::Unintelligible { operation, reason: "it has no result code".into() }),
        Some(_) => Err(PortalError::Refused { operation, code_message: constant(reply.code_message()) }),
    }
}

pub(super) fn decode<O: Operation>(body: &[u8]) -> Result<O::Reply, PortalError> {
    let operation = O::NAME;
    let mut reply = match O::Reply::read(body) {
        Ok(reply) => reply,
        Err(error) => {
            let trimmed = body.trim_ascii_start();
            if trimmed.starts_with(b"<")
                && O::AUTHENTICATION != Authentication::None
                && is_login_page(trimmed)
            {
                return Err(PortalError::SessionEnded { operation });
            }
            // The reader's error names a field, and thereby hides whether the text itself was broken.
            let broken = serde_json::from_slice::<IgnoredAny>(body).err();
            let reason = match (trimmed.first(), broken) {
                (None, _) => "it is empty".into(),
                (Some(b'<'), _) => "it is an HTML page".into(),
                (_, Some(broken)) if broken.is_eof() => "it ends in the middle".into(),
                (_, Some(_)) => "it is not JSON".into(),
                // The readers of records name fields and expectations, never values, so their text may be shown.
                (_, None) => error.to_string().into(),
            };
            return Err(PortalError::Unintelligible { operation, reason });
        }
    };
    reply.settle();
    Ok(reply)
}

/// Whether an HTML page asks for a password: what a servlet container shows when a session is over.
fn is_login_page(page: &[u8]) -> bool {
    let page = String::from_utf8_lossy(page.get(..64 * 1024).unwrap_or(page)).to_ascii_lowercase();
    ["type=\"password\"", "type='password'", "type=password", "j_security_check", "j_password"]
        .iter()
        .any(|mark| page.contains(mark))
}

/// The portal's constant if it looks like one; free text of the portal is not passed on.
pub(super) fn constant(text: Option<&str>) -> Option<Arc<str>> {
    let text = text?.trim();
    let looks_right = !text.is_empty()
        && text.len() <= 120
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    looks_right.then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::auth::Login;
    use crate::portal::user::GetUsers;

    fn reason(body: &[u8]) -> String {
        match decode::<GetUsers>(body) {
            Err(PortalError::Unintelligible { reason, .. }) => reason.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_no_answer_is_told_apart_without_a_word_of_it() {
        assert_eq!(reason(b""), "it is empty");
        assert_eq!(reason(b" \n"), "it is empty");
        assert_eq!(reason(b"<html><body>marker</body></html>"), "it is an HTML page");
        assert_eq!(reason(b"marker"), "it is not JSON");
        assert_eq!(reason(b"{\"code\": 0, \"marker\" 1}"), "it is not JSON");
        assert_eq!(
            reason(b"{\"code\": 0, \"userAgentInfoList\": [{\"firstNm\": \"mar"),
            "it ends in the middle"
        );
        let reason = reason(b"{\"userAgentInfoList\": [{\"idUser\": \"marker\"}]}");
        assert!(reason.starts_with("userAgentInfoList: idUser: expected a whole number"), "{reason}");
        assert!(!reason.contains("marker"), "{reason}");
    }

    #[test]
    fn a_login_page_ends_a_session_and_is_only_a_page_where_there_is_none() {
        let page = b"\n<html><form action=j_security_check><input type='password'></form></html>";
        assert!(matches!(decode::<GetUsers>(page), Err(PortalError::SessionEnded { .. })));
        assert!(matches!(decode::<Login>(page), Err(PortalError::Unintelligible { .. })));
    }

    #[test]
    fn only_what_looks_like_a_constant_is_passed_on() {
        assert_eq!(constant(Some(" GET_USERS_FAILED ")).as_deref(), Some("GET_USERS_FAILED"));
        for text in ["", "User jane@abc was not found", "get_users_failed", &"A".repeat(121)] {
            assert_eq!(constant(Some(text)), None, "{text}");
        }
        assert_eq!(constant(None), None);
    }
}

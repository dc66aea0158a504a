//! What happens to a call before and after its operation: parse, journal, faults, session, envelope, spelling.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{PoisonError, RwLock};

use axum::body::Body as HttpBody;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::faults::Fault;
use super::journal::Call;
use super::quirks::{self, Quirks};
use super::session::Kept;
use super::settings::Settings;
use super::switch::SWITCHES;
use super::{Shared, auth};
use crate::config::AuthTokenMode;
use crate::portal::{Authentication, Body, Operation};

const LOGIN_PAGE: &str = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>\
    <form method=\"post\" action=\"j_security_check\"><input name=\"j_username\">\
    <input type=\"password\" name=\"j_password\"><button>Sign in</button></form></body></html>";
const ERROR_PAGE: &str = "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Something went wrong</h1>\
    <p>The page cannot be shown.</p></body></html>";

/// An operation as it is served.
#[derive(Clone, Copy)]
pub(super) struct Endpoint {
    pub(super) name: &'static str,
    pub(super) body: Body,
    authentication: Authentication,
    fields: &'static [&'static str],
    /// The fields that are in the path alone.
    in_path: &'static [&'static str],
    /// The constant of success; empty where the guide lists none.
    success: &'static str,
}

/// A call as it came.
pub(super) struct Request {
    pub(super) path: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// A call that may be answered.
pub(super) struct Admitted {
    pub(super) body: Map<String, Value>,
    pub(super) cookie: Option<String>,
    /// The live session; there is one wherever the operation must prove one.
    pub(super) session: Option<Kept>,
    /// What goes wrong once the operation is carried out.
    pub(super) spoil: Option<Fault>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Enveloped<R> {
    code: i64,
    #[serde(skip_serializing_if = "str::is_empty")]
    code_message: &'static str,
    #[serde(flatten)]
    reply: R,
}

impl Endpoint {
    pub(super) fn of<O: Operation>(success: &'static str) -> Self {
        Self {
            name: O::NAME,
            body: O::BODY,
            authentication: O::AUTHENTICATION,
            fields: O::FIELDS,
            in_path: O::IN_PATH,
            success,
        }
    }

    /// Whether the operation's table lists the token; the one cookie-only request with a body lists it too.
    fn documents_token(self) -> bool {
        match self.authentication {
            Authentication::None => false,
            Authentication::Cookie => true,
            Authentication::CookieAndToken { documented } => documented,
        }
    }

    fn knows(self, property: &str, settings: &Settings) -> bool {
        match property {
            "authToken" => match self.authentication {
                Authentication::None => false,
                _ => self.documents_token() || settings.auth_token_mode == AuthTokenMode::Always,
            },
            // The one field that each installation may spell in its own way.
            property if SWITCHES.contains(&self.name) && property == settings.status_field => true,
            "enabled" if SWITCHES.contains(&self.name) => false,
            property => {
                self.body == Body::Json
                    && self.fields.contains(&property)
                    && !self.in_path.contains(&property)
            }
        }
    }

    /// Adds what the path says of the fields; time stamps in paths are no part of what is asked.
    fn add_path(self, path: &[(String, String)], body: &mut Map<String, Value>) {
        let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
        for (name, value) in path {
            // A name that differs from the body's by an underscore is read after it, and so decides.
            if self.fields.iter().any(|field| plain(field) == plain(name)) {
                body.insert(name.clone(), Value::String(value.clone()));
            }
        }
    }
}

/// A copy of what is behind a lock that is never held for long.
pub(super) fn copy<T: Clone>(lock: &RwLock<T>) -> T {
    lock.read().unwrap_or_else(PoisonError::into_inner).clone()
}

fn page(status: u16, page: &'static str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Html(page)).into_response()
}

fn json(bytes: impl Into<HttpBody>) -> Response {
    ([(CONTENT_TYPE, "application/json")], bytes.into()).into_response()
}

fn cookie_of(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut pairs =
        cookies.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| (name == "JSESSIONID").then(|| value.to_owned()))
}

/// The body as an object, or the status that says why not.
fn parse(endpoint: Endpoint, request: &Request) -> Result<Map<String, Value>, u16> {
    match endpoint.body {
        Body::Get | Body::Empty => Ok(Map::new()),
        Body::Json | Body::EmptyObject => {
            let kind =
                request.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
            if !kind.to_ascii_lowercase().starts_with("application/json") {
                return Err(415);
            }
            serde_json::from_slice(&request.body).map_err(|_| 400_u16)
        }
    }
}

/// Lets a call in, or answers why not.
pub(super) async fn admit(
    shared: &Shared,
    endpoint: Endpoint,
    request: Request,
) -> Result<Admitted, Response> {
    let settings = copy(&shared.settings);
    let cookie = cookie_of(&request.headers);
    let parsed = parse(endpoint, &request);
    let mut body = parsed.clone().unwrap_or_default();
    let unknown = body.keys().any(|property| !endpoint.knows(property, &settings));
    endpoint.add_path(&request.path, &mut body);
    let login = match &cookie {
        Some(cookie) if endpoint.authentication != Authentication::None => shared.sessions.owner(cookie),
        _ => auth::name_in(&body, &settings),
    };
    let trace = request.headers.get("traceparent").and_then(|value| value.to_str().ok());
    shared.journal.note(Call {
        operation: endpoint.name,
        login,
        body: body.clone(),
        query: BTreeMap::new(),
        headers: trace.into_iter().map(|trace| ("traceparent", trace.to_owned())).collect(),
    });
    // Even a sleep of nothing waits for the timer's next millisecond.
    if !settings.delay.is_zero() {
        tokio::time::sleep(settings.delay).await;
    }
    let mut admitted = Admitted { body, cookie, session: None, spoil: None };
    strike(shared, endpoint, &mut admitted).await?;
    parsed.map_err(|status| page(status, ERROR_PAGE))?;
    check_session(shared, endpoint, &settings, &mut admitted).map_err(|status| page(status, ERROR_PAGE))?;
    let unasked = matches!(endpoint.body, Body::Get | Body::Empty) && !request.body.is_empty();
    if settings.strict && (unknown || unasked) {
        return Err(page(400, ERROR_PAGE));
    }
    Ok(admitted)
}

/// Does what was planned to go wrong.
async fn strike(shared: &Shared, endpoint: Endpoint, admitted: &mut Admitted) -> Result<(), Response> {
    match shared.faults.strike(endpoint.name) {
        None => {}
        Some(Fault::RefuseWith(constant)) => return Err(json(refusal(constant))),
        Some(Fault::Expire) => {
            if let Some(cookie) = &admitted.cookie {
                shared.sessions.end(cookie);
            }
        }
        Some(fault) => admitted.spoil = befall(fault).await?,
    }
    Ok(())
}

/// Lets a fault happen that is the same at the portal and at ICWS; answers what is to happen after the operation.
pub(super) async fn befall(fault: Fault) -> Result<Option<Fault>, Response> {
    match fault {
        Fault::Delay(delay) => tokio::time::sleep(delay).await,
        Fault::Status(status) => return Err(page(status, ERROR_PAGE)),
        Fault::StatusWithRetryAfter(status, seconds) => {
            return Err(([(RETRY_AFTER, seconds.to_string())], page(status, ERROR_PAGE)).into_response());
        }
        Fault::Redirect => return Err((StatusCode::FOUND, [(LOCATION, "/portal/login")]).into_response()),
        Fault::LoginPage => return Err(page(200, LOGIN_PAGE)),
        Fault::Html => return Err(page(200, ERROR_PAGE)),
        Fault::Empty => return Err(json(HttpBody::empty())),
        Fault::NotJson => return Err(json("code=0 but not as JSON")),
        Fault::Reset => reset(),
        Fault::Huge(bytes) => return Err(json(huge(bytes))),
        // Each upstream does these two in its own words before it asks.
        Fault::RefuseWith(_) | Fault::Expire => {}
        Fault::Truncated | Fault::WrongType | Fault::ResetAfter | Fault::DelayAfter(_) => {
            return Ok(Some(fault));
        }
    }
    Ok(None)
}

/// Ends the connection: unwinding ends its task, and without a word to the panic hook.
fn reset() -> ! {
    std::panic::resume_unwind(Box::new("a connection reset was asked for"))
}

/// Does what was planned to go wrong once the operation is carried out.
pub(super) async fn afterwards(spoil: Option<Fault>, response: Response) -> Response {
    match spoil {
        Some(Fault::ResetAfter) => reset(),
        Some(Fault::DelayAfter(delay)) => tokio::time::sleep(delay).await,
        _ => {}
    }
    response
}

/// Whether the call proves what the operation wants, or the status that says no.
fn check_session(
    shared: &Shared,
    endpoint: Endpoint,
    settings: &Settings,
    admitted: &mut Admitted,
) -> Result<(), u16> {
    if endpoint.authentication == Authentication::None {
        return Ok(());
    }
    let now = shared.clock.now();
    admitted.session =
        admitted.cookie.as_deref().and_then(|cookie| shared.sessions.touch(cookie, settings, now));
    // Logout answers a dead session with a constant instead of 401.
    let Authentication::CookieAndToken { documented } = endpoint.authentication else {
        return match (&admitted.session, endpoint.body) {
            (None, Body::Json) => Err(401),
            _ => Ok(()),
        };
    };
    let token = admitted.session.as_ref().and_then(|session| session.token.as_deref());
    let Some(token) = token else { return Err(401) };
    let sent = admitted.body.get("authToken").and_then(Value::as_str);
    match (settings.auth_token_mode, documented, sent) {
        (AuthTokenMode::DocumentedOnly, false, Some(_)) => Err(400),
        (AuthTokenMode::DocumentedOnly, false, None) => Ok(()),
        (_, _, Some(sent)) if sent == token => Ok(()),
        _ => Err(401),
    }
}

fn refusal(constant: &'static str) -> Vec<u8> {
    let nothing = Map::<String, Value>::new();
    serde_json::to_vec(&Enveloped { code: -1, code_message: constant, reply: nothing }).unwrap_or_default()
}

/// A body of about this many bytes, made as it is read.
fn huge(bytes: u64) -> HttpBody {
    let chunk = Bytes::from(vec![b'x'; 64 * 1024]);
    let chunks = bytes.div_ceil(64 * 1024);
    let start = std::iter::once(Bytes::from_static(b"{\"code\":0,\"codeMessage\":\""));
    let all = start.chain((0..chunks).map(move |_| chunk.clone())).map(Ok::<_, Infallible>);
    HttpBody::from_stream(futures_util::stream::iter(all))
}

/// Puts the reply of an operation into the envelope and on the wire.
pub(super) fn answer<R: Serialize>(
    shared: &Shared,
    endpoint: Endpoint,
    reply: Result<R, &'static str>,
    spoil: Option<&Fault>,
) -> Response {
    match reply {
        Err(constant) => json(refusal(constant)),
        Ok(reply) => {
            let reply = Enveloped { code: 0, code_message: endpoint.success, reply };
            write(shared, endpoint, &reply, spoil)
        }
    }
}

/// Writes a reply that already has its envelope.
pub(super) fn write<R: Serialize>(
    shared: &Shared,
    endpoint: Endpoint,
    reply: &R,
    spoil: Option<&Fault>,
) -> Response {
    let quirks = copy(&shared.quirks);
    let written = if quirks == Quirks::default() && spoil.is_none() {
        serde_json::to_vec(reply)
    } else {
        serde_json::to_value(reply).and_then(|mut reply| {
            quirks::apply(&mut reply, endpoint.name, &quirks);
            if spoil == Some(&Fault::WrongType) {
                quirks::break_number(&mut reply);
            }
            serde_json::to_vec(&reply)
        })
    };
    let Ok(mut bytes) = written else { return page(500, ERROR_PAGE) };
    if spoil == Some(&Fault::Truncated) {
        bytes.truncate(bytes.len() / 2);
    }
    json(bytes)
}

/// Answers on a thread that may be busy, so that a wide list holds up nothing else on the runtime.
pub(super) async fn aside(make: impl FnOnce() -> Response + Send + 'static) -> Response {
    tokio::task::spawn_blocking(make).await.unwrap_or_else(|_| page(500, ERROR_PAGE))
}

/// Serves to the end although the client may have gone: a servlet does so too.
pub(super) async fn outlive(serve: impl Future<Output = Response> + Send + 'static) -> Response {
    match tokio::spawn(serve).await {
        Ok(response) => response,
        // A connection that is to break breaks by unwinding, in this task as in that one.
        Err(broken) => std::panic::resume_unwind(broken.into_panic()),
    }
}

/// A call without a session that may make it.
pub(super) fn unauthorized() -> Response {
    page(401, ERROR_PAGE)
}

/// A body that does not fit the operation's request.
pub(super) fn bad_request() -> Response {
    page(400, ERROR_PAGE)
}

//! What happens to a call before and after its operation: parse, journal, faults, session.

use std::sync::Arc;

use axum::http::header::{COOKIE, HOST, RANGE};
use axum::http::{HeaderMap, HeaderName};
use axum::response::Response;
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::answer::{Answer, Answered};
use super::session::Missing;
use super::settings::Settings;
use crate::simulator::faults::Fault;
use crate::simulator::journal::Call;
use crate::simulator::{Shared, server};

pub(super) const SESSION_ID: HeaderName = HeaderName::from_static("inin-icws-session-id");
pub(super) const CSRF_TOKEN: HeaderName = HeaderName::from_static("inin-icws-csrf-token");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRANSACTION_ID: HeaderName = HeaderName::from_static("inin-icws-transaction-id");

/// The headers the journal keeps, as the contract spells them.
const NOTED: [(HeaderName, &str); 4] = [
    (HOST, "Host"),
    (RANGE, "Range"),
    (TRANSACTION_ID, "ININ-ICWS-Transaction-Id"),
    (TRACEPARENT, "traceparent"),
];

/// A call as it came.
pub(super) struct Asked {
    /// The session id in the path; only the connection request has none.
    pub(super) session: Option<String>,
    pub(super) query: Option<String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// A call that may be answered.
pub(super) struct Admitted {
    pub(super) settings: Settings,
    /// Whose session it is; empty for the connection request.
    pub(super) user: String,
    pub(super) session: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    /// The body as an object, or the refusal of what is none.
    pub(super) body: Result<Map<String, Value>, &'static str>,
}

/// One operation: from the call to its answer.
pub(super) type Operation = fn(&Shared, &Admitted) -> Answered;

/// Serves one call, even if its client goes away meanwhile.
pub(super) async fn serve(
    shared: Arc<Shared>,
    name: &'static str,
    operation: Operation,
    asked: Asked,
) -> Response {
    server::outlive(async move {
        let journal = Arc::clone(&shared);
        let _under_way = journal.journal.begin();
        match admit(&shared, name, asked).await {
            Ok((admitted, spoil)) => {
                let kept = spoil.clone();
                let answer = move || {
                    let content_type = admitted.settings.content_type.clone();
                    let answered = operation(&shared, &admitted);
                    answered.unwrap_or_else(|refused| refused).into_response(&content_type, kept.as_ref())
                };
                server::afterwards(spoil, server::aside(answer).await).await
            }
            Err(refused) => refused,
        }
    })
    .await
}

async fn admit(
    shared: &Shared,
    name: &'static str,
    asked: Asked,
) -> Result<(Admitted, Option<Fault>), Response> {
    let all = server::copy(&shared.settings);
    let settings = all.icws;
    let body = serde_json::from_slice::<Map<String, Value>>(&asked.body).map_err(|_| "It is no JSON object.");
    let query = decode(asked.query.as_deref().unwrap_or_default());
    let login = match &asked.session {
        Some(session) => shared.icws_sessions.owner(session),
        None => body.as_ref().ok().and_then(|body| Some(body.get("userID")?.as_str()?.to_owned())),
    };
    let noted = NOTED.into_iter().filter_map(|(name, spelt)| {
        Some((spelt, asked.headers.get(name)?.to_str().unwrap_or_default().to_owned()))
    });
    shared.journal.note(Call {
        operation: name,
        login,
        body: body.clone().unwrap_or_default(),
        query: query.iter().cloned().collect(),
        headers: noted.collect(),
    });
    // Even a sleep of nothing waits for the timer's next millisecond.
    if !all.delay.is_zero() {
        tokio::time::sleep(all.delay).await;
    }
    let refuse = |answer: Answer| answer.into_response(&settings.content_type, None);
    let spoil = match shared.faults.strike(name) {
        None => None,
        Some(Fault::Status(401)) => return Err(refuse(Answer::unauthorized(Missing::Session))),
        Some(Fault::RefuseWith(id)) => return Err(refuse(Answer::common(400, id, "Refused."))),
        Some(Fault::Expire) => {
            asked.session.iter().for_each(|session| shared.icws_sessions.end(session));
            None
        }
        Some(fault) => server::befall(fault).await?,
    };
    let user = match &asked.session {
        None => String::new(),
        Some(session) => user(shared, &settings, session, &asked.headers)
            .map_err(|why| refuse(Answer::unauthorized(why)))?,
    };
    let session = asked.session.unwrap_or_default();
    Ok((Admitted { settings, user, session, query, headers: asked.headers, body }, spoil))
}

/// The user whom path, cookie and token prove together.
fn user(shared: &Shared, settings: &Settings, session: &str, headers: &HeaderMap) -> Result<String, Missing> {
    let name = format!("icws_{session}");
    let cookies = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut pairs =
        cookies.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let cookie = pairs.find_map(|(key, value)| (key == name).then_some(value));
    let token = headers.get(&CSRF_TOKEN).and_then(|token| token.to_str().ok());
    shared.icws_sessions.touch((session, cookie, token), settings, shared.clock.now())
}

/// The parameters in order. A plus sign stays one: the vendor's client writes a blank as `%20`.
fn decode(query: &str) -> Vec<(String, String)> {
    let text = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (text(name), text(value))
        })
        .collect()
}

impl Admitted {
    /// A parameter of the query, unless it is empty.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut values = self.query.iter().filter(|(key, _)| key == name);
        values.next().map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A header as text.
    pub(super) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the body says that it is JSON, in either of the two ways.
    pub(super) fn says_json(&self) -> bool {
        let kind = self.header(&axum::http::header::CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        ["application/json", "application/vnd.inin.icws+json"].contains(&kind)
    }
}

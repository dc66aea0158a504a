//! Connecting and disconnecting: a session of ICWS begins on whichever host takes it, and ends.

use std::fmt;
use std::sync::PoisonError;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use serde::de::MapAccess;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::alternate::{Hosts, MOST_HOSTS};
use super::client::{Icws, Question, Reply, decode, is_json, observe};
use super::credentials::{CSRF_TOKEN, Credentials, SESSION_ID};
use super::error::IcwsError;
use super::jar::Jar;
use super::shape::{Name, Shape, objects, property, skip};
use crate::upstream::{Secret, Upstream as _};

const CONNECT: &str = "connect";
const DISCONNECT: &str = "disconnect";

/// The mark of a connection request by user id and password.
const PASSWORD_REQUEST: &str = "urn:inin.com:connection:icAuthConnectionRequestSettings";

/// A session that ICWS has begun.
#[derive(Clone, Deserialize, Serialize)]
pub struct Connection {
    /// What proves it.
    pub credentials: Credentials,
    /// Who is signed in, as ICWS spells it.
    pub user_id: String,
    /// The name to show.
    pub user_display_name: Option<String>,
    /// The server's own name.
    pub ic_server: Option<String>,
    /// How long the password lasts, where ICWS says.
    pub days_until_password_expiration: Option<i64>,
    /// The release, where ICWS says.
    pub version: Option<String>,
    /// What the server can do, with the version of each.
    pub features: Vec<Feature>,
}

objects! {
    /// Something the server can do.
    #[derive(Deserialize, Serialize)]
    pub Feature = "feature" {
        /// Its name, such as `configuration`.
        id: String = "featureId",
        /// Its version.
        version: Option<i64> = "version",
    }

    Body = "connectionResponse" {
        token: Option<String> = "csrfToken",
        session_id: Option<String> = "sessionId",
        alternate_hosts: Vec<String> = "alternateHostList",
        user_id: Option<String> = "userID",
        user_display_name: Option<String> = "userDisplayName",
        ic_server: Option<String> = "icServer",
        days_until_password_expiration: Option<i64> = "daysUntilPasswordExpiration",
        version: Option<Version> = "version",
        features: Vec<Feature> = "features",
    }
}

/// A release: text, or an object that has it as text somewhere; its form is not documented.
#[derive(Clone, PartialEq, Eq)]
struct Version(Option<String>);

impl Shape for Version {
    const EXPECTED: &'static str = "a version";

    fn from_number(number: i64) -> Option<Self> {
        Some(Self(Some(number.to_string())))
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(Self(Some(text.to_owned())))
    }

    fn from_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut version = None;
        while let Some(name) = object.next_key_seed(Name(&["productReleaseDisplayString"]))? {
            match name {
                Some(name) => version = property(&mut object, name)?,
                None => skip(&mut object)?,
            }
        }
        Ok(Self(version))
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Connection")
    }
}

/// How one host answered.
enum Attempt {
    Connected(Box<Connection>),
    /// It takes no connections, and these may.
    Elsewhere(Vec<String>, IcwsError),
}

impl Icws {
    /// Begins a session. A host that takes no connections names others, each of which is tried once; a refused password
    /// is not tried again anywhere.
    pub async fn connect(&self, user_id: &str, password: &Secret) -> Result<Connection, IcwsError> {
        let started = tokio::time::Instant::now();
        let after = self.patience_to_connect();
        let connecting = tokio::time::timeout(after, self.connect_somewhere(user_id, password));
        let timed_out = |_| Err(IcwsError::TimedOut { operation: CONNECT, after });
        let result = connecting.await.unwrap_or_else(timed_out);
        observe(CONNECT, result.as_ref().err(), started);
        result
    }

    async fn connect_somewhere(&self, user_id: &str, password: &Secret) -> Result<Connection, IcwsError> {
        let unset = IcwsError::NotConfigured { operation: CONNECT, setting: "icws.url" };
        let mut hosts = Hosts::new(self.url.clone().ok_or(unset)?);
        let mut failure = None;
        while let Some(origin) = hosts.next() {
            let error = match self.connect_to(origin, user_id, password).await {
                Ok(Attempt::Connected(connection)) => return Ok(*connection),
                Ok(Attempt::Elsewhere(names, error)) => {
                    hosts.add(&names);
                    error
                }
                Err(error @ IcwsError::Unreachable { was_sent: false, .. }) => {
                    hosts.add(&self.others.lock().unwrap_or_else(PoisonError::into_inner));
                    error
                }
                Err(error) => return Err(error),
            };
            // What the configured host said is what an operator can look into.
            failure.get_or_insert(error);
        }
        Err(failure.unwrap_or(IcwsError::NotConfigured { operation: CONNECT, setting: "icws.url" }))
    }

    async fn connect_to(&self, origin: Url, user_id: &str, password: &Secret) -> Result<Attempt, IcwsError> {
        let mut url = origin.clone();
        url.set_path("/icws/connection");
        let mut question = Question::new(CONNECT, Method::POST, &[]);
        url.set_query(Some("include=version,features"));
        let language = HeaderValue::from_str(&self.settings().accept_language);
        question.headers.extend(language.ok().map(|language| (ACCEPT_LANGUAGE, language)));
        question.body = Some(json!({
            "__type": PASSWORD_REQUEST,
            "applicationName": self.settings().application_name,
            "userID": user_id,
            "password": password,
        }));
        let mut jar = Jar::default();
        let take = |headers: &HeaderMap, url: &Url| jar.update(headers, url.path(), Timestamp::now());
        let reply = self.exchange(url, question, take).await?;
        if let Err(error) = reply.judge(false) {
            if reply.status != StatusCode::SERVICE_UNAVAILABLE {
                return Err(error);
            }
            let names = reply.error_body().map(|body| body.alternate_hosts).unwrap_or_default();
            return Ok(Attempt::Elsewhere(names, error));
        }
        let mut connection = self.connected(origin, &reply, jar)?;
        if connection.user_id.is_empty() {
            user_id.clone_into(&mut connection.user_id);
        }
        Ok(Attempt::Connected(Box::new(connection)))
    }

    fn connected(&self, origin: Url, reply: &Reply, jar: Jar) -> Result<Connection, IcwsError> {
        let unintelligible =
            |reason: &str| IcwsError::Unintelligible { operation: CONNECT, reason: reason.into() };
        if !reply.body.is_empty() && !is_json(&reply.headers) {
            return Err(unintelligible("it is not of a JSON type"));
        }
        let body: &[u8] = if reply.body.is_empty() { b"{}" } else { &reply.body };
        let body: Body = decode(CONNECT, body)?;
        let header = |name: HeaderName| {
            reply.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let session_id = body.session_id.or_else(|| header(SESSION_ID));
        let token = body.token.or_else(|| header(CSRF_TOKEN));
        let (Some(session_id), Some(token)) = (session_id, token) else {
            return Err(unintelligible("it has no session id or no token"));
        };
        let credentials = Credentials::new(origin, &session_id, &token, jar)
            .ok_or_else(|| unintelligible("its session id or its token is none"))?;
        let mut others = body.alternate_hosts;
        others.truncate(MOST_HOSTS);
        *self.others.lock().unwrap_or_else(PoisonError::into_inner) = others;
        Ok(Connection {
            credentials,
            user_id: body.user_id.unwrap_or_default(),
            user_display_name: body.user_display_name,
            ic_server: body.ic_server,
            days_until_password_expiration: body.days_until_password_expiration,
            version: body.version.and_then(|version| version.0),
            features: body.features,
        })
    }

    /// Ends the session.
    pub async fn disconnect(&self, credentials: &Credentials) -> Result<(), IcwsError> {
        let started = tokio::time::Instant::now();
        let question = Question::new(DISCONNECT, Method::DELETE, &["connection"]);
        let reply = self.exchange_in(question, credentials).await;
        let result = reply.and_then(|reply| reply.judge(true));
        observe(DISCONNECT, result.as_ref().err(), started);
        result
    }

    /// How long connecting may take altogether, other hosts included.
    #[must_use]
    pub fn patience_to_connect(&self) -> Duration {
        self.patience() * 2
    }
}

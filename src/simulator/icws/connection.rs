//! Connecting, disconnecting, and asking how the connection is.

use std::sync::PoisonError;

use axum::http::header::{ACCEPT_LANGUAGE, HOST, SET_COOKIE};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Answered};
use super::serving::{Admitted, CSRF_TOKEN, SESSION_ID};
use super::session::Proof;
use super::settings::{Accepting, Proofs, Settings, UserIds};
use super::shape;
use super::world::User;
use crate::simulator::Shared;

const PASSWORD_REQUEST: &str = "urn:inin.com:connection:icAuthConnectionRequestSettings";

/// The other two ways in, with what they must hold; nobody has a token that they would accept.
const TOKEN_REQUESTS: [(&str, &[&str]); 2] = [
    (
        "urn:inin.com:connection:authTokenConnectionRequestSettings",
        &["applicationName", "authTokenSeed", "authToken", "authTokenSourceSession"],
    ),
    (
        "urn:inin.com:connection:singleSignOnTokenConnectionRequestSettings",
        &["applicationName", "singleSignOnToken"],
    ),
];

/// `POST /icws/connection`.
pub(super) fn connect(shared: &Shared, asked: &Admitted) -> Answered {
    let settings = &asked.settings;
    if !accepts(asked) {
        return Err(elsewhere(settings));
    }
    // The contract asks for the header and does not say what its absence is answered with.
    if asked.header(&ACCEPT_LANGUAGE).is_none_or(str::is_empty) {
        return Err(Answer::missing_property("Accept-Language"));
    }
    if !asked.says_json() {
        return Err(Answer::common(415, "error.request.unsupportedMediaType", "The body must be JSON."));
    }
    let body = asked.body.as_ref().map_err(|why| Answer::malformed(why))?;
    let kind = required(body, "__type")?;
    if let Some((_, properties)) = TOKEN_REQUESTS.iter().find(|(name, _)| *name == kind) {
        for property in *properties {
            required(body, property)?;
        }
        return Err(unknown());
    }
    if kind != PASSWORD_REQUEST {
        return Err(Answer::invalid_property("__type"));
    }
    required(body, "applicationName")?;
    let (id, password) = (required(body, "userID")?, required(body, "password")?);
    let world = shared.world.read().unwrap_or_else(PoisonError::into_inner);
    let user = world.icws.user(id).filter(|user| user.password == password).ok_or_else(unknown)?;
    let proof = shared.icws_sessions.begin(&user.id, settings, shared.clock.now());
    let included = included(asked.parameter("include").unwrap_or_default(), settings);
    let answer = Answer::new(201, &connected(user, &world.icws.server, &proof, (settings, included)));
    let cookie = format!("icws_{0}={1}; Path=/icws/{0}; HttpOnly", proof.id, proof.cookie);
    let answer = answer.with(SET_COOKIE, cookie);
    Ok(match settings.proofs {
        Proofs::Body => answer,
        Proofs::Both | Proofs::Headers => answer.with(SESSION_ID, proof.id).with(CSRF_TOKEN, proof.token),
    })
}

/// `DELETE /icws/{session}/connection`.
#[expect(clippy::unnecessary_wraps, reason = "every operation may refuse; this one never does")]
pub(super) fn disconnect(shared: &Shared, asked: &Admitted) -> Answered {
    shared.icws_sessions.end(&asked.session);
    Ok(Answer::of(204, Vec::new()))
}

/// `GET /icws/{session}/connection`.
#[expect(clippy::unnecessary_wraps, reason = "every operation may refuse; this one never does")]
pub(super) fn state(_: &Shared, asked: &Admitted) -> Answered {
    let state = if asked.settings.enum_names { json!("up") } else { json!(1) };
    Ok(Answer::new(200, &json!({ "connectionState": state, "reason": "", "shouldReconnect": false })))
}

fn accepts(asked: &Admitted) -> bool {
    match &asked.settings.accepting {
        Accepting::Everywhere => true,
        Accepting::Nowhere => false,
        Accepting::ExceptAt(hosts) => {
            let host = asked.header(&HOST).unwrap_or_default();
            let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
            !hosts.contains(name)
        }
    }
}

fn elsewhere(settings: &Settings) -> Answer {
    let more = json!({ "alternateHostList": settings.alternate_hosts });
    let message = "The server is not accepting connections.";
    Answer::error(503, "urn:inin.com:connection:alternateHosts", (&settings.refusal_id, message), more)
}

/// A wrong user or password: status, id, code and message as servers were seen to answer.
fn unknown() -> Answer {
    let said = ("error.request.connection.authenticationFailure", "The authentication process failed.");
    Answer::error(400, super::answer::COMMON, said, json!({ "errorCode": -2_147_221_503_i64 }))
}

fn required<'a>(body: &'a Map<String, Value>, name: &str) -> Result<&'a str, Answer> {
    match body.get(name) {
        None | Some(Value::Null) => Err(Answer::missing_property(name)),
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(_) => Err(Answer::invalid_property(name)),
    }
}

fn connected(
    user: &User,
    server: &str,
    proof: &Proof,
    (settings, included): (&Settings, Map<String, Value>),
) -> Map<String, Value> {
    let mut body = included;
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    if settings.proofs != Proofs::Headers {
        put("csrfToken", json!(proof.token));
        put("sessionId", json!(proof.id));
    }
    put("alternateHostList", json!(settings.alternate_hosts));
    match settings.user_ids {
        UserIds::Told => put("userID", json!(user.id)),
        UserIds::Blank => put("userID", json!("  ")),
        UserIds::Absent => None,
    };
    put("userDisplayName", json!(user.display_name));
    put("icServer", json!(server));
    if let Some(days) = user.days_until_password_expiration {
        put("daysUntilPasswordExpiration", json!(days));
    }
    body
}

/// What `include` asks for besides; a name nobody knows is passed over.
fn included(names: &str, settings: &Settings) -> Map<String, Value> {
    let one = |name: &str| match name.trim() {
        "version" => Some((
            "version",
            json!({
                "productId": "Interaction Center",
                "productReleaseDisplayString": "2020 R2",
                "majorVersion": 20,
                "minorVersion": 2,
            }),
        )),
        "features" => Some((
            "features",
            json!([
                { "featureId": "connection", "version": 10 },
                { "featureId": "configuration", "version": settings.configuration_version },
            ]),
        )),
        "server-time" => {
            let now = shape::instant(Timestamp::now(), settings.iso_dates);
            Some(("serverTimeInfo", json!({ "serverTime": now, "timeZoneName": "UTC" })))
        }
        "default-workstation" => Some(("defaultWorkstationId", json!("workstation1"))),
        "effective-station" => {
            let uri = "/configuration/stations/workstation1";
            Some(("effectiveStation", json!({ "id": "workstation1", "uri": uri })))
        }
        _ => None,
    };
    names.split(',').filter_map(one).map(|(name, value)| (name.to_owned(), value)).collect()
}

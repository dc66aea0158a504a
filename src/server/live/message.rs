//! The messages of the protocol `graphql-transport-ws`, as its specification has them.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::server::question::Posed;
use crate::server::refusal::Refusal;

/// The protocol, as `Sec-WebSocket-Protocol` names it.
pub(super) const PROTOCOL: &str = "graphql-transport-ws";

/// What a client says; no `Debug`, because it may hold a token.
pub(super) enum Said {
    /// Who it is.
    Init(Map<String, Value>),
    /// Whether the gateway is there.
    Ping(Option<Value>),
    /// That it is there.
    Pong,
    /// What it asks, and under which id it is to be answered.
    Subscribe(String, Result<Posed, Refusal>),
    /// That it wants to hear no more of an id.
    Complete(String),
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    id: Option<String>,
    payload: Option<Value>,
}

impl Said {
    /// Reads a message; what is wrong with one that is none goes into the reason of the close frame.
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        let message: Message = serde_json::from_str(text).map_err(|_| "Invalid message received")?;
        let id = |message: Message| match message.id {
            Some(id) if !id.is_empty() => Ok((id, message.payload)),
            _ => Err("Invalid message received: it has no id"),
        };
        let object = |payload: Option<Value>| match payload {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(payload)) => Ok(payload),
            Some(_) => Err("Invalid message received: its payload is not an object"),
        };
        Ok(match message.kind.as_str() {
            "connection_init" => Self::Init(object(message.payload)?),
            "ping" => Self::Ping(message.payload),
            "pong" => Self::Pong,
            "subscribe" => {
                let (id, payload) = id(message)?;
                let Some(Value::Object(payload)) = payload else {
                    return Err("Invalid message received: its payload is not an object");
                };
                Self::Subscribe(id, Posed::of_object(payload))
            }
            "complete" => Self::Complete(id(message)?.0),
            _ => return Err("Invalid message received: its type is not known"),
        })
    }
}

/// That the client is known.
pub(super) const ACKNOWLEDGED: &str = r#"{"type":"connection_ack"}"#;

/// That the gateway is there.
pub(super) fn pong(payload: Option<&Value>) -> String {
    match payload {
        Some(payload) => json!({ "type": "pong", "payload": payload }).to_string(),
        None => json!({ "type": "pong" }).to_string(),
    }
}

/// An answer, whose body is JSON already.
pub(super) fn next(id: &str, body: &Bytes) -> String {
    let body = String::from_utf8_lossy(body);
    format!(r#"{{"id":{},"type":"next","payload":{body}}}"#, Value::from(id))
}

/// The errors of an operation that was not executed, out of its answer.
pub(super) fn error(id: &str, body: &Bytes) -> String {
    let mut answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let errors = answer.get_mut("errors").map(Value::take).unwrap_or_default();
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

/// That there is no more to an id.
pub(super) fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_told_apart() {
        for (text, reason) in [
            ("", "Invalid message received"),
            ("[]", "Invalid message received"),
            (r#"{"type": "start", "id": "1"}"#, "Invalid message received: its type is not known"),
            (r#"{"type": "complete"}"#, "Invalid message received: it has no id"),
            (r#"{"type": "subscribe", "id": "1"}"#, "Invalid message received: its payload is not an object"),
            (
                r#"{"type": "connection_init", "payload": 1}"#,
                "Invalid message received: its payload is not an object",
            ),
        ] {
            assert_eq!(Said::read(text).err(), Some(reason), "{text}");
        }
        assert!(
            matches!(Said::read(r#"{"type": "connection_init"}"#), Ok(Said::Init(payload)) if payload.is_empty())
        );
    }

    #[test]
    fn an_id_is_any_text() {
        let body = Bytes::from_static(br#"{"errors":[{"message":"no"}]}"#);
        assert_eq!(
            next("a\"\n", &body),
            r#"{"id":"a\"\n","type":"next","payload":{"errors":[{"message":"no"}]}}"#
        );
        assert_eq!(error("1", &body), r#"{"id":"1","payload":[{"message":"no"}],"type":"error"}"#);
        assert_eq!(complete("1"), r#"{"id":"1","type":"complete"}"#);
    }
}

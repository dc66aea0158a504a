//! What a client asks, out of a POST body or a GET address: `query`, `operationName`, `variables`, `extensions`.

use axum::body::Body;
use axum::http::StatusCode;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::refusal::{BAD_USER_INPUT, Refusal};

/// A well-formed GraphQL request.
#[derive(Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(from = "Parameters")]
pub(super) struct Question {
    pub(super) query: String,
    pub(super) operation_name: Option<String>,
    /// In the order of their names.
    pub(super) variables: Map<String, Value>,
}

/// The parameters of a request that has nothing wrong with it.
#[derive(Deserialize)]
struct Parameters {
    query: String,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<Map<String, Value>>,
    #[serde(rename = "extensions")]
    _extensions: Option<Map<String, Value>>,
}

impl From<Parameters> for Question {
    fn from(Parameters { query, operation_name, variables, .. }: Parameters) -> Self {
        let operation_name = operation_name.filter(|name| !name.is_empty());
        Self { query, operation_name, variables: variables.unwrap_or_default() }
    }
}

/// What a body asks.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Questions {
    One(Question),
    /// Several, in an array.
    Batch(Vec<Question>),
}

impl Questions {
    /// Reads the JSON body of a POST.
    pub(super) fn of_body(body: &[u8], takes_batches: bool) -> Result<Self, Refusal> {
        let is_array = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
        if !(is_array && takes_batches) {
            return Question::of_body(body).map(Self::One);
        }
        let items: Vec<Value> = serde_json::from_slice(body)
            .map_err(|error| Refusal::malformed(format!("The body is not JSON: {error}.")))?;
        if items.is_empty() {
            return Err(Refusal::malformed("The batch is empty: send at least one request in the array."));
        }
        let questions = items.into_iter().map(|item| match item {
            Value::Object(parameters) => Question::of_parameters(parameters),
            other => Err(Refusal::malformed(format!(
                "Each request of a batch must be a JSON object with `query`, not {}.",
                kind(&other)
            ))),
        });
        questions.collect::<Result<_, _>>().map(Self::Batch)
    }
}

impl Question {
    /// Reads the JSON body of a POST that holds one.
    fn of_body(body: &[u8]) -> Result<Self, Refusal> {
        if body.is_empty() {
            return Err(Refusal::malformed("The body is empty: send a JSON object with `query`."));
        }
        let text = std::str::from_utf8(body).map_err(|error| {
            Refusal::malformed(format!("The body is not UTF-8 after {} bytes.", error.valid_up_to()))
        })?;
        // Read at once; what is wrong with one that cannot be, a second look tells.
        if let Ok(question) = serde_json::from_str(text) {
            return Ok(question);
        }
        match serde_json::from_str(text) {
            Ok(Value::Object(parameters)) => Self::of_parameters(parameters),
            Ok(Value::Array(_)) => Err(Refusal::malformed(
                "The body is an array: batches are not accepted, send one request at a time. The operator allows them with \
                 limits.max_batched_operations.",
            )),
            Ok(other) => Err(Refusal::malformed(format!(
                "The body must be a JSON object with `query`, not {}.",
                kind(&other)
            ))),
            Err(error) => Err(Refusal::malformed(format!("The body is not JSON: {error}."))),
        }
    }

    /// Reads the query string of a GET.
    pub(super) fn of_address(query_string: &str) -> Result<Self, Refusal> {
        let mut parameters = Map::new();
        for pair in query_string.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name, "a name")?;
            if !["query", "operationName", "variables", "extensions"].contains(&name.as_str()) {
                continue;
            }
            let text = decoded(value, &format!("`{name}`"))?;
            let value = match name.as_str() {
                "query" | "operationName" => Value::String(text),
                _ if text.is_empty() => Value::Null,
                _ => serde_json::from_str(&text).map_err(|error| {
                    Refusal::malformed(format!("`{name}` in the address is not JSON: {error}."))
                })?,
            };
            if parameters.insert(name.clone(), value).is_some() {
                return Err(Refusal::malformed(format!("`{name}` is in the address more than once.")));
            }
        }
        Self::of_parameters(parameters)
    }

    fn of_parameters(mut parameters: Map<String, Value>) -> Result<Self, Refusal> {
        let query = text(&mut parameters, "query")?.ok_or_else(|| {
            Refusal::malformed("`query` is missing: send the GraphQL document there, as a string.")
        })?;
        let operation_name = text(&mut parameters, "operationName")?.filter(|name| !name.is_empty());
        let variables = object(&mut parameters, "variables")?;
        object(&mut parameters, "extensions")?;
        Ok(Self { query, operation_name, variables })
    }

    /// How many bytes its texts take, about.
    pub(super) fn len(&self) -> usize {
        let values = self.variables.iter().map(|(name, value)| name.len() + size(value)).sum::<usize>();
        self.query.len() + self.operation_name.as_ref().map_or(0, String::len) + values
    }
}

/// Reads a body of at most so many bytes.
pub(super) async fn body_bytes(body: Body, maximum: usize) -> Result<Bytes, Refusal> {
    let mut bytes = Bytes::new();
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Refusal::malformed("The body broke off."))?;
        if bytes.len() + chunk.len() > maximum {
            let message =
                format!("The body is larger than the {maximum} bytes server.max_body_bytes allows.");
            return Err(Refusal::of_http(StatusCode::PAYLOAD_TOO_LARGE, BAD_USER_INPUT, message));
        }
        // Nearly always it comes in one piece, which is not copied.
        bytes = if bytes.is_empty() {
            chunk
        } else {
            let mut longer = BytesMut::from(bytes);
            longer.extend_from_slice(&chunk);
            longer.freeze()
        };
    }
    Ok(bytes)
}

fn size(value: &Value) -> usize {
    let inner = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.iter().map(|(name, value)| name.len() + size(value)).sum(),
        _ => 0,
    };
    size_of::<Value>() + inner
}

fn decoded(text: &str, what: &str) -> Result<String, Refusal> {
    let text = text.replace('+', " ");
    match percent_decode_str(&text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(Refusal::malformed(format!("The address is not UTF-8 in {what}."))),
    }
}

fn text(parameters: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(Refusal::malformed(format!("`{name}` must be a string, not {}.", kind(&other)))),
    }
}

fn object(parameters: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, Refusal> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(other) => {
            Err(Refusal::malformed(format!("`{name}` must be a JSON object, not {}.", kind(&other))))
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(result: Result<Question, Refusal>) -> String {
        result.unwrap_err().message
    }

    #[test]
    fn null_and_the_empty_name_are_the_same_as_absent() {
        let plain = Question::of_body(br#"{"query": "{ a }"}"#).unwrap();
        let body =
            br#"{"query": "{ a }", "operationName": "", "variables": null, "extensions": null, "other": 1}"#;
        assert_eq!(Question::of_body(body).unwrap(), plain);
        assert_eq!(Question::of_address("query=%7B+a%20%7D&operationName=&variables=&x=%FF").unwrap(), plain);
    }

    #[test]
    fn each_parameter_of_the_wrong_type_is_named() {
        for (body, expected) in [
            (r#"{"query": 1}"#, "`query` must be a string, not a number."),
            (r#"{"query": "", "operationName": ["a"]}"#, "`operationName` must be a string, not an array."),
            (r#"{"query": "", "variables": "{}"}"#, "`variables` must be a JSON object, not a string."),
            (r#"{"query": "", "extensions": false}"#, "`extensions` must be a JSON object, not a boolean."),
            (r#"{"qeury": ""}"#, "`query` is missing: send the GraphQL document there, as a string."),
            (
                r#"[{"query": ""}]"#,
                "The body is an array: batches are not accepted, send one request at a time. The operator allows them with \
                 limits.max_batched_operations.",
            ),
            (r"3", "The body must be a JSON object with `query`, not a number."),
            ("", "The body is empty: send a JSON object with `query`."),
        ] {
            assert_eq!(message(Question::of_body(body.as_bytes())), expected);
        }
        assert!(message(Question::of_body(b"{\"query\": \"\xff\"}")).contains("not UTF-8 after 11 bytes"));
        assert!(message(Question::of_body(b"{ \"query")).contains("not JSON"));
        assert!(message(Question::of_body("[".repeat(100_000).as_bytes())).contains("not JSON"));
    }

    #[test]
    fn a_batch_is_an_array_of_requests() {
        let of = |body: &str| Questions::of_body(body.as_bytes(), true);
        let one = || Question::of_address("query=a").unwrap();
        assert_eq!(
            of(" [{\"query\": \"a\"}, {\"query\": \"a\"}]").unwrap(),
            Questions::Batch(vec![one(), one()])
        );
        assert_eq!(of("{\"query\": \"a\"}").unwrap(), Questions::One(one()));
        for (body, expected) in [
            ("[]", "The batch is empty"),
            (
                "[{\"query\": \"a\"}, 1]",
                "Each request of a batch must be a JSON object with `query`, not a number.",
            ),
            ("[{\"query\": 1}]", "`query` must be a string, not a number."),
            (
                "[[{\"query\": \"a\"}]]",
                "Each request of a batch must be a JSON object with `query`, not an array.",
            ),
            ("[{\"query\": \"a\"}", "The body is not JSON"),
        ] {
            assert!(of(body).unwrap_err().message.starts_with(expected), "{body}");
        }
    }

    #[test]
    fn an_address_is_read_as_strictly() {
        for (address, expected) in [
            ("variables=1&query=a", "`variables` must be a JSON object, not a number."),
            ("query=a&variables=%7B", "`variables` in the address is not JSON"),
            ("query=a&query=b", "`query` is in the address more than once."),
            ("query=%FF", "The address is not UTF-8 in `query`."),
            ("", "`query` is missing"),
        ] {
            assert!(message(Question::of_address(address)).starts_with(expected), "{address}");
        }
    }
}

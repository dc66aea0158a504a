//! What a client asks, out of a POST body or a GET address: `query`, `operationName`, `variables`, `extensions`.

use axum::body::Body;
use axum::http::StatusCode;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::refusal::{BAD_USER_INPUT, Refusal};

/// What a document of the operator's list is named by.
const DOCUMENT_ID: &str = "documentId";
/// The same as Relay's documentation has it.
const DOC_ID: &str = "doc_id";

const PARAMETERS: [&str; 6] = ["query", DOCUMENT_ID, DOC_ID, "operationName", "variables", "extensions"];

/// What is asked.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Question {
    pub(super) query: String,
    pub(super) operation_name: Option<String>,
    /// In the order of their names.
    pub(super) variables: Map<String, Value>,
}

/// A well-formed GraphQL request, which may name its document instead of sending it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Posed {
    /// The document's text.
    pub(super) query: Option<String>,
    /// What it is called; there is one of the two at least.
    pub(super) named: Option<Named>,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Map<String, Value>,
}

/// What a document is called.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// As its list has it, in `documentId` or `doc_id`.
    Id(String),
    /// By the SHA-256 of its text, in `extensions.persistedQuery`; alone, or with the text to make it known.
    Hash(String),
}

/// The parameters of a request, each of its own type.
#[derive(Default, Deserialize)]
struct Parameters {
    query: Option<String>,
    #[serde(rename = "documentId", alias = "doc_id")]
    document_id: Option<String>,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<Map<String, Value>>,
    extensions: Option<Map<String, Value>>,
}

/// What a body asks.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Questions {
    One(Posed),
    /// Several, in an array.
    Batch(Vec<Posed>),
}

impl Questions {
    /// Reads the JSON body of a POST.
    pub(super) fn of_body(body: &[u8], takes_batches: bool) -> Result<Self, Refusal> {
        let is_array = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
        if !(is_array && takes_batches) {
            return Posed::of_body(body).map(Self::One);
        }
        let items: Vec<Value> = serde_json::from_slice(body)
            .map_err(|error| Refusal::malformed(format!("The body is not JSON: {error}.")))?;
        if items.is_empty() {
            return Err(Refusal::malformed("The batch is empty: send at least one request in the array."));
        }
        let questions = items.into_iter().map(|item| match item {
            Value::Object(parameters) => Posed::of(Parameters::of(parameters)?),
            other => Err(Refusal::malformed(format!(
                "Each request of a batch must be a JSON object with `query`, not {}.",
                kind(&other)
            ))),
        });
        questions.collect::<Result<_, _>>().map(Self::Batch)
    }
}

impl Question {
    /// How much memory it takes beside itself, about.
    pub(super) fn weight(&self) -> usize {
        let name = self.operation_name.as_ref().map_or(0, String::len);
        self.query.len() + name + size_of_members(&self.variables)
    }
}

impl Posed {
    /// Reads the JSON body of a POST that holds one.
    fn of_body(body: &[u8]) -> Result<Self, Refusal> {
        if body.is_empty() {
            return Err(Refusal::malformed("The body is empty: send a JSON object with `query`."));
        }
        let text = std::str::from_utf8(body).map_err(|error| {
            Refusal::malformed(format!("The body is not UTF-8 after {} bytes.", error.valid_up_to()))
        })?;
        // Read at once; what is wrong with one that cannot be, a second look tells.
        // An array would be taken for the parameters in their order.
        if text.trim_start().starts_with('{') {
            match serde_json::from_str(text) {
                Ok(parameters) => return Self::of(parameters),
                // Who looks at requests on their way may read the first, and who answers them the last.
                Err(error) if error.to_string().starts_with("duplicate field") => {
                    return Err(Refusal::malformed("A parameter stands twice in the body: send each once."));
                }
                Err(_) => {}
            }
        }
        match serde_json::from_str(text) {
            Ok(Value::Object(parameters)) => Self::of(Parameters::of(parameters)?),
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
        for (name, value) in raw_pairs(query_string) {
            let name = decoded(name, "a name")?;
            if !PARAMETERS.contains(&name.as_str()) {
                continue;
            }
            let text = decoded(value, &format!("`{name}`"))?;
            let value = match name.as_str() {
                "variables" | "extensions" if text.is_empty() => Value::Null,
                "query" | "operationName" | DOCUMENT_ID | DOC_ID => Value::String(text),
                _ => serde_json::from_str(&text).map_err(|error| {
                    Refusal::malformed(format!("`{name}` in the address is not JSON: {error}."))
                })?,
            };
            if parameters.insert(name.clone(), value).is_some() {
                return Err(Refusal::malformed(format!("`{name}` is in the address more than once.")));
            }
        }
        Self::of(Parameters::of(parameters)?)
    }

    /// Reads what stands in a message.
    pub(super) fn of_object(parameters: Map<String, Value>) -> Result<Self, Refusal> {
        Self::of(Parameters::of(parameters)?)
    }

    fn of(parameters: Parameters) -> Result<Self, Refusal> {
        let Parameters { query, document_id, operation_name, variables, extensions } = parameters;
        let named = match document_id.filter(|id| !id.is_empty()) {
            Some(id) => Some(Named::Id(id)),
            None => extensions.map(hash).transpose()?.flatten().map(Named::Hash),
        };
        if query.is_none() && named.is_none() {
            return Err(Refusal::malformed(
                "`query` is missing: send the GraphQL document there, as a string.",
            ));
        }
        let operation_name = operation_name.filter(|name| !name.is_empty());
        Ok(Self { query, named, operation_name, variables: variables.unwrap_or_default() })
    }
}

impl Parameters {
    /// Takes them out of a JSON object, saying of which type one is that is not as it should be.
    fn of(mut parameters: Map<String, Value>) -> Result<Self, Refusal> {
        let document_id = text(&mut parameters, DOCUMENT_ID)?;
        let other = text(&mut parameters, DOC_ID)?;
        if document_id.is_some() && other.is_some() {
            return Err(Refusal::malformed("`documentId` and `doc_id` are the same: send one of them."));
        }
        Ok(Self {
            query: text(&mut parameters, "query")?,
            document_id: document_id.or(other),
            operation_name: text(&mut parameters, "operationName")?,
            variables: object(&mut parameters, "variables")?,
            extensions: object(&mut parameters, "extensions")?,
        })
    }
}

/// Name and value of each parameter of a query string, decoded.
pub(super) fn pairs_of(query_string: &str) -> Result<Vec<(String, String)>, Refusal> {
    let pairs = raw_pairs(query_string).map(|(name, value)| {
        let name = decoded(name, "a name")?;
        let value = decoded(value, &format!("`{name}`"))?;
        Ok((name, value))
    });
    pairs.collect()
}

fn raw_pairs(query_string: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = query_string.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// The SHA-256 by which `extensions.persistedQuery` names a document.
fn hash(mut extensions: Map<String, Value>) -> Result<Option<String>, Refusal> {
    let Some(mut persisted) = object(&mut extensions, "persistedQuery")? else { return Ok(None) };
    if persisted.get("version").is_some_and(|version| *version != 1) {
        return Err(Refusal::malformed("`extensions.persistedQuery.version` must be 1."));
    }
    let hash = text(&mut persisted, "sha256Hash")?;
    hash.map(Some).ok_or_else(|| Refusal::malformed("`extensions.persistedQuery.sha256Hash` is missing."))
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

/// Of members; a map makes room for eleven at once, and fills five at least.
fn size_of_members(members: &Map<String, Value>) -> usize {
    const ROOM: usize = 11 * size_of::<(String, Value)>();
    let texts: usize =
        members.iter().map(|(name, value)| name.len() + size(value) - size_of::<Value>()).sum();
    members.len().div_ceil(5) * ROOM + texts
}

fn size(value: &Value) -> usize {
    let inner = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => size_of_members(members),
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

fn object(parameters: &mut Map<String, Value>, name: &str) -> Result<Option<Map<String, Value>>, Refusal> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map)),
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

    fn message(result: Result<Posed, Refusal>) -> String {
        result.unwrap_err().message
    }

    #[test]
    fn null_and_the_empty_name_are_the_same_as_absent() {
        let plain = Posed::of_body(br#"{"query": "{ a }"}"#).unwrap();
        let body =
            br#"{"query": "{ a }", "operationName": "", "variables": null, "extensions": null, "other": 1}"#;
        assert_eq!(Posed::of_body(body).unwrap(), plain);
        assert_eq!(Posed::of_address("query=%7B+a%20%7D&operationName=&variables=&x=%FF").unwrap(), plain);
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
            (
                r#"["{ a }", null, null, null, null]"#,
                "The body is an array: batches are not accepted, send one request at a time. The operator allows them with \
                 limits.max_batched_operations.",
            ),
            (r"3", "The body must be a JSON object with `query`, not a number."),
            ("", "The body is empty: send a JSON object with `query`."),
        ] {
            assert_eq!(message(Posed::of_body(body.as_bytes())), expected);
        }
        assert!(message(Posed::of_body(b"{\"query\": \"\xff\"}")).contains("not UTF-8 after 11 bytes"));
        assert!(message(Posed::of_body(b"{ \"query")).contains("not JSON"));
        assert!(message(Posed::of_body("[".repeat(100_000).as_bytes())).contains("not JSON"));
    }

    #[test]
    fn a_batch_is_an_array_of_requests() {
        let of = |body: &str| Questions::of_body(body.as_bytes(), true);
        let one = || Posed::of_address("query=a").unwrap();
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
            assert!(message(Posed::of_address(address)).starts_with(expected), "{address}");
        }
    }
}

//! `/table/{document}.json` and `.csv`: the answer to a document of the operator's list as rows and columns, for dashboards and
//! spreadsheets. It is found, counted, kept and shared as the same question at `/graphql` is; only then it is given this shape.

mod field;
mod parameter;
mod plan;
mod row;
mod selection;
mod written;

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderName, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::FutureExt as _;
use serde_json::{Value, json};

pub(super) use self::field::Fields;

use self::parameter::Parameters;
use self::plan::Plan;
use self::selection::Tree;
use self::written::{Form, LARGEST_BYTES, write};
use super::age::Age;
use super::answer::Written;
use super::asked::Asked;
use super::at_once::at_once;
use super::audit::Subject;
use super::body::Body;
use super::cookie::BASIC;
use super::media_type::MediaType;
use super::question::Question;
use super::refusal::{
    BAD_USER_INPUT, FORBIDDEN, GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, INTERNAL, INTERNAL_MESSAGE,
    OVERLOADED, PERSISTED_QUERY_NOT_FOUND, PORTAL_TIMEOUT, QUERY_TOO_COSTLY, Refusal, UNAUTHENTICATED,
};
use super::request_id::RequestId;
use super::router::nothing_here;
use super::worked_out::Outcome;
use super::{Floor, answer, measured};
use crate::graph::Code;

/// How many errors an answer has of which there is a table all the same.
pub(super) const ERRORS: HeaderName = HeaderName::from_static("portalgraph-errors");

/// How many seconds ago the oldest of what a table shows was read, where that was too long ago and the portal could not be asked.
pub(super) const STALE: HeaderName = HeaderName::from_static("portalgraph-stale");

/// Longer answers are made into tables off the runtime's threads, so that others' answers do not wait.
const SHAPED_ASIDE_FROM_BYTES: usize = 32 * 1024;

/// Answers with a table.
pub(super) async fn table(
    State(floor): State<Arc<Floor>>,
    Extension(id): Extension<RequestId>,
    name: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let Some((document, form)) = name.ok().and_then(|Path(name)| form_of(&name)) else {
        return nothing_here(Extension(id)).await;
    };
    let (parts, _) = request.into_parts();
    let subject = Subject::of(&parts, &id, &floor.settings.trusted_proxies);
    let answered = answered(&floor, (&parts, &subject), (&document, form), &id).boxed();
    at_once(answered).await.unwrap_or_else(|refusal| {
        subject.refused(&refusal);
        refused(&refusal, &id)
    })
}

/// The document's id and the form its table is wanted in.
fn form_of(name: &str) -> Option<(String, Form)> {
    let (document, ending) = name.rsplit_once('.')?;
    let form = match ending {
        "json" => Form::Json(parameter::Shape::default()),
        "csv" => Form::Csv,
        _ => return None,
    };
    Some((document.to_owned(), form))
}

async fn answered(
    floor: &Arc<Floor>,
    (parts, subject): (&Parts, &Arc<Subject>),
    (document, form): (&str, Form),
    id: &RequestId,
) -> Result<Response, Refusal> {
    let wanted = Wanted::read(floor, (parts, subject), (document, form)).await;
    let Wanted { asked, question, plan, form, is_partial } = wanted.inspect_err(measured::turned_away)?;
    let media = if form == Form::Csv { MediaType::Csv } else { MediaType::Json };
    let arrival = asked.arrived(floor, &question).await?;
    let worked = asked.worked_out(floor, (question, arrival), id).await?;
    let cached = (parts, floor.kept.browser_seconds);
    let mut response = match &worked.outcome {
        Outcome::Refused(refusal) => {
            subject.refused(refusal);
            refused(refusal, id)
        }
        Outcome::Kept(body, age) => whole((body, Some(*age)), (plan, form), (media, cached)).await?,
        Outcome::Written(written) if written.is_faultless => {
            whole((&written.body, written.age), (plan, form), (media, cached)).await?
        }
        Outcome::Written(written) if is_partial && written.is_executed() => {
            partial(&written.body, (plan, form), (media, parts)).await?
        }
        Outcome::Written(written) => failed(written),
    };
    worked.finish(&mut response);
    Ok(response)
}

/// A table that can be asked for.
struct Wanted<'a> {
    asked: Asked<'a>,
    question: Question,
    plan: Plan,
    form: Form,
    is_partial: bool,
}

impl<'a> Wanted<'a> {
    /// Everything that can be refused before anything is asked.
    async fn read(
        floor: &Floor,
        (parts, subject): (&'a Parts, &'a Arc<Subject>),
        (document, form): (&str, Form),
    ) -> Result<Self, Refusal> {
        let asked = Asked::of(floor, parts, subject)?;
        asked.admit(floor).await?;
        if asked.aside.explains {
            let message = "A table has no room for an explanation: ask the same document at /graphql.";
            return Err(Refusal::malformed(message));
        }
        let Some(text) = floor.trusted.listed(document) else {
            let message =
                "No document of this id is listed in trusted_documents: tables are made of those alone.";
            return Err(Refusal::of_http(StatusCode::NOT_FOUND, PERSISTED_QUERY_NOT_FOUND, message));
        };
        let parameters = Parameters::of(parts.uri.query().unwrap_or_default())?;
        let document = floor.documents.get(text).await?;
        let operation = document.operation(parameters.operation_name.as_deref())?;
        let variables = parameters.variables(operation, Fields::here())?;
        let tree = Tree::of(&document.parsed, operation, Fields::here());
        let plan = Plan::of(&tree, parameters.rows.as_deref())?;
        let Parameters { operation_name, shape, is_partial, .. } = parameters;
        subject.asks(operation_name.as_deref());
        let question = Question { query: text.to_string(), operation_name, variables };
        let form = if form == Form::Csv { form } else { Form::Json(shape) };
        Ok(Self { asked, question, plan, form, is_partial })
    }
}

/// The table of an answer without errors, with a tag of its own.
async fn whole(
    (body, age): (&Arc<Body>, Option<Age>),
    (plan, form): (Plan, Form),
    (media, cached): (MediaType, (&Parts, u64)),
) -> Result<Response, Refusal> {
    let (table, Beside { stale, .. }) = shaped(body, plan, form).await?;
    let mut response = answer::succeeded((&Arc::new(table), age), media, cached).await;
    tell_stale(&mut response, stale);
    Ok(response)
}

/// The table of what there is of an answer with errors.
async fn partial(
    body: &Arc<Body>,
    (plan, form): (Plan, Form),
    (media, parts): (MediaType, &Parts),
) -> Result<Response, Refusal> {
    let (table, Beside { errors, stale }) = shaped(body, plan, form).await?;
    let mut response = answer::packed(&table, (StatusCode::OK, media), parts).await;
    response.headers_mut().insert(ERRORS, HeaderValue::from(errors));
    tell_stale(&mut response, stale);
    Ok(response)
}

fn tell_stale(response: &mut Response, seconds: Option<u64>) {
    if let Some(seconds) = seconds {
        response.headers_mut().insert(STALE, HeaderValue::from(seconds));
    }
}

/// What an answer says beside its data.
struct Beside {
    /// How many errors it has.
    errors: usize,
    /// The seconds since the oldest of what is too old was read.
    stale: Option<u64>,
}

impl Beside {
    fn of(answer: &Value) -> Self {
        let marks = answer["extensions"]["freshness"].as_array().map(Vec::as_slice).unwrap_or_default();
        Self {
            errors: answer["errors"].as_array().map_or(0, Vec::len),
            stale: marks.iter().filter_map(|mark| mark["age"].as_u64()).max(),
        }
    }
}

/// The table, and what the answer says beside it.
async fn shaped(body: &Arc<Body>, plan: Plan, form: Form) -> Result<(Body, Beside), Refusal> {
    let bytes = body.plain.clone();
    let shape = move || {
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let errors = answer.get("errors").filter(|errors| errors.is_array());
        let table = write(&plan, &answer["data"], errors, form);
        table.map(|table| (Body::new(table), Beside::of(&answer)))
    };
    let table = if body.plain.len() < SHAPED_ASIDE_FROM_BYTES {
        Some(shape())
    } else {
        tokio::task::spawn_blocking(shape).await.ok()
    };
    let table = table.ok_or_else(|| Refusal::of_request(INTERNAL, INTERNAL_MESSAGE))?;
    table.map_err(|_| {
        let message = format!(
            "The table would take more than {LARGEST_BYTES} bytes: ask for fewer records at once, or name with `rows` \
             which list they are of."
        );
        Refusal::of_request(QUERY_TOO_COSTLY, message)
    })
}

/// Why there is no table of an answer: nothing that looks like one, because numbers that lack something are wrong.
fn failed(written: &Written) -> Response {
    let mut answer: Value = serde_json::from_slice(&written.body.plain).unwrap_or_default();
    let errors = answer["errors"].take();
    let code = errors[0]["extensions"]["code"].as_str().and_then(Code::of);
    let status = code.map_or(StatusCode::BAD_GATEWAY, status_of);
    let mut response = Response::new(json!({ "errors": errors }).to_string().into());
    *response.status_mut() = status;
    challenged(response)
}

fn refused(refusal: &Refusal, id: &RequestId) -> Response {
    // This media type has true statuses.
    challenged(answer::refused(refusal, MediaType::GraphqlResponse, id))
}

fn challenged(mut response: Response) -> Response {
    let is_nobody = response.status() == StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, MediaType::Json.content_type());
    if is_nobody {
        // What spreadsheets and browsers can do about it.
        headers.entry(WWW_AUTHENTICATE).or_insert(HeaderValue::from_static(BASIC));
    }
    response
}

/// The status of an answer by its first error.
fn status_of(code: Code) -> StatusCode {
    match code {
        UNAUTHENTICATED => StatusCode::UNAUTHORIZED,
        FORBIDDEN => StatusCode::FORBIDDEN,
        BAD_USER_INPUT | GRAPHQL_PARSE_FAILED | GRAPHQL_VALIDATION_FAILED | QUERY_TOO_COSTLY => {
            StatusCode::BAD_REQUEST
        }
        PORTAL_TIMEOUT => StatusCode::GATEWAY_TIMEOUT,
        OVERLOADED | Code::PortalOverloaded | Code::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        INTERNAL => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_GATEWAY,
    }
}

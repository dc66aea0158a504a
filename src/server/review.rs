//! `Review`: a document looked at without asking anybody: what is wrong with it, what it may ask, and which limits it is
//! beyond.

use async_graphql::{ServerError, ValidationMode, Variables};
use serde_json::{Map, Value};

use super::document::{Document, Documents};
use super::execution::too_costly;
use super::refusal::Refusal;
use super::{measured, variables};
use crate::config::{Config, Limits};
use crate::graph::{Asked, Draft, Estimator, schema};

/// The name of no operation: a space cannot be in one.
const NO_OPERATION: &str = "no operation";

/// What is larger is not even validated: fragments within fragments make that endless.
const LARGEST: usize = 100_000;

/// What a document itself is bounded by.
const BOUNDS: [fn(&mut Limits) -> &mut usize; 9] = [
    |limits| &mut limits.max_tokens,
    |limits| &mut limits.max_directives,
    |limits| &mut limits.max_list_items,
    |limits| &mut limits.max_depth,
    |limits| &mut limits.max_aliases,
    |limits| &mut limits.max_fragment_spreads,
    |limits| &mut limits.max_fields,
    |limits| &mut limits.max_root_fields,
    |limits| &mut limits.max_height,
];

/// What is to be looked at.
#[derive(Clone, Copy, Debug)]
pub struct Paper<'a> {
    /// The document.
    pub text: &'a str,
    /// Which of its operations.
    pub operation: Option<&'a str>,
    /// Its variables.
    pub variables: &'a Map<String, Value>,
}

/// What there is to say of a document that can be executed.
#[derive(Clone, Debug)]
pub struct Review {
    /// The name of the operation.
    pub operation: Option<String>,
    /// `query`, `mutation` or `subscription`.
    pub kind: &'static str,
    /// What it may ask.
    pub draft: Draft,
    /// The limits it is beyond, each as a sentence: it would be refused.
    pub broken: Vec<String>,
}

/// Why a document cannot be executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, and what was expected.
    pub message: String,
    /// The line and the column, where there is a place to tell.
    pub place: Option<(usize, usize)>,
}

impl From<ServerError> for Fault {
    fn from(error: ServerError) -> Self {
        Self { place: error.locations.first().map(|at| (at.line, at.column)), message: error.message }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self { place: refusal.locations.first().map(|at| (at.line, at.column)), message: refusal.message }
    }
}

/// Looks at a document as the gateway would with these settings, as far as that takes no upstream.
pub async fn review(config: &Config, paper: Paper<'_>) -> Result<Review, Vec<Fault>> {
    let fault = |refusal: Refusal| vec![Fault::from(refusal)];
    let boundless = boundless(&config.limits);
    let document = Documents::new(boundless.clone()).read(paper.text).map_err(fault)?;
    let size = document.cost.fields.max(document.cost.spreads);
    if size > LARGEST {
        let message = format!("With its fragments spread the document has more than {LARGEST} fields.");
        return Err(vec![Fault { message, place: None }]);
    }
    validate(config, &document, Variables::default()).await?;
    let definition = document.operation(paper.operation).map_err(fault)?;
    let variables = variables::prepare(definition, paper.variables.clone()).map_err(fault)?;
    validate(config, &document, variables.clone()).await?;

    let only = |bound: fn(&mut Limits) -> &mut usize| {
        let (mut limits, mut own) = (boundless.clone(), config.limits.clone());
        *bound(&mut limits) = *bound(&mut own);
        Documents::new(limits).read(paper.text).err().map(|refusal| refusal.message)
    };
    let mut broken: Vec<_> = BOUNDS.into_iter().filter_map(only).collect();
    let lists = variables::are_short(paper.variables, config.limits.max_list_items);
    broken.extend(lists.err().map(|refusal| refusal.message));

    let asked = Asked { document: &document.parsed, operation: definition, variables: &variables };
    let draft = Estimator::new(config).draft(asked);
    let (calls, allowed) = (draft.estimate.calls(), config.limits.max_portal_calls);
    if calls > allowed {
        broken.push(too_costly(calls, 0, allowed));
    }
    broken.extend(draft.too_large.iter().map(|(path, given)| {
        let allowed = config.limits.max_page_size;
        format!("The page of {path} has {given} records; limits.max_page_size allows {allowed}.")
    }));
    let mut operations = document.parsed.operations.iter();
    let named = operations.find(|(_, operation)| std::ptr::eq(&raw const operation.node, definition));
    let operation = named.and_then(|(name, _)| name).map(ToString::to_string);
    Ok(Review { operation, kind: measured::word(definition.ty), draft, broken })
}

/// The same limits without those of documents.
fn boundless(limits: &Limits) -> Limits {
    let mut boundless = limits.clone();
    for bound in BOUNDS {
        *bound(&mut boundless) = usize::MAX;
    }
    boundless
}

/// Everything that is wrong with a document by the schema; with variables, also what is wrong with them.
async fn validate(config: &Config, document: &Document, variables: Variables) -> Result<(), Vec<Fault>> {
    // The engine validates all of a document before it looks for the operation, and does not find this one: nothing is
    // executed.
    let mut request = async_graphql::Request::new(String::new()).operation_name(NO_OPERATION);
    request.variables = variables;
    request.set_parsed_query(document.parsed.clone());
    let errors = schema(&config.limits, ValidationMode::Strict).execute(request).await.errors;
    let faults: Vec<_> =
        errors.into_iter().filter(|error| !error.message.contains(NO_OPERATION)).map(Fault::from).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

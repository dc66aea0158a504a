//! Documents as clients send them, parsed and measured once: a bounded cache from the text to what it means.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::parser::Error;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use moka::future::Cache;

use super::cost::{Cost, within};
use super::height::height;
use super::lexer;
use super::parser;
use super::refusal::{BAD_USER_INPUT, GRAPHQL_PARSE_FAILED, Refusal};
use crate::config::Limits;
use crate::graph::Writing;

/// How much memory the cache may take, about.
const KEPT_BYTES: u64 = 32 * 1024 * 1024;
/// What a token comes to once parsed: `a` alone may be a whole field.
const BYTES_PER_TOKEN: usize = 300;
/// How many brackets may be open at once, like `serde_json` has it for variables.
const MAX_NESTED_BRACKETS: usize = 128;

/// What is counted of a list that is written out.
const LONGEST_LIST: &str = "number of items of the longest list";

/// A document within all limits.
pub(super) struct Document {
    pub(super) parsed: ExecutableDocument,
    pub(super) cost: Cost,
    /// How its lists are written.
    pub(super) writing: Writing,
    tokens: usize,
    is_valid: AtomicBool,
}

/// All documents seen lately, and those the operator has listed, which nobody's documents push out.
pub(super) struct Documents {
    trusted: HashMap<Arc<str>, Trusted>,
    kept: Cache<String, Arc<Document>>,
    limits: Limits,
}

/// A document of the operator's list.
struct Trusted {
    document: Arc<Document>,
    /// What it is counted by; some of many are counted together.
    name: Option<Arc<str>>,
}

/// How many documents are counted each by itself: every one is several dozens of series for whoever collects them.
const MOST_NAMED: usize = 200;

impl Documents {
    pub(super) fn new(limits: Limits) -> Self {
        let weigh = |text: &String, document: &Arc<Document>| {
            u32::try_from(document.weight(text)).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder().max_capacity(KEPT_BYTES).weigher(weigh).build();
        Self { trusted: HashMap::new(), kept, limits }
    }

    /// Keeps a document for good. Mutations are kept too: what is written into one is the operator's, not a client's.
    /// It is counted by the name of its operation, or by its id if it has none or several.
    pub(super) fn trust(&mut self, text: Arc<str>, document: Document, id: &str) {
        let mut operations = document.parsed.operations.iter();
        let name = match (operations.next(), operations.next()) {
            (Some((Some(name), _)), None) => name.as_str(),
            _ => id,
        };
        let name = (self.trusted.len() < MOST_NAMED).then(|| Arc::from(name));
        self.trusted.insert(text, Trusted { document: Arc::new(document), name });
    }

    /// What a document is counted by.
    pub(super) fn name(&self, text: &str) -> Option<Arc<str>> {
        self.trusted.get(text)?.name.clone()
    }

    /// Whether the operator has listed a document of this text.
    pub(super) fn is_trusted(&self, text: &str) -> bool {
        self.trusted.contains_key(text)
    }

    /// The document of this text, if it is GraphQL and within the limits.
    pub(super) async fn get(&self, text: &str) -> Result<Arc<Document>, Refusal> {
        if let Some(trusted) = self.trusted.get(text) {
            return Ok(Arc::clone(&trusted.document));
        }
        if let Some(document) = self.kept.get(text).await {
            return Ok(document);
        }
        let document = Arc::new(self.read(text)?);
        // A mutation may have a password written into it, which is kept nowhere.
        if document.is_keepable() {
            self.kept.insert(text.to_owned(), Arc::clone(&document)).await;
        }
        Ok(document)
    }

    /// Parses and measures a document.
    pub(super) fn read(&self, text: &str) -> Result<Document, Refusal> {
        let survey = lexer::survey(text);
        within("number of tokens", survey.tokens, ("limits.max_tokens", self.limits.max_tokens))?;
        within("nesting of brackets", survey.nesting, ("the gateway", MAX_NESTED_BRACKETS))?;
        let limits = &self.limits;
        within("number of directives", survey.directives, ("limits.max_directives", limits.max_directives))?;
        within(LONGEST_LIST, survey.list_items, ("limits.max_list_items", limits.max_list_items))?;
        let parsed = parser::parse(text, survey).map_err(|error| unparsable(&error))?;
        let cost = Cost::of(&parsed)?;
        cost.check(limits)?;
        within("number of different fields", height(&parsed), ("limits.max_height", limits.max_height))?;
        let writing = Writing::of(&parsed);
        Ok(Document { parsed, cost, writing, tokens: survey.tokens, is_valid: AtomicBool::new(false) })
    }
}

impl Document {
    /// How much memory it takes with its text, about.
    pub(super) fn weight(&self, text: &str) -> usize {
        text.len() + self.tokens * BYTES_PER_TOKEN
    }

    /// Whether an operation of it was executed without an error before: all of it is valid then, whatever the variables.
    pub(super) fn is_valid(&self) -> bool {
        self.is_valid.load(Ordering::Relaxed)
    }

    pub(super) fn found_valid(&self) {
        self.is_valid.store(true, Ordering::Relaxed);
    }

    /// Whether the text may be kept.
    pub(super) fn is_keepable(&self) -> bool {
        self.parsed.operations.iter().all(|(_, operation)| operation.node.ty != OperationType::Mutation)
    }

    /// The operation to execute, as the specification's `GetOperation` finds it.
    pub(super) fn operation(&self, name: Option<&str>) -> Result<&OperationDefinition, Refusal> {
        let refuse = |message: String| Err(Refusal::of_request(BAD_USER_INPUT, message));
        match (&self.parsed.operations, name) {
            (DocumentOperations::Single(operation), None) => Ok(&operation.node),
            (DocumentOperations::Multiple(operations), Some(name)) if operations.contains_key(name) => {
                Ok(&operations[name].node)
            }
            (DocumentOperations::Multiple(operations), None) => match operations.values().next() {
                Some(operation) if operations.len() == 1 => Ok(&operation.node),
                _ => refuse(
                    "The document has several operations: say in `operationName` which one to execute."
                        .into(),
                ),
            },
            (_, Some(name)) => refuse(format!("The document has no operation named \"{name}\".")),
        }
    }
}

/// The parser draws the text around the place; the place is in `locations`, so one line says the rest.
fn unparsable(error: &Error) -> Refusal {
    let message = match error {
        Error::Syntax { message, start, .. } => {
            let expected = message.rsplit("= ").next().unwrap_or("something else").trim().replace('_', " ");
            format!("Syntax error at line {}, column {}: {expected}.", start.line, start.column)
        }
        Error::RecursionLimitExceeded => "The document nests selections too deeply to be parsed.".into(),
        other => format!("Syntax error: {other}."),
    };
    Refusal::of_request(GRAPHQL_PARSE_FAILED, message).at(error.positions())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    async fn document(text: &str) -> Result<Arc<Document>, Refusal> {
        Documents::new(Config::default().limits).get(text).await
    }

    #[tokio::test]
    async fn a_syntax_error_is_one_line_with_its_place() {
        let refusal = document("{ a(x: ) }").await.err().unwrap();
        assert_eq!(refusal.code, GRAPHQL_PARSE_FAILED);
        assert_eq!(refusal.message, "Syntax error at line 1, column 8: expected value.");
        assert_eq!(refusal.locations[0].column, 8);
    }

    #[tokio::test]
    async fn a_document_that_may_hold_a_password_is_not_kept() {
        let documents = Documents::new(Config::default().limits);
        for text in
            ["mutation { login(password: \"secret\") { x } }", "query A { a } mutation B { b }", "{ kept }"]
        {
            documents.get(text).await.unwrap();
        }
        documents.kept.run_pending_tasks().await;
        assert_eq!(documents.kept.entry_count(), 1);
        assert!(documents.kept.contains_key("{ kept }"));
    }

    #[tokio::test]
    async fn the_operation_is_the_named_one_or_the_only_one() {
        let anonymous = document("{ a }").await.unwrap();
        assert!(anonymous.operation(None).is_ok());
        assert!(anonymous.operation(Some("A")).is_err());
        let named = document("query A { a } query B { a }").await.unwrap();
        assert!(named.operation(Some("B")).is_ok());
        assert!(named.operation(Some("C")).is_err());
        assert!(named.operation(None).is_err());
        assert!(document("query A { a }").await.unwrap().operation(None).is_ok());
    }

    #[tokio::test]
    async fn too_many_tokens_or_brackets_are_refused_before_parsing() {
        let many = document(&format!("{{ {} }}", "a ".repeat(5000))).await.err().unwrap();
        assert_eq!(
            many.message,
            "The number of tokens of this document is 5002; limits.max_tokens allows 5000."
        );
        let nested =
            document(&format!("{{ a(x: {}{}) }}", "[".repeat(2000), "]".repeat(2000))).await.err().unwrap();
        assert!(nested.message.contains("nesting of brackets"));
    }

    #[tokio::test]
    async fn the_longest_text_within_the_limits_is_read_quickly() {
        let text =
            format!("{{ r {{ {} }} }}", "a(x: [[[1]]], y: {b: \"\"\"c\"\"\"}) # comment\n".repeat(200));
        let begun = std::time::Instant::now();
        assert!(document(&text).await.is_ok());
        assert!(begun.elapsed().as_millis() < 500);
    }
}

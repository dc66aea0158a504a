//! `docs/errors.md`: every code that an error can have, from the list of codes, the ways in which requests are turned away, and
//! the schema.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use async_graphql::parser::types::{
    EnumType, FieldDefinition, ServiceDocument, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Positioned, parser};

use super::cell;
use crate::graph::{Code, sdl};
use crate::server::REFUSALS;

const HEAD: &str = "\
# Errors

Every code. `portalgraph docs errors` prints this page from what the program goes by, so it holds for the version that prints it.

There are two kinds. **`errors`** of an answer tell what a person cannot mend by other input; each has `extensions.code`. **`userErrors`** of
a mutation's payload tell what can be mended, each with the `field` it is about and a `code` of the mutation's own.

## What an error tells

```json
{\"errors\": [{\"message\": \"The portal did not answer getAllSites within 10000 ms (portal.call_timeout_milliseconds).\",
  \"locations\": [{\"line\": 1, \"column\": 3}], \"path\": [\"sites\"],
  \"extensions\": {\"code\": \"PORTAL_TIMEOUT\", \"operation\": \"getAllSites\", \"retryable\": true, \"requestId\": \"Jm3k…\"}}],
 \"data\": {\"sites\": null, \"departments\": []}}
```

| member of `extensions` | what it is |
|---|---|
| `code` | one of the codes below; branch on it, never on the message |
| `requestId` | the request's id, which its log lines and the header `x-request-id` have too |
| `retryable` | whether the same request may succeed later |
| `retryAfterSeconds` | how long to wait, where it is known |
| `operation` | the call of the upstream that failed |
| `portalCode` | the constant with which the portal, or the id with which ICWS, refused |
| `outcome` | `UNKNOWN`: a change was sent, and nobody knows whether it was carried out; the message says what to read before it is sent again |
| `mayBePartlyDone` | true: a change was refused, perhaps after a part of it was done |

An error with a `path` is that of a field: the field is null, the rest of the answer stands, and the status is 200. Without a `path`
nothing was done. Who accepts `application/graphql-response+json` is then answered with the status below; to who accepts only
`application/json` a request that could be read is answered 200 all the same, as the specification wants it.
[Tables](dashboards.md#when-something-fails) have statuses of their own, and subscriptions [close codes](live.md#when-it-ends).

## Codes

The status is that of a request that is turned away as a whole; `–` never is.
";

const BY_STATUS: &str = "
## Refusals by status

| status | code | when |
|---|---|---|
";

const AFTER_STATUS: &str = "
A head that is too large is answered 431 and without a body. Every other refusal is JSON with one error.
";

const USER_ERRORS: &str = "
## User errors

What `userErrors` of each mutation may say. `UNKNOWN` stands for a refusal of the upstream that is none of the others: its constant is in `portalCode`.
";

pub(super) fn page() -> String {
    let mut page = format!("{HEAD}\n| code | status | what it means | what to do |\n|---|---|---|---|\n");
    for code in Code::ALL {
        let of_code = REFUSALS.iter().filter(|(_, of, _)| of == code).map(|(status, ..)| status.to_string());
        let statuses: BTreeSet<_> = of_code.collect();
        let statuses = statuses.into_iter().collect::<Vec<_>>().join(", ");
        let statuses = if statuses.is_empty() { "–" } else { &statuses };
        let (meaning, advice) = (cell(code.meaning()), cell(code.advice()));
        // Writing to a text cannot fail.
        let _ = writeln!(page, "| `{}` | {statuses} | {meaning} | {advice} |", code.as_str());
    }
    page.push_str(BY_STATUS);
    for (status, code, when) in REFUSALS {
        let _ = writeln!(page, "| {status} | `{}` | {} |", code.as_str(), cell(when));
    }
    page.push_str(AFTER_STATUS);
    page.push_str(USER_ERRORS);
    page.push_str(&user_errors());
    page
}

/// The codes of each mutation's `userErrors`, as the schema describes them.
fn user_errors() -> String {
    let mut text = String::new();
    let Ok(document) = parser::parse_schema(sdl()) else { return text };
    let types = types(&document);
    for mutation in fields(&types, "Mutation") {
        let payload = named(mutation);
        let error =
            fields(&types, payload).iter().find(|field| field.node.name.node == "userErrors").map(named);
        let code =
            error.and_then(|error| fields(&types, error).iter().find(|field| field.node.name.node == "code"));
        let Some(TypeKind::Enum(codes)) = code.and_then(|code| types.get(named(code))).map(|kind| &kind.kind)
        else {
            continue;
        };
        let _ = write!(text, "\n### {}\n\n{}", mutation.node.name.node, codes_of(codes));
    }
    text
}

fn codes_of(codes: &EnumType) -> String {
    let mut table = "| code | what it means |\n|---|---|\n".to_owned();
    for value in &codes.values {
        let description = value.node.description.as_ref().map(|text| text.node.trim()).unwrap_or_default();
        let _ = writeln!(table, "| `{}` | {} |", value.node.value.node, cell(description));
    }
    table
}

fn types(document: &ServiceDocument) -> BTreeMap<&str, &TypeDefinition> {
    let types = document.definitions.iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(kind) => Some((kind.node.name.node.as_str(), &kind.node)),
        _ => None,
    });
    types.collect()
}

fn fields<'a>(types: &BTreeMap<&str, &'a TypeDefinition>, name: &str) -> &'a [Positioned<FieldDefinition>] {
    match types.get(name).map(|kind| &kind.kind) {
        Some(TypeKind::Object(object)) => &object.fields,
        _ => &[],
    }
}

/// The name of a field's type, without what makes a list of it or keeps it from being null.
fn named(field: &Positioned<FieldDefinition>) -> &str {
    let mut kind = &field.node.ty.node.base;
    loop {
        match kind {
            parser::types::BaseType::Named(name) => return name.as_str(),
            parser::types::BaseType::List(inner) => kind = &inner.base,
        }
    }
}

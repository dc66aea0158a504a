//! The schema is the product: it is committed, described throughout, named by its own rules, and the program prints
//! just that.

use std::collections::BTreeMap;

use async_graphql::Positioned;
use async_graphql::parser::types::{
    FieldDefinition, InputValueDefinition, ServiceDocument, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use portalgraph::graph;

/// Flags whose names are sentences without `is`, `has` or `can`.
const OTHER_FLAGS: [&str; 6] = ["holds", "mixesRelations", "preview", "effective", "actual", "inherited"];

/// How a flag that is asked for may start: it says what the mutation does.
const ASKED_FLAGS: [&str; 5] = ["uses", "reuses", "skips", "changes", "must"];

/// Refresh with `make schema`.
#[test]
fn the_committed_schema_is_the_one_the_program_prints() {
    let committed = include_str!("../../schema.graphql");
    assert!(
        committed == graph::sdl(),
        "schema.graphql is not what `portalgraph schema` prints: run `make schema`"
    );
}

type Place = (String, Option<Positioned<String>>);

fn document() -> ServiceDocument {
    async_graphql::parser::parse_schema(graph::sdl()).unwrap()
}

fn types(document: &ServiceDocument) -> BTreeMap<String, &TypeDefinition> {
    let types = document.definitions.iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(kind) => Some((kind.node.name.node.to_string(), &kind.node)),
        _ => None,
    });
    types.collect()
}

fn fields(kind: &TypeDefinition) -> &[Positioned<FieldDefinition>] {
    match &kind.kind {
        TypeKind::Object(object) => &object.fields,
        TypeKind::Interface(interface) => &interface.fields,
        _ => &[],
    }
}

/// Every field and input field with its type, as `Type.field`.
fn members(document: &ServiceDocument) -> Vec<(String, String, String)> {
    let mut members = Vec::new();
    for (name, kind) in types(document) {
        for field in fields(kind) {
            members.push((name.clone(), field.node.name.node.to_string(), field.node.ty.node.to_string()));
        }
        if let TypeKind::InputObject(input) = &kind.kind {
            for field in &input.fields {
                members.push((
                    name.clone(),
                    field.node.name.node.to_string(),
                    field.node.ty.node.to_string(),
                ));
            }
        }
    }
    members
}

fn described(document: &ServiceDocument) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let inputs = |on: &str, inputs: &[Positioned<InputValueDefinition>]| -> Vec<Place> {
        let places = inputs.iter().map(|input| &input.node);
        places.map(|input| (format!("{on}.{}", input.name.node), input.description.clone())).collect()
    };
    for (name, kind) in types(document) {
        places.push((name.clone(), kind.description.clone()));
        for field in fields(kind) {
            let place = format!("{name}.{}", field.node.name.node);
            places.push((place.clone(), field.node.description.clone()));
            places.extend(inputs(&place, &field.node.arguments));
        }
        match &kind.kind {
            TypeKind::InputObject(input) => places.extend(inputs(&name, &input.fields)),
            TypeKind::Enum(values) => {
                let values = values.values.iter().map(|value| &value.node);
                places.extend(
                    values.map(|value| (format!("{name}.{}", value.value.node), value.description.clone())),
                );
            }
            _ => {}
        }
    }
    places
}

#[test]
fn every_type_field_argument_and_value_is_described_in_sentences() {
    let document = document();
    let places = described(&document);
    assert!(places.len() > 400, "{}", places.len());
    for (place, description) in places {
        let text = description.map(|text| text.node).unwrap_or_default();
        assert!(!text.is_empty(), "{place} is not described");
        assert!(text.ends_with(['.', '…']), "{place}: {text}");
        assert!(text.starts_with(|first: char| first.is_uppercase() || first == '`'), "{place}: {text}");
    }
}

#[test]
fn every_scalar_says_where_it_is_specified() {
    let document = document();
    for (name, kind) in types(&document) {
        if matches!(kind.kind, TypeKind::Scalar) {
            let is_specified =
                kind.directives.iter().any(|directive| directive.node.name.node == "specifiedBy");
            assert!(is_specified, "{name}");
        }
    }
}

#[test]
fn names_are_spelt_as_web_front_ends_know_them() {
    let document = document();
    for (name, kind) in types(&document) {
        assert!(name.starts_with(|first: char| first.is_ascii_uppercase()) && !name.contains('_'), "{name}");
        if let TypeKind::Enum(values) = &kind.kind {
            for value in &values.values {
                let value = value.node.value.node.as_str();
                let is_screaming =
                    value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
                assert!(is_screaming, "{name}.{value}");
            }
        }
    }
    for (name, field, kind) in members(&document) {
        let is_camel = field.starts_with(|first: char| first.is_ascii_lowercase()) && !field.contains('_');
        assert!(is_camel, "{name}.{field}");
        match kind.trim_end_matches('!') {
            "Boolean" => {
                let starts = ["is", "has", "can"].iter().any(|start| field.starts_with(start));
                let is_asked =
                    name.ends_with("Input") && ASKED_FLAGS.iter().any(|start| field.starts_with(start));
                assert!(
                    starts || is_asked || OTHER_FLAGS.contains(&field.as_str()),
                    "{name}.{field} is a flag"
                );
            }
            "DateTime" => assert!(field.ends_with("At"), "{name}.{field} is an instant"),
            _ => {}
        }
    }
}

#[test]
fn every_connection_has_the_four_parts_and_pages_both_ways() {
    let document = document();
    let types = types(&document);
    let kind = |on: &str, name: &str| {
        let field = fields(types[on]).iter().find(|field| field.node.name.node == name);
        field.map(|field| field.node.ty.node.to_string())
    };
    let mut connections = 0;
    for name in types.keys() {
        let Some(node) = name.strip_suffix("Connection") else { continue };
        connections += 1;
        assert_eq!(kind(name, "nodes"), Some(format!("[{node}!]!")), "{name}");
        assert_eq!(kind(name, "edges"), Some(format!("[{node}Edge!]!")), "{name}");
        assert_eq!(kind(name, "pageInfo").as_deref(), Some("PageInfo!"), "{name}");
        assert_eq!(kind(name, "totalCount").as_deref(), Some("Int!"), "{name}");
        assert_eq!(kind(&format!("{node}Edge"), "node"), Some(format!("{node}!")), "{name}");
        assert_eq!(kind(&format!("{node}Edge"), "cursor").as_deref(), Some("String!"), "{name}");
    }
    assert!(connections > 5, "{connections}");
    for (name, kind) in &types {
        for field in fields(kind) {
            let pages = ["first", "after", "last", "before"];
            let arguments: Vec<_> =
                field.node.arguments.iter().map(|it| it.node.name.node.as_str()).collect();
            let paging = pages.iter().filter(|page| arguments.contains(page)).count();
            let is_connection = field.node.ty.node.to_string().ends_with("Connection");
            assert_eq!(paging, if is_connection { 4 } else { 0 }, "{name}.{}", field.node.name.node);
        }
    }
}

#[test]
fn every_mutation_takes_one_input_and_answers_its_own_payload() {
    let document = document();
    let types = types(&document);
    let schema = document.definitions.iter().find_map(|definition| match definition {
        TypeSystemDefinition::Schema(schema) => Some(&schema.node),
        _ => None,
    });
    let root = schema.and_then(|schema| schema.mutation.as_ref()).unwrap().node.to_string();
    for field in fields(types[&root]) {
        let name = field.node.name.node.as_str();
        let (first, rest) = name.split_at(1);
        let noun = format!("{}{rest}", first.to_uppercase());
        assert_eq!(field.node.ty.node.to_string(), format!("{noun}Payload"), "{name}");
        for argument in &field.node.arguments {
            assert_eq!(argument.node.name.node, "input", "{name}");
            // Signing out needs nothing to be said.
            let mark = if name == "logout" { "" } else { "!" };
            assert_eq!(argument.node.ty.node.to_string(), format!("{noun}Input{mark}"), "{name}");
        }
    }
}

#[test]
fn every_node_has_the_upstreams_key_beside_its_global_id() {
    let document = document();
    for (name, kind) in types(&document) {
        let TypeKind::Object(object) = &kind.kind else { continue };
        if object.implements.iter().any(|interface| interface.node == "Node") {
            let has = |field: &str, kind: &str| {
                object
                    .fields
                    .iter()
                    .any(|it| it.node.name.node == field && it.node.ty.node.to_string() == kind)
            };
            let has_key = has("databaseId", "Int!") || has("roleId", "String!");
            assert!(has("id", "ID!") && has_key, "{name}");
        }
    }
}

//! The graph's half of ICWS's contract: each property is shown or its omission has a reason, what can be given has an
//! input, and every enum has as many values.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::types::{ServiceDocument, TypeKind, TypeSystemDefinition};
use portalgraph::graph;
use serde::Deserialize;

#[derive(Deserialize)]
struct Guide {
    types: BTreeMap<String, Kind>,
    enums: BTreeMap<String, Enum>,
}

#[derive(Deserialize)]
struct Kind {
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    json: String,
    #[serde(default, rename = "readOnly")]
    is_read_only: bool,
}

#[derive(Deserialize)]
struct Enum {
    values: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Lists {
    shown: BTreeMap<String, BTreeMap<String, String>>,
    omitted: BTreeMap<String, String>,
    inputs: BTreeMap<String, String>,
    enums: BTreeMap<String, String>,
}

fn guide() -> Guide {
    serde_saphyr::from_str(include_str!("contract/icws.yaml")).unwrap()
}

fn shown() -> Lists {
    serde_saphyr::from_str(include_str!("contract/icws_shown.yaml")).unwrap()
}

/// What the schema has: fields and input fields as `Type.field`, values as `Enum.VALUE`.
fn members(document: &ServiceDocument) -> BTreeSet<String> {
    let mut members = BTreeSet::new();
    for definition in &document.definitions {
        let TypeSystemDefinition::Type(kind) = definition else { continue };
        let names: Vec<_> = match &kind.node.kind {
            TypeKind::Object(object) => object.fields.iter().map(|field| &field.node.name.node).collect(),
            TypeKind::InputObject(input) => input.fields.iter().map(|field| &field.node.name.node).collect(),
            TypeKind::Enum(values) => values.values.iter().map(|value| &value.node.value.node).collect(),
            _ => continue,
        };
        members.extend(names.into_iter().map(|name| format!("{}.{name}", kind.node.name.node)));
    }
    members
}

fn schema() -> BTreeSet<String> {
    members(&async_graphql::parser::parse_schema(graph::sdl()).unwrap())
}

#[test]
fn every_property_is_shown_or_its_omission_has_a_reason() {
    let (guide, lists, schema) = (guide(), shown(), schema());
    let listed: Vec<_> = lists
        .shown
        .iter()
        .flat_map(|(kind, fields)| fields.keys().map(move |field| format!("{kind}.{field}")))
        .chain(lists.omitted.keys().cloned())
        .collect();
    let of = |(kind, fields): (&String, &Kind)| {
        fields.fields.iter().map(|field| format!("{kind}.{}", field.json)).collect::<Vec<_>>()
    };
    let told: BTreeSet<_> = guide.types.iter().flat_map(of).collect();
    assert_eq!(listed.len(), listed.iter().collect::<BTreeSet<_>>().len(), "one entry each");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), told);
    for field in lists.shown.values().flat_map(BTreeMap::values) {
        assert!(schema.contains(field), "the graph has no {field}");
    }
}

#[test]
fn whatever_a_role_can_be_given_has_an_input() {
    let (guide, lists, schema) = (guide(), shown(), schema());
    let writable = guide.types["role"].fields.iter().filter(|field| !field.is_read_only);
    let writable: BTreeSet<_> = writable.map(|field| field.json.as_str()).collect();
    assert_eq!(lists.inputs.keys().map(String::as_str).collect::<BTreeSet<_>>(), writable);
    for input in lists.inputs.values() {
        assert!(schema.contains(&format!("CreateIcwsRoleInput.{input}")), "there is no input {input}");
    }
}

#[test]
fn every_value_of_an_enum_is_one_of_the_graphs() {
    let (guide, lists, schema) = (guide(), shown(), schema());
    for (name, shown) in &lists.enums {
        let values = schema.iter().filter(|member| member.starts_with(&format!("{shown}."))).count();
        assert_eq!(values, guide.enums[name].values.len() + 1, "{shown}: those of {name}, and UNKNOWN");
    }
    let others: BTreeSet<_> = guide.enums.keys().filter(|name| !lists.enums.contains_key(*name)).collect();
    assert_eq!(others, BTreeSet::from([&"validationErrorType".to_owned()]), "the codes of user errors");
}

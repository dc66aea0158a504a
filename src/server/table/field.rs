//! What the schema says of fields: of which type each is, and what kind of type that is.

use std::collections::HashMap;
use std::sync::LazyLock;

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition};

use crate::graph::sdl;

/// Of the schema of this program, which settings do not change.
static SCHEMA: LazyLock<Fields> = LazyLock::new(|| Fields::of(&sdl()));

/// The type that queries begin at.
pub(super) const ROOT: &str = "Query";

/// The fields of a schema.
pub(in crate::server) struct Fields {
    /// By the name of the type, then by their own.
    types: HashMap<String, HashMap<String, Type>>,
    inputs: Vec<String>,
}

impl Fields {
    /// Those of this program, read out of its schema by whoever asks first.
    pub(in crate::server) fn here() -> &'static Self {
        &SCHEMA
    }

    pub(super) fn of(schema: &str) -> Self {
        let mut fields = Self { types: HashMap::new(), inputs: Vec::new() };
        let definitions = parse_schema(schema).map(|document| document.definitions).unwrap_or_default();
        for definition in definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            match definition.node.kind {
                TypeKind::Object(object) => fields.add(name, object.fields),
                TypeKind::Interface(interface) => fields.add(name, interface.fields),
                TypeKind::Union(_) => fields.add(name, Vec::new()),
                TypeKind::InputObject(_) => fields.inputs.push(name),
                TypeKind::Scalar | TypeKind::Enum(_) => {}
            }
        }
        fields
    }

    fn add(&mut self, name: String, definitions: Vec<Positioned<FieldDefinition>>) {
        let definitions = definitions.into_iter();
        let of = |definition: FieldDefinition| (definition.name.node.to_string(), definition.ty.node);
        self.types.insert(name, definitions.map(|definition| of(definition.node)).collect());
    }

    /// The type of a field.
    pub(super) fn get(&self, parent: &str, field: &str) -> Option<&Type> {
        self.types.get(parent)?.get(field)
    }

    /// Whether a type has fields that are selected.
    pub(super) fn is_composite(&self, name: &str) -> bool {
        self.types.contains_key(name)
    }

    /// Whether a type is an object that clients send.
    pub(super) fn is_input(&self, name: &str) -> bool {
        self.inputs.iter().any(|input| input == name)
    }
}

/// The name of a type, whatever lists are around it.
pub(super) fn named(base: &BaseType) -> &str {
    match base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(item) => named(&item.base),
    }
}

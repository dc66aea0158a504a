//! What an operation selects, as a tree of what stands in its answer: fragments spread, each key once, each with its type.

use std::collections::HashMap;

use async_graphql::parser::types::{
    BaseType, ExecutableDocument, FragmentDefinition, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};

use super::field::{Fields, ROOT, named};

/// The values below one object, in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Tree(Vec<Node>);

/// A value, or what stands below it.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) key: String,
    /// The name of its type.
    pub(super) kind: String,
    pub(super) is_list: bool,
    pub(super) is_composite: bool,
    /// Whether it is `nodes`, `edges` or `node` of a connection, which say nothing of what is in them.
    pub(super) is_wrapper: bool,
    pub(super) below: Tree,
}

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

impl Tree {
    /// What the operation selects. It takes as long as the document has fields once fragments are spread, which limits bound.
    pub(super) fn of(
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        fields: &Fields,
    ) -> Self {
        let mut tree = Self::default();
        tree.gather((&operation.selection_set.node, ROOT), &document.fragments, fields);
        tree
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Node> {
        self.0.iter()
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.0.iter().find(|node| node.key == key)
    }

    fn gather(&mut self, (set, parent): (&SelectionSet, &str), fragments: &Fragments, fields: &Fields) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let (key, name) = (&field.node.response_key().node, &field.node.name.node);
                    let node = self.node(key, (parent, name), fields);
                    if node.is_composite {
                        let kind = node.kind.clone();
                        node.below.gather((&field.node.selection_set.node, &kind), fragments, fields);
                    }
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let parent = condition.map_or(parent, |condition| condition.node.on.node.as_str());
                    self.gather((&inline.node.selection_set.node, parent), fragments, fields);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                        let parent = fragment.node.type_condition.node.on.node.as_str();
                        self.gather((&fragment.node.selection_set.node, parent), fragments, fields);
                    }
                }
            }
        }
    }

    fn node(&mut self, key: &str, (parent, name): (&str, &str), fields: &Fields) -> &mut Node {
        let kind = fields.get(parent, name);
        // `__typename` is the one field the schema does not list.
        let found = kind.map_or("String", |kind| named(&kind.base));
        let place = self.0.iter().position(|node| node.key == key).unwrap_or_else(|| {
            let is_wrapper = parent.ends_with("Connection") && matches!(name, "nodes" | "edges")
                || parent.ends_with("Edge") && name == "node";
            self.0.push(Node {
                key: key.to_owned(),
                kind: found.to_owned(),
                is_list: kind.is_some_and(|kind| matches!(kind.base, BaseType::List(_))),
                is_composite: fields.is_composite(found),
                is_wrapper,
                below: Self::default(),
            });
            self.0.len() - 1
        });
        let node = &mut self.0[place];
        // Of two types of one union the same key may be of different ones.
        if node.kind != found && !node.is_composite {
            "String".clone_into(&mut node.kind);
        }
        node
    }
}

impl Node {
    /// The list of records it is, or that of the connection it is, with the keys that lead there from it.
    pub(super) fn list(&self) -> Option<(Vec<&str>, &Self)> {
        if self.is_list {
            return self.is_composite.then(|| (Vec::new(), self));
        }
        let list = self.below.iter().find(|node| node.is_wrapper && node.is_list)?;
        Some((vec![list.key.as_str()], list))
    }
}

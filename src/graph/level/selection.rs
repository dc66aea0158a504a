//! What is selected of a type: fragments spread, each response key once, in the order of the document.

use std::borrow::Cow;
use std::collections::HashSet;

use async_graphql::parser::types::{ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{Context, ContextBase, ContextSelectionSet, OutputType, Positioned, QueryEnv, SchemaEnv};

use super::{Row, Writing};

impl Writing {
    /// By level, unless some key is selected twice with different things below it: only the engine merges those, after
    /// each has been resolved.
    #[must_use]
    pub fn of(document: &ExecutableDocument) -> Self {
        let mut sets = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
        if sets.any(|set| has_twins(document, set)) { Self::ByItem } else { Self::ByLevel }
    }
}

/// Whether two fields of one selection set, fragments spread, answer under one key and have fields below them.
fn has_twins(document: &ExecutableDocument, set: &SelectionSet) -> bool {
    fn walk<'a>(
        document: &'a ExecutableDocument,
        set: &'a SelectionSet,
        keys: &mut HashSet<&'a str>,
    ) -> bool {
        set.items.iter().any(|selection| match &selection.node {
            Selection::Field(field) => {
                let below = &field.node.selection_set.node;
                let is_twin =
                    !below.items.is_empty() && !keys.insert(field.node.response_key().node.as_str());
                is_twin || has_twins(document, below)
            }
            Selection::InlineFragment(fragment) => walk(document, &fragment.node.selection_set.node, keys),
            Selection::FragmentSpread(spread) => {
                let fragment = document.fragments.get(&spread.node.fragment_name.node);
                fragment.is_some_and(|fragment| walk(document, &fragment.node.selection_set.node, keys))
            }
        })
    }
    walk(document, set, &mut HashSet::new())
}

/// The fields that are selected of `T`. Which directives leave out, the engine has taken out before; a key that stands
/// twice is a scalar, or the request would not be written by level.
pub(super) fn fields<'a, T: Row>(
    ctx: &'a ContextSelectionSet<'a>,
    set: &'a SelectionSet,
) -> Vec<&'a Positioned<Field>> {
    let mut fields: Vec<&Positioned<Field>> = Vec::with_capacity(set.items.len());
    Selected::of::<T, _>(ctx).each(set, &mut |field| {
        let key = &field.node.response_key().node;
        if !fields.iter().any(|known| known.node.response_key().node == *key) {
            fields.push(field);
        }
    });
    fields
}

/// Every field that is selected of `T` in this set, as often as it stands there. The engine's own look ahead also tells
/// those of fragments on other types.
pub fn each_selected<'a, T: OutputType>(
    ctx: &Context<'a>,
    set: &'a SelectionSet,
    mut tell: impl FnMut(&'a Positioned<Field>),
) {
    Selected::of::<T, _>(ctx).each(set, &mut tell);
}

/// How fragments are spread for one type.
struct Selected<'a> {
    schema: &'a SchemaEnv,
    query: &'a QueryEnv,
    of: Cow<'static, str>,
}

impl<'a> Selected<'a> {
    fn of<T: OutputType, I>(ctx: &ContextBase<'a, I>) -> Self {
        Self { schema: ctx.schema_env, query: ctx.query_env, of: T::type_name() }
    }

    fn applies(&self, condition: &str) -> bool {
        let interfaces = self.schema.registry.implements.get(self.of.as_ref());
        condition == self.of || interfaces.is_some_and(|interfaces| interfaces.contains(condition))
    }

    fn each(&self, set: &'a SelectionSet, tell: &mut impl FnMut(&'a Positioned<Field>)) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => tell(field),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    if condition.is_none_or(|condition| self.applies(&condition.node.on.node)) {
                        self.each(&fragment.node.selection_set.node, tell);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.query.fragments.get(&spread.node.fragment_name.node);
                    let applies =
                        |fragment: &FragmentDefinition| self.applies(&fragment.type_condition.node.on.node);
                    if let Some(fragment) = fragment.filter(|fragment| applies(&fragment.node)) {
                        self.each(&fragment.node.selection_set.node, tell);
                    }
                }
            }
        }
    }
}

//! How high an operation is: its different fields, as Apollo Router counts them. What is asked for twice at one place, under two
//! aliases or by two fragments, counts once, so that it is the width of what is wanted, and not of how it is written.

use std::collections::{BTreeMap, HashMap};

use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned};

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// The height of the highest operation. It takes as long as the document has fields once fragments are spread, so these are
/// to be limited first.
pub(super) fn height(document: &ExecutableDocument) -> usize {
    let operations = document.operations.iter();
    let heights =
        operations.map(|(_, operation)| of(&[&operation.node.selection_set.node], &document.fragments));
    heights.max().unwrap_or_default()
}

/// The fields of selections that are merged into one, and all below them.
fn of(sets: &[&SelectionSet], fragments: &Fragments) -> usize {
    let mut fields: BTreeMap<&str, Vec<&SelectionSet>> = BTreeMap::new();
    for set in sets {
        gather(set, fragments, &mut fields);
    }
    fields.values().map(|below| 1 + of(below, fragments)).sum()
}

fn gather<'a>(
    set: &'a SelectionSet,
    fragments: &'a Fragments,
    fields: &mut BTreeMap<&'a str, Vec<&'a SelectionSet>>,
) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let below = fields.entry(field.node.name.node.as_str()).or_default();
                below.push(&field.node.selection_set.node);
            }
            Selection::InlineFragment(inline) => gather(&inline.node.selection_set.node, fragments, fields),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                    gather(&fragment.node.selection_set.node, fragments, fields);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn what_is_asked_for_twice_at_one_place_counts_once() {
        for (text, expected) in [
            ("{ a b c }", 3),
            ("{ a x: a y: a(z: 1) }", 1),
            ("{ a { b } x: a { c b } c { b } }", 5),
            ("{ a { ...F } ...G } fragment F on T { b } fragment G on Q { a { ... { b c } } ...H }", 3),
            ("query A { a } query B { a { b } }", 2),
            ("{ __typename }", 1),
        ] {
            assert_eq!(height(&parse_query(text).unwrap()), expected, "{text}");
        }
    }
}

//! What a document comes to once its fragments are spread, measured before validation, whose own price can be exponential.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::Positioned;
use async_graphql::parser::types::{ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet};

use super::refusal::{GRAPHQL_VALIDATION_FAILED, QUERY_TOO_COSTLY, Refusal};
use crate::config::Limits;

/// How many selection sets may lie within each other, fragments spread: bounds the recursion of whoever walks one.
const MAX_NESTED_SELECTIONS: usize = 64;
/// How many lists of the schema may be asked for within each other: `types { fields }` is two, as every tool asks; a
/// third multiplies the whole schema by itself.
const MAX_NESTED_SCHEMA_LISTS: usize = 2;
/// The fields of introspection that list what leads to further lists.
const SCHEMA_LISTS: [&str; 5] = ["types", "fields", "interfaces", "possibleTypes", "inputFields"];

/// The sizes of a document. Depth does not count what is below `__schema` and `__type`: that has an allowance of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) depth: usize,
    pub(super) aliases: usize,
    pub(super) spreads: usize,
    pub(super) fields: usize,
    /// What the operation with the most of them asks of the root, each alias by itself; `__typename` asks nothing.
    pub(super) root_fields: usize,
    /// Whether `__schema` or `__type` is asked for.
    pub(super) is_introspection: bool,
    /// Nested lists of the schema below `__schema` or `__type`.
    schema_lists: usize,
    /// The same for a part that may yet turn out to be below one of them.
    nested_lists: usize,
}

impl Cost {
    /// Measures the document; a fragment that spreads itself is refused here, for measuring it would never end.
    pub(super) fn of(document: &ExecutableDocument) -> Result<Self, Refusal> {
        let mut walk = Walk { fragments: &document.fragments, measured: HashMap::new(), nesting: 0 };
        let mut whole = Self::default();
        for (_, operation) in document.operations.iter() {
            let cost = walk.selection_set(&operation.node.selection_set.node)?;
            let root_fields = whole.root_fields.max(cost.root_fields);
            whole = Self { root_fields, ..whole.beside(cost) };
        }
        // A fragment nobody spreads is validated all the same.
        for name in document.fragments.keys() {
            let fragment = walk.fragment(name)?;
            whole.aliases = whole.aliases.max(fragment.aliases);
            whole.spreads = whole.spreads.max(fragment.spreads);
            whole.fields = whole.fields.max(fragment.fields);
        }
        Ok(whole)
    }

    /// Refuses a document beyond a limit, naming the limit, what was found and what is allowed.
    pub(super) fn check(&self, limits: &Limits) -> Result<(), Refusal> {
        within("nesting of fields", self.depth, ("limits.max_depth", limits.max_depth))?;
        within("number of aliases", self.aliases, ("limits.max_aliases", limits.max_aliases))?;
        within(
            "number of fragment spreads",
            self.spreads,
            ("limits.max_fragment_spreads", limits.max_fragment_spreads),
        )?;
        within("number of fields", self.fields, ("limits.max_fields", limits.max_fields))?;
        within(
            "number of root fields",
            self.root_fields,
            ("limits.max_root_fields", limits.max_root_fields),
        )?;
        within("nesting of introspection lists", self.schema_lists, ("the gateway", MAX_NESTED_SCHEMA_LISTS))
    }

    /// Two selections of one set.
    fn beside(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            aliases: self.aliases.saturating_add(other.aliases),
            spreads: self.spreads.saturating_add(other.spreads),
            fields: self.fields.saturating_add(other.fields),
            root_fields: self.root_fields.saturating_add(other.root_fields),
            is_introspection: self.is_introspection || other.is_introspection,
            schema_lists: self.schema_lists.max(other.schema_lists),
            nested_lists: self.nested_lists.max(other.nested_lists),
        }
    }

    /// A field with this below it.
    fn below(self, field: &Field) -> Self {
        let name = field.name.node.as_str();
        let is_introspection = name == "__schema" || name == "__type";
        Self {
            depth: if is_introspection { 1 } else { self.depth + 1 },
            aliases: self.aliases.saturating_add(usize::from(field.alias.is_some())),
            spreads: self.spreads,
            fields: self.fields.saturating_add(1),
            // As long as nothing is around it, this is a field of the root.
            root_fields: usize::from(name != "__typename"),
            is_introspection: self.is_introspection || is_introspection,
            schema_lists: if is_introspection { self.nested_lists } else { self.schema_lists },
            nested_lists: self.nested_lists + usize::from(SCHEMA_LISTS.contains(&name)),
        }
    }
}

/// Refuses what is more than the named limit allows.
pub(super) fn within(what: &str, found: usize, (limit, maximum): (&str, usize)) -> Result<(), Refusal> {
    if found <= maximum {
        return Ok(());
    }
    let message = format!("The {what} of this document is {found}; {limit} allows {maximum}.");
    Err(Refusal::of_request(QUERY_TOO_COSTLY, message))
}

struct Walk<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// Each fragment is measured once, however often it is spread; `None` while it is being measured.
    measured: HashMap<&'a str, Option<Cost>>,
    nesting: usize,
}

impl<'a> Walk<'a> {
    fn selection_set(&mut self, set: &'a SelectionSet) -> Result<Cost, Refusal> {
        self.nesting += 1;
        within("nesting of selections", self.nesting, ("the gateway", MAX_NESTED_SELECTIONS))?;
        let mut cost = Cost::default();
        for selection in &set.items {
            cost = cost.beside(match &selection.node {
                Selection::Field(field) => {
                    self.selection_set(&field.node.selection_set.node)?.below(&field.node)
                }
                Selection::InlineFragment(inline) => self.selection_set(&inline.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => {
                    let spread_out = self.fragment(&spread.node.fragment_name.node)?;
                    Cost { spreads: spread_out.spreads.saturating_add(1), ..spread_out }
                }
            });
        }
        self.nesting -= 1;
        Ok(cost)
    }

    fn fragment(&mut self, name: &'a Name) -> Result<Cost, Refusal> {
        match self.measured.get(name.as_str()) {
            Some(Some(cost)) => return Ok(*cost),
            Some(None) => {
                let message = format!("The fragment \"{name}\" spreads itself.");
                return Err(Refusal::of_request(GRAPHQL_VALIDATION_FAILED, message));
            }
            None => {}
        }
        // An unknown fragment costs nothing; validation names it.
        let Some(fragment) = self.fragments.get(name) else { return Ok(Cost::default()) };
        self.measured.insert(name.as_str(), None);
        let cost = self.selection_set(&fragment.node.selection_set.node)?;
        self.measured.insert(name.as_str(), Some(cost));
        Ok(cost)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use async_graphql::parser::parse_query;

    use super::*;
    use crate::config::Config;

    fn cost(text: &str) -> Result<Cost, Refusal> {
        Cost::of(&parse_query(text).unwrap())
    }

    fn refused(text: &str) -> String {
        let cost = match cost(text) {
            Ok(cost) => cost,
            Err(refusal) => return refusal.message,
        };
        cost.check(&Config::default().limits).expect_err("the document is beyond a limit").message
    }

    #[test]
    fn fragments_count_each_time_they_are_spread() {
        let cost = cost(
            "{ a { ...F ...F } ...G } fragment F on T { x: b { c } } fragment G on T { ...F ... on T { d } }",
        );
        let cost = cost.unwrap();
        assert_eq!((cost.depth, cost.aliases, cost.spreads, cost.fields), (3, 3, 4, 8));
    }

    #[test]
    fn root_fields_are_those_of_the_operation_that_has_the_most() {
        let text = "query A { a { b c } x: a ...F __typename ... on T { d } } query B { a b } fragment F on T { e f { g } }";
        assert_eq!(cost(text).unwrap().root_fields, 5);
    }

    #[test]
    fn thirteen_lines_of_nested_fragments_are_refused_at_once() {
        let mut text = String::from("{ ...F0 }\n");
        for level in 0..13 {
            let next = level + 1;
            writeln!(text, "fragment F{level} on Query {{ ...F{next} ...F{next} ...F{next} }}").unwrap();
        }
        text.push_str("fragment F13 on Query { __typename }");
        let begun = std::time::Instant::now();
        let message = refused(&text);
        assert!(begun.elapsed().as_millis() < 20);
        assert!(message.contains("limits.max_fragment_spreads allows 200"), "{message}");
        // The same with nobody spreading the first of them.
        assert!(refused(&text.replacen("{ ...F0 }", "{ __typename }", 1)).contains("max_fragment_spreads"));
    }

    #[test]
    fn fragments_beyond_any_number_saturate() {
        let mut text = String::from("{ ...F0 }\n");
        for level in 0..50 {
            let next = level + 1;
            writeln!(text, "fragment F{level} on Query {{ {} }}", format!("...F{next} ").repeat(9)).unwrap();
        }
        text.push_str("fragment F50 on Query { a }");
        assert_eq!(cost(&text).unwrap().fields, usize::MAX);
    }

    #[test]
    fn a_fragment_that_spreads_itself_is_refused() {
        for text in [
            "{ ...A } fragment A on Query { ...A }",
            "{ ...A } fragment A on Query { a { ...B } } fragment B on Query { ...C ...C } fragment C on Query { ...A }",
            "{ a } fragment A on Query { ...B } fragment B on Query { ...A ...A }",
        ] {
            assert!(refused(text).contains("spreads itself"), "{text}");
        }
    }

    #[test]
    fn each_limit_is_named_with_what_was_found() {
        let nested = |depth: usize| format!("{}a{}", "{ a ".repeat(depth - 1) + "{ ", " }".repeat(depth));
        assert!(cost(&nested(16)).unwrap().check(&Config::default().limits).is_ok());
        assert_eq!(
            refused(&nested(17)),
            "The nesting of fields of this document is 17; limits.max_depth allows 16."
        );
        let aliases: String = (0..101).fold(String::new(), |text, number| format!("{text} a{number}: a"));
        assert!(refused(&format!("{{ {aliases} }}")).contains("is 101; limits.max_aliases allows 100"));
        assert!(
            refused(&format!("{{ {} }}", "a ".repeat(2001)))
                .contains("is 2001; limits.max_fields allows 2000")
        );
    }

    #[test]
    fn a_long_chain_of_fragments_does_not_exhaust_the_stack() {
        let mut text = String::from("{ ...F0 }\n");
        for level in 0..700 {
            writeln!(text, "fragment F{level} on Query {{ ...F{} }}", level + 1).unwrap();
        }
        assert!(refused(&text).contains("nesting of selections"));
    }

    #[test]
    fn introspection_is_found_and_bounded_by_its_own_measure() {
        let of_type = "{ name ofType ".repeat(12) + "{ name }" + &"}".repeat(12);
        let deep =
            cost(&format!("{{ s: __schema {{ types {{ fields {{ args {{ type {of_type} }} }} }} }} }}"))
                .unwrap();
        assert_eq!((deep.depth, deep.is_introspection, deep.schema_lists), (1, true, 2));
        assert!(deep.check(&Config::default().limits).is_ok());
        assert!(
            !cost("{ __typename fields { types { fields { inputFields } } } }").unwrap().is_introspection
        );
        let multiplied =
            "{ __schema { types { ...F } } } fragment F on __Type { fields { type { fields { name } } } }";
        assert!(refused(multiplied).contains("nesting of introspection lists of this document is 3"));
    }
}

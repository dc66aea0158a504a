//! Reads documents. What is well-formed is read by a parser that takes a tenth of the engine's own; everything else goes to
//! that one, which says what is wrong with it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use async_graphql::parser::types::{
    BaseType, Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, FragmentSpread,
    InlineFragment, OperationDefinition, OperationType, Selection, SelectionSet, Type, TypeCondition,
    VariableDefinition,
};
use async_graphql::parser::{Error, parse_query};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::{ConstValue, Value};
use bluejay_core::executable::{
    ExplicitOperationDefinition as _, Field as _, FragmentDefinition as _, FragmentSpread as _,
    InlineFragment as _, VariableDefinition as _,
};
use bluejay_core::{AsIter, Directive as _};
use bluejay_parser::HasSpan;

use super::lexer::Survey;
use bluejay_parser::ast::{self, Parse as _, executable as read};

/// How deep selections may be nested, as in the engine's own parser.
const MAX_NESTED_SELECTIONS: usize = 64;

/// How many levels a bracket takes at most, as the parser counts them.
const DEPTH_OF_A_BRACKET: usize = 8;

/// Reads a document that was surveyed, and found to be within the limits.
pub(super) fn parse(text: &str, survey: Survey) -> Result<ExecutableDocument, Error> {
    match well_formed(text, survey) {
        Some(document) => Ok(document),
        None => parse_query(text),
    }
}

/// The document, if it is well-formed and its operations and fragments can be told apart. Where a string is broken the parser
/// would go on behind it, and not where the survey did: no more is read, and no deeper, than was surveyed.
fn well_formed(text: &str, survey: Survey) -> Option<ExecutableDocument> {
    if survey.is_broken {
        return None;
    }
    let options = ast::ParseOptions {
        max_depth: DEPTH_OF_A_BRACKET * survey.nesting + DEPTH_OF_A_BRACKET,
        max_tokens: Some(survey.tokens),
        ..ast::ParseOptions::default()
    };
    let parsed = read::ExecutableDocument::parse_with_options(text, options).result.ok()?;
    Reader { text, at: 0, place: START }.document(&parsed)
}

const START: Pos = Pos { line: 1, column: 1 };

/// Turns what was parsed into the engine's terms, from the beginning to the end: places are counted on the way.
struct Reader<'t> {
    text: &'t str,
    /// The byte whose place is known.
    at: usize,
    place: Pos,
}

type Arguments = Vec<(Positioned<Name>, Positioned<Value>)>;

impl<'t> Reader<'t> {
    fn document(mut self, parsed: &read::ExecutableDocument<'_>) -> Option<ExecutableDocument> {
        let mut operations = None;
        for operation in parsed.operation_definitions() {
            let (name, definition) = self.operation(operation)?;
            match (name, &mut operations) {
                (None, None) => operations = Some(DocumentOperations::Single(definition)),
                (Some(name), None) => {
                    operations = Some(DocumentOperations::Multiple(HashMap::from([(name, definition)])));
                }
                (Some(name), Some(DocumentOperations::Multiple(named))) => match named.entry(name) {
                    Entry::Vacant(vacant) => drop(vacant.insert(definition)),
                    Entry::Occupied(_) => return None,
                },
                _ => return None,
            }
        }
        let mut fragments = HashMap::new();
        for fragment in parsed.fragment_definitions() {
            let definition = self.fragment(fragment)?;
            if fragments.insert(Name::new(fragment.name().as_ref()), definition).is_some() {
                return None;
            }
        }
        Some(ExecutableDocument { operations: operations?, fragments })
    }

    fn operation(
        &mut self,
        parsed: &read::OperationDefinition<'_>,
    ) -> Option<(Option<Name>, Positioned<OperationDefinition>)> {
        let place = self.place(parsed);
        let mut definition = OperationDefinition {
            ty: OperationType::Query,
            variable_definitions: Vec::new(),
            directives: Vec::new(),
            selection_set: Positioned::default(),
        };
        let mut name = None;
        if let read::OperationDefinition::Explicit(parsed) = parsed {
            definition.ty = match parsed.operation_type().into() {
                bluejay_core::OperationType::Query => OperationType::Query,
                bluejay_core::OperationType::Mutation => OperationType::Mutation,
                bluejay_core::OperationType::Subscription => OperationType::Subscription,
            };
            name = parsed.name().map(Name::new);
            if let Some(variables) = parsed.variable_definitions() {
                let definitions = variables.iter().map(|variable| self.variable_definition(variable));
                definition.variable_definitions = definitions.collect::<Option<_>>()?;
            }
            definition.directives = self.directives(parsed.directives())?;
        }
        definition.selection_set = self.selections(parsed.selection_set(), MAX_NESTED_SELECTIONS)?;
        Some((name, Positioned::new(definition, place)))
    }

    fn fragment(&mut self, parsed: &read::FragmentDefinition<'_>) -> Option<Positioned<FragmentDefinition>> {
        let place = self.place(parsed);
        let definition = FragmentDefinition {
            type_condition: self.type_condition(read::FragmentDefinition::type_condition(parsed)),
            directives: self.directives(parsed.directives())?,
            selection_set: self.selections(parsed.selection_set(), MAX_NESTED_SELECTIONS)?,
        };
        Some(Positioned::new(definition, place))
    }

    fn variable_definition(
        &mut self,
        parsed: &read::VariableDefinition<'_>,
    ) -> Option<Positioned<VariableDefinition>> {
        let variable = read::VariableDefinition::variable(parsed);
        let place = self.place(variable);
        let name = Positioned::new(
            Name::new(variable.name()),
            self.place_of(variable.span().byte_range().start + 1),
        );
        let typed = read::VariableDefinition::r#type(parsed);
        let var_type = Positioned::new(type_of(typed), self.place(typed));
        let default_value = match read::VariableDefinition::default_value(parsed) {
            Some(value) => {
                let place = self.place(value);
                Some(Positioned::new(self.constant(value)?, place))
            }
            None => None,
        };
        let directives = self.directives(parsed.directives())?;
        Some(Positioned::new(VariableDefinition { name, var_type, directives, default_value }, place))
    }

    fn selections(
        &mut self,
        parsed: &read::SelectionSet<'_>,
        left: usize,
    ) -> Option<Positioned<SelectionSet>> {
        let place = self.place(parsed);
        let items = parsed.iter().map(|selection| self.selection(selection, left)).collect::<Option<_>>()?;
        Some(Positioned::new(SelectionSet { items }, place))
    }

    fn selection(&mut self, parsed: &read::Selection<'_>, left: usize) -> Option<Positioned<Selection>> {
        let (place, selection) = match parsed {
            read::Selection::Field(field) => {
                let place = self.place(field);
                (place, Selection::Field(Positioned::new(self.field(field, left)?, place)))
            }
            read::Selection::FragmentSpread(spread) => {
                let place = self.place(spread);
                let spread = FragmentSpread {
                    fragment_name: self.name(read::FragmentSpread::name(spread)),
                    directives: self.directives(spread.directives())?,
                };
                (place, Selection::FragmentSpread(Positioned::new(spread, place)))
            }
            read::Selection::InlineFragment(inline) => {
                let place = self.place(inline);
                let type_condition = read::InlineFragment::type_condition(inline);
                let type_condition = type_condition.map(|condition| self.type_condition(condition));
                let fragment = InlineFragment {
                    type_condition,
                    directives: self.directives(inline.directives())?,
                    selection_set: self.selections(inline.selection_set(), left.checked_sub(1)?)?,
                };
                (place, Selection::InlineFragment(Positioned::new(fragment, place)))
            }
        };
        Some(Positioned::new(selection, place))
    }

    fn field(&mut self, parsed: &read::Field<'_>, left: usize) -> Option<Field> {
        let start = self.place(parsed);
        let alias = parsed.alias().map(|alias| Positioned::new(Name::new(alias), start));
        let name = self.name(read::Field::name(parsed));
        let arguments = self.arguments(read::Field::arguments(parsed))?;
        let directives = self.directives(parsed.directives())?;
        let selection_set = match read::Field::selection_set(parsed) {
            Some(selections) => self.selections(selections, left.checked_sub(1)?)?,
            None => Positioned::default(),
        };
        Some(Field { alias, name, arguments, directives, selection_set })
    }

    /// A condition begins with its `on`; where a comment stands behind that, this is about there.
    fn type_condition(&mut self, parsed: &read::TypeCondition<'_>) -> Positioned<TypeCondition> {
        let name = parsed.named_type();
        let start = name.span().byte_range().start;
        let blank = |symbol: char| matches!(symbol, ' ' | ',' | '\t' | '\n' | '\r' | '\u{feff}');
        let on = self.text[..start].trim_end_matches(blank).strip_suffix("on");
        let place = self.place_of(on.map_or(start, str::len));
        Positioned::new(TypeCondition { on: self.name(name) }, place)
    }

    fn directives<const CONST: bool>(
        &mut self,
        parsed: Option<&ast::Directives<'_, CONST>>,
    ) -> Option<Vec<Positioned<Directive>>> {
        let Some(parsed) = parsed else { return Some(Vec::new()) };
        let directives = parsed.iter().map(|directive| {
            let place = self.place(directive);
            let name = self.name(ast::Directive::name(directive));
            let arguments = self.arguments(directive.arguments())?;
            Some(Positioned::new(Directive { name, arguments }, place))
        });
        directives.collect()
    }

    fn arguments<const CONST: bool>(
        &mut self,
        parsed: Option<&ast::Arguments<'_, CONST>>,
    ) -> Option<Arguments> {
        let Some(parsed) = parsed else { return Some(Vec::new()) };
        let arguments = parsed.iter().map(|argument| {
            let name = self.name(argument.name());
            let place = self.place(argument.value());
            Some((name, Positioned::new(self.value(argument.value())?, place)))
        });
        arguments.collect()
    }

    fn value<const CONST: bool>(&self, parsed: &ast::Value<'_, CONST>) -> Option<Value> {
        Some(match parsed {
            ast::Value::Variable(variable) => Value::Variable(Name::new(variable.name())),
            ast::Value::Integer(_) | ast::Value::Float(_) => {
                Value::Number(self.written(parsed).parse().ok()?)
            }
            ast::Value::String(string) => Value::String(string.as_str().to_owned()),
            ast::Value::Boolean(_) => Value::Boolean(self.written(parsed) == "true"),
            ast::Value::Null(_) => Value::Null,
            ast::Value::Enum(name) => Value::Enum(Name::new(name)),
            ast::Value::List(list) => {
                Value::List(list.iter().map(|item| self.value(item)).collect::<Option<_>>()?)
            }
            ast::Value::Object(object) => {
                let fields = AsIter::iter(object);
                let fields = fields.map(|(name, value)| Some((Name::new(name), self.value(value)?)));
                Value::Object(fields.collect::<Option<_>>()?)
            }
        })
    }

    fn constant(&self, parsed: &ast::ConstValue<'_>) -> Option<ConstValue> {
        self.value(parsed)?.into_const()
    }

    /// What the text says there.
    fn written(&self, parsed: &impl HasSpan) -> &'t str {
        &self.text[parsed.span().byte_range()]
    }

    fn name(&mut self, parsed: &(impl HasSpan + AsRef<str>)) -> Positioned<Name> {
        Positioned::new(Name::new(parsed), self.place(parsed))
    }

    /// Where it begins.
    fn place(&mut self, parsed: &impl HasSpan) -> Pos {
        self.place_of(parsed.span().byte_range().start)
    }

    /// The line and column of a byte, as the engine's own parser counts them. Fragments may stand before operations: then it
    /// counts anew, once.
    fn place_of(&mut self, byte: usize) -> Pos {
        if byte < self.at {
            (self.at, self.place) = (0, START);
        }
        for byte in &self.text.as_bytes()[self.at..byte] {
            match byte {
                b'\r' => self.place.column = 1,
                b'\n' => self.place = Pos { line: self.place.line + 1, column: 1 },
                // Further bytes of the same symbol.
                0x80..0xC0 => {}
                _ => self.place.column += 1,
            }
        }
        self.at = byte;
        self.place
    }
}

fn type_of(parsed: &read::VariableType<'_>) -> Type {
    let (base, is_required) = match parsed {
        read::VariableType::Named { name, is_required, .. } => {
            (BaseType::Named(Name::new(name)), *is_required)
        }
        read::VariableType::List { inner, is_required, .. } => {
            (BaseType::List(Box::new(type_of(inner))), *is_required)
        }
    };
    Type { base, nullable: !is_required }
}

#[cfg(test)]
mod tests;

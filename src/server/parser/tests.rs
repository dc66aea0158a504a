//! Both parsers read the same.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::to_value;

use super::*;
use crate::server::lexer::survey;

/// Writes documents, deciding by what is left of a tape of numbers.
struct Writer<'t> {
    tape: &'t [u8],
    text: String,
}

impl Writer<'_> {
    fn below(&mut self, most: u8) -> u8 {
        let Some((first, rest)) = self.tape.split_first() else { return 0 };
        self.tape = rest;
        first % most
    }

    fn maybe(&mut self) -> bool {
        self.below(3) == 1
    }

    /// Writes a token, and whatever may stand behind it.
    fn token(&mut self, token: &str) {
        const BLANKS: [&str; 8] = [" ", "\n", ", ", "\r\n", "\t\r", " # é {\n", "\u{feff} ", "  "];
        self.text.push_str(token);
        let blank = usize::from(self.below(8));
        self.text.push_str(BLANKS[blank]);
    }

    fn name(&mut self) {
        const NAMES: [&str; 8] = ["a", "b1", "_", "query", "fragment", "mutation", "type", "input"];
        let name = usize::from(self.below(8));
        self.token(NAMES[name]);
    }

    fn times(&mut self, least: u8, each: impl Fn(&mut Self)) {
        for _ in 0..least + self.below(3) {
            each(self);
        }
    }

    fn value(&mut self, depth: u8, is_constant: bool) {
        const PLAIN: [&str; 18] = [
            "1",
            "-0",
            "0.5",
            "-1.5e10",
            "9223372036854775808",
            "1E-3",
            "123456789012345678901234567890",
            "\"\"",
            "\"a b\"",
            "\"é\\\" \\u00e9 \\n\"",
            "\"\"\"\n  two\n    lines é\n\"\"\"",
            "\"\"\"\"\"\"",
            "true",
            "false",
            "null",
            "ENUM",
            "on",
            "\"#{\"",
        ];
        match self.below(if depth > 4 { 18 } else { 23 }) {
            20 if !is_constant => self.variable(),
            21 => {
                self.token("[");
                self.times(0, |writer| writer.value(depth + 1, is_constant));
                self.token("]");
            }
            22 => {
                self.token("{");
                self.times(0, |writer| {
                    writer.name();
                    writer.token(":");
                    writer.value(depth + 1, is_constant);
                });
                self.token("}");
            }
            plain => self.token(PLAIN[usize::from(plain % 18)]),
        }
    }

    fn variable(&mut self) {
        self.text.push('$');
        self.name();
    }

    fn directives(&mut self, is_constant: bool) {
        if self.maybe() {
            self.times(1, |writer| {
                writer.token("@");
                writer.name();
                writer.arguments(is_constant);
            });
        }
    }

    fn arguments(&mut self, is_constant: bool) {
        if self.maybe() {
            self.token("(");
            self.times(1, |writer| {
                writer.name();
                writer.token(":");
                writer.value(0, is_constant);
            });
            self.token(")");
        }
    }

    fn type_of(&mut self, depth: u8) {
        if depth < 3 && self.maybe() {
            self.text.push('[');
            self.type_of(depth + 1);
            self.text.truncate(self.text.trim_end_matches([' ', '\n', ',', '\r', '\t']).len());
            self.text.push(']');
        } else {
            self.text.push_str("Some");
        }
        if self.maybe() {
            self.text.push('!');
        }
        self.text.push(' ');
    }

    fn selections(&mut self, depth: u8) {
        self.token("{");
        self.times(1, |writer| match if depth > 5 { 0 } else { writer.below(6) } {
            0..3 => writer.field(depth),
            3 => {
                writer.token("...");
                writer.name();
                writer.directives(false);
            }
            4 => {
                writer.token("...");
                writer.directives(false);
                writer.selections(depth + 1);
            }
            _ => {
                writer.token("...");
                writer.condition();
                writer.directives(false);
                writer.selections(depth + 1);
            }
        });
        self.token("}");
    }

    fn condition(&mut self) {
        self.text.push_str("on ");
        self.name();
    }

    fn field(&mut self, depth: u8) {
        if self.maybe() {
            self.name();
            self.token(":");
        }
        self.name();
        self.arguments(false);
        self.directives(false);
        if depth < 5 && self.maybe() {
            self.selections(depth + 1);
        }
    }

    fn definition(&mut self) {
        match self.below(5) {
            0 => self.selections(0),
            1 => {
                self.token("fragment");
                self.name();
                self.condition();
                self.directives(false);
                self.selections(0);
            }
            kind => {
                self.token(["query", "mutation", "subscription"][usize::from(kind - 2)]);
                if !self.maybe() {
                    self.name();
                }
                if self.maybe() {
                    self.token("(");
                    self.times(1, |writer| {
                        writer.variable();
                        writer.token(":");
                        writer.type_of(0);
                        if writer.maybe() {
                            writer.token("=");
                            writer.value(0, true);
                        }
                    });
                    self.token(")");
                }
                self.directives(false);
                self.selections(0);
            }
        }
    }
}

fn document(tape: &[u8]) -> String {
    let mut writer = Writer { tape, text: String::new() };
    writer.times(1, Writer::definition);
    writer.text
}

/// All that was read, with every place, in an order that does not depend on how it was kept.
fn all_of(document: &ExecutableDocument) -> serde_json::Value {
    to_value(document).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_document_is_read_as_the_engine_reads_it(tape in vec(any::<u8>(), 0..300)) {
        let text = document(&tape);
        match (well_formed(&text, survey(&text)), parse_query(&text)) {
            (Some(ours), Ok(engines)) => prop_assert_eq!(all_of(&ours), all_of(&engines), "{}", text),
            (None, Err(_)) => {}
            (ours, engines) => prop_assert!(false, "{} for us, the engine: {:?}: {}", ours.is_some(), engines.err(), text),
        }
    }

    #[test]
    fn a_document_with_a_piece_missing_is_read_as_the_engine_reads_it(
        tape in vec(any::<u8>(), 0..200), (from, length) in (any::<prop::sample::Index>(), 1_usize..12),
    ) {
        let symbols: Vec<char> = document(&tape).chars().collect();
        let from = from.index(symbols.len());
        let until = (from + length).min(symbols.len());
        let text: String = symbols[..from].iter().chain(&symbols[until..]).collect();
        if let (Some(ours), Ok(engines)) = (well_formed(&text, survey(&text)), parse_query(&text)) {
            prop_assert_eq!(all_of(&ours), all_of(&engines), "{}", text);
        }
    }
}

#[test]
fn what_is_usual_takes_the_short_way() {
    for text in [
        "{ agents(first: 20) { nodes { agentNumber } pageInfo { hasNextPage endCursor } } }",
        "query A($id: ID! = \"1\", $list: [Int!]!) { user(by: { id: $id, in: $list }) @include(if: true) { ...F } }
         fragment F on User { loginName ... on User { id } ... @skip(if: false) { id } }",
        "mutation { a(x: null, y: [1, 2.5e1], z: ENUM) { b } } ",
        "subscription S { a { b } } query Q { c }",
        &nested(MAX_NESTED_SELECTIONS + 1),
    ] {
        let read = well_formed(text, survey(text)).expect(text);
        assert_eq!(all_of(&read), all_of(&parse_query(text).unwrap()), "{text}");
    }
}

/// A selection in a selection, so many.
fn nested(depth: usize) -> String {
    format!("{}a{}", "{ a ".repeat(depth), "}".repeat(depth))
}

#[test]
fn what_cannot_be_told_apart_is_told_by_the_engine() {
    for (text, expected) in [
        ("{ a } { b }", "Multiple operations"),
        ("query A { a } { b }", "Multiple operations"),
        ("query A { a } query A { b }", "operation A is defined twice"),
        ("{ ...F } fragment F on A { a } fragment F on A { b }", "fragment F is defined twice"),
        ("fragment F on A { a }", "operation"),
        ("", "expected"),
        (&nested(MAX_NESTED_SELECTIONS + 2), "recursion"),
    ] {
        assert!(well_formed(text, survey(text)).is_none(), "{text}");
        let error = parse(text, survey(text)).unwrap_err().to_string();
        assert!(error.to_lowercase().contains(&expected.to_lowercase()), "{text}: {error}");
    }
}

/// The engine's grammar of 2021 knows neither descriptions of operations nor `\u{…}`, takes `nullable` for `null` and `able`, and leaves in
/// a block string the `\` of an escaped `"""` and the blanks of a line that has nothing else.
#[test]
fn what_the_engine_cannot_read_is_read_by_the_specification() {
    for text in [
        "\"\"\"What it is for.\"\"\" query A(\"Whose.\" $id: ID) { a(id: $id) }",
        "query A($a: [ Int ! ] = [1] @deprecated) { a(x: $a) }",
        "{ a(x: [nullable, trueish]) }",
        "{ a(x: \"\\u{1F600}\\uD83D\\uDE00\") }",
        "{ ... on # A\n A { a } }",
    ] {
        assert!(parse(text, survey(text)).is_ok(), "{text}");
    }
    let text = "{ a(x: [nullable], y: \"\"\"\\\"\"\"\"\"\", z: \"\\u{1F600}\", b: \"\"\"\n    c\n  \n    d\n\"\"\") }";
    let written = all_of(&parse(text, survey(text)).unwrap()).to_string();
    for expected in ["nullable", "😀", r#"\"\"\""#, r"c\n\nd"] {
        assert!(written.contains(expected), "{written}");
    }
}

/// The parser goes on behind a broken string, and reads what the survey took for the inside of one.
#[test]
fn nothing_is_read_that_was_not_surveyed() {
    let hidden = [
        format!("\"\n\"{}a{}", "{a".repeat(100_000), "}".repeat(100_000)),
        format!("\"\n\"{{a(x:{}", "[".repeat(100_000)),
        format!("{{ a(x: \"{}\") }}", "\\q".repeat(100_000)),
        format!("\"\"\"{}", "{a".repeat(100_000)),
    ];
    for text in hidden {
        let found = survey(&text);
        assert!(found.is_broken && well_formed(&text, found).is_none());
        assert!(parse(&text, found).is_err());
    }
    let deep = "{a".repeat(10_000);
    let shallow = Survey { nesting: 10, ..survey(&deep) };
    assert!(well_formed(&deep, shallow).is_none(), "no deeper than was surveyed");
}

//! Counts the tokens of a GraphQL document without parsing it, so that a costly text is refused before anything reads it.

/// What a look at the text alone tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// Names, punctuation and values; blanks, commas and comments are none.
    pub(super) tokens: usize,
    /// The most brackets open at once.
    pub(super) nesting: usize,
    /// Uses of directives, each where it is written.
    pub(super) directives: usize,
    /// The items of the longest list that is written out.
    pub(super) list_items: usize,
    /// Whether a string has no end, or an escape that is none: where the text goes on after it is anybody's guess.
    pub(super) is_broken: bool,
}

/// A bracket that is open.
#[derive(Clone, Copy)]
enum Open {
    /// `[`, with so many items so far.
    List(usize),
    /// `{` or `(`.
    Other,
}

impl Survey {
    /// Notes a token that may be an item of the list it stands in; a variable is one, though it is two tokens.
    fn item(&mut self, open: &mut [Open]) {
        if let Some(Open::List(items)) = open.last_mut() {
            *items += 1;
            self.list_items = self.list_items.max(*items);
        }
    }
}

/// Surveys the text in one pass. Where the text is not GraphQL it counts too much rather than too little.
pub(super) fn survey(text: &str) -> Survey {
    let bytes = text.as_bytes();
    let mut survey = Survey::default();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    // One block string without an end makes all later ones endless: looking for each end again would be quadratic.
    let mut blocks_end = true;
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let (length, is_token) = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => (1, false),
            0xEF if rest.starts_with(b"\xEF\xBB\xBF") => (3, false),
            b'#' => (run(rest, |byte| byte != b'\n' && byte != b'\r'), false),
            b'"' => {
                let block = if blocks_end && rest.starts_with(b"\"\"\"") { block_string(rest) } else { None };
                blocks_end &= block.is_some() || !rest.starts_with(b"\"\"\"");
                let (length, is_sound) = block.map_or_else(|| string(rest), |length| (length, true));
                survey.is_broken |= !is_sound || !blocks_end;
                (length, true)
            }
            b'.' if rest.starts_with(b"...") => (3, true),
            b'-' | b'0'..=b'9' => (number(rest), true),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                (run(rest, |byte| byte == b'_' || byte.is_ascii_alphanumeric()), true)
            }
            b'{' | b'[' | b'(' => {
                survey.item(&mut open);
                open.push(if byte == b'[' { Open::List(0) } else { Open::Other });
                survey.nesting = survey.nesting.max(open.len());
                (1, true)
            }
            b'}' | b']' | b')' => {
                open.pop();
                (1, true)
            }
            b'@' => {
                survey.directives += 1;
                (1, true)
            }
            _ => (1, true),
        };
        if is_token && !b"{[(}])$!@".contains(&byte) {
            survey.item(&mut open);
        }
        survey.tokens += usize::from(is_token);
        at += length;
    }
    survey
}

fn run(rest: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    rest.iter().position(|&byte| !belongs(byte)).unwrap_or(rest.len())
}

/// The length of a block string, or `None` if it has no end.
fn block_string(rest: &[u8]) -> Option<usize> {
    let mut at = 3;
    while at < rest.len() {
        let tail = &rest[at..];
        if tail.starts_with(b"\"\"\"") {
            return Some(at + 3);
        }
        at += if tail.starts_with(b"\\\"\"\"") { 4 } else { 1 };
    }
    None
}

/// The length of a string, and whether it is one; it ends with its line at the latest.
fn string(rest: &[u8]) -> (usize, bool) {
    let (mut at, mut is_sound) = (1, true);
    while let Some(&byte) = rest.get(at) {
        match byte {
            b'"' => return (at + 1, is_sound),
            b'\n' | b'\r' => return (at, false),
            b'\\' => {
                is_sound &= is_escape(&rest[at + 1..]);
                at += 2;
            }
            _ => at += 1,
        }
    }
    (rest.len(), false)
}

/// Whether this, behind a `\`, stands for a symbol.
fn is_escape(rest: &[u8]) -> bool {
    let are_digits = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    match rest {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => true,
        [b'u', b'{', rest @ ..] => rest
            .iter()
            .take(9)
            .position(|byte| *byte == b'}')
            .is_some_and(|end| (1..=8).contains(&end) && are_digits(&rest[..end])),
        [b'u', rest @ ..] => rest.get(..4).is_some_and(are_digits),
        _ => false,
    }
}

/// The length of a number, read as the grammar does: `00` and `1-2` are two each.
fn number(rest: &[u8]) -> usize {
    let digits = |from: usize| run(rest.get(from..).unwrap_or_default(), |byte| byte.is_ascii_digit());
    let sign = usize::from(rest[0] == b'-');
    let mut at = sign + if rest.get(sign) == Some(&b'0') { 1 } else { digits(sign) };
    if rest.get(at) == Some(&b'.') && digits(at + 1) > 0 {
        at += 1 + digits(at + 1);
    }
    if matches!(rest.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(rest.get(at + 1), Some(b'+' | b'-')));
        if digits(at + 1 + sign) > 0 {
            at += 1 + sign + digits(at + 1 + sign);
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> usize {
        survey(text).tokens
    }

    #[test]
    fn every_kind_of_token_counts_once() {
        assert_eq!(
            tokens("query Q($id: [ID!]! = [\"a\"]) { user(by: {id: $id}) @skip(if: true) { ...F } }"),
            40
        );
        assert_eq!(tokens("{ a: b(x: -1.5e+3, y: \"\"\"block\"\"\", z: ENUM) }"), 16);
        assert_eq!(tokens("& | ! $ ( ) ... : = @ [ ] { }"), 14);
    }

    #[test]
    fn ignored_characters_count_nothing() {
        assert_eq!(tokens("\u{feff}{ a,,,,b } # { c d e \" \"\"\"\n#\r\n\t"), 4);
        assert_eq!(tokens(""), 0);
    }

    #[test]
    fn strings_hide_what_is_in_them_and_nothing_behind_them() {
        assert_eq!(tokens(r#""a b c # \" d" e"#), 2);
        assert_eq!(tokens("\"\"\"a \\\"\"\" b # { c \"d\" \n\"\"\" e"), 2);
        assert_eq!(tokens("\"\" \"\" a"), 3);
        assert_eq!(tokens("\"\"\"\"\"\" a"), 2);
        assert_eq!(tokens("# \"\"\"\n a b"), 2);
    }

    #[test]
    fn an_endless_string_hides_at_most_its_line() {
        assert_eq!(tokens("\"a b\n c d"), 3);
        assert!(tokens("\"\"\" a b\n c d") >= 4);
        assert_eq!(tokens("\"a\\"), 1);
    }

    #[test]
    fn values_without_blanks_between_count_each() {
        assert_eq!(tokens("[1-2-3]"), 5);
        assert_eq!(tokens("[0000]"), 6);
        assert_eq!(tokens("[1.5-2e9$a\"b\"\"c\"]"), 8);
    }

    #[test]
    fn nesting_is_the_most_brackets_open_at_once() {
        assert_eq!(survey("{ a(x: [[1]]) { b } }").nesting, 4);
        assert_eq!(survey("}}}{").nesting, 1);
    }

    #[test]
    fn the_longest_list_is_counted_whatever_its_items_are() {
        let items = |text: &str| survey(text).list_items;
        assert_eq!(items("{ a(b: [1, -2.5, \"x\", ENUM, $v, {c: [1 2 3], d: 4}, [9], null]) }"), 8);
        assert_eq!(items("query ($a: [[ID!]!]! = [\"\"\"[1, 2]\"\"\" 2 3]) { a }"), 3);
        assert_eq!(items("{ a(b: {c: 1, d: 2}) # [1, 2]\n }"), 0);
        assert_eq!(items("[]]] [1 2"), 2);
    }

    #[test]
    fn directives_count_each_time_they_are_used() {
        let text =
            "query @a { b @skip(if: true) ...F @c(d: \"@e\") ... @f { g } } # @h\nfragment F on G @i { j }";
        assert_eq!(survey(text).directives, 5);
    }

    #[test]
    fn a_string_is_broken_without_its_end_or_by_an_escape_that_is_none() {
        for whole in [
            "{ a }",
            r#""a""#,
            r#""\" \\ \/ \b \f \n \r \t \u00e9 \u{1F600}""#,
            r#""""a " \ \""" b""""#,
            "#\"\n",
        ] {
            assert!(!survey(whole).is_broken, "{whole}");
        }
        for broken in [
            "\"",
            "\"a\n\"",
            "\"\\\n\"",
            r#""\q""#,
            r#""\u12""#,
            r#""\u{}""#,
            r#""\u{123456789}""#,
            "\"\"\"a\"",
            "\"\\",
        ] {
            assert!(survey(broken).is_broken, "{broken}");
        }
    }

    #[test]
    fn a_long_hostile_text_is_surveyed_in_one_pass() {
        let text = "\\\"\"\"".repeat(65_000);
        let begun = std::time::Instant::now();
        survey(&text);
        assert!(begun.elapsed().as_millis() < 500);
    }
}

//! Masking an answer: its structure and the form of its values stay, and of its keys the portal's own words; what it
//! says of people does not. Any other key is numbered, the same key alike, because a map can be keyed by people.
//!
//! A number is replaced by the same other number wherever it stands, as a number or as digits, so that what belonged
//! together still does. The replacements come from a key that is forgotten with the recording.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Number, Value};
use sha2::{Digest as _, Sha256};

use super::words::{Words, folded};
use crate::portal::{Instant, Leaf as _, Spelling};

/// Texts that say what kind of thing a record is, and nothing of whom.
const KINDS: [&str; 18] = [
    "accesstypecode",
    "accesstypenm",
    "agentorderingstring",
    "attributerelationstring",
    "collectiontypenm",
    "contactcenteruserstatusnm",
    "datatypestring",
    "grouptypecode",
    "objecttypenm",
    "servicelevelstring",
    "serviceleveltypestring",
    "skilltype",
    "supervisoragent",
    "termrelationstring",
    "usertypecode",
    "usertypelevel",
    "usertypenm",
    "filterbystatus",
];

/// Numbers that count or name a kind.
const COUNTS: [&str; 20] = [
    "code",
    "totalpages",
    "totalelements",
    "totalassignedskills",
    "totalassignedusers",
    "totalassignedfeatures",
    "totalassignedobjects",
    "totalassignedgroups",
    "agentcount",
    "agentordering",
    "callordering",
    "servicelevelthreshold",
    "serviceleveltype",
    "waittime",
    "attributerelation",
    "termrelation",
    "parencount",
    "datatype",
    "statuscode",
    "statusid",
];

/// Words that a flag is written with.
const FLAGS: [&str; 8] = ["true", "false", "yes", "no", "y", "n", "on", "off"];

/// What may never be kept, not even its form.
const SECRETS: [&str; 6] = ["token", "password", "secret", "cookie", "session", "credential"];

/// The masking of one recording.
pub(super) struct Mask {
    key: [u8; 32],
    replaced: HashMap<String, String>,
    used: HashSet<String>,
    /// The keys that the answer at hand may show.
    words: Words,
    /// What stands for the others.
    keys: HashMap<String, String>,
}

impl Mask {
    /// A masking with a key of its own.
    pub(super) fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        let (words, keys) = (Words::default(), HashMap::new());
        Ok(Self { key, replaced: HashMap::new(), used: HashSet::new(), words, keys })
    }

    /// An answer of a reply that is spelt so, masked.
    pub(super) fn masked(&mut self, reply: &'static [Spelling], answer: &Value) -> Value {
        self.words = Words::of(reply);
        self.value("", answer)
    }

    fn value(&mut self, key: &str, value: &Value) -> Value {
        match value {
            Value::Null | Value::Bool(_) => value.clone(),
            Value::Number(number) => Value::Number(self.number(key, number)),
            Value::String(text) => Value::String(self.text(key, text)),
            Value::Array(items) => items.iter().map(|item| self.value(key, item)).collect(),
            Value::Object(members) => Value::Object(self.members(members)),
        }
    }

    fn members(&mut self, members: &Map<String, Value>) -> Map<String, Value> {
        let members = members.iter().map(|(key, value)| {
            let folded = folded(key);
            let is_secret = SECRETS.iter().any(|secret| folded.contains(secret));
            let value = if is_secret && !value.is_null() {
                Value::String("x".to_owned())
            } else {
                self.value(&folded, value)
            };
            (self.key(key), value)
        });
        members.collect()
    }

    fn key(&mut self, key: &str) -> String {
        if self.words.know(key) {
            return key.to_owned();
        }
        let next = self.keys.len() + 1;
        self.keys.entry(key.to_owned()).or_insert_with(|| format!("unknownKey{next}")).clone()
    }

    fn number(&mut self, key: &str, number: &Number) -> Number {
        let text = number.to_string();
        let masked = if COUNTS.contains(&key) { text } else { self.digits(&text) };
        // With a fraction or beyond 64 bits, the form of its digits is all that stays.
        serde_json::from_str(&masked).or_else(|_| serde_json::from_str(&shape(&masked))).unwrap_or(0.into())
    }

    fn text(&mut self, key: &str, text: &str) -> String {
        let trimmed = text.trim();
        let is_flag = FLAGS.iter().any(|flag| trimmed.eq_ignore_ascii_case(flag));
        let is_constant = key == "codemessage"
            && trimmed.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        let is_kind = KINDS.contains(&key)
            && text.len() <= 40
            && text.bytes().all(|byte| byte.is_ascii_alphabetic() || b" _-<>=!".contains(&byte));
        let unsigned = trimmed.strip_prefix('-').unwrap_or(trimmed);
        let is_whole = !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit());
        match () {
            () if trimmed.is_empty() || is_flag || is_constant || is_kind => text.to_owned(),
            () if is_whole && COUNTS.contains(&key) => text.to_owned(),
            () if is_whole => self.digits(trimmed),
            () if key == "refurl" => self.reference(text),
            () => date(trimmed).unwrap_or_else(|| shape(text)),
        }
    }

    /// An address of the contact centre, which ends in the number of what it refers to.
    fn reference(&mut self, text: &str) -> String {
        let (path, last) = text.rsplit_once('/').unwrap_or(("", text));
        let is_number = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
        let last = if is_number { self.digits(last) } else { shape(last) };
        format!("{}/{last}", shape(path))
    }

    /// The number that stands for this one; one of a single digit says nothing of anybody and stays.
    fn digits(&mut self, text: &str) -> String {
        let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
        if digits.len() < 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return if digits.len() < 2 { text.to_owned() } else { shape(text) };
        }
        if let Some(masked) = self.replaced.get(digits) {
            return format!("{sign}{masked}");
        }
        let mut attempt = 0;
        let mut masked = self.candidate(digits, attempt);
        // There are as many candidates as numbers, so of the short ones the last may have none but itself.
        while self.used.contains(&masked) || (digits.trim_start_matches('0').len() >= 6 && masked == digits) {
            attempt += 1;
            masked = self.candidate(digits, attempt);
        }
        self.used.insert(masked.clone());
        self.replaced.insert(digits.to_owned(), masked.clone());
        format!("{sign}{masked}")
    }

    /// As many digits, as many noughts in front; never more than fits into 64 bits if the original does.
    fn candidate(&self, digits: &str, attempt: u32) -> String {
        let noughts = digits.bytes().take_while(|byte| *byte == b'0').count();
        let mut candidate = "0".repeat(noughts);
        let mut block = 0_u32;
        while candidate.len() < digits.len() {
            let hash = Sha256::new()
                .chain_update(self.key)
                .chain_update(attempt.to_le_bytes())
                .chain_update(block.to_le_bytes())
                .chain_update(digits)
                .finalize();
            for byte in hash {
                if candidate.len() == digits.len() {
                    break;
                }
                let is_first = candidate.len() == noughts;
                let most = if digits.len() < 19 { 9 } else { 8 };
                let digit = if is_first { byte % most + 1 } else { byte % 10 };
                candidate.push(char::from(b'0' + digit));
            }
            block += 1;
        }
        candidate
    }
}

/// A date in the same form as this one, if this is one.
fn date(text: &str) -> Option<String> {
    Instant::from_text(text)?;
    let mut fixed = "2001-01-01T00:00:00".chars();
    let masked = text.chars().map(|letter| match (fixed.next(), letter) {
        (Some(fixed), letter) if letter.is_ascii_digit() && fixed.is_ascii_digit() => fixed,
        (_, letter) if letter.is_ascii_digit() => '0',
        (_, letter) => letter,
    });
    let masked: String = masked.collect();
    Instant::from_text(&masked).map(|_| masked)
}

/// The form of a text: letters are x, runs of them of a few lengths only, digits are 9, the rest stays.
fn shape(text: &str) -> String {
    let mut shape = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let letters: usize = rest.chars().take_while(|letter| is_letter(*letter)).map(char::len_utf8).sum();
        let (run, after) = rest.split_at(if letters == 0 { first.len_utf8() } else { letters });
        match first {
            _ if letters > 0 => {
                let length = match run.chars().count() {
                    1 => 1,
                    2..=4 => 3,
                    5..=8 => 6,
                    _ => 10,
                };
                let is_shouted = !run.chars().any(char::is_lowercase);
                shape.push(if first.is_uppercase() { 'X' } else { 'x' });
                let others = if is_shouted && first.is_uppercase() { "X" } else { "x" };
                shape.push_str(&others.repeat(length - 1));
            }
            _ if first.is_ascii_digit() => shape.push('9'),
            _ => shape.push(first),
        }
        rest = after;
    }
    shape
}

/// Letters of any script, and whatever else is not plain punctuation.
fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphabetic() || !letter.is_ascii()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::portal::Reply as _;
    use crate::portal::user::GetUsersReply;

    /// Masked, every key of it taken for the portal's own.
    fn masked(answer: &Value) -> Value {
        let mut mask = Mask::new().unwrap();
        learn(&mut mask.words, answer);
        mask.value("", answer)
    }

    fn learn(words: &mut Words, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| learn(words, item)),
            Value::Object(members) => members.iter().for_each(|(key, value)| {
                words.learn(key);
                learn(words, value);
            }),
            _ => {}
        }
    }

    #[test]
    fn what_is_said_of_people_is_masked_and_its_form_stays() {
        let answer = json!({"code": 0, "codeMessage": "GET_USERS_SUCCESS", "errorMessage": "Jane said 42 things",
            "userAgentInfoList": [{"firstNm": "Jürgen", "LAST_NM": "McAlder", "loginNm": "jane.roe@abc",
                "phone": "+49 (170) 205", "userTypeCode": "A", "status": "true", "icmStatus": true, "ratio": 12.5,
                "createDateStr": "2026-02-03T10:11:12.345+0100", "empty": "", "nothing": null, "userToken": "abc"}]});
        assert_eq!(
            masked(&answer),
            json!({"code": 0, "codeMessage": "GET_USERS_SUCCESS", "errorMessage": "Xxx xxx 99 xxxxxx",
                "userAgentInfoList": [{"firstNm": "Xxxxxx", "LAST_NM": "Xxxxxx", "loginNm": "xxx.xxx@xxx",
                    "phone": "+99 (999) 999", "userTypeCode": "A", "status": "true", "icmStatus": true,
                    "ratio": 99.9, "createDateStr": "2001-01-01T00:00:00.000+0000", "empty": "", "nothing": null,
                    "userToken": "x"}]})
        );
    }

    #[test]
    fn a_number_is_the_same_other_number_wherever_it_stands() {
        let answer = json!({"a": 5121, "b": "5121", "refURL": "https://host/agent/5121", "c": -5121, "d": "0042",
            "e": 7, "totalElements": 5121, "f": "2026-13-45", "g": [5122]});
        let masked = masked(&answer);
        let number = masked["a"].as_i64().unwrap();
        assert!((1_000..10_000).contains(&number), "{masked}");
        assert_eq!(masked["b"], number.to_string());
        assert_eq!(masked["refURL"], format!("xxxxxx://xxx/xxxxxx/{number}"));
        assert_eq!(masked["c"], -number);
        assert_eq!((&masked["e"], &masked["totalElements"]), (&json!(7), &json!(5121)));
        assert_eq!(masked["f"], "9999-99-99");
        assert_ne!(masked["g"][0], number);
        let text = masked["d"].as_str().unwrap();
        assert!(text.starts_with("00") && text.len() == 4 && !text.starts_with("000"), "{text}");
    }

    #[test]
    fn two_recordings_have_nothing_in_common() {
        let answer =
            json!({"id": 1_234_567_890_123_456_789_i64, "huge": "123456789012345678901234567890123456789"});
        let masked = [(); 2].map(|()| masked(&answer));
        assert_ne!(masked[0], masked[1]);
        assert!(masked[0]["id"].is_i64() && masked[0]["huge"].as_str().is_some_and(|huge| huge.len() == 39));
    }

    #[test]
    fn every_number_of_two_digits_finds_another() {
        let all: Vec<_> = (10..100).collect();
        let masked = masked(&json!(all));
        let different: HashSet<_> = masked.as_array().unwrap().iter().filter_map(Value::as_i64).collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn a_key_that_may_be_data_is_numbered() {
        let answer = json!({"userAgentInfoList": {"jane": {"firstNm": "Jane"}, "jane.roe@abc": true, "Bill": {"jane": 7}}});
        let masked = Mask::new().unwrap().masked(GetUsersReply::spellings(), &answer);
        assert_eq!(masked["userAgentInfoList"].as_object().unwrap().len(), 3);
        let text = masked.to_string();
        assert!(["jane", "Jane", "Bill", "roe"].iter().all(|told| !text.contains(told)), "{text}");
        assert!(text.contains("firstNm") && text.matches("unknownKey").count() == 4, "{text}");
    }
}

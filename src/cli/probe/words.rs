//! Which keys of an answer are the portal's own words, and which may be data: a map can be keyed by people.

use std::collections::HashSet;

use crate::portal::Spelling;
use crate::portal::expected::UNREAD;

/// The names an answer's keys may have, and the words these are made of.
#[derive(Default)]
pub(super) struct Words {
    names: HashSet<String>,
    words: HashSet<String>,
}

impl Words {
    /// Those of a reply, at any depth, and what is left unread on purpose.
    pub(super) fn of(reply: &'static [Spelling]) -> Self {
        let mut words = Self::default();
        UNREAD.iter().flat_map(|(_, keys)| *keys).for_each(|key| words.learn(key));
        // Records may nest, so what was met is not entered again.
        let (mut met, mut open) = (HashSet::new(), vec![reply]);
        while let Some(fields) = open.pop() {
            for field in fields {
                words.learn(field.name);
                field.others.iter().for_each(|other| words.learn(other));
                let below = (field.below)();
                if !below.is_empty() && met.insert(below.as_ptr()) {
                    open.push(below);
                }
            }
        }
        words
    }

    pub(super) fn learn(&mut self, name: &str) {
        self.names.insert(folded(name));
        self.words.extend(split(name));
    }

    /// Whether a key is such a name or its singular, or is put together from several of their words; a single word
    /// might be somebody's name.
    pub(super) fn know(&self, key: &str) -> bool {
        let is_name = |key: String| self.names.contains(&key) || self.names.contains(&format!("{key}s"));
        let parts = split(key);
        is_name(folded(key))
            || (parts.len() > 1
                && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
                && parts.iter().all(|part| self.words.contains(part)))
    }
}

/// A key without regard to case, `_` and `-`.
pub(super) fn folded(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// The words of a name, by its capitals and marks.
fn split(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for letter in name.chars() {
        let begins = matches!(letter, '_' | '-') || (was_small && letter.is_uppercase());
        if begins {
            words.push(String::new());
        }
        was_small = letter.is_lowercase() || letter.is_ascii_digit();
        if let Some(word) = words.last_mut().filter(|_| !matches!(letter, '_' | '-')) {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::Reply as _;
    use crate::portal::user::GetUsersReply;

    #[test]
    fn a_key_is_known_by_its_name_or_by_its_words() {
        let words = Words::of(GetUsersReply::spellings());
        for key in ["firstNm", "FIRST_NM", "userAgentInfo", "agentPhone", "userAgentInfoList", "code"] {
            assert!(words.know(key), "{key}");
        }
        // Each a word of some field, alone: it may be somebody's name.
        for key in ["bill", "Bill", "jane", "jane.roe@abc", "janeDoe", "Bill Unit", "10100003", ""] {
            assert!(!words.know(key), "{key}");
        }
    }
}

//! The form the portal wants a user's fields in, as its constants tell; looked at before anything is sent.

const LONGEST_NAME: usize = 64;
const LONGEST_ADDRESS: usize = 254;

/// Whether it can be a first or a last name: without spaces.
pub fn is_person_name(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= LONGEST_NAME && is_unbroken(text)
}

/// Whether it can be a login name: `name@abc`, where `abc` names the tenant.
pub fn is_login_name(text: &str) -> bool {
    is_address(text)
}

/// Whether it can be an email address: something, one `@`, and something.
pub fn is_email(text: &str) -> bool {
    is_address(text)
}

/// Whether it consists of digits.
pub fn is_numeric(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it is as long as a phone number may be.
pub fn is_as_long_as_a_phone_number(text: &str) -> bool {
    (5..=15).contains(&text.chars().count())
}

/// Whether it can be an agent number.
pub fn is_agent_number(text: &str) -> bool {
    is_numeric(text) && (1..=11).contains(&text.len())
}

/// Whether it can be the name the contact centre knows an agent by.
pub fn is_enterprise_name(text: &str) -> bool {
    let is_mark = |letter: char| matches!(letter, '.' | '_');
    let is_allowed = |letter: char| letter.is_alphanumeric() || is_mark(letter);
    !text.is_empty() && !text.starts_with(is_mark) && text.chars().all(is_allowed)
}

fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    let has_parts =
        parts.is_some_and(|(name, rest)| !name.is_empty() && !rest.is_empty() && !rest.contains('@'));
    has_parts && text.chars().count() <= LONGEST_ADDRESS && is_unbroken(text)
}

fn is_unbroken(text: &str) -> bool {
    !text.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(is_right: fn(&str) -> bool, right: &[&str], wrong: &[&str]) {
        for text in right {
            assert!(is_right(text), "{text:?} is right");
        }
        for text in wrong {
            assert!(!is_right(text), "{text:?} is wrong");
        }
    }

    #[test]
    fn each_field_has_its_form() {
        check(
            is_person_name,
            &["Ada", "Jürgen-Åke", "O'Neill"],
            &["", "Ada Mary", " ", "A\u{0}", &"a".repeat(65)],
        );
        let addresses = ["", "ada", "@dmn", "ada@", "a@b@c", "a da@dmn", "ada@dmn "];
        check(is_login_name, &["ada.alder@dmn"], &addresses);
        check(is_email, &["ada@dmn.example"], &addresses);
        check(is_numeric, &["0049", ""], &["+49", "1 2", "١"]);
        check(is_as_long_as_a_phone_number, &["12345", "123456789012345"], &["1234", "1234567890123456"]);
        check(is_agent_number, &["1", "12345678901"], &["", "123456789012", "8a", "-1"]);
        check(
            is_enterprise_name,
            &["Ada_Alder.1", "7"],
            &["", "_Ada", ".Ada", "Ada Alder", "Ada-Alder", "(Ada)"],
        );
    }
}

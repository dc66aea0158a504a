//! Every spelling the guide leaves open, in one place: how login fields are encoded and how outgoing fields are named.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Map, Value};

use crate::config::Encoding;

/// Encodes a login field as the settings say (section 2 of the contract's `wire.md`).
#[must_use]
pub fn encode(encoding: Encoding, text: &str) -> String {
    match encoding {
        Encoding::Base64 => STANDARD.encode(text),
        Encoding::Base64url => URL_SAFE.encode(text),
        Encoding::Hex => hex(text),
        Encoding::HexOfBase64 => hex(&STANDARD.encode(text)),
        Encoding::Base64OfHex => STANDARD.encode(hex(text)),
        Encoding::Plain => text.to_owned(),
    }
}

/// Undoes `encode`; the simulator's side of the same setting. `None` if the text is not in that encoding.
#[must_use]
pub fn decode(encoding: Encoding, text: &str) -> Option<String> {
    let utf8 = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
    match encoding {
        Encoding::Base64 => utf8(STANDARD.decode(text).ok()?),
        Encoding::Base64url => utf8(URL_SAFE.decode(text).ok()?),
        Encoding::Hex => utf8(unhex(text)?),
        Encoding::HexOfBase64 => decode(Encoding::Base64, &decode(Encoding::Hex, text)?),
        Encoding::Base64OfHex => decode(Encoding::Hex, &decode(Encoding::Base64, text)?),
        Encoding::Plain => Some(text.to_owned()),
    }
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len() * 2), |mut encoded, byte| {
        let _ = write!(encoded, "{byte:02x}");
        encoded
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

/// Gives outgoing fields the names the operator chose; a dotted name reaches into a nested object.
pub(super) fn rename(body: &mut Map<String, Value>, names: &BTreeMap<String, String>) {
    for (from, to) in names {
        let mut place = &mut *body;
        let mut path = from.split('.').peekable();
        while let Some(step) = path.next() {
            if path.peek().is_none() {
                if let Some(value) = place.remove(step) {
                    place.insert(to.clone(), value);
                }
                break;
            }
            match place.get_mut(step).and_then(Value::as_object_mut) {
                Some(inner) => place = inner,
                None => break,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_can_be_undone() {
        for encoding in [
            Encoding::Base64,
            Encoding::Base64url,
            Encoding::Hex,
            Encoding::HexOfBase64,
            Encoding::Base64OfHex,
            Encoding::Plain,
        ] {
            let text = "müller>>?@ac1";
            assert_eq!(decode(encoding, &encode(encoding, text)).as_deref(), Some(text), "{encoding:?}");
        }
    }

    #[test]
    fn the_default_encoding_is_standard_base64() {
        assert_eq!(encode(Encoding::Base64, "admin@ac1"), "YWRtaW5AYWMx");
        assert_eq!(encode(Encoding::Hex, "a@1"), "614031");
    }

    #[test]
    fn a_dotted_name_is_renamed_inside_its_object() {
        let mut body = serde_json::json!({"id": 1, "inner": {"phone": "5", "email": "e"}});
        let names = [("id", "Id"), ("inner.phone", "Phone"), ("absent.x", "y")];
        let names = names.map(|(from, to)| (from.to_owned(), to.to_owned())).into();
        rename(body.as_object_mut().expect("an object"), &names);
        assert_eq!(body, serde_json::json!({"Id": 1, "inner": {"Phone": "5", "email": "e"}}));
    }
}

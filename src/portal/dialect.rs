//! Every spelling the guide leaves open, in one place: how login fields are encoded and how outgoing fields are named.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Map, Value};

use super::error::PortalError;
use crate::config::{self, CallbackTime, Encoding, PageSizeType, SupervisorFlag};

/// The operations whose flag may be misread as "deactivate" under a wrong name.
const SWITCHES: [&str; 3] = ["setUserStatus", "enableDisableUserInICM", "enableDisableUserInPortal"];

/// Puts an operation's body into the portal's own dialect: values first, then names.
pub(super) fn speak(
    operation: &'static str,
    body: &mut Map<String, Value>,
    settings: &config::Portal,
) -> Result<(), PortalError> {
    let dialect = &settings.dialect;
    if let Some(size) = body.get_mut("pageSize") {
        if size.as_u64() == Some(0) {
            *size = dialect.all_rows_page_size.into();
        }
        if dialect.page_size_type == PageSizeType::Text {
            *size = Value::String(size.to_string());
        }
    }
    replace(body, "filterByStatus", &[("A", &dialect.active_filter), ("D", &dialect.inactive_filter)]);
    let columns = [
        ("Phone", &*dialect.phone_search_column),
        ("Platform", &dialect.platform_search_column),
        ("All", &dialect.all_search_columns),
    ];
    replace(body, "searchColumn", &columns);
    if dialect.callback_time == CallbackTime::Seconds {
        for name in ["callbackTime", "customerTime"] {
            if let Some(time) = body.get_mut(name)
                && let Some(milliseconds) = time.as_i64()
            {
                *time = milliseconds.div_euclid(1000).into();
            }
        }
    }
    if let Some(user) = body.get_mut("basicUserInfo").and_then(Value::as_object_mut) {
        match dialect.supervisor_flag {
            SupervisorFlag::AsRead => {}
            SupervisorFlag::YesNo => replace(user, "supervisorAgent", &[("Y", "Yes"), ("N", "No")]),
            SupervisorFlag::Letter => replace(user, "supervisorAgent", &[("Yes", "Y"), ("No", "N")]),
        }
    }
    if let Some(Value::Array(attributes)) = body.get_mut("attributesInfo")
        && dialect.attribute_value_field != "defaultValue"
    {
        for attribute in attributes.iter_mut().filter_map(Value::as_object_mut) {
            if let Some(value) = attribute.remove("defaultValue") {
                attribute.insert(dialect.attribute_value_field.clone(), value);
            }
        }
    }
    if SWITCHES.contains(&operation) {
        if dialect.status_field.is_empty() {
            return Err(PortalError::Unconfirmed { operation, setting: "portal.dialect.status_field" });
        }
        if let Some(flag) = body.remove("enabled") {
            body.insert(dialect.status_field.clone(), flag);
        }
    }
    if let Some(names) = settings.rename.get(operation) {
        rename(body, names);
    }
    Ok(())
}

/// The time stamp the guide wants in some paths.
pub(super) fn now(dialect: &config::Dialect) -> String {
    let now = jiff::Timestamp::now();
    match dialect.callback_time {
        CallbackTime::Milliseconds => now.as_millisecond(),
        CallbackTime::Seconds => now.as_second(),
    }
    .to_string()
}

/// Says one of a field's values in the portal's words.
fn replace(body: &mut Map<String, Value>, field: &str, words: &[(&str, &str)]) {
    if let Some(value) = body.get_mut(field)
        && let Some((_, word)) = words.iter().find(|(ours, _)| value.as_str() == Some(ours))
    {
        *value = Value::String((*word).to_owned());
    }
}

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
fn rename(body: &mut Map<String, Value>, names: &BTreeMap<String, String>) {
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

    #[test]
    fn every_setting_changes_what_is_said_and_nothing_else() {
        let mut settings = config::Config::default().portal;
        let said = |operation, body: &Value, settings: &config::Portal| {
            let mut body = body.as_object().cloned().unwrap_or_default();
            speak(operation, &mut body, settings).map(|()| Value::Object(body))
        };
        let ours = serde_json::json!({
            "pageSize": 0, "filterByStatus": "A", "searchColumn": "Phone", "callbackTime": 1_767_268_800_123_i64,
            "basicUserInfo": {"supervisorAgent": "Yes"}, "attributesInfo": [{"id": 1, "defaultValue": "5"}], "other": "A",
        });
        assert_eq!(said("getUsers", &ours, &settings).as_ref(), Ok(&ours), "the defaults change nothing");
        settings.dialect = config::Dialect {
            status_field: "active".to_owned(),
            all_rows_page_size: 9999,
            page_size_type: PageSizeType::Text,
            active_filter: "Active".to_owned(),
            phone_search_column: "phoneNum".to_owned(),
            supervisor_flag: SupervisorFlag::Letter,
            callback_time: CallbackTime::Seconds,
            attribute_value_field: "attributeValue".to_owned(),
            ..settings.dialect
        };
        let theirs = serde_json::json!({
            "pageSize": "9999", "filterByStatus": "Active", "searchColumn": "phoneNum", "callbackTime": 1_767_268_800,
            "basicUserInfo": {"supervisorAgent": "Y"}, "attributesInfo": [{"id": 1, "attributeValue": "5"}], "other": "A",
        });
        assert_eq!(said("getUsers", &ours, &settings), Ok(theirs));
        let switch = serde_json::json!({"enabled": true, "idUser": 7});
        let confirmed = serde_json::json!({"active": true, "idUser": 7});
        for operation in SWITCHES {
            assert_eq!(said(operation, &switch, &settings), Ok(confirmed.clone()));
        }
        settings.dialect.status_field.clear();
        for operation in SWITCHES {
            assert!(matches!(said(operation, &switch, &settings), Err(PortalError::Unconfirmed { .. })));
        }
    }
}

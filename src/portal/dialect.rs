//! Every spelling the guide leaves open, in one place: how login fields are encoded and how outgoing fields are named.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Map, Value};

use super::error::PortalError;
use super::record::Record;
use crate::config::{
    self, AgentNumberType, CallbackTime, ClearedField, CloneAsSource, Encoding, FlagType, PageSizeType,
    SupervisorFlag,
};

/// The operations whose flag may be misread as "deactivate" under a wrong name.
const SWITCHES: [&str; 3] = ["setUserStatus", "enableDisableUserInICM", "enableDisableUserInPortal"];

/// What cloneUser takes from the source user where it is null, as the guide says of most of them.
const AS_SOURCE: [&str; 11] = [
    "cloneUserTypeCode",
    "cloneUserAgentTeamID",
    "cloneUserIdAgentDeskSettings",
    "cloneUserIdProfile",
    "cloneUserIdProgramDepartment",
    "cloneUserProgramDepartmentNm",
    "cloneUserIdProgramSite",
    "cloneUserProgramSiteNm",
    "cloneUserIdProgramBillUnit",
    "cloneUserProgramBillUnitNm",
    "cloneUserIdProgramGroup",
];

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
    speak_of_user(operation, body, dialect);
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

/// The part of it that is about users.
fn speak_of_user(operation: &'static str, body: &mut Map<String, Value>, dialect: &config::Dialect) {
    if let Some(user) = body.get_mut("basicUserInfo").and_then(Value::as_object_mut) {
        match dialect.supervisor_flag {
            SupervisorFlag::AsRead => {}
            SupervisorFlag::YesNo => replace(user, "supervisorAgent", &[("Y", "Yes"), ("N", "No")]),
            SupervisorFlag::Letter => replace(user, "supervisorAgent", &[("Yes", "Y"), ("No", "N")]),
        }
        if dialect.user_agent_number_type == AgentNumberType::Number
            && let Some(number) = user.get_mut("agentId")
            && let Some(digits) = number.as_str().and_then(|text| text.parse::<i64>().ok())
        {
            *number = digits.into();
        }
    }
    if dialect.skip_unity_user_type == FlagType::Text
        && let Some(flag) = body.get_mut("skipUnityUser")
        && flag.is_boolean()
    {
        *flag = Value::String(flag.to_string());
    }
    if operation == "cloneUser" && dialect.clone_as_source == CloneAsSource::Null {
        for name in AS_SOURCE {
            body.entry(name).or_insert(Value::Null);
        }
    }
    // Every other call gets its token after this, as `portal.auth_token_mode` says.
    if operation == "authorizeUserToTenant" && !dialect.sends_token_in_tenant_selection {
        body.remove("authToken");
    }
}

/// Makes a record that is written back say what was emptied in it: every field that `before` has and `after` has not.
pub fn clear<R: Record>(before: &R, after: &mut R, how: ClearedField) {
    if how == ClearedField::LeftOut {
        return;
    }
    let fields = |record: &R| match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let kept = fields(after);
    for (name, value) in fields(before) {
        if !kept.contains_key(&name) {
            let is_text = value.is_string() && how == ClearedField::Empty;
            after.rest_mut().insert(name, if is_text { Value::String(String::new()) } else { Value::Null });
        }
    }
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

/// Gives outgoing fields the names the operator chose; a dotted name reaches into a nested object, and into each object
/// of a list.
fn rename(body: &mut Map<String, Value>, names: &BTreeMap<String, String>) {
    for (from, to) in names {
        rename_one(body, from, to);
    }
}

fn rename_one(place: &mut Map<String, Value>, from: &str, to: &str) {
    let Some((step, rest)) = from.split_once('.') else {
        if let Some(value) = place.remove(from) {
            place.insert(to.to_owned(), value);
        }
        return;
    };
    match place.get_mut(step) {
        Some(Value::Object(inner)) => rename_one(inner, rest, to),
        Some(Value::Array(items)) => {
            for item in items.iter_mut().filter_map(Value::as_object_mut) {
                rename_one(item, rest, to);
            }
        }
        _ => {}
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
        let mut body = serde_json::json!({
            "id": 1, "inner": {"phone": "5", "email": "e", "steps": [{"value1": "a"}, {"other": 1}, 7]},
        });
        let names =
            [("id", "Id"), ("inner.phone", "Phone"), ("absent.x", "y"), ("inner.steps.value1", "value")];
        let names = names.map(|(from, to)| (from.to_owned(), to.to_owned())).into();
        rename(body.as_object_mut().expect("an object"), &names);
        let steps = serde_json::json!([{"value": "a"}, {"other": 1}, 7]);
        let inner = serde_json::json!({"Phone": "5", "email": "e", "steps": steps});
        assert_eq!(body, serde_json::json!({"Id": 1, "inner": inner}));
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
            "basicUserInfo": {"supervisorAgent": "Yes", "agentId": "0815"}, "skipUnityUser": true,
            "attributesInfo": [{"id": 1, "defaultValue": "5"}], "other": "A",
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
            user_agent_number_type: AgentNumberType::Number,
            skip_unity_user_type: FlagType::Text,
            sends_token_in_tenant_selection: false,
            clone_as_source: CloneAsSource::Null,
            ..settings.dialect
        };
        let theirs = serde_json::json!({
            "pageSize": "9999", "filterByStatus": "Active", "searchColumn": "phoneNum", "callbackTime": 1_767_268_800,
            "basicUserInfo": {"supervisorAgent": "Y", "agentId": 815}, "skipUnityUser": "true",
            "attributesInfo": [{"id": 1, "attributeValue": "5"}], "other": "A",
        });
        assert_eq!(said("getUsers", &ours, &settings), Ok(theirs));
        let selection = serde_json::json!({"idProgram": 101, "authToken": "T"});
        let without = serde_json::json!({"idProgram": 101});
        assert_eq!(said("authorizeUserToTenant", &selection, &settings), Ok(without));
        let clone = said("cloneUser", &serde_json::json!({"cloneUserTypeCode": "A"}), &settings).unwrap();
        assert_eq!((&clone["cloneUserTypeCode"], clone.as_object().unwrap().len()), (&"A".into(), 11));
        assert!(clone["cloneUserAgentTeamID"].is_null());
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

    #[test]
    fn what_is_emptied_is_said_in_each_way() {
        use crate::portal::DepartmentId;
        use crate::portal::user::User;
        let before = User {
            email: Some("a@b".into()),
            phone: Some("5".into()),
            id_program_department: Some(DepartmentId(7)),
            ..User::default()
        };
        for (how, email, department) in [
            (ClearedField::LeftOut, None, None),
            (ClearedField::Empty, Some(""), Some(Value::Null)),
            (ClearedField::Null, None, Some(Value::Null)),
        ] {
            let mut after = User { email: None, id_program_department: None, ..before.clone() };
            clear(&before, &mut after, how);
            let after = serde_json::to_value(after).expect("a record is an object");
            assert_eq!(after.get("email").and_then(Value::as_str), email, "{how:?}");
            assert_eq!(after.get("email").is_some(), how != ClearedField::LeftOut, "{how:?}");
            assert_eq!(after.get("idProgramDepartment").cloned(), department, "{how:?}");
            assert_eq!(after["phone"], "5");
        }
    }
}

//! Odd but allowed spellings: one answer, written in every way the contract says a client must read.

use serde_json::{Map, Value, json};

/// How answers are spelt; the default is the contract's own spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Quirks {
    /// Keys in upper case.
    pub upper_case_keys: bool,
    /// Numbers as text.
    pub numbers_as_text: bool,
    /// `steps: {step: [..]}`, `terms: {term: ..}` and `agentAttributes: {agentAttribute: ..}`.
    pub xml_wrappers: bool,
    /// A list of one object as that object.
    pub single_object_for_list: bool,
    /// Instants as ISO 8601.
    pub iso_dates: bool,
    /// A key that no table lists in every object.
    pub extra_keys: bool,
    /// The names that the contract lists second.
    pub other_names: bool,
    /// Skill groups of agents in the simple form, which has no platform.
    pub simple_skill_groups: bool,
    /// Agents with no more than the guide lists of them: their attributes.
    pub anonymous_agents: bool,
    /// The name of the list of role groups.
    pub roles_list_name: String,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            upper_case_keys: false,
            numbers_as_text: false,
            xml_wrappers: false,
            single_object_for_list: false,
            iso_dates: false,
            extra_keys: false,
            other_names: false,
            simple_skill_groups: false,
            anonymous_agents: false,
            roles_list_name: "siteInfoList".to_owned(),
        }
    }
}

impl Quirks {
    /// Every quirk at once that says the same in another way.
    #[must_use]
    pub fn every() -> Self {
        Self {
            upper_case_keys: true,
            numbers_as_text: true,
            xml_wrappers: true,
            single_object_for_list: true,
            iso_dates: true,
            extra_keys: true,
            other_names: true,
            simple_skill_groups: false,
            anonymous_agents: false,
            roles_list_name: "roleInfoList".to_owned(),
        }
    }
}

/// The key that `extra_keys` adds.
pub(super) const EXTRA_KEY: &str = "undocumentedKey";

const INSTANTS: [&str; 4] = ["scheduleTime", "statusTime", "createTime", "lastStatusChangedDateTime"];

/// Maps whose keys are data.
const OPEN_MAPS: [&str; 3] = ["accessRolesMap", "programUserRolesMap", "feedbackFeaturesEnabledMap"];

const SIMPLE_SKILL_GROUP: [&str; 6] =
    ["skillTargetId", "isAllowedToEdit", "checked", "skillName", "peripheralName", "enterpriseName"];

const OTHER_NAMES: [(&str, &str); 10] = [
    ("agents", "agentList"),
    ("basicRefInfo", "refInfoList"),
    ("checked", "selected"),
    ("allowedToEdit", "isAllowedToEdit"),
    ("isInternal", "internal"),
    ("email", "emailAddress"),
    ("phone", "phoneNumber"),
    ("deleted", "isDeleted"),
    ("value1", "value"),
    ("icCallMeInstanceId", "icCallMeInstanceld"),
];

/// Respells an answer.
pub(super) fn apply(answer: &mut Value, operation: &str, quirks: &Quirks) {
    if operation == "getAllRoles" {
        rename(answer, "siteInfoList", &quirks.roles_list_name);
    }
    if quirks.other_names && operation == "getAllAttributes" {
        rename(answer, "attributes", "attributeList");
    }
    if quirks.simple_skill_groups && operation == "getSkillsForAgent" {
        for list in ["skillGroupList", "basicSkillGroupList"] {
            keep(answer.get_mut(list), &SIMPLE_SKILL_GROUP);
            rename(answer, list, "simpleSkillGroupList");
        }
    }
    if quirks.anonymous_agents && operation == "getAllAgents" {
        keep(answer.get_mut("agents"), &["attributes"]);
    }
    respell(answer, quirks);
}

/// Keeps these members of each row of a list.
fn keep(list: Option<&mut Value>, members: &[&str]) {
    let rows = list.and_then(Value::as_array_mut).into_iter().flatten();
    for row in rows.filter_map(Value::as_object_mut) {
        row.retain(|name, _| members.contains(&name.as_str()));
    }
}

fn rename(object: &mut Value, from: &str, to: &str) {
    if let Some(object) = object.as_object_mut()
        && let Some(value) = object.remove(from)
    {
        object.insert(to.to_owned(), value);
    }
}

fn respell(value: &mut Value, quirks: &Quirks) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| respell(item, quirks)),
        Value::Object(object) => {
            let members = std::mem::take(object).into_iter();
            *object = members.map(|(name, value)| member(name, value, quirks)).collect();
            if quirks.extra_keys {
                object.insert(spelt(EXTRA_KEY.to_owned(), quirks), json!("kept"));
            }
        }
        Value::Number(number) if quirks.numbers_as_text => *value = Value::String(number.to_string()),
        _ => {}
    }
}

fn member(name: String, mut value: Value, quirks: &Quirks) -> (String, Value) {
    if quirks.iso_dates && INSTANTS.contains(&name.as_str()) {
        let instant = value.as_i64().and_then(|instant| jiff::Timestamp::from_millisecond(instant).ok());
        value = instant.map_or(value, |instant| Value::String(instant.to_string()));
    }
    if !OPEN_MAPS.contains(&name.as_str()) {
        respell(&mut value, quirks);
    }
    let single = value.as_array().is_some_and(|items| items.len() == 1 && items[0].is_object());
    let wrapper = match name.as_str() {
        "steps" => Some(("steps", "step")),
        "terms" => Some(("terms", "term")),
        // Only agents have a list of this name whose items have a value.
        "attributes" if is_agents(&value, quirks) => Some(("agentAttributes", "agentAttribute")),
        _ => None,
    };
    if single && (quirks.single_object_for_list || (quirks.xml_wrappers && wrapper.is_some())) {
        value = value[0].take();
    }
    if let (true, Some((outer, inner))) = (quirks.xml_wrappers, wrapper) {
        let inside = Map::from_iter([(spelt(inner.to_owned(), quirks), value)]);
        return (spelt(outer.to_owned(), quirks), Value::Object(inside));
    }
    let other = OTHER_NAMES.iter().find(|(usual, _)| quirks.other_names && *usual == name);
    (spelt(other.map_or(name, |(_, other)| (*other).to_owned()), quirks), value)
}

fn is_agents(attributes: &Value, quirks: &Quirks) -> bool {
    let key = spelt("attributeValue".to_owned(), quirks);
    attributes.as_array().and_then(|items| items.first()).is_some_and(|first| first.get(&key).is_some())
}

fn spelt(name: String, quirks: &Quirks) -> String {
    if quirks.upper_case_keys { name.to_ascii_uppercase() } else { name }
}

/// Makes the first number below the envelope an object; true if there was one.
pub(super) fn break_number(value: &mut Value) -> bool {
    match value {
        Value::Number(_) => {
            *value = json!({"unexpected": true});
            true
        }
        Value::Array(items) => items.iter_mut().any(break_number),
        Value::Object(members) => {
            members.iter_mut().any(|(name, value)| !name.eq_ignore_ascii_case("code") && break_number(value))
        }
        _ => false,
    }
}

//! A role as it is sent: read strictly, since what the server cannot read it calls malformed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// The body of a creation.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Draft {
    pub(super) configuration_id: Option<Named>,
    pub(super) created_date: Option<Value>,
    pub(super) last_modified_date: Option<Value>,
    pub(super) notes: Option<String>,
    pub(super) custom_attributes: Option<Vec<Pair>>,
    pub(super) access_control_group_assignment: Option<Named>,
    pub(super) client_configuration_template: Option<Named>,
    pub(super) password_policies: Option<Vec<Named>>,
    pub(super) users: Option<Vec<Named>>,
    pub(super) workgroups: Option<Vec<Named>>,
    pub(super) security_rights: Option<Sheet>,
    pub(super) access_rights: Option<Sheet>,
    pub(super) administrative_rights: Option<Sheet>,
}

/// Rights by name; the shape of each follows from the name.
pub(super) type Sheet = BTreeMap<String, Sent>;

/// An object by its id; the names may come along and are not looked at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Named {
    pub(super) id: Option<String>,
    pub(super) display_name: Option<String>,
    #[serde(rename = "uri")]
    _uri: Option<String>,
}

/// A custom attribute.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pair {
    pub(super) name: Option<String>,
    pub(super) value: Option<String>,
}

/// A right; only what is directly assigned is taken, the rest comes with reading and may come back.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Sent {
    pub(super) actual_value: Option<Value>,
    #[serde(rename = "effectiveValue")]
    _effective_value: Option<IgnoredAny>,
    #[serde(rename = "inheritedValue")]
    _inherited_value: Option<IgnoredAny>,
    #[serde(rename = "inheritedFrom")]
    _inherited_from: Option<IgnoredAny>,
}

/// One object, a group of objects, or all.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SentGrouped {
    pub(super) id: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) uri: Option<String>,
    pub(super) object_type: Option<Value>,
    pub(super) grouping: Option<Value>,
}

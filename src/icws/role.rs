//! A role as ICWS shows it: who it is, who holds it, and its rights.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::right::Rights;
use super::shape::{Shape, objects};

objects! {
    /// The identity of a configuration object.
    #[derive(Serialize)]
    pub ConfigurationId = "configurationId" {
        /// Its unique id, which an administrator chose.
        id: String = "id",
        /// The name to show.
        #[serde(rename = "displayName", skip_serializing_if = "Option::is_none")]
        display_name: Option<String> = "displayName",
        /// Where the object is, relative to the session.
        #[serde(skip_serializing_if = "Option::is_none")]
        uri: Option<String> = "uri",
    }

    /// A name and a value that an administrator gave an object.
    #[derive(Serialize)]
    pub CustomAttribute = "customAttribute" {
        /// The key of the pair.
        name: String = "name",
        /// The value of the pair; null is said, as the contract requires the property.
        value: Option<String> = "value",
    }

    /// A role; a property that was not selected is absent or empty, as is one without a value.
    pub Role = "role" {
        /// Who it is; part of every answer.
        configuration_id: ConfigurationId = "configurationId",
        /// When it was created.
        created_date: Option<Timestamp> = "createdDate",
        /// When it was last changed.
        last_modified_date: Option<Timestamp> = "lastModifiedDate",
        /// What administrators noted.
        notes: Option<String> = "notes",
        /// Name and value pairs.
        custom_attributes: Vec<CustomAttribute> = "customAttributes",
        /// The access control group it is in.
        access_control_group_assignment: Option<ConfigurationId> = "accessControlGroupAssignment",
        /// The template of its holders' clients.
        client_configuration_template: Option<ConfigurationId> = "clientConfigurationTemplate",
        /// The password policies of its holders.
        password_policies: Vec<ConfigurationId> = "passwordPolicies",
        /// Its members.
        users: Vec<ConfigurationId> = "users",
        /// The workgroups that hold it.
        workgroups: Vec<ConfigurationId> = "workgroups",
        /// What its holders may do.
        security_rights: Rights = "securityRights",
        /// Which objects its holders may reach.
        access_rights: Rights = "accessRights",
        /// What its holders may administer.
        administrative_rights: Rights = "administrativeRights",
    }

    pub(super) RoleList = "roles" {
        // Any object would be an empty list if it could be left out.
        items: Option<Vec<Arc<Role>>> = "items",
    }
}

impl ConfigurationId {
    /// An identity by its id alone.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), display_name: None, uri: None }
    }
}

impl Shape for Timestamp {
    const EXPECTED: &'static str = "an instant such as 20260101T120000Z";

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(instant) = text.parse() {
            return Some(instant);
        }
        // Without an offset it is UTC, as every date of ICWS.
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    }
}

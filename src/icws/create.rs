//! `CreateRole`: a role is created; ICWS says yes before the role can be read.

use std::collections::BTreeMap;
use std::fmt;

use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::client::{Icws, Question};
use super::code::{Code, Grouping, ObjectType};
use super::credentials::Credentials;
use super::error::IcwsError;
use super::problem::LicenseError;
use super::role::{ConfigurationId, CustomAttribute};
use super::shape::objects;
use crate::config::EnumForm;
use crate::upstream::{Answer, Call, Destination, Noun, Size};

/// Groups the rights calculation of several requests.
const TRANSACTION_ID: HeaderName = HeaderName::from_static("inin-icws-transaction-id");

/// Creates a role.
#[derive(Clone, Debug, Serialize)]
pub struct CreateRole {
    /// The role.
    pub role: NewRole,
    /// Groups the rights calculation of several requests; releases before configuration 11 do not look at it.
    pub transaction_id: Option<String>,
}

/// A role to be; what is absent or empty is not sent. Without a display name the id is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRole {
    /// Who it will be.
    pub configuration_id: ConfigurationId,
    /// What administrators should know.
    pub notes: Option<String>,
    /// Name and value pairs.
    pub custom_attributes: Vec<CustomAttribute>,
    /// The access control group it is put in.
    pub access_control_group_assignment: Option<ConfigurationId>,
    /// The template of its holders' clients.
    pub client_configuration_template: Option<ConfigurationId>,
    /// The password policies of its holders.
    pub password_policies: Vec<ConfigurationId>,
    /// Its members.
    pub users: Vec<ConfigurationId>,
    /// The workgroups that hold it.
    pub workgroups: Vec<ConfigurationId>,
    /// What its holders may do.
    pub security_rights: BTreeMap<String, NewRight>,
    /// Which objects its holders may reach.
    pub access_rights: BTreeMap<String, NewRight>,
    /// What its holders may administer.
    pub administrative_rights: BTreeMap<String, NewRight>,
}

/// A right that is given directly.
#[derive(Clone, PartialEq, Eq)]
pub enum NewRight {
    /// It is held or not.
    Flag(bool),
    /// It is held for objects.
    Grouped(Vec<NewGroup>),
}

/// One object, the members of one, or all.
#[derive(Clone, PartialEq, Eq)]
pub struct NewGroup {
    /// Its id, unless it stands for all.
    pub id: Option<String>,
    /// The object's type.
    pub object_type: ObjectType,
    /// How wide it reaches.
    pub grouping: Grouping,
}

objects! {
    /// What ICWS says of a create that it has accepted.
    pub UpdateOperationResult = "updateOperationResult" {
        /// The id the role was given in the request.
        id: String = "id",
        /// Where it will be, relative to the session.
        uri: Option<String> = "uri",
        /// Licences that gave a warning.
        license_problems: Vec<LicenseError> = "licenseProblems",
    }
}

impl NewRole {
    /// A role that has nothing but an id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            configuration_id: ConfigurationId::new(id),
            notes: None,
            custom_attributes: Vec::new(),
            access_control_group_assignment: None,
            client_configuration_template: None,
            password_policies: Vec::new(),
            users: Vec::new(),
            workgroups: Vec::new(),
            security_rights: BTreeMap::new(),
            access_rights: BTreeMap::new(),
            administrative_rights: BTreeMap::new(),
        }
    }

    /// The request's body.
    pub(super) fn body(&self, form: EnumForm) -> Value {
        let mut id = json!(self.configuration_id);
        if self.configuration_id.display_name.is_none() {
            id["displayName"] = self.configuration_id.id.clone().into();
        }
        let mut body = Map::new();
        body.insert("configurationId".to_owned(), id);
        let rights = |rights: &BTreeMap<String, NewRight>| {
            let rights = rights.iter().map(|(name, right)| (name.clone(), right.body(form)));
            Value::Object(rights.collect())
        };
        for (name, value) in [
            ("notes", json!(self.notes)),
            ("customAttributes", json!(self.custom_attributes)),
            ("accessControlGroupAssignment", json!(self.access_control_group_assignment)),
            ("clientConfigurationTemplate", json!(self.client_configuration_template)),
            ("passwordPolicies", json!(self.password_policies)),
            ("users", json!(self.users)),
            ("workgroups", json!(self.workgroups)),
            ("securityRights", rights(&self.security_rights)),
            ("accessRights", rights(&self.access_rights)),
            ("administrativeRights", rights(&self.administrative_rights)),
        ] {
            let is_nothing = match &value {
                Value::Null => true,
                Value::Array(items) => items.is_empty(),
                Value::Object(members) => members.is_empty(),
                _ => false,
            };
            if !is_nothing {
                body.insert(name.to_owned(), value);
            }
        }
        Value::Object(body)
    }
}

impl NewRight {
    fn body(&self, form: EnumForm) -> Value {
        match self {
            Self::Flag(flag) => json!({ "actualValue": flag }),
            Self::Grouped(groups) => {
                let groups: Vec<_> = groups.iter().map(|group| group.body(form)).collect();
                json!({ "actualValue": groups })
            }
        }
    }
}

impl NewGroup {
    fn body(&self, form: EnumForm) -> Value {
        let mut body =
            json!({ "objectType": self.object_type.spoken(form), "grouping": self.grouping.spoken(form) });
        if let Some(id) = &self.id {
            body["id"] = id.clone().into();
        }
        body
    }
}

impl Serialize for NewRole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.body(EnumForm::Number).serialize(serializer)
    }
}

impl fmt::Debug for NewRole {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewRole")
    }
}

impl Call for CreateRole {
    type Upstream = Icws;
    type Reply = UpdateOperationResult;
    const DESTINATION: Destination = Destination::Icws;
    const NAME: &'static str = "createRole";
    const READS: &'static [Noun] = &[];
    const WRITES: &'static [Noun] = &[Noun::IcwsRole];

    async fn ask(
        &self,
        icws: &Icws,
        credentials: &Credentials,
    ) -> Result<Answer<UpdateOperationResult>, IcwsError> {
        let operation = Self::NAME;
        let mut question = Question::new(operation, Method::POST, &["configuration", "roles"]);
        question.body = Some(self.role.body(icws.settings().dialect.enum_form));
        if let Some(id) = &self.transaction_id {
            let reason = "the transaction id cannot stand in a header";
            let header = HeaderValue::from_str(id);
            let header = header.map_err(|_| IcwsError::Unsendable { operation, reason })?;
            question.headers.insert(TRANSACTION_ID, header);
        }
        // It is the status that acknowledges; what else the answer says is welcome, and not needed.
        let answer = icws.ask_acknowledged(question, credentials).await?;
        Ok(answer.unwrap_or_else(|| {
            let id = self.role.configuration_id.id.clone();
            let reply = UpdateOperationResult { id, uri: None, license_problems: Vec::new() };
            Answer { reply, size: Size::default() }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_of_an_id_alone_is_shown_by_it() {
        let body = NewRole::new("Team Lead").body(EnumForm::Number);
        assert_eq!(body, json!({"configurationId": {"id": "Team Lead", "displayName": "Team Lead"}}));
    }

    #[test]
    fn everything_a_role_has_is_sent_as_actual_value() {
        let mut role = NewRole::new("lead");
        role.configuration_id.display_name = Some("Lead".to_owned());
        role.notes = Some(String::new());
        role.custom_attributes = vec![CustomAttribute { name: "a".to_owned(), value: None }];
        role.users = vec![ConfigurationId::new("jane")];
        role.security_rights.insert("followMe".to_owned(), NewRight::Flag(false));
        let groups = vec![
            NewGroup { id: None, object_type: ObjectType::None, grouping: Grouping::All },
            NewGroup {
                id: Some("w".to_owned()),
                object_type: ObjectType::Workgroup,
                grouping: Grouping::Single,
            },
        ];
        role.access_rights.insert("viewReport".to_owned(), NewRight::Grouped(groups));
        let number = json!({
            "configurationId": {"id": "lead", "displayName": "Lead"},
            "notes": "",
            "customAttributes": [{"name": "a", "value": null}],
            "users": [{"id": "jane"}],
            "securityRights": {"followMe": {"actualValue": false}},
            "accessRights": {"viewReport": {"actualValue": [
                {"objectType": 0, "grouping": 0}, {"objectType": 2, "grouping": 1, "id": "w"}]}},
        });
        assert_eq!(role.body(EnumForm::Number), number);
        let name = role.body(EnumForm::Name);
        assert_eq!(name["accessRights"]["viewReport"]["actualValue"][1]["objectType"], "workgroup");
        assert_eq!(format!("{role:?}"), "NewRole");
    }
}

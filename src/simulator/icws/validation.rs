//! Whether a role that was sent can become one: what the contract's validation types say of what is checkable here.
//!
//! The lengths and the forbidden characters are this server's own; the contract names the errors, not the limits.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::draft::{Draft, Named, Pair, Sent, SentGrouped, Sheet};
use super::rights::{self, Shape};
use super::role::{Grouped, Inheritable, Reference, Right, RightSheet, Role};
use super::settings::Settings;
use super::wire_enum::{Grouping, ObjectType};
use super::world::Icws;

const UNIQUE_INSTANCE_ID: u64 = 1;
const EXISTING_INSTANCE_ID: u64 = 2;
const REQUIRED_VALUE: u64 = 4;
const STRING_LENGTH: u64 = 6;
const VALID_VALUES: u64 = 9;
const UNIQUE_ATTRIBUTE_VALUE: u64 = 14;
const INVALID_CHARACTERS: u64 = 24;
const PROPERTY_NOT_APPLICABLE: u64 = 31;

const FORBIDDEN: &[char] = &['\\', '/', '"', '<', '>', '|', '*', '?'];

/// A right whose value has the other shape than its name says; the body is malformed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WrongShape;

/// What is wrong: `validationErrorType`, the property's name and its value.
pub(super) type Problem = (u64, String, String);

/// Looks a draft over.
pub(super) struct Check<'a> {
    icws: &'a Icws,
    settings: &'a Settings,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    pub(super) fn new(icws: &'a Icws, settings: &'a Settings) -> Self {
        Self { icws, settings, problems: Vec::new() }
    }

    fn wrong(&mut self, kind: u64, name: &str, value: &str) {
        self.problems.push((kind, name.to_owned(), value.to_owned()));
    }

    /// The role it would become; it may only be added if there are no problems.
    pub(super) fn role(&mut self, draft: Draft) -> Result<Role, WrongShape> {
        for (name, value) in
            [("createdDate", &draft.created_date), ("lastModifiedDate", &draft.last_modified_date)]
        {
            if let Some(value) = value {
                self.wrong(PROPERTY_NOT_APPLICABLE, name, value.as_str().unwrap_or_default());
            }
        }
        let (id, display_name) = self.identity(draft.configuration_id);
        if let Some(notes) = &draft.notes {
            self.length("notes", notes, self.settings.longest_notes);
        }
        let icws = self.icws;
        Ok(Role {
            notes: draft.notes,
            custom_attributes: draft.custom_attributes.map(|pairs| self.attributes(pairs)),
            access_control_group: self.one(
                "accessControlGroupAssignment",
                draft.access_control_group_assignment,
                &icws.access_control_groups,
            ),
            client_template: self.one(
                "clientConfigurationTemplate",
                draft.client_configuration_template,
                &icws.client_templates,
            ),
            password_policies: self.all("passwordPolicies", draft.password_policies, &icws.password_policies),
            users: self.all("users", draft.users, &icws.members),
            workgroups: self.all("workgroups", draft.workgroups, &icws.workgroups),
            security_rights: Some(Arc::new(self.rights("securityRights", draft.security_rights)?)),
            access_rights: Some(Arc::new(self.rights("accessRights", draft.access_rights)?)),
            administrative_rights: Some(Arc::new(
                self.rights("administrativeRights", draft.administrative_rights)?,
            )),
            ..Role::new(&id, &display_name)
        })
    }

    /// The id and the display name, which is the id where none is sent.
    fn identity(&mut self, sent: Option<Named>) -> (String, String) {
        let (id, display_name) = sent.map(|sent| (sent.id, sent.display_name)).unwrap_or_default();
        let id = id.unwrap_or_default();
        let display_name = display_name.unwrap_or_else(|| id.clone());
        self.name("configurationId.id", &id, |role| Some(&role.identity.id));
        if display_name != id {
            self.name("configurationId.displayName", &display_name, |role| {
                role.identity.display_name.as_deref()
            });
        } else if !id.is_empty() {
            self.unique("configurationId.displayName", &id, |role| role.identity.display_name.as_deref());
        }
        (id, display_name)
    }

    fn name(&mut self, property: &str, name: &str, of: impl Fn(&Role) -> Option<&str>) {
        if name.trim().is_empty() {
            self.wrong(REQUIRED_VALUE, property, name);
            return;
        }
        self.length(property, name, self.settings.longest_name);
        if name.contains(|character: char| character.is_control() || FORBIDDEN.contains(&character)) {
            self.wrong(INVALID_CHARACTERS, property, name);
        }
        self.unique(property, name, of);
    }

    fn unique(&mut self, property: &str, name: &str, of: impl Fn(&Role) -> Option<&str>) {
        let name_lower = name.to_lowercase();
        if self.icws.roles.iter().any(|role| of(role).is_some_and(|taken| taken.to_lowercase() == name_lower))
        {
            self.wrong(UNIQUE_INSTANCE_ID, property, name);
        }
    }

    fn length(&mut self, property: &str, text: &str, longest: usize) {
        if text.chars().count() > longest {
            self.wrong(STRING_LENGTH, property, text);
        }
    }

    fn attributes(&mut self, pairs: Vec<Pair>) -> Vec<(String, Option<String>)> {
        let mut names = BTreeSet::new();
        for pair in &pairs {
            match pair.name.as_deref() {
                None | Some("") => self.wrong(REQUIRED_VALUE, "customAttributes.name", ""),
                Some(name) if !names.insert(name) => {
                    self.wrong(UNIQUE_ATTRIBUTE_VALUE, "customAttributes.name", name);
                }
                Some(_) => {}
            }
        }
        pairs.into_iter().map(|pair| (pair.name.unwrap_or_default(), pair.value)).collect()
    }

    fn one(&mut self, property: &str, sent: Option<Named>, known: &[Reference]) -> Option<Reference> {
        let Some(id) = sent?.id.filter(|id| !id.is_empty()) else {
            self.wrong(REQUIRED_VALUE, &format!("{property}.id"), "");
            return None;
        };
        let found = known.iter().find(|object| object.id.eq_ignore_ascii_case(&id));
        if found.is_none() {
            self.wrong(EXISTING_INSTANCE_ID, property, &id);
        }
        found.cloned()
    }

    fn all(
        &mut self,
        property: &str,
        sent: Option<Vec<Named>>,
        known: &[Reference],
    ) -> Option<Vec<Reference>> {
        let sent = sent?.into_iter();
        Some(sent.filter_map(|named| self.one(property, Some(named), known)).collect())
    }

    /// Every right of this release, with what the draft assigns.
    fn rights(&mut self, object: &str, sent: Option<Sheet>) -> Result<RightSheet, WrongShape> {
        let mut sent = sent.unwrap_or_default();
        let mut rights = RightSheet::new();
        for (name, shape) in rights::shapes(object) {
            let property = format!("{object}.{name}");
            let actual = sent.remove(name).map(|sent| self.actual(&property, sent));
            let right = match (shape, actual.flatten()) {
                (Shape::Flag, None) => Right::Flag(Inheritable::default()),
                (Shape::Flag, Some(value)) => {
                    let actual = Some(value.as_bool().ok_or(WrongShape)?);
                    Right::Flag(Inheritable { actual, inherited: Vec::new() })
                }
                (Shape::Grouped, None) => Right::Grouped(Inheritable::default()),
                (Shape::Grouped, Some(value)) => {
                    let items: Vec<SentGrouped> = serde_json::from_value(value).map_err(|_| WrongShape)?;
                    let actual = items.into_iter().filter_map(|item| self.grouped(&property, item)).collect();
                    Right::Grouped(Inheritable { actual: Some(actual), inherited: Vec::new() })
                }
            };
            rights.insert(name.to_owned(), right);
        }
        for name in sent.keys() {
            self.wrong(PROPERTY_NOT_APPLICABLE, &format!("{object}.{name}"), "");
        }
        Ok(rights)
    }

    fn actual(&mut self, property: &str, sent: Sent) -> Option<Value> {
        if sent.actual_value.is_none() {
            self.wrong(REQUIRED_VALUE, &format!("{property}.actualValue"), "");
        }
        sent.actual_value
    }

    fn grouped(&mut self, property: &str, sent: SentGrouped) -> Option<Grouped> {
        let object_type = self.chosen(&format!("{property}.objectType"), sent.object_type, ObjectType::read);
        let grouping = self.chosen(&format!("{property}.grouping"), sent.grouping, Grouping::read);
        let (object_type, grouping) = (object_type?, grouping?);
        let object = match (sent.id.filter(|id| !id.is_empty()), grouping) {
            (_, Grouping::All) => None,
            (None, _) => {
                self.wrong(REQUIRED_VALUE, &format!("{property}.id"), "");
                return None;
            }
            (Some(id), _) => Some(Reference {
                uri: sent.uri.unwrap_or_else(|| Reference::new(object_type.name(), &id, "").uri),
                display_name: sent.display_name.or_else(|| Some(id.clone())),
                id,
            }),
        };
        Some(Grouped { object, object_type, grouping })
    }

    fn chosen<T>(&mut self, property: &str, sent: Option<Value>, read: fn(&Value) -> Option<T>) -> Option<T> {
        let Some(sent) = sent else {
            self.wrong(REQUIRED_VALUE, property, "");
            return None;
        };
        let chosen = read(&sent);
        if chosen.is_none() {
            self.wrong(VALID_VALUES, property, &sent.to_string());
        }
        chosen
    }
}

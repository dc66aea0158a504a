//! A role as the server keeps it: what is directly assigned and where the rest is inherited from; what is in effect
//! follows from the two.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::wire_enum::{Grouping, ObjectType, SourceKind};

const IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An object of the configuration, by its identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its id, unique among objects of its kind.
    pub id: String,
    /// Its name for people.
    pub display_name: Option<String>,
    /// Where it is, without the session's prefix.
    pub uri: String,
}

/// The rights of one of a role's three objects, by name; a release may know other names.
pub type RightSheet = BTreeMap<String, Right>;

/// A role; every property the contract calls nullable may be missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// `configurationId`.
    pub identity: Reference,
    /// `createdDate`.
    pub created: Option<Timestamp>,
    /// `lastModifiedDate`.
    pub modified: Option<Timestamp>,
    /// `notes`.
    pub notes: Option<String>,
    /// `customAttributes`: names with their values.
    pub custom_attributes: Option<Vec<(String, Option<String>)>>,
    /// `accessControlGroupAssignment`.
    pub access_control_group: Option<Reference>,
    /// `clientConfigurationTemplate`.
    pub client_template: Option<Reference>,
    /// `passwordPolicies`.
    pub password_policies: Option<Vec<Reference>>,
    /// `users`: the members.
    pub users: Option<Vec<Reference>>,
    /// `workgroups` that hold the role.
    pub workgroups: Option<Vec<Reference>>,
    /// `securityRights`.
    pub security_rights: Option<Arc<RightSheet>>,
    /// `accessRights`.
    pub access_rights: Option<Arc<RightSheet>>,
    /// `administrativeRights`.
    pub administrative_rights: Option<Arc<RightSheet>>,
    /// The time of the simulator's clock from which lists show it.
    pub visible_from: Duration,
}

/// A right of either shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Right {
    /// A yes or no.
    Flag(Inheritable<bool>),
    /// A right on objects.
    Grouped(Inheritable<Vec<Grouped>>),
}

/// A value that is assigned, inherited or both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inheritable<T> {
    /// What is directly assigned.
    pub actual: Option<T>,
    /// What is inherited, by source.
    pub inherited: Vec<Inherited<T>>,
}

/// A value with its source.
#[derive(Clone, Debug, PartialEq)]
pub struct Inherited<T> {
    /// The source.
    pub from: Reference,
    /// What the source is.
    pub kind: SourceKind,
    /// What it gives.
    pub values: T,
}

/// One object, a group of objects, or all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouped {
    /// The object; none when all are meant.
    pub object: Option<Reference>,
    /// What the object is.
    pub object_type: ObjectType,
    /// How wide it reaches.
    pub grouping: Grouping,
}

/// A value of which several sources make one.
pub(super) trait Blend: Sized {
    fn blend<'a>(values: impl Iterator<Item = &'a Self>) -> Self
    where
        Self: 'a;
}

impl Blend for bool {
    fn blend<'a>(mut values: impl Iterator<Item = &'a Self>) -> Self {
        values.any(|value| *value)
    }
}

impl Blend for Vec<Grouped> {
    fn blend<'a>(values: impl Iterator<Item = &'a Self>) -> Self {
        let mut all = Self::new();
        for value in values.flatten() {
            if !all.contains(value) {
                all.push(value.clone());
            }
        }
        all
    }
}

/// What the sources give together; none without a source.
pub(super) fn inherited<T: Blend>(value: &Inheritable<T>) -> Option<T> {
    let values = || value.inherited.iter().map(|source| &source.values);
    (!value.inherited.is_empty()).then(|| T::blend(values()))
}

/// What holds: the assigned and the inherited together.
pub(super) fn effective<T: Blend>(value: &Inheritable<T>) -> T {
    T::blend(value.actual.iter().chain(value.inherited.iter().map(|source| &source.values)))
}

impl Reference {
    /// An object of a kind as its uri spells it, such as `workgroups`.
    #[must_use]
    pub fn new(kind: &str, id: &str, display_name: &str) -> Self {
        let uri = format!("/configuration/{kind}/{}", utf8_percent_encode(id, IN_PATHS));
        Self { id: id.to_owned(), display_name: Some(display_name.to_owned()), uri }
    }
}

impl Role {
    /// A role of which nothing but its identity is known.
    #[must_use]
    pub fn new(id: &str, display_name: &str) -> Self {
        Self {
            identity: Reference::new("roles", id, display_name),
            created: None,
            modified: None,
            notes: None,
            custom_attributes: None,
            access_control_group: None,
            client_template: None,
            password_policies: None,
            users: None,
            workgroups: None,
            security_rights: None,
            access_rights: None,
            administrative_rights: None,
            visible_from: Duration::ZERO,
        }
    }
}

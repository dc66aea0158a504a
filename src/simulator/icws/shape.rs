//! Roles as they are written: null properties left out, enumerations and dates as the server is set up. What was
//! written of a sheet of rights is kept, because it is by far the most of an answer and many roles share it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::role::{self, Blend, Grouped, Inheritable, Inherited, Reference, Right, RightSheet, Role};

/// How values are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "two are asked by the caller, two are set at the server")]
pub(super) struct Form {
    pub(super) actual: bool,
    pub(super) inherited: bool,
    pub(super) enum_names: bool,
    pub(super) iso_dates: bool,
}

/// The properties that can be selected.
pub(super) const PROPERTIES: [&str; 13] = [
    "configurationId",
    "createdDate",
    "customAttributes",
    "lastModifiedDate",
    "notes",
    "accessControlGroupAssignment",
    "accessRights",
    "administrativeRights",
    "clientConfigurationTemplate",
    "passwordPolicies",
    "securityRights",
    "users",
    "workgroups",
];

/// A value that is written in a form.
pub(super) trait Write {
    fn write<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error>;
}

/// A value with the form to write it in.
pub(super) struct Shown<'a, T>(pub(super) &'a T, pub(super) Form);

/// How many written sheets are kept.
const MOST_KEPT: usize = 4_096;

/// A sheet with the form it was written in; a sheet that is kept here has an address of its own.
type Sheet = (usize, Form);

/// A sheet and what was written of it.
type Kept = (Arc<RightSheet>, Arc<[u8]>);

/// What was written of sheets of rights.
#[derive(Default)]
pub(in super::super) struct Written(Mutex<HashMap<Sheet, Kept>>);

/// A role without its rights.
struct Plain<'a>(&'a Role, &'a [&'static str], Form);

impl Written {
    /// A list of roles with these properties of each, and the identity whatever is selected.
    pub(super) fn list(&self, roles: &[&Role], properties: &[&'static str], form: Form) -> Vec<u8> {
        let mut body = b"{\"items\":[".to_vec();
        for role in roles {
            body.extend(serde_json::to_vec(&Plain(role, properties, form)).unwrap_or_default());
            for name in properties {
                let sheet = match *name {
                    "securityRights" => &role.security_rights,
                    "accessRights" => &role.access_rights,
                    "administrativeRights" => &role.administrative_rights,
                    _ => continue,
                };
                if let Some(sheet) = sheet {
                    body.pop();
                    body.extend(format!(",\"{name}\":").bytes());
                    body.extend_from_slice(&self.sheet(sheet, form));
                    body.push(b'}');
                }
            }
            body.push(b',');
        }
        if !roles.is_empty() {
            body.pop();
        }
        body.extend_from_slice(b"]}");
        body
    }

    fn sheet(&self, sheet: &Arc<RightSheet>, form: Form) -> Arc<[u8]> {
        let key = (Arc::as_ptr(sheet).addr(), form);
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, written)) = lock().get(&key) {
            return Arc::clone(written);
        }
        let written: Arc<[u8]> = serde_json::to_vec(&Shown(&**sheet, form)).unwrap_or_default().into();
        let mut kept = lock();
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(key, (Arc::clone(sheet), Arc::clone(&written)));
        written
    }
}

/// An instant in the vendor's compact form, or as ISO 8601.
pub(super) fn instant(at: Timestamp, iso: bool) -> String {
    at.strftime(if iso { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y%m%dT%H%M%SZ" }).to_string()
}

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(role, properties, form) = *self;
        let mut map = serializer.serialize_map(None)?;
        // The identity comes whatever is selected.
        map.serialize_entry("configurationId", &Shown(&role.identity, form))?;
        for name in properties {
            let date = |at: Option<Timestamp>| at.map(|at| instant(at, form.iso_dates));
            match *name {
                "createdDate" => put(&mut map, name, date(role.created).as_ref())?,
                "lastModifiedDate" => put(&mut map, name, date(role.modified).as_ref())?,
                "notes" => put(&mut map, name, role.notes.as_ref())?,
                "customAttributes" => shown(&mut map, name, role.custom_attributes.as_ref(), form)?,
                "accessControlGroupAssignment" => {
                    shown(&mut map, name, role.access_control_group.as_ref(), form)?;
                }
                "clientConfigurationTemplate" => shown(&mut map, name, role.client_template.as_ref(), form)?,
                "passwordPolicies" => shown(&mut map, name, role.password_policies.as_ref(), form)?,
                "users" => shown(&mut map, name, role.users.as_ref(), form)?,
                "workgroups" => shown(&mut map, name, role.workgroups.as_ref(), form)?,
                _ => {}
            }
        }
        map.end()
    }
}

impl<T: Write> Serialize for Shown<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(self.1, serializer)
    }
}

fn put<M: SerializeMap, T: Serialize>(map: &mut M, name: &str, value: Option<&T>) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(name, value))
}

fn shown<M: SerializeMap, T: Write>(
    map: &mut M,
    name: &str,
    value: Option<&T>,
    form: Form,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(name, &Shown(value, form)))
}

impl Write for (String, Option<String>) {
    fn write<S: Serializer>(&self, _: Form, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.0)?;
        put(&mut map, "value", self.1.as_ref())?;
        map.end()
    }
}

impl Write for Reference {
    fn write<S: Serializer>(&self, _: Form, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        put(&mut map, "displayName", self.display_name.as_ref())?;
        map.serialize_entry("uri", &self.uri)?;
        map.end()
    }
}

impl<T: Write> Write for Vec<T> {
    fn write<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|item| Shown(item, form)))
    }
}

impl Write for bool {
    fn write<S: Serializer>(&self, _: Form, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self)
    }
}

impl Write for RightSheet {
    fn write<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(name, right)| (name, Shown(right, form))))
    }
}

impl Write for Right {
    fn write<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Right::Flag(flag) => flag.write(form, serializer),
            Right::Grouped(grouped) => grouped.write(form, serializer),
        }
    }
}

impl<T: Blend + Write> Write for Inheritable<T> {
    fn write<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if form.actual {
            shown(&mut map, "actualValue", self.actual.as_ref(), form)?;
        }
        map.serialize_entry("effectiveValue", &Shown(&role::effective(self), form))?;
        // A right that inherits nothing has null in both places.
        if let (true, Some(inherited)) = (form.inherited, role::inherited(self)) {
            map.serialize_entry("inheritedValue", &Shown(&inherited, form))?;
            map.serialize_entry("inheritedFrom", &Shown(&self.inherited, form))?;
        }
        map.end()
    }
}

impl<T: Write> Write for Inherited<T> {
    fn write<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("from", &Shown(&self.from, form))?;
        enumerated(&mut map, "objectType", (self.kind.number(), self.kind.name()), form)?;
        map.serialize_entry("values", &Shown(&self.values, form))?;
        map.end()
    }
}

impl Write for Grouped {
    fn write<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(object) = &self.object {
            map.serialize_entry("id", &object.id)?;
            put(&mut map, "displayName", object.display_name.as_ref())?;
            map.serialize_entry("uri", &object.uri)?;
        }
        enumerated(&mut map, "objectType", (self.object_type.number(), self.object_type.name()), form)?;
        enumerated(&mut map, "grouping", (self.grouping.number(), self.grouping.name()), form)?;
        map.end()
    }
}

fn enumerated<M: SerializeMap>(
    map: &mut M,
    name: &str,
    (number, text): (u64, &str),
    form: Form,
) -> Result<(), M::Error> {
    if form.enum_names { map.serialize_entry(name, text) } else { map.serialize_entry(name, &number) }
}

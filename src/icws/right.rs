//! Rights of a role. Their names differ between releases, so they are open maps, and the JSON of each says whether it is
//! a flag or a list of objects.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use serde::de::{Error, MapAccess, SeqAccess};

use super::code::{Coded, Grouping, InheritedFromType, ObjectType};
use super::role::ConfigurationId;
use super::shape::{Read, Shape, objects};

/// Rights by name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Rights(pub BTreeMap<String, Right>);

/// A right.
#[derive(Clone, PartialEq, Eq)]
pub enum Right {
    /// It is held or not.
    Flag(InheritableFlag),
    /// It is held for objects.
    Grouped(InheritableCollection),
}

/// `inheritableBooleanProperty`: a flag with its origin.
pub type InheritableFlag = Inheritable<bool>;

/// `inheritableGroupedConfigurationIdCollection`: objects with their origin.
pub type InheritableCollection = Inheritable<Vec<GroupedConfigurationId>>;

/// A value that can be given directly, inherited, or both.
#[derive(Clone, PartialEq, Eq)]
pub struct Inheritable<V> {
    /// What was given directly; only where it was asked for.
    pub actual: Option<V>,
    /// What holds.
    pub effective: Option<V>,
    /// What was inherited; only where it was asked for.
    pub inherited: Option<V>,
    /// Where it was inherited from.
    pub inherited_from: Vec<Inherited<V>>,
}

/// One source of an inherited value.
#[derive(Clone, PartialEq, Eq)]
pub struct Inherited<V> {
    /// The source.
    pub from: ConfigurationId,
    /// The source's type.
    pub object_type: Coded<InheritedFromType>,
    /// What it gives.
    pub values: V,
}

objects! {
    /// One object, the members of one, or all.
    pub GroupedConfigurationId = "groupedConfigurationId" {
        /// Its id, unless it stands for all.
        id: Option<String> = "id",
        /// The name to show.
        display_name: Option<String> = "displayName",
        /// Where the object is, relative to the session.
        uri: Option<String> = "uri",
        /// The object's type.
        object_type: Coded<ObjectType> = "objectType",
        /// How wide it reaches.
        grouping: Coded<Grouping> = "grouping",
    }

    AnyInheritable = "inheritable" {
        actual: Option<AnyValue> = "actualValue",
        effective: Option<AnyValue> = "effectiveValue",
        inherited: Option<AnyValue> = "inheritedValue",
        inherited_from: Vec<AnyInherited> = "inheritedFrom",
    }

    AnyInherited = "inherited" {
        from: ConfigurationId = "from",
        object_type: Coded<InheritedFromType> = "objectType",
        values: AnyValue = "values",
    }
}

#[derive(Clone, PartialEq, Eq)]
enum AnyValue {
    Flag(bool),
    Objects(Vec<GroupedConfigurationId>),
}

/// Flags and lists in one right.
struct Mixed;

impl Shape for AnyValue {
    const EXPECTED: &'static str = "true, false or a list";

    fn from_flag(value: bool) -> Option<Self> {
        Some(Self::Flag(value))
    }

    fn from_text(text: &str) -> Option<Self> {
        bool::from_text(text).map(Self::Flag)
    }

    fn from_list<'de, A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error> {
        Vec::from_list(list).map(Self::Objects)
    }
}

impl AnyValue {
    fn flag(self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(flag),
            Self::Objects(_) => None,
        }
    }

    fn objects(self) -> Option<Vec<GroupedConfigurationId>> {
        match self {
            Self::Objects(objects) => Some(objects),
            Self::Flag(_) => None,
        }
    }
}

impl AnyInheritable {
    /// The right, if its values are of one kind; none if there is no value to tell the kind by.
    fn settled(self) -> Result<Option<Right>, Mixed> {
        let values = [&self.effective, &self.actual, &self.inherited];
        let sources = self.inherited_from.iter().map(|source| &source.values);
        let Some(first) = values.into_iter().flatten().chain(sources).next() else { return Ok(None) };
        let right = match first {
            AnyValue::Flag(_) => self.all(AnyValue::flag).map(Right::Flag),
            AnyValue::Objects(_) => self.all(AnyValue::objects).map(Right::Grouped),
        };
        right.map(Some).ok_or(Mixed)
    }

    fn all<V>(self, of_kind: fn(AnyValue) -> Option<V>) -> Option<Inheritable<V>> {
        let value = |value: Option<AnyValue>| match value.map(of_kind) {
            Some(None) => None,
            Some(value) => Some(value),
            None => Some(None),
        };
        let source = |source: AnyInherited| {
            let AnyInherited { from, object_type, values } = source;
            Some(Inherited { from, object_type, values: of_kind(values)? })
        };
        Some(Inheritable {
            actual: value(self.actual)?,
            effective: value(self.effective)?,
            inherited: value(self.inherited)?,
            inherited_from: self.inherited_from.into_iter().map(source).collect::<Option<_>>()?,
        })
    }
}

impl Shape for Rights {
    const EXPECTED: &'static str = "an object";

    fn from_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut rights = BTreeMap::new();
        while let Some(name) = object.next_key::<String>()? {
            let value = object.next_value::<Read<Option<AnyInheritable>>>();
            let Read(value) = value.map_err(|error| A::Error::custom(format_args!("a right: {error}")))?;
            let mixed = |Mixed| A::Error::custom("a right: expected either flags or lists");
            // A right of which no value is told is left out, as ICWS leaves out what is null.
            let right = value.map(|value| value.settled().map_err(mixed)).transpose()?.flatten();
            rights.extend(right.map(|right| (name, right)));
        }
        Ok(Self(rights))
    }

    fn from_nothing() -> Option<Self> {
        Some(Self::default())
    }
}

impl Deref for Rights {
    type Target = BTreeMap<String, Right>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Rights")
    }
}

impl fmt::Debug for Right {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Right")
    }
}

impl<V> fmt::Debug for Inheritable<V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Inheritable")
    }
}

impl<V> fmt::Debug for Inherited<V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Inherited")
    }
}

impl<V> Inheritable<V> {
    /// The names of its properties on the wire.
    pub const PROPERTIES: &'static [&'static str] = AnyInheritable::PROPERTIES;
}

impl<V> Inherited<V> {
    /// The names of its properties on the wire.
    pub const PROPERTIES: &'static [&'static str] = AnyInherited::PROPERTIES;
}

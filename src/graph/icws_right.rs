//! Rights of an ICWS role: flags and lists of objects, each with what was given, what was inherited, and from where.

use async_graphql::{Enum, Interface, SimpleObject};

use super::icws_role::IcwsObject;
use super::level::Item;
use super::list::List;
use crate::icws::code::{Coded, Grouping, InheritedFromType, ObjectType};
use crate::icws::{self as wire, Inheritable, Right};

/// A right of a role.
#[derive(Interface)]
#[graphql(
    field(
        name = "name",
        ty = "&String",
        desc = "The name of the right; names differ between releases of ICWS."
    ),
    field(
        name = "is_held",
        ty = "&Option<bool>",
        desc = "Whether the role holds the right at all: the flag is true, or there are objects it holds over."
    )
)]
pub enum IcwsRight {
    /// A right that is held or not.
    Flag(IcwsFlagRight),
    /// A right that is held over objects.
    Grouped(IcwsGroupedRight),
}

impl Item for IcwsRight {}

impl IcwsRight {
    /// Shows a right.
    #[must_use]
    pub fn of(name: &str, right: &Right) -> Self {
        match right {
            Right::Flag(flag) => Self::Flag(IcwsFlagRight::new(name, flag)),
            Right::Grouped(grouped) => Self::Grouped(IcwsGroupedRight::new(name, grouped)),
        }
    }
}

/// Whether a right is held at all; `None` where ICWS does not tell.
#[must_use]
pub fn is_held(right: &Right) -> Option<bool> {
    match right {
        Right::Flag(flag) => flag.effective,
        Right::Grouped(grouped) => grouped.effective.as_ref().map(|objects| !objects.is_empty()),
    }
}

/// A right that is held or not.
#[derive(SimpleObject)]
pub struct IcwsFlagRight {
    /// The name of the right; names differ between releases of ICWS.
    name: String,
    /// Whether the role holds the right; the same as `effective`.
    is_held: Option<bool>,
    /// What holds: what was given and what was inherited together.
    effective: Option<bool>,
    /// What was given to the role directly.
    actual: Option<bool>,
    /// What the role inherited.
    inherited: Option<bool>,
    /// Where it was inherited from.
    inherited_from: List<IcwsInheritedFlag>,
}

/// A source of an inherited flag.
#[derive(SimpleObject)]
pub struct IcwsInheritedFlag {
    /// The source.
    source: IcwsObject,
    /// What the source is.
    source_type: IcwsInheritedFromType,
    /// What the source gives.
    is_granted: bool,
}

impl Item for IcwsInheritedFlag {}

/// A right that is held over objects.
#[derive(SimpleObject)]
pub struct IcwsGroupedRight {
    /// The name of the right; names differ between releases of ICWS.
    name: String,
    /// Whether there are objects the right holds over.
    is_held: Option<bool>,
    /// The objects it holds over: those given and those inherited together.
    effective_objects: Option<List<IcwsGroupedObject>>,
    /// The objects given to the role directly.
    actual_objects: Option<List<IcwsGroupedObject>>,
    /// The objects the role inherited.
    inherited_objects: Option<List<IcwsGroupedObject>>,
    /// Where they were inherited from.
    inherited_from: List<IcwsInheritedObjects>,
}

/// A source of inherited objects.
#[derive(SimpleObject)]
pub struct IcwsInheritedObjects {
    /// The source.
    source: IcwsObject,
    /// What the source is.
    source_type: IcwsInheritedFromType,
    /// What the source gives.
    objects: List<IcwsGroupedObject>,
}

impl Item for IcwsInheritedObjects {}

/// One object, a group of objects, or all of a type.
#[derive(Clone, SimpleObject)]
pub struct IcwsGroupedObject {
    /// The object's id; null where all are meant.
    object_id: Option<String>,
    /// The name to show.
    name: Option<String>,
    /// Where the object is, relative to a session.
    uri: Option<String>,
    /// What the object is.
    object_type: IcwsObjectType,
    /// The number of the object's type, also where this gateway does not know it.
    object_type_code: Option<i64>,
    /// How wide it reaches.
    grouping: IcwsGrouping,
}

impl Item for IcwsGroupedObject {}

/// Declares a closed enum of the graph over one of ICWS.
macro_rules! shown {
    ($(#[doc = $about:literal])+ $name:ident of $wire:ident {
        $($(#[doc = $doc:literal])+ $value:ident = $known:ident,)*
    }) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
        pub enum $name {
            $($(#[doc = $doc])+ $value,)*
            /// One this gateway does not know.
            Unknown,
        }

        impl From<&Coded<$wire>> for $name {
            fn from(code: &Coded<$wire>) -> Self {
                match code.known() {
                    $(Some($wire::$known) => Self::$value,)*
                    None => Self::Unknown,
                }
            }
        }
    };
}
pub(super) use shown;

shown! {
    /// What an object is.
    IcwsObjectType of ObjectType {
        /// No type.
        None = None,
        /// An access control group.
        AccessControlGroup = Acg,
        /// A workgroup.
        Workgroup = Workgroup,
        /// A line group.
        LineGroup = LineGroup,
        /// A group of feedback surveys.
        FeedbackSurveyGroup = FeedbackSurveyGroup,
    }
}

shown! {
    /// How wide an entry reaches.
    IcwsGrouping of Grouping {
        /// Every object.
        All = All,
        /// One object.
        Single = Single,
        /// The members of an object, such as those of a workgroup or a role.
        Group = Group,
    }
}

shown! {
    /// What an inherited value comes from.
    IcwsInheritedFromType of InheritedFromType {
        /// It is not inherited.
        None = None,
        /// A workgroup.
        Workgroup = Workgroup,
        /// A role.
        Role = Role,
        /// The default user.
        DefaultUser = DefaultUser,
        /// A client configuration template.
        ClientConfigurationTemplate = ClientConfigurationTemplate,
    }
}

impl IcwsFlagRight {
    fn new(name: &str, flag: &Inheritable<bool>) -> Self {
        let sources = flag.inherited_from.iter().map(|inherited| IcwsInheritedFlag {
            source: IcwsObject::from(&inherited.from),
            source_type: IcwsInheritedFromType::from(&inherited.object_type),
            is_granted: inherited.values,
        });
        Self {
            name: name.to_owned(),
            is_held: flag.effective,
            effective: flag.effective,
            actual: flag.actual,
            inherited: flag.inherited,
            inherited_from: sources.collect(),
        }
    }
}

impl IcwsGroupedRight {
    fn new(name: &str, grouped: &Inheritable<Vec<wire::GroupedConfigurationId>>) -> Self {
        let objects = |value: &Option<Vec<_>>| value.as_deref().map(grouped_objects);
        let sources = grouped.inherited_from.iter().map(|inherited| IcwsInheritedObjects {
            source: IcwsObject::from(&inherited.from),
            source_type: IcwsInheritedFromType::from(&inherited.object_type),
            objects: grouped_objects(&inherited.values),
        });
        Self {
            name: name.to_owned(),
            is_held: grouped.effective.as_ref().map(|objects| !objects.is_empty()),
            effective_objects: objects(&grouped.effective),
            actual_objects: objects(&grouped.actual),
            inherited_objects: objects(&grouped.inherited),
            inherited_from: sources.collect(),
        }
    }
}

fn grouped_objects(objects: &[wire::GroupedConfigurationId]) -> List<IcwsGroupedObject> {
    let shown = objects.iter().map(|object| IcwsGroupedObject {
        object_id: object.id.clone(),
        name: object.display_name.clone(),
        uri: object.uri.clone(),
        object_type: IcwsObjectType::from(&object.object_type),
        object_type_code: object.object_type.number(),
        grouping: IcwsGrouping::from(&object.grouping),
    });
    shown.collect()
}

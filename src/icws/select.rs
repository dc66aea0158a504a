//! `Properties`: which properties of a role are asked for.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! properties {
    ($($(#[$about:meta])* $property:ident = $name:literal,)*) => {
        /// A property of a role that can be asked for; its identity comes with every answer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Property {
            $($(#[$about])* $property,)*
        }

        impl Property {
            /// Every property with its name on the wire.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$property, $name)),*];
        }
    };
}

properties! {
    /// When it was created.
    CreatedDate = "createdDate",
    /// Name and value pairs.
    CustomAttributes = "customAttributes",
    /// When it was last changed.
    LastModifiedDate = "lastModifiedDate",
    /// What administrators noted.
    Notes = "notes",
    /// The access control group.
    AccessControlGroupAssignment = "accessControlGroupAssignment",
    /// Which objects its holders may reach.
    AccessRights = "accessRights",
    /// What its holders may administer.
    AdministrativeRights = "administrativeRights",
    /// The client template.
    ClientConfigurationTemplate = "clientConfigurationTemplate",
    /// Password policies.
    PasswordPolicies = "passwordPolicies",
    /// What its holders may do.
    SecurityRights = "securityRights",
    /// Members.
    Users = "users",
    /// Workgroups that hold it.
    Workgroups = "workgroups",
}

/// A set of properties; the empty one asks for identities alone. All of them are sent by name and not as `*`, which a
/// later release would answer with properties that nobody here reads.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Properties(u16);

impl Properties {
    /// Identities alone.
    pub const NONE: Self = Self(0);

    /// Every property.
    #[must_use]
    pub fn all() -> Self {
        Property::ALL.iter().map(|(property, _)| *property).collect()
    }

    /// The set with one more.
    #[must_use]
    pub const fn with(self, property: Property) -> Self {
        Self(self.0 | 1 << property as u16)
    }

    /// What either set has.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the property is asked for.
    #[must_use]
    pub const fn contains(self, property: Property) -> bool {
        self.0 & (1 << property as u16) != 0
    }

    /// Whether everything the other set asks for is asked for.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether identities alone are asked for.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Their names on the wire, in one order whatever order they were put in.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Property::ALL.iter().filter(move |(property, _)| self.contains(*property)).map(|(_, name)| *name)
    }
}

impl FromIterator<Property> for Properties {
    fn from_iter<I: IntoIterator<Item = Property>>(properties: I) -> Self {
        properties.into_iter().fold(Self::NONE, Self::with)
    }
}

impl From<Property> for Properties {
    fn from(property: Property) -> Self {
        Self::NONE.with(property)
    }
}

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl fmt::Debug for Properties {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_the_same_whatever_order_it_was_made_in() {
        let one: Properties = [Property::Notes, Property::Users].into_iter().collect();
        let other = Properties::from(Property::Users).with(Property::Notes).with(Property::Users);
        assert_eq!(one, other);
        assert_eq!(one.names().collect::<Vec<_>>(), ["notes", "users"]);
        assert!(
            Properties::all().covers(one) && !one.covers(Properties::all()) && one.covers(Properties::NONE)
        );
        assert_eq!(Properties::all().names().count(), Property::ALL.len());
    }
}

//! The enumerations of roles: a number on the wire, or a name where the server is set up so.

use serde_json::Value;

macro_rules! wire_enum {
    ($(#[$doc:meta])* $enum:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal $name:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $enum {
            $($(#[$variant_doc])* $variant),*
        }

        impl $enum {
            /// Every value, in the order of the numbers.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The number on the wire.
            #[must_use]
            pub fn number(self) -> u64 {
                match self { $(Self::$variant => $number),* }
            }

            /// The name on the page.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Reads a number or a name.
            #[must_use]
            pub fn read(value: &Value) -> Option<Self> {
                let fits = |one: &&Self| {
                    value.as_u64() == Some(one.number()) || value.as_str() == Some(one.name())
                };
                Self::ALL.iter().find(fits).copied()
            }
        }
    };
}

wire_enum! {
    /// What a grouped object is.
    ObjectType {
        /// No object.
        None = 0 "none",
        /// An access control group.
        AccessControlGroup = 1 "acg",
        /// A workgroup.
        Workgroup = 2 "workgroup",
        /// A line group.
        LineGroup = 3 "lineGroup",
        /// A feedback survey group.
        FeedbackSurveyGroup = 4 "feedbackSurveyGroup",
    }
}

wire_enum! {
    /// How wide a grouped object reaches.
    Grouping {
        /// Every object, so it has no id.
        All = 0 "all",
        /// One object.
        Single = 1 "single",
        /// The members of some other object.
        Group = 2 "group",
    }
}

wire_enum! {
    /// Where an inherited value comes from.
    SourceKind {
        /// Nowhere.
        None = 0 "none",
        /// A workgroup.
        Workgroup = 1 "Workgroup",
        /// A role.
        Role = 2 "Role",
        /// The default user.
        DefaultUser = 3 "DefaultUser",
        /// A client template.
        ClientConfigurationTemplate = 4 "ClientConfigurationTemplate",
    }
}

//! The enums of ICWS: numbers on the wire, names on paper, both read. A value of a later release stays as it came.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::shape::Shape;
use crate::config::EnumForm;

/// An enum of ICWS.
pub trait Code: Copy + PartialEq + Send + Sync + 'static {
    /// The contract's name of the enum.
    const NAME: &'static str;
    /// Every value with its number and its name.
    const ALL: &'static [(Self, i64, &'static str)];

    /// The number on the wire.
    #[must_use]
    fn number(self) -> i64 {
        self.entry().1
    }

    /// The name the reference prints.
    #[must_use]
    fn name(self) -> &'static str {
        self.entry().2
    }

    /// The value as it is sent.
    #[must_use]
    fn spoken(self, form: EnumForm) -> Value {
        match form {
            EnumForm::Number => self.number().into(),
            EnumForm::Name => self.name().into(),
        }
    }

    /// The value's line of `ALL`.
    #[must_use]
    fn entry(self) -> &'static (Self, i64, &'static str) {
        Self::ALL.iter().find(|(code, ..)| *code == self).expect("the macro lists every value")
    }
}

/// A value of an enum as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Coded<C> {
    /// One the contract has.
    Known(C),
    /// One it has not.
    Unknown(Raw),
}

/// A value that no enum of the contract has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Raw {
    /// It came as a number.
    Number(i64),
    /// It came as a name.
    Name(Arc<str>),
}

impl<C: Code> Coded<C> {
    /// The value, where the contract has it.
    #[must_use]
    pub fn known(&self) -> Option<C> {
        match self {
            Self::Known(code) => Some(*code),
            Self::Unknown(_) => None,
        }
    }

    /// The number, unless an unknown value came as a name.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Known(code) => Some(code.number()),
            Self::Unknown(Raw::Number(number)) => Some(*number),
            Self::Unknown(Raw::Name(_)) => None,
        }
    }

    /// The name, unless an unknown value came as a number.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Known(code) => Some(code.name()),
            Self::Unknown(Raw::Name(name)) => Some(name),
            Self::Unknown(Raw::Number(_)) => None,
        }
    }
}

impl<C: Code> Shape for Coded<C> {
    const EXPECTED: &'static str = "the number or the name of a value";

    fn from_number(number: i64) -> Option<Self> {
        let known = C::ALL.iter().find(|(_, known, _)| *known == number);
        Some(known.map_or(Self::Unknown(Raw::Number(number)), |(code, ..)| Self::Known(*code)))
    }

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(number) = text.parse() {
            return Self::from_number(number);
        }
        if let Some((code, ..)) = C::ALL.iter().find(|(_, _, name)| name.eq_ignore_ascii_case(text)) {
            return Some(Self::Known(*code));
        }
        // What does not look like a name is not carried further: it may be anything.
        let looks_right = text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.len() <= 80
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        looks_right.then(|| Self::Unknown(Raw::Name(text.into())))
    }
}

/// Declares enums with the numbers and names of the contract.
macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident = $contract:literal {
        $($(#[$about:meta])* $value:ident = $number:literal $text:literal,)*
    })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$about])* $value,)*
        }

        impl Code for $name {
            const NAME: &'static str = $contract;
            const ALL: &'static [(Self, i64, &'static str)] = &[$((Self::$value, $number, $text)),*];
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.number())
            }
        }
    )*};
}

codes! {
    /// The type of a grouped object.
    ObjectType = "objectType" {
        /// No object type.
        None = 0 "none",
        /// Access control group.
        Acg = 1 "acg",
        /// Workgroup.
        Workgroup = 2 "workgroup",
        /// Line group.
        LineGroup = 3 "lineGroup",
        /// Feedback survey group.
        FeedbackSurveyGroup = 4 "feedbackSurveyGroup",
    }
    /// How wide a grouped object reaches.
    Grouping = "configurationIdGrouping" {
        /// Every object.
        All = 0 "all",
        /// One object.
        Single = 1 "single",
        /// Members of some other object such as a workgroup or role.
        Group = 2 "group",
    }
    /// Where an inherited value comes from.
    InheritedFromType = "inheritedFromType" {
        /// Not inherited.
        None = 0 "none",
        /// From a workgroup.
        Workgroup = 1 "Workgroup",
        /// From a role.
        Role = 2 "Role",
        /// From the default user.
        DefaultUser = 3 "DefaultUser",
        /// From a client configuration template.
        ClientConfigurationTemplate = 4 "ClientConfigurationTemplate",
    }
    /// A kind of licence problem.
    LicenseErrorType = "licenseErrorType" {
        /// Licence was set; never sent.
        SetOk = 0 "setOK",
        /// Dynamic licence over its threshold; set all the same.
        SetWarningExceedsThreshold = 1 "setWarningExceedsThreshold",
        /// Dynamic licence would exceed its threshold; not set. May concern any licence of the user or station.
        SetErrorExceedsThreshold = 2 "setErrorExceedsThreshold",
        /// ACD media level lacked media types; defaults were set.
        SetWarningMissingQualifiers = 3 "setWarningMissingQualifiers",
    }
    /// A kind of validation failure; there is no value 8.
    ValidationErrorType = "validationErrorType" {
        /// Unknown check.
        UnknownValidator = 0 "unknownValidator",
        /// Must be unique among objects of the type.
        UniqueInstanceId = 1 "uniqueInstanceId",
        /// Must be the ID of a configured object.
        ExistingInstanceId = 2 "existingInstanceId",
        /// Must match a configured object.
        ExistingAttributeValue = 3 "existingAttributeValue",
        /// Must be given.
        RequiredValue = 4 "requiredValue",
        /// Out of range.
        Range = 5 "range",
        /// Wrong number of characters.
        StringLength = 6 "stringLength",
        /// Wrong format.
        Regex = 7 "regex",
        /// Not an allowed value.
        ValidValues = 9 "validValues",
        /// Wrong number of items.
        CollectionCount = 10 "collectionCount",
        /// An item failed validation.
        CollectionItemValidator = 11 "collectionItemValidator",
        /// Not an allowed value.
        ValidatorGroup = 12 "validatorGroup",
        /// Not a valid format.
        ValidFormat = 13 "validFormat",
        /// Must be unique among attributes of the type.
        UniqueAttributeValue = 14 "uniqueAttributeValue",
        /// Attribute must be given.
        RequiredAttribute = 15 "requiredAttribute",
        /// Access control group tree not found, not checked or too deep.
        AcgTreeValidator = 16 "acgTreeValidator",
        /// Not a valid pronunciation.
        PronunciationValidator = 17 "pronunciationValidator",
        /// Not a valid word.
        WordValidator = 18 "wordValidator",
        /// Out of range.
        RangeFloat = 19 "rangeFloat",
        /// Must match a configured attendant profile.
        ExistingAttendantProfile = 20 "existingAttendantProfile",
        /// Must not be an existing extension.
        Extension = 21 "extension",
        /// Unknown check, by the page's wording.
        WorkstationsSharedAppearanceId = 22 "workstationsSharedAppearanceID",
        /// Not a valid multiple.
        MultipleOf = 23 "multipleOf",
        /// Has invalid characters.
        InvalidCharacters = 24 "invalidCharacters",
        /// Must be an existing extension.
        ExistingExtension = 25 "existingExtension",
        /// Must be the ID of a configured object.
        ExistingInstanceIdWithAttributeValue = 26 "existingInstanceIdWithAttributeValue",
        /// Has invalid characters.
        CharacterDelimitedValue = 27 "characterDelimitedValue",
        /// Keyword set exceeds the supported number of keywords.
        AnalyzerKeywordCount = 28 "analyzerKeywordCount",
        /// Workgroup has too many keywords.
        WorkgroupAnalyzerKeywordCount = 29 "workgroupAnalyzerKeywordCount",
        /// Schedule ends before it starts.
        EndDateTimeValidator = 30 "endDateTimeValidator",
        /// Property does not apply to this configuration.
        PropertyNotApplicable = 31 "propertyNotApplicable",
        /// Not a valid mailbox.
        InvalidMailboxFolder = 32 "invalidMailboxFolder",
        /// Phone manufacturer is not supported.
        UnsupportedManufacturer = 33 "unsupportedManufacturer",
        /// Phone model is not supported.
        UnsupportedModel = 34 "unsupportedModel",
        /// SRTP needs a registered TLS line in the registration group.
        AudioProtocol = 35 "audioProtocol",
        /// A recorder policy would exceed its keyword limit.
        RecorderPolicyAnalyzerKeywordCount = 36 "recorderPolicyAnalyzerKeywordCount",
        /// Too many references to the object.
        ReferenceCount = 37 "referenceCount",
        /// Wrap-up status or timeout is invalid.
        WrapUpStatusTimeout = 38 "wrapUpStatusTimeout",
        /// A required attribute is missing or a forbidden one is present.
        AttributeExistence = 39 "attributeExistence",
        /// Another attribute must have, or must lack, a value.
        OtherAttributeValue = 40 "otherAttributeValue",
        /// Network adapter is invalid.
        NetworkAdapter = 41 "networkAdapter",
        /// Integer comparison failed.
        IntegerComparisonValidator = 42 "integerComparisonValidator",
        /// Time zone is invalid.
        TimeZoneValidator = 43 "timeZoneValidator",
        /// Languages must be supported ones.
        ExistingLanguageValues = 44 "existingLanguageValues",
        /// Delimited key-value pairs are invalid.
        CharacterDelimitedKvPairs = 45 "characterDelimitedKVPairs",
        /// Two values exclude each other.
        ObjectValidationErrorMutuallyExclusive = 46 "objectValidationErrorMutuallyExclusive",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icws::shape::read;

    fn object_type(json: &str) -> Result<Coded<ObjectType>, String> {
        read(json.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_value_is_read_as_number_as_name_and_as_digits() {
        for json in ["2", "2.0", "\"2\"", "\"workgroup\"", "\"Workgroup\"", "\" WORKGROUP \""] {
            assert_eq!(object_type(json), Ok(Coded::Known(ObjectType::Workgroup)), "{json}");
        }
    }

    #[test]
    fn a_value_of_a_later_release_is_kept_as_it_came() {
        assert_eq!(object_type("99").map(|code| code.number()), Ok(Some(99)));
        let named = object_type("\"skillGroup\"").unwrap();
        assert_eq!((named.name(), named.number(), named.known()), (Some("skillGroup"), None, None));
    }

    #[test]
    fn what_is_no_value_is_refused_unseen() {
        for json in ["true", "1.5", "\"\"", "\"two words\"", "{}", "[]", "null", "99999999999999999999"] {
            let error = object_type(json).unwrap_err();
            assert!(error.starts_with("expected the number or the name of a value"), "{json}: {error}");
        }
    }

    #[test]
    fn a_value_is_said_in_either_form() {
        assert_eq!(Grouping::Group.spoken(EnumForm::Number), 2);
        assert_eq!(Grouping::Group.spoken(EnumForm::Name), "group");
    }

    #[test]
    fn no_number_and_no_name_stands_for_two_values() {
        let numbers: std::collections::BTreeSet<_> =
            ValidationErrorType::ALL.iter().map(|(_, n, _)| n).collect();
        assert_eq!(numbers.len(), 46);
        assert!(!numbers.contains(&8));
    }
}

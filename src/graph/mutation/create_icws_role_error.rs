//! Why a role of ICWS was not created: every kind of validation failure and licence problem it knows.

use super::refusal::user_errors;

user_errors! {
    /// Why a role was not created.
    CreateIcwsRoleErrorCode of "CreateIcwsRole", find out by "`icws { role(by: { roleId: … }) { name } }`" {
        /// The id is empty.
        RoleIdMissing("roleId"),
        /// The id has a line break or another control character.
        InvalidRoleId("roleId"),
        /// The transaction id can hold printable characters without umlauts only, and at most 200.
        InvalidTransactionId("transactionId"),
        /// The name of a custom attribute is empty, or given twice.
        InvalidCustomAttributeName("customAttributes"),
        /// The name of a right is empty, or given twice.
        InvalidRightName,
        /// A right is either granted or not, or given over objects: set `isGranted` or `objects`.
        RightValueMissing,
        /// An object needs its id, unless all are meant; where all are meant it has none.
        InvalidGroupedObject,
        /// The viewer may not create roles.
        NotAuthorized = "FORBIDDEN",
        /// ICWS could not read the request.
        Malformed = "error.request.invalidRepresentation.malformed",
        /// ICWS misses a property.
        PropertyMissing = "urn:inin.com:common:missingPropertyError",
        /// ICWS does not accept a property.
        PropertyInvalid = "urn:inin.com:common:invalidPropertyError",
        /// A check of ICWS failed that it does not name.
        UnknownValidator = "unknownValidator",
        /// There is one of this already: it must be unique among objects of the type.
        UniqueInstanceId = "uniqueInstanceId",
        /// It must be the id of a configured object.
        ExistingInstanceId = "existingInstanceId",
        /// It must match a configured object.
        ExistingAttributeValue = "existingAttributeValue",
        /// It must be given.
        RequiredValue = "requiredValue",
        /// It is out of range.
        OutOfRange = "range" | "rangeFloat",
        /// It has the wrong number of characters.
        StringLength = "stringLength",
        /// It has the wrong format.
        InvalidFormat = "regex" | "validFormat",
        /// It is not an allowed value.
        InvalidValue = "validValues" | "validatorGroup",
        /// It has the wrong number of items.
        CollectionCount = "collectionCount",
        /// An item of it failed validation.
        CollectionItem = "collectionItemValidator",
        /// It must be unique among attributes of the type.
        UniqueAttributeValue = "uniqueAttributeValue",
        /// The attribute must be given.
        RequiredAttribute = "requiredAttribute",
        /// The tree of access control groups was not found, could not be checked, or is too deep.
        AccessControlGroupTree = "acgTreeValidator",
        /// It is not a valid pronunciation.
        InvalidPronunciation = "pronunciationValidator",
        /// It is not a valid word.
        InvalidWord = "wordValidator",
        /// It must match a configured attendant profile.
        ExistingAttendantProfile = "existingAttendantProfile",
        /// It must not be an extension that exists.
        ExtensionInUse = "extension",
        /// A check of the shared appearance id of workstations failed.
        SharedAppearanceId = "workstationsSharedAppearanceID",
        /// It is not a valid multiple.
        MultipleOf = "multipleOf",
        /// It has invalid characters.
        InvalidCharacters = "invalidCharacters" | "characterDelimitedValue",
        /// It must be an extension that exists.
        ExistingExtension = "existingExtension",
        /// It must be the id of a configured object with the value another attribute asks for.
        ExistingInstanceIdWithAttributeValue = "existingInstanceIdWithAttributeValue",
        /// The keyword set has more keywords than are supported.
        KeywordCount = "analyzerKeywordCount",
        /// The workgroup has too many keywords.
        WorkgroupKeywordCount = "workgroupAnalyzerKeywordCount",
        /// A schedule ends before it starts.
        EndsBeforeStart = "endDateTimeValidator",
        /// The property does not apply to this configuration.
        PropertyNotApplicable = "propertyNotApplicable",
        /// It is not a valid mailbox.
        InvalidMailboxFolder = "invalidMailboxFolder",
        /// The manufacturer of the phone is not supported.
        UnsupportedManufacturer = "unsupportedManufacturer",
        /// The model of the phone is not supported.
        UnsupportedModel = "unsupportedModel",
        /// Encrypted audio needs a registered TLS line in the registration group.
        AudioProtocol = "audioProtocol",
        /// A recorder policy would have too many keywords.
        RecorderPolicyKeywordCount = "recorderPolicyAnalyzerKeywordCount",
        /// There are too many references to the object.
        ReferenceCount = "referenceCount",
        /// The status or the time-out of wrap-up is invalid.
        WrapUpStatusTimeout = "wrapUpStatusTimeout",
        /// A required attribute is missing, or a forbidden one is there.
        AttributeExistence = "attributeExistence",
        /// Another attribute must have a value, or must have none.
        OtherAttributeValue = "otherAttributeValue",
        /// The network adapter is invalid.
        NetworkAdapter = "networkAdapter",
        /// A comparison of numbers failed.
        IntegerComparison = "integerComparisonValidator",
        /// The time zone is invalid.
        TimeZone = "timeZoneValidator",
        /// A language must be one of those supported.
        ExistingLanguage = "existingLanguageValues",
        /// A list of names and values is invalid.
        KeyValuePairs = "characterDelimitedKVPairs",
        /// Two values exclude each other.
        MutuallyExclusive = "objectValidationErrorMutuallyExclusive",
        /// A licence would be over its threshold, so it was not set.
        LicenseThresholdExceeded = "setErrorExceedsThreshold",
        /// A licence is over its threshold.
        LicenseOverThreshold = "setWarningExceedsThreshold",
        /// A media licence lacks its media types.
        LicenseQualifiersMissing = "setWarningMissingQualifiers",
        /// A licence stands in the way although ICWS says that it was set.
        LicenseSet = "setOK",
    }
    failures []
}

//! What an error body of ICWS says beyond its id. Its message is free text and is not carried further.

use std::fmt;
use std::sync::Arc;

use super::code::{Coded, LicenseErrorType, ValidationErrorType};
use super::role::ConfigurationId;
use super::shape::{objects, read};

/// The types an error body can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorType {
    /// No more than an id and a message.
    Common,
    /// A list's query was refused.
    GetObjectList,
    /// A create or an update was refused.
    Configuration,
    /// A property is missing.
    MissingProperty,
    /// A property has a value it cannot have.
    InvalidProperty,
}

impl ErrorType {
    /// Every type with its name.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Common, "urn:inin.com:common:error"),
        (Self::GetObjectList, "urn:inin.com:configuration:getObjectListError"),
        (Self::Configuration, "urn:inin.com:configuration:configurationError"),
        (Self::MissingProperty, "urn:inin.com:common:missingPropertyError"),
        (Self::InvalidProperty, "urn:inin.com:common:invalidPropertyError"),
    ];
}

/// The ids of errors that the contract names.
pub const ERROR_IDS: [&str; 8] = [
    "error.request.invalidRepresentation.malformed",
    "error.request.configuration.get.selectAll",
    "error.request.configuration.getObjectList",
    "error.request.configuration.getObjectList.invalidSortDirection",
    "error.request.configuration.getObjectList.invalidWhereOperator",
    "error.request.configuration.update",
    "error.request.internalServerError",
    "error.request.timeout",
];

/// What was wrong, as far as the error body is typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// The body's type, where it names one that is known.
    pub error_type: Option<ErrorType>,
    /// The property that is missing or has a value it cannot have.
    pub property_name: Option<String>,
    /// Properties that `select` does not support.
    pub select: Vec<String>,
    /// The value that `rightsFilter` does not support.
    pub rights_filter: Option<String>,
    /// Properties that `where` does not support.
    pub where_properties: Vec<String>,
    /// The property that `orderBy` does not support.
    pub order_by: Option<String>,
    /// What failed validation.
    pub validation_errors: Vec<ValidationError>,
    /// What licences stand in the way.
    pub license_errors: Vec<LicenseError>,
}

objects! {
    /// A property that failed validation.
    pub ValidationError = "validationError" {
        /// The kind of failure.
        error_type: Coded<ValidationErrorType> = "validationErrorType",
        /// The property at fault.
        property_name: Option<String> = "propertyName",
        /// Its value, which is what the person gave: to be shown to that person only.
        property_value: Option<String> = "propertyValue",
    }

    /// A licence problem: of a refusal what stood in the way, of a success a warning.
    pub LicenseError = "licenseError" {
        /// The kind of problem.
        error_type: Coded<LicenseErrorType> = "licenseErrorType",
        /// The licence at fault.
        license: Option<ConfigurationId> = "license",
    }

    pub(super) ErrorBody = "error" {
        type_name: Option<String> = "__type",
        error_id: Option<String> = "errorId",
        message: Option<String> = "message",
        property_name: Option<String> = "propertyName",
        select: Vec<String> = "select",
        rights_filter: Option<String> = "rightsFilter",
        where_properties: Vec<String> = "where",
        order_by: Option<String> = "orderBy",
        validation_errors: Vec<ValidationError> = "validationErrors",
        license_errors: Vec<LicenseError> = "licenseErrors",
        alternate_hosts: Vec<String> = "alternateHostList",
    }
}

impl ErrorBody {
    /// The body as far as it can be read; a status says enough where it cannot.
    pub(super) fn of(json: &[u8]) -> Option<Self> {
        read(json).ok()
    }

    /// The id, if it looks like one: free text is not carried further.
    pub(super) fn id(&self) -> Option<Arc<str>> {
        let id = self.error_id.as_deref()?.trim();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        (!id.is_empty() && id.len() <= 160 && id.bytes().all(is_plain)).then(|| id.into())
    }

    pub(super) fn problem(self) -> Problem {
        let name = self.type_name.unwrap_or_default();
        let known = ErrorType::ALL.into_iter().find(|(_, known)| known.eq_ignore_ascii_case(name.trim()));
        Problem {
            error_type: known.map(|(error_type, _)| error_type),
            property_name: self.property_name,
            select: self.select,
            rights_filter: self.rights_filter,
            where_properties: self.where_properties,
            order_by: self.order_by,
            validation_errors: self.validation_errors,
            license_errors: self.license_errors,
        }
    }
}

/// The names of an error body's properties; its own type is not public.
pub const ERROR_PROPERTIES: &[&str] = ErrorBody::PROPERTIES;

impl Problem {
    /// Whether it says more than that something was wrong.
    #[must_use]
    pub fn is_typed(&self) -> bool {
        let says_nothing = matches!(self.error_type, None | Some(ErrorType::Common))
            && self.validation_errors.is_empty()
            && self.license_errors.is_empty();
        !says_nothing
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Problem").field("error_type", &self.error_type).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_error_is_read() {
        let body = br#"{"__type":"urn:inin.com:configuration:getObjectListError","errorId":"error.request.x",
            "message":"m","select":["a"],"rightsFilter":"r","where":["b","c"],"orderBy":"d"}"#;
        let body = ErrorBody::of(body).unwrap();
        assert_eq!(body.id().as_deref(), Some("error.request.x"));
        let problem = body.problem();
        assert_eq!(problem.error_type, Some(ErrorType::GetObjectList));
        assert_eq!((problem.select.len(), problem.where_properties.len()), (1, 2));
        assert_eq!((problem.rights_filter.as_deref(), problem.order_by.as_deref()), (Some("r"), Some("d")));
        let body = br#"{"errorId":"error.request.configuration.update","validationErrors":[
            {"validationErrorType":6,"propertyName":"notes","propertyValue":"marker"},
            {"validationErrorType":"later","propertyName":"x","propertyValue":null}],
            "licenseErrors":[{"licenseErrorType":2,"license":{"id":"I3_ACCESS"}}]}"#;
        let problem = ErrorBody::of(body).unwrap().problem();
        let types: Vec<_> = problem.validation_errors.iter().map(|error| error.error_type.known()).collect();
        assert_eq!(types, [Some(ValidationErrorType::StringLength), None]);
        let license = problem.license_errors[0].license.as_ref().map(|license| license.id.as_str());
        assert_eq!(license, Some("I3_ACCESS"));
        assert!(!format!("{problem:?} {:?}", problem.validation_errors).contains("marker"));
    }

    #[test]
    fn an_id_that_is_free_text_is_not_carried_further() {
        for id in ["", "user jane@x was not found", "<script>", &"a".repeat(161)] {
            let body = serde_json::json!({"errorId": id}).to_string();
            assert_eq!(ErrorBody::of(body.as_bytes()).unwrap().id(), None, "{id}");
        }
        assert!(ErrorBody::of(b"[]").is_none());
    }
}

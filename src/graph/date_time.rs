//! The `DateTime` scalar.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::Timestamp;

use crate::portal::Instant;

/// An instant in ISO 8601 with the offset `Z`, such as `2026-03-01T08:30:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime(pub Timestamp);

/// An instant in ISO 8601 with the offset `Z`, such as `2026-03-01T08:30:00Z`.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(|_| {
                InputValueError::custom("expected an instant in ISO 8601, such as \"2026-03-01T08:30:00Z\"")
            }),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<Instant> for DateTime {
    fn from(instant: Instant) -> Self {
        Self(instant.0)
    }
}

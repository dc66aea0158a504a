//! Enums that are numbers at the portal.

/// An enum whose values have the portal's codes; closed by a value for codes that are not known.
pub trait Coded: Copy + PartialEq + 'static {
    /// Stands for every other code.
    const UNKNOWN: Self;
    /// The values with their codes.
    const CODES: &'static [(Self, i64)];

    /// The value of a code, none included.
    fn of(code: Option<i64>) -> Self {
        let known = Self::CODES.iter().find(|(_, known)| code == Some(*known));
        known.map_or(Self::UNKNOWN, |(value, _)| *value)
    }

    /// The portal's code; none for the unknown value.
    fn code(self) -> Option<i64> {
        Self::CODES.iter().find(|(value, _)| *value == self).map(|(_, code)| *code)
    }
}

//! The choices the vendor's documents leave open, each with the reading that is most likely.

/// How the answers of a queue are computed where its documents do not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What a mix of AND and OR without parentheses means.
    pub precedence: Precedence,
    /// What `!=` says of an agent without the attribute.
    pub missing_attribute: MissingAttribute,
}

/// What a mix of AND and OR without parentheses means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precedence {
    /// AND binds tighter than OR, as in SQL.
    #[default]
    AndFirst,
    /// Every relation applies to all that stands before it in the same parentheses.
    LeftToRight,
}

impl Precedence {
    pub(super) fn other(self) -> Self {
        match self {
            Self::AndFirst => Self::LeftToRight,
            Self::LeftToRight => Self::AndFirst,
        }
    }
}

/// What `!=` says of an agent who has the attribute not at all, or without a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingAttribute {
    /// Nothing holds of it, `!=` included, as of NULL in SQL.
    #[default]
    FailsEveryComparison,
    /// It differs from every value, so `!=` holds.
    DiffersFromEveryValue,
}

//! Why a step cannot be evaluated, in codes and positions only: what a customer wrote is not repeated.

/// A reason why a step matches nobody here although the contact centre may read it; terms count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The step has no terms.
    #[error("the step has no terms")]
    NoTerms,
    /// The step has far more terms than the ten the vendor allows.
    #[error("the step has {count} terms")]
    TooManyTerms {
        /// How many it has.
        count: usize,
    },
    /// The parentheses do not pair.
    #[error("the parentheses of the step do not pair")]
    UnbalancedParentheses,
    /// The first term is related to a term before it.
    #[error("the first term has a relation to a preceding term")]
    RelationOnFirstTerm,
    /// A later term is not related to the term before it.
    #[error("term {term} has no relation to the preceding term")]
    MissingTermRelation {
        /// Position of the term.
        term: usize,
    },
    /// The relation to the preceding term is neither AND nor OR.
    #[error("term {term} has relation {code} to the preceding term, which is not supported")]
    UnsupportedTermRelation {
        /// Position of the term.
        term: usize,
        /// The code found.
        code: i64,
    },
    /// The term names no attribute, neither by id nor by name.
    #[error("term {term} has no attribute")]
    MissingAttribute {
        /// Position of the term.
        term: usize,
    },
    /// The term does not say how the attribute relates to the value.
    #[error("term {term} has no attribute relation")]
    MissingRelation {
        /// Position of the term.
        term: usize,
    },
    /// The relation between attribute and value has no settled meaning.
    #[error("term {term} has attribute relation {code}, which is not supported")]
    UnsupportedRelation {
        /// Position of the term.
        term: usize,
        /// The code found.
        code: i64,
    },
    /// The term compares with nothing.
    #[error("term {term} has no value")]
    MissingValue {
        /// Position of the term.
        term: usize,
    },
}

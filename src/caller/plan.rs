//! Which direction of an edge is cheaper, in portal calls.

/// How to ask for an edge that can be read from both its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// One call for each record the edge starts from.
    Forward,
    /// One call for each record the edge could end in, and the rest worked out here.
    Inverse,
}

/// Up to here the forward direction is taken without finding out what the other would cost.
pub const FEW: usize = 3;

/// Compares the calls each direction still needs; as many either way goes forward, which reads less.
#[must_use]
pub fn cheaper(forward_calls: usize, inverse_calls: usize) -> Direction {
    if inverse_calls < forward_calls { Direction::Inverse } else { Direction::Forward }
}

//! Which agents a precision queue would choose from: its steps evaluated over the agents' attributes.
//!
//! The portal answers with a queue's terms and with every agent's attributes, never with who satisfies them; this
//! place computes that and does nothing else: no calls, no waiting, no cache. It says who is *eligible*; who is
//! logged in and ready the portal does not tell. The rules are those of section 5 of the contract's `wire.md`.

mod agent;
mod attribute;
mod expression;
mod options;
mod problem;
mod queue;
mod step;
mod term;
#[cfg(test)]
mod tests;
mod value;

pub use agent::AgentValues;
pub use attribute::AttributeKey;
pub use options::{MissingAttribute, Options, Precedence};
pub use problem::Problem;
pub use queue::{AgentOrdering, CompiledQueue, Eligible, Match, StepPool};
pub use step::{CompiledStep, Condition};

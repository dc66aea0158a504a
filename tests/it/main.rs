//! Everything goes in through HTTP and looks at two things: the answer, and the portal calls it cost.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod cost;
mod house;
mod queries;
mod schema;
mod tidy;

//! What the floor makes of answers, and what it puts on the wire.

mod connecting;
mod query;
mod reading;
mod server;
mod session;

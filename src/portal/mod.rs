//! What the portal says: its operations, its records, and the client that asks. Changes when the portal changes.

pub mod access;
pub mod agent;
pub mod attribute;
pub mod auth;
pub mod callback;
mod client;
mod credentials;
pub mod dialect;
mod envelope;
mod error;
pub mod expected;
mod key;
mod observe;
mod operation;
pub mod precision_queue;
mod record;
pub mod reference;
mod rest;
mod scalar;
pub mod skill_group;
mod spelling;
#[cfg(test)]
mod tests;
mod tolerant;
mod urls;
pub mod user;

pub use client::{Answer, Portal};
pub use credentials::Credentials;
pub use envelope::{Envelope, Paging, Reply};
pub use error::PortalError;
pub use key::{Order, Place, SeenBefore};
pub use observe::Observation;
pub use operation::{Authentication, Base, Body, Operation};
pub use record::Record;
pub use rest::Rest;
pub use scalar::*;
pub use spelling::{Spelling, Spelt, is_name};
pub use tolerant::{Leaf, Tolerant};

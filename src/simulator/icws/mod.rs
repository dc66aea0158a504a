//! ICWS in a box: sessions, and the resource of roles, under `/icws/…` beside the portal's paths.
//!
//! It shares the portal's listener, journal, faults and clock. What the contract leaves open and this server had to
//! choose is said where it is chosen.

mod answer;
mod connection;
mod creation;
mod demo;
mod draft;
mod invent;
mod list;
mod query;
mod rights;
mod role;
mod routes;
mod serving;
mod session;
mod settings;
mod shape;
mod sized;
#[cfg(test)]
mod smoke;
#[cfg(test)]
mod smoke_connection;
#[cfg(test)]
mod smoke_creation;
#[cfg(test)]
mod smoke_faults;
#[cfg(test)]
mod smoke_list;
mod validation;
mod wire_enum;
mod world;

pub use demo::{DEMO_ICWS_LOGIN, DEMO_ICWS_PASSWORD, DEMO_ICWS_VIEWER};
pub use rights::{
    ACCESS_FLAGS, ACCESS_GROUPED, ADMINISTRATIVE_FLAGS, ADMINISTRATIVE_GROUPED, SECURITY_FLAGS,
};
pub use role::{Grouped, Inheritable, Inherited, Reference, Right, RightSheet, Role};
pub use settings::{Accepting, ContentRange, Proofs, Settings, UserIds, Verdict};
pub use sized::{SIZED_ICWS_LOGIN, SIZED_ICWS_LOGIN_EAST, SIZED_ICWS_LOGIN_WEST, SIZED_ICWS_PASSWORD};
pub use wire_enum::{Grouping, ObjectType, SourceKind};
pub use world::{Icws, Reach, User};

pub(super) use routes::routes;
pub(super) use session::Sessions;
pub(super) use shape::Written;

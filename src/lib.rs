//! portalgraph: contact-centre administration portals, JSON over POST, shown as one graph.
//!
//! The floors, bottom first; a floor imports from those above it in this list only:
//!
//! - [`config`]: every setting, its default and its doc.
//! - [`upstream`]: what every upstream has in common.
//! - [`portal`]: what the portal says: operations, records, and the client that asks.
//! - [`icws`]: what ICWS says: connections, roles, and the client that asks.
//! - [`store`]: what replicas of the gateway share.
//! - [`session`]: gateway sessions and the portal sessions behind them.
//! - [`caller`]: one signed-in client asking: kept, shared, batched, and on whose behalf.
//! - [`graph`]: what clients see: one file a type.
//! - [`server`]: HTTP: routes, GraphQL over HTTP, limits, the session cookie, the page.
//! - [`cli`]: the command line.
//!
//! Beside the house stands [`simulator`], a portal in a box: the other side of the wire, over `portal` and `icws` only.

pub mod caller;
pub mod cli;
pub mod config;
pub mod graph;
pub mod icws;
pub mod portal;
pub mod server;
pub mod session;
pub mod simulator;
pub mod store;
pub mod upstream;

//! What every upstream has in common: calls that read or change kinds of record, causes of failure, secrets, work that
//! many wait for. A new upstream is a floor beside the others that speaks these words.

pub mod allowance;
mod audit;
mod call;
mod destination;
mod failure;
mod flight;
mod greeting;
mod hashed;
mod http;
pub mod json;
mod lost;
pub mod metric;
mod noun;
mod pem;
mod retry_after;
mod secret;
mod shareable;
mod tls;
pub mod trace;
mod worker;

pub use audit::AUDIT;
pub use call::{Answer, Call, Form, Size, Upstream};
pub use destination::Destination;
pub use failure::{Failure, Reach};
pub use flight::{Flight, WeakFlight};
pub use greeting::Closed;
pub use hashed::{AsCarried, Hashed};
pub use http::{Http, Patience};
pub use lost::Lost;
pub use noun::Noun;
pub use pem::{PemFile, certified_key};
pub use retry_after::retry_after;
pub use secret::Secret;
pub use shareable::Shareable;
pub use tls::TlsFiles;
pub use worker::begin_worker;

//! Why a record that is read, changed and written back was not changed.

use super::error::CallerError;

/// Why a record was not changed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no such record, or the caller may not see it.
    #[error("there is no such record")]
    NotFound,
    /// A call failed before anything was written.
    #[error(transparent)]
    Caller(#[from] CallerError),
    /// The write failed: what the portal says then is about the change, not about reading.
    #[error(transparent)]
    Write(CallerError),
}

/// The record is no longer as the client saw it, and nothing was written. Only a record that tells its state can be.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the record was changed meanwhile")]
pub struct Stale;

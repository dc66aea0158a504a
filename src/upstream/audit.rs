//! Where the events of the audit log go, apart from all other log lines.

/// The target of every event that is one for the audit log, and of nothing else.
pub const AUDIT: &str = "portalgraph::audit";

//! `Destination`: the servers that calls go to, each of which can be well while another is not.

/// A server that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Destination {
    /// The administration portal.
    Portal,
    /// The callback service, which has a host of its own and knows no session.
    Callback,
    /// ICWS.
    Icws,
}

impl Destination {
    /// Every destination, in the order of its number.
    pub const ALL: [Self; 3] = [Self::Portal, Self::Callback, Self::Icws];

    /// The word for it in metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Callback => "callback",
            Self::Icws => "icws",
        }
    }
}

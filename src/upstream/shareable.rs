//! `Shareable`: that the answers of an operation may turn out to be the same for everyone in a realm.

use crate::config::Catalogue;

/// What makes an operation's answers shareable: the name they are allowed under, and how two of them are compared.
#[derive(Clone, Copy, Debug)]
pub struct Shareable<R> {
    /// Under which name the settings allow it.
    pub catalogue: Catalogue,
    /// Whether two answers are the same, in every field, named by the contract or not, and in their order.
    pub alike: fn(&R, &R) -> bool,
}

impl<R: PartialEq> Shareable<R> {
    /// Shareable where the settings name this catalogue.
    #[must_use]
    pub const fn under(catalogue: Catalogue) -> Self {
        Self { catalogue, alike: R::eq }
    }
}

//! `PortalUrls`: where each operation is sent.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use foldhash::HashMap;
use reqwest::Url;

use super::dialect;
use super::error::PortalError;
use super::operation::{Base, Operation};
use crate::config::{self, Dialect};

/// The two hosts of the contract, parsed once, and so are the addresses of operations whose paths hold no values: of these there
/// are as many as the contract has.
#[derive(Debug)]
pub(super) struct PortalUrls {
    portal: Url,
    callback: Option<Url>,
    fixed: RwLock<HashMap<(Base, &'static str), Url>>,
}

impl PortalUrls {
    /// Fails if an address is not a URL.
    pub(super) fn new(settings: &config::Portal) -> Result<Self, String> {
        let parse = |name: &str, text: &str| Url::parse(text).map_err(|error| format!("{name}: {error}"));
        let callback = match settings.callback_url.as_str() {
            "" => None,
            text => Some(parse("portal.callback_url", text)?),
        };
        Ok(Self { portal: parse("portal.url", &settings.url)?, callback, fixed: RwLock::default() })
    }

    /// Where an operation is sent; fails if that is the callback service and nobody has said where it is.
    pub(super) fn of<O: Operation>(&self, operation: &O, dialect: &Dialect) -> Result<Url, PortalError> {
        let not_configured =
            PortalError::NotConfigured { operation: O::NAME, setting: "portal.callback_url" };
        let base = match O::BASE {
            Base::Portal => &self.portal,
            Base::Callback => self.callback.as_ref().ok_or(not_configured)?,
        };
        let made = |path: &str| {
            let mut url = base.clone();
            url.set_path(path);
            url
        };
        let path = match operation.path(|| dialect::now(dialect)) {
            Cow::Borrowed(path) => path,
            Cow::Owned(path) => return Ok(made(&path)),
        };
        let known = self.fixed.read().unwrap_or_else(PoisonError::into_inner).get(&(O::BASE, path)).cloned();
        Ok(known.unwrap_or_else(|| {
            let mut fixed = self.fixed.write().unwrap_or_else(PoisonError::into_inner);
            fixed.entry((O::BASE, path)).or_insert_with(|| made(path)).clone()
        }))
    }
}

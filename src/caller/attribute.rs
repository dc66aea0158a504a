//! Attributes, read whole in one call.

use super::catalogue::Catalogue;
use super::error::CallerError;
use super::reader::Reader;
use crate::portal::attribute::{Attribute, GetAllAttributes, GetAllAttributesReply};

impl Reader {
    /// Every attribute.
    pub async fn attributes(&self) -> Result<Catalogue<Attribute>, CallerError> {
        let all = GetAllAttributes { page_size: Some(0), ..GetAllAttributes::default() };
        self.read_as(all, |reply: &GetAllAttributesReply| reply.attributes.clone()).await
    }
}

//! Attributes: getAllAttributes.

use super::listing::listing;
use super::view::View;
use super::world::Thing;
use crate::portal::attribute::{Attribute, GetAllAttributes, GetAllAttributesReply};

/// What reserves an attribute.
pub(super) fn thing(attribute: &Attribute) -> Option<Thing> {
    attribute.id.map(Thing::Attribute)
}

pub(super) fn all(view: &View<'_>, ask: &GetAllAttributes) -> GetAllAttributesReply {
    let (attributes, paging_info) = listing!(ask).page(view.rows(&view.tenant.attributes, thing));
    GetAllAttributesReply { attributes, paging_info, ..GetAllAttributesReply::default() }
}

//! What an attribute is recognised by: the id in its reference, or its name.

use crate::portal::AttributeId;
use crate::portal::agent::Reference;
use crate::portal::attribute::Attribute;

/// What an attribute is recognised by, wherever it is mentioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeKey {
    id: Option<AttributeId>,
    name: Option<String>,
}

impl AttributeKey {
    /// The key of an attribute's record, or `None` where it has neither id nor name.
    #[must_use]
    pub fn of(attribute: &Attribute) -> Option<Self> {
        // Agents mention attributes by reference only, so its number comes before the record's own id.
        let id = attribute.ref_url.as_deref().and_then(trailing_id).or(attribute.id);
        Self::new(id, attribute.name.as_deref())
    }

    /// The key of a reference to an attribute, or `None` where it has neither id nor name.
    #[must_use]
    pub fn of_reference(reference: &Reference) -> Option<Self> {
        Self::new(reference.ref_url.as_deref().and_then(trailing_id), reference.name.as_deref())
    }

    fn new(id: Option<AttributeId>, name: Option<&str>) -> Option<Self> {
        // Case stays: the contact centre's database keeps apart names that differ by case alone.
        let name = name.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        (id.is_some() || name.is_some()).then_some(Self { id, name })
    }

    /// The attribute's id, where it was mentioned with one.
    #[must_use]
    pub fn id(&self) -> Option<AttributeId> {
        self.id
    }

    /// The attribute's name, where it was mentioned with one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether both mean one attribute: by id, or else by name, since the two ids may come from two numberings.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        (self.id.is_some() && self.id == other.id) || (self.name.is_some() && self.name == other.name)
    }

    /// Adds the key unless the attribute is there; says whether it was added.
    pub(super) fn join(&self, keys: &mut Vec<Self>) -> bool {
        let is_new = !keys.iter().any(|key| key.is_same_as(self));
        if is_new {
            keys.push(self.clone());
        }
        is_new
    }
}

/// The number a reference URL ends in: 5017 in `/unifiedconfig/config/attribute/5017`.
fn trailing_id(ref_url: &str) -> Option<AttributeId> {
    let last = ref_url.trim().trim_end_matches('/').rsplit('/').next()?;
    last.parse().ok().map(AttributeId)
}

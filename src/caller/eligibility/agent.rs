//! What one agent is worth to every queue: the agent's attributes, found by id or by name.

use std::collections::BTreeMap;

use crate::portal::AttributeId;
use crate::portal::agent::Agent;

use super::attribute::AttributeKey;
use super::value::Value;

/// An agent's attributes with their values, read once and evaluated against any number of queues.
#[derive(Clone)]
pub struct AgentValues {
    values: Vec<Value>,
    by_id: BTreeMap<AttributeId, usize>,
    by_name: BTreeMap<String, usize>,
}

impl AgentValues {
    /// Reads the agent's attributes; of one that is listed twice the first counts.
    #[must_use]
    pub fn of(agent: &Agent) -> Self {
        let mut known = Self { values: Vec::new(), by_id: BTreeMap::new(), by_name: BTreeMap::new() };
        for held in &agent.attributes {
            // An attribute with neither id nor name equals no term's attribute: as good as absent.
            let Some(key) = held.attribute.as_deref().and_then(AttributeKey::of_reference) else { continue };
            let place = known.values.len();
            known.values.push(Value::of(held.attribute_value.as_deref()));
            if let Some(id) = key.id() {
                known.by_id.entry(id).or_insert(place);
            }
            if let Some(name) = key.name() {
                known.by_name.entry(name.to_owned()).or_insert(place);
            }
        }
        known
    }

    /// Whether the agent has no attribute at all, and so matches no step.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The agent's value of the attribute; blank where the agent has it without a value.
    #[must_use]
    pub fn text_of(&self, attribute: &AttributeKey) -> Option<&str> {
        self.value_of(attribute).map(Value::text)
    }

    pub(super) fn value_of(&self, attribute: &AttributeKey) -> Option<&Value> {
        let by_id = attribute.id().and_then(|id| self.by_id.get(&id));
        let place = by_id.or_else(|| self.by_name.get(attribute.name()?))?;
        self.values.get(*place)
    }
}

//! Changing who has which attribute: saveAttributesToAgent, and updateAgentAttributes, which takes one away.

use std::sync::Arc;

use super::attribute::thing;
use super::edit::Edit;
use super::routes::Answered;
use crate::portal::attribute::{Attribute, SaveAttributesToAgent, UpdateAgentAttributes};
use crate::portal::{AttributeId, Envelope, UserId};

/// How many attributes the contact centre lets an agent have.
const MOST: usize = 50;

/// What the contact centre says to a value that does not fit, or to one attribute too many.
const REFUSED: &str = "SAVE_ATTRIBUTE_CC_API_FAILURE";

/// The value given is the one in the place of the attribute's default value.
pub(super) fn give(edit: &mut Edit<'_>, ask: &SaveAttributesToAgent) -> Answered<Envelope> {
    const FAILED: &str = "SAVE_ATTR_TO_AGENT_FAILED";
    let kind = edit.settings.attribute_agent_id;
    let agents = ask.agents_ids.iter().map(|number| edit.agent(kind, number, None));
    let agents: Vec<UserId> = agents.collect::<Option<_>>().ok_or(FAILED)?;
    if agents.is_empty() || ask.attributes_info.is_empty() {
        return Err(FAILED);
    }
    let mut given = Vec::new();
    for asked in &ask.attributes_info {
        let place = place(edit, asked).ok_or(FAILED)?;
        let value = asked.default_value.clone().ok_or(FAILED)?;
        let known = &edit.tenant.attributes[place];
        if !fits(known, &value) {
            return Err(REFUSED);
        }
        given.push((place, known.id.ok_or(FAILED)?, value));
    }
    for agent in &agents {
        let work = edit.tenant.agents.get(agent).ok_or(FAILED)?;
        let more = given.iter().filter(|(_, id, _)| !work.attributes.contains_key(id)).count();
        if work.attributes.len() + more > MOST {
            return Err(REFUSED);
        }
    }
    let ids = given.iter().map(|(_, id, _)| *id).collect();
    for (place, id, value) in given {
        let mut changed = false;
        for agent in &agents {
            if let Some(work) = edit.work(*agent) {
                changed |= work.attributes.insert(id, value.clone()).as_ref() != Some(&value);
            }
        }
        if changed {
            stamp(&mut edit.tenant.attributes[place]);
        }
    }
    edit.tenant.recount_queues(&ids);
    Ok(Envelope::default())
}

pub(super) fn take(edit: &mut Edit<'_>, ask: &UpdateAgentAttributes) -> Answered<Envelope> {
    const FAILED: &str = "UPDATE_AGENT_ATTRIBUTES_FAILED";
    let agent = ask.agent_id.as_deref().ok_or(FAILED)?;
    let agent = edit.agent(edit.settings.attribute_agent_id, agent, None).ok_or(FAILED)?;
    let id = ask.attribute_id.as_deref().and_then(|id| id.trim().parse().ok()).map(AttributeId);
    let asked = Attribute { id: Some(id.ok_or(FAILED)?), ..Attribute::default() };
    let place = place(edit, &asked).ok_or(FAILED)?;
    let work = edit.work(agent).ok_or(FAILED)?;
    id.and_then(|id| work.attributes.remove(&id)).ok_or(FAILED)?;
    stamp(&mut edit.tenant.attributes[place]);
    edit.tenant.recount_queues(&id.into_iter().collect());
    Ok(Envelope::default())
}

/// Where an attribute is that may be seen: by its id, by the end of its reference, or else by its name.
pub(super) fn place(edit: &Edit<'_>, asked: &Attribute) -> Option<usize> {
    let by_reference = || asked.ref_url.as_ref()?.rsplit('/').next()?.parse().ok().map(AttributeId);
    let id = asked.id.or_else(by_reference);
    let named = |attribute: &Attribute| match id {
        Some(id) => attribute.id == Some(id),
        None => asked.name.is_some() && attribute.name == asked.name,
    };
    let seen = |attribute: &Attribute| thing(attribute).is_some_and(|thing| edit.sees(thing));
    edit.tenant.attributes.iter().position(|attribute| named(attribute) && seen(attribute))
}

/// Whether a value is of the attribute's type: 3 is boolean, 4 a proficiency.
fn fits(attribute: &Attribute, value: &str) -> bool {
    match attribute.data_type.as_deref() {
        Some("3") => ["true", "false"].iter().any(|flag| value.eq_ignore_ascii_case(flag)),
        Some("4") => value.parse().is_ok_and(|level: i64| (1..=10).contains(&level)),
        _ => true,
    }
}

fn stamp(attribute: &mut Arc<Attribute>) {
    let attribute = Arc::make_mut(attribute);
    attribute.change_stamp = attribute.change_stamp.map(|stamp| stamp + 1);
}

//! Changing precision queues: updatePrecisionQueue, which replaces the whole queue.

use std::sync::Arc;

use serde_json::Value;

use super::attribute_change;
use super::edit::Edit;
use super::eligible;
use super::precision_queue::thing;
use super::routes::Answered;
use crate::portal::Envelope;
use crate::portal::precision_queue::{PrecisionQueue, Step, Term, UpdatePrecisionQueue};

const FAILED: &str = "UPDATE_PQ_FAILED";

/// How many steps a queue may have, and how many terms a step.
const MOST: usize = 10;

/// What is not sent is gone, except what is counted or granted and not set.
pub(super) fn update(edit: &mut Edit<'_>, ask: &UpdatePrecisionQueue) -> Answered<Envelope> {
    let asked = ask.precision_queue.as_deref().ok_or(FAILED)?;
    let id = asked.id.ok_or(FAILED)?;
    let fits = |queue: &Arc<PrecisionQueue>| {
        queue.id == Some(id) && thing(queue).is_some_and(|thing| edit.sees(thing))
    };
    let place = edit.tenant.precision_queues.iter().position(fits).ok_or(FAILED)?;
    let current = &edit.tenant.precision_queues[place];
    if asked.change_stamp.is_none() || asked.change_stamp != current.change_stamp {
        return Err(FAILED);
    }
    let sent = edit.body.get("precisionQueue").and_then(Value::as_object).ok_or(FAILED)?;
    let asked = &edit.merged(current.as_ref(), asked, sent).ok_or(FAILED)?;
    let name = asked.name.as_deref().filter(|name| !name.trim().is_empty()).ok_or(FAILED)?;
    let namesake = |queue: &Arc<PrecisionQueue>| {
        queue.id != Some(id) && queue.name.as_ref().is_some_and(|taken| taken.eq_ignore_ascii_case(name))
    };
    let known = |code: Option<i64>, most: i64| code.is_none_or(|code| (1..=most).contains(&code));
    let last = asked.steps.last().ok_or(FAILED)?;
    if edit.tenant.precision_queues.iter().any(namesake)
        || !known(asked.agent_ordering, 3)
        || !known(asked.call_ordering, 1)
        || !known(asked.service_level_type, 3)
        || asked.steps.len() > MOST
        || last.consider_if.is_some()
    {
        return Err(FAILED);
    }
    let steps = asked.steps.iter().map(|asked| step(edit, asked)).collect::<Option<_>>().ok_or(FAILED)?;
    let orderings = ["Longest Available Agent", "Most Skilled Agent", "Least Skilled Agent"];
    let types = [
        "Ignore Abandoned Calls",
        "Abandoned Calls have Negative Impact",
        "Abandoned Calls have Positive Impact",
    ];
    let mut queue = Arc::new(PrecisionQueue {
        change_stamp: asked.change_stamp.map(|stamp| stamp + 1),
        agent_count: current.agent_count,
        allowed_to_edit: current.allowed_to_edit,
        agent_ordering_string: text(&orderings, asked.agent_ordering),
        service_level_type_string: text(&types, asked.service_level_type),
        steps,
        ..asked.clone()
    });
    eligible::count(&mut queue, &edit.tenant.agents);
    edit.tenant.precision_queues[place] = queue;
    Ok(Envelope::default())
}

/// The step as it is kept, if its terms make sense together.
fn step(edit: &Edit<'_>, asked: &Step) -> Option<Arc<Step>> {
    let mut depth = 0;
    for (place, term) in asked.terms.iter().enumerate() {
        let first = place == 0;
        let relation = term.term_relation.unwrap_or_default();
        let joins = if first { relation == 0 } else { [1, 2].contains(&relation) };
        depth += term.paren_count.unwrap_or_default();
        if !joins || depth < 0 {
            return None;
        }
    }
    if depth != 0 || asked.terms.is_empty() || asked.terms.len() > MOST {
        return None;
    }
    let terms = asked.terms.iter().map(|asked| term(edit, asked)).collect::<Option<_>>()?;
    Some(Arc::new(Step { terms, ..asked.clone() }))
}

/// The term as it is kept: the attribute is the tenant's own, and the texts say what the numbers say.
fn term(edit: &Edit<'_>, asked: &Term) -> Option<Arc<Term>> {
    let place = attribute_change::place(edit, asked.attribute.as_ref()?)?;
    let relation = asked.attribute_relation.filter(|code| matches!(code, 1..=6 | 9 | 10))?;
    if relation <= 6 && asked.value1.is_none() {
        return None;
    }
    Some(Arc::new(Term {
        attribute: edit.tenant.attributes.get(place).cloned(),
        attribute_relation_string: text(&["==", "!=", "<", "<=", ">", ">="], Some(relation)),
        term_relation_string: text(&["AND", "OR"], asked.term_relation),
        ..asked.clone()
    }))
}

/// The text of a code that counts from 1.
fn text(texts: &[&str], code: Option<i64>) -> Option<String> {
    let place = usize::try_from(code? - 1).ok()?;
    texts.get(place).map(|text| (*text).to_owned())
}

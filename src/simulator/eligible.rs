//! How many agents a precision queue reaches, counted the plain way: every agent against every term.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::world::{Work, total};
use crate::portal::precision_queue::{PrecisionQueue, Step, Term};
use crate::portal::{AttributeId, UserId};

/// The relation that asks for having the attribute, and the one that asks for not having it.
const HAS: i64 = 9;
const LACKS: i64 = 10;

#[derive(Clone, Copy)]
enum Token<'a> {
    Open,
    Close,
    And,
    Or,
    Term(&'a Term),
}

/// Puts the counts of a precision queue and its steps right.
pub(super) fn count(queue: &mut Arc<PrecisionQueue>, agents: &BTreeMap<UserId, Work>) {
    // Read once for all agents: a large world has thousands.
    let steps: Vec<Vec<Token<'_>>> = queue.steps.iter().map(|step| tokens(step)).collect();
    let mut reached = vec![0; steps.len()];
    let mut reached_by_any = 0;
    for work in agents.values() {
        let mut fits_any = false;
        for (tokens, reached) in steps.iter().zip(&mut reached) {
            if !tokens.is_empty() && any(&mut tokens.as_slice(), work) {
                *reached += 1;
                fits_any = true;
            }
        }
        reached_by_any += usize::from(fits_any);
    }
    let right = queue.agent_count == total(reached_by_any)
        && queue.steps.iter().zip(&reached).all(|(step, reached)| step.agent_count == total(*reached));
    if !right {
        let queue = Arc::make_mut(queue);
        queue.agent_count = total(reached_by_any);
        for (step, reached) in queue.steps.iter_mut().zip(reached) {
            Arc::make_mut(step).agent_count = total(reached);
        }
    }
}

/// Whether its counts can change when agents get, lose or bring one of these attributes.
pub(super) fn depends(queue: &PrecisionQueue, attributes: &BTreeSet<AttributeId>) -> bool {
    queue.steps.iter().flat_map(|step| &step.terms).any(|term| {
        let id = term.attribute.as_ref().and_then(|attribute| attribute.id);
        // Who has not got an attribute can be reached as well.
        term.attribute_relation == Some(LACKS) || id.is_some_and(|id| attributes.contains(&id))
    })
}

fn tokens(step: &Step) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (place, term) in step.terms.iter().enumerate() {
        if place > 0 {
            tokens.push(if term.term_relation == Some(2) { Token::Or } else { Token::And });
        }
        let parens = term.paren_count.unwrap_or_default();
        tokens.extend((0..parens).map(|_| Token::Open));
        tokens.push(Token::Term(term));
        tokens.extend((parens..0).map(|_| Token::Close));
    }
    tokens
}

/// Terms joined by OR, which binds less than AND.
fn any(tokens: &mut &[Token<'_>], work: &Work) -> bool {
    let mut holds = all(tokens, work);
    while let [Token::Or, rest @ ..] = *tokens {
        *tokens = rest;
        holds |= all(tokens, work);
    }
    holds
}

fn all(tokens: &mut &[Token<'_>], work: &Work) -> bool {
    let mut holds = one(tokens, work);
    while let [Token::And, rest @ ..] = *tokens {
        *tokens = rest;
        holds &= one(tokens, work);
    }
    holds
}

fn one(tokens: &mut &[Token<'_>], work: &Work) -> bool {
    match *tokens {
        [Token::Term(term), rest @ ..] => {
            *tokens = rest;
            holds(term, work)
        }
        [Token::Open, rest @ ..] => {
            *tokens = rest;
            let holds = any(tokens, work);
            if let [Token::Close, rest @ ..] = *tokens {
                *tokens = rest;
            }
            holds
        }
        _ => false,
    }
}

/// An agent without the attribute fulfils no comparison with it, not even an unequal one.
fn holds(term: &Term, work: &Work) -> bool {
    let attribute: Option<AttributeId> = term.attribute.as_ref().and_then(|attribute| attribute.id);
    let value = attribute.and_then(|id| work.attributes.get(&id));
    let Some(value) = value else { return term.attribute_relation == Some(LACKS) };
    let wanted = term.value1.as_deref().unwrap_or_default();
    let order = match (value.parse::<i64>(), wanted.parse::<i64>()) {
        (Ok(value), Ok(wanted)) => value.cmp(&wanted),
        _ => value.chars().flat_map(char::to_lowercase).cmp(wanted.chars().flat_map(char::to_lowercase)),
    };
    match term.attribute_relation {
        Some(1) => order.is_eq(),
        Some(2) => order.is_ne(),
        Some(3) => order.is_lt(),
        Some(4) => order.is_le(),
        Some(5) => order.is_gt(),
        Some(6) => order.is_ge(),
        Some(HAS) => true,
        _ => false,
    }
}

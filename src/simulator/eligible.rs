//! How many agents a precision queue reaches, counted the plain way: every agent against every term.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::world::{Work, total};
use crate::portal::precision_queue::{PrecisionQueue, Step, Term};
use crate::portal::{AttributeId, UserId};

#[derive(Clone, Copy)]
enum Token<'a> {
    Open,
    Close,
    And,
    Or,
    Term(&'a Term),
}

/// Puts the counts of a precision queue and its steps right.
pub(super) fn count(queue: &mut PrecisionQueue, agents: &BTreeMap<UserId, Work>) {
    let reached = agents.values().filter(|work| queue.steps.iter().any(|step| fits(step, work))).count();
    queue.agent_count = total(reached);
    for step in &mut queue.steps {
        let reached = agents.values().filter(|work| fits(step, work)).count();
        Arc::make_mut(step).agent_count = total(reached);
    }
}

fn fits(step: &Step, work: &Work) -> bool {
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
    !tokens.is_empty() && any(&mut tokens.as_slice(), work)
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

/// An agent without the attribute fulfils no term on it, not even an unequal one.
fn holds(term: &Term, work: &Work) -> bool {
    let attribute: Option<AttributeId> = term.attribute.as_ref().and_then(|attribute| attribute.id);
    let Some(value) = attribute.and_then(|id| work.attributes.get(&id)) else { return false };
    let wanted = term.value1.as_deref().unwrap_or_default();
    let order = match (value.parse::<i64>(), wanted.parse::<i64>()) {
        (Ok(value), Ok(wanted)) => value.cmp(&wanted),
        _ => value.to_lowercase().cmp(&wanted.to_lowercase()),
    };
    match term.attribute_relation {
        Some(1) => order.is_eq(),
        Some(2) => order.is_ne(),
        Some(3) => order.is_lt(),
        Some(4) => order.is_le(),
        Some(5) => order.is_gt(),
        Some(6) => order.is_ge(),
        _ => false,
    }
}

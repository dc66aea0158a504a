//! How the terms of a step hang together: AND, OR and parentheses, as a tree.

use crate::portal::precision_queue::Term;

use super::options::Precedence;
use super::problem::Problem;

/// How a term relates to the term before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Junction {
    And,
    Or,
}

impl Junction {
    /// Reads the code; the text beside it counts only where there is no code.
    fn of(position: usize, term: &Term) -> Result<Option<Self>, Problem> {
        match term.term_relation {
            Some(0) => Ok(None),
            Some(1) => Ok(Some(Self::And)),
            Some(2) => Ok(Some(Self::Or)),
            Some(code) => Err(Problem::UnsupportedTermRelation { term: position, code }),
            None => Ok(Self::spelt(term.term_relation_string.as_deref().unwrap_or_default())),
        }
    }

    fn spelt(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "and" | "&&" => Some(Self::And),
            "or" | "||" => Some(Self::Or),
            _ => None,
        }
    }
}

/// Where a term stands: its junction with the term before it, and the parentheses around it.
pub(super) struct Place {
    junction: Option<Junction>,
    parentheses: i64,
}

impl Place {
    pub(super) fn new(position: usize, term: &Term) -> Result<Self, Problem> {
        let junction = Junction::of(position, term)?;
        match (position, junction) {
            (0, Some(_)) => Err(Problem::RelationOnFirstTerm),
            (1.., None) => Err(Problem::MissingTermRelation { term: position }),
            _ => Ok(Self { junction, parentheses: term.paren_count.unwrap_or_default() }),
        }
    }
}

/// A tree over terms, which it knows by position.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Expression {
    Term(usize),
    Both(Box<Self>, Box<Self>),
    Either(Box<Self>, Box<Self>),
}

impl Expression {
    /// Builds the tree, or nothing where the parentheses do not pair.
    pub(super) fn new(places: &[Place], precedence: Precedence) -> Option<Self> {
        let mut builder = Builder { precedence, finished: Vec::new(), pending: Vec::new() };
        for (position, place) in places.iter().enumerate() {
            if let Some(junction) = place.junction {
                builder.join(junction);
            }
            if place.parentheses > 0 {
                builder.pending.push(Pending::Open(place.parentheses.unsigned_abs()));
            }
            builder.finished.push(Self::Term(position));
            if place.parentheses < 0 {
                builder.close(place.parentheses.unsigned_abs())?;
            }
        }
        builder.build()
    }

    pub(super) fn holds(&self, term: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::Term(position) => term(*position),
            Self::Both(left, right) => left.holds(term) && right.holds(term),
            Self::Either(left, right) => left.holds(term) || right.holds(term),
        }
    }
}

/// What waits for the terms still to come.
enum Pending {
    /// Parentheses opened before one term; counted, since the portal may send any number.
    Open(u64),
    Junction(Junction),
}

/// Dijkstra's shunting yard: whole subtrees on one stack, what waits on the other.
struct Builder {
    precedence: Precedence,
    finished: Vec<Expression>,
    pending: Vec<Pending>,
}

impl Builder {
    fn strength(&self, junction: Junction) -> u8 {
        match (self.precedence, junction) {
            (Precedence::AndFirst, Junction::And) => 2,
            (Precedence::AndFirst, Junction::Or) | (Precedence::LeftToRight, _) => 1,
        }
    }

    /// Builds what waits in the innermost parentheses and binds at least so strongly.
    fn settle(&mut self, strength: u8) {
        while let Some(&Pending::Junction(junction)) = self.pending.last()
            && self.strength(junction) >= strength
            && let Some(right) = self.finished.pop()
            && let Some(left) = self.finished.pop()
        {
            self.pending.pop();
            self.finished.push(match junction {
                Junction::And => Expression::Both(Box::new(left), Box::new(right)),
                Junction::Or => Expression::Either(Box::new(left), Box::new(right)),
            });
        }
    }

    fn join(&mut self, junction: Junction) {
        self.settle(self.strength(junction));
        self.pending.push(Pending::Junction(junction));
    }

    fn close(&mut self, mut count: u64) -> Option<()> {
        while count > 0 {
            self.settle(0);
            let Some(Pending::Open(open)) = self.pending.last_mut() else { return None };
            let closed = count.min(*open);
            count -= closed;
            *open -= closed;
            if *open == 0 {
                self.pending.pop();
            }
        }
        Some(())
    }

    fn build(mut self) -> Option<Expression> {
        self.settle(0);
        if self.pending.is_empty() { self.finished.pop() } else { None }
    }
}

//! How many calls an operation may need, told before it runs: a walk over its selections with a price list.
//!
//! It is an upper estimate of what the operation costs where nothing is kept: lists are taken to be as long as they are
//! known to be, or as long as their page; a list of unknown length without a page, and what of a list belongs to one
//! record, for a page of default size. It takes for granted that the upstreams answer and that what is named is there: what
//! is asked again because a call failed, because a list changed between two pages, or because an agent's skill groups
//! turned out not to be all found from the other end, is not in it. Calls are counted as they are made, too.

mod arguments;
mod bill;
mod outline;
mod price;
mod spot;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_graphql::Variables;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::registry::{MetaType, MetaTypeName, Registry};
use async_graphql::{OutputType, SubscriptionType};
use foldhash::HashMap;

use super::context::Visit;
use super::mutation::Mutation;
use super::query::Query;
use super::subscription::Subscription;
use crate::caller::{Expected, Lengths, Whole, looks_for_a_new_role};
use crate::config::{Config, Limits, Plan, UserIdKind};
pub use outline::{Ask, Choice, Draft, Outline};
use price::Price;
use walk::Walk;

/// What an operation may cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Calls by operation, by its name in the contract.
    pub operations: BTreeMap<&'static str, usize>,
    /// The lists it hangs on whose length nobody knows.
    unknown: BTreeSet<Whole>,
    /// The operations that are asked for everything they know below a list that is read whole; for how many of its records.
    whole: BTreeMap<&'static str, usize>,
}

impl Estimate {
    /// The calls of all operations together.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.operations.values().fold(0, |sum, calls| sum.saturating_add(*calls))
    }

    /// What is read below lists that are read whole, whatever they hold.
    #[must_use]
    pub fn expected(&self) -> Expected {
        Expected(self.whole.clone())
    }

    /// The lists whose length it hangs on, and nobody knows.
    pub fn unknown(&self) -> impl Iterator<Item = Whole> {
        self.unknown.iter().copied()
    }
}

/// An operation to estimate.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Where its fragments are.
    pub document: &'a ExecutableDocument,
    /// Which one it is.
    pub operation: &'a OperationDefinition,
    /// Its variables, defaults filled in.
    pub variables: &'a Variables,
}

/// The schema with its prices, and the settings that decide how edges are asked.
pub struct Estimator {
    records: HashMap<String, HashMap<String, Entry>>,
    limits: Limits,
    plan: Plan,
    user_id: UserIdKind,
    /// How often a new role of ICWS is looked for.
    looks: usize,
}

/// A field: what it costs, and what stands below it.
struct Entry {
    prices: &'static [Price],
    of: String,
    is_list: bool,
}

impl Estimator {
    /// The prices of the whole schema.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let mut registry = Registry::default();
        Query::create_type_info(&mut registry);
        Mutation::create_type_info(&mut registry);
        Subscription::create_type_info(&mut registry);
        let records = registry.types.iter().filter_map(|(record, kind)| {
            let MetaType::Object { fields, .. } = kind else { return None };
            let entry = |name: &str, kind: &str| Entry {
                prices: price::of(record, name),
                of: MetaTypeName::concrete_typename(kind).to_owned(),
                is_list: kind.starts_with('['),
            };
            let fields = fields.values().map(|field| (field.name.clone(), entry(&field.name, &field.ty)));
            Some((record.clone(), fields.collect()))
        });
        Self {
            records: records.collect(),
            limits: config.limits.clone(),
            plan: config.plan.clone(),
            user_id: config.portal.dialect.user_search_id,
            looks: looks_for_a_new_role(Duration::from_millis(config.icws.role_creation_wait_milliseconds)),
        }
    }

    /// What an operation may cost by what is known. If that is more than is allowed, the lists it hangs on are read first,
    /// one call each, which most such operations begin with anyway: nobody is refused for what one of these might have held.
    /// Catalogues are not among them, and count as a page.
    pub async fn estimate(&self, asked: Asked<'_>, visit: &Visit) -> Estimate {
        let mut lengths = Lengths::default();
        let mut estimate = self.with(asked, &lengths);
        let Some(caller) = visit.current().filter(|_| !estimate.unknown.is_empty()) else { return estimate };
        for list in estimate.unknown.clone() {
            lengths.note(list, caller.kept_length(list));
        }
        if lengths != Lengths::default() {
            estimate = self.with(asked, &lengths);
        }
        if estimate.calls() > self.limits.max_portal_calls {
            let unknown: Vec<_> = estimate.unknown.iter().copied().collect();
            let read = unknown.iter().map(|list| caller.length(*list));
            let read = futures_util::future::join_all(read).await;
            for (list, length) in unknown.into_iter().zip(read) {
                lengths.note(list, length.ok());
            }
            estimate = self.with(asked, &lengths);
        }
        estimate
    }

    /// What an operation may ask, by what its text says alone.
    #[must_use]
    pub fn draft(&self, asked: Asked<'_>) -> Draft {
        Walk::new(self, asked, &Lengths::default()).draft()
    }

    fn with(&self, asked: Asked<'_>, lengths: &Lengths) -> Estimate {
        Walk::new(self, asked, lengths).estimate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_price_is_that_of_a_field() {
        let estimator = Estimator::new(&Config::default());
        for name in price::names() {
            let (record, field) = name.split_once('.').unwrap();
            let is_there = estimator.records.get(record).is_some_and(|fields| fields.contains_key(field));
            assert!(is_there, "{name}");
        }
    }
}

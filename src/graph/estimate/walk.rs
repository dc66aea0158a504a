//! The walk over the selections of an operation, as far as directives and variables let it go.

use std::convert::Infallible;
use std::mem;

use async_graphql::parser::types::{Directive, Field, OperationType, Selection, SelectionSet};
use async_graphql::{ID, Name, Positioned, Value};

use super::arguments::{Arguments, is_text_with_comma, longest_list};
use super::bill::Bill;
use super::outline::{Draft, Sketch};
use super::price::{self, ALL_QUEUES, ALL_SKILL_GROUPS, ALL_USERS, CALLBACK, Price, ROLES, STEPS, USER};
use super::spot::{self, Spot, Spots};
use super::{Asked, Entry, Estimate, Estimator};
use crate::caller::{FEW, Lengths, Whole};
use crate::graph::icws_role::role_id;
use crate::graph::id::{Kind, NodeId};
use crate::icws::MAX_ROWS_WITH_SELECT;

/// How many times a role is asked for by its id: as who may administer it, and as who may see it.
const ROLE_BY_ID: usize = 2;

pub(super) struct Walk<'a> {
    estimator: &'a Estimator,
    asked: Asked<'a>,
    lengths: &'a Lengths,
    bill: Bill,
    spots: Spots<'a>,
    /// How long the longest list in the input of the mutation is.
    listed: usize,
    estimate: Estimate,
    /// What is drawn of it on the way, if anybody wants to see that.
    sketch: Option<Sketch>,
}

/// Where the walk is: the records whose fields are selected.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// Their type.
    of: &'a str,
    /// Where they stand.
    spot: Spot,
    /// How many there are at most.
    count: usize,
    /// Whether they are of one list, and not of one for each record of another.
    is_one_list: bool,
    /// Whether they are of a list of the root that is read and shown whole, so that there will hardly be none.
    is_below_whole: bool,
}

/// Whether a field of the root is such a list.
fn is_whole(name: &str, arguments: &Arguments<'_>) -> bool {
    let is_given = |name: &str| arguments.get(name).is_some_and(|value| *value != Value::Null);
    matches!(name, "users" | "agents" | "skillGroups" | "precisionQueues")
        && !is_given("filter")
        && !is_given("search")
}

/// Whether what stands below is the record itself, or a record of the page itself.
fn is_same(record: &str, field: &str) -> bool {
    record.ends_with("Connection")
        || record.ends_with("Edge")
        || matches!((record, field), ("User" | "EligibleAgent", "agent") | ("Agent", "user"))
}

/// The list in which all records of a type are.
fn whole(record: &str) -> Option<Whole> {
    match record.strip_suffix("Connection").unwrap_or(record) {
        "User" | "Agent" | "EligibleAgent" => Some(Whole::Users),
        "SkillGroup" => Some(Whole::SkillGroups),
        "PrecisionQueue" => Some(Whole::PrecisionQueues),
        _ => None,
    }
}

impl<'a> Walk<'a> {
    pub(super) fn new(estimator: &'a Estimator, asked: Asked<'a>, lengths: &'a Lengths) -> Self {
        let (bill, estimate) = (Bill::default(), Estimate::default());
        Self { estimator, asked, lengths, bill, spots: Spots::default(), listed: 0, estimate, sketch: None }
    }

    /// The same walk, and what it has passed.
    pub(super) fn draft(mut self) -> Draft {
        self.sketch = Some(Sketch::default());
        self.walk();
        let draft = self.sketch.take().unwrap_or_default().draft;
        Draft { estimate: self.estimate, ..draft }
    }

    pub(super) fn estimate(mut self) -> Estimate {
        self.walk();
        self.estimate
    }

    fn walk(&mut self) {
        let operation = self.asked.operation;
        let of = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            // What it follows is read by polls; this is what one event costs.
            OperationType::Subscription => "Subscription",
        };
        let root = Place { of, spot: Spot::Root, count: 1, is_one_list: true, is_below_whole: false };
        self.selection_set(&operation.selection_set.node, &root);
        self.sum_up();
    }

    fn sum_up(&mut self) {
        mem::take(&mut self.bill).sum_up(self.estimator, self.lengths, &mut self.estimate);
    }

    /// The value of a variable; null where it has none.
    #[expect(clippy::unnecessary_wraps, reason = "the parser asks for it so")]
    fn variable(&self, name: &Name) -> Result<Value, Infallible> {
        Ok(self.asked.variables.get(name).cloned().unwrap_or_default())
    }

    fn is_left_out(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().any(|directive| {
            let is_left_out_if = match directive.node.name.node.as_str() {
                "skip" => true,
                "include" => false,
                _ => return false,
            };
            let Some(condition) = directive.node.get_argument("if") else { return false };
            let condition = condition.node.clone().into_const_with(|name| self.variable(&name));
            condition == Ok(Value::Boolean(is_left_out_if))
        })
    }

    fn selection_set(&mut self, set: &'a SelectionSet, place: &Place<'a>) {
        for selection in &set.items {
            let (directives, below) = match &selection.node {
                Selection::Field(field) if self.is_left_out(&field.node.directives) => continue,
                Selection::Field(field) => {
                    self.field(&field.node, place);
                    continue;
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    (&fragment.node.directives, Some((condition, &fragment.node.selection_set.node)))
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.asked.document.fragments.get(&spread.node.fragment_name.node);
                    let below = fragment.map(|fragment| {
                        (Some(&fragment.node.type_condition), &fragment.node.selection_set.node)
                    });
                    (&spread.node.directives, below)
                }
            };
            let Some((condition, set)) = below.filter(|_| !self.is_left_out(directives)) else { continue };
            // Only a type with fields of its own narrows; of an interface the records are what they are.
            let narrowed = condition.map(|condition| condition.node.on.node.as_str());
            let of = narrowed.filter(|name| self.estimator.records.contains_key(*name)).unwrap_or(place.of);
            self.selection_set(set, &Place { of, ..*place });
        }
    }

    fn field(&mut self, field: &'a Field, place: &Place<'a>) {
        let estimator = self.estimator;
        let name = field.name.node.as_str();
        let entry = estimator.records.get(place.of).and_then(|fields| fields.get(name));
        let Some(entry) = entry else { return };
        // Most fields: what they are given need not be looked at.
        if entry.prices.is_empty() && field.selection_set.node.items.is_empty() {
            self.sketch.as_mut().map(Sketch::plain);
            return;
        }
        let arguments = field.arguments.iter().map(|(name, value)| {
            let Ok(value) = value.node.clone().into_const_with(|name| self.variable(&name));
            (name.node.as_str(), value)
        });
        let arguments = Arguments(arguments.collect());
        if place.of == "Mutation" {
            self.listed = longest_list(&arguments);
        }
        let before = self.sketch.as_mut().map(|sketch| {
            sketch.enter(field.response_key().node.as_str(), (place.of, name));
            mem::take(&mut self.bill)
        });
        for price in entry.prices {
            self.charge(*price, (field, &arguments), place);
        }
        if let (Some(sketch), Some(before)) = (&mut self.sketch, before) {
            let own = mem::replace(&mut self.bill, before);
            sketch.asks(&own, estimator, self.lengths);
            self.bill.absorb(own);
        }
        if !field.selection_set.node.items.is_empty() {
            let below = self.below((name, entry, &arguments), place);
            if let Some(sketch) = &mut self.sketch {
                sketch.leads_to(below.count);
            }
            self.selection_set(&field.selection_set.node, &below);
        }
        self.sketch.as_mut().map(Sketch::leave);
        if place.of == "Mutation" {
            self.sum_up();
        }
    }

    /// Where the walk is below a field.
    fn below(
        &mut self,
        (name, entry, arguments): (&'a str, &'a Entry, &Arguments<'_>),
        place: &Place<'a>,
    ) -> Place<'a> {
        let of = entry.of.as_str();
        if is_same(place.of, name) {
            return Place { of, ..*place };
        }
        if entry.prices.contains(&Price::StaffedQueues) {
            let is_below_whole = place.is_below_whole;
            return Place { of, spot: Spot::All, count: self.queues(), is_one_list: true, is_below_whole };
        }
        let limits = &self.estimator.limits;
        let is_page = of.ends_with("Connection");
        let length = if is_page {
            let given = arguments.number("first").or_else(|| arguments.number("last"));
            if let (Some(sketch), Some(given)) =
                (&mut self.sketch, given.filter(|given| *given > limits.max_page_size))
            {
                sketch.too_large(given);
            }
            given.unwrap_or(limits.default_page_size).min(limits.max_page_size)
        } else if !entry.is_list {
            1
        } else if place.of.ends_with("Payload") {
            self.listed
        } else if place.of.ends_with("Changes") {
            usize::MAX
        } else if let Some(Value::List(ids)) = arguments.get("ids") {
            ids.len()
        } else {
            limits.default_page_size
        };
        let all = whole(of).and_then(|list| self.lengths.of(list)).unwrap_or(usize::MAX);
        let spot = match arguments.within("by", "id").and_then(user_key) {
            Some(key) => Spot::User(key),
            None => self.spots.below(place.spot, name, arguments.text()),
        };
        Place {
            of,
            spot,
            count: place.count.saturating_mul(length).min(all),
            is_one_list: place.is_one_list && (place.count <= 1 || !(is_page || entry.is_list)),
            is_below_whole: place.is_below_whole || (place.of == "Query" && is_whole(name, arguments)),
        }
    }

    /// How many precision queues there are.
    fn queues(&self) -> usize {
        self.lengths.of(Whole::PrecisionQueues).unwrap_or(self.estimator.limits.default_page_size)
    }

    fn once(&mut self, operation: &'static str) {
        self.bill.once.insert((operation, String::new()));
    }

    /// Notes what will be asked for everything it knows, whatever the list holds.
    fn expect(&mut self, operation: &'static str, place: &Place<'_>) {
        if place.is_below_whole {
            let records = self.bill.whole.entry(operation).or_default();
            *records = records.saturating_add(place.count);
        }
    }

    fn anew(&mut self, operation: &'static str, calls: usize) {
        *self.bill.anew.entry(operation).or_default() += calls;
    }

    fn charge(&mut self, price: Price, (field, arguments): (&Field, &Arguments<'_>), place: &Place<'a>) {
        match price {
            Price::Once(operation) => {
                self.once(operation);
                self.expect(operation, place);
            }
            Price::Anew(operation) => self.anew(operation, 1),
            Price::Each(edge) => {
                self.bill.each.entry(edge).or_default().insert(place.spot, place.count);
            }
            Price::Users => {
                // What else a filter says is looked at here, in the whole list.
                let narrowed = ["isActive", "userTypes", "platform"];
                let narrowed = narrowed.map(|name| Some((name, arguments.within("filter", name)?)));
                let search = arguments.get("search").filter(|search| **search != Value::Null);
                let narrowed = narrowed.into_iter().flatten().chain(search.map(|search| ("search", search)));
                let word = self.spots.word(spot::text(narrowed));
                self.bill.once.insert((ALL_USERS, word));
            }
            Price::UserBy => match arguments.get("by") {
                Some(Value::Object(by)) => match (by.get("id"), by.get("databaseId")) {
                    (Some(id), _) => self.bill.users.extend(user_key(id)),
                    (None, Some(Value::Number(key))) => self.bill.users.extend(key.as_i64()),
                    _ => self.once(ALL_USERS),
                },
                _ => self.once(ALL_USERS),
            },
            Price::UsersIn(list) => match arguments.within("input", list) {
                Some(Value::List(ids)) if ids.len() > FEW => self.anew(ALL_USERS, 1),
                Some(Value::List(ids)) => self.anew(USER.operation, ids.len()),
                _ => {}
            },
            Price::Nodes => {
                let ids = match (arguments.get("id"), arguments.get("ids")) {
                    (_, Some(Value::List(ids))) => ids.as_slice(),
                    (Some(id), _) => std::slice::from_ref(id),
                    _ => &[],
                };
                for id in ids {
                    self.charge_node(id, (field, arguments), place);
                }
            }
            Price::Callback => {
                let key = arguments.get("databaseId").map(|key| ("", key));
                let word = self.spots.word(spot::text(key));
                self.bill.once.insert((CALLBACK, word));
            }
            Price::SkillGroupsOfAgents => {
                self.expect(ALL_SKILL_GROUPS, place);
                self.bill.agents.insert(place.spot, (place.count, place.is_one_list));
            }
            Price::StaffedQueues => {
                self.once(ALL_QUEUES);
                self.expect(ALL_QUEUES, place);
                let queues = self.queues();
                self.bill.each.entry(STEPS).or_default().insert(Spot::All, queues);
            }
            Price::Roles => self.anew(ROLES, self.pages_of_roles(arguments)),
            Price::Role => {
                // One that cannot be asked for by its name is looked up in the list first.
                let by = arguments.get("by").is_some_and(is_text_with_comma);
                self.anew(ROLES, 1 + usize::from(by));
            }
            Price::NewRole => self.anew(ROLES, ROLE_BY_ID * (self.estimator.looks + 1)),
        }
    }

    /// The record that a global id names.
    fn charge_node(&mut self, id: &Value, (field, arguments): (&Field, &Arguments<'_>), place: &Place<'a>) {
        let Value::String(text) = id else { return };
        let id = ID(text.clone());
        if role_id(&id).is_some() {
            return self.anew(ROLES, ROLE_BY_ID);
        }
        let Some(node) = NodeId::decode(&id) else { return };
        let list = match node.kind {
            Kind::User | Kind::Agent => {
                self.bill.users.insert(node.key);
                return;
            }
            Kind::Callback => {
                self.bill.once.insert((CALLBACK, format!(":{};", node.key)));
                return;
            }
            Kind::Tenant => return,
            Kind::AgentTeam => return self.once(ALL_USERS),
            Kind::SkillGroup => "skillGroups",
            Kind::Attribute => "attributes",
            Kind::PrecisionQueue => "precisionQueues",
            Kind::Department => "departments",
            Kind::Site => "sites",
            Kind::BillingUnit => "billingUnits",
            Kind::RoleGroup => "roleGroups",
            Kind::Platform => "platforms",
            Kind::AgentProfile => "agentProfiles",
            Kind::AgentDeskSettings => "agentDeskSettings",
            Kind::CallbackQueue => "callbackQueues",
            Kind::CallbackDisposition => "callbackDispositions",
        };
        for price in price::of("Query", list) {
            self.charge(*price, (field, arguments), place);
        }
    }

    /// How many calls a page of roles takes. What ICWS cannot filter or order is done here, over all of them.
    fn pages_of_roles(&self, arguments: &Arguments<'_>) -> usize {
        let limits = &self.estimator.limits;
        let here = ["member", "workgroup", "minCreatedAt", "minLastModifiedAt"];
        let order = arguments.within("orderBy", "field").map(ToString::to_string).unwrap_or_default();
        let is_whole = here.iter().any(|name| arguments.within("filter", name).is_some())
            || arguments.get("filter").is_some_and(is_text_with_comma)
            || order.contains("CREATED_AT")
            || order.contains("LAST_MODIFIED_AT");
        let last = arguments.number("last");
        let rows = match arguments.number("first").or(last) {
            _ if is_whole => limits.max_page_size,
            given => given.unwrap_or(limits.default_page_size).min(limits.max_page_size),
        };
        rows.div_ceil(MAX_ROWS_WITH_SELECT).max(1) + usize::from(last.is_some() && !is_whole)
    }
}

/// The key of the user or agent an id names.
fn user_key(id: &Value) -> Option<i64> {
    let Value::String(id) = id else { return None };
    let node = NodeId::decode(&ID(id.clone()))?;
    matches!(node.kind, Kind::User | Kind::Agent).then_some(node.key)
}

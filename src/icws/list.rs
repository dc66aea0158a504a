//! `ListRoles`: roles, filtered, ordered and paged by ICWS.

use std::fmt::Write as _;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use reqwest::header::{CONTENT_RANGE, HeaderValue, RANGE};
use serde::Serialize;

use super::client::{Icws, Question};
use super::credentials::Credentials;
use super::error::IcwsError;
use super::range::{ContentRange, Items};
use super::role::{Role, RoleList};
use super::select::{Properties, Property};
use crate::config::{IcwsDialect, TextComparison};
use crate::upstream::{Answer, Call, Destination, Noun, Size};

/// The most rows of one answer once a property is selected, whatever the range says.
pub const MAX_ROWS_WITH_SELECT: usize = 200;

/// More roles than this are a defect of the server, not a list to be read.
pub const MOST_ROLES: usize = 100_000;

/// The longest text of a condition that is sent: addresses have a length that servers refuse.
const LONGEST_VALUE: usize = 500;

/// What needs no escape in a query's value, so that a person can read it in a server's log.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b',');

/// Lists roles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ListRoles {
    /// The properties wanted; none asks for identities, of which all come in one answer.
    pub select: Properties,
    /// Conditions that must all hold; each must be one that can be sent.
    pub conditions: Vec<Condition>,
    /// The order; by display name where there is none.
    pub order: Option<Order>,
    /// The right the caller must hold on a role.
    pub rights_filter: RightsFilter,
    /// Whether what is directly assigned comes too.
    pub actual_values: bool,
    /// Whether what is inherited comes too.
    pub inherited_values: bool,
    /// The rows wanted; all, as far as one answer holds them, where there is none.
    pub range: Option<Items>,
}

/// Something that must hold of a role.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Condition {
    /// What is compared.
    pub property: ConditionProperty,
    /// How it is compared.
    pub operator: ConditionOperator,
    /// With what.
    pub value: String,
}

/// A property that `where` supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum ConditionProperty {
    /// The display name.
    DisplayName,
    /// The id.
    Id,
    /// The notes.
    Notes,
}

/// A comparison that `where` supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum ConditionOperator {
    /// The texts are the same.
    Eq,
    /// The property starts with the value.
    StartsWith,
    /// The value is somewhere in the property.
    Contains,
}

/// An order of roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Order {
    /// What is compared.
    pub by: OrderBy,
    /// Whether the last comes first.
    pub descending: bool,
}

/// A property that `orderBy` supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum OrderBy {
    /// The display name.
    DisplayName,
    /// The id.
    Id,
}

/// The right a caller must hold on what is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub enum RightsFilter {
    /// The caller may see it.
    View,
    /// The caller may administer it, which is what ICWS asks for unless told otherwise.
    #[default]
    Admin,
}

/// Roles that came in one answer.
#[derive(Debug, PartialEq)]
pub struct RolePage {
    /// The roles.
    pub roles: Vec<Arc<Role>>,
    /// The place of the first of them among all.
    pub first: usize,
    /// How many there are altogether, where ICWS says or these are certainly the last.
    pub total: Option<usize>,
}

impl ConditionProperty {
    /// Every property with its name.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::DisplayName, "configurationId.displayName"),
        (Self::Id, "configurationId.id"),
        (Self::Notes, "notes"),
    ];

    /// What must be selected so that the condition can be judged here.
    #[must_use]
    pub fn needs(self) -> Properties {
        match self {
            Self::DisplayName | Self::Id => Properties::NONE,
            Self::Notes => Property::Notes.into(),
        }
    }

    fn of(self, role: &Role) -> Option<&str> {
        match self {
            Self::DisplayName => role.configuration_id.display_name.as_deref(),
            Self::Id => Some(&role.configuration_id.id),
            Self::Notes => role.notes.as_deref(),
        }
    }
}

impl ConditionOperator {
    /// Every operator with its word.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Eq, "eq"), (Self::StartsWith, "sw"), (Self::Contains, "ct")];
}

impl OrderBy {
    /// Every property with its name.
    pub const ALL: [(Self, &'static str); 2] =
        [(Self::DisplayName, "configurationId.displayName"), (Self::Id, "configurationId.id")];
}

impl RightsFilter {
    /// Every filter with its word.
    pub const ALL: [(Self, &'static str); 2] = [(Self::View, "view"), (Self::Admin, "admin")];
}

fn word<T: PartialEq>(all: &[(T, &'static str)], of: &T) -> &'static str {
    all.iter().find(|(known, _)| known == of).map_or("", |(_, word)| word)
}

impl RolePage {
    /// The names of the answer's properties on the wire.
    pub const PROPERTIES: &'static [&'static str] = RoleList::PROPERTIES;
}

impl Condition {
    /// Whether `where` can say it. A comma ends a condition and no way to escape one is known; quotes, backslashes,
    /// control characters and blanks that a reader might drop are as uncertain. What cannot be sent is judged by
    /// `holds`.
    #[must_use]
    pub fn can_be_sent(&self) -> bool {
        let value = self.value.as_str();
        let is_plain = |c: char| {
            let is_odd_blank = c.is_whitespace() && c != ' ';
            !c.is_control() && !is_odd_blank && !matches!(c, ',' | '"' | '\'' | '\\')
        };
        let has_plain_blanks = value.trim() == value && !value.contains("  ");
        !value.is_empty() && value.len() <= LONGEST_VALUE && has_plain_blanks && value.chars().all(is_plain)
    }

    /// Whether it holds of a role, comparing as ICWS does; a property that is absent meets no condition.
    #[must_use]
    pub fn holds(&self, role: &Role, comparison: TextComparison) -> bool {
        let Some(text) = self.property.of(role) else { return false };
        let (text, value) = (folded(text, comparison), folded(&self.value, comparison));
        match self.operator {
            ConditionOperator::Eq => text == value,
            ConditionOperator::StartsWith => text.starts_with(&value),
            ConditionOperator::Contains => text.contains(&value),
        }
    }

    fn spoken(&self) -> String {
        let property = word(&ConditionProperty::ALL, &self.property);
        format!("{property} {} {}", word(&ConditionOperator::ALL, &self.operator), self.value)
    }
}

/// A value is what a person typed: it is shown nowhere.
impl std::fmt::Debug for Condition {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Condition");
        shown.field("property", &self.property).field("operator", &self.operator).finish_non_exhaustive()
    }
}

impl Order {
    fn spoken(self) -> String {
        let by = word(&OrderBy::ALL, &self.by);
        if self.descending { format!("{by} desc") } else { by.to_owned() }
    }
}

fn folded(text: &str, comparison: TextComparison) -> String {
    match comparison {
        TextComparison::IgnoreCase => text.to_lowercase(),
        TextComparison::Exact => text.to_owned(),
    }
}

impl ListRoles {
    /// The query; what ICWS assumes without being told is left out.
    pub(super) fn query(&self) -> Option<String> {
        let mut query = String::new();
        let mut add = |name: &str, value: &str| {
            let mark = if query.is_empty() { "" } else { "&" };
            let _ = write!(query, "{mark}{name}={}", utf8_percent_encode(value, PLAIN));
        };
        if !self.select.is_empty() {
            add("select", &self.select.names().collect::<Vec<_>>().join(","));
        }
        if !self.conditions.is_empty() {
            add("where", &self.conditions.iter().map(Condition::spoken).collect::<Vec<_>>().join(","));
        }
        if let Some(order) = self.order {
            add("orderBy", &order.spoken());
        }
        if self.rights_filter != RightsFilter::default() {
            add("rightsFilter", word(&RightsFilter::ALL, &self.rights_filter));
        }
        if self.actual_values {
            add("actualValues", "true");
        }
        if self.inherited_values {
            add("inheritedValues", "true");
        }
        (!query.is_empty()).then_some(query)
    }

    /// The rows that `Range` asks for, where it is sent.
    pub(super) fn asked(&self, dialect: &IcwsDialect) -> Option<Items> {
        self.range.filter(|_| dialect.sends_range_without_select || !self.select.is_empty())
    }
}

impl Call for ListRoles {
    type Upstream = Icws;
    type Reply = RolePage;
    const DESTINATION: Destination = Destination::Icws;
    const NAME: &'static str = "listRoles";
    const READS: &'static [Noun] = &[Noun::IcwsRole];
    const WRITES: &'static [Noun] = &[];

    fn records(reply: &RolePage) -> usize {
        reply.roles.len()
    }

    async fn ask(&self, icws: &Icws, credentials: &Credentials) -> Result<Answer<RolePage>, IcwsError> {
        let operation = Self::NAME;
        if !self.conditions.iter().all(Condition::can_be_sent) {
            let reason = "a condition has a value that cannot stand in a query";
            return Err(IcwsError::Unsendable { operation, reason });
        }
        let dialect = &icws.settings().dialect;
        let asked = self.asked(dialect);
        if asked.is_some_and(|items| items.last < items.first) {
            return Err(IcwsError::Unsendable { operation, reason: "the range ends before it begins" });
        }
        let mut question = Question::new(operation, Method::GET, &["configuration", "roles"]);
        question.query = self.query();
        if let Some(items) = asked {
            let header = HeaderValue::try_from(items.header(dialect.first_item));
            question.headers.extend(header.ok().map(|header| (RANGE, header)));
        }
        let (answer, headers) = match (icws.ask::<RoleList>(question, credentials).await, asked) {
            // The list has become shorter than the range: nothing is there, which is no failure.
            (Err(IcwsError::Refused { status: 416, .. }), Some(items)) => {
                let reply = RolePage { roles: Vec::new(), first: items.first, total: None };
                return Ok(Answer { reply, size: Size::default() });
            }
            (answered, _) => answered?,
        };
        let missing = || IcwsError::Unintelligible {
            operation,
            reason: "items: expected a list, it is missing".into(),
        };
        let roles = answer.reply.items.ok_or_else(missing)?;
        let header = headers.get(CONTENT_RANGE).and_then(|header| header.to_str().ok());
        let header = header.and_then(|header| ContentRange::read(header, dialect.first_item));
        let most = if self.select.is_empty() { usize::MAX } else { MAX_ROWS_WITH_SELECT };
        let (first, total) = ContentRange::place(header, asked, roles.len(), most);
        if total.is_some_and(|total| total > MOST_ROLES) {
            let reason = format!("it counts more than {MOST_ROLES} roles").into();
            return Err(IcwsError::Unintelligible { operation, reason });
        }
        Ok(Answer { reply: RolePage { roles, first, total }, size: answer.size })
    }
}

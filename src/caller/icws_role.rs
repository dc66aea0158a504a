//! Roles of ICWS: a part of a list in as few calls as its pages allow, one role, and a new one that takes its time to
//! appear.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::time::{Instant, sleep, timeout_at};

use super::error::CallerError;
use super::reader::Reader;
use crate::config;
use crate::icws::{
    Condition, ConditionOperator, ConditionProperty, CreateRole, Icws, IcwsError, Items, ListRoles,
    MAX_ROWS_WITH_SELECT, MOST_ROLES, Properties, RightsFilter, Role, RolePage, UpdateOperationResult,
};
use crate::upstream::Call as _;

/// The first wait for a new role to appear; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// How often a new role is looked for at most before the patience is over: each wait is twice the one before.
#[must_use]
pub fn looks_for_a_new_role(patience: Duration) -> usize {
    let waits = patience.as_millis() / FIRST_WAIT.as_millis() + 1;
    usize::try_from(waits.ilog2()).unwrap_or_default() + 1
}

/// Part of a list of roles.
#[derive(Debug)]
pub struct RolesPart {
    /// The roles.
    pub roles: Vec<Arc<Role>>,
    /// Where in the list the first of them stands, from 0.
    pub start: usize,
    /// How many the whole list has.
    pub total: usize,
}

impl Reader {
    /// The settings of ICWS.
    pub fn icws_settings(&self) -> Result<&config::Icws, CallerError> {
        Ok(self.standing::<Icws>()?.upstream.settings())
    }

    /// The roles from the one at `from` to before the one at `to`, or to the end. Identities alone come in one call;
    /// with properties ICWS gives at most 200 a call, and those after the first are asked for side by side.
    pub async fn icws_roles(
        &self,
        question: &ListRoles,
        from: usize,
        to: Option<usize>,
    ) -> Result<RolesPart, CallerError> {
        if question.select.is_empty() {
            return self.icws_identities(question, from, to).await;
        }
        let mut part = self.icws_pages(question, from, to).await?;
        if !part.1 {
            // The list changed between its pages, or some of them were kept from before: a role could be missing though
            // it was there all the time. They are read once more, side by side.
            self.forget_icws_roles(Duration::ZERO).await?;
            part = self.icws_pages(question, from, to).await?;
        }
        let (RolesPart { mut roles, start, total }, _) = part;
        // A role that is created while pages are read moves the others along: one that came twice is shown once.
        let mut seen = HashSet::new();
        roles.retain(|role| seen.insert(role.configuration_id.id.clone()));
        Ok(RolesPart { roles, start, total })
    }

    /// The pages of a part, and whether they count the same number of roles and no role twice.
    async fn icws_pages(
        &self,
        question: &ListRoles,
        from: usize,
        to: Option<usize>,
    ) -> Result<(RolesPart, bool), CallerError> {
        let first_to = to.unwrap_or(usize::MAX).min(from.saturating_add(MAX_ROWS_WITH_SELECT));
        let first = self.icws_page(question, from, first_to).await?;
        let total = match first.total {
            Some(total) => total,
            None => self.icws_identities(&identities(question), 0, Some(0)).await?.total,
        };
        let to = to.map_or(total, |to| to.min(total));
        let (mut roles, mut agree) = (first.roles, true);
        let begun = from + roles.len();
        if !roles.is_empty() && begun < to {
            let starts = (begun..to).step_by(MAX_ROWS_WITH_SELECT);
            let pages = starts.map(|at| self.icws_rows(question, at, to.min(at + MAX_ROWS_WITH_SELECT)));
            for (rows, counted) in try_join_all(pages).await? {
                agree &= counted.is_none_or(|counted| counted == total);
                roles.extend(rows);
            }
            let mut seen = HashSet::new();
            agree &= roles.iter().all(|role| seen.insert(role.configuration_id.id.as_str()));
        }
        Ok((RolesPart { roles, start: from, total }, agree))
    }

    /// Rows of one page and how many the whole list has, however many calls a server needs that gives fewer at a time than
    /// it says.
    async fn icws_rows(
        &self,
        question: &ListRoles,
        from: usize,
        to: usize,
    ) -> Result<(Vec<Arc<Role>>, Option<usize>), CallerError> {
        let (mut rows, mut total) = (Vec::new(), None);
        while from + rows.len() < to {
            let page = self.icws_page(question, from + rows.len(), to).await?;
            total = page.total.or(total);
            if page.roles.is_empty() {
                break;
            }
            rows.extend(page.roles);
        }
        Ok((rows, total))
    }

    /// One call for the rows from `from` to before `to`.
    async fn icws_page(&self, question: &ListRoles, from: usize, to: usize) -> Result<RolePage, CallerError> {
        // A cursor can name any place; beyond this one nothing is ever there.
        let asked = from.min(MOST_ROLES);
        let range = Some(Items { first: asked, last: to.clamp(asked + 1, asked + MOST_ROLES) - 1 });
        let page = match self.read(ListRoles { range, ..question.clone() }).await {
            Ok(page) => page,
            // Nothing is there any more: some servers say so with an empty page, others with this status.
            Err(CallerError::Icws(IcwsError::Refused { status: 416, .. })) => {
                return Ok(RolePage { roles: Vec::new(), first: from, total: None });
            }
            Err(error) => return Err(error),
        };
        if page.first > asked && !page.roles.is_empty() {
            let reason = "it begins after the first row asked for (icws.dialect.first_item may be wrong)";
            return Err(
                IcwsError::Unintelligible { operation: ListRoles::NAME, reason: reason.into() }.into()
            );
        }
        Ok(RolePage { roles: rows(&page, from, to), first: from, total: page.total })
    }

    /// Identities alone, which ICWS gives without a limit.
    async fn icws_identities(
        &self,
        question: &ListRoles,
        from: usize,
        to: Option<usize>,
    ) -> Result<RolesPart, CallerError> {
        if let Some(to) =
            to.filter(|_| self.icws_settings().is_ok_and(|icws| icws.dialect.sends_range_without_select))
        {
            let page = self.icws_page(question, from, to).await?;
            let is_whole = |total: usize| page.roles.len() >= to.min(total).saturating_sub(from);
            if let Some(total) = page.total.filter(|total| is_whole(*total)) {
                return Ok(RolesPart { roles: page.roles, start: from, total });
            }
        }
        let page = self.read(ListRoles { range: None, ..question.clone() }).await?;
        // A list that begins elsewhere or ends early was cut by the server: the rest is asked for.
        let mut roles = page.roles.clone();
        let total = page.total.unwrap_or(roles.len());
        if roles.len() < total {
            roles.extend(self.icws_rows(question, roles.len(), total).await?.0);
        }
        let total = total.max(roles.len());
        let to = to.unwrap_or(total).min(total);
        let part = roles.into_iter().skip(from).take(to.saturating_sub(from)).collect();
        Ok(RolesPart { roles: part, start: from, total })
    }

    /// One role by its id or its name, with the asked for properties.
    pub async fn icws_role(
        &self,
        question: &ListRoles,
        property: ConditionProperty,
        value: &str,
    ) -> Result<Option<Arc<Role>>, CallerError> {
        let ignores_case =
            self.icws_settings()?.dialect.text_comparison == config::TextComparison::IgnoreCase;
        let condition = Condition { property, operator: ConditionOperator::Eq, value: value.to_owned() };
        if condition.can_be_sent() {
            let question = ListRoles { conditions: vec![condition], ..question.clone() };
            let roles = self.icws_roles(&question, 0, None).await?.roles;
            return Ok(only_one(&roles, (property, value), ignores_case).map(|place| roles[place].clone()));
        }
        // It cannot be asked for by name, so its place is looked up first.
        let everyone = self.icws_identities(&identities(question), 0, None).await?.roles;
        let Some(place) = only_one(&everyone, (property, value), ignores_case) else { return Ok(None) };
        let found = &everyone[place];
        if question.select.is_empty() {
            return Ok(Some(found.clone()));
        }
        let (rows, _) = self.icws_rows(question, place, place + 1).await?;
        Ok(rows.into_iter().find(|role| role.configuration_id.id == found.configuration_id.id))
    }

    /// Creates a role. ICWS acknowledges it before it can be read.
    pub async fn create_icws_role(
        &self,
        operation: CreateRole,
    ) -> Result<UpdateOperationResult, CallerError> {
        self.write(operation).await
    }

    /// Waits until a new role can be read, ever longer between looks and neither beyond
    /// `icws.role_creation_wait_milliseconds` nor so long that the request could no more be told of it; answers whether
    /// it can.
    pub async fn await_icws_role(&self, id: &str) -> Result<bool, CallerError> {
        let patience = Duration::from_millis(self.icws_settings()?.role_creation_wait_milliseconds);
        let until = (Instant::now() + patience).min(self.reads_until());
        let mut wait = FIRST_WAIT;
        let condition = Condition {
            property: ConditionProperty::Id,
            operator: ConditionOperator::Eq,
            value: id.to_owned(),
        };
        let conditions = if condition.can_be_sent() { vec![condition] } else { Vec::new() };
        let question = ListRoles { conditions, ..ListRoles::default() };
        loop {
            let looked = timeout_at(self.reads_until(), self.has_icws_role(&question, id)).await;
            // It was accepted: that it cannot be looked at now does not undo it.
            let is_over = !matches!(&looked, Ok(Ok(_) | Err(CallerError::Icws(_))))
                || matches!(&looked, Ok(Err(error)) if error.ends_session());
            let is_there = matches!(looked, Ok(Ok(true)));
            if is_there || is_over || Instant::now() + wait > until {
                // What was read meanwhile knew nothing of it, and where it is still to come, so does what follows.
                self.forget_icws_roles(if is_there { Duration::ZERO } else { patience }).await?;
                return Ok(is_there);
            }
            sleep(wait).await;
            wait *= 2;
        }
    }

    /// Whether a role can be read by now. Who may create roles need not administer them.
    async fn has_icws_role(&self, question: &ListRoles, id: &str) -> Result<bool, CallerError> {
        for rights_filter in [RightsFilter::Admin, RightsFilter::View] {
            let page = self.read_anew(ListRoles { rights_filter, ..question.clone() }).await?;
            if page.roles.iter().any(|role| role.configuration_id.id == id) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The place of the one role that is named so: exactly, or but for case where ICWS does not look at it; none where there
/// are two.
fn only_one(
    roles: &[Arc<Role>],
    (property, value): (ConditionProperty, &str),
    ignores_case: bool,
) -> Option<usize> {
    let places = |is_alike: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let fits = |role: &Role| name_of(role, property).is_some_and(is_alike);
        roles.iter().enumerate().filter(|(_, role)| fits(role)).map(|(place, _)| place).collect()
    };
    let mut fitting = places(&|name| name == value);
    if fitting.is_empty() && ignores_case {
        let lower = value.to_lowercase();
        fitting = places(&|name| name.to_lowercase() == lower);
    }
    match fitting.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// The rows of an answer that are asked for: a server may give more than that, or all of them.
fn rows(page: &RolePage, from: usize, to: usize) -> Vec<Arc<Role>> {
    let skipped = from.saturating_sub(page.first);
    page.roles.iter().skip(skipped).take(to.saturating_sub(from)).cloned().collect()
}

/// What names a role by this property.
fn name_of(role: &Role, property: ConditionProperty) -> Option<&str> {
    match property {
        ConditionProperty::Id => Some(&role.configuration_id.id),
        _ => role.configuration_id.display_name.as_deref(),
    }
}

/// The same question for identities alone.
fn identities(question: &ListRoles) -> ListRoles {
    ListRoles { select: Properties::NONE, actual_values: false, inherited_values: false, ..question.clone() }
}

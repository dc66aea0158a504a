//! Lists of ICWS roles: what may be asked for, what of it ICWS works out, and what is worked out here because it cannot.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject};

use super::connection::{Connection, Page};
use super::context::ContextExt as _;
use super::date_time::DateTime;
use super::error::GraphError;
use super::icws_role::{IcwsRole, Wanted};
use super::order::{OrderDirection, sort_by};
use crate::config::{Limits, TextComparison};
use crate::icws::{
    Condition, ConditionOperator, ConditionProperty, ListRoles, Order, OrderBy, Properties, Property,
    RightsFilter, Role,
};

/// Which roles to list; every part that is given must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct IcwsRoleFilter {
    /// Only roles whose id is like this.
    pub role_id: Option<IcwsTextFilter>,
    /// Only roles whose name is like this.
    pub name: Option<IcwsTextFilter>,
    /// Only roles whose notes are like this.
    pub notes: Option<IcwsTextFilter>,
    /// Only roles that the user with this id holds.
    pub member: Option<String>,
    /// Only roles that the workgroup with this id holds.
    pub workgroup: Option<String>,
    /// Only roles created at this instant or later.
    pub min_created_at: Option<DateTime>,
    /// Only roles changed at this instant or later.
    pub min_last_modified_at: Option<DateTime>,
}

/// What a text is to be like; every part that is given must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct IcwsTextFilter {
    /// It is this.
    pub equals: Option<String>,
    /// It begins with this.
    pub starts_with: Option<String>,
    /// It contains this.
    pub contains: Option<String>,
}

/// How to order roles.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct IcwsRoleOrder {
    /// What to order by.
    pub field: IcwsRoleOrderField,
    /// Which end comes first.
    #[graphql(default)]
    pub direction: OrderDirection,
}

/// What roles can be ordered by.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum IcwsRoleOrderField {
    /// By the name shown.
    Name,
    /// By id.
    RoleId,
    /// By when they were created; ICWS cannot do it, so every role is read.
    CreatedAt,
    /// By when they were last changed; ICWS cannot do it, so every role is read.
    LastModifiedAt,
}

/// Which right over a role the viewer must hold to see it.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum IcwsRightsFilter {
    /// To administer it. Who may administer none sees an empty list: ask with `VIEW` then.
    Admin,
    /// To view it.
    View,
}

/// How long the texts of all conditions together may be to be sent, in bytes: each takes up to three in an address.
const LONGEST_CONDITIONS: usize = 2_000;

/// What a list of roles is asked with.
pub struct RoleQuery {
    /// Which.
    pub filter: Option<IcwsRoleFilter>,
    /// In which order.
    pub order_by: Option<IcwsRoleOrder>,
    /// Over which the viewer holds this right.
    pub rights_filter: IcwsRightsFilter,
}

/// Tells whether a role is to be listed.
type Test = Box<dyn Fn(&Role) -> bool + Send + Sync>;

/// What is left to do here, and which properties that takes.
#[derive(Default)]
struct Rest {
    tests: Vec<Test>,
    needs: Properties,
}

impl Rest {
    fn test(&mut self, needs: impl Into<Properties>, test: impl Fn(&Role) -> bool + Send + Sync + 'static) {
        self.tests.push(Box::new(test));
        self.needs = self.needs.and(needs.into());
    }
}

fn folded(text: &str, comparison: TextComparison) -> String {
    match comparison {
        TextComparison::IgnoreCase => text.to_lowercase(),
        TextComparison::Exact => text.to_owned(),
    }
}

/// Parts the filter into conditions ICWS can be sent, and the rest.
fn parted(filter: IcwsRoleFilter, comparison: TextComparison) -> (Vec<Condition>, Rest) {
    let (mut conditions, mut rest, mut sent) = (Vec::new(), Rest::default(), 0);
    let texts = [
        (ConditionProperty::Id, filter.role_id),
        (ConditionProperty::DisplayName, filter.name),
        (ConditionProperty::Notes, filter.notes),
    ];
    for (property, text) in texts {
        let text = text.unwrap_or_default();
        let parts = [
            (ConditionOperator::Eq, text.equals),
            (ConditionOperator::StartsWith, text.starts_with),
            (ConditionOperator::Contains, text.contains),
        ];
        for (operator, value) in parts {
            let Some(value) = value else { continue };
            let condition = Condition { property, operator, value };
            if condition.can_be_sent() && sent + condition.value.len() <= LONGEST_CONDITIONS {
                sent += condition.value.len();
                conditions.push(condition);
            } else {
                rest.test(property.needs(), move |role| condition.holds(role, comparison));
            }
        }
    }
    if let Some(member) = filter.member {
        let member = folded(&member, comparison);
        rest.test(Property::Users, move |role| {
            role.users.iter().any(|user| folded(&user.id, comparison) == member)
        });
    }
    if let Some(workgroup) = filter.workgroup {
        let workgroup = folded(&workgroup, comparison);
        rest.test(Property::Workgroups, move |role| {
            role.workgroups.iter().any(|held| folded(&held.id, comparison) == workgroup)
        });
    }
    if let Some(DateTime(since)) = filter.min_created_at {
        rest.test(Property::CreatedDate, move |role| {
            role.created_date.is_some_and(|created| created >= since)
        });
    }
    if let Some(DateTime(since)) = filter.min_last_modified_at {
        rest.test(Property::LastModifiedDate, move |role| {
            role.last_modified_date.is_some_and(|modified| modified >= since)
        });
    }
    (conditions, rest)
}

fn question(wanted: Wanted, rights_filter: IcwsRightsFilter) -> ListRoles {
    ListRoles {
        select: wanted.properties,
        rights_filter: match rights_filter {
            IcwsRightsFilter::Admin => RightsFilter::Admin,
            IcwsRightsFilter::View => RightsFilter::View,
        },
        actual_values: wanted.actual,
        inherited_values: wanted.inherited,
        ..ListRoles::default()
    }
}

/// The roles asked for. Filters and orders that ICWS knows are its to apply; where one is not, every role that passes the
/// others is read and the page is cut here, so that the answer does not depend on who did it.
pub async fn roles(
    ctx: &Context<'_>,
    query: RoleQuery,
    page: &Page,
) -> Result<Connection<IcwsRole>, GraphError> {
    let caller = ctx.caller()?;
    let limits = ctx.data_unchecked::<Limits>();
    let comparison = caller.icws_settings()?.dialect.text_comparison;
    let (conditions, rest) = parted(query.filter.unwrap_or_default(), comparison);
    let (mut order, mut order_here) = (None, None);
    if let Some(IcwsRoleOrder { field, direction }) = query.order_by {
        let by_icws = |by| Some(Order { by, descending: direction == OrderDirection::Desc });
        match field {
            IcwsRoleOrderField::Name => order = by_icws(OrderBy::DisplayName),
            IcwsRoleOrderField::RoleId => order = by_icws(OrderBy::Id),
            IcwsRoleOrderField::CreatedAt => order_here = Some((Property::CreatedDate, direction)),
            IcwsRoleOrderField::LastModifiedAt => order_here = Some((Property::LastModifiedDate, direction)),
        }
    }
    let needs = order_here.map_or(rest.needs, |(property, _)| rest.needs.with(property));
    let wanted = Wanted::of_connection(ctx).with(needs);
    let question = ListRoles { conditions, order, ..question(wanted, query.rights_filter) };
    if rest.tests.is_empty() && order_here.is_none() {
        let (from, to) = if let Some(part) = page.ahead(limits)? {
            part
        } else {
            // It is counted from the end, which stands where the total says.
            let counting = ListRoles { select: Properties::NONE, ..question.clone() };
            page.within(caller.icws_roles(&counting, 0, Some(0)).await?.total, limits)?
        };
        let part = caller.icws_roles(&question, from, Some(to)).await?;
        return Ok(Connection::of_part(part.roles, part.start, part.total, IcwsRole::new));
    }
    let mut all = caller.icws_roles(&question, 0, None).await?.roles;
    all.retain(|role| rest.tests.iter().all(|test| test(role)));
    if let Some((property, direction)) = order_here {
        sort_by(&mut all, direction, |role: &Arc<Role>| match property {
            Property::CreatedDate => role.created_date,
            _ => role.last_modified_date,
        });
    }
    Connection::new(all.into_iter(), page, limits, IcwsRole::new)
}

/// One role, with what the query asks for of it.
pub async fn role(
    ctx: &Context<'_>,
    property: ConditionProperty,
    value: &str,
    rights_filter: IcwsRightsFilter,
) -> Result<Option<IcwsRole>, GraphError> {
    let question = question(Wanted::of_role(ctx), rights_filter);
    Ok(ctx.caller()?.icws_role(&question, property, value).await?.map(IcwsRole::new))
}

/// The role with exactly this id, whichever right over it the viewer holds.
pub async fn role_of_id(ctx: &Context<'_>, id: &str) -> Result<Option<IcwsRole>, GraphError> {
    let found = match role(ctx, ConditionProperty::Id, id, IcwsRightsFilter::Admin).await? {
        None => role(ctx, ConditionProperty::Id, id, IcwsRightsFilter::View).await?,
        found => found,
    };
    Ok(found.filter(|role| role.has_id(id)))
}

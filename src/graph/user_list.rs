//! Lists of users and agents: what may be asked for, and where it is worked out.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject};

use super::agent::Agent;
use super::connection::{Connection, Page};
use super::context::ContextExt as _;
use super::error::GraphError;
use super::id::{Kind, NodeId};
use super::order::{OrderDirection, sort_by, sort_by_text};
use super::user::{User, UserType};
use crate::caller::{Reader, Whole};
use crate::config::Limits;
use crate::portal::user as wire;
use crate::portal::{Leaf as _, PlatformId, TenantId};

/// Which users to list; every part that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct UserFilter {
    /// Only active users, or only deactivated ones.
    pub is_active: Option<bool>,
    /// Only users of one of these types.
    pub user_types: Option<Vec<UserType>>,
    /// Only users of the platform with this id.
    pub platform: Option<ID>,
    /// Only users of the department with this id.
    pub department: Option<ID>,
    /// Only users of the site with this id.
    pub site: Option<ID>,
    /// Only users billed to the unit with this id.
    pub billing_unit: Option<ID>,
    /// Only users with the role group with this id.
    pub role_group: Option<ID>,
    /// Only users of the agent team with this id.
    pub team: Option<ID>,
}

/// A search the portal does: users in whom a field contains the term.
#[derive(Clone, Debug, InputObject)]
pub struct UserSearch {
    /// What to look for.
    pub term: String,
    /// Where to look.
    #[graphql(default_with = "UserSearchField::All")]
    pub field: UserSearchField,
}

/// Where a search for users looks.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum UserSearchField {
    /// In every field of this list.
    All,
    /// In the login name.
    LoginName,
    /// In the first name.
    FirstName,
    /// In the last name.
    LastName,
    /// In the agent number.
    AgentNumber,
    /// In the platform's number.
    Platform,
    /// In the name of the agent team.
    TeamName,
    /// In the phone number.
    Phone,
}

impl UserSearchField {
    /// The guide's name of the column.
    fn column(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::LoginName => "loginNm",
            Self::FirstName => "FirstNm",
            Self::LastName => "LastNm",
            Self::AgentNumber => "AgentID",
            Self::Platform => "Platform",
            Self::TeamName => "AgentTeamNm",
            Self::Phone => "Phone",
        }
    }
}

/// How to order users or agents; without it they come in the portal's own order.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct UserOrder {
    /// What to order by.
    pub field: UserOrderField,
    /// Which end comes first.
    #[graphql(default)]
    pub direction: OrderDirection,
}

/// What users and agents can be ordered by.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum UserOrderField {
    /// By login name.
    LoginName,
    /// By first name.
    FirstName,
    /// By last name.
    LastName,
    /// By agent number, as text.
    AgentNumber,
    /// By the portal's own key.
    DatabaseId,
    /// By when the user was created.
    CreatedAt,
    /// By when the user was last activated or deactivated.
    StatusChangedAt,
}

/// What a list of users or agents is asked with.
#[derive(Default)]
pub struct UserQuery {
    /// Which.
    pub filter: Option<UserFilter>,
    /// In whom a term is found.
    pub search: Option<UserSearch>,
    /// In which order.
    pub order_by: Option<UserOrder>,
    /// Which page.
    pub page: Page,
}

/// The filter with its ids read.
struct Criteria {
    filter: UserFilter,
    platform: Option<i64>,
    department: Option<i64>,
    site: Option<i64>,
    billing_unit: Option<i64>,
    role_group: Option<i64>,
    team: Option<i64>,
}

impl Criteria {
    fn read(filter: UserFilter, tenant: TenantId) -> Result<Self, GraphError> {
        let key = |field: &str, kind: Kind, id: &Option<ID>| match id {
            None => Ok(None),
            Some(id) => match NodeId::decode(id) {
                Some(node) if node.kind == kind && node.tenant == tenant => Ok(Some(node.key)),
                _ => {
                    Err(GraphError::bad_input(format!("filter.{field} is not the id of a {}.", kind.name())))
                }
            },
        };
        Ok(Self {
            platform: key("platform", Kind::Platform, &filter.platform)?,
            department: key("department", Kind::Department, &filter.department)?,
            site: key("site", Kind::Site, &filter.site)?,
            billing_unit: key("billingUnit", Kind::BillingUnit, &filter.billing_unit)?,
            role_group: key("roleGroup", Kind::RoleGroup, &filter.role_group)?,
            team: key("team", Kind::AgentTeam, &filter.team)?,
            filter,
        })
    }

    fn accepts(&self, user: &wire::User) -> bool {
        let is = |wanted: Option<i64>, found: Option<i64>| wanted.is_none() || wanted == found;
        self.filter.is_active.is_none_or(|wanted| user.status == Some(wanted))
            && self.filter.user_types.as_ref().is_none_or(|types| types.contains(&UserType::of(user)))
            && is(self.platform, user.platform_id.map(|id| id.0))
            && is(self.department, user.id_program_department.map(|id| id.0))
            && is(self.site, user.id_program_site.map(|id| id.0))
            && is(self.billing_unit, user.id_program_bill_unit.map(|id| id.0))
            && is(self.role_group, user.id_program_group.map(|id| id.0))
            && is(self.team, user.agent_team_id.map(|id| id.0))
    }

    /// What the portal itself can narrow the list by.
    fn question(&self, search: Option<&UserSearch>) -> wire::GetUsers {
        let codes = self.filter.user_types.as_ref().and_then(|types| {
            // A type the portal has no code for can only be found among all users.
            types.iter().map(|user_type| user_type.code().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        wire::GetUsers {
            page_size: Some(0),
            filter_by_status: self.filter.is_active.map(|active| if active { "A" } else { "D" }.to_owned()),
            filter_by_user_type: codes.unwrap_or_default(),
            platform_id: self.platform.map(PlatformId),
            searching: search.map(|_| true),
            search_term: search.map(|search| search.term.clone()),
            search_column: search.map(|search| search.field.column().to_owned()),
            ..wire::GetUsers::default()
        }
    }
}

/// The users that are asked for, ordered. A search is always the portal's; a filter is the gateway's where the whole
/// roster is at hand and the portal's where that saves rows, and is checked here either way, so that the answer does
/// not depend on which.
async fn find(caller: &Reader, query: &mut UserQuery) -> Result<Vec<Arc<wire::User>>, GraphError> {
    let criteria = Criteria::read(query.filter.take().unwrap_or_default(), caller.tenant()?)?;
    let search = query.search.take().filter(|search| !search.term.trim().is_empty());
    let everyone = wire::GetUsers { page_size: Some(0), ..wire::GetUsers::default() };
    let narrowed = criteria.question(search.as_ref());
    let use_roster = narrowed == everyone || (search.is_none() && caller.is_at_hand(&everyone));
    let roster = if use_roster {
        caller.read_ahead(Whole::Users).await;
        caller.roster().await?
    } else {
        caller.users_like(narrowed).await?
    };
    let mut users: Vec<_> = roster.users().iter().filter(|user| criteria.accepts(user)).cloned().collect();
    if let Some(order) = query.order_by {
        sort(&mut users, order);
    }
    Ok(users)
}

/// Every user a filter accepts, in the portal's order.
pub(super) async fn all_of(caller: &Reader, filter: UserFilter) -> Result<Vec<Arc<wire::User>>, GraphError> {
    let criteria = Criteria::read(filter, caller.tenant()?)?;
    let roster = caller.roster().await?;
    Ok(roster.users().iter().filter(|user| criteria.accepts(user)).cloned().collect())
}

fn sort(users: &mut [Arc<wire::User>], UserOrder { field, direction }: UserOrder) {
    match field {
        UserOrderField::LoginName => {
            sort_by_text(users, direction, |user| user.login_name().map(str::to_owned));
        }
        UserOrderField::FirstName => {
            sort_by_text(users, direction, |user| user.first_nm.clone().map(String::from));
        }
        UserOrderField::LastName => {
            sort_by_text(users, direction, |user| user.last_nm.clone().map(String::from));
        }
        UserOrderField::AgentNumber => sort_by_text(users, direction, |user| user.agent_number()),
        UserOrderField::DatabaseId => sort_by(users, direction, |user| user.id_program_user),
        UserOrderField::CreatedAt => sort_by(users, direction, |user| {
            user.create_date_str.as_deref().and_then(crate::portal::Instant::from_text)
        }),
        UserOrderField::StatusChangedAt => {
            sort_by(users, direction, |user| user.last_status_changed_date_time);
        }
    }
}

/// A page of users.
pub async fn users(ctx: &Context<'_>, mut query: UserQuery) -> Result<Connection<User>, GraphError> {
    let caller = ctx.caller()?;
    let (users, tenant) = (find(&caller, &mut query).await?, caller.tenant()?);
    let limits = ctx.data_unchecked::<Limits>();
    Connection::new(users.into_iter(), &query.page, limits, |user| User::new(tenant, user))
}

/// A page of agents.
pub async fn agents(ctx: &Context<'_>, mut query: UserQuery) -> Result<Connection<Agent>, GraphError> {
    let caller = ctx.caller()?;
    let (users, tenant) = (find(&caller, &mut query).await?, caller.tenant()?);
    let agents: Vec<_> = users.into_iter().filter(|user| user.is_agent()).collect();
    let limits = ctx.data_unchecked::<Limits>();
    Connection::new(agents.into_iter(), &query.page, limits, |user| Agent::new(tenant, user))
}

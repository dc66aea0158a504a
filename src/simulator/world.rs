//! The world behind the portal: plain data, in order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::icws::Icws;
use super::login::{Entry, Login};
use crate::portal::access::{AccessCollection, AccessGroup};
use crate::portal::attribute::Attribute;
use crate::portal::callback::{Callback, CallbackDisposition, CallbackQueue};
use crate::portal::precision_queue::PrecisionQueue;
use crate::portal::reference::{AgentDeskSettings, AgentProfile, ReferenceEntry, RoleGroup, Site};
use crate::portal::skill_group::SkillGroup;
use crate::portal::user::User;
use crate::portal::{
    AccessCollectionId, AgentDeskSettingsId, AgentProfileId, AttributeId, BillingUnitId, DepartmentId,
    PlatformId, PrecisionQueueId, RoleGroupId, SiteId, SkillGroupId, TenantId, UserId,
};

/// Everything the portal knows, and everything ICWS knows.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The tenants.
    pub tenants: Vec<Tenant>,
    /// Who may sign in.
    pub logins: Vec<Login>,
    /// What is behind ICWS.
    pub icws: Icws,
}

/// A customer's contact centre.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// Its program prefix, which also ends its login names.
    pub prefix: String,
    /// Its users, in the portal's full form.
    pub users: BTreeMap<UserId, Arc<User>>,
    /// What its agents and supervisors work on; a user who is not in here is no agent.
    pub agents: BTreeMap<UserId, Work>,
    /// Its skill groups, in full form.
    pub skill_groups: Vec<Arc<SkillGroup>>,
    /// Its attributes.
    pub attributes: Vec<Arc<Attribute>>,
    /// Its precision queues, with steps.
    pub precision_queues: Vec<Arc<PrecisionQueue>>,
    /// Its departments.
    pub departments: Vec<Arc<ReferenceEntry>>,
    /// Its billing units.
    pub billing_units: Vec<Arc<ReferenceEntry>>,
    /// Its platforms.
    pub platforms: Vec<Arc<ReferenceEntry>>,
    /// Its sites.
    pub sites: Vec<Arc<Site>>,
    /// Its role groups.
    pub role_groups: Vec<Arc<RoleGroup>>,
    /// Its agent profiles.
    pub agent_profiles: Vec<Arc<AgentProfile>>,
    /// Its agent desk settings.
    pub agent_desk_settings: Vec<Arc<AgentDeskSettings>>,
    /// Who may not sign in to the portal, whatever their logins say.
    pub barred: BTreeSet<UserId>,
    /// The highest user id ever given, so that none is given twice.
    pub last_user: UserId,
    /// Its access groups and who is in them.
    pub access_groups: Vec<AccessMembership>,
    /// Its access collections and who is in them.
    pub access_collections: Vec<CollectionMembership>,
    /// Its callbacks.
    pub callbacks: Vec<Arc<Callback>>,
    /// Its callback queues.
    pub callback_queues: Vec<Arc<CallbackQueue>>,
    /// The dispositions its agents may give a callback.
    pub callback_dispositions: Vec<Arc<CallbackDisposition>>,
    /// What only some departments may see; everybody sees what is not in here.
    pub reserved: BTreeMap<Thing, BTreeSet<DepartmentId>>,
}

/// What an agent works on.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// The agent's skill groups.
    pub skill_groups: BTreeSet<SkillGroupId>,
    /// The agent's attributes with their values.
    pub attributes: BTreeMap<AttributeId, String>,
}

/// An access group and who is in it.
#[derive(Clone, Debug)]
pub struct AccessMembership {
    /// A number to reserve it by.
    pub id: i64,
    /// The group.
    pub group: Arc<AccessGroup>,
    /// Who is in it.
    pub members: BTreeSet<UserId>,
}

/// An access collection and who is in it.
#[derive(Clone, Debug)]
pub struct CollectionMembership {
    /// The collection.
    pub collection: Arc<AccessCollection>,
    /// Whether it collects agents; else users.
    pub of_agents: bool,
    /// Who is in it.
    pub members: BTreeSet<UserId>,
}

/// Something that can be reserved for departments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// A skill group.
    SkillGroup(SkillGroupId),
    /// An attribute.
    Attribute(AttributeId),
    /// A precision queue.
    PrecisionQueue(PrecisionQueueId),
    /// A department.
    Department(DepartmentId),
    /// A billing unit.
    BillingUnit(BillingUnitId),
    /// A platform.
    Platform(PlatformId),
    /// A site.
    Site(SiteId),
    /// A role group.
    RoleGroup(RoleGroupId),
    /// A profile.
    AgentProfile(AgentProfileId),
    /// A set of desk settings.
    AgentDeskSettings(AgentDeskSettingsId),
    /// An access group, by its number in the world.
    AccessGroup(i64),
    /// An access collection.
    AccessCollection(AccessCollectionId),
}

impl World {
    /// The same world with this many ICWS roles, the same in every run, and the `SIZED_ICWS_…` logins.
    #[must_use]
    pub fn with_icws_roles(self, roles: usize) -> Self {
        Self { icws: Icws::sized(roles), ..self }
    }

    /// The tenant with this id.
    #[must_use]
    pub fn tenant(&self, id: TenantId) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| tenant.id == id)
    }

    /// The tenant with this program prefix.
    #[must_use]
    pub fn tenant_by_prefix(&self, prefix: &str) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| tenant.prefix.eq_ignore_ascii_case(prefix))
    }

    /// The tenant with this program prefix, to change it.
    pub(super) fn tenant_by_prefix_mut(&mut self, prefix: &str) -> Option<&mut Tenant> {
        self.tenants.iter_mut().find(|tenant| tenant.prefix.eq_ignore_ascii_case(prefix))
    }

    /// The tenants a login may enter.
    pub(super) fn open_entries<'a>(&'a self, login: &'a Login) -> Vec<&'a Entry> {
        let barred = |entry: &Entry| {
            self.tenant(entry.tenant).is_some_and(|tenant| tenant.barred.contains(&entry.user))
        };
        login.entries.iter().filter(|entry| !barred(entry)).collect()
    }

    /// The login with this name.
    #[must_use]
    pub fn login(&self, name: &str) -> Option<&Login> {
        self.logins.iter().find(|login| login.name.eq_ignore_ascii_case(name))
    }
}

/// How many there are, as the wire counts.
pub(super) fn total(count: usize) -> Option<i64> {
    i64::try_from(count).ok()
}

impl Tenant {
    /// A tenant with nothing in it.
    #[must_use]
    pub fn new(id: TenantId, name: &str, prefix: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            users: BTreeMap::new(),
            agents: BTreeMap::new(),
            barred: BTreeSet::new(),
            last_user: UserId(0),
            skill_groups: Vec::new(),
            attributes: Vec::new(),
            precision_queues: Vec::new(),
            departments: Vec::new(),
            billing_units: Vec::new(),
            platforms: Vec::new(),
            sites: Vec::new(),
            role_groups: Vec::new(),
            agent_profiles: Vec::new(),
            agent_desk_settings: Vec::new(),
            access_groups: Vec::new(),
            access_collections: Vec::new(),
            callbacks: Vec::new(),
            callback_queues: Vec::new(),
            callback_dispositions: Vec::new(),
            reserved: BTreeMap::new(),
        }
    }

    /// Keeps a thing from everyone but these departments.
    pub fn reserve(&mut self, thing: Thing, departments: impl IntoIterator<Item = DepartmentId>) {
        self.reserved.entry(thing).or_default().extend(departments);
    }
}

//! How a made-up tenant is laid out: catalogues, departments that keep to themselves, skill groups, precision queues.
//!
//! Everything belongs to a department, so that a login limited to one sees its own part of every list.

use std::sync::Arc;

use super::staff::{Kind, Post};
use super::world::{AccessMembership, CollectionMembership, Tenant, Thing, Work};
use crate::portal::access::{AccessCollection, AccessGroup, AccessGroupCollection, AccessObject};
use crate::portal::attribute::Attribute;
use crate::portal::precision_queue::{PrecisionQueue, Step, Term};
use crate::portal::reference::{AgentDeskSettings, AgentProfile, ReferenceEntry, RoleGroup, Site};
use crate::portal::skill_group::SkillGroup;
use crate::portal::user::User;
use crate::portal::{
    AccessCollectionId, AgentDeskSettingsId, AgentProfileId, AgentTeamId, AttributeId, BillingUnitId,
    DepartmentId, PlatformId, PrecisionQueueId, RoleGroupId, SiteId, SkillGroupId, TenantId,
};

/// How a tenant is laid out.
pub(super) struct Plan {
    pub(super) id: TenantId,
    pub(super) name: &'static str,
    pub(super) prefix: &'static str,
    pub(super) departments: &'static [&'static str],
    pub(super) sites: &'static [&'static str],
    pub(super) platforms: &'static [&'static str],
}

/// A term: relation to the one before (0 none, 1 and, 2 or), parentheses, place of the attribute, relation, value.
pub(super) type Rule = (i64, i64, usize, i64, &'static str);

/// A step: wait time, consider-if formula, terms.
pub(super) type Stage = (i64, &'static str, &'static [Rule]);

/// How many objects a made-up access group lists.
const OBJECTS_SHOWN: usize = 20;

impl Plan {
    /// The id of the row at a place, in the range of ids that starts at a base.
    pub(super) fn row(&self, base: i64, place: usize) -> i64 {
        self.id.0 * 10_000 + base + i64::try_from(place).unwrap_or(i64::MAX)
    }

    pub(super) fn department(&self, place: usize) -> DepartmentId {
        DepartmentId(self.row(100, place))
    }

    fn site(&self, department: usize) -> SiteId {
        SiteId(self.row(200, department % self.sites.len()))
    }

    fn billing_unit(&self, department: usize) -> BillingUnitId {
        BillingUnitId(self.row(300, department))
    }

    fn role_group(&self, department: usize, kind: Kind) -> RoleGroupId {
        RoleGroupId(self.row(400, department * 3 + kind as usize))
    }

    /// The platform of a department and its name.
    fn platform(&self, department: usize) -> (PlatformId, String) {
        let place = department % self.platforms.len();
        (PlatformId(self.row(500, place)), self.platforms[place].to_owned())
    }

    fn profile(&self, department: usize) -> AgentProfileId {
        AgentProfileId(self.row(600, department))
    }

    fn desk_settings(&self, department: usize) -> AgentDeskSettingsId {
        AgentDeskSettingsId(self.row(700, department))
    }

    pub(super) fn skill_group_id(&self, place: usize) -> SkillGroupId {
        SkillGroupId(self.row(1_000, place))
    }

    pub(super) fn attribute_id(&self, place: usize) -> AttributeId {
        AttributeId(self.row(2_000, place))
    }

    /// The tenant with its catalogues, and nobody in it.
    pub(super) fn tenant(&self) -> Tenant {
        let mut tenant = Tenant {
            platforms: self.entries(self.platforms, 500, "The platform"),
            departments: self.entries(self.departments, 100, "The department"),
            billing_units: self.entries(self.departments, 300, "What is billed to"),
            sites: self.sites.iter().enumerate().map(|(place, name)| self.site_row(place, name)).collect(),
            ..Tenant::new(self.id, self.name, self.prefix)
        };
        for (department, name) in self.departments.iter().enumerate() {
            let own = [self.department(department)];
            tenant.reserve(Thing::Department(own[0]), own);
            tenant.reserve(Thing::Site(self.site(department)), own);
            tenant.reserve(Thing::BillingUnit(self.billing_unit(department)), own);
            tenant.reserve(Thing::Platform(self.platform(department).0), own);
            for (kind, title) in
                [(Kind::Agent, "Agents"), (Kind::Supervisor, "Supervisors"), (Kind::Other, "Administrators")]
            {
                let id = self.role_group(department, kind);
                tenant.reserve(Thing::RoleGroup(id), own);
                tenant.role_groups.push(self.role_row(id, &format!("{title} {name}")));
            }
            let (profile, settings) = (self.profile(department), self.desk_settings(department));
            tenant.reserve(Thing::AgentProfile(profile), own);
            tenant.agent_profiles.push(Arc::new(AgentProfile {
                id_profile: Some(profile),
                profile_nm: Some(format!("Profile {name}")),
                profile_desc: Some(format!("What agents of {name} may do")),
                allowed_to_edit: Some(true),
                system_managed: Some(department == 0),
                ..AgentProfile::default()
            }));
            tenant.reserve(Thing::AgentDeskSettings(settings), own);
            tenant.agent_desk_settings.push(Arc::new(AgentDeskSettings {
                agent_desk_settings_id: Some(settings),
                enterprise_name: Some(format!("Desk_{name}")),
                ..AgentDeskSettings::default()
            }));
        }
        tenant
    }

    fn entries(&self, names: &[&str], base: i64, about: &str) -> Vec<Arc<ReferenceEntry>> {
        let entry = |(place, name): (usize, &&str)| {
            Arc::new(ReferenceEntry {
                code: Some(format!("{}{place}", self.prefix.to_uppercase())),
                id: Some(self.row(base, place)),
                name: Some((*name).to_owned()),
                allowed_to_edit: Some(true),
                description: Some(format!("{about} {name}")),
                ..ReferenceEntry::default()
            })
        };
        names.iter().enumerate().map(entry).collect()
    }

    fn site_row(&self, place: usize, name: &str) -> Arc<Site> {
        Arc::new(Site {
            id_program_site: Some(self.site(place)),
            id_program: Some(self.id),
            program_site_nm: Some(name.to_owned()),
            program_site_desc: Some(format!("The site {name}")),
            program_site_addr1: Some(format!("{} Example Street", place + 1)),
            program_site_addr2: Some(format!("Floor {place}")),
            program_site_city: Some("Sampleton".to_owned()),
            program_site_state: Some("Sampleshire".to_owned()),
            program_site_zip: Some(format!("{:05}", 10_000 + place)),
            system_managed: Some(place == 0),
            is_internal: Some(place == 0),
            allowed_to_edit: Some(place != 0),
            ..Site::default()
        })
    }

    fn role_row(&self, id: RoleGroupId, name: &str) -> Arc<RoleGroup> {
        Arc::new(RoleGroup {
            id_program_group: Some(id),
            id_program: Some(self.id),
            program_group_nm: Some(name.to_owned()),
            program_group_desc: Some(format!("The role group {name}")),
            deleted: Some(false),
            system_managed: Some(false),
            id_group_type: Some(1),
            group_type_code: Some("ROLE".to_owned()),
            total_assigned_features: Some(12),
            ..RoleGroup::default()
        })
    }

    /// The post of the user with a number, a given name and a surname, in a department.
    pub(super) fn post(&self, number: i64, name: (&str, &str), (kind, department): (Kind, usize)) -> Post {
        Post {
            tenant: self.id,
            prefix: self.prefix,
            number,
            given: name.0.to_owned(),
            surname: name.1.to_owned(),
            kind,
            active: true,
            department: self.department(department),
            site: self.site(department),
            billing_unit: self.billing_unit(department),
            role_group: self.role_group(department, kind),
            platform: self.platform(department),
            profile: self.profile(department),
            desk_settings: self.desk_settings(department),
            team: (AgentTeamId(self.row(800, department)), format!("Team {}", self.departments[department])),
        }
    }

    /// Adds a skill group of a department.
    pub(super) fn add_skill_group(&self, tenant: &mut Tenant, name: &str, department: usize) {
        let place = tenant.skill_groups.len();
        let id = self.skill_group_id(place);
        let (platform, platform_name) = self.platform(department);
        tenant.reserve(Thing::SkillGroup(id), [self.department(department)]);
        tenant.skill_groups.push(Arc::new(SkillGroup {
            id_source_system_id: Some(1),
            id_program: Some(self.id),
            peripheral_number: Some(self.row(0, place)),
            description: Some(format!("Calls for {}", name.replace('_', " ")).into()),
            service_level_threshold: Some(20 + 5 * i64::try_from(place).unwrap_or_default()),
            original_id: Some(id.0),
            transfer_number: Some((9_000 + place).to_string().into()),
            uwf_skill_id: Some(format!("UWF{place:03}").into()),
            skill_type: Some("Voice".into()),
            skill_target_id: Some(id),
            peripheral_id: Some(platform),
            platform_name: Some(platform_name.as_str().into()),
            peripheral_name: Some(platform_name.into()),
            is_allowed_to_edit: Some(true),
            enterprise_name: Some(format!("{}_{name}", self.prefix).into()),
            media_routing_domain_name: Some("Voice".into()),
            skill_name: Some(name.into()),
            ..SkillGroup::default()
        }));
    }

    /// Adds an attribute for some departments; data type 3 is boolean, 4 proficiency.
    pub(super) fn add_attribute(
        &self,
        tenant: &mut Tenant,
        (name, data_type, default): (&str, i64, &str),
        departments: &[usize],
    ) {
        let id = self.attribute_id(tenant.attributes.len());
        tenant.reserve(Thing::Attribute(id), departments.iter().map(|place| self.department(*place)));
        tenant.attributes.push(Arc::new(Attribute {
            id: Some(id),
            name: Some(name.to_owned()),
            description: Some(format!("Whether, or how well, an agent does {name}")),
            data_type: Some(data_type.to_string()),
            data_type_string: Some(if data_type == 3 { "Boolean" } else { "Proficiency" }.to_owned()),
            default_value: Some(default.to_owned()),
            change_stamp: Some(1),
            ref_url: Some(format!("/unifiedconfig/config/attribute/{id}")),
            allowed_to_edit: Some(true),
            ..Attribute::default()
        }));
    }

    /// Adds a precision queue of a department.
    pub(super) fn add_precision_queue(
        &self,
        tenant: &mut Tenant,
        (name, agent_ordering): (&str, i64),
        (department, stages): (usize, &[Stage]),
    ) {
        let place = tenant.precision_queues.len();
        let id = PrecisionQueueId(self.row(3_000, place));
        tenant.reserve(Thing::PrecisionQueue(id), [self.department(department)]);
        let orderings = ["Longest Available Agent", "Most Skilled Agent", "Least Skilled Agent"];
        let ordering = usize::try_from(agent_ordering - 1).ok().and_then(|place| orderings.get(place));
        let steps = stages.iter().map(|stage| step(tenant, stage)).collect();
        tenant.precision_queues.push(Arc::new(PrecisionQueue {
            id: Some(id),
            change_stamp: Some(3),
            description: Some(format!("The precision queue {name}")),
            name: Some(name.to_owned()),
            agent_ordering: Some(agent_ordering),
            call_ordering: Some(1),
            service_level_threshold: Some(30),
            service_level_type: Some(1),
            agent_ordering_string: ordering.map(|ordering| (*ordering).to_owned()),
            service_level_type_string: Some("Ignore Abandoned Calls".to_owned()),
            allowed_to_edit: Some(true),
            steps,
            ..PrecisionQueue::default()
        }));
    }

    /// Adds access groups and collections over the users there are, finds agents their supervisors, and counts.
    pub(super) fn settle(&self, tenant: &mut Tenant) {
        for (place, name) in self.departments.iter().enumerate() {
            self.add_access(tenant, place, name);
        }
        let supervisors: Vec<Arc<User>> = tenant
            .users
            .values()
            .filter(|user| user.user_type_code.as_deref() == Some("S"))
            .cloned()
            .collect();
        for user in tenant.users.values_mut().filter(|user| user.agent_team_id.is_some()) {
            let own = supervisors.iter().find(|supervisor| supervisor.agent_team_id == user.agent_team_id);
            let target = own.and_then(|supervisor| supervisor.agent_id.as_deref()?.parse().ok());
            Arc::make_mut(user).pri_supervisor_skill_target_id = target;
        }
        tenant.recount();
    }

    fn add_access(&self, tenant: &mut Tenant, place: usize, name: &str) {
        let own = self.department(place);
        let users: Vec<Arc<User>> =
            tenant.users.values().filter(|user| user.id_program_department == Some(own)).cloned().collect();
        let ids = users.iter().filter_map(|user| user.id_program_user).collect();
        let objects = users.iter().take(OBJECTS_SHOWN).map(|user| {
            Arc::new(AccessObject {
                object_nm: user.login_nm.clone().map(String::from),
                object_key_string1: user.id_program_user.map(|id| id.to_string()),
                object_type_nm: Some("User".to_owned()),
                id_program_object: user.id_program_user.map(|id| id.0),
                ..AccessObject::default()
            })
        });
        let collection = AccessGroupCollection {
            list_program_object_basic_info: objects.collect(),
            collection_name: Some(format!("Users {name}")),
            ..AccessGroupCollection::default()
        };
        let group = AccessGroup {
            list_collection_info: vec![Arc::new(collection)],
            access_group_name: Some(format!("Access {name}")),
            ..AccessGroup::default()
        };
        let id = self.row(4_000, place);
        tenant.reserve(Thing::AccessGroup(id), [own]);
        tenant.access_groups.push(AccessMembership { id, group: Arc::new(group), members: ids });
        for of_agents in [false, true] {
            let id = AccessCollectionId(self.row(5_000, place * 2 + usize::from(of_agents)));
            let title = if of_agents { "Agent" } else { "User" };
            let members = users.iter().filter(|user| !of_agents || user.agent_id.is_some());
            tenant.reserve(Thing::AccessCollection(id), [own]);
            tenant.access_collections.push(CollectionMembership {
                collection: Arc::new(AccessCollection {
                    id_object_type: Some(if of_agents { 2 } else { 1 }),
                    object_type_nm: Some(title.to_owned()),
                    id_program_collection: Some(id),
                    program_collection_nm: Some(format!("{title}s {name}")),
                    program_collection_desc: Some(format!("The {title}s of {name}")),
                    id_program: Some(self.id),
                    id_collection_type: Some(1),
                    collection_type_nm: Some("Department".to_owned()),
                    collection_type_desc: Some("What belongs to a department".to_owned()),
                    manage_access_collection: Some(true),
                    system_managed: Some(false),
                    total_assigned_groups: Some(1),
                    ..AccessCollection::default()
                }),
                of_agents,
                members: members.filter_map(|user| user.id_program_user).collect(),
            });
        }
    }
}

/// Puts a user into the tenant, and an agent or supervisor to work.
pub(super) fn hire(tenant: &mut Tenant, post: &Post, work: Work) {
    tenant.users.insert(post.id(), Arc::new(post.user()));
    if post.kind != Kind::Other {
        tenant.agents.insert(post.id(), work);
    }
}

fn step(tenant: &Tenant, (wait, consider_if, rules): &Stage) -> Arc<Step> {
    let term = |&(relation, parens, attribute, compare, value): &Rule| {
        let comparisons = ["==", "!=", "<", "<=", ">", ">="];
        let text = usize::try_from(compare - 1).ok().and_then(|place| comparisons.get(place));
        let relations = [None, Some("AND"), Some("OR")];
        let relation_text =
            usize::try_from(relation).ok().and_then(|place| relations.get(place).copied()).flatten();
        Arc::new(Term {
            attribute: tenant.attributes.get(attribute).cloned(),
            attribute_relation: Some(compare),
            paren_count: Some(parens),
            term_relation: Some(relation),
            term_relation_string: relation_text.map(str::to_owned),
            attribute_relation_string: text.map(|text| (*text).to_owned()),
            value1: Some(value.to_owned()),
            ..Term::default()
        })
    };
    Arc::new(Step {
        terms: rules.iter().map(term).collect(),
        wait_time: Some(*wait),
        consider_if: Some((*consider_if).to_owned()).filter(|formula| !formula.is_empty()),
        ..Step::default()
    })
}

//! `IcwsRole`: a role of ICWS, and which of its properties a query asks for.

use std::sync::Arc;

use async_graphql::parser::types::{Field, SelectionSet};
use async_graphql::{Context, ID, Object, Positioned, SimpleObject};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::connection::{Connection, ConnectionNode, Edge};
use super::date_time::DateTime;
use super::icws_right::{IcwsFlagRight, IcwsGroupedRight, IcwsRight, is_held};
use super::level::{Item, Row, each_selected};
use super::list::List;
use crate::icws::{self as wire, Properties, Property, Right};

/// How ids of roles begin; `portal:` begins the others.
const ID_PREFIX: &str = "icws:IcwsRole:";

/// The id of a role within ICWS that a global id names; `None` if it names something else.
#[must_use]
pub fn role_id(id: &ID) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(id.as_str()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let role = text.strip_prefix(ID_PREFIX)?;
    // Only the one spelling this gateway makes is an id: a cache of a client must not hold a record twice.
    (global_id(role) == *id).then(|| role.to_owned())
}

fn global_id(role: &str) -> ID {
    ID(URL_SAFE_NO_PAD.encode(format!("{ID_PREFIX}{role}")))
}

/// What of roles a query asks for: nothing else is asked of ICWS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Which properties.
    pub properties: Properties,
    /// Whether what was given directly is asked for.
    pub actual: bool,
    /// Whether what was inherited is asked for.
    pub inherited: bool,
}

impl Wanted {
    /// What is asked for of a role that is the field's own answer.
    #[must_use]
    pub fn of_role(ctx: &Context<'_>) -> Self {
        let mut wanted = Self::default();
        wanted.add_all(ctx, &ctx.item.node.selection_set.node);
        wanted
    }

    /// What is asked for of the roles in a connection that is the field's answer.
    #[must_use]
    pub fn of_connection(ctx: &Context<'_>) -> Self {
        let mut wanted = Self::default();
        let connection = &ctx.item.node.selection_set.node;
        each_selected::<Connection<IcwsRole>>(ctx, connection, |field| {
            let below = &field.node.selection_set.node;
            match field.node.name.node.as_str() {
                "nodes" => wanted.add_all(ctx, below),
                "edges" => each_selected::<Edge<IcwsRole>>(ctx, below, |field| {
                    wanted.add_all(ctx, &field.node.selection_set.node);
                }),
                _ => {}
            }
        });
        wanted
    }

    /// Adds properties that are needed besides.
    #[must_use]
    pub fn with(self, properties: Properties) -> Self {
        Self { properties: self.properties.and(properties), ..self }
    }

    fn add_all<'a>(&mut self, ctx: &Context<'a>, role: &'a SelectionSet) {
        each_selected::<IcwsRole>(ctx, role, |field| {
            let Some(property) = property(&field.node.name.node) else { return };
            self.properties = self.properties.with(property);
            let mut add = |part: &Positioned<Field>| match part.node.name.node.as_str() {
                "actual" | "actualObjects" => self.actual = true,
                "inherited" | "inheritedObjects" | "inheritedFrom" => self.inherited = true,
                _ => {}
            };
            let below = &field.node.selection_set.node;
            each_selected::<IcwsFlagRight>(ctx, below, &mut add);
            each_selected::<IcwsGroupedRight>(ctx, below, &mut add);
        });
    }
}

/// The property a field of a role shows.
fn property(field: &str) -> Option<Property> {
    Some(match field {
        "createdAt" => Property::CreatedDate,
        "lastModifiedAt" => Property::LastModifiedDate,
        "notes" => Property::Notes,
        "customAttributes" => Property::CustomAttributes,
        "accessControlGroup" => Property::AccessControlGroupAssignment,
        "clientConfigurationTemplate" => Property::ClientConfigurationTemplate,
        "passwordPolicies" => Property::PasswordPolicies,
        "members" => Property::Users,
        "workgroups" => Property::Workgroups,
        "securityRights" => Property::SecurityRights,
        "accessRights" => Property::AccessRights,
        "administrativeRights" => Property::AdministrativeRights,
        _ => return None,
    })
}

/// A role of ICWS.
#[derive(Clone)]
pub struct IcwsRole(Arc<wire::Role>);

impl IcwsRole {
    /// Shows a role.
    #[must_use]
    pub fn new(record: Arc<wire::Role>) -> Self {
        Self(record)
    }

    /// Whether this is its id, letter by letter.
    #[must_use]
    pub fn has_id(&self, id: &str) -> bool {
        self.0.configuration_id.id == id
    }
}

impl ConnectionNode for IcwsRole {
    const NAME: &'static str = "IcwsRole";
}

/// An object of ICWS that another one names.
#[derive(Clone, SimpleObject)]
pub struct IcwsObject {
    /// The object's id, which an administrator chose.
    object_id: String,
    /// The name to show.
    name: Option<String>,
    /// Where the object is, relative to a session.
    uri: Option<String>,
}

impl Item for IcwsObject {}

impl From<&wire::ConfigurationId> for IcwsObject {
    fn from(id: &wire::ConfigurationId) -> Self {
        Self { object_id: id.id.clone(), name: id.display_name.clone(), uri: id.uri.clone() }
    }
}

/// A name and a value that an administrator gave a record.
#[derive(Clone, SimpleObject)]
pub struct IcwsCustomAttribute {
    /// The key of the pair.
    name: String,
    /// The value of the pair.
    value: Option<String>,
}

impl Item for IcwsCustomAttribute {}

fn objects(ids: &[wire::ConfigurationId]) -> List<IcwsObject> {
    ids.iter().map(IcwsObject::from).collect()
}

/// Which rights of a role to show.
#[derive(Clone, Debug, Default, async_graphql::InputObject)]
pub struct IcwsRightFilter {
    /// Only rights with one of these names, without regard to case.
    pub names: Option<Vec<String>>,
    /// Only rights whose name contains this, without regard to case.
    pub name_contains: Option<String>,
    /// Only rights that are held: flags that are true, lists that are not empty.
    pub is_held: Option<bool>,
}

impl IcwsRightFilter {
    fn shows(&self, name: &str, right: &Right) -> bool {
        let is_named = self
            .names
            .as_ref()
            .is_none_or(|names| names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)));
        let contains =
            self.name_contains.as_ref().is_none_or(|part| name.to_lowercase().contains(&part.to_lowercase()));
        let holds = |wanted| is_held(right).unwrap_or(false) == wanted;
        is_named && contains && self.is_held.is_none_or(holds)
    }
}

fn rights(rights: &wire::Rights, filter: Option<IcwsRightFilter>) -> List<IcwsRight> {
    let filter = filter.unwrap_or_default();
    let shown = rights.iter().filter(|(name, right)| filter.shows(name, right));
    shown.map(|(name, right)| IcwsRight::of(name, right)).collect()
}

/// A role of ICWS: what whoever holds it may do, reach and administer.
#[Object]
impl IcwsRole {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id(&self.0.configuration_id.id)
    }

    /// The id an administrator chose, by which ICWS names the role.
    async fn role_id(&self) -> &str {
        &self.0.configuration_id.id
    }

    /// The name to show.
    async fn name(&self) -> Option<&str> {
        self.0.configuration_id.display_name.as_deref()
    }

    /// Where the role is, relative to a session.
    async fn uri(&self) -> Option<&str> {
        self.0.configuration_id.uri.as_deref()
    }

    /// What administrators noted.
    async fn notes(&self) -> Option<&str> {
        self.0.notes.as_deref()
    }

    /// When the role was created.
    async fn created_at(&self) -> Option<DateTime> {
        self.0.created_date.map(DateTime)
    }

    /// When the role was last changed.
    async fn last_modified_at(&self) -> Option<DateTime> {
        self.0.last_modified_date.map(DateTime)
    }

    /// Names and values that administrators gave the role.
    async fn custom_attributes(&self) -> List<IcwsCustomAttribute> {
        let pairs = self.0.custom_attributes.iter();
        pairs.map(|pair| IcwsCustomAttribute { name: pair.name.clone(), value: pair.value.clone() }).collect()
    }

    /// The access control group the role is in.
    async fn access_control_group(&self) -> Option<IcwsObject> {
        self.0.access_control_group_assignment.as_ref().map(IcwsObject::from)
    }

    /// The template of the clients of whoever holds the role.
    async fn client_configuration_template(&self) -> Option<IcwsObject> {
        self.0.client_configuration_template.as_ref().map(IcwsObject::from)
    }

    /// The password policies of whoever holds the role.
    async fn password_policies(&self) -> List<IcwsObject> {
        objects(&self.0.password_policies)
    }

    /// The users who hold the role.
    async fn members(&self) -> List<IcwsObject> {
        objects(&self.0.users)
    }

    /// The workgroups whose members hold the role.
    async fn workgroups(&self) -> List<IcwsObject> {
        objects(&self.0.workgroups)
    }

    /// What whoever holds the role may do, by name; the names differ between releases of ICWS.
    async fn security_rights(
        &self,
        #[graphql(desc = "Which rights; all of it must hold.")] filter: Option<IcwsRightFilter>,
    ) -> List<IcwsRight> {
        rights(&self.0.security_rights, filter)
    }

    /// Which objects whoever holds the role may reach, by the name of the right; the names differ between releases of
    /// ICWS.
    async fn access_rights(
        &self,
        #[graphql(desc = "Which rights; all of it must hold.")] filter: Option<IcwsRightFilter>,
    ) -> List<IcwsRight> {
        rights(&self.0.access_rights, filter)
    }

    /// What whoever holds the role may administer, by the name of the right; the names differ between releases of ICWS.
    async fn administrative_rights(
        &self,
        #[graphql(desc = "Which rights; all of it must hold.")] filter: Option<IcwsRightFilter>,
    ) -> List<IcwsRight> {
        rights(&self.0.administrative_rights, filter)
    }
}

impl Row for IcwsRole {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_a_role_is_read_back_whatever_is_in_it() {
        for role in ["Administrator", "a:b", "ä, ö", ""] {
            assert_eq!(role_id(&global_id(role)).as_deref(), Some(role));
        }
        for text in ["portal:7:User:1", "icws:Other:1", "IcwsRole:1"] {
            assert_eq!(role_id(&ID(URL_SAFE_NO_PAD.encode(text))), None, "{text}");
        }
    }
}

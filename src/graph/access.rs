//! What a user may reach: access groups, the collections they open, and the objects in those.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::context::ContextExt as _;
use super::error::GraphError;
use super::level::{Row, row};
use super::list::List;
use crate::portal::UserId;
use crate::portal::access as wire;

/// What a user may reach.
pub struct AccessSummary(Arc<wire::GetAccessSummaryByUserReply>);

impl AccessSummary {
    /// Reads it for a user whose key is known.
    pub async fn read(
        ctx: &Context<'_>,
        user: Result<UserId, GraphError>,
    ) -> Result<Option<Self>, GraphError> {
        let reply = ctx.caller()?.access_summary(user?).await?;
        Ok(Some(Self(reply)))
    }
}

/// What a user may reach, by access group.
#[Object]
impl AccessSummary {
    /// The access groups the user has.
    async fn groups(&self) -> List<AccessGroup> {
        self.0.list_access_group_summary.iter().cloned().map(AccessGroup).collect()
    }
}

impl Row for AccessSummary {}

/// An access group of a user.
pub struct AccessGroup(Arc<wire::AccessGroup>);

/// An access group of a user: a right, and the collections it is given over.
#[Object]
impl AccessGroup {
    /// The name.
    fn name(&self) -> Option<&str> {
        self.0.access_group_name.as_deref()
    }

    /// The collections the group opens.
    async fn collections(&self) -> List<AccessGroupCollection> {
        self.0.list_collection_info.iter().cloned().map(AccessGroupCollection).collect()
    }
}

row! {
    AccessGroup;
    leaf name;
}

/// A collection an access group opens.
pub struct AccessGroupCollection(Arc<wire::AccessGroupCollection>);

/// A collection an access group opens.
#[Object]
impl AccessGroupCollection {
    /// The name.
    fn name(&self) -> Option<&str> {
        self.0.collection_name.as_deref()
    }

    /// The objects in the collection.
    async fn objects(&self) -> List<AccessObject> {
        self.0.list_program_object_basic_info.iter().cloned().map(AccessObject).collect()
    }
}

row! {
    AccessGroupCollection;
    leaf name;
}

/// An object in a collection.
pub struct AccessObject(Arc<wire::AccessObject>);

/// An object in a collection, of whatever type the portal manages.
#[Object]
impl AccessObject {
    /// The portal's own key of the object.
    fn database_id(&self) -> Option<i64> {
        self.0.id_program_object
    }

    /// The name.
    fn name(&self) -> Option<&str> {
        self.0.object_nm.as_deref()
    }

    /// The object's key as text, for types whose key is not a number.
    fn text_key(&self) -> Option<&str> {
        self.0.object_key_string1.as_deref()
    }

    /// The name of the object's type.
    fn type_name(&self) -> Option<&str> {
        self.0.object_type_nm.as_deref()
    }
}

row! {
    AccessObject;
    leaf database_id, name, text_key, type_name;
}

/// The collections a clone of a user could join.
pub struct CloneOptions(Arc<wire::GetManageableAccessCollectionsReply>);

impl CloneOptions {
    /// Reads them for a user whose key is known.
    pub async fn read(
        ctx: &Context<'_>,
        user: Result<UserId, GraphError>,
    ) -> Result<Option<Self>, GraphError> {
        let reply = ctx.caller()?.clone_options(user?).await?;
        Ok(Some(Self(reply)))
    }
}

fn shown(collections: &[Arc<wire::AccessCollection>]) -> List<AccessCollection> {
    collections.iter().cloned().map(|record| AccessCollection { record }).collect()
}

/// The collections a clone of a user could join, among those the viewer manages.
#[Object]
impl CloneOptions {
    /// User collections that would be chosen because the source user is in them.
    async fn selected_user_collections(&self) -> List<AccessCollection> {
        shown(&self.0.accessible_user_collection_selected_list)
    }

    /// User collections that could be chosen besides.
    async fn other_user_collections(&self) -> List<AccessCollection> {
        shown(&self.0.accessible_user_collection_not_selected_list)
    }

    /// Agent collections that would be chosen because the source agent is in them.
    async fn selected_agent_collections(&self) -> List<AccessCollection> {
        shown(&self.0.accessible_agent_collection_selected_list)
    }

    /// Agent collections that could be chosen besides.
    async fn other_agent_collections(&self) -> List<AccessCollection> {
        shown(&self.0.accessible_agent_collection_not_selected_list)
    }
}

impl Row for CloneOptions {}

/// A collection of users or of agents.
pub struct AccessCollection {
    record: Arc<wire::AccessCollection>,
}

/// A collection of users or of agents, over which access groups give rights.
#[Object]
impl AccessCollection {
    /// The portal's own key.
    fn database_id(&self) -> Option<i64> {
        self.record.id_program_collection.map(|id| id.0)
    }

    /// The name.
    fn name(&self) -> Option<&str> {
        self.record.program_collection_nm.as_deref()
    }

    /// What somebody wrote about the collection.
    fn description(&self) -> Option<&str> {
        self.record.program_collection_desc.as_deref()
    }

    /// What the collection holds, in the portal's own word.
    fn object_type_name(&self) -> Option<&str> {
        self.record.object_type_nm.as_deref()
    }

    /// The portal's own key of what the collection holds.
    fn object_type_database_id(&self) -> Option<i64> {
        self.record.id_object_type
    }

    /// The name of the collection's type.
    fn type_name(&self) -> Option<&str> {
        self.record.collection_type_nm.as_deref()
    }

    /// What the portal says of the collection's type.
    fn type_description(&self) -> Option<&str> {
        self.record.collection_type_desc.as_deref()
    }

    /// The portal's own key of the collection's type.
    fn type_database_id(&self) -> Option<i64> {
        self.record.id_collection_type
    }

    /// Whether the portal ticked it because the source user is in it; null where it does not say.
    fn is_checked(&self) -> Option<bool> {
        self.record.checked
    }

    /// Whether the viewer may manage it.
    fn can_manage(&self) -> Option<bool> {
        self.record.manage_access_collection
    }

    /// Whether the portal itself manages it.
    fn is_system_managed(&self) -> Option<bool> {
        self.record.system_managed
    }

    /// How many objects are in it.
    fn object_count(&self) -> Option<i64> {
        self.record.total_assigned_objects
    }

    /// How many users have rights over it.
    fn user_count(&self) -> Option<i64> {
        self.record.total_assigned_users
    }

    /// How many groups have rights over it.
    fn group_count(&self) -> Option<i64> {
        self.record.total_assigned_groups
    }
}

row! {
    AccessCollection;
    leaf database_id, name, description, object_type_name, object_type_database_id, type_name,
        type_description, type_database_id, is_checked, can_manage, is_system_managed, object_count,
        user_count, group_count;
}

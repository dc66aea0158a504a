//! `UserCollectionAccess`: what the viewer may do with the collections a user is in.

use std::sync::Arc;

use async_graphql::Object;

use super::level::row;
use crate::portal::user as wire;

/// What the viewer may do with the collections a user is in.
pub struct UserCollectionAccess(pub(super) Arc<wire::User>);

/// What the viewer may do with the collections a user is in.
#[Object]
impl UserCollectionAccess {
    /// The portal's own code of the access type.
    fn type_code(&self) -> Option<&str> {
        self.0.access_type_code.as_deref()
    }

    /// The portal's name of the access type.
    fn type_name(&self) -> Option<&str> {
        self.0.access_type_nm.as_deref()
    }

    /// Whether the viewer may change the collection.
    fn can_edit_collection(&self) -> Option<bool> {
        self.0.allowed_to_edit_collection
    }

    /// Whether the viewer may manage the objects in the collection.
    fn can_manage_objects(&self) -> Option<bool> {
        self.0.allowed_to_manage_objects_in_collection
    }

    /// Whether the viewer may assign users or groups to the collection.
    fn can_assign_users_or_groups(&self) -> Option<bool> {
        self.0.allowed_to_assign_users_or_groups_to_collection
    }
}

row! {
    UserCollectionAccess;
    leaf type_code, type_name, can_edit_collection, can_manage_objects, can_assign_users_or_groups;
}

//! `UserCollectionAccess`: what the viewer may do with the collections a user is in.

use async_graphql::SimpleObject;

use super::level::row;
use crate::portal::user as wire;

/// What the viewer may do with the collections a user is in.
#[derive(SimpleObject)]
pub struct UserCollectionAccess {
    /// The portal's own code of the access type.
    type_code: Option<String>,
    /// The portal's name of the access type.
    type_name: Option<String>,
    /// Whether the viewer may change the collection.
    can_edit_collection: Option<bool>,
    /// Whether the viewer may manage the objects in the collection.
    can_manage_objects: Option<bool>,
    /// Whether the viewer may assign users or groups to the collection.
    can_assign_users_or_groups: Option<bool>,
}

impl UserCollectionAccess {
    /// What the user's record says of it.
    pub(super) fn of(user: &wire::User) -> Self {
        Self {
            type_code: user.access_type_code.clone().map(String::from),
            type_name: user.access_type_nm.clone().map(String::from),
            can_edit_collection: user.allowed_to_edit_collection,
            can_manage_objects: user.allowed_to_manage_objects_in_collection,
            can_assign_users_or_groups: user.allowed_to_assign_users_or_groups_to_collection,
        }
    }
}

row! {
    UserCollectionAccess;
    value type_code, type_name, can_edit_collection, can_manage_objects, can_assign_users_or_groups;
}

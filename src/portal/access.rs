//! What users may reach: getAccessSummaryByUser, getManageableAccessCollectionsForCloneUserObjectsByCriteria.

use std::sync::Arc;

use super::envelope::{Paging, reply};
use super::operation::Operation;
use super::record::record;
use super::scalar::{AccessCollectionId, TenantId, UserId};
use crate::upstream::Noun;

record! {
    /// Lists what a user may reach (users/getAccessSummaryByUser).
    pub struct GetAccessSummaryByUser {
        /// Program user ID.
        id_program_user: Option<UserId> = "idProgramUser",
    }
}

reply! {
    /// The access groups of the user.
    pub struct GetAccessSummaryByUserReply {
        /// Access groups of the user.
        list_access_group_summary: Vec<Arc<AccessGroup>> = "listAccessGroupSummary",
    }
}

record! {
    /// An access group of a user.
    pub struct AccessGroup {
        /// Collections of the access group.
        list_collection_info: Vec<Arc<AccessGroupCollection>> = "listCollectionInfo",
        /// Access group name.
        access_group_name: Option<String> = "accessGroupName",
    }
}

record! {
    /// A collection an access group opens.
    pub struct AccessGroupCollection {
        /// Objects in the collection.
        list_program_object_basic_info: Vec<Arc<AccessObject>> = "listProgramObjectBasicInfo",
        /// Collection name.
        collection_name: Option<String> = "collectionName",
    }
}

record! {
    /// An object in a collection.
    pub struct AccessObject {
        /// Object name.
        object_nm: Option<String> = "objectNm",
        /// Object key text.
        object_key_string1: Option<String> = "objectKeyString1",
        /// Object type name.
        object_type_nm: Option<String> = "objectTypeNm",
        /// Object ID.
        id_program_object: Option<i64> = "idProgramObject",
    }
}

record! {
    /// Lists the collections a clone of a user may join (access/getManageableAccessCollectionsForCloneUserObjectsByCriteria).
    pub struct GetManageableAccessCollections {
        /// Program user ID of the user to clone.
        id_program_user_to_clone: Option<UserId> = "idProgramUserToClone",
        /// Rows per page; 0 asks for all rows unpaged.
        page_size: Option<i64> = "pageSize",
        /// Page wanted.
        page_number: Option<i64> = "pageNumber",
        /// Columns to sort by.
        sort_by: Vec<String> = "sortBy",
        /// Sort direction.
        direction: Option<String> = "direction",
    }
}

reply! {
    /// Four lists: of users or of agents, preselected or not.
    pub struct GetManageableAccessCollectionsReply {
        /// User collections the caller manages, not preselected.
        accessible_user_collection_not_selected_list: Vec<Arc<AccessCollection>> = "accessibleUserCollectionNotSelectedList",
        /// User collections the caller manages, preselected.
        accessible_user_collection_selected_list: Vec<Arc<AccessCollection>> = "accessibleUserCollectionSelectedList",
        /// Agent collections the caller manages, not preselected.
        accessible_agent_collection_not_selected_list: Vec<Arc<AccessCollection>> = "accessibleAgentCollectionNotSelectedList",
        /// Agent collections the caller manages, preselected.
        accessible_agent_collection_selected_list: Vec<Arc<AccessCollection>> = "accessibleAgentCollectionSelectedList",
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
    }
}

record! {
    /// A collection of users or of agents.
    pub struct AccessCollection {
        /// Object type ID.
        id_object_type: Option<i64> = "idObjectType",
        /// Object type name.
        object_type_nm: Option<String> = "objectTypeNm",
        /// Collection ID.
        id_program_collection: Option<AccessCollectionId> = "idProgramCollection",
        /// Collection name.
        program_collection_nm: Option<String> = "programCollectionNm",
        /// Collection description.
        program_collection_desc: Option<String> = "programCollectionDesc",
        /// Program (tenant) ID.
        id_program: Option<TenantId> = "idProgram",
        /// Program user ID.
        id_program_user: Option<UserId> = "idProgramUser",
        /// Collection type ID.
        id_collection_type: Option<i64> = "idCollectionType",
        /// Collection type name.
        collection_type_nm: Option<String> = "collectionTypeNm",
        /// Collection type description.
        collection_type_desc: Option<String> = "collectionTypeDesc",
        /// Collection is ticked because the source user is a member.
        checked: Option<bool> = "checked" | "selected" | "on" | "On" | "isChecked" | "isSelected" | "assigned",
        /// Caller has manage access to the collection.
        manage_access_collection: Option<bool> = "manageAccessCollection",
        /// Managed by the system.
        system_managed: Option<bool> = "systemManaged",
        /// Count of assigned objects.
        total_assigned_objects: Option<i64> = "totalAssignedObjects",
        /// Count of assigned users.
        total_assigned_users: Option<i64> = "totalAssignedUsers",
        /// Count of assigned groups.
        total_assigned_groups: Option<i64> = "totalAssignedGroups",
    }
}

impl Operation for GetAccessSummaryByUser {
    const NAME: &'static str = "getAccessSummaryByUser";
    const PATH: &'static str = "/portal/services/protected/users/getAccessSummaryByUser";
    const READS: &'static [Noun] = &[Noun::Access, Noun::User];
    type Reply = GetAccessSummaryByUserReply;
}

impl Operation for GetManageableAccessCollections {
    const NAME: &'static str = "getManageableAccessCollectionsForCloneUserObjectsByCriteria";
    const PATH: &'static str =
        "/portal/services/protected/access/getManageableAccessCollectionsForCloneUserObjectsByCriteria";
    const READS: &'static [Noun] = &[Noun::Access, Noun::User];
    type Reply = GetManageableAccessCollectionsReply;
}

//! Reading users: getUsers, getUserByIdProgram.

use std::sync::Arc;

use super::User;
use crate::portal::envelope::{Paging, reply};
use crate::portal::operation::{Authentication, Operation};
use crate::portal::record::record;
use crate::portal::scalar::{PlatformId, UserId};
use crate::upstream::Noun;

record! {
    /// Lists users, with criteria (users/getUsers).
    pub struct GetUsers {
        /// Only users known to the call manager.
        get_ucm_users_only: Option<bool> = "getUcmUsersOnly",
        /// Platform (peripheral) ID.
        platform_id: Option<PlatformId> = "platformId",
        /// Column to search.
        search_column: Option<String> = "searchColumn",
        /// Status filter.
        filter_by_status: Option<String> = "filterByStatus",
        /// User type filter.
        filter_by_user_type: Vec<String> = "filterByUserType",
        /// Text to search for.
        search_term: Option<String> = "searchTerm",
        /// Turns the search term on.
        searching: Option<bool> = "searching" | "search",
        /// Reply with the mobile form of the users only.
        get_mobile_user_info_only: Option<bool> = "getMobileUserInfoOnly",
        /// Ask for the basic form of the objects only.
        get_base_object_info_only: Option<bool> = "getBaseObjectInfoOnly",
        /// Rows per page; 0 asks for all rows unpaged.
        page_size: Option<i64> = "pageSize",
        /// Page wanted.
        page_number: Option<i64> = "pageNumber",
        /// Columns to sort by.
        sort_by: Vec<String> = "sortBy",
        /// Sort direction.
        direction: Option<String> = "direction",
        /// Only call manager users without a primary phone.
        get_ucm_no_primary_users_only: Option<bool> = "getUcmNoPrimaryUsersOnly",
        /// Call manager cluster ID.
        cm_cluster_id: Option<i64> = "cmClusterId",
        /// ID of the primary phone.
        primary_id_phone: Option<i64> = "primaryIdPhone",
    }
}

reply! {
    /// One list is filled, by the form asked for.
    pub struct GetUsersReply {
        /// Users, mobile form.
        user_mobile_agent_info_list: Vec<Arc<User>> = "userMobileAgentInfoList",
        /// Users, basic form.
        basic_user_agent_info_list: Vec<Arc<User>> = "basicUserAgentInfoList",
        /// Users, full form.
        user_agent_info_list: Vec<Arc<User>> = "userAgentInfoList",
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
    }
}

record! {
    /// Reads one user (users/getUserByIdProgram).
    pub struct GetUserByIdProgram {
        /// ID to look up, of the kind `dialect` names.
        search_id: Option<UserId> = "searchId",
        /// Not used.
        basic_info_only: Option<bool> = "basicInfoOnly",
    }
}

reply! {
    /// A list of at most one user.
    pub struct GetUserByIdProgramReply {
        /// Users, full form.
        user_agent_info_list: Vec<Arc<User>> = "userAgentInfoList",
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
    }
}

impl Operation for GetUsers {
    const NAME: &'static str = "getUsers";
    const PATH: &'static str = "/portal/services/protected/users/getUsers";
    const READS: &'static [Noun] = &[Noun::User];
    type Reply = GetUsersReply;
}

impl Operation for GetUserByIdProgram {
    const NAME: &'static str = "getUserByIdProgram";
    const PATH: &'static str = "/portal/services/protected/users/getUserByIdProgram";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const READS: &'static [Noun] = &[Noun::User];
    const IS_POINT: bool = true;
    type Reply = GetUserByIdProgramReply;
}

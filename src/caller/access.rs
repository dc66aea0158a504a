//! What a user may reach, and what a clone of the user could.

use std::sync::Arc;

use super::error::CallerError;
use super::reader::Reader;
use crate::portal::UserId;
use crate::portal::access::{
    GetAccessSummaryByUser, GetAccessSummaryByUserReply, GetManageableAccessCollections,
    GetManageableAccessCollectionsReply,
};

impl Reader {
    /// The access groups of a user.
    pub async fn access_summary(
        &self,
        user: UserId,
    ) -> Result<Arc<GetAccessSummaryByUserReply>, CallerError> {
        self.read(GetAccessSummaryByUser { id_program_user: Some(user), ..GetAccessSummaryByUser::default() })
            .await
    }

    /// The collections a clone of a user could join.
    pub async fn clone_options(
        &self,
        user: UserId,
    ) -> Result<Arc<GetManageableAccessCollectionsReply>, CallerError> {
        self.read(GetManageableAccessCollections {
            id_program_user_to_clone: Some(user),
            page_size: Some(0),
            ..GetManageableAccessCollections::default()
        })
        .await
    }
}

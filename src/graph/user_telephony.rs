//! `UserTelephony`: how a user is known to the phone system.

use std::sync::Arc;

use async_graphql::Object;

use super::level::row;
use crate::portal::user as wire;

/// How a user is known to the phone system.
pub struct UserTelephony(pub(super) Arc<wire::User>);

/// How a user is known to the phone system.
#[Object]
impl UserTelephony {
    /// The key of the user at the call manager.
    fn call_manager_user_database_id(&self) -> Option<i64> {
        self.0.id_ucm_end_user
    }

    /// The key of the call manager's cluster.
    fn call_manager_cluster_database_id(&self) -> Option<i64> {
        self.0.cm_cluster_id
    }

    /// The key of the user's primary phone.
    fn primary_phone_database_id(&self) -> Option<i64> {
        self.0.primary_id_phone
    }

    /// The key of the user's voicemail account.
    fn voicemail_user_database_id(&self) -> Option<i64> {
        self.0.id_program_unity_user
    }

    /// The phone line of the user's voicemail.
    fn voicemail_phone_line(&self) -> Option<&str> {
        self.0.unity_phone_line.as_deref()
    }
}

row! {
    UserTelephony;
    leaf call_manager_user_database_id, call_manager_cluster_database_id, primary_phone_database_id,
        voicemail_user_database_id, voicemail_phone_line;
}

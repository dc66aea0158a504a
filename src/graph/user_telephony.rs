//! `UserTelephony`: how a user is known to the phone system.

use async_graphql::SimpleObject;

use super::level::row;
use crate::portal::user as wire;

/// How a user is known to the phone system.
#[derive(SimpleObject)]
pub struct UserTelephony {
    /// The key of the user at the call manager.
    call_manager_user_database_id: Option<i64>,
    /// The key of the call manager's cluster.
    call_manager_cluster_database_id: Option<i64>,
    /// The key of the user's primary phone.
    primary_phone_database_id: Option<i64>,
    /// The key of the user's voicemail account.
    voicemail_user_database_id: Option<i64>,
    /// The phone line of the user's voicemail.
    voicemail_phone_line: Option<String>,
}

impl UserTelephony {
    /// What the user's record says of it.
    pub(super) fn of(user: &wire::User) -> Self {
        Self {
            call_manager_user_database_id: user.id_ucm_end_user,
            call_manager_cluster_database_id: user.cm_cluster_id,
            primary_phone_database_id: user.primary_id_phone,
            voicemail_user_database_id: user.id_program_unity_user,
            voicemail_phone_line: user.unity_phone_line.clone().map(String::from),
        }
    }
}

row! {
    UserTelephony;
    value call_manager_user_database_id, call_manager_cluster_database_id, primary_phone_database_id,
        voicemail_user_database_id, voicemail_phone_line;
}

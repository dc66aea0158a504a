//! `setUserStatus`, `setUserIcmAccess`, `setUserPortalAccess`: switching a user on or off.

use async_graphql::{Context, ID, InputObject, Object};

use super::payload::UserPayload;
use super::refusal::{Refusal, UserErrorCode, Violations, user_errors};
use crate::graph::context::ContextExt as _;
use crate::graph::error::{Code as ErrorCode, GraphError, Nullable};
use crate::graph::id::Kind;
use crate::portal::user::{EnableDisableUserInICM, EnableDisableUserInPortal, SetUserStatus, User};
use crate::portal::{Operation, UserId};
use crate::upstream::Noun;

/// Switches users on and off.
#[derive(Default)]
pub struct UserSwitchMutation;

/// Whether a user may work.
#[derive(InputObject)]
pub struct SetUserStatusInput {
    /// The global id of the user, or of the agent it is.
    user_id: ID,
    /// Whether the user may work from now on.
    is_active: bool,
}

/// Whether a user may work in the contact centre.
#[derive(InputObject)]
pub struct SetUserIcmAccessInput {
    /// The global id of the user, or of the agent it is.
    user_id: ID,
    /// Whether the user may work in the contact centre from now on.
    is_active: bool,
}

/// Whether a user may use the portal.
#[derive(InputObject)]
pub struct SetUserPortalAccessInput {
    /// The global id of the user, or of the agent it is.
    user_id: ID,
    /// Whether the user may use the portal from now on.
    is_active: bool,
}

user_errors! {
    /// Why a user was not activated or deactivated.
    SetUserStatusErrorCode of "SetUserStatus", find out by "`user { isActive }`" {
        /// There is no such user, or the viewer may not see it.
        UserNotFound("userId"),
        /// The portal does not know the user's login name.
        LoginNameUnknown("userId") = "SET_USER_STATUS_FAILED_INVALID_LOGIN_NM",
    }
    failures ["SET_USER_STATUS_FAILED"]
}

user_errors! {
    /// Why a user's way into the contact centre was not opened or closed.
    SetUserIcmAccessErrorCode of "SetUserIcmAccess", find out by "`user { isActiveInIcm }`" {
        /// There is no such user, or the viewer may not see it.
        UserNotFound("userId"),
    }
    failures ["ENABLE_DISABLE_USER_IN_IMC_FAILED", "ENABLE_DISABLE_USER_IN_ICM_FAILED"]
}

user_errors! {
    /// Why a user's way into the portal was not opened or closed.
    SetUserPortalAccessErrorCode of "SetUserPortalAccess", find out by "the user's access in the portal itself" {
        /// There is no such user, or the viewer may not see it.
        UserNotFound("userId"),
    }
    failures ["ENABLE_DISABLE_USER_IN_PORTAL_FAILED"]
}

/// Where a user's record shows what was switched, if it does.
type Flag = fn(&User) -> Option<bool>;

/// Switches one user: the operation is made from the user's record as it is now, because it wants all three of its
/// names, in the record's turn, because `updateUser` sends the same flags back. Under a wrong name of the flag the portal
/// may do the opposite and call it a success, so the record is looked at afterwards.
async fn switch<C: UserErrorCode, O: Operation>(
    ctx: &Context<'_>,
    mutation: &'static str,
    (user_id, is_active): (&ID, bool),
    not_found: C,
    (operation, flag): (fn(&User, bool) -> O, Flag),
) -> Result<UserId, Refusal<C>> {
    let caller = ctx.caller()?;
    let mut violations = Violations::new();
    let key = violations.key(user_id, &[Kind::User, Kind::Agent], caller.tenant()?, not_found);
    violations.check()?;
    let id = UserId(key.unwrap_or_default());
    let turn = caller.turn(Noun::User, id.0).await?;
    let user = caller.user_now(id).await?.ok_or_else(|| Refusal::one(not_found))?;
    caller.write_holding(operation(&user, is_active), turn).await.map_err(Refusal::of_write)?;
    let after = caller.user(id).await.ok().flatten();
    if after.as_deref().and_then(flag) == Some(!is_active) {
        tracing::warn!(
            portal.operation = O::NAME,
            "the portal called it a success and did not do it: is portal.dialect.status_field right?"
        );
        let message = format!(
            "The portal called {mutation} a success, yet the user is not as asked: the gateway's setting \
             portal.dialect.status_field may have the wrong name. Tell its operator."
        );
        return Err(GraphError::new(ErrorCode::PortalUnintelligible, message).into());
    }
    Ok(id)
}

#[Object]
impl UserSwitchMutation {
    /// Lets a user work, or no longer, in portal and contact centre alike.
    async fn set_user_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which user, and which way.")] input: SetUserStatusInput,
    ) -> Nullable<UserPayload<SetUserStatusErrorCode>> {
        let not_found = SetUserStatusErrorCode::UserNotFound;
        let done = switch(
            ctx,
            "setUserStatus",
            (&input.user_id, input.is_active),
            not_found,
            (SetUserStatus::of, |user| user.status),
        );
        UserPayload::of(ctx, done.await)
    }

    /// Lets a user work in the contact centre, or no longer; the portal stays as it is.
    async fn set_user_icm_access(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which user, and which way.")] input: SetUserIcmAccessInput,
    ) -> Nullable<UserPayload<SetUserIcmAccessErrorCode>> {
        let not_found = SetUserIcmAccessErrorCode::UserNotFound;
        let done = switch(
            ctx,
            "setUserIcmAccess",
            (&input.user_id, input.is_active),
            not_found,
            (EnableDisableUserInICM::of, |user| user.icm_status),
        );
        UserPayload::of(ctx, done.await)
    }

    /// Lets a user use the portal, or no longer; the contact centre stays as it is. No field of the graph shows it.
    async fn set_user_portal_access(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which user, and which way.")] input: SetUserPortalAccessInput,
    ) -> Nullable<UserPayload<SetUserPortalAccessErrorCode>> {
        let not_found = SetUserPortalAccessErrorCode::UserNotFound;
        let done = switch(
            ctx,
            "setUserPortalAccess",
            (&input.user_id, input.is_active),
            not_found,
            (EnableDisableUserInPortal::of, |_| None),
        );
        UserPayload::of(ctx, done.await)
    }
}

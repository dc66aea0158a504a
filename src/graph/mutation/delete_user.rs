//! `deleteUser`: removing one user for good, after proving that it is the one that was meant.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};

use super::refusal::{Refusal, UserError, user_errors};
use crate::graph::context::ContextExt as _;
use crate::graph::deed::Deed;
use crate::graph::error::{Code, GraphError, Nullable};
use crate::graph::id::{Kind, NodeId};
use crate::graph::list::List;
use crate::graph::lookup::key_of;
use crate::portal::user::DeleteUser;
use crate::portal::{TenantId, UserId};
use crate::upstream::Noun;

/// Deletes users.
#[derive(Default)]
pub struct DeleteUserMutation;

/// The ways to name the user to delete.
#[derive(OneofObject)]
pub enum DeleteUserBy {
    /// By global id, of the user or of the agent it is.
    Id(ID),
    /// By the program user id (`idProgramUser`), which `User.databaseId` shows; never by the id of the account.
    DatabaseId(i64),
}

/// Which user to delete for good.
#[derive(InputObject)]
pub struct DeleteUserInput {
    /// The user.
    user: DeleteUserBy,
    /// The login name the user must have, without regard to case; if it has another one, nothing is deleted.
    login_name: Option<String>,
}

user_errors! {
    /// Why a user was not deleted.
    DeleteUserErrorCode of "DeleteUser", find out by "`user(by: …)`" {
        /// There is no such user, or the viewer may not see it.
        UserNotFound("user"),
        /// The user has another login name than the one given.
        LoginNameDiffers("loginName"),
    }
    failures ["DELETE_USER_FAILED"]
}

/// What deleting a user came to.
pub struct DeleteUserPayload {
    deleted: Option<NodeId>,
    errors: Vec<UserError<DeleteUserErrorCode>>,
}

/// What deleting a user came to.
#[Object]
impl DeleteUserPayload {
    /// The global id the user had; null if nothing was deleted.
    async fn deleted_user_id(&self) -> Option<ID> {
        self.deleted.map(NodeId::encode)
    }

    /// Why nothing was deleted; empty if the user was.
    async fn user_errors(&self) -> List<UserError<DeleteUserErrorCode>> {
        List(self.errors.clone())
    }
}

impl DeleteUserBy {
    /// The user's key, and the field that names it.
    fn key(&self, tenant: TenantId) -> (Option<UserId>, &'static str) {
        match self {
            Self::Id(id) => (key_of(id, &[Kind::User, Kind::Agent], tenant).map(UserId), "id"),
            Self::DatabaseId(key) => (Some(UserId(*key)), "databaseId"),
        }
    }
}

async fn delete(ctx: &Context<'_>, input: &DeleteUserInput) -> Result<NodeId, Refusal<DeleteUserErrorCode>> {
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let (id, field) = input.user.key(tenant);
    let not_found = || Refusal::at(DeleteUserErrorCode::UserNotFound, &["user", field]);
    let id = id.ok_or_else(not_found)?;
    let turn = caller.turn(Noun::User, id.0).await?;
    // Read by the very field that the deletion sends: whatever kind of id the portal takes there, it is this user's.
    let user = caller.user_now(id).await?.ok_or_else(not_found)?;
    if let Some(expected) = &input.login_name {
        let is_expected =
            user.login_name().is_some_and(|name| name.to_lowercase() == expected.to_lowercase());
        if !is_expected {
            return Err(Refusal::one(DeleteUserErrorCode::LoginNameDiffers));
        }
    }
    let search_id = user.search_id(caller.portal_settings().dialect.user_search_id);
    if search_id.is_none() {
        let message =
            "The portal does not tell the number by which it wants the user named; nothing is guessed.";
        return Err(GraphError::new(Code::PortalUnintelligible, message).into());
    }
    let operation = DeleteUser { search_id, ..DeleteUser::default() };
    caller.write_holding(operation, turn).await.map_err(Refusal::of_write)?;
    Ok(NodeId::new(tenant, Kind::User, id.0))
}

#[Object]
impl DeleteUserMutation {
    /// Deletes a user for good: from the directory, the portal, ICM and, where phones are managed, the call manager. It
    /// cannot be undone.
    async fn delete_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which user to delete for good.")] input: DeleteUserInput,
    ) -> Nullable<DeleteUserPayload> {
        let settled = Refusal::settle(ctx, delete(ctx, &input).await);
        if let Ok((deleted, _)) = &settled {
            Deed::note_record(ctx, *deleted);
        }
        Some(settled.map(|(deleted, errors)| DeleteUserPayload { deleted, errors }))
    }
}

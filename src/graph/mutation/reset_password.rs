//! `resetPassword`: giving a user another password in the directory, in ICM or in both.

use async_graphql::{Context, ID, InputObject, Object};

use super::payload::UserPayload;
use super::refusal::{Refusal, Violations, user_errors};
use crate::graph::context::ContextExt as _;
use crate::graph::error::{Code, GraphError, Nullable};
use crate::graph::id::Kind;
use crate::portal::UserId;
use crate::portal::user::ResetPassword;
use crate::upstream::{Noun, Secret};

/// Resets passwords.
#[derive(Default)]
pub struct ResetPasswordMutation;

/// Whose passwords to reset, and to what.
#[derive(InputObject)]
pub struct ResetPasswordInput {
    /// The global id of the user, or of the agent it is.
    user_id: ID,
    /// The new password of the directory; it is passed on to the portal and kept nowhere.
    new_password: Option<Secret>,
    /// The new password of ICM, which only agents and supervisors have; it is passed on to the portal and kept nowhere.
    new_icm_password: Option<Secret>,
    /// Whether `newPassword` becomes the password of the portal; true unless told otherwise.
    changes_portal_password: Option<bool>,
    /// Whether `newPassword` becomes the password of the call manager too.
    #[graphql(default)]
    changes_call_manager_password: bool,
    /// Whether the user must choose another password in place of `newPassword` at the next logon.
    #[graphql(default)]
    must_change_at_next_logon: bool,
}

user_errors! {
    /// Why no password was reset.
    ResetPasswordErrorCode of "ResetPassword", find out by "whether the user can sign in with it" {
        /// There is no such user, or the viewer may not see it.
        UserNotFound("userId") = "RESET_PASSWORD_FAILED_USER_NOT_FOUND",
        /// Neither password is given, so there is nothing to reset.
        NothingToChange,
        /// The password is empty.
        PasswordEmpty("newPassword"),
        /// What is to happen to the new password is said, but the password is missing.
        PasswordRequired("newPassword"),
        /// The new password is given, but it is to become neither that of the portal nor that of the call manager.
        PasswordUnused("changesPortalPassword"),
        /// The user is an agent or a supervisor whom the contact centre does not know. A `newPassword` given beside may have
        /// been set all the same: see whether the user can sign in with it.
        AgentNotInIcm("userId") = "RESET_PASSWORD_ICM_FAILED_PERSON_NOT_FOUND",
        /// Only agents and supervisors have a password of ICM.
        IcmPasswordNotAllowed("newIcmPassword") = "RESET_ICM_PASSWORD_NOT_ALLOWED_FOR_NON_CONTACT_USERS",
    }
    failures ["RESET_PASSWORD_FAILED"]
    partly ["SYSTEM_ERROR_AD_RESET_PASSWORD_FAILED", "SYSTEM_ERROR_RESET_PASSWORD_ICM_FAILED"]
}

impl ResetPasswordInput {
    fn check(&self, violations: &mut Violations<ResetPasswordErrorCode>) {
        use ResetPasswordErrorCode::{NothingToChange, PasswordEmpty, PasswordRequired, PasswordUnused};
        for (field, secret) in
            [("newPassword", &self.new_password), ("newIcmPassword", &self.new_icm_password)]
        {
            if secret.as_ref().is_some_and(|secret| secret.expose().is_empty()) {
                violations.add_at(PasswordEmpty, [field.to_owned()], "The password is empty.");
            }
        }
        let is_used = self.changes_portal_password.unwrap_or(self.new_password.is_some())
            || self.changes_call_manager_password;
        match &self.new_password {
            Some(_) if !is_used => violations.add(PasswordUnused),
            None if is_used || self.must_change_at_next_logon => violations.add(PasswordRequired),
            None if self.new_icm_password.is_none() => violations.add(NothingToChange),
            _ => {}
        }
    }
}

async fn reset(
    ctx: &Context<'_>,
    input: ResetPasswordInput,
) -> Result<UserId, Refusal<ResetPasswordErrorCode>> {
    let caller = ctx.caller()?;
    let mut violations = Violations::new();
    let not_found = ResetPasswordErrorCode::UserNotFound;
    let key = violations.key(&input.user_id, &[Kind::User, Kind::Agent], caller.tenant()?, not_found);
    input.check(&mut violations);
    let id = UserId(key.unwrap_or_default());
    // What is wrong in itself is told without a call, unless something else can be told only by the user's record.
    if !violations.is_empty() && key.is_some() && input.new_icm_password.is_some() {
        match caller.user_by_id(id).await {
            Ok(Some(user)) if user.is_agent() => {}
            Ok(Some(_)) => violations.add(ResetPasswordErrorCode::IcmPasswordNotAllowed),
            Ok(None) => violations.add(not_found),
            Err(failure) => return Err(violations.or(failure)),
        }
    }
    violations.check()?;
    // As it is now: the call names the user by login name alone, which may have become somebody else's.
    let turn = caller.turn(Noun::User, id.0).await?;
    let user = caller.user_now(id).await?.ok_or_else(|| Refusal::one(not_found))?;
    if input.new_icm_password.is_some() && !user.is_agent() {
        return Err(Refusal::one(ResetPasswordErrorCode::IcmPasswordNotAllowed));
    }
    let login_name = user.login_name().map(str::to_owned).ok_or_else(|| {
        GraphError::new(Code::PortalUnintelligible, "The portal sent a User without its loginNm.")
    })?;
    let change_portal_password = input.changes_portal_password.or(Some(input.new_password.is_some()));
    let operation = ResetPassword {
        user_name: Some(login_name),
        new_password: input.new_password,
        new_icm_password: input.new_icm_password,
        change_portal_password,
        change_cm_password: Some(input.changes_call_manager_password),
        change_pwd_at_next_logon: Some(input.must_change_at_next_logon),
        ..ResetPassword::default()
    };
    caller.write_holding(operation, turn).await.map_err(Refusal::of_write)?;
    Ok(id)
}

#[Object]
impl ResetPasswordMutation {
    /// Gives a user another password, in the directory, in ICM or in both.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose passwords to reset, and to what.")] input: ResetPasswordInput,
    ) -> Nullable<UserPayload<ResetPasswordErrorCode>> {
        UserPayload::of(ctx, reset(ctx, input).await)
    }
}

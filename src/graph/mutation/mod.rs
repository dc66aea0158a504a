//! Everything that changes something: one file a mutation, and what they have in common.

mod attribute;
mod callback;
mod cleared;
mod clone_user;
mod clone_user_error;
mod create_icws_role;
mod create_icws_role_error;
mod delete_user;
mod end_session;
mod membership;
mod payload;
mod precision_queue;
mod precision_queue_input;
mod refusal;
mod reset_password;
mod secret;
mod sign_in;
mod skill_group;
mod update_user;
mod update_user_error;
mod user_form;
mod user_switch;
mod value;

use async_graphql::MergedObject;

use attribute::AttributeMutation;
use callback::CallbackMutation;
use clone_user::CloneUserMutation;
use create_icws_role::IcwsRoleMutation;
use delete_user::DeleteUserMutation;
use end_session::EndSessionMutation;
use membership::MembershipMutation;
use precision_queue::PrecisionQueueMutation;
use reset_password::ResetPasswordMutation;
use sign_in::SignInMutation;
use skill_group::SkillGroupMutation;
use update_user::UpdateUserMutation;
use user_switch::UserSwitchMutation;

/// Everything that changes something. The fields of one request are carried out in order, one after the other; one that
/// fails does not keep the next from being tried.
#[derive(Default, MergedObject)]
pub struct Mutation(
    SignInMutation,
    EndSessionMutation,
    CloneUserMutation,
    UpdateUserMutation,
    DeleteUserMutation,
    ResetPasswordMutation,
    UserSwitchMutation,
    SkillGroupMutation,
    MembershipMutation,
    AttributeMutation,
    PrecisionQueueMutation,
    CallbackMutation,
    IcwsRoleMutation,
);

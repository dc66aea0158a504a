//! `saveSkillGroup`: a skill group's name, description and service level.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::cleared;
use super::payload::SkillGroupPayload;
use super::refusal::{Refusal, Violations, user_errors};
use crate::caller::ChangeError;
use crate::graph::context::ContextExt as _;
use crate::graph::error::Nullable;
use crate::graph::id::Kind;
use crate::portal::SkillGroupId;

/// Changes skill groups.
#[derive(Default)]
pub struct SkillGroupMutation;

/// What is to change of a skill group; what is left out stays as it is.
#[derive(InputObject)]
pub struct SaveSkillGroupInput {
    /// The global id of the skill group.
    skill_group_id: ID,
    /// The new name.
    name: Option<String>,
    /// The new description; null clears it.
    description: MaybeUndefined<String>,
    /// Within how many seconds a call should be answered from now on; -1 is the platform's default.
    service_level_threshold_seconds: Option<i32>,
}

user_errors! {
    /// Why a skill group was not saved.
    SaveSkillGroupErrorCode of "SaveSkillGroup", find out by "`skillGroup(by: …)`" {
        /// There is no such skill group, or the viewer may not see it.
        SkillGroupNotFound("skillGroupId") = "SKILL_GROUP_NOT_FOUND_ERROR",
        /// Nothing is to change: give a name, a description or a service level threshold.
        NothingToChange,
        /// The skill group needs a name.
        NameRequired("name") = "BAD_REQUEST_SKILL_GROUP_NAME_REQUIRED",
        /// Another skill group has this name already.
        NameTaken("name") = "SKILL_GROUPS_ALREADY_EXISTS_ERROR",
        /// The service level threshold must be -1 or more.
        InvalidServiceLevelThreshold("serviceLevelThresholdSeconds"),
        /// The skill group has no service level threshold yet: give one.
        ServiceLevelThresholdRequired("serviceLevelThresholdSeconds") = "BAD_REQUEST_SERVICE_THRESHOLD_LEVEL_REQUIRED",
        /// The portal misses the skill group's key.
        SkillGroupIdRequired("skillGroupId") = "BAD_REQUEST_SKILL_GROUP_ID_REQUIRED",
        /// The portal does not tell the skill group's platform, without which the group cannot be saved.
        PlatformRequired("skillGroupId") = "BAD_REQUEST_PERIPHERAL_ID_REQUIRED",
    }
    failures ["SAVE_SKILL_GROUP_FAILED", "CONAPI_ERROR_UNABLE_TO_UPDATE_ICM"]
}

impl From<ChangeError> for Refusal<SaveSkillGroupErrorCode> {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound => Self::one(SaveSkillGroupErrorCode::SkillGroupNotFound),
            ChangeError::Caller(error) => error.into(),
            ChangeError::Write(error) => Self::of_write(error),
        }
    }
}

async fn save(
    ctx: &Context<'_>,
    input: SaveSkillGroupInput,
) -> Result<SkillGroupId, Refusal<SaveSkillGroupErrorCode>> {
    use SaveSkillGroupErrorCode as Code;
    let caller = ctx.caller()?;
    let mut violations = Violations::new();
    let key = violations.key(
        &input.skill_group_id,
        &[Kind::SkillGroup],
        caller.tenant()?,
        Code::SkillGroupNotFound,
    );
    if input.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        violations.add(Code::NameRequired);
    }
    if input.service_level_threshold_seconds.is_some_and(|seconds| seconds < -1) {
        violations.add(Code::InvalidServiceLevelThreshold);
    }
    if input.name.is_none()
        && input.description.is_undefined()
        && input.service_level_threshold_seconds.is_none()
    {
        violations.add(Code::NothingToChange);
    }
    violations.check()?;
    let id = SkillGroupId(key.unwrap_or_default());
    let description = cleared::text(input.description);
    let is_cleared = description.is_null();
    let before = caller
        .change_skill_group(id, |group| {
            if let Some(name) = input.name {
                group.skill_group_peripheral_name = Some(name.trim().to_owned());
            }
            description.update_to(&mut group.skill_group_description);
            if let Some(seconds) = input.service_level_threshold_seconds {
                group.service_level_threshold = Some(seconds.into());
            }
            match (group.peripheral_id, &group.skill_group_peripheral_name, group.service_level_threshold) {
                (None, _, _) => Err(Refusal::one(Code::PlatformRequired)),
                (_, None, _) => Err(Refusal::one(Code::NameRequired)),
                (_, _, None) => Err(Refusal::one(Code::ServiceLevelThresholdRequired)),
                _ => Ok(()),
            }
        })
        .await?;
    if is_cleared && before.description.is_some() {
        let groups = caller.skill_groups().await.ok();
        let after =
            groups.as_ref().and_then(|groups| groups.iter().find(|group| group.skill_target_id == Some(id)));
        let is_held = after.is_some_and(|after| after.description == before.description);
        cleared::check("saveSkillGroup", if is_held { &["description"] } else { &[] })?;
    }
    Ok(id)
}

#[Object]
impl SkillGroupMutation {
    /// Changes a skill group's name, description or service level. Who is in it is changed by `updateSkillGroupAgents`.
    async fn save_skill_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which skill group, and what is to change of it.")] input: SaveSkillGroupInput,
    ) -> Nullable<SkillGroupPayload<SaveSkillGroupErrorCode>> {
        SkillGroupPayload::of(ctx, save(ctx, input).await)
    }
}

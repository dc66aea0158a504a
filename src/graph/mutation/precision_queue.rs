//! `updatePrecisionQueue`: whom a queue chooses, or a preview of whom it would.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{Context, Object, SimpleObject};

use super::cleared;
use super::precision_queue_input::{UpdatePrecisionQueueInput, check, names_attributes, steps};
use super::refusal::{Refusal, UserError, Violations, user_errors};
use crate::caller::{ChangeError, StaffedQueue, Stale, user_of};
use crate::config::Limits;
use crate::graph::agent::{Agent, joinable};
use crate::graph::coded::Coded as _;
use crate::graph::connection::{Connection, Page};
use crate::graph::context::ContextExt as _;
use crate::graph::error::{GraphError, Nullable};
use crate::graph::id::Kind;
use crate::graph::list::List;
use crate::graph::node;
use crate::graph::precision_queue::PrecisionQueue;
use crate::portal::precision_queue as wire;
use crate::portal::{PrecisionQueueId, UserId, user};

/// Changes precision queues.
#[derive(Default)]
pub struct PrecisionQueueMutation;

user_errors! {
    /// Why a precision queue was not changed.
    UpdatePrecisionQueueErrorCode of "UpdatePrecisionQueue", find out by "`precisionQueue { changeStamp steps { terms { value } } }`" {
        /// There is no such precision queue, or the viewer may not see it.
        PrecisionQueueNotFound("precisionQueueId"),
        /// Somebody changed the queue meanwhile, and nothing was overwritten: read it again and decide anew.
        StalePrecisionQueue("ifChangeStamp"),
        /// Nothing is to change: give at least one field beside the id.
        NothingToChange,
        /// The name is empty.
        InvalidName("name"),
        /// The agent ordering must be one of those that are known.
        InvalidAgentOrdering("agentOrdering"),
        /// The service level type must be one of those that are known.
        InvalidServiceLevelType("serviceLevelType"),
        /// The service level threshold must be 0 or more.
        InvalidServiceLevelThreshold("serviceLevelThresholdSeconds"),
        /// A queue has 1 to 10 steps.
        InvalidStepCount("steps"),
        /// A queue uses at most 10 different attributes.
        TooManyAttributes("steps"),
        /// A step has 1 to 10 terms.
        InvalidTermCount,
        /// A step waits 0 seconds or more; -1 is for the last step alone.
        InvalidWait,
        /// The last step cannot have a condition, because there is no step to skip to.
        ConditionOnLastStep,
        /// The parentheses of the step do not pair.
        UnbalancedParentheses,
        /// The first term of a step has nothing to join: its relation must be NONE.
        RelationOnFirstTerm,
        /// Every term but the first must say by AND or OR how it joins the terms before it.
        TermRelationRequired,
        /// The attribute cannot be compared in this way.
        InvalidAttributeRelation,
        /// There is no such attribute, or the viewer may not see it.
        AttributeNotFound,
        /// The comparison needs a value.
        ValueRequired,
        /// The comparison takes no value.
        ValueNotTaken,
        /// The value does not fit the attribute's type.
        InvalidValue,
        /// The portal does not know the login name behind this session.
        LoginNameUnknown = "SET_USER_STATUS_FAILED_INVALID_LOGIN_NM",
    }
    failures ["UPDATE_PQ_FAILED"]
}

impl From<ChangeError> for Refusal<UpdatePrecisionQueueErrorCode> {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound => Self::one(UpdatePrecisionQueueErrorCode::PrecisionQueueNotFound),
            ChangeError::Caller(error) => error.into(),
            ChangeError::Write(error) => Self::of_write(error),
        }
    }
}

impl From<Stale> for Refusal<UpdatePrecisionQueueErrorCode> {
    fn from(_: Stale) -> Self {
        Self::one(UpdatePrecisionQueueErrorCode::StalePrecisionQueue)
    }
}

/// What changing a precision queue came to.
pub struct UpdatePrecisionQueuePayload {
    id: Option<PrecisionQueueId>,
    queues: Option<(StaffedQueue, StaffedQueue)>,
    errors: Vec<UserError<UpdatePrecisionQueueErrorCode>>,
}

/// What changing a precision queue came to.
#[Object]
impl UpdatePrecisionQueuePayload {
    /// The precision queue as it now is, read back from the portal: unchanged after a preview, null if it was refused.
    async fn precision_queue(&self, ctx: &Context<'_>) -> Nullable<PrecisionQueue> {
        node::precision_queue(ctx, self.id?).await.transpose()
    }

    /// Which agents enter and leave the queue by this change, or would; null if it was refused. Worked out by the
    /// gateway over everyone's attributes as they are now, conditional steps counted as reached.
    async fn membership_change(&self, ctx: &Context<'_>) -> Nullable<PrecisionQueueMembershipChange> {
        Some(compare(ctx, self.queues.as_ref()?).await)
    }

    /// Why nothing was changed; empty if it was, or if a preview could be made.
    async fn user_errors(&self) -> List<UserError<UpdatePrecisionQueueErrorCode>> {
        List(self.errors.clone())
    }
}

/// Who is in a precision queue before and after a change.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct PrecisionQueueMembershipChange {
    /// How many agents are eligible before the change.
    eligible_count_before: i32,
    /// How many agents are eligible after the change.
    eligible_count_after: i32,
    #[graphql(skip)]
    entering: Vec<Agent>,
    #[graphql(skip)]
    leaving: Vec<Agent>,
}

/// Who is in a precision queue before and after a change.
#[async_graphql::ComplexObject]
impl PrecisionQueueMembershipChange {
    /// The agents who are eligible after the change and were not before.
    async fn entering(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many agents after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only agents after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many agents before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only agents before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Agent>> {
        Some(page(ctx, &self.entering, &Page { first, after, last, before }))
    }

    /// The agents who were eligible before the change and are no longer.
    async fn leaving(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many agents after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only agents after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many agents before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only agents before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Agent>> {
        Some(page(ctx, &self.leaving, &Page { first, after, last, before }))
    }
}

fn page(ctx: &Context<'_>, agents: &[Agent], page: &Page) -> Result<Connection<Agent>, GraphError> {
    Connection::new(agents.iter(), page, ctx.data_unchecked::<Limits>(), Agent::clone)
}

async fn compare(
    ctx: &Context<'_>,
    (before, after): &(StaffedQueue, StaffedQueue),
) -> Result<PrecisionQueueMembershipChange, GraphError> {
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let (directory, roster) = futures_util::join!(caller.agent_directory(), caller.roster());
    let (directory, roster) = (joinable(directory?)?, roster?);
    let members = |queue: &StaffedQueue| -> BTreeMap<UserId, std::sync::Arc<user::User>> {
        let eligible = queue.compiled.eligible_among(directory.values()).into_iter();
        let users = eligible.filter_map(|eligible| user_of(&roster, directory.agents().get(eligible.agent)?));
        users.filter_map(|user| Some((user.id_program_user?, user.clone()))).collect()
    };
    let (before, after) = (members(before), members(after));
    let keys = |members: &BTreeMap<UserId, _>| members.keys().copied().collect::<BTreeSet<_>>();
    let (was, will) = (keys(&before), keys(&after));
    let only = |these: &BTreeSet<UserId>, those: &BTreeSet<UserId>, from: &BTreeMap<UserId, _>| {
        let users = these.difference(those).filter_map(|id| from.get(id));
        users.map(|user| Agent::new(tenant, std::sync::Arc::clone(user))).collect()
    };
    let count = |members: &BTreeSet<UserId>| i32::try_from(members.len()).unwrap_or(i32::MAX);
    Ok(PrecisionQueueMembershipChange {
        eligible_count_before: count(&was),
        eligible_count_after: count(&will),
        entering: only(&will, &was, &after),
        leaving: only(&was, &will, &before),
    })
}

async fn update(
    ctx: &Context<'_>,
    input: UpdatePrecisionQueueInput,
) -> Result<(PrecisionQueueId, (StaffedQueue, StaffedQueue)), Refusal<UpdatePrecisionQueueErrorCode>> {
    use UpdatePrecisionQueueErrorCode as Code;
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let mut violations = Violations::new();
    let key = violations.key(
        &input.precision_queue_id,
        &[Kind::PrecisionQueue],
        tenant,
        Code::PrecisionQueueNotFound,
    );
    check(&input, &mut violations);
    let known = match &input.steps {
        Some(given) if names_attributes(given, tenant) => match caller.attributes().await {
            Ok(known) => Some(known),
            Err(failure) => return Err(violations.or(failure)),
        },
        _ => None,
    };
    let known = known.as_ref().map(|known| known.as_slice()).unwrap_or_default();
    if let Some(given) = &input.steps {
        steps(given, &[], known, &mut violations, tenant);
    }
    violations.check()?;
    let id = PrecisionQueueId(key.unwrap_or_default());
    let description = cleared::text(input.description);
    let is_cleared = description.is_null();
    let change = async |queue: &mut wire::PrecisionQueue| {
        if let Some(name) = &input.name {
            queue.name = Some(name.trim().to_owned());
        }
        description.update_to(&mut queue.description);
        if let Some(ordering) = input.agent_ordering {
            (queue.agent_ordering, queue.agent_ordering_string) = (ordering.code(), None);
        }
        if let Some(kind) = input.service_level_type {
            (queue.service_level_type, queue.service_level_type_string) = (kind.code(), None);
        }
        if let Some(seconds) = input.service_level_threshold_seconds {
            queue.service_level_threshold = Some(seconds.into());
        }
        if let Some(given) = &input.steps {
            // They are without violations by now.
            queue.steps = steps(given, &queue.steps, known, &mut Violations::new(), tenant);
        }
        Ok::<_, Refusal<Code>>(())
    };
    let queues = caller.change_precision_queue((id, input.if_change_stamp), input.preview, change).await?;
    let before = &queues.0.record.description;
    if is_cleared && before.is_some() && !input.preview {
        let after = caller.precision_queue(id).await.ok().flatten();
        let is_held = after.is_some_and(|after| after.record.description == *before);
        cleared::check("updatePrecisionQueue", if is_held { &["description"] } else { &[] })?;
    }
    Ok((id, queues))
}

#[Object]
impl PrecisionQueueMutation {
    /// Changes a precision queue, or with `preview` works out who would enter and leave it without changing anything.
    /// Every call that waits in a changed queue starts again from its first step.
    async fn update_precision_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which precision queue, and what is to change of it.")]
        input: UpdatePrecisionQueueInput,
    ) -> Nullable<UpdatePrecisionQueuePayload> {
        let settled = Refusal::settle(ctx, update(ctx, input).await);
        Some(settled.map(|(done, errors)| {
            let (id, queues) = done.unzip();
            UpdatePrecisionQueuePayload { id, queues, errors }
        }))
    }
}

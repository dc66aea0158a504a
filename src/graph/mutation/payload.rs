//! What mutations answer with. A changed record is read back when a client asks for it, never guessed from the input.

use std::borrow::Cow;

use async_graphql::{Context, Object, TypeName};

use super::refusal::{Refusal, UserError, UserErrorCode};
use crate::graph::agent::Agent;
use crate::graph::callback::Callback;
use crate::graph::context::ContextExt as _;
use crate::graph::deed::Deed;
use crate::graph::error::{GraphError, Nullable};
use crate::graph::id::{Kind, NodeId};
use crate::graph::list::List;
use crate::graph::node;
use crate::graph::skill_group::SkillGroup;
use crate::graph::user::User;
use crate::portal::{CallbackId, SkillGroupId, UserId};

/// The user that was changed.
pub enum Changed {
    /// By its id.
    Id(UserId),
    /// By its login name, where the portal has not told the id of a new user.
    LoginName(String),
}

impl Changed {
    fn number(&self) -> Option<i64> {
        match self {
            Self::Id(id) => Some(id.0),
            Self::LoginName(_) => None,
        }
    }
}

impl From<UserId> for Changed {
    fn from(id: UserId) -> Self {
        Self::Id(id)
    }
}

/// Declares what mutations that change one record of a kind come to: the record, and why nothing was done.
macro_rules! payload {
    (
        $(#[$about:meta])* $payload:ident of $key:ty
        { $(#[doc = $doc:literal])+ $field:ident: $record:ty, read by $read:ident, $kind:ident at $number:expr }
    ) => {
        $(#[$about])*
        pub struct $payload<C> {
            changed: Option<$key>,
            errors: Vec<UserError<C>>,
        }

        impl<C: UserErrorCode> $payload<C> {
            /// A payload for the record that was changed, or for the reasons why none was.
            pub fn of(ctx: &Context<'_>, result: Result<impl Into<$key>, Refusal<C>>) -> Nullable<Self> {
                let settled = Refusal::settle(ctx, result.map(Into::into));
                if let Ok((Some(changed), _)) = &settled {
                    let number: fn(&$key) -> Option<i64> = $number;
                    let node = |key| Some(NodeId::new(ctx.tenant().ok()?, Kind::$kind, key));
                    Deed::note_record(ctx, number(changed).and_then(node));
                }
                Some(settled.map(|(changed, errors)| Self { changed, errors }))
            }
        }

        impl<C: UserErrorCode> TypeName for $payload<C> {
            fn type_name() -> Cow<'static, str> {
                format!("{}Payload", C::MUTATION).into()
            }
        }

        /// What the mutation came to.
        #[Object(name_type)]
        impl<C: UserErrorCode> $payload<C> {
            $(#[doc = $doc])+
            async fn $field(&self, ctx: &Context<'_>) -> Nullable<$record> {
                $read(ctx, self.changed.as_ref()?).await.transpose()
            }

            /// Why nothing was done; empty if it was.
            async fn user_errors(&self) -> List<UserError<C>> {
                List(self.errors.clone())
            }
        }
    };
}

payload! {
    /// What a mutation that changes one user came to.
    UserPayload of Changed {
        /// The user as it now is, read back from the portal; null if nothing was done, or if the viewer may not see it.
        user: User, read by read_user, User at Changed::number
    }
}

payload! {
    /// What a mutation that changes one agent came to.
    AgentPayload of UserId {
        /// The agent as it now is, read back from the portal; null if nothing was done, or if the viewer may not see it.
        agent: Agent, read by read_agent, Agent at |id| Some(id.0)
    }
}

payload! {
    /// What a mutation that changes one skill group came to.
    SkillGroupPayload of SkillGroupId {
        /// The skill group as it now is, read back from the portal; null if nothing was done, or if the viewer may not
        /// see it.
        skill_group: SkillGroup, read by read_skill_group, SkillGroup at |id| Some(id.0)
    }
}

payload! {
    /// What a mutation that changes one callback came to.
    CallbackPayload of CallbackId {
        /// The callback as it now is, read back from the portal; null if nothing was done.
        callback: Callback, read by read_callback, Callback at |id| Some(id.0)
    }
}

async fn read_user(ctx: &Context<'_>, changed: &Changed) -> Result<Option<User>, GraphError> {
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let user = match changed {
        Changed::Id(id) => caller.user_by_id(*id).await?,
        Changed::LoginName(name) => caller.roster().await?.by_login_name(name).cloned(),
    };
    Ok(user.map(|record| User::new(tenant, record)))
}

/// Reads an agent back.
pub async fn read_agent(ctx: &Context<'_>, id: &UserId) -> Result<Option<Agent>, GraphError> {
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let user = caller.user_by_id(*id).await?.filter(|user| user.is_agent());
    Ok(user.map(|record| Agent::new(tenant, record)))
}

async fn read_skill_group(ctx: &Context<'_>, id: &SkillGroupId) -> Result<Option<SkillGroup>, GraphError> {
    node::skill_group(ctx, *id).await
}

async fn read_callback(ctx: &Context<'_>, id: &CallbackId) -> Result<Option<Callback>, GraphError> {
    Callback::find(ctx, *id).await
}

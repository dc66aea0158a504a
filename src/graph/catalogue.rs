//! What the catalogue types have in common: each is read whole, found by key, and tells which users point at it.

/// Declares a catalogue type over its wire record: how it is read, its key, and the user's field that names it.
macro_rules! catalogue {
    (
        $(#[$meta:meta])*
        $name:ident($record:ty) reads $read:ident;
        key $field:literal = $key:expr;
        user = $user:expr;
    ) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name {
            tenant: $crate::portal::TenantId,
            record: ::std::sync::Arc<$record>,
        }

        impl $name {
            fn key(&self) -> Result<i64, $crate::graph::error::GraphError> {
                let key: fn(&$record) -> Option<i64> = $key;
                $crate::graph::id::key(stringify!($name), $field, key(&self.record))
            }

            fn global_id(&self) -> Result<::async_graphql::ID, $crate::graph::error::GraphError> {
                use $crate::graph::id::{Kind, NodeId};
                Ok(NodeId::new(self.tenant, Kind::$name, self.key()?).encode())
            }

            /// Every record of the catalogue, in the portal's order.
            pub async fn all(
                ctx: &::async_graphql::Context<'_>,
            ) -> Result<$crate::graph::list::List<Self>, $crate::graph::error::GraphError> {
                use $crate::graph::context::ContextExt as _;
                let caller = ctx.caller()?;
                let (records, tenant) = (caller.$read().await?, caller.tenant()?);
                Ok(records.iter().map(|record| Self { tenant, record: record.clone() }).collect())
            }

            /// The record with this key; none for no key, or for one the viewer may not see.
            pub async fn find(
                ctx: &::async_graphql::Context<'_>,
                key: Option<i64>,
            ) -> Result<Option<Self>, $crate::graph::error::GraphError> {
                use $crate::graph::context::ContextExt as _;
                let Some(wanted) = key else { return Ok(None) };
                let caller = ctx.caller()?;
                let (records, tenant) = (caller.$read().await?, caller.tenant()?);
                let key: fn(&$record) -> Option<i64> = $key;
                let found = records.iter().find(|record| key(record) == Some(wanted));
                Ok(found.map(|record| Self { tenant, record: record.clone() }))
            }

            /// The record of each key, for all records of a level at once.
            pub async fn find_all(
                ctx: &::async_graphql::Context<'_>,
                keys: impl Iterator<Item = Option<i64>>,
            ) -> Vec<$crate::graph::level::Children<Self>> {
                use $crate::graph::context::ContextExt as _;
                use $crate::graph::error::{GraphError, Nullable};
                let keys: Vec<_> = keys.collect();
                if let [key] = keys[..] {
                    let found = Self::find(ctx, key).await.transpose();
                    return vec![$crate::graph::level::IntoChildren::into_children(found)];
                }
                let mut found = Ok(::std::collections::HashMap::new());
                if keys.iter().any(Option::is_some) {
                    found = async {
                        let caller = ctx.caller()?;
                        let (records, tenant) = (caller.$read().await?, caller.tenant()?);
                        let key: fn(&$record) -> Option<i64> = $key;
                        // Of two records with one key the first stands.
                        let keyed = records.iter().rev().filter_map(|record| Some((key(record)?, record)));
                        Ok(keyed.map(|(key, record)| (key, Self { tenant, record: record.clone() })).collect())
                    }
                    .await;
                }
                let of = |key: Option<i64>| -> Nullable<Self> {
                    match &found {
                        Ok(found) => found.get(&key?).cloned().map(Ok),
                        Err(error) => key.map(|_| Err(GraphError::clone(error))),
                    }
                };
                keys.into_iter().map(|key| $crate::graph::level::IntoChildren::into_children(of(key))).collect()
            }

            async fn members(
                &self,
                ctx: &::async_graphql::Context<'_>,
                page: $crate::graph::connection::Page,
            ) -> Result<$crate::graph::connection::Connection<$crate::graph::user::User>, $crate::graph::error::GraphError>
            {
                use $crate::graph::context::ContextExt as _;
                let wanted = self.key()?;
                let key: fn(&$crate::portal::user::User) -> Option<i64> = $user;
                let roster = ctx.caller()?.roster().await?;
                let members: Vec<_> = roster.users().iter().filter(|user| key(user) == Some(wanted)).collect();
                let limits = ctx.data_unchecked::<$crate::config::Limits>();
                $crate::graph::connection::Connection::new(members.into_iter(), &page, limits, |user| {
                    $crate::graph::user::User::new(self.tenant, user.clone())
                })
            }
        }
    };
}
pub(super) use catalogue;

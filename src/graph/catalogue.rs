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

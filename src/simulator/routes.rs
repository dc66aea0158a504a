//! Every operation the simulator serves: one line each.

use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, RawPathParams};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::server::{self, Admitted, Endpoint, Request};
use super::view::View;
use super::world::World;
use super::{
    Shared, access, agent, attribute, auth, callback, precision_queue, reference, skill_group, user,
};
use crate::portal::auth::{AuthorizeUserToTenant, Login, Logout};
use crate::portal::callback::TestWS;
use crate::portal::{Body, Operation};

const MAX_REQUEST_BYTES: usize = 1024 * 1024;

/// A reply, or the constant of the refusal.
pub(super) type Answered<R> = Result<R, &'static str>;

/// The paths of the portal and of the callback service.
pub(super) fn router(shared: &Arc<Shared>) -> Router {
    let routes = Routes { router: Router::new(), shared: Arc::clone(shared) };
    routes
        .own::<Login>(auth::login)
        .own::<AuthorizeUserToTenant>(auth::authorize)
        .own::<Logout>(auth::logout)
        .list("GET_ALL_AGENTS_SUCCESS", agent::all)
        .read("GET_AGENTS_FOR_SKILL_SUCCESS", agent::for_skill)
        .list("GET_ALL_ATTRIBUTES_SUCCESS", attribute::all)
        .list("GET_ALL_PQ_SUCCESS", precision_queue::all)
        .read("GET_PQ_BY_ID_SUCCESS", precision_queue::by_id)
        .list("GET_SKILL_GROUPS_SUCCESS", skill_group::all)
        .read("GET_SKILLS_FOR_AGENT_SUCCESS", skill_group::for_agent)
        .read("GET_USERS_SUCCESS", user::all)
        .read("GET_USERS_SUCCESS", user::by_id)
        .read("GET_ACCESS_SUMMARY_BY_USER_SUCCESS", access::summary)
        .read("", access::manageable)
        .list("GET_AGENT_DESK_SETTINGS_SUCCESS", reference::agent_desk_settings)
        .list("GET_ALL_APM_PROFILES_SUCCESS", reference::agent_profiles)
        .list("GET_ALL_BILL_UNITS_SUCCESS", reference::billing_units)
        .list("GET_ALL_DEPARTMENTS_SUCCESS", reference::departments)
        .list("GET_ALL_PLATFORMS_SUCCESS", reference::platforms)
        .list("GET_ALL_ROLES_SUCCESS", reference::roles)
        .list("GET_ALL_SITES_SUCCESS", reference::sites)
        .open("GET_CALLBACK_INFO_SUCCESS", callback::info)
        .open("GET_DIALED_NUMBER_LIST_SUCCESS", callback::queues)
        .open("GET_AGENT_DISPOSITION_STATUS_CODES_SUCCESS", callback::dispositions)
        .own::<TestWS>(callback::test)
        .router
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
}

struct Routes {
    router: Router,
    shared: Arc<Shared>,
}

impl Routes {
    /// An operation in a session that is never refused.
    fn list<O>(self, success: &'static str, make: fn(&View<'_>, &O) -> O::Reply) -> Self
    where
        O: Operation,
        O::Reply: Serialize,
    {
        self.seen::<O>(success, move |view, ask| Ok(make(view, ask)))
    }

    /// An operation in a session: from what the session sees to the reply.
    fn read<O>(self, success: &'static str, make: fn(&View<'_>, &O) -> Answered<O::Reply>) -> Self
    where
        O: Operation,
        O::Reply: Serialize,
    {
        self.seen::<O>(success, make)
    }

    fn seen<O>(
        self,
        success: &'static str,
        make: impl Fn(&View<'_>, &O) -> Answered<O::Reply> + Clone + Send + Sync + 'static,
    ) -> Self
    where
        O: Operation,
        O::Reply: Serialize,
    {
        self.add::<O, _>(success, move |shared, endpoint, admitted| {
            let Some(ask) = ask::<O>(admitted) else { return server::bad_request() };
            let reply = {
                let world = shared.world.read().unwrap_or_else(PoisonError::into_inner);
                let Some(view) = view(&world, admitted) else { return server::unauthorized() };
                make(&view, &ask)
            };
            server::answer(shared, endpoint, reply, admitted.spoil.as_ref())
        })
    }

    /// An operation without a session: from the world to the reply.
    fn open<O>(self, success: &'static str, make: fn(&World, &O) -> Answered<O::Reply>) -> Self
    where
        O: Operation,
        O::Reply: Serialize,
    {
        self.add::<O, _>(success, move |shared, endpoint, admitted| {
            let Some(ask) = ask::<O>(admitted) else { return server::bad_request() };
            let reply = make(&shared.world.read().unwrap_or_else(PoisonError::into_inner), &ask);
            server::answer(shared, endpoint, reply, admitted.spoil.as_ref())
        })
    }

    /// An operation that makes its whole answer itself.
    fn own<O: Operation>(self, make: fn(&Shared, Endpoint, &Admitted) -> Response) -> Self {
        self.add::<O, _>("", make)
    }

    fn add<O, M>(mut self, success: &'static str, make: M) -> Self
    where
        O: Operation,
        M: Fn(&Shared, Endpoint, &Admitted) -> Response + Clone + Send + Sync + 'static,
    {
        let shared = self.shared.clone();
        let endpoint = Endpoint::of::<O>(success);
        let serve = move |path: RawPathParams, headers: HeaderMap, body: Bytes| async move {
            let journal = Arc::clone(&shared);
            let _under_way = journal.journal.begin();
            let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            match server::admit(&shared, endpoint, Request { path, headers, body }).await {
                Ok(admitted) => server::aside(move || make(&shared, endpoint, &admitted)).await,
                Err(refused) => refused.into_response(),
            }
        };
        let method: MethodRouter = if O::BODY == Body::Get { get(serve) } else { post(serve) };
        self.router = self.router.route(O::PATH, method);
        self
    }
}

fn ask<O: DeserializeOwned>(admitted: &Admitted) -> Option<O> {
    serde_json::from_value(Value::Object(admitted.body.clone())).ok()
}

/// What the call's session sees, as the world is now.
fn view<'a>(world: &'a World, admitted: &Admitted) -> Option<View<'a>> {
    let session = admitted.session.as_ref()?;
    let tenant = session.tenant?;
    let entry = world.login(&session.login)?.entries.iter().find(|entry| entry.tenant == tenant)?;
    Some(View { tenant: world.tenant(tenant)?, visibility: &entry.visibility })
}

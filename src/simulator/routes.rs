//! Every operation of the portal that the simulator serves: one line each.

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

use super::edit::Edit;
use super::server::{self, Admitted, Endpoint, Request};
use super::settings::Settings;
use super::view::View;
use super::world::World;
use super::{
    Shared, access, agent, attribute, attribute_change, auth, callback, callback_change, clone, icws,
    password, precision_queue, precision_queue_change, reference, skill_group, skill_group_change, switch,
    user, user_change, user_end,
};
use crate::config::UserIdKind;
use crate::portal::auth::{AuthorizeUserToTenant, Login, Logout};
use crate::portal::callback::TestWS;
use crate::portal::{Body, Operation};

const MAX_REQUEST_BYTES: usize = 1024 * 1024;

/// A reply, or the constant of the refusal.
pub(super) type Answered<R> = Result<R, &'static str>;

/// The paths of the portal, of the callback service and of ICWS.
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
        .write("SAVE_SKILL_GROUP_SUCCESS", skill_group_change::save)
        .write("SAVE_SKILLS_TO_AGENT_SUCCESS", skill_group_change::save_of_agent)
        .write("SAVE_SKILL_GROUP_SUCCESS", skill_group_change::save_agents)
        .write("SAVE_ATTR_TO_AGENT_SUCCESS", attribute_change::give)
        .write("UPDATE_AGENT_ATTRIBUTES__SUCCESS", attribute_change::take)
        .write("UPDATE_PQ_SUCCESS", precision_queue_change::update)
        .write("CLONE_USER_SUCCESS", clone::make)
        .write("UPDATE_USER_SUCCESS", user_change::update)
        .write("DELETE_USER_SUCCESS", user_end::delete)
        .write("SET_USER_STATUS_SUCCESS", switch::everywhere)
        .write("ENABLE_DISABLE_USER_IN_IMC_SUCCESS", switch::in_icm)
        .write("ENABLE_DISABLE_USER_IN_PORTAL_SUCCESS", switch::in_portal)
        .write("RESET_PASSWORD_SUCCESS", password::reset)
        .open("GET_CALLBACK_INFO_SUCCESS", callback::info)
        .open("GET_DIALED_NUMBER_LIST_SUCCESS", callback::queues)
        .open("GET_AGENT_DISPOSITION_STATUS_CODES_SUCCESS", callback::dispositions)
        .open_write("CREATE_CALLBACK_SUCCESS", callback_change::create)
        .open_write("UPDATE_CALLBACK_SUCCESS", callback_change::update)
        .open_write("CANCEL_CALLBACK_REQUEST_SUBMITTED_SUCCESSFULLY", callback_change::cancel)
        .own::<TestWS>(callback::test)
        .router
        .merge(icws::routes(shared))
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
                let kind = shared.settings.read().unwrap_or_else(PoisonError::into_inner).user_search_id;
                let Some(view) = view(&world, admitted, kind) else { return server::unauthorized() };
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

    /// An operation in a session that changes what the session sees. The world is locked until it is done.
    fn write<O>(self, success: &'static str, make: fn(&mut Edit<'_>, &O) -> Answered<O::Reply>) -> Self
    where
        O: Operation,
        O::Reply: Serialize,
    {
        self.add::<O, _>(success, move |shared, endpoint, admitted| {
            let Some(ask) = ask::<O>(admitted) else { return server::bad_request() };
            let settings = server::copy(&shared.settings);
            let reply = {
                let mut world = shared.world.write().unwrap_or_else(PoisonError::into_inner);
                let Some(mut edit) = edit(&mut world, admitted, &settings) else {
                    return server::unauthorized();
                };
                make(&mut edit, &ask)
            };
            server::answer(shared, endpoint, reply, admitted.spoil.as_ref())
        })
    }

    /// An operation without a session that changes the world.
    fn open_write<O>(self, success: &'static str, make: fn(&mut World, &O) -> Answered<O::Reply>) -> Self
    where
        O: Operation,
        O::Reply: Serialize,
    {
        self.add::<O, _>(success, move |shared, endpoint, admitted| {
            let Some(ask) = ask::<O>(admitted) else { return server::bad_request() };
            let reply = make(&mut shared.world.write().unwrap_or_else(PoisonError::into_inner), &ask);
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
            let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let journal = Arc::clone(&shared);
            let awaited = journal.journal.awaited();
            let answer = server::outlive(async move {
                let journal = Arc::clone(&shared);
                let _under_way = journal.journal.begin();
                match server::admit(&shared, endpoint, Request { path, headers, body }).await {
                    Ok(admitted) => {
                        let spoil = admitted.spoil.clone();
                        let response = server::aside(move || make(&shared, endpoint, &admitted)).await;
                        server::afterwards(spoil, response).await
                    }
                    Err(refused) => refused.into_response(),
                }
            })
            .await;
            awaited.answered();
            answer
        };
        let method: MethodRouter = if O::BODY == Body::Get { get(serve) } else { post(serve) };
        self.router = self.router.route(O::PATH, method);
        self
    }
}

fn ask<O: DeserializeOwned>(admitted: &Admitted) -> Option<O> {
    serde_json::from_value(Value::Object(admitted.body.clone())).ok()
}

/// What the call's session may change.
fn edit<'a>(world: &'a mut World, admitted: &'a Admitted, settings: &'a Settings) -> Option<Edit<'a>> {
    let session = admitted.session.as_ref()?;
    let tenant = session.tenant?;
    let entry = world.login(&session.login)?.entries.iter().find(|entry| entry.tenant == tenant)?;
    let visibility = entry.visibility.clone();
    let tenant = world.tenants.iter_mut().find(|row| row.id == tenant)?;
    Some(Edit { tenant, logins: &mut world.logins, visibility, settings, body: &admitted.body })
}

/// What the call's session sees, as the world is now.
fn view<'a>(world: &'a World, admitted: &Admitted, search_id: UserIdKind) -> Option<View<'a>> {
    let session = admitted.session.as_ref()?;
    let tenant = session.tenant?;
    let entry = world.login(&session.login)?.entries.iter().find(|entry| entry.tenant == tenant)?;
    Some(View { tenant: world.tenant(tenant)?, visibility: &entry.visibility, search_id })
}

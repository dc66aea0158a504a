//! Every operation of ICWS: one line each.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, RawQuery};
use axum::http::HeaderMap;
use axum::routing::{MethodRouter, delete, get, post};
use bytes::Bytes;

use super::serving::{self, Asked, Operation};
use super::{connection, creation, list};
use crate::simulator::Shared;

/// Makes a method's route of a handler of any type.
macro_rules! route {
    ($method:ident, $shared:expr, $name:literal, $operation:expr) => {{
        let shared = Arc::clone($shared);
        let operation: Operation = $operation;
        let route: MethodRouter = $method(
            move |path: RawPathParams, RawQuery(query): RawQuery, headers: HeaderMap, body: Bytes| {
                let session = path.iter().next().map(|(_, session)| session.to_owned());
                serving::serve(shared.clone(), $name, operation, Asked { session, query, headers, body })
            },
        );
        route
    }};
}

/// The paths of ICWS. The location of a 401 spells the first of them in upper case.
pub(in super::super) fn routes(shared: &Arc<Shared>) -> Router {
    Router::new()
        .route("/icws/connection", route!(post, shared, "connect", connection::connect))
        .route("/ICWS/connection", route!(post, shared, "connect", connection::connect))
        .route(
            "/icws/{session}/connection",
            route!(delete, shared, "disconnect", connection::disconnect).merge(route!(
                get,
                shared,
                "connectionState",
                connection::state
            )),
        )
        .route(
            "/icws/{session}/configuration/roles",
            route!(get, shared, "listRoles", list::roles).merge(route!(
                post,
                shared,
                "createRole",
                creation::create
            )),
        )
}

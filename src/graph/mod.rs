//! What clients see: one file a type. Changes slowly and on purpose; `schema.graphql` is printed from here.

#![expect(clippy::too_many_arguments, reason = "a resolver's arguments are those of its field")]
#![expect(clippy::unused_async, reason = "the engine awaits every resolver of an interface's field")]

mod access;
mod agent;
mod agent_desk_settings;
mod agent_profile;
mod agent_team;
mod ahead;
mod arrival;
mod attribute;
mod billing_unit;
mod callback;
mod callback_queue;
mod catalogue;
mod code;
mod coded;
mod connection;
mod context;
mod date_time;
mod deed;
mod department;
mod eligible_agent;
mod error;
mod estimate;
mod freshness;
mod icws;
mod icws_right;
mod icws_role;
mod icws_role_list;
mod id;
mod level;
mod list;
mod listing;
mod live;
mod lookup;
mod mutation;
mod node;
mod one;
mod order;
mod pace;
mod platform;
mod precision_queue;
mod precision_queue_step;
mod query;
mod role_group;
mod service;
mod session;
mod site;
mod skill_group;
mod subscription;
mod tenant;
mod user;
mod user_collection_access;
mod user_list;
mod user_telephony;
mod viewer;

pub use arrival::Arrival;
pub use context::{Gateway, GatewayError, SessionChange, Visit};
pub use deed::Deed;
pub use error::{Code, GraphError, Nullable};
pub use estimate::{Ask, Asked, Choice, Draft, Estimate, Estimator, Outline};
pub use id::NodeId;
pub use level::{Children, Field, IntoChildren, Item, Row, Writing, Written, write_value, write_whole};
pub use list::List;
pub use live::{Feed, Happening, Live, Standing};

use async_graphql::{SDLExportOptions, ValidationMode};

use crate::config::Limits;

/// The whole graph.
pub type Schema = async_graphql::Schema<query::Query, mutation::Mutation, subscription::Subscription>;

/// Builds the graph with the page sizes it allows; the other limits are the HTTP layer's, which looks before parsing.
#[must_use]
pub fn schema(limits: &Limits, validation: ValidationMode) -> Schema {
    Schema::build(query::Query, mutation::Mutation::default(), subscription::Subscription)
        .data(limits.clone())
        .validation_mode(validation)
        .disable_suggestions()
        .finish()
}

/// The schema as text, as `schema.graphql` has it.
#[must_use]
pub fn sdl() -> String {
    let schema = schema(&crate::config::Config::default().limits, ValidationMode::Strict);
    schema.sdl_with_options(SDLExportOptions::new().include_specified_by().sorted_fields().sorted_arguments())
}

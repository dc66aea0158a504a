//! What ICWS says: connections, roles, and the client that asks. Changes when ICWS changes.

mod alternate;
mod client;
pub mod code;
mod connection;
mod create;
mod credentials;
mod error;
mod jar;
mod list;
mod problem;
mod range;
mod right;
mod role;
mod select;
mod shape;
#[cfg(test)]
mod tests;

pub use client::Icws;
pub use connection::{Connection, Feature};
pub use create::{CreateRole, NewGroup, NewRight, NewRole, UpdateOperationResult};
pub use credentials::Credentials;
pub use error::IcwsError;
pub use list::{
    Condition, ConditionOperator, ConditionProperty, ListRoles, MAX_ROWS_WITH_SELECT, MOST_ROLES, Order,
    OrderBy, RightsFilter, RolePage,
};
pub use problem::{ERROR_IDS, ERROR_PROPERTIES, ErrorType, LicenseError, Problem, ValidationError};
pub use range::Items;
pub use right::{
    GroupedConfigurationId, Inheritable, InheritableCollection, InheritableFlag, Inherited, Right, Rights,
};
pub use role::{ConfigurationId, CustomAttribute, Role};
pub use select::{Properties, Property};

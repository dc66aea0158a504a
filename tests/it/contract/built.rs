//! The operations the gateway has, as the contract's tests look at them.

use portalgraph::portal::callback::TestWS;
use portalgraph::portal::{Authentication, Base, Body, Operation, Record};
use portalgraph::upstream::Noun;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::operations::{changes, reads};

/// Reads a value as a record and writes that again.
pub type Echo = fn(&Value) -> Result<Value, String>;

/// An operation of the gateway.
pub struct Built {
    pub name: &'static str,
    pub path: &'static str,
    pub path_of_nothing: String,
    pub base: Base,
    pub body: Body,
    pub authentication: Authentication,
    pub reads: &'static [Noun],
    pub writes: &'static [Noun],
    pub sends: &'static [&'static str],
    pub request: Echo,
    pub reply: Echo,
}

fn echo<T: DeserializeOwned + Serialize>(value: &Value) -> Result<Value, String> {
    let record: T = serde_json::from_str(&value.to_string()).map_err(|error| error.to_string())?;
    serde_json::to_value(record).map_err(|error| error.to_string())
}

fn built<O: Operation>(reply: Echo) -> Built {
    Built {
        name: O::NAME,
        path: O::PATH,
        path_of_nothing: O::default().path(|| "0".to_owned()).into_owned(),
        base: O::BASE,
        body: O::BODY,
        authentication: O::AUTHENTICATION,
        reads: O::READS,
        writes: O::WRITES,
        sends: <O as Record>::FIELDS,
        request: echo::<O>,
        reply,
    }
}

macro_rules! built {
    ([$($operation:ty,)*]) => {
        vec![$(built::<$operation>(echo::<<$operation as Operation>::Reply>)),*]
    };
}

/// Every operation the gateway has.
pub fn all() -> Vec<Built> {
    let mut all: Vec<Built> = reads!(built);
    all.extend(changes!(built));
    // Its reply is not documented, so none is read.
    all.push(built::<TestWS>(|value| Ok(value.clone())));
    all
}

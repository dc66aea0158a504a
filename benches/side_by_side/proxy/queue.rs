//! One precision queue of Q6.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::portal::{Text, read};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueueReply<'a> {
    #[serde(borrow)]
    precision_queue_info: Queue<'a>,
}

/// A precision queue, as it is read and as it is shown.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Queue<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    agent_count: Option<i64>,
    #[serde(borrow)]
    steps: Vec<Step<'a>>,
}

impl<'a> Queue<'a> {
    pub(super) fn of(answer: &'a Bytes) -> Self {
        let mut queue = read::<QueueReply<'_>>(answer).precision_queue_info;
        for (number, step) in (1..).zip(&mut queue.steps) {
            step.number = number;
        }
        queue
    }
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Step<'a> {
    #[serde(default)]
    #[serde(rename = "stepNumber")]
    number: usize,
    #[serde(rename(deserialize = "waitTime"))]
    wait_seconds: Option<i64>,
    agent_count: Option<i64>,
    #[serde(borrow)]
    consider_if: Option<Text<'a>>,
    #[serde(borrow)]
    terms: Vec<Term<'a>>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Term<'a> {
    #[serde(borrow)]
    attribute: Option<AttributeName<'a>>,
    #[serde(serialize_with = "relation")]
    attribute_relation: i64,
    #[serde(borrow, rename(deserialize = "value1"))]
    value: Option<Text<'a>>,
}

#[derive(Deserialize, Serialize)]
struct AttributeName<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn relation<S: serde::Serializer>(code: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match code {
        1 => "EQUAL",
        2 => "NOT_EQUAL",
        3 => "LESS_THAN",
        4 => "LESS_THAN_OR_EQUAL",
        5 => "GREATER_THAN",
        6 => "GREATER_THAN_OR_EQUAL",
        9 => "HAS_ATTRIBUTE",
        10 => "LACKS_ATTRIBUTE",
        _ => "UNKNOWN",
    })
}

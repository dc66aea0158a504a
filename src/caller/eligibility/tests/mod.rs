//! Queues as the portal sends them, asked about agents as the portal sends them.

mod examples;
mod properties;

use serde_json::{Value, json};

use crate::portal::precision_queue::PrecisionQueue;

use super::{AgentValues, CompiledQueue, Options, Problem};

const EQUAL: i64 = 1;
const NOT_EQUAL: i64 = 2;
const MORE: i64 = 5;
const HAS: i64 = 9;
const HAS_NOT: i64 = 10;
const AND: i64 = 1;
const OR: i64 = 2;

fn term(junction: i64, parentheses: i64, (name, relation, value): (&str, i64, &str)) -> Value {
    json!({"attribute": {"name": name}, "attributeRelation": relation, "value1": value,
        "termRelation": junction, "parenCount": parentheses})
}

fn read(queue: Value) -> PrecisionQueue {
    serde_json::from_value(queue).expect("a queue as the portal sends it")
}

fn compile(queue: Value) -> CompiledQueue {
    CompiledQueue::new(&read(queue), Options::default())
}

fn of_steps<const N: usize>(steps: [Value; N]) -> CompiledQueue {
    compile(json!({"steps": steps.map(|terms| json!({"terms": terms})).to_vec()}))
}

fn of_term(name: &str, relation: i64, value: &str) -> CompiledQueue {
    of_steps([json!([term(0, 0, (name, relation, value))])])
}

fn agent(attributes: &[(&str, &str)]) -> AgentValues {
    let attributes: Vec<_> = attributes
        .iter()
        .map(|(name, value)| json!({"attribute": {"name": name}, "attributeValue": value}))
        .collect();
    AgentValues::of(&serde_json::from_value(json!({"attributes": attributes})).expect("an agent"))
}

fn accepts(queue: &CompiledQueue, attributes: &[(&str, &str)]) -> bool {
    queue.first_match(&agent(attributes)).is_some()
}

fn problems(queue: &CompiledQueue) -> Vec<(usize, Problem)> {
    queue.problems().collect()
}

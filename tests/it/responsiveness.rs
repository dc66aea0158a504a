//! A wide answer lets others have their turn: counted here, measured in `benches/responsiveness.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::{EmptyMutation, EmptySubscription, Object, Request, Schema};
use portalgraph::graph::{Children, Field, IntoChildren as _, List, Writing, Written as _, write_value};
use tokio::task::yield_now;

const ROWS: usize = 5_000;
/// More items than this are never worked on in one turn.
const MOST_AT_ONCE: usize = 200;

struct Query;
struct Row(usize);

#[Object]
impl Query {
    /// Many rows.
    async fn rows(&self) -> List<Row> {
        (0..ROWS).map(Row).collect()
    }
}

#[Object]
impl Row {
    /// A number.
    async fn number(&self) -> usize {
        self.0
    }

    /// What waits a moment before it is there.
    async fn late(&self) -> usize {
        yield_now().await;
        self.0
    }

    /// A few more rows.
    async fn others(&self) -> List<Row> {
        (0..2).map(Row).collect()
    }
}

impl portalgraph::graph::Row for Row {
    fn field(name: &str) -> Option<Field<Self>> {
        match name {
            "number" => Some(Field::leaf(|row, _, json| i64::try_from(row.0).unwrap().write(json))),
            "others" => Some(Field::branch(|_, rows| {
                let others =
                    |_: &Row| -> Children<Row> { (0..2).map(Row).collect::<List<_>>().into_children() };
                Box::pin(std::future::ready(rows.iter().map(others).collect()))
            })),
            _ => None,
        }
    }
}

/// How many turns another task gets while this query is executed, on one thread.
async fn turns_beside(query: &str, writing: Writing) -> usize {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let turns = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&turns);
    let other = tokio::spawn(async move {
        loop {
            counted.fetch_add(1, Ordering::Relaxed);
            yield_now().await;
        }
    });
    let answer = schema.execute(Request::new(query).data(writing)).await;
    other.abort();
    assert_eq!(answer.errors, []);
    let mut data = Vec::new();
    write_value(&answer.data, &mut data);
    let rows: serde_json::Value = serde_json::from_slice(&data).unwrap();
    let numbers = rows["rows"].as_array().unwrap().iter().map(|row| row["number"].as_u64().unwrap());
    assert!(numbers.eq(0..5_000), "every row is there, in its order");
    turns.load(Ordering::Relaxed)
}

#[tokio::test]
async fn others_get_their_turn_while_a_wide_list_is_worked_on() {
    for (query, items) in [
        ("{ rows { number } }", ROWS),
        ("{ rows { number late } }", 2 * ROWS),
        ("{ rows { number others { number } } }", 3 * ROWS),
    ] {
        for writing in [Writing::ByItem, Writing::ByLevel] {
            let turns = turns_beside(query, writing).await;
            assert!(turns >= items / MOST_AT_ONCE, "{query} {writing:?}: {turns} turns");
        }
    }
}

//! A portal that asks to be left alone is left alone: by whom it turned away, or by all if it is in trouble itself.

use portalgraph::simulator::Fault;
use serde_json::Value;

use super::{house, journal, person};
use crate::writes::table;

const SITES: &str = "{ sites { name } }";

#[tokio::test]
async fn who_was_turned_away_waits_and_a_portal_in_trouble_is_waited_for_by_all() {
    let house = house(|_| ()).await;
    let (first, second) = (person(&house, 0).await, person(&house, 1).await);
    for (status, others) in [(429, true), (503, false)] {
        journal(&house);
        let asks = if status == 429 { &first } else { &second };
        house.simulator.faults().next("getAllSites", Fault::StatusWithRetryAfter(status, 7), 1);
        let answer = asks.ask(SITES).await;
        assert_eq!(answer.codes(), ["PORTAL_OVERLOADED"]);
        assert_eq!(answer.body["errors"][0]["extensions"]["retryAfterSeconds"], 7);
        assert_eq!(journal(&house).len(), 1);
        // Not even something else.
        let answer = asks.ask("{ departments { name } }").await;
        assert_eq!(answer.codes(), ["PORTAL_OVERLOADED"], "{status}");
        let left = answer.body["errors"][0]["extensions"]["retryAfterSeconds"].as_u64().unwrap();
        assert!((1..=7).contains(&left), "{left}");
        let other = if status == 429 { &second } else { &first };
        assert_eq!(other.ask(SITES).await.codes().is_empty(), others, "{status}");
        assert_eq!(journal(&house).len(), usize::from(others));
    }
}

#[tokio::test]
async fn a_write_is_not_sent_either_and_its_outcome_is_known() {
    let house = table::house().await;
    let (client, writes) = table::ready(&house).await;
    house.simulator.faults().next("getAllSites", Fault::StatusWithRetryAfter(503, 20), 1);
    assert_eq!(client.ask(SITES).await.codes(), ["PORTAL_OVERLOADED"]);
    journal(&house);
    for write in writes.iter().filter(|write| write.is_of_portal() && !write.mutation.contains("allback")) {
        let answer = write.send(&client).await;
        assert_eq!(answer.codes(), ["PORTAL_OVERLOADED"], "{}: {answer:?}", write.mutation);
        assert_eq!(answer.body["errors"][0]["extensions"]["outcome"], Value::Null, "{}", write.mutation);
    }
    assert!(journal(&house).is_empty());
}

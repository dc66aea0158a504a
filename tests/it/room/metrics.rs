//! What is shown of the room for calls, as the operator's listener of the real program shows it.

use portalgraph::simulator::{ANY, DEMO_LOGIN, Fault, Simulator, World};

use crate::house::{Client, http};
use crate::metrics::{free, get, sample};
use crate::program::Served;

#[tokio::test]
async fn the_room_its_breaker_and_what_was_refused_or_asked_again_are_shown() {
    let simulator = Simulator::local(World::demo()).await;
    let operator = free();
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__SERVER__OPERATOR_LISTEN", &operator),
    ]);
    let client = Client::sign_in(&http(), &served.url, DEMO_LOGIN).await;
    simulator.faults().next("getAllSites", Fault::Reset, 2);
    client.data("{ sites { name } }").await;
    simulator.faults().next("getAllDepartments", Fault::StatusWithRetryAfter(429, 20), 1);
    for _ in 0..2 {
        assert_eq!(client.ask("{ departments { name } }").await.codes(), ["PORTAL_OVERLOADED"]);
    }
    let (_, page) = get(&format!("http://{operator}/metrics")).await;
    for (name, value) in [
        (r#"portalgraph_portal_retries_total{operation="getAllSites"}"#, "2"),
        (r#"portalgraph_portal_refused_calls_total{upstream="portal",class="read",cause="paused"}"#, "1"),
        (r#"portalgraph_portal_call_limit{upstream="portal",class="read"}"#, "64"),
        (r#"portalgraph_portal_call_limit{upstream="icws",class="write"}"#, "64"),
        (r#"portalgraph_portal_breaker{upstream="portal",class="read"}"#, "0"),
        (r#"portalgraph_portal_waiting_calls{upstream="callback",class="read"}"#, "0"),
    ] {
        assert_eq!(sample(&page, name).unwrap_or_default(), value, "{name}\n{page}");
    }
    // Somebody else, because the first is asked to wait.
    let client = Client::sign_in(&http(), &served.url, ("south@dms", "demo")).await;
    simulator.faults().always(ANY, Fault::Reset);
    for _ in 0..20 {
        client.ask("{ roleGroups { name } platforms { name } sites { name } }").await;
    }
    let (_, page) = get(&format!("http://{operator}/metrics")).await;
    let breaker = sample(&page, r#"portalgraph_portal_breaker{upstream="portal",class="read"}"#);
    assert!(matches!(breaker, Some("1" | "2")), "{page}");
    let refused = r#"portalgraph_portal_refused_calls_total{upstream="portal",class="read",cause="open"}"#;
    assert!(sample(&page, refused).is_some(), "{page}");
    for name in ["retries_total", "refused_calls_total", "call_limit", "breaker", "waiting_calls"] {
        assert!(page.contains(&format!("# HELP portalgraph_portal_{name} ")), "{name}\n{page}");
    }
    served.end();
}

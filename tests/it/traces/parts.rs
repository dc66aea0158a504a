//! What else is told: of requests that share a call, of calls that are put again, of changes, of the second upstream, of tables, of
//! subscriptions; and what of it log lines tell too.

use std::collections::BTreeSet;
use std::time::Duration;

use portalgraph::simulator::{DEMO_ICWS_LOGIN, Fault};
use serde_json::{Value, json};

use super::{Traced, one};
use crate::house::ICWS;
use crate::live::socket::Socket;
use crate::metrics::{free, get, sample};

#[tokio::test]
async fn a_call_that_two_requests_wait_for_is_told_once() {
    let traced = Traced::start(&[]).await;
    traced.calls();
    traced.simulator.faults().always("getAllDepartments", Fault::Delay(Duration::from_millis(400)));
    // Each is an answer of its own, made of the same call.
    let (one_way, other) = ("{ departments { name } }", "{ departments { id name } }");
    tokio::join!(traced.client.data(one_way), traced.client.data(other));
    traced.client.data(one_way).await;
    assert_eq!(traced.calls().len(), 1);
    let queries = |spans: &[super::Told]| spans.iter().filter(|span| span.name == "query").count() == 3;
    let spans = traced.collector.until(queries).await;
    let call = one(&spans, "getAllDepartments");
    let asked: Vec<_> = spans.iter().filter(|span| span.name == "query").collect();
    assert!(asked.iter().any(|span| span.id == call.parent), "{spans:#?}");
    let mut answered: Vec<_> = asked.iter().map(|span| span.get("portalgraph.answered")).collect();
    answered.sort_unstable();
    assert_eq!(answered, ["kept", "worked_out", "worked_out"]);
}

#[tokio::test]
async fn a_call_that_is_put_again_says_how_often_and_one_that_fails_why() {
    let traced = Traced::start(&[]).await;
    traced.calls();
    traced.simulator.faults().next("getAllSites", Fault::Status(502), 1);
    traced.client.data("{ sites { name } }").await;
    assert_eq!(traced.calls().len(), 2);
    let spans = traced.collector.trace_of("http.request.resend_count", "1").await;
    let mut calls: Vec<_> = spans.iter().filter(|span| span.name == "getAllSites").collect();
    calls.sort_by_key(|span| span.get("http.request.resend_count").len());
    let [first, second] = calls.as_slice() else { panic!("{spans:#?}") };
    assert_eq!((first.get("error.type"), first.get("http.response.status_code")), ("502", "502"));
    assert!(first.is_error && !second.is_error && second.get("error.type").is_empty(), "{spans:#?}");

    for (fault, why) in [
        (Fault::RefuseWith("NO"), "refused"),
        (Fault::NotJson, "unintelligible"),
        (Fault::Status(500), "500"),
    ] {
        traced.simulator.faults().clear();
        traced.simulator.faults().always("getAllPlatforms", fault);
        assert_eq!(traced.client.ask("{ platforms { name } }").await.codes().len(), 1);
        let spans = traced.collector.trace_of("error.type", why).await;
        assert!(one(&spans, "getAllPlatforms").is_error);
        assert_eq!(one(&spans, "query").get("portalgraph.outcome"), "partial");
    }
}

#[tokio::test]
async fn changes_and_the_second_upstream_are_told_as_reads_are() {
    let traced = Traced::start(&[]).await;
    let client = traced.client.entering(ICWS, DEMO_ICWS_LOGIN).await;
    let found = client.data("{ skillGroups { nodes { id } } }").await;
    traced.calls();
    let id = &found["skillGroups"]["nodes"][0]["id"];
    let change = format!(
        "saveSkillGroup(input: {{skillGroupId: {id}, description: \"x\"}}) {{ userErrors {{ code }} }}"
    );
    client.data(&format!("mutation {{ {change} }}")).await;
    let calls = traced.calls();
    assert!(calls.len() > 1, "the change, and what is read back: {calls:?}");
    let told_of: Vec<_> = calls.iter().map(|(_, parent)| parent.split('-').nth(1).unwrap()).collect();
    let number = calls.len().to_string();
    let spans = traced.collector.trace_of("portalgraph.portal_calls", &number).await;
    let operation = one(&spans, "mutation");
    assert!(told_of.iter().all(|trace| *trace == operation.trace), "{told_of:?}");
    let mut told: Vec<_> =
        spans.iter().filter(|span| span.parent == operation.id).map(|span| span.name.as_str()).collect();
    let mut called: Vec<_> = calls.iter().map(|(operation, _)| *operation).collect();
    told.sort_unstable();
    called.sort_unstable();
    assert_eq!(told, called);

    client.data("{ icws { roles { totalCount } } }").await;
    let spans = traced.collector.trace_of("portalgraph.upstream", "icws").await;
    let call = spans.iter().find(|span| span.is_call()).unwrap();
    assert_eq!(call.get("http.request.method"), if call.name == "listRoles" { "GET" } else { "POST" });
}

#[tokio::test]
async fn what_the_operator_has_listed_goes_by_its_name_and_nothing_else_does() {
    let documents = concat!(env!("CARGO_MANIFEST_DIR"), "/config/documents");
    let operator = free();
    let traced = Traced::start(&[
        ("PORTALGRAPH__TRUSTED_DOCUMENTS__PATH", documents),
        ("PORTALGRAPH__SERVER__OPERATOR_LISTEN", &operator),
    ])
    .await;
    let table = format!("{}/table/skill-groups.json", traced.served.url);
    let answer = traced.client.http().get(table).bearer_auth(&traced.client.token).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let spans = traced.collector.trace_of("graphql.operation.name", "SkillGroups").await;
    assert!(spans.iter().any(|span| span.name == "query SkillGroups"));
    let request = one(&spans, "GET /table/{*name}");
    assert_eq!((request.get("url.path"), request.get("http.route")), ("/table/REDACTED", "/table/{*name}"));

    traced.client.data("query MadeUp { sites { name } }").await;
    let nowhere = format!("{}/table/MadeUp.json?MadeUp=1", traced.served.url);
    assert_eq!(get(&nowhere).await.0, 404);
    // Neither health nor pages nor what there is not is part of a trace.
    for path in ["/health/live", "/MadeUp", "/"] {
        get(&format!("{}{path}", traced.served.url)).await;
    }
    let spans = traced
        .collector
        .until(|spans| spans.iter().any(|span| span.get("http.response.status_code") == "404"))
        .await;
    assert!(!format!("{spans:?}").contains("MadeUp"), "{spans:#?}");
    assert!(spans.iter().all(|span| !span.name.contains("health")));
    let (_, page) = get(&format!("http://{operator}/metrics")).await;
    let taken = sample(&page, r#"portalgraph_trace_spans_total{outcome="taken"}"#).unwrap();
    assert!(taken.parse::<usize>().unwrap() > 3, "{page}");
}

#[tokio::test]
async fn log_lines_name_the_trace_they_are_part_of() {
    let traced =
        Traced::start(&[("PORTALGRAPH__LOG__LEVEL", "debug"), ("PORTALGRAPH__LOG__FORMAT", "json")]).await;
    traced.client.data("{ departments { name } }").await;
    let spans =
        traced.collector.until(|spans| spans.iter().any(|span| span.name == "getAllDepartments")).await;
    let trace = one(&spans, "getAllDepartments").trace.clone();
    let log = traced.served.end();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let line = lines.iter().find(|line| line["portal.operation"] == "getAllDepartments").unwrap();
    assert_eq!(line["span"]["trace_id"], trace, "{line}");
    assert!(line["span"]["request.id"].is_string(), "{line}");
}

#[tokio::test]
async fn each_event_of_a_subscription_is_a_trace_of_its_own_and_so_is_each_poll() {
    let traced = Traced::start(&[("PORTALGRAPH__LIVE__POLL_MIN_MILLISECONDS", "100")]).await;
    traced.calls();
    let request = traced.client.http().post(format!("{}/graphql", traced.client.url));
    let request = request.header("accept", "text/event-stream").header("content-type", "application/json");
    let body = json!({ "query": "subscription { callbackQueues { name } }" }).to_string();
    let mut events = request.bearer_auth(&traced.client.token).body(body).send().await.unwrap();
    let event = String::from_utf8(events.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(event.starts_with("event: next") && event.contains("callbackQueues"), "{event}");
    let is_told = |spans: &[super::Told]| {
        let told = spans.iter().filter(|span| span.name == "subscription").count();
        told == 2 && spans.iter().filter(|span| span.is_call() && span.parent.is_empty()).count() >= 2
    };
    let spans = traced.collector.until(is_told).await;
    let opened = spans.iter().find(|span| span.name == "subscription" && !span.parent.is_empty()).unwrap();
    let request = spans.iter().find(|span| span.id == opened.parent).unwrap();
    assert_eq!((request.name.as_str(), request.trace.as_str()), ("POST /graphql", opened.trace.as_str()));
    let event = spans.iter().find(|span| span.name == "subscription" && span.parent.is_empty()).unwrap();
    assert!(event.is_server() && event.trace != opened.trace, "{event:?}");
    assert_eq!(event.get("graphql.operation.type"), "subscription");
    drop(events);
    // Each poll was a call, told to the portal as one.
    for (operation, parent) in traced.calls() {
        assert!(parent.starts_with("00-") && parent.ends_with("-01"), "{operation}: {parent}");
    }
}

#[tokio::test]
async fn each_operation_of_a_socket_is_a_trace_of_its_own() {
    let traced = Traced::start(&[]).await;
    let mut socket = Socket::of(&traced.client).await;
    traced.calls();
    socket.subscribe("d", "{ departments { name } }").await;
    socket.data().await;
    assert_eq!(socket.hear().await["type"], "complete");
    socket.subscribe("s", "{ sites { name } }").await;
    socket.data().await;
    let calls = traced.calls();
    let is_told = |spans: &[super::Told]| spans.iter().filter(|span| span.name == "query").count() == 2;
    let spans = traced.collector.until(is_told).await;
    // Opening the socket is the request, and over; what is asked on it may come hours later.
    let opening = one(&spans, "GET /graphql");
    assert_eq!(opening.get("http.response.status_code"), "101");
    let mut ids = BTreeSet::from([opening.trace.as_str()]);
    for (operation, parent) in &calls {
        let call = one(&spans, operation);
        let query = spans.iter().find(|span| span.id == call.parent).unwrap();
        assert!(query.name == "query" && query.is_server() && query.parent.is_empty(), "{query:?}");
        assert_eq!(query.get("graphql.operation.type"), "query");
        assert_eq!(*parent, format!("00-{}-{}-01", call.trace, call.id));
        assert!(ids.insert(call.trace.as_str()), "{spans:#?}");
    }
    assert_eq!(ids.len(), 3, "{calls:?}");
}

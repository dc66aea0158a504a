//! What is counted, as the operator's listener of the real program shows it: a process has one collector.

use std::net::TcpListener;

use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, Fault, Simulator, World};
use serde_json::Value;

use crate::house::{Client, ICWS, http};
use crate::program::Served;

/// An address that is free, as far as anybody can know.
pub fn free() -> String {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().to_string()
}

pub async fn get(url: &str) -> (u16, String) {
    let response = http().get(url).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// The value of a sample, as it is written; nothing if there is none.
pub fn sample<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
}

#[tokio::test]
async fn calls_answers_and_estimates_are_counted_and_nobody_is_named() {
    let simulator = Simulator::local(World::demo()).await;
    let operator = free();
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__ICWS__URL", &simulator.url()),
        ("PORTALGRAPH__SERVER__OPERATOR_LISTEN", &operator),
        ("PORTALGRAPH__LIMITS__MAX_PORTAL_CALLS", "50"),
    ]);
    let client =
        Client::sign_in(&http(), &served.url, DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await;
    let query = "{ users { totalCount } departments { name } }";
    client.data(query).await;
    client.data("{ users { nodes { displayName } } icws { roles { totalCount } } }").await;
    simulator.faults().always("getAllSites", Fault::RefuseWith("NO"));
    // There is no address of the callback service, so nothing is sent there.
    let refused = client.ask("{ callback(databaseId: 1) { id } sites { name } }").await;
    assert_eq!(refused.codes().len(), 2);

    let (status, page) = get(&format!("http://{operator}/metrics")).await;
    assert_eq!(status, 200);
    for (name, value) in [
        (r#"portalgraph_portal_calls_total{operation="getUsers",outcome="ok"}"#, "1"),
        (r#"portalgraph_portal_calls_total{operation="login",outcome="ok"}"#, "1"),
        (r#"portalgraph_portal_calls_total{operation="listRoles",outcome="ok"}"#, "1"),
        (r#"portalgraph_portal_calls_total{operation="getAllSites",outcome="refused"}"#, "1"),
        (r#"portalgraph_answers_total{operation="getUsers",noun="user",answered="called"}"#, "1"),
        (r#"portalgraph_answers_total{operation="getUsers",noun="user",answered="kept"}"#, "1"),
        (r#"portalgraph_portal_calls_total{operation="getCallbackInfo",outcome="failed"}"#, ""),
        (r#"portalgraph_operation_portal_calls_count{type="query"}"#, "3"),
        (r#"portalgraph_operation_estimated_portal_calls_sum{type="query"}"#, "6"),
        (r#"portalgraph_operation_estimated_portal_calls_bucket{type="query",le="2"}"#, "3"),
        (r#"portalgraph_operation_portal_calls_count{type="mutation"}"#, "2"),
    ] {
        assert_eq!(sample(&page, name).unwrap_or_default(), value, "{name}\n{page}");
    }
    for name in ["portalgraph_portal_calls_total", "portalgraph_operation_portal_calls"] {
        assert!(page.contains(&format!("# HELP {name} ")), "{name}\n{page}");
    }
    let secrets = [DEMO_LOGIN.0, DEMO_LOGIN.1, DEMO_ICWS_LOGIN.0, &client.token, "127.0.0.1", "localhost"];
    for secret in secrets {
        assert!(!page.contains(secret), "{secret}\n{page}");
    }

    // Health there as for clients, the graph not; metrics not where clients are.
    for (url, expected) in [
        (format!("http://{operator}/health/live"), 200),
        (format!("http://{operator}/health/ready"), 200),
        (format!("http://{operator}/graphql"), 404),
        (format!("{}/metrics", served.url), 404),
    ] {
        assert_eq!(get(&url).await.0, expected, "{url}");
    }
    let before = served.end();
    assert!(before.contains("serving metrics"), "{before}");
    assert!(http().get(format!("http://{operator}/health/live")).send().await.is_err());
}

#[tokio::test]
async fn operations_are_counted_by_the_names_that_the_operator_has_given_them() {
    let simulator = Simulator::local(World::demo()).await;
    let operator = free();
    let documents = concat!(env!("CARGO_MANIFEST_DIR"), "/config/documents");
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__SERVER__OPERATOR_LISTEN", &operator),
        ("PORTALGRAPH__TRUSTED_DOCUMENTS__PATH", documents),
    ]);
    let client = Client::sign_in(&http(), &served.url, DEMO_LOGIN).await;
    for address in ["/table/skill-groups.csv", "/table/skill-groups.json", "/graphql?documentId=skill-groups"]
    {
        let response = http().get(format!("{}{address}", served.url)).bearer_auth(&client.token).send().await;
        assert_eq!(response.unwrap().status().as_u16(), 200, "{address}");
    }
    // What clients call as they like is one name, whatever they call it.
    for query in ["query Made_up_1 { sites { name } }", "query Made_up_2 { departments { name } }"] {
        client.data(query).await;
    }
    simulator.faults().always("getAllPlatforms", Fault::RefuseWith("NO"));
    client.ask("{ platforms { name } }").await;
    client.ask("{ nothing }").await;
    assert_eq!(get(&format!("{}/table/Made_up_3.json", served.url)).await.0, 404);
    let (_, page) = get(&format!("http://{operator}/metrics")).await;
    let requests =
        |labels: &str| sample(&page, &format!("portalgraph_request_duration_seconds_count{{{labels}}}"));
    for (labels, expected) in [
        (r#"name="SkillGroups",type="query",outcome="ok""#, "3"),
        (r#"name="other",type="query",outcome="ok""#, "2"),
        (r#"name="other",type="query",outcome="partial""#, "1"),
        (r#"name="other",type="query",outcome="refused""#, "1"),
        (r#"name="other",type="mutation",outcome="ok""#, "1"),
    ] {
        assert_eq!(requests(labels), Some(expected), "{labels}\n{page}");
    }
    for (name, expected) in [
        (r#"portalgraph_whole_answers_total{answered="kept"}"#, "2"),
        (r#"portalgraph_whole_answers_total{answered="worked_out"}"#, "5"),
        (r#"portalgraph_requests_turned_away_total{code="PERSISTED_QUERY_NOT_FOUND"}"#, "1"),
        (
            r#"portalgraph_answers_total{operation="getSkillGroups",noun="skill_group",answered="called"}"#,
            "1",
        ),
        (r#"portalgraph_portal_refused_calls_total{upstream="portal",class="read",cause="open"}"#, "0"),
        ("portalgraph_sessions", "1"),
        ("portalgraph_live_subscriptions", "0"),
        ("portalgraph_requests_shed_total", "0"),
    ] {
        assert_eq!(sample(&page, name), Some(expected), "{name}\n{page}");
    }
    assert!(!page.contains("Made_up"), "{page}");
}

#[tokio::test]
async fn nothing_is_served_to_an_operator_unless_it_is_asked_for() {
    let simulator = Simulator::local(World::demo()).await;
    let served = Served::start(&[("PORTALGRAPH__PORTAL__URL", &simulator.url())]);
    let client = Client::sign_in(&http(), &served.url, DEMO_LOGIN).await;
    assert_ne!(client.data("{ users { totalCount } }").await, Value::Null);
    assert!(!served.end().contains("metrics"));
}

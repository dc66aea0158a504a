//! Smoke tests of what can go wrong with ICWS: every fault, at every operation.

use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::smoke::{Client, credentials, demo, read};
use crate::simulator::{ANY, DEMO_ICWS_LOGIN, Fault};

fn request(client: &Client, operation: &str, number: usize) -> RequestBuilder {
    match operation {
        "connect" => client.connection("", &credentials(DEMO_ICWS_LOGIN)),
        "disconnect" => client.call(Method::DELETE, "/connection"),
        "listRoles" => client.listing("select=notes"),
        _ => client.creation(&json!({ "configurationId": { "id": format!("made {number}") } })),
    }
}

/// The status, where the whole of a JSON body of the right shape came; nothing where it did not.
async fn outcome(request: RequestBuilder) -> Option<u16> {
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    let bytes = response.bytes().await.ok()?;
    if status == 204 && bytes.is_empty() {
        return Some(status);
    }
    let body: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    let broken = body.to_string().contains("unexpected");
    (!broken).then_some(status)
}

#[tokio::test]
async fn every_operation_goes_wrong_as_planned_and_is_right_again() {
    let (simulator, mut client) = demo().await;
    for (operation, right) in [("connect", 201), ("listRoles", 200), ("createRole", 201), ("disconnect", 204)]
    {
        let faults = [
            (Fault::Status(500), None),
            (Fault::StatusWithRetryAfter(503, 2), None),
            (Fault::Status(401), Some(401)),
            (Fault::LoginPage, None),
            (Fault::Html, None),
            (Fault::Empty, None),
            (Fault::NotJson, None),
            (Fault::Reset, None),
            (Fault::RefuseWith("error.request.timeout"), Some(400)),
            (Fault::Huge(1024 * 1024), None),
            (Fault::ResetAfter, None),
            (Fault::Truncated, None),
            (Fault::WrongType, None),
        ];
        for (number, (fault, said)) in faults.into_iter().enumerate() {
            let spoils_a_body = matches!(fault, Fault::Truncated | Fault::WrongType);
            if operation == "disconnect" && spoils_a_body {
                continue;
            }
            simulator.faults().next(operation, fault.clone(), 1);
            let wrong = outcome(request(&client, operation, number)).await;
            assert_eq!(wrong, said, "{operation} {fault:?}");
            if operation == "disconnect" {
                client = Client::connected(&simulator, DEMO_ICWS_LOGIN).await;
            }
            let again = outcome(request(&client, operation, number + 100)).await;
            assert_eq!(again, Some(right), "{operation} {fault:?}");
            if operation == "disconnect" {
                client = Client::connected(&simulator, DEMO_ICWS_LOGIN).await;
            }
        }
    }
    let exists = |name: &str| simulator.world(|world| world.icws.role(name).is_some());
    assert!(exists("made 10"), "a reset afterwards is of what was done");
    assert!(!exists("made 7"), "a reset at once is of what was not");
    assert_eq!(simulator.journal().counts()["createRole"], 26);
}

#[tokio::test]
async fn a_401_by_fault_looks_like_one_and_an_expiry_is_one() {
    let (simulator, client) = demo().await;
    simulator.faults().next("listRoles", Fault::Status(401), 1);
    let response = client.listing("").send().await.expect("an answer");
    assert!(response.headers().contains_key("www-authenticate"));
    let (status, said) = read(response).await;
    assert_eq!((status, &said["errorCode"]), (401, &json!(1)));
    assert_eq!(client.list("").await.0, 200);
    simulator.faults().next("createRole", Fault::Expire, 1);
    assert_eq!(client.create(&json!({ "configurationId": { "id": "lost" } })).await.0, 401);
    assert_eq!(client.list("").await.0, 401);
    assert_eq!(simulator.icws_sessions("icadmin"), 0);
}

#[tokio::test]
async fn answers_are_late_when_they_are_to_be() {
    let (simulator, client) = demo().await;
    for fault in [Fault::Delay(Duration::from_millis(80)), Fault::DelayAfter(Duration::from_millis(80))] {
        simulator.faults().next(ANY, fault, 1);
        let began = Instant::now();
        assert_eq!(client.list("").await.0, 200);
        assert!(began.elapsed() >= Duration::from_millis(80));
    }
    simulator.settings(|settings| settings.delay = Duration::from_millis(50));
    let began = Instant::now();
    let both = tokio::join!(client.list(""), client.list("select=notes"));
    assert_eq!((both.0.0, both.1.0), (200, 200));
    assert!(began.elapsed() >= Duration::from_millis(50));
    assert_eq!(simulator.journal().busiest(), 2);
}

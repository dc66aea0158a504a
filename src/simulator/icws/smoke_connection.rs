//! Smoke tests of connecting, of what proves a session, and of how it ends.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::smoke::{Client, credentials, demo, read};
use crate::simulator::icws::{Accepting, Proofs};
use crate::simulator::{DEMO_ICWS_LOGIN, DEMO_ICWS_VIEWER, DEMO_LOGIN, Simulator, World};

#[tokio::test]
async fn a_connection_is_made_told_and_ended() {
    let simulator = Simulator::local(World::demo()).await;
    simulator.settings(|settings| settings.icws.alternate_hosts = vec!["second".to_owned()]);
    let mut client = Client::at(simulator.url());
    let query = "?include=version,features,server-time,default-workstation,effective-station,nonsense";
    let response = client.connection(query, &credentials(DEMO_ICWS_VIEWER)).send().await.expect("an answer");
    assert_eq!(response.status(), 201);
    assert_eq!(response.headers()["content-type"], "application/vnd.inin.icws+JSON;charset=utf-8");
    let body = client.keep(response).await;
    assert_eq!(body["userID"], "icviewer");
    assert_eq!(body["userDisplayName"], "Ben Birch");
    assert_eq!(body["icServer"], "ICDEMO");
    assert_eq!(body["daysUntilPasswordExpiration"], 3);
    assert_eq!(body["alternateHostList"], json!(["second"]));
    assert_eq!(body["sessionId"], json!(client.session));
    assert_eq!(body["features"][1], json!({ "featureId": "configuration", "version": 11 }));
    for included in ["version", "serverTimeInfo", "defaultWorkstationId", "effectiveStation"] {
        assert!(!body[included].is_null(), "{included}");
    }
    assert_eq!(simulator.icws_sessions("icviewer"), 1);
    let state = read(client.call(Method::GET, "/connection").send().await.expect("an answer")).await;
    assert_eq!((state.0, &state.1["connectionState"]), (200, &json!(1)));
    let ended = client.call(Method::DELETE, "/connection").send().await.expect("an answer");
    assert_eq!((ended.status().as_u16(), ended.text().await.expect("a body")), (204, String::new()));
    assert_eq!(client.list("").await.0, 401);
    assert_eq!(simulator.icws_sessions("icviewer"), 0);
    let calls = simulator.journal().take();
    let said: Vec<_> = calls.iter().map(|call| (call.operation, call.login.as_deref())).collect();
    let known = Some("icviewer");
    assert_eq!(said[..3], [("connect", known), ("connectionState", known), ("disconnect", known)]);
    assert_eq!(said[3], ("listRoles", None));
    assert!(calls[0].query["include"].starts_with("version,"));
    assert!(!calls[0].body.contains_key("password") && calls[0].body["applicationName"] == "smoke");
}

#[tokio::test]
async fn the_session_is_told_where_the_server_likes() {
    let (simulator, mut client) = demo().await;
    for proofs in [Proofs::Headers, Proofs::Body] {
        simulator.settings(|settings| settings.icws.proofs = proofs);
        let request = client.connection("", &credentials(DEMO_ICWS_LOGIN));
        let response = request.send().await.expect("an answer");
        assert_eq!(response.headers().contains_key("ININ-ICWS-Session-ID"), proofs == Proofs::Headers);
        let body = client.keep(response).await;
        assert_eq!(body.get("csrfToken").is_some(), proofs == Proofs::Body);
        assert_eq!(client.list("").await.0, 200);
    }
    simulator.settings(|settings| settings.icws.content_type = "application/json".to_owned());
    let response = client.listing("").send().await.expect("an answer");
    assert_eq!(response.headers()["content-type"], "application/json");
}

#[tokio::test]
async fn what_is_wrong_with_a_connection_request_is_said() {
    let simulator = Simulator::local(World::demo()).await;
    let client = Client::at(simulator.url());
    let good = credentials(DEMO_ICWS_LOGIN);
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let (missing, invalid) =
        ("urn:inin.com:common:missingPropertyError", "urn:inin.com:common:invalidPropertyError");
    for (body, kind, property) in [
        (with("__type", Value::Null), missing, "__type"),
        (with("__type", json!("urn:inin.com:nonsense")), invalid, "__type"),
        (with("applicationName", Value::Null), missing, "applicationName"),
        (with("userID", Value::Null), missing, "userID"),
        (with("password", json!(1)), invalid, "password"),
        (
            with("__type", json!("urn:inin.com:connection:singleSignOnTokenConnectionRequestSettings")),
            missing,
            "singleSignOnToken",
        ),
    ] {
        let (status, said) = read(client.connection("", &body).send().await.expect("an answer")).await;
        assert_eq!((status, &said["__type"], &said["propertyName"]), (400, &json!(kind), &json!(property)));
        assert!(said["message"].is_string() && said["errorId"].is_string());
    }
    for login in [("icadmin", "wrong"), ("nobody", "demo")] {
        let request = client.connection("", &credentials(login));
        let (status, said) = read(request.send().await.expect("an answer")).await;
        assert_eq!(status, 400);
        assert_eq!(said["errorId"], "error.request.connection.authenticationFailure");
    }
    let request = client.connection("", &json!([]));
    let (status, said) = read(request.send().await.expect("an answer")).await;
    assert_eq!((status, &said["errorId"]), (400, &json!("error.request.invalidRepresentation.malformed")));
    let mut request = client.connection("", &good).build().expect("a request");
    request.headers_mut().remove("Accept-Language");
    assert_eq!(client.http.execute(request).await.expect("an answer").status(), 400);
    let mut request = client.connection("", &good).build().expect("a request");
    request.headers_mut().insert("Content-Type", "text/plain".parse().expect("a value"));
    assert_eq!(client.http.execute(request).await.expect("an answer").status(), 415);
    let mut request = client.connection("", &good).build().expect("a request");
    request.headers_mut().insert("Content-Type", "application/json".parse().expect("a value"));
    assert_eq!(client.http.execute(request).await.expect("an answer").status(), 201);
}

#[tokio::test]
async fn a_server_sends_its_clients_elsewhere() {
    let simulator = Simulator::local(World::demo()).await;
    simulator.settings(|settings| {
        settings.icws.accepting = Accepting::ExceptAt(["127.0.0.1".to_owned()].into());
        settings.icws.alternate_hosts = vec!["127.0.0.2".to_owned(), "localhost".to_owned()];
    });
    let client = Client::at(simulator.url());
    let (status, said) =
        read(client.connection("", &credentials(DEMO_ICWS_LOGIN)).send().await.expect("an answer")).await;
    assert_eq!((status, &said["errorId"]), (503, &json!("error.server.notAcceptingConnections")));
    assert_eq!(said["alternateHostList"], json!(["127.0.0.2", "localhost"]));
    let elsewhere = Client::at(simulator.url().replace("127.0.0.1", "localhost"));
    let response = elsewhere.connection("", &credentials(DEMO_ICWS_LOGIN)).send().await.expect("an answer");
    assert_eq!(response.status(), 201);
    simulator.settings(|settings| {
        settings.icws.accepting = Accepting::Nowhere;
        settings.icws.refusal_id = "error.server.unavailable".to_owned();
    });
    let (status, said) =
        read(elsewhere.connection("", &credentials(DEMO_ICWS_LOGIN)).send().await.expect("an answer")).await;
    assert_eq!((status, &said["errorId"]), (503, &json!("error.server.unavailable")));
}

#[tokio::test]
async fn path_cookie_and_token_prove_a_session_together() {
    let (simulator, first) = demo().await;
    let second = Client::connected(&simulator, DEMO_ICWS_VIEWER).await;
    let mixed = |session: &Client, cookie: &Client, token: &Client| Client {
        session: session.session.clone(),
        cookie: cookie.cookie.clone(),
        token: token.token.clone(),
        ..Client::at(simulator.url())
    };
    for (client, code) in [
        (mixed(&second, &first, &first), 1),
        (mixed(&first, &second, &first), 1),
        (mixed(&first, &first, &second), 2),
    ] {
        let response = client.listing("").send().await.expect("an answer");
        let location = r#"ICWS realm="ICWS" location="/ICWS/connection""#;
        assert_eq!(response.headers()["www-authenticate"], location);
        let (status, said) = read(response).await;
        assert_eq!((status, &said["__type"]), (401, &json!("urn:inin.com:common:error")));
        assert_eq!(said["errorCode"], code);
    }
    assert_eq!(first.list("").await.0, 200);
    assert_eq!(second.list("").await.0, 200);
}

#[tokio::test]
async fn sessions_end_by_age_by_idleness_and_by_order() {
    let (simulator, client) = demo().await;
    let mut idle = Duration::ZERO;
    while client.list("").await.0 == 200 {
        simulator.advance(Duration::from_mins(29));
        idle += Duration::from_mins(29);
    }
    assert_eq!(idle.as_secs() / 3600, 24, "used every 29 minutes it ends after a day");
    let client = Client::connected(&simulator, DEMO_ICWS_LOGIN).await;
    simulator.settings(|settings| settings.icws.idle = Duration::from_mins(5));
    simulator.advance(Duration::from_mins(5));
    assert_eq!(client.list("").await.0, 401);
    let client = Client::connected(&simulator, DEMO_ICWS_LOGIN).await;
    let other = Client::connected(&simulator, DEMO_ICWS_VIEWER).await;
    assert_eq!(simulator.icws_sessions("ICADMIN"), 1);
    simulator.end_icws_sessions("icadmin");
    assert_eq!((client.list("").await.0, other.list("").await.0), (401, 200));
    simulator.forget_sessions();
    assert_eq!(other.list("").await.0, 401);
    assert_eq!(simulator.sessions(DEMO_LOGIN.0), 0);
}

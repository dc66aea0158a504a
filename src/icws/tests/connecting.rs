//! Connecting: what is sent, where to, what is taken from the answer, and who is asked when a host is closed.

use serde_json::json;

use super::server::{Server, Told, told};
use crate::icws::{Connection, Icws, IcwsError, ListRoles};
use crate::upstream::{Call as _, Secret};

fn connected() -> Told {
    told(
        201,
        json!({"csrfToken": "token", "sessionId": "7", "alternateHostList": ["127.0.0.9"], "userID": "Jane",
        "userDisplayName": "Jane Doe", "icServer": "ic1", "daysUntilPasswordExpiration": 3,
        "version": {"productReleaseDisplayString": "2020 R1", "major": 20},
        "features": [{"featureId": "configuration", "version": 11}, {"featureId": "messaging"}]}),
    )
    .with("set-cookie", "icws_7=marker; Path=/icws/7; HttpOnly")
    .with("set-cookie", "node=2; Path=/")
}

fn closed(hosts: &[&str]) -> Told {
    told(
        503,
        json!({"errorId": "error.server.notAcceptingConnections", "message": "m", "alternateHostList": hosts}),
    )
}

async fn connect(icws: &Icws) -> Result<Connection, IcwsError> {
    icws.connect("jane", &Secret::new("hunter2")).await
}

#[tokio::test]
async fn a_connection_sends_what_the_contract_wants_and_reads_all_that_comes() {
    let server = Server::new(1, 0, vec![connected(), told(200, json!({"items": []})), told(204, "")]).await;
    let icws = server.icws(|settings| settings.application_name = "gate".to_owned());
    let connection = connect(&icws).await.unwrap();
    assert_eq!(connection.user_id, "Jane");
    assert_eq!(connection.user_display_name.as_deref(), Some("Jane Doe"));
    assert_eq!(
        (connection.ic_server.as_deref(), connection.days_until_password_expiration),
        (Some("ic1"), Some(3))
    );
    assert_eq!(
        (
            connection.version.as_deref(),
            connection
                .features
                .iter()
                .find(|feature| feature.id.eq_ignore_ascii_case("configuration"))
                .and_then(|it| it.version)
        ),
        (Some("2020 R1"), Some(11))
    );
    assert_eq!(connection.features.len(), 2);
    ListRoles::default().ask(&icws, &connection.credentials).await.unwrap();
    icws.disconnect(&connection.credentials).await.unwrap();
    let asked = server.asked();
    assert_eq!(
        server.lines(),
        [
            "POST /icws/connection?include=version,features",
            "GET /icws/7/configuration/roles",
            "DELETE /icws/7/connection",
        ]
    );
    let expected = json!({"__type": "urn:inin.com:connection:icAuthConnectionRequestSettings",
        "applicationName": "gate", "userID": "jane", "password": "hunter2"});
    assert_eq!(asked[0].body, expected);
    assert_eq!(asked[0].headers["content-type"], "application/vnd.inin.icws+JSON;charset=utf-8");
    assert_eq!(asked[0].headers["accept-language"], "en-US");
    assert!(
        asked[0].headers.get("cookie").is_none() && asked[0].headers.get("inin-icws-csrf-token").is_none()
    );
    for later in &asked[1..] {
        assert_eq!(later.headers["inin-icws-csrf-token"], "token");
        assert_eq!(later.headers["cookie"], "icws_7=marker; node=2");
    }
    let printed = format!("{connection:?} {:?}", connection.credentials);
    assert!(!printed.contains("marker") && !printed.contains("token"), "{printed}");
}

#[tokio::test]
async fn token_and_session_may_stand_in_headers_alone() {
    let answer = Told { status: 201, headers: Vec::new(), body: String::new() }
        .with("ININ-ICWS-Session-ID", "9")
        .with("ININ-ICWS-CSRF-Token", "t");
    let server = Server::new(1, 0, vec![answer, told(204, "")]).await;
    let icws = server.icws(|_| {});
    let connection = connect(&icws).await.unwrap();
    assert_eq!(connection.user_id, "jane", "as it was given, where ICWS does not say");
    icws.disconnect(&connection.credentials).await.unwrap();
    assert_eq!(server.lines()[1], "DELETE /icws/9/connection");
}

#[tokio::test]
async fn a_closed_host_names_others_and_the_session_lives_where_it_began() {
    let one = Server::new(
        1,
        0,
        vec![
            closed(&["127.0.0.1", "127.0.0.3", "127.0.0.2", "127.0.0.2"])
                .with("set-cookie", "icws_1=closed; Path=/"),
        ],
    )
    .await;
    // Nobody listens on the third host.
    let two = Server::new(2, one.address.port(), vec![connected(), told(200, json!({"items": []}))]).await;
    let icws = one.icws(|_| {});
    let connection = connect(&icws).await.unwrap();
    ListRoles::default().ask(&icws, &connection.credentials).await.unwrap();
    assert_eq!((one.asked().len(), two.asked().len()), (1, 2));
    assert!(two.asked()[0].headers.get("cookie").is_none(), "a jar is of one host");
    assert_eq!(two.asked()[1].headers["cookie"], "icws_7=marker; node=2");
}

#[tokio::test]
async fn hosts_that_name_one_another_are_tried_once_each() {
    let one = Server::new(1, 0, vec![closed(&["127.0.0.2"])]).await;
    let two = Server::new(2, one.address.port(), vec![closed(&["127.0.0.1", "127.0.0.2"])]).await;
    let error = connect(&one.icws(|_| {})).await.unwrap_err();
    assert!(matches!(error, IcwsError::Unreachable { operation: "connect", .. }), "{error:?}");
    assert_eq!((one.asked().len(), two.asked().len()), (1, 1));
}

#[tokio::test]
async fn a_refused_password_is_tried_nowhere_else() {
    for status in [400, 401, 403] {
        let refusal = json!({"__type": "urn:inin.com:common:invalidPropertyError", "propertyName": "userID",
            "errorId": "error.request.connection.authenticationFailure", "message": "no"});
        let one = Server::new(1, 0, vec![closed(&["127.0.0.2", "127.0.0.4"])]).await;
        let two = Server::new(2, one.address.port(), vec![told(status, refusal)]).await;
        let four = Server::new(4, one.address.port(), vec![connected()]).await;
        let error = connect(&one.icws(|_| {})).await.unwrap_err();
        let IcwsError::Refused { status: told, problem, .. } = &error else { panic!("{error:?}") };
        assert_eq!((*told, problem.property_name.as_deref()), (status, Some("userID")));
        assert_eq!(error.error_id(), Some("error.request.connection.authenticationFailure"));
        assert_eq!((one.asked().len(), two.asked().len(), four.asked().len()), (1, 1, 0));
        assert!(!format!("{error} {error:?}").contains("127.0.0"));
    }
}

#[tokio::test]
async fn where_the_configured_host_is_away_those_it_once_named_are_asked() {
    let five = Server::new(5, 0, vec![connected()]).await;
    // Nobody listens on this port of the configured host.
    let icws = five.icws(|settings| settings.url = format!("http://127.0.0.6:{}", five.address.port()));
    let error = connect(&icws).await.unwrap_err();
    assert!(matches!(error, IcwsError::Unreachable { was_sent: false, .. }), "{error:?}");
    icws.others.lock().unwrap().push("127.0.0.5".to_owned());
    assert_eq!(connect(&icws).await.unwrap().user_id, "Jane");
    assert_eq!(*icws.others.lock().unwrap(), ["127.0.0.9"], "the last connection's word counts");
}

#[tokio::test]
async fn an_answer_without_a_session_is_none() {
    for (answer, expected) in [
        (told(201, json!({"csrfToken": "t"})), "it has no session id or no token"),
        (told(201, json!({"csrfToken": "t", "sessionId": "../x"})), "its session id or its token is none"),
        (told(200, "<html>"), "it is an HTML page"),
        (
            Told { headers: vec![("content-type", "text/html".to_owned())], ..told(200, "<p>") },
            "it is not of a JSON type",
        ),
        (told(302, "").with("location", "http://elsewhere/"), "it is a redirect"),
    ] {
        let server = Server::new(1, 0, vec![answer]).await;
        match connect(&server.icws(|_| {})).await {
            Err(IcwsError::Unintelligible { reason, .. }) => assert_eq!(&*reason, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn without_an_address_a_connection_says_so() {
    let icws = Icws::new(&crate::config::Config::default().icws).unwrap();
    let error = connect(&icws).await.unwrap_err();
    assert_eq!(error, IcwsError::NotConfigured { operation: "connect", setting: "icws.url" });
}

//! Calls in a session: every status and every body ends as the error that says what happened, and pages are placed.

use serde_json::json;

use super::server::{Server, Told, told};
use crate::icws::code::ValidationErrorType;
use crate::icws::{CreateRole, Credentials, Icws, IcwsError, Items, ListRoles, NewRole, Property};
use crate::upstream::{Call as _, Failure as _, Secret};

async fn session(
    mut answers: Vec<Told>,
    change: impl FnOnce(&mut crate::config::Icws),
) -> (Server, Icws, Credentials) {
    let connected =
        told(201, json!({"csrfToken": "t", "sessionId": "7"})).with("set-cookie", "icws_7=old; Path=/icws/7");
    answers.insert(0, connected);
    let server = Server::new(1, 0, answers).await;
    let icws = server.icws(change);
    let credentials = icws.connect("jane", &Secret::new("p")).await.unwrap().credentials;
    (server, icws, credentials)
}

async fn failure(answer: Told) -> IcwsError {
    let (_server, icws, credentials) = session(vec![answer], |_| {}).await;
    ListRoles::default().ask(&icws, &credentials).await.unwrap_err()
}

fn create() -> CreateRole {
    CreateRole { role: NewRole::new("lead"), transaction_id: Some("tx-1".to_owned()) }
}

#[tokio::test]
async fn every_status_is_the_error_that_says_what_happened() {
    let ended = told(401, "").with("www-authenticate", "ICWS realm=\"ICWS\" location=\"/ICWS/connection\"");
    assert!(matches!(failure(ended).await, IcwsError::SessionEnded { operation: "listRoles" }));
    assert!(matches!(failure(told(410, "{}")).await, IcwsError::Removed { .. }));
    for status in [429, 503] {
        let error = failure(told(status, "").with("retry-after", "7")).await;
        let seven = Some(std::time::Duration::from_secs(7));
        assert_eq!(
            error,
            IcwsError::Overloaded { operation: "listRoles", retry_after: seven, is_for_all: status == 503 }
        );
    }
    for status in [502, 503, 504] {
        assert!(matches!(failure(told(status, "x")).await, IcwsError::Unreachable { was_sent: true, .. }));
    }
    for status in [301, 302, 307, 308] {
        let error = failure(told(status, "").with("location", "http://127.0.0.1:1/")).await;
        assert!(matches!(error, IcwsError::Unintelligible { .. }) && !error.ends_session(), "{error:?}");
    }
    let timeout = failure(told(500, json!({"errorId": "error.request.timeout", "message": "m"}))).await;
    assert_eq!(timeout.error_id(), Some("error.request.timeout"));
    assert!(timeout.leaves_outcome_unknown() && !timeout.is_refusal());
    let page = Told { headers: vec![("content-type", "text/html".to_owned())], ..told(400, "<p>marker") };
    let error = failure(page).await;
    assert!(matches!(error, IcwsError::Refused { status: 400, error_id: None, .. }) && error.is_refusal());
}

#[tokio::test]
async fn a_refused_query_names_what_is_not_supported() {
    let body = json!({"__type": "urn:inin.com:configuration:getObjectListError", "message": "m",
        "errorId": "error.request.configuration.getObjectList", "select": ["workgroups"], "where": ["x"]});
    let IcwsError::Refused { problem, .. } = failure(told(400, body)).await else { panic!("not refused") };
    assert_eq!(
        (problem.select.clone(), problem.where_properties.clone()),
        (vec!["workgroups".to_owned()], vec!["x".to_owned()])
    );
}

#[tokio::test]
async fn a_body_of_another_kind_or_too_large_is_no_answer() {
    let plain = Told { headers: vec![("content-type", "text/plain".to_owned())], ..told(200, "{}") };
    let error = failure(plain).await;
    assert!(error.to_string().ends_with("it is not of a JSON type"), "{error}");
    let (_server, icws, credentials) =
        session(vec![told(200, "x".repeat(300))], |settings| settings.max_answer_bytes = 200).await;
    let error = ListRoles::default().ask(&icws, &credentials).await.unwrap_err();
    assert!(error.to_string().ends_with("it is larger than icws.max_answer_bytes"), "{error}");
    let (_server, icws, credentials) = session(vec![told(400, "x".repeat(300_000))], |_| {}).await;
    let error = ListRoles::default().ask(&icws, &credentials).await.unwrap_err();
    assert!(matches!(error, IcwsError::Refused { status: 400, .. }), "{error:?}");
}

#[tokio::test]
async fn an_object_of_another_kind_is_no_empty_page() {
    let error = failure(told(200, "{\"later\": 1}")).await;
    assert!(error.to_string().ends_with("items: expected a list, it is missing"), "{error}");
}

#[tokio::test]
async fn a_page_is_asked_for_by_its_rows_and_placed_by_the_answer() {
    let roles: Vec<_> = (0..3000).map(|id| json!({"configurationId": {"id": id.to_string()}})).collect();
    let body = json!({ "items": roles });
    assert!(body.to_string().len() > 100_000);
    let answer = told(200, body)
        .with("content-range", "items 11-3010/4000")
        .with("set-cookie", "icws_7=new; Path=/icws/7");
    let (server, icws, credentials) = session(vec![answer], |settings| settings.dialect.first_item = 1).await;
    let call = ListRoles {
        select: Property::Notes.into(),
        range: Some(Items { first: 10, last: 19 }),
        ..ListRoles::default()
    };
    let answer = call.ask(&icws, &credentials).await.unwrap();
    assert_eq!((answer.reply.roles.len(), answer.reply.first, answer.reply.total), (3000, 10, Some(4000)));
    assert!(answer.size.bytes > 100_000);
    call.ask(&icws, &credentials).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked[1].line, "GET /icws/7/configuration/roles?select=notes");
    assert_eq!(asked[1].headers["range"], "items=11-20");
    assert_eq!(asked[2].headers["cookie"], "icws_7=new", "an answer renews the session's cookie");
}

#[tokio::test]
async fn a_page_past_the_end_is_empty() {
    let (_server, icws, credentials) = session(vec![told(416, "")], |_| {}).await;
    let call = ListRoles { range: Some(Items { first: 10, last: 19 }), ..ListRoles::default() };
    let page = call.ask(&icws, &credentials).await.unwrap().reply;
    assert_eq!((page.roles.len(), page.first, page.total), (0, 10, None));
    assert!(ListRoles::default().ask(&icws, &credentials).await.is_err());
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    let (server, icws, credentials) = session(vec![told(200, json!({"items": []}))], |_| {}).await;
    let value = "a,configurationId.id eq b".to_owned();
    let (property, operator) = (crate::icws::ConditionProperty::Id, crate::icws::ConditionOperator::Eq);
    let comma = crate::icws::Condition { property, operator, value };
    let long = crate::icws::Condition { property, operator, value: "ü".repeat(250) };
    let backwards = ListRoles { range: Some(Items { first: 5, last: 4 }), ..ListRoles::default() };
    for call in [
        ListRoles { conditions: vec![comma], ..ListRoles::default() },
        ListRoles { conditions: vec![long; 9], ..ListRoles::default() },
        backwards,
    ] {
        let error = call.ask(&icws, &credentials).await.unwrap_err();
        assert!(
            matches!(error, IcwsError::Unsendable { .. }) && !error.leaves_outcome_unknown(),
            "{error:?}"
        );
    }
    let odd = CreateRole { transaction_id: Some("a\r\nb: c".to_owned()), ..create() };
    assert!(matches!(odd.ask(&icws, &credentials).await, Err(IcwsError::Unsendable { .. })));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_role_is_created_by_one_call() {
    let result = json!({"id": "lead", "uri": "/configuration/roles/lead",
        "licenseProblems": [{"licenseErrorType": "setWarningExceedsThreshold", "license": {"id": "I3"}}]});
    let (server, icws, credentials) = session(vec![told(201, result)], |_| {}).await;
    let reply = create().ask(&icws, &credentials).await.unwrap().reply;
    assert_eq!((reply.id.as_str(), reply.license_problems.len()), ("lead", 1));
    let asked = server.asked();
    assert_eq!(asked[1].line, "POST /icws/7/configuration/roles");
    assert_eq!(asked[1].headers["inin-icws-transaction-id"], "tx-1");
    assert_eq!(asked[1].body, json!({"configurationId": {"id": "lead", "displayName": "lead"}}));
}

#[tokio::test]
async fn a_refused_creation_says_why_and_a_lost_answer_says_nothing() {
    let refusal = json!({"__type": "urn:inin.com:configuration:configurationError", "message": "m",
        "errorId": "error.request.configuration.update", "validationErrors": [
            {"validationErrorType": 1, "propertyName": "configurationId", "propertyValue": "marker"}]});
    let (_server, icws, credentials) = session(vec![told(400, refusal)], |_| {}).await;
    let error = create().ask(&icws, &credentials).await.unwrap_err();
    let IcwsError::Refused { problem, .. } = &error else { panic!("{error:?}") };
    let validation = &problem.validation_errors[0];
    assert_eq!(validation.error_type.known(), Some(ValidationErrorType::UniqueInstanceId));
    assert_eq!(validation.property_value.as_deref(), Some("marker"));
    assert!(!format!("{error} {error:?}").contains("marker"));
    // The status 201 acknowledges, whatever comes with it; another 2xx may be anybody's.
    for answer in [told(201, ""), told(201, "{\"id\": ")] {
        let (_server, icws, credentials) = session(vec![answer], |_| {}).await;
        assert_eq!(create().ask(&icws, &credentials).await.unwrap().reply.id, "lead");
    }
    for answer in [told(200, ""), told(200, "<html>"), told(500, "{}"), told(503, "")] {
        let (server, icws, credentials) = session(vec![answer], |_| {}).await;
        let error = create().ask(&icws, &credentials).await.unwrap_err();
        assert!(error.leaves_outcome_unknown(), "{error:?}");
        assert_eq!(server.asked().len(), 2, "a write is sent once");
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_not_waited_for() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = crate::config::Config::default().icws;
    settings.url = format!("http://{}", listener.local_addr().unwrap());
    settings.call_timeout_milliseconds = 100;
    let icws = Icws::new(&settings).unwrap();
    let error = icws.connect("jane", &Secret::new("hunter2")).await.unwrap_err();
    assert!(matches!(error, IcwsError::TimedOut { operation: "connect", .. }), "{error:?}");
    drop(listener);
    let error = icws.connect("jane", &Secret::new("hunter2")).await.unwrap_err();
    assert!(matches!(error, IcwsError::Unreachable { was_sent: false, .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("127.0.0.1"));
}

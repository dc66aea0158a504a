//! One gateway session holds a session of the portal, one of ICWS, or both; each of them ends on its own.

use std::time::Duration;

use portalgraph::simulator::{
    DEMO_ICWS_LOGIN, DEMO_ICWS_VIEWER, DEMO_LOGIN, DEMO_PASSWORD, Fault, SIZED_LOGIN, World,
};
use serde_json::{Value, json};

use crate::house::{Client, House, ICWS, PORTAL};

const ROLES: &str = "{ icws { roles { totalCount } } }";
const USERS: &str = "{ users { totalCount } }";
const VIEWERS: &str = "{ viewer { loginName } icws { viewer { userId } } }";

async fn house() -> House {
    House::over(World::demo()).await
}

/// What both upstreams show at once.
fn both() -> Value {
    json!({"viewer": {"loginName": DEMO_LOGIN.0}, "icws": {"viewer": {"userId": DEMO_ICWS_LOGIN.0}}})
}

async fn assert_unauthenticated(client: &Client, query: &str, says: &str) {
    let answer = client.ask(query).await;
    assert_eq!(answer.codes(), ["UNAUTHENTICATED"], "{query}: {}", answer.body);
    let message = answer.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains(says), "{message}");
}

/// How many sessions there are at the portal and at ICWS.
fn sessions(house: &House) -> (usize, usize) {
    (house.simulator.sessions(DEMO_LOGIN.0), house.simulator.icws_sessions(DEMO_ICWS_LOGIN.0))
}

#[tokio::test]
async fn signing_in_shows_who_is_where() {
    let house = house().await;
    let login = "mutation { login(input: {upstream: ICWS, username: \" icAdmin \", password: \"demo\"}) {
        status viewer { loginName } tenants { id } userErrors { code }
        icwsViewer { userId name serverName serverVersion passwordExpiresInDays features { name version } } } }";
    let answer = house.ask(login, Value::Null).await;
    let expected = json!({"login": {
        "status": "SIGNED_IN", "viewer": null, "tenants": [], "userErrors": [],
        "icwsViewer": {
            "userId": "icadmin", "name": "Ada Alder", "serverName": "ICDEMO", "serverVersion": "2020 R2",
            "passwordExpiresInDays": 30,
            "features": [{"name": "connection", "version": 10}, {"name": "configuration", "version": 11}],
        },
    }});
    assert_eq!(answer.body, json!({ "data": expected }));
    assert_eq!(house.calls(), [("connect", 1)].into());
    assert_eq!(sessions(&house), (0, 1));
}

#[tokio::test]
async fn both_are_held_in_one_session_in_whichever_order_they_were_opened() {
    let house = house().await;
    for order in
        [[(PORTAL, DEMO_LOGIN), (ICWS, DEMO_ICWS_LOGIN)], [(ICWS, DEMO_ICWS_LOGIN), (PORTAL, DEMO_LOGIN)]]
    {
        let mut client = house.nobody();
        let mut former = Vec::new();
        for (upstream, login) in order {
            former.push(client.clone());
            client = client.entering(upstream, login).await;
        }
        house.calls();
        assert_eq!(client.data(VIEWERS).await, both());
        assert_eq!(house.call_count(), 0);
        let data = client.data("{ users { totalCount } icws { roles { totalCount } } }").await;
        assert_eq!(data, json!({"users": {"totalCount": 25}, "icws": {"roles": {"totalCount": 13}}}));
        // The token of the first of them opens nothing any more.
        assert_ne!(former[1].token, client.token);
        for query in [ROLES, USERS] {
            assert_unauthenticated(&former[1], query, "login").await;
        }
        assert_eq!(sessions(&house), (1, 1));
        client.data("mutation { logout { isSignedOut } }").await;
    }
}

#[tokio::test]
async fn signing_in_anew_at_one_replaces_that_session_and_leaves_the_other() {
    let house = house().await;
    let before = house.sign_in(DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await;
    house.calls();
    let again = before.entering(ICWS, DEMO_ICWS_LOGIN).await;
    assert_eq!(house.calls(), [("connect", 1), ("disconnect", 1)].into());
    assert_eq!(sessions(&house), (1, 1));
    assert_unauthenticated(&before, ROLES, "login").await;
    assert_eq!(again.data(VIEWERS).await, both());
    let anew = again.entering(PORTAL, DEMO_LOGIN).await;
    assert_unauthenticated(&again, ROLES, "login").await;
    assert_eq!(anew.data(VIEWERS).await, both());
    assert_eq!(sessions(&house), (1, 1));
}

#[tokio::test]
async fn another_person_at_one_upstream_inherits_nothing_at_the_other() {
    let house = house().await;
    let first = house.sign_in(DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await;
    house.calls();
    let second = first.entering(ICWS, DEMO_ICWS_VIEWER).await;
    assert_eq!(house.calls(), [("connect", 1), ("disconnect", 1), ("logout", 1)].into());
    assert_eq!((sessions(&house), house.simulator.icws_sessions("icviewer")), ((0, 0), 1));
    assert_unauthenticated(&first, ROLES, "login").await;
    assert_unauthenticated(&second, USERS, "portal").await;
    let data = second.data("{ icws { viewer { userId } roles { totalCount } } }").await;
    assert_eq!(data["icws"], json!({"viewer": {"userId": "icviewer"}, "roles": {"totalCount": 2}}));
    let both = second.entering(PORTAL, DEMO_LOGIN).await;
    let third = both.entering(PORTAL, ("billing@dmn", DEMO_PASSWORD)).await;
    assert_eq!(third.data("{ users { totalCount } }").await["users"]["totalCount"], 7);
    assert_unauthenticated(&third, ROLES, "upstream: ICWS").await;
    assert_eq!((sessions(&house), house.simulator.icws_sessions("icviewer")), ((0, 0), 0));
}

#[tokio::test]
async fn what_one_upstream_ends_leaves_the_other_working() {
    let house = house().await;
    for fault in [Fault::Expire, Fault::Status(401)] {
        let client = house.sign_in(DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await;
        house.simulator.faults().next("listRoles", fault.clone(), 1);
        let answer =
            client.ask("{ icws { roles(first: 4) { nodes { notes } } } users { totalCount } }").await;
        assert_eq!(answer.codes(), ["UNAUTHENTICATED"], "{fault:?}: {}", answer.body);
        assert_eq!(answer.body["data"], json!({"icws": {"roles": null}, "users": {"totalCount": 25}}));
        assert_unauthenticated(&client, ROLES, "upstream: ICWS").await;
        assert_eq!(client.data(USERS).await["users"]["totalCount"], 25);
        let back = client.entering(ICWS, DEMO_ICWS_LOGIN).await;
        assert_eq!(back.data(VIEWERS).await, both());
        house.simulator.faults().next("getAllSites", fault, 1);
        let answer = back.ask("{ sites { name } icws { roles { totalCount } } }").await;
        assert_eq!(answer.codes(), ["UNAUTHENTICATED"]);
        assert_eq!(answer.body["data"], json!({"sites": null, "icws": {"roles": {"totalCount": 13}}}));
        assert_unauthenticated(&back, USERS, "portal").await;
        back.data(ROLES).await;
    }
}

#[tokio::test]
async fn signing_out_ends_one_or_all_here_and_at_the_upstreams() {
    let house = house().await;
    let enter = async || house.sign_in(DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await;
    let logout = async |client: &Client, arguments: &str| {
        let mutation = format!("mutation {{ logout{arguments} {{ isSignedOut }} }}");
        client.data(&mutation).await["logout"]["isSignedOut"].clone()
    };
    let client = enter().await;
    house.calls();
    assert_eq!(logout(&client, "(input: {upstream: ICWS})").await, true);
    assert_eq!((house.calls(), sessions(&house)), ([("disconnect", 1)].into(), (1, 0)));
    assert_unauthenticated(&client, ROLES, "upstream: ICWS").await;
    client.data(USERS).await;
    assert_eq!(logout(&client, "(input: {upstream: ICWS})").await, false);
    assert_eq!(logout(&client, "").await, true);
    assert_eq!(sessions(&house), (0, 0));

    let client = enter().await;
    house.calls();
    assert_eq!(logout(&client, "(input: {upstream: PORTAL})").await, true);
    assert_eq!((house.calls(), sessions(&house)), ([("logout", 1)].into(), (0, 1)));
    assert_unauthenticated(&client, USERS, "portal").await;
    client.data(ROLES).await;

    let client = client.entering(PORTAL, DEMO_LOGIN).await;
    house.calls();
    assert_eq!(logout(&client, "").await, true);
    assert_eq!((house.calls(), sessions(&house)), ([("disconnect", 1), ("logout", 1)].into(), (0, 0)));
    for query in [USERS, ROLES] {
        assert_unauthenticated(&client, query, "login").await;
    }
    // Within one request as well, what is left goes on.
    let client = enter().await;
    let answer = client
        .data("mutation { logout(input: {upstream: ICWS}) { isSignedOut } login(input: {upstream: ICWS, username: \"icviewer\", password: \"demo\"}) { status icwsViewer { userId } viewer { loginName } } }")
        .await;
    assert_eq!(
        answer["login"],
        json!({"status": "SIGNED_IN", "icwsViewer": {"userId": "icviewer"}, "viewer": {"loginName": DEMO_LOGIN.0}})
    );
}

#[tokio::test]
async fn signing_out_succeeds_even_if_icws_cannot_be_told() {
    let house = house().await;
    for fault in [Fault::Reset, Fault::Status(500), Fault::Html, Fault::Expire] {
        let client = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
        house.simulator.faults().next("disconnect", fault, 1);
        assert_eq!(client.data("mutation { logout { isSignedOut } }").await["logout"]["isSignedOut"], true);
        assert_unauthenticated(&client, ROLES, "login").await;
    }
}

#[tokio::test]
async fn a_wrong_password_is_typed_tried_once_and_leaves_the_former_session_alone() {
    let house = house().await;
    let client = house.sign_in(DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await;
    house.simulator.settings(|settings| settings.icws.alternate_hosts = vec!["localhost".to_owned()]);
    house.calls();
    for login in [(DEMO_ICWS_LOGIN.0, "wrong"), ("nobody", "demo")] {
        let answer = client.log_in(ICWS, login).await;
        let payload = &answer.body["data"]["login"];
        assert_eq!((&payload["status"], &payload["sessionToken"]), (&json!("REFUSED"), &Value::Null));
        let [error] = payload["userErrors"].as_array().unwrap().as_slice() else { panic!("{}", answer.body) };
        assert_eq!(error["code"], "ICWS_REFUSED", "{error}");
        assert_eq!(error["portalCode"], "error.request.connection.authenticationFailure");
        assert_eq!(house.calls(), [("connect", 1)].into());
    }
    let answer = client.log_in(ICWS, ("", "")).await;
    let errors = &answer.body["data"]["login"]["userErrors"];
    let told: Vec<_> = errors.as_array().unwrap().iter().map(|error| &error["field"][1]).collect();
    assert_eq!(told, ["username", "password"], "{errors}");
    assert_eq!(house.call_count(), 0);
    assert_eq!(client.data(VIEWERS).await, both());
    client.data("{ users { totalCount } icws { roles { totalCount } } }").await;
    assert_eq!(sessions(&house), (1, 1));
}

#[tokio::test]
async fn a_failed_connection_is_told_like_any_other_failure() {
    let house = House::with(World::demo(), |config| config.icws.call_timeout_milliseconds = 200).await;
    for (fault, code) in [
        (Fault::Html, "PORTAL_UNINTELLIGIBLE"),
        (Fault::NotJson, "PORTAL_UNINTELLIGIBLE"),
        (Fault::Redirect, "PORTAL_UNINTELLIGIBLE"),
        (Fault::Truncated, "PORTAL_UNINTELLIGIBLE"),
        (Fault::Status(500), "PORTAL_REFUSED"),
        (Fault::Status(503), "PORTAL_UNREACHABLE"),
        (Fault::StatusWithRetryAfter(503, 1), "PORTAL_OVERLOADED"),
        (Fault::Reset, "PORTAL_UNREACHABLE"),
        (Fault::Delay(Duration::from_millis(600)), "PORTAL_TIMEOUT"),
    ] {
        house.simulator.faults().next("connect", fault.clone(), 1);
        let answer = house.nobody().log_in(ICWS, DEMO_ICWS_LOGIN).await;
        assert_eq!(
            (answer.codes(), &answer.body["data"]),
            (vec![code], &json!({"login": null})),
            "{fault:?}"
        );
        assert_eq!(house.calls(), [("connect", 1)].into(), "{fault:?}");
    }
}

#[tokio::test]
async fn fields_of_the_upstream_one_is_not_signed_in_to_say_which_login_to_call() {
    let house = house().await;
    let (portal, icws) = (house.sign_in(DEMO_LOGIN).await, house.sign_in_to_icws(DEMO_ICWS_LOGIN).await);
    house.calls();
    for query in [
        ROLES,
        "{ icws { viewer { userId } } }",
        "{ icws { role(by: {roleId: \"Agent\"}) { name } } }",
        "mutation { createIcwsRole(input: {roleId: \"\"}) { userErrors { code } } }",
    ] {
        assert_unauthenticated(&portal, query, "`upstream: ICWS`").await;
    }
    for query in
        [USERS, "{ sites { name } }", "{ callback(databaseId: 7001) { id } }", "{ agents { totalCount } }"]
    {
        assert_unauthenticated(&icws, query, "portal").await;
    }
    for (client, query) in [
        (&portal, "{ users { totalCount } icws { viewer { name } } }"),
        (&icws, "{ icws { viewer { name } } sites { name } }"),
    ] {
        let answer = client.ask(query).await;
        assert_eq!(answer.codes(), ["UNAUTHENTICATED"], "{}", answer.body);
        assert_eq!(
            answer.body["data"].as_object().unwrap().values().filter(|value| value.is_null()).count(),
            1
        );
    }
    assert_eq!(icws.data("{ viewer { loginName } }").await, json!({"viewer": null}));
    assert_eq!(house.calls(), [("getUsers", 1)].into());
}

#[tokio::test]
async fn a_gateway_of_one_upstream_alone_serves_it_and_refuses_the_other_clearly() {
    for (has, lacks, login, query) in
        [(ICWS, PORTAL, DEMO_ICWS_LOGIN, ROLES), (PORTAL, ICWS, DEMO_LOGIN, USERS)]
    {
        let house = House::with(World::demo(), |config| {
            if has == ICWS { config.portal.url.clear() } else { config.icws.url.clear() }
        })
        .await;
        let client = house.nobody().entering(has, login).await;
        client.data(query).await;
        house.calls();
        let answer = client.log_in(lacks, DEMO_LOGIN).await;
        let [error] = answer.body["data"]["login"]["userErrors"].as_array().unwrap().as_slice() else {
            panic!("{}", answer.body)
        };
        assert_eq!(
            (&error["code"], &error["field"]),
            (&json!("UPSTREAM_NOT_CONFIGURED"), &json!(["input", "upstream"]))
        );
        assert_eq!(house.call_count(), 0);
        client.data(query).await;
        client.data("mutation { logout { isSignedOut } }").await;
    }
}

#[tokio::test]
async fn a_session_icws_has_dropped_from_old_age_ends_alone() {
    let house = house().await;
    let client = house.sign_in(DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await;
    house.simulator.end_icws_sessions(DEMO_ICWS_LOGIN.0);
    assert_unauthenticated(&client, ROLES, "ICWS").await;
    house.calls();
    assert_unauthenticated(&client, ROLES, "upstream: ICWS").await;
    assert_eq!(house.call_count(), 0);
    client.data(USERS).await;
}

#[tokio::test]
async fn two_who_sign_in_at_once_with_one_session_take_what_it_held_along_once() {
    let house = House::over(World::sized(5)).await;
    let former = house.sign_in(SIZED_LOGIN).await;
    let login = ("icadmin", "load");
    let (one, other) = futures_util::join!(former.entering(ICWS, login), former.entering(ICWS, login));
    let mut holding = 0;
    for client in [&one, &other] {
        assert_eq!(
            client.data("{ icws { viewer { userId } } }").await["icws"]["viewer"]["userId"],
            "icadmin"
        );
        holding += usize::from(client.ask(USERS).await.codes().is_empty());
    }
    assert_eq!(holding, 1);
    assert_unauthenticated(&former, USERS, "login").await;
}

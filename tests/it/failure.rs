//! What a front-end developer learns when something fails: a code to branch on, a sentence to act on, and nothing that
//! is none of their business.

use std::collections::BTreeSet;
use std::time::Duration;

use portalgraph::simulator::{ANY, DEMO_ICWS_LOGIN, DEMO_LOGIN, Fault, World};
use serde_json::{Value, json};
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::house::{Answer, Client, House, ICWS};
use crate::log_lines::Lines;

const LOGIN: &str = "mutation ($username: String!, $password: String!) {
    login(input: {username: $username, password: $password}) {
        status viewer { loginName tenant { name } user { displayName } } userErrors { code message portalCode } } }";

/// Something of everything.
const WIDE: &str = "{
    viewer { loginName domain tenant { id } roles { name } features { ucceVersion } }
    users { nodes { id displayName department { name } site { name } accessSummary { groups { name } } } }
    agents(first: 3) { nodes { skillGroups { name } attributes { value } precisionQueues { name } } }
    skillGroups { nodes { name agents { totalCount } } } precisionQueues { nodes { steps { terms { value } } } }
    callback(databaseId: 7001) { phoneNumber queue { name } } isCallbackServiceAvailable
    icws { viewer { userId name serverName features { name } } roles { nodes { notes members { name } } } } }";

/// Everything that can be wrong with an answer.
pub fn faults() -> Vec<Fault> {
    vec![
        Fault::Status(500),
        Fault::Status(503),
        // Not for long: what comes next is another fault.
        Fault::StatusWithRetryAfter(429, 0),
        Fault::Redirect,
        Fault::LoginPage,
        Fault::Html,
        Fault::Empty,
        Fault::NotJson,
        Fault::Truncated,
        Fault::Reset,
        Fault::RefuseWith("GET_USERS_FAILED"),
        Fault::RefuseWith("Tomcat at db7:8080 says no"),
        Fault::Expire,
        Fault::WrongType,
    ]
}

async fn log_in(house: &House, (username, password): (&str, &str)) -> Answer {
    house.ask(LOGIN, json!({"username": username, "password": password})).await
}

/// The code and the message of the one thing that is wrong.
fn told(answer: &Answer) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    match answer.body["errors"].as_array().map(Vec::as_slice) {
        Some([error]) => (text(&error["extensions"]["code"]), text(&error["message"])),
        None => {
            let [error] = answer.body["data"]["login"]["userErrors"].as_array().unwrap().as_slice() else {
                panic!("{}", answer.body)
            };
            (text(&error["code"]), text(&error["message"]))
        }
        Some(_) => panic!("{}", answer.body),
    }
}

/// Asserts that a text gives away nothing of the portal or of what opens it.
fn assert_discreet(house: &House, text: &str) {
    let url = house.simulator.url();
    let (_, port) = url.rsplit_once(':').unwrap();
    for secret in [
        "JSESSIONID",
        "userToken",
        "authToken",
        "127.0.0.1",
        "localhost",
        "://",
        port,
        "Tomcat",
        "db7",
        "<html",
        "<!DOCTYPE",
        "j_password",
        "Something went wrong",
        "not as JSON",
        "correct-horse",
        "icws_",
        "ININ-ICWS",
        "authentication process",
        "says no",
        "Refused.",
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    // The simulator's cookies and tokens are 32 hexadecimal digits.
    let mut words = text.split(|letter: char| !letter.is_ascii_hexdigit());
    assert_eq!(words.find(|word| word.len() >= 32), None, "{text}");
    // Its ids of ICWS sessions are numbers up to 2^64.
    let mut words = text.split(|letter: char| !letter.is_ascii_digit());
    assert_eq!(words.find(|word| word.len() >= 17), None, "{text}");
}

/// A demonstration whose administrator has a password that can be looked for.
async fn house() -> House {
    let house = House::over(World::demo()).await;
    house.simulator.world(|world| {
        "correct-horse".clone_into(&mut world.logins[0].password);
        "correct-horse".clone_into(&mut world.icws.users[0].password);
    });
    house
}

/// The administrator of both upstreams.
async fn sign_in_with_horse(house: &House) -> Client {
    house.sign_in(LOGIN_WITH_HORSE).await.entering(ICWS, ICWS_LOGIN_WITH_HORSE).await
}

/// Whether connecting told anything it must not; the token it answers is its point.
async fn assert_discreet_connection(house: &House, client: &Client) {
    let mut answer = client.log_in(ICWS, ICWS_LOGIN_WITH_HORSE).await;
    answer.body["data"]["login"]["sessionToken"].take();
    assert_discreet(house, &answer.body.to_string());
}

const LOGIN_WITH_HORSE: (&str, &str) = (DEMO_LOGIN.0, "correct-horse");
const ICWS_LOGIN_WITH_HORSE: (&str, &str) = (DEMO_ICWS_LOGIN.0, "correct-horse");

#[tokio::test]
async fn seven_ways_to_fail_are_seven_codes_with_advice() {
    let house = House::with(World::demo(), |config| config.portal.call_timeout_milliseconds = 200).await;
    let login = house.sign_in(DEMO_LOGIN).await;
    let sites = "{ sites { name } }";
    let mut answers = vec![
        log_in(&house, (DEMO_LOGIN.0, "wrong")).await,
        log_in(&house, ("admin@xyz", "demo")).await,
        log_in(&house, ("locked@dmn", "demo")).await,
    ];
    for fault in [Fault::Html, Fault::Delay(Duration::from_millis(600)), Fault::Expire] {
        house.simulator.faults().next("getAllSites", fault, 1);
        answers.push(login.ask(sites).await);
    }
    let last = house.sign_in(DEMO_LOGIN).await;
    house.simulator.stop().await;
    answers.push(last.ask(sites).await);
    let told: Vec<_> = answers.iter().map(told).collect();
    let codes: Vec<_> = told.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "WRONG_PASSWORD",
            "INVALID_LOGIN_NAME",
            "ACCOUNT_LOCKED",
            "PORTAL_UNINTELLIGIBLE",
            "PORTAL_TIMEOUT",
            "UNAUTHENTICATED",
            "PORTAL_UNREACHABLE",
        ]
    );
    let messages: BTreeSet<_> = told.iter().map(|(_, message)| message).collect();
    assert_eq!(messages.len(), 7);
    for message in messages {
        assert!(message.len() > 10 && message.ends_with('.'), "{message}");
        assert_discreet(&house, message);
    }
}

#[tokio::test]
async fn a_failed_login_is_told_like_any_other_failure() {
    let house = House::with(World::demo(), |config| config.portal.call_timeout_milliseconds = 200).await;
    for (fault, code) in [
        (Fault::Html, "PORTAL_UNINTELLIGIBLE"),
        (Fault::LoginPage, "PORTAL_UNINTELLIGIBLE"),
        (Fault::Empty, "PORTAL_UNINTELLIGIBLE"),
        (Fault::Status(500), "PORTAL_REFUSED"),
        (Fault::StatusWithRetryAfter(503, 1), "PORTAL_OVERLOADED"),
        (Fault::Reset, "PORTAL_UNREACHABLE"),
        (Fault::Delay(Duration::from_millis(600)), "PORTAL_TIMEOUT"),
    ] {
        house.simulator.faults().next("login", fault.clone(), 1);
        let answer = log_in(&house, DEMO_LOGIN).await;
        assert_eq!(
            (answer.codes(), &answer.body["data"]),
            (vec![code], &json!({"login": null})),
            "{fault:?}"
        );
        assert_eq!(answer.body["errors"][0]["path"], json!(["login"]));
        // A login that may have been counted is not sent again.
        assert_eq!(house.calls(), [("login", 1)].into(), "{fault:?}");
    }
}

#[tokio::test]
async fn a_portal_that_asks_to_be_left_alone_is_overloaded() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    for status in [429, 503] {
        // Without a word on when to come back; tests/it/room/pause.rs has those with one.
        house.simulator.faults().next("getAllSites", Fault::StatusWithRetryAfter(status, 0), 1);
        let answer = client.ask("{ sites { name } }").await;
        assert_eq!(answer.codes(), ["PORTAL_OVERLOADED"], "{status}");
        assert_eq!(answer.body["errors"][0]["extensions"]["retryable"], true);
    }
    // Asked again it is there: a failure is not kept.
    assert_eq!(client.data("{ sites { name } }").await["sites"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn every_error_has_a_code_an_operation_and_a_request_id() {
    let house = House::over(World::demo()).await;
    for fault in faults() {
        let client = house.sign_in(DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await;
        house.simulator.faults().always(ANY, fault.clone());
        let query = "{ departments { name } roleGroups { name } icws { roles { totalCount } role(by: {roleId: \"Agent\"}) { notes } } }";
        let answer = client.ask(query).await;
        house.simulator.faults().clear();
        let errors = answer.body["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 4, "{fault:?}");
        for error in errors {
            let extensions = &error["extensions"];
            assert!(extensions["code"].is_string() && extensions["retryable"].is_boolean(), "{error}");
            assert!(extensions["operation"].is_string() && extensions["requestId"].is_string(), "{error}");
        }
    }
}

#[tokio::test]
async fn no_answer_tells_where_the_portal_is_or_what_opens_it() {
    let house = house().await;
    assert_discreet(&house, &log_in(&house, LOGIN_WITH_HORSE).await.body.to_string());
    let client = sign_in_with_horse(&house).await;
    assert_discreet(&house, &client.ask(WIDE).await.body.to_string());
    for fault in faults() {
        let client = sign_in_with_horse(&house).await;
        for operation in ["getAllAgentDeskSettings", "testWS", "listRoles", "createRole"] {
            house.simulator.faults().next(operation, fault.clone(), 1);
        }
        for query in [
            "{ agentDeskSettings { name } isCallbackServiceAvailable icws { roles { totalCount } } }",
            "mutation { createIcwsRole(input: {roleId: \"New\"}) { userErrors { code message portalCode } } }",
        ] {
            assert_discreet(&house, &client.ask(query).await.body.to_string());
        }
        house.simulator.faults().next("login", fault.clone(), 1);
        assert_discreet(&house, &log_in(&house, LOGIN_WITH_HORSE).await.body.to_string());
        house.simulator.faults().next("connect", fault, 1);
        assert_discreet_connection(&house, &house.nobody()).await;
        house.simulator.faults().clear();
    }
    let client = sign_in_with_horse(&house).await;
    house.simulator.stop().await;
    let answer = client.ask("{ billingUnits { name } icws { roles { nodes { createdAt } } } }").await;
    assert_discreet(&house, &answer.body.to_string());
    assert_discreet(&house, &log_in(&house, LOGIN_WITH_HORSE).await.body.to_string());
    assert_discreet_connection(&house, &house.nobody()).await;
}

#[test]
fn no_log_line_tells_a_password_or_a_token() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish()
        .with(Targets::new().with_target("portalgraph", LevelFilter::TRACE));
    // With one subscriber, a thread without any could decide for all that nobody wants a line; with two it is asked.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    // All on this thread, so that every task of the gateway writes here.
    let _here = tracing::subscriber::set_default(subscriber);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (house, token) = runtime.block_on(
        async {
            let house = house().await;
            let client = sign_in_with_horse(&house).await;
            client.ask(WIDE).await;
            for fault in faults() {
                house.simulator.faults().next("login", fault.clone(), 1);
                log_in(&house, LOGIN_WITH_HORSE).await;
                house.simulator.faults().next("connect", fault.clone(), 1);
                house.nobody().log_in(ICWS, ICWS_LOGIN_WITH_HORSE).await;
                for operation in ["getAllAgentDeskSettings", "listRoles", "createRole"] {
                    house.simulator.faults().next(operation, fault.clone(), 1);
                }
                client.ask("{ agentDeskSettings { name } icws { roles { totalCount } } }").await;
                client
                    .ask("mutation { createIcwsRole(input: {roleId: \"New\"}) { userErrors { code } } }")
                    .await;
                house.simulator.faults().clear();
            }
            client.ask("mutation { logout { isSignedOut } }").await;
            (house, client.token)
        }
        .with_current_subscriber(),
    );
    // The client's own address, which here is the portal's too, is told to the audit log.
    let text = lines.take().replace("client.address=127.0.0.1", "");
    assert!(
        text.contains("portal.operation") && text.contains("icws.operation"),
        "nothing was logged: {text}"
    );
    assert_discreet(&house, &text);
    assert!(!text.contains(&token), "{text}");
}

//! The one session of an account: opened when it is first wanted, opened anew when it has ended, each time once for all.

use std::time::Duration;

use futures_util::future::join_all;
use portalgraph::config::{Config, Way};
use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, DEMO_PASSWORD, Fault, Simulator, World};
use serde_json::json;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{account, wall, wall_of_icws};
use crate::house::{self, Answer, Client, House, http};

const USERS: &str = "{ users { totalCount } }";
const ROLES: &str = "{ icws { roles { totalCount } } }";

/// Different questions at once, so that each is a call of its own.
async fn ask_at_once(client: &Client, queries: Vec<String>) -> Vec<Answer> {
    let asked = queries.into_iter().map(|query| {
        let client = client.clone();
        tokio::spawn(async move { client.ask(&query).await })
    });
    join_all(asked).await.into_iter().map(Result::unwrap).collect()
}

fn by_id(number: usize) -> String {
    format!("{{ user(by: {{databaseId: {}}}) {{ databaseId }} }}", 10_100_001 + number % 25)
}

fn of_role(number: usize) -> String {
    format!("{{ icws {{ role(by: {{name: \"Role {number}\"}}) {{ name }} }} }}")
}

fn assert_answered(answers: &[Answer]) {
    for answer in answers {
        assert!(answer.body.get("errors").is_none(), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_signs_in_before_the_first_question_and_one_does_for_all_who_ask_first() {
    let (house, client) = wall(|_| ()).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(house.call_count(), 0);
    house.simulator.settings(|settings| settings.delay = Duration::from_millis(20));
    assert_answered(&ask_at_once(&client, (0..50).map(by_id).collect()).await);
    let calls = house.calls();
    assert_eq!(calls["login"], 1, "{calls:?}");
    assert_eq!(house.simulator.sessions(DEMO_LOGIN.0), 1);
    // What is kept is found without a call, and the session stays.
    assert_eq!(client.data(USERS).await["users"]["totalCount"], 25);
    house.calls();
    client.data(USERS).await;
    assert_eq!(house.call_count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_that_has_ended_is_opened_anew_once_for_all_reads_which_are_answered() {
    let (wall, token) = account("wall", DEMO_LOGIN);
    let house = House::with(World::demo(), |config| {
        config.service_accounts.push(wall);
        config.plan.users_by_id = Way::Forward;
        config.cache.user_seconds = 0;
    })
    .await;
    let client = house.nobody().holding(&token);
    client.data(USERS).await;
    for _ in 0..3 {
        house.simulator.forget_sessions();
        house.simulator.settings(|settings| settings.delay = Duration::from_millis(10));
        house.calls();
        let answers = ask_at_once(&client, (0..64).map(by_id).collect()).await;
        for (number, answer) in answers.iter().enumerate() {
            assert_eq!(answer.body, json!({"data": {"user": {"databaseId": 10_100_001 + number % 25}}}));
        }
        let calls = house.calls();
        assert_eq!(calls["login"], 1, "{calls:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn so_it_is_at_icws() {
    let (house, client) = wall_of_icws(|_| ()).await;
    assert_answered(&ask_at_once(&client, (0..50).map(of_role).collect()).await);
    assert_eq!(house.calls()["connect"], 1);
    house.simulator.end_icws_sessions(DEMO_ICWS_LOGIN.0);
    house.simulator.settings(|settings| settings.delay = Duration::from_millis(10));
    assert_answered(&ask_at_once(&client, (100..164).map(of_role).collect()).await);
    assert_eq!(house.calls()["connect"], 1);
    assert_eq!(client.data(ROLES).await["icws"]["roles"]["totalCount"], 13);
    assert_eq!(client.data("{ icws { viewer { userId } } }").await["icws"]["viewer"]["userId"], "icadmin");
    // It is of ICWS alone.
    assert_eq!(client.ask(USERS).await.codes(), ["UNAUTHENTICATED"]);
}

#[tokio::test]
async fn however_the_upstream_says_that_the_session_is_over_the_read_is_put_once_more() {
    for fault in [Fault::Expire, Fault::Status(401), Fault::LoginPage, Fault::Redirect] {
        let (house, client) = wall(|_| ()).await;
        client.data(USERS).await;
        house.calls();
        house.simulator.faults().next("getAllSites", fault.clone(), 1);
        assert_eq!(client.data("{ sites { name } }").await["sites"].as_array().unwrap().len(), 3);
        assert_eq!(house.calls(), [("getAllSites", 2), ("login", 1)].into(), "{fault:?}");
        // Twice is not mended: it would be so for ever.
        house.simulator.faults().next("getAllDepartments", fault.clone(), 2);
        assert_eq!(client.ask("{ departments { name } }").await.codes(), ["UNAUTHENTICATED"], "{fault:?}");
        assert_eq!(house.calls(), [("getAllDepartments", 2), ("login", 1)].into(), "{fault:?}");
    }
}

#[tokio::test]
async fn one_request_reads_on_with_the_new_session() {
    let (house, client) = wall(|_| ()).await;
    client.data("{ sites { name } }").await;
    house.simulator.forget_sessions();
    house.calls();
    let nested =
        "{ agents(first: 5) { nodes { skillGroups { name } attributes { value } } } viewer { user { id } } }";
    let data = client.data(nested).await;
    assert_eq!(data["agents"]["nodes"].as_array().unwrap().len(), 5);
    assert_eq!(house.calls()["login"], 1);
}

#[tokio::test]
async fn an_account_that_became_another_person_at_the_portal_sees_nothing_of_the_former() {
    let (house, client) = wall(|_| ()).await;
    assert_eq!(client.data(USERS).await["users"]["totalCount"], 25);
    house.simulator.world(|world| {
        let billing = world.logins.iter().find(|login| login.name == "billing@dmn").unwrap().entries.clone();
        world.logins.iter_mut().find(|login| login.name == DEMO_LOGIN.0).unwrap().entries = billing;
    });
    house.simulator.forget_sessions();
    // Half of the answer would be the former's: the request is given up.
    assert_eq!(client.ask("{ sites { name } }").await.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(client.data(USERS).await["users"]["totalCount"], 7);
}

#[tokio::test]
async fn a_session_that_ends_at_once_again_and_again_is_not_opened_for_every_read() {
    let (house, client) = wall(|_| ()).await;
    house.simulator.faults().always("getAllSites", Fault::Expire);
    for _ in 0..40 {
        client.ask("{ sites { name } }").await;
    }
    assert!(house.calls()["login"] <= 7, "it is left alone after some");
}

#[tokio::test]
async fn the_tenant_of_the_settings_is_entered_and_no_other() {
    let partner = ("partner@dmn", DEMO_PASSWORD);
    for (tenant, name) in [
        ("101", "Demonstration North"),
        ("DMS", "Demonstration South"),
        ("demonstration south", "Demonstration South"),
    ] {
        let (house, client) = wall(|account| {
            account.username = partner.0.to_owned();
            account.tenant = tenant.to_owned();
        })
        .await;
        let data = client.data("{ viewer { loginName tenant { name } } }").await;
        assert_eq!(data, json!({"viewer": {"loginName": "partner@dmn", "tenant": {"name": name}}}));
        assert_eq!(house.calls(), [("authorizeUserToTenant", 1), ("login", 1)].into());
    }
    for (username, tenant) in [(partner.0, ""), (partner.0, "103"), (DEMO_LOGIN.0, "102")] {
        let (house, client) = wall(|account| {
            account.username = username.to_owned();
            account.tenant = tenant.to_owned();
        })
        .await;
        let answer = client.ask("{ viewer { loginName } }").await;
        assert_eq!(answer.codes(), ["SERVICE_ACCOUNT_REFUSED"], "{username} {tenant}: {}", answer.body);
        client.ask(USERS).await;
        assert_eq!(house.calls(), [("login", 1), ("logout", 1)].into(), "{username} {tenant}");
        assert_eq!(house.simulator.sessions(username), 0);
    }
}

#[tokio::test]
async fn a_tenant_that_could_be_another_one_is_not_entered() {
    for (wanted, name, prefix) in [
        // The name of one is the id of the other.
        ("102", "102", "DMN"),
        // One has no name, and the settings give none.
        ("", "", "DMN"),
    ] {
        let (house, client) = wall(|account| {
            account.username = "partner@dmn".to_owned();
            account.tenant = wanted.to_owned();
        })
        .await;
        house.simulator.world(|world| {
            let north = world.tenants.iter_mut().find(|tenant| tenant.id.0 == 101).unwrap();
            (north.name, north.prefix) = (name.to_owned(), prefix.to_owned());
        });
        let answer = client.ask("{ viewer { tenant { name } } }").await;
        assert_eq!(answer.codes(), ["SERVICE_ACCOUNT_REFUSED"], "{wanted}: {}", answer.body);
    }
}

/// A gateway with an account of the administrator, until the sender says so; and a client that comes by it.
async fn stoppable(simulator: &Simulator) -> (Client, oneshot::Sender<()>, JoinHandle<()>) {
    let (wall, token) = account("wall", DEMO_LOGIN);
    let mut config = Config::default();
    config.portal.url = simulator.url();
    config.service_accounts.push(wall);
    let (url, stop, serving) = house::stoppable(config).await;
    (Client::nobody(&http(), &url).holding(&token), stop, serving)
}

#[tokio::test]
async fn stopping_signs_it_out() {
    let simulator = Simulator::local(World::demo()).await;
    let (client, stop, serving) = stoppable(&simulator).await;
    client.data(USERS).await;
    assert_eq!(simulator.sessions(DEMO_LOGIN.0), 1);
    stop.send(()).unwrap();
    drop(client);
    serving.await.unwrap();
    assert_eq!(simulator.sessions(DEMO_LOGIN.0), 0);
}

#[tokio::test]
async fn stopping_signs_out_what_is_still_signing_in() {
    let simulator = Simulator::local(World::demo()).await;
    let (client, stop, serving) = stoppable(&simulator).await;
    simulator.settings(|settings| settings.delay = Duration::from_secs(1));
    simulator.journal().busiest();
    let has_come = async {
        while simulator.journal().busiest() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    // Whoever asked has gone; the sign-in goes on.
    tokio::select! {
        answer = client.ask(USERS) => panic!("{answer:?}"),
        () = has_come => {}
    }
    stop.send(()).unwrap();
    drop(client);
    serving.await.unwrap();
    let calls: Vec<_> = simulator.journal().take().into_iter().map(|call| call.operation).collect();
    assert_eq!((calls.first(), calls.last()), (Some(&"login"), Some(&"logout")));
    assert_eq!(simulator.sessions(DEMO_LOGIN.0), 0);
}

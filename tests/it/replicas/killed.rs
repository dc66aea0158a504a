//! A replica is killed while both are busy: what it acknowledged is done, and nothing is done twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use portalgraph::simulator::{SIZED_ICWS_LOGIN, Simulator, World};
use serde_json::json;

use crate::house::{self, Client, ICWS};
use crate::program::Served;
use crate::redis::Redis;

const CLIENTS: usize = 16;
/// How many roles each makes.
const ROLES: usize = 12;

fn serve(simulator: &Simulator, redis: &Redis) -> Served {
    Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__ICWS__URL", &simulator.url()),
        ("PORTALGRAPH__ICWS__ROLE_CREATION_WAIT_MILLISECONDS", "0"),
        ("PORTALGRAPH__SESSION__STORE", &redis.url()),
        ("PORTALGRAPH__SESSION__STORE_KEYS_FILE", redis.keys().to_str().unwrap()),
        ("PORTALGRAPH__SESSION__STORE_TIMEOUT_MILLISECONDS", "20000"),
        ("PORTALGRAPH__RATE__IDENTITY_REQUESTS_PER_MINUTE", "0"),
    ])
}

/// Makes roles one after the other, at the replica that is left once the first is gone; those that were acknowledged.
async fn make_roles(
    (mut client, left): (Client, String),
    number: usize,
    is_busy: Arc<AtomicBool>,
) -> Vec<String> {
    let document =
        "mutation($input: CreateIcwsRoleInput!) { createIcwsRole(input: $input) { userErrors { code } } }";
    let mut acknowledged = Vec::new();
    for turn in 0..ROLES {
        let name = format!("made by {number} in turn {turn}");
        let answer = client.try_ask(document, json!({"input": {"roleId": name, "name": name}})).await;
        let Some(answer) = answer else {
            // Nobody knows whether it was carried out: it is not sent again.
            client = client.at(&left);
            continue;
        };
        if answer.body["data"]["createIcwsRole"]["userErrors"] == json!([]) {
            acknowledged.push(name);
            is_busy.store(true, Ordering::Relaxed);
        }
    }
    acknowledged
}

#[tokio::test]
async fn no_accepted_write_is_lost_or_done_twice() {
    let simulator = Simulator::local(World::sized(20)).await;
    let redis = Redis::start();
    let (first, second) = (serve(&simulator, &redis), serve(&simulator, &redis));
    let client = Client::nobody(&house::http(), &first.url).entering(ICWS, SIZED_ICWS_LOGIN).await;
    simulator.settings(|settings| settings.delay = Duration::from_millis(20));
    let is_busy = Arc::new(AtomicBool::new(false));
    let making = join_all((0..CLIENTS).map(|number| {
        let client = if number % 2 == 0 { client.clone() } else { client.at(&second.url) };
        tokio::spawn(make_roles((client, second.url.clone()), number, is_busy.clone()))
    }));
    let killing = async {
        while !is_busy.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        first.end();
    };
    let (made, ()) = tokio::join!(making, killing);
    let acknowledged: Vec<_> = made.into_iter().flat_map(Result::unwrap).collect();
    assert!(acknowledged.len() > CLIENTS * ROLES / 2, "{} were acknowledged", acknowledged.len());
    assert!(acknowledged.len() < CLIENTS * ROLES, "the one that was killed was not busy");
    let mut sent = BTreeMap::<String, usize>::new();
    for call in simulator.journal().take().into_iter().filter(|call| call.operation == "createRole") {
        *sent.entry(call.body["configurationId"]["id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(sent.values().all(|times| *times == 1), "{sent:?}");
    let names = simulator
        .world(|world| world.icws.roles.iter().map(|role| role.identity.id.clone()).collect::<Vec<_>>());
    for name in &acknowledged {
        assert!(names.contains(name), "{name} was acknowledged and is not there");
    }
}

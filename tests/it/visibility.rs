//! Catalogues that users of a tenant may share: who sees the same pays once, who sees less is never shown more, and the
//! first difference between two users ends it.

mod shadow;

use std::collections::BTreeMap;
use std::time::Duration;

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use portalgraph::config::{Catalogue, Config};
use portalgraph::simulator::{
    DEMO_LOGIN, Fault, SIZED_LOGIN, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST, SIZED_PASSWORD, World,
};
use portalgraph::upstream::Call;
use serde_json::{Value, json};

use crate::house::House;
use crate::operations::{changes, reads};

/// Every catalogue that may be shared.
const CATALOGUES: &str = "{ departments { id name } sites { id name } roleGroups { id name } platforms { id name }
    billingUnits { id name } agentProfiles { id name } agentDeskSettings { id name } attributes { nodes { id name } } }";

const DEPARTMENTS: &str = "{ departments { name } }";

/// Two who see all of a sized world.
const ONE: (&str, &str) = ("load0@siz", SIZED_PASSWORD);
const OTHER: (&str, &str) = ("load1@siz", SIZED_PASSWORD);

/// A little longer than anything is kept in these tests.
const TOO_OLD: Duration = Duration::from_millis(1_100);

/// Shares everything that can be shared, and compares beside the answer in so many percent of the cases.
fn sharing(percent: u32) -> impl FnOnce(&mut Config) {
    move |config| {
        config.cache.shared_catalogues = Catalogue::ALL.into();
        config.cache.shadow_fetch_percent = percent;
        config.cache.catalogue_seconds = 1;
        config.cache.attribute_seconds = 1;
    }
}

/// What is counted while it lives, by the house that runs on this test's thread.
struct Counters {
    snapshotter: Snapshotter,
    counted: BTreeMap<String, u64>,
    _guard: metrics::LocalRecorderGuard<'static>,
}

impl Counters {
    fn new() -> Self {
        let recorder = Box::leak(Box::new(DebuggingRecorder::new()));
        let snapshotter = recorder.snapshotter();
        Self { snapshotter, counted: BTreeMap::new(), _guard: metrics::set_default_local_recorder(recorder) }
    }

    /// How often this was counted, of all operations together; labels in their order.
    fn count(&mut self, name: &str) -> u64 {
        for (key, _, _, value) in self.snapshotter.snapshot().into_vec() {
            let labels = key.key().labels().map(metrics::Label::value).collect::<Vec<_>>().join(" ");
            if let DebugValue::Counter(count) = value {
                *self.counted.entry(format!("{} {labels}", key.key().name())).or_default() += count;
            }
        }
        self.counted.iter().filter(|(counter, _)| counter.starts_with(name)).map(|(_, count)| count).sum()
    }

    fn demotions(&mut self) -> u64 {
        self.count("portalgraph_shared_catalogue_demotions_total")
    }
}

/// What somebody sees, through a gateway that shares nothing.
async fn alone(world: World, login: (&str, &str), query: &str) -> Value {
    let house = House::over(world).await;
    house.sign_in(login).await.data(query).await
}

#[test]
fn catalogues_can_be_shared_and_nothing_else() {
    fn note<C: Call>(shareable: &mut Vec<(&'static str, Catalogue)>) {
        shareable.extend(C::SHAREABLE.map(|shared| (C::NAME, shared.catalogue)));
    }
    macro_rules! every {
        ($shareable:expr, [$($operation:ty,)*]) => { $(note::<$operation>(&mut $shareable);)* };
    }
    let mut shareable = Vec::new();
    reads!(every, shareable);
    changes!(every, shareable);
    note::<portalgraph::icws::ListRoles>(&mut shareable);
    note::<portalgraph::icws::CreateRole>(&mut shareable);
    shareable.sort_by_key(|(_, catalogue)| *catalogue);
    let names = [
        "getAllDepartments",
        "getAllSites",
        "getAllRoles",
        "getAllPlatforms",
        "getAllBillingUnits",
        "getAllApmProfiles",
        "getAllAgentDeskSettings",
        "getAllAttributes",
    ];
    assert_eq!(shareable, names.into_iter().zip(Catalogue::ALL).collect::<Vec<_>>());
}

#[tokio::test]
async fn nothing_is_shared_unless_the_settings_say_so() {
    let house = House::with(World::sized(20), |config| config.cache.catalogue_seconds = 1).await;
    let clients = [house.sign_in(ONE).await, house.sign_in(OTHER).await];
    house.calls();
    for _ in 0..2 {
        for client in &clients {
            client.data(DEPARTMENTS).await;
            assert_eq!(house.call_count(), 1);
        }
        tokio::time::sleep(TOO_OLD).await;
    }
}

#[tokio::test]
async fn who_sees_the_same_looks_once_and_pays_together_from_then_on() {
    let house = House::with(World::sized(20), sharing(0)).await;
    let mut clients = Vec::new();
    for number in 0..5 {
        clients.push(house.sign_in((&format!("load{number}@siz"), SIZED_PASSWORD)).await);
    }
    house.calls();
    let expected = clients[0].data(CATALOGUES).await;
    for client in &clients {
        assert_eq!(client.data(CATALOGUES).await, expected);
    }
    assert!(house.calls().values().all(|calls| *calls == clients.len()), "a look of each");
    for _ in 0..2 {
        tokio::time::sleep(TOO_OLD).await;
        house.simulator.settings(|settings| settings.delay = Duration::from_millis(20));
        // At once, and then one after another.
        let answers = futures_util::future::join_all(clients.iter().map(|client| client.data(CATALOGUES)));
        assert!(answers.await.iter().all(|answer| *answer == expected));
        assert_eq!(clients[3].data(CATALOGUES).await, expected);
        let calls = house.calls();
        assert!(calls.len() == 8 && calls.values().all(|calls| *calls == 1), "{calls:?}");
    }
}

#[tokio::test]
async fn two_tenants_never_share() {
    let (mut sized, demo) = (World::sized(20), World::demo());
    sized.tenants.extend(demo.tenants);
    sized.logins.extend(demo.logins);
    let house = House::with(sized, sharing(0)).await;
    let (here, there) = (house.sign_in(SIZED_LOGIN).await, house.sign_in(DEMO_LOGIN).await);
    let expected = [
        alone(World::sized(20), SIZED_LOGIN, CATALOGUES).await,
        alone(World::demo(), DEMO_LOGIN, CATALOGUES).await,
    ];
    house.calls();
    for _ in 0..2 {
        assert_eq!([here.data(CATALOGUES).await, there.data(CATALOGUES).await], expected);
        assert!(house.calls().values().all(|calls| *calls == 2));
        tokio::time::sleep(TOO_OLD).await;
    }
}

#[tokio::test]
async fn who_sees_less_is_never_shown_more_whoever_asks_first() {
    let all = [SIZED_LOGIN, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST];
    let mut expected = Vec::new();
    for login in all {
        expected.push(alone(World::sized(20), login, CATALOGUES).await);
    }
    for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0]] {
        let mut counters = Counters::new();
        let house = House::with(World::sized(20), sharing(100)).await;
        let mut clients = Vec::new();
        for login in all {
            clients.push(house.sign_in(login).await);
        }
        house.calls();
        for round in 0..3 {
            for person in order {
                assert_eq!(clients[person].data(CATALOGUES).await, expected[person], "{order:?} {round}");
            }
            assert_eq!(counters.demotions(), 8, "{order:?}: each catalogue once");
            tokio::time::sleep(TOO_OLD).await;
        }
        house.calls();
        for person in order {
            clients[person].data(CATALOGUES).await;
        }
        assert!(house.calls().values().all(|calls| *calls == 3), "each asks for their own");
    }
}

#[tokio::test]
async fn who_joins_late_is_asked_for_before_anything_is_shown() {
    let house = House::with(World::sized(20), sharing(0)).await;
    let clients = [house.sign_in(ONE).await, house.sign_in(OTHER).await];
    for client in &clients {
        client.data(DEPARTMENTS).await;
    }
    // One whom the portal refuses is refused.
    house.simulator.faults().next("getAllDepartments", Fault::RefuseWith("NOT_ALLOWED"), 1);
    let refused = house.sign_in(("load2@siz", SIZED_PASSWORD)).await.ask(DEPARTMENTS).await;
    assert_eq!(refused.codes(), ["PORTAL_REFUSED"]);
    let late = house.sign_in(SIZED_LOGIN_EAST).await;
    // Asked at the same moment as those who renew what they share.
    tokio::time::sleep(TOO_OLD).await;
    house.simulator.settings(|settings| settings.delay = Duration::from_millis(50));
    let (one, other, eastern) =
        tokio::join!(clients[0].data(DEPARTMENTS), clients[1].data(DEPARTMENTS), late.data(DEPARTMENTS));
    assert_eq!(one, other);
    assert_eq!(eastern, alone(World::sized(20), SIZED_LOGIN_EAST, DEPARTMENTS).await);
}

#[tokio::test]
async fn a_session_that_has_ended_reads_nothing_that_is_shared() {
    for change in [sharing(0), sharing(100)] {
        let house = House::with(World::sized(20), change).await;
        let clients = [house.sign_in(ONE).await, house.sign_in(OTHER).await];
        for client in &clients {
            client.data(DEPARTMENTS).await;
        }
        clients[1].data("mutation { logout { __typename } }").await;
        house.calls();
        assert_eq!(clients[1].ask(DEPARTMENTS).await.codes(), ["UNAUTHENTICATED"]);
        assert_eq!(house.call_count(), 0);
        // The portal has forgotten the other one; as soon as it is asked, nothing is read any more.
        house.simulator.forget_sessions();
        tokio::time::sleep(TOO_OLD).await;
        for _ in 0..2 {
            assert_eq!(clients[0].ask(DEPARTMENTS).await.codes(), ["UNAUTHENTICATED"]);
        }
    }
}

#[tokio::test]
async fn a_failure_of_somebody_elses_call_is_not_ones_own() {
    let house = House::with(World::sized(20), sharing(0)).await;
    let clients = [house.sign_in(ONE).await, house.sign_in(OTHER).await];
    for client in &clients {
        client.data(DEPARTMENTS).await;
    }
    tokio::time::sleep(TOO_OLD).await;
    house.simulator.settings(|settings| settings.delay = Duration::from_millis(100));
    house.simulator.faults().next("getAllDepartments", Fault::Expire, 1);
    house.calls();
    let (first, second) = tokio::join!(clients[0].ask(DEPARTMENTS), clients[1].ask(DEPARTMENTS));
    let mut codes = [first.codes(), second.codes()];
    codes.sort();
    assert_eq!(codes, [vec![], vec!["UNAUTHENTICATED"]]);
    assert_eq!(house.call_count(), 2);
}

#[tokio::test]
async fn a_write_forgets_what_is_shared() {
    let house = House::with(World::sized(20), sharing(0)).await;
    let clients = [house.sign_in(ONE).await, house.sign_in(OTHER).await];
    let query = "{ attributes { nodes { id } } }";
    let data = clients[0].data("{ attributes { nodes { id } } agents(first: 1) { nodes { id } } }").await;
    clients[1].data(query).await;
    let input = json!({
        "agentIds": [data["agents"]["nodes"][0]["id"]],
        "attributes": [{"attributeId": data["attributes"]["nodes"][0]["id"], "value": "true"}],
    });
    let mutation = "mutation($input: AddAttributesToAgentsInput!) { addAttributesToAgents(input: $input) {
        userErrors { message } } }";
    let answer = clients[0].ask_with(mutation, json!({ "input": input })).await;
    assert_eq!(answer.body["data"]["addAttributesToAgents"]["userErrors"], json!([]), "{answer:?}");
    house.calls();
    for client in clients.iter().rev() {
        client.data(query).await;
    }
    // The attribute's change stamp is another one, so what is shared is new to both.
    assert_eq!(house.calls(), BTreeMap::from([("getAllAttributes", 2)]));
    tokio::time::sleep(TOO_OLD).await;
    for client in &clients {
        client.data(query).await;
    }
    assert_eq!(house.calls(), BTreeMap::from([("getAllAttributes", 1)]), "it is shared again");
}

//! What each field tells, from how things stand to each change.

use std::time::Duration;

use portalgraph::portal::UserId;
use portalgraph::simulator::DEMO_LOGIN;
use serde_json::{Value, json};

use super::{Socket, change, house, often, outsider};

fn ids(list: &Value) -> Vec<i64> {
    let mut ids: Vec<_> =
        list.as_array().unwrap().iter().map(|one| one["databaseId"].as_i64().unwrap()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn users_are_told_as_new_different_and_gone() {
    let house = house(often).await;
    let mut socket = Socket::of(&house.sign_in(DEMO_LOGIN).await).await;
    let query =
        "subscription { users { isSnapshot added { databaseId firstName } changed { databaseId firstName }
        removed } }";
    let first = socket.first(query).await;
    let everyone = house.simulator.world(|world| world.tenants[0].users.len());
    assert_eq!(first["users"]["isSnapshot"], true);
    assert_eq!(first["users"]["added"].as_array().unwrap().len(), everyone);
    let id = first["users"]["added"][0]["databaseId"].as_i64().unwrap();
    change::user(&house, id, |user| user.first_nm = Some("Someone else".into()));
    let changed = json!([{"databaseId": id, "firstName": "Someone else"}]);
    let event = json!({"isSnapshot": false, "added": [], "changed": changed, "removed": []});
    assert_eq!(socket.data().await["users"], event);
    let taken = change::take_user(&house, id);
    let gone = socket.data().await;
    assert_eq!(gone["users"]["removed"].as_array().unwrap().len(), 1);
    change::put_user(&house, id, taken);
    assert_eq!(ids(&socket.data().await["users"]["added"]), [id]);
    assert!(socket.is_silent_for(Duration::from_millis(300)).await, "nothing has changed");
}

#[tokio::test]
async fn a_filter_lets_in_and_out_and_without_a_snapshot_the_first_event_is_empty() {
    let house = house(often).await;
    let mut socket = Socket::of(&house.sign_in(DEMO_LOGIN).await).await;
    let query = "subscription { agents(filter: {isActive: true}, snapshot: false) {
        isSnapshot added { databaseId } changed { databaseId } removed } }";
    let first = socket.first(query).await;
    assert_eq!(first["agents"], json!({"isSnapshot": true, "added": [], "changed": [], "removed": []}));
    let (id, _) = outsider(&house);
    change::user(&house, id, |user| user.status = Some(false));
    let out = socket.data().await;
    assert_eq!(out["agents"]["removed"].as_array().unwrap().len(), 1, "{out}");
    change::user(&house, id, |user| user.status = Some(true));
    assert_eq!(ids(&socket.data().await["agents"]["added"]), [id]);
}

#[tokio::test]
async fn agents_enter_and_leave_a_skill_group() {
    let house = house(often).await;
    let mut socket = Socket::of(&house.sign_in(DEMO_LOGIN).await).await;
    let (agent, group) = outsider(&house);
    let query = format!(
        "subscription {{ skillGroup(by: {{databaseId: {}}}) {{ isSnapshot skillGroup {{ databaseId }}
           entered {{ databaseId skillGroups {{ databaseId }} }} left }} }}",
        group.0
    );
    let first = socket.first(&query).await;
    assert_eq!(first["skillGroup"]["skillGroup"]["databaseId"], group.0);
    assert!(!ids(&first["skillGroup"]["entered"]).contains(&agent));
    change::membership(&house, agent, group, true);
    let entered = socket.data().await;
    assert_eq!(ids(&entered["skillGroup"]["entered"]), [agent]);
    change::membership(&house, agent, group, false);
    let left = socket.data().await;
    assert_eq!(left["skillGroup"]["entered"], json!([]));
    assert_eq!(left["skillGroup"]["left"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn agents_become_eligible_and_are_so_no_longer() {
    let house = house(often).await;
    let mut socket = Socket::of(&house.sign_in(DEMO_LOGIN).await).await;
    let queue = house.simulator.world(|world| world.tenants[0].precision_queues[0].id.unwrap().0);
    let query = format!(
        "subscription {{ precisionQueue(by: {{databaseId: {queue}}}) {{ isSnapshot precisionQueue {{ databaseId }}
           entered {{ stepNumber agent {{ id databaseId }} }} changed {{ stepNumber }} left }} }}"
    );
    let first = socket.first(&query).await;
    let entered = first["precisionQueue"]["entered"].as_array().unwrap();
    assert!(!entered.is_empty(), "{first}");
    let (id, agent) = (&entered[0]["agent"]["id"], entered[0]["agent"]["databaseId"].as_i64().unwrap());
    let attributes =
        house.simulator.world(|world| world.tenants[0].agents[&UserId(agent)].attributes.clone());
    house
        .simulator
        .world(|world| world.tenants[0].agents.get_mut(&UserId(agent)).unwrap().attributes.clear());
    let left = socket.data().await;
    assert_eq!(left["precisionQueue"]["left"], json!([id]), "{left}");
    house.simulator.world(|world| {
        world.tenants[0].agents.get_mut(&UserId(agent)).unwrap().attributes = attributes;
    });
    let back = socket.data().await;
    assert_eq!(back["precisionQueue"]["entered"][0]["agent"]["databaseId"], agent, "{back}");
}

#[tokio::test]
async fn a_callback_is_told_until_it_is_gone() {
    let house = house(often).await;
    let mut socket = Socket::of(&house.sign_in(DEMO_LOGIN).await).await;
    let query = "subscription { callback(databaseId: 7001) { phoneNumber } }";
    let first = socket.first(query).await;
    assert!(first["callback"]["phoneNumber"].is_string(), "{first}");
    house.simulator.world(|world| {
        let callbacks = &mut world.tenants[0].callbacks;
        let callback =
            callbacks.iter_mut().find(|one| one.id_call_back.is_some_and(|id| id.0 == 7_001)).unwrap();
        std::sync::Arc::make_mut(callback).phone_number = Some("5550100".into());
    });
    assert_eq!(socket.data().await, json!({"callback": {"phoneNumber": "5550100"}}));
    house.simulator.world(|world| world.tenants[0].callbacks.clear());
    assert_eq!(socket.data().await, json!({"callback": null}));
}

#[tokio::test]
async fn what_is_not_there_is_told_as_null() {
    let house = house(often).await;
    let mut socket = Socket::of(&house.sign_in(DEMO_LOGIN).await).await;
    assert_eq!(
        socket.first("subscription { callback(databaseId: 1) { id } }").await,
        json!({"callback": null})
    );
    for query in [
        "subscription { skillGroup(by: {name: \"None of this name\"}) { left } }",
        "subscription { precisionQueue(by: {databaseId: 999999}) { left } }",
    ] {
        socket.subscribe("n", query).await;
        let data = socket.data().await;
        assert!(data["skillGroup"].is_null() && data["precisionQueue"].is_null(), "{data}");
        assert_eq!(socket.hear().await, json!({"id": "n", "type": "complete"}));
    }
}

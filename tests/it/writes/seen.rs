//! What a write changed, every session reads, as the portal holds it; also when the client who sent it went away.

use std::time::Duration;

use portalgraph::portal::user::User;
use portalgraph::simulator::icws;
use portalgraph::simulator::{DEMO_PASSWORD, Fault, Tenant, World};
use serde_json::{Value, json};

use super::outcome::{arrival, count, leak};
use super::table::{COUNT, ICWS_PARTNER, Write, house, ready, sent, sign_in};
use crate::house::{Client, House, ICWS};

const CLARA: &str = "clara.cedar@dmn";

/// What a mutation changes, as a read asks for it; no read of the portal shows whether a user may sign in, nor a
/// password. A callback that is created gets the next number.
fn question(mutation: &str, next: i64) -> Option<String> {
    let clara = |shown: &str| format!("{{ seen: user(by: {{loginName: \"{CLARA}\"}}) {{ {shown} }} }}");
    let agent = |shown: &str| format!("{{ seen: agent(by: {{loginName: \"{CLARA}\"}}) {{ {shown} }} }}");
    let group =
        |name: &str, shown: &str| format!("{{ seen: skillGroup(by: {{name: \"{name}\"}}) {{ {shown} }} }}");
    Some(match mutation {
        "cloneUser" => {
            "{ seen: user(by: {loginName: \"cora.cedar@dmn\"}) { firstName phone email } }".to_owned()
        }
        "updateUser" => clara("phone"),
        "deleteUser" => "{ seen: user(by: {loginName: \"walter.walnut@dmn\"}) { phone } }".to_owned(),
        "setUserStatus" => clara("isActive"),
        "setUserIcmAccess" => clara("isActiveInIcm"),
        "setUserPortalAccess" | "resetPassword" => return None,
        "saveSkillGroup" => group("Sales_English", "description serviceLevelThresholdSeconds"),
        "updateSkillGroupAgents" => group("Sales_Spanish", "agents { nodes { user { loginName } } }"),
        "updateAgentSkillGroups" => agent("skillGroups { name }"),
        "addAttributesToAgents" | "removeAttributeFromAgent" => {
            agent("attributes { attribute { name } value }")
        }
        "updatePrecisionQueue" => {
            let shown = "description serviceLevelThresholdSeconds";
            format!("{{ seen: precisionQueue(by: {{name: \"Sales in English\"}}) {{ {shown} }} }}")
        }
        "createCallback" => {
            format!("{{ seen: callback(databaseId: {next}) {{ phoneNumber dialedNumber }} }}")
        }
        "updateCallback" | "cancelCallback" => {
            "{ seen: callback(databaseId: 7001) { statusCode } }".to_owned()
        }
        "createIcwsRole" => "{ seen: icws { role(by: {roleId: \"NightLead\"}) { name notes } } }".to_owned(),
        other => panic!("what {other} changes is not known here"),
    })
}

/// The same as the portal holds it.
fn held(mutation: &str, world: &World, next: i64) -> Value {
    if mutation == "createIcwsRole" {
        let role = world.icws.role("NightLead");
        let shown = |role: &icws::Role| json!({"name": role.identity.display_name, "notes": role.notes});
        return json!({"role": role.map(|role| shown(role))});
    }
    held_by_portal(mutation, &world.tenants[0], next)
}

fn held_by_portal(mutation: &str, tenant: &Tenant, next: i64) -> Value {
    let user = |name: &str| tenant.users.values().find(|user| user.login_nm.as_deref() == Some(name));
    let show = |name: &str, shown: fn(&User) -> Value| user(name).map_or(Value::Null, |user| shown(user));
    let key = user(CLARA).and_then(|user| user.id_program_user).unwrap();
    let callback =
        |number: i64| tenant.callbacks.iter().find(|one| one.id_call_back.is_some_and(|id| id.0 == number));
    let group =
        |name: &str| tenant.skill_groups.iter().find(|one| one.skill_name.as_deref() == Some(name)).unwrap();
    match mutation {
        "cloneUser" => show(
            "cora.cedar@dmn",
            |user| json!({"firstName": user.first_nm, "phone": user.phone, "email": user.email}),
        ),
        "updateUser" => show(CLARA, |user| json!({"phone": user.phone})),
        "deleteUser" => show("walter.walnut@dmn", |user| json!({"phone": user.phone})),
        "setUserStatus" => show(CLARA, |user| json!({"isActive": user.status})),
        "setUserIcmAccess" => show(CLARA, |user| json!({"isActiveInIcm": user.icm_status})),
        "setUserPortalAccess" => json!(tenant.barred.contains(&key)),
        "saveSkillGroup" => {
            let group = group("Sales_English");
            json!({"description": group.description, "serviceLevelThresholdSeconds": group.service_level_threshold})
        }
        "updateSkillGroupAgents" => {
            let id = group("Sales_Spanish").skill_target_id.unwrap();
            let members = tenant.agents.iter().filter(|(_, work)| work.skill_groups.contains(&id));
            let members = members.map(|(id, _)| json!({"user": {"loginName": tenant.users[id].login_nm}}));
            json!({"agents": {"nodes": members.collect::<Vec<_>>()}})
        }
        "updateAgentSkillGroups" => {
            let groups = &tenant.agents[&key].skill_groups;
            let of_agent = |id| groups.contains(&id);
            let all = tenant.skill_groups.iter().filter(|group| group.skill_target_id.is_some_and(of_agent));
            json!({"skillGroups": all.map(|group| json!({"name": group.skill_name})).collect::<Vec<_>>()})
        }
        "addAttributesToAgents" | "removeAttributeFromAgent" => {
            let all = tenant.agents[&key].attributes.iter().map(|(id, value)| {
                let attribute = tenant.attributes.iter().find(|attribute| attribute.id == Some(*id)).unwrap();
                json!({"attribute": {"name": attribute.name}, "value": value})
            });
            json!({"attributes": all.collect::<Vec<_>>()})
        }
        "updatePrecisionQueue" => {
            let mut queues = tenant.precision_queues.iter();
            let queue = queues.find(|queue| queue.name.as_deref() == Some("Sales in English")).unwrap();
            json!({"description": queue.description, "serviceLevelThresholdSeconds": queue.service_level_threshold})
        }
        "createCallback" => callback(next).map_or(
            Value::Null,
            |callback| json!({"phoneNumber": callback.phone_number, "dialedNumber": callback.dialed_number}),
        ),
        "updateCallback" | "cancelCallback" => json!({"statusCode": callback(7_001).unwrap().status_code}),
        // In nobody's record: the agent has no login here.
        _ => Value::Null,
    }
}

/// The value with its lists in one order, because the portal's is none.
fn in_order(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<_> = items.into_iter().map(in_order).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(members) => members.into_iter().map(|(key, value)| (key, in_order(value))).collect(),
        other => other,
    }
}

/// One write of the table, and three sessions that read: the one that writes, another, and another person's.
struct Scene {
    house: House,
    write: Write,
    next: i64,
    readers: [Client; 3],
}

impl Scene {
    async fn of(place: usize) -> Self {
        let house = house().await;
        let (client, mut writes) = ready(&house).await;
        let partner = house.sign_in(("partner@dmn", DEMO_PASSWORD)).await;
        let select = "mutation { selectTenant(input: {tenantDatabaseId: 101}) { sessionToken } }";
        let token = partner.data(select).await;
        let partner = partner.holding(token["selectTenant"]["sessionToken"].as_str().unwrap());
        let partner = partner.entering(ICWS, ICWS_PARTNER).await;
        let readers = [client, sign_in(&house).await, partner];
        let last = house.simulator.world(|world| {
            let callbacks = world.tenants.iter().flat_map(|tenant| &tenant.callbacks);
            callbacks.filter_map(|callback| callback.id_call_back).max().unwrap()
        });
        Self { house, write: writes.swap_remove(place), next: last.0 + 1, readers }
    }

    fn held(&self) -> Value {
        in_order(self.house.simulator.world(|world| held(self.write.mutation, world, self.next)))
    }

    /// What each session reads; nothing where no read shows it.
    async fn read(&self) -> Vec<Value> {
        let Some(question) = question(self.write.mutation, self.next) else { return Vec::new() };
        let mut answers = Vec::new();
        for reader in &self.readers {
            answers.push(in_order(reader.data(&question).await["seen"].clone()));
        }
        answers
    }

    /// Every session must read what is held, and something else than before if the write is to be seen at all.
    async fn check(&self, before: Option<&Value>) -> Value {
        let (held, mutation) = (self.held(), self.write.mutation);
        for read in self.read().await {
            assert_eq!(read, held, "{mutation}");
        }
        assert!(mutation == "resetPassword" || before != Some(&held), "{mutation} changed nothing: {held}");
        held
    }
}

/// Does something with each write of the table, a few at once: other tests count how much gets done in their time.
async fn each<F: Future<Output = ()> + Send + 'static>(look: fn(usize) -> F) {
    for first in (0..COUNT).step_by(4) {
        let few = (first..COUNT.min(first + 4)).map(|place| tokio::spawn(look(place)));
        for done in futures_util::future::join_all(few).await {
            done.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_write_is_seen_by_the_next_read_of_every_session_as_the_portal_holds_it() {
    each(|place| async move {
        let scene = Scene::of(place).await;
        let before = scene.check(None).await;
        let answer = scene.write.send(&scene.readers[0]).await;
        let errors = &answer.body["data"]["done"]["userErrors"];
        assert_eq!(*errors, json!([]), "{}: {}", scene.write.mutation, answer.body);
        scene.check(Some(&before)).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_half_does_no_write() {
    each(|place| async move {
        let scene = Scene::of(place).await;
        let (operation, mutation) = (scene.write.operation, scene.write.mutation);
        let before = scene.check(None).await;
        scene.house.simulator.journal().take();
        scene.house.simulator.faults().next(leak(operation), Fault::Delay(Duration::from_millis(300)), 1);
        let earlier = count(&scene.house, operation);
        let asking = tokio::spawn({
            let (client, document) = (scene.readers[0].clone(), scene.write.document());
            let input = json!({"input": scene.write.input});
            async move { client.ask_with(&document, input).await }
        });
        arrival(&scene.house, operation, earlier).await;
        asking.abort();
        assert!(
            asking.await.is_err_and(|gone| gone.is_cancelled()),
            "{mutation}: answered before it was left"
        );
        let mut waits = 200;
        while waits > 0 && mutation != "resetPassword" && scene.held() == before {
            tokio::time::sleep(Duration::from_millis(20)).await;
            waits -= 1;
        }
        // Until the answer has come to the gateway too, what is kept may be from before.
        tokio::time::sleep(Duration::from_millis(300)).await;
        scene.check(Some(&before)).await;
        assert_eq!(sent(&scene.house.simulator, operation), 1, "{mutation}");
    })
    .await;
}

//! What becomes of a write whose answer is lost, and of what was kept about its records.

use std::time::Duration;

use portalgraph::simulator::{DEMO_PASSWORD, Fault};
use serde_json::{Value, json};

use super::table::{COUNT, Ids, Write, all, house, impatient_house, ready, sent, sign_in};
use crate::house::{Client, House};

const CLARA: &str = "{ user(by: {loginName: \"clara.cedar@dmn\"}) { phone isActive } }";

pub fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

/// Waits until an operation has been called once more than it was.
pub async fn arrival(house: &House, operation: &str, before: u64) {
    while count(house, operation) <= before {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

pub fn count(house: &House, operation: &str) -> u64 {
    house.simulator.journal().counts().get(operation).copied().unwrap_or_default()
}

/// Sends a write into a fault; answers the one error's extensions.
async fn into(house: &House, client: &Client, write: &Write, fault: Fault) -> Value {
    house.simulator.faults().next(leak(write.operation), fault.clone(), 1);
    let answer = write.send(client).await;
    assert!(answer.body["data"]["done"].is_null(), "{} {fault:?}: {}", write.mutation, answer.body);
    let times = sent(&house.simulator, write.operation);
    assert_eq!(times, 1, "{} {fault:?}: {}", write.mutation, answer.body);
    let error = &answer.body["errors"][0];
    let is_unknown = error["extensions"]["outcome"] == "UNKNOWN";
    let message = error["message"].as_str().unwrap();
    assert_eq!(message.contains("is not known: read"), is_unknown, "{message}");
    error["extensions"].clone()
}

#[tokio::test]
async fn a_lost_answer_is_an_unknown_outcome_that_nobody_is_invited_to_repeat() {
    let house = impatient_house(400).await;
    let (client, writes) = ready(&house).await;
    for write in &writes {
        for (fault, code) in [
            (Fault::Reset, "PORTAL_UNREACHABLE"),
            (Fault::Status(502), "PORTAL_UNREACHABLE"),
            (Fault::Status(500), "PORTAL_REFUSED"),
            (Fault::Html, "PORTAL_UNINTELLIGIBLE"),
            (Fault::Empty, "PORTAL_UNINTELLIGIBLE"),
            (Fault::NotJson, "PORTAL_UNINTELLIGIBLE"),
            // Last, because it is carried out in the end.
            (Fault::Delay(Duration::from_millis(900)), "PORTAL_TIMEOUT"),
        ] {
            let extensions = into(&house, &client, write, fault.clone()).await;
            let about = format!("{} {fault:?}: {extensions}", write.mutation);
            assert_eq!(extensions["code"], code, "{about}");
            assert_eq!(extensions["outcome"], "UNKNOWN", "{about}");
            assert_eq!(extensions["retryable"], false, "{about}");
        }
    }
}

#[tokio::test]
async fn what_the_portal_turned_away_was_not_done() {
    let house = house().await;
    let (client, writes) = ready(&house).await;
    for write in &writes {
        for (fault, code) in [
            (Fault::Status(404), "PORTAL_REFUSED"),
            // Not for long: the next write comes at once.
            (Fault::StatusWithRetryAfter(503, 0), "PORTAL_OVERLOADED"),
        ] {
            let extensions = into(&house, &client, write, fault).await;
            assert_eq!(extensions["code"], code, "{}: {extensions}", write.mutation);
            assert_eq!(extensions.get("outcome"), None, "{}: {extensions}", write.mutation);
        }
    }
}

#[tokio::test]
async fn a_write_in_a_session_that_has_ended_asks_to_sign_in() {
    let house = house().await;
    let ids = Ids::of(&sign_in(&house).await).await;
    for write in all(&ids).iter().filter(|write| !write.mutation.ends_with("Callback")) {
        let client = sign_in(&house).await;
        house.simulator.journal().take();
        let extensions = into(&house, &client, write, Fault::Expire).await;
        assert_eq!(extensions["code"], "UNAUTHENTICATED", "{}", write.mutation);
        assert_eq!(extensions.get("outcome"), None, "{}", write.mutation);
        let after = client.ask(write.neighbour()).await;
        assert_eq!(after.codes(), ["UNAUTHENTICATED"], "{}", write.mutation);
        // The session at the other upstream is none of its business.
        let other = all(&ids).into_iter().find(|other| other.is_of_portal() != write.is_of_portal());
        client.data(other.unwrap().neighbour()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_killed_a_hundred_times_sends_no_write_twice() {
    let mut killed = Vec::new();
    for place in 0..COUNT {
        // A lost write keeps its record's turn for as long as a call may take: not long here, and all at once.
        let house = impatient_house(300).await;
        let (client, mut writes) = ready(&house).await;
        killed.push((house, client, writes.swap_remove(place)));
    }
    let killed = killed.into_iter().map(|(house, client, write)| tokio::spawn(kill(house, client, write)));
    for done in futures_util::future::join_all(killed).await {
        done.unwrap();
    }
}

/// Kills the connection of one write a hundred times, after it was sent and before or after it was carried out.
async fn kill(house: House, client: Client, write: Write) {
    let (mut arrived, mut late) = (0, 0);
    for round in 0..100 {
        let fault = if round % 2 == 0 { Fault::Reset } else { Fault::ResetAfter };
        // One in eight is answered, so that the portal is not taken to be gone and left alone.
        if round % 8 != 7 {
            house.simulator.faults().next(leak(write.operation), fault, 1);
        }
        let answer = write.send(&client).await;
        let times = sent(&house.simulator, write.operation);
        // On a busy machine one that was given up may arrive in a later round.
        assert!(times <= 1 + late, "{} was sent {times} times: {}", write.mutation, answer.body);
        late = late + usize::from(answer.codes() == ["PORTAL_TIMEOUT"]) - times.saturating_sub(1);
        late -= usize::from(times == 1 && answer.codes() == ["PORTAL_TIMEOUT"]);
        arrived += times;
        house.simulator.faults().clear();
    }
    // Who was deleted is gone, and is not deleted again.
    let least = if write.mutation == "deleteUser" { 2 } else { 20 };
    assert!(arrived >= least, "{}: {arrived}", write.mutation);
}

#[tokio::test]
async fn a_read_that_began_before_a_write_is_not_kept_after_it() {
    let house = house().await;
    let (client, writes) = ready(&house).await;
    let write = writes.iter().find(|write| write.mutation == "setUserStatus").unwrap();
    let other = house.sign_in(("partner@dmn", DEMO_PASSWORD)).await;
    let select = "mutation { selectTenant(input: {tenantDatabaseId: 101}) { sessionToken } }";
    let token = other.data(select).await;
    let other = other.holding(token["selectTenant"]["sessionToken"].as_str().unwrap());
    // The answer is made now, before the write, and arrives after it.
    house.simulator.faults().next("getUsers", Fault::DelayAfter(Duration::from_millis(300)), 1);
    let before = count(&house, "getUsers");
    let slow = tokio::spawn({
        let other = other.clone();
        async move { other.data(CLARA).await }
    });
    arrival(&house, "getUsers", before).await;
    // It is answered a moment after it is noted.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let answer = write.send(&client).await;
    assert_eq!(answer.body["data"]["done"]["user"]["isActive"], false, "{}", answer.body);
    assert_eq!(other.data(CLARA).await["user"]["isActive"], false, "asked after the write was done");
    assert_eq!(slow.await.unwrap()["user"]["isActive"], true, "asked before");
    assert_eq!(other.data(CLARA).await["user"]["isActive"], false, "the late answer must not be kept");
}

#[tokio::test]
async fn an_answer_made_before_a_lost_write_was_carried_out_is_not_kept_when_it_comes_late() {
    let house = impatient_house(400).await;
    let (client, writes) = ready(&house).await;
    let write = writes.iter().find(|write| write.mutation == "updateUser").unwrap();
    // Given up after 400 ms, carried out after 700, and expected no longer after 800.
    house.simulator.faults().next("updateUser", Fault::Delay(Duration::from_millis(700)), 1);
    assert_eq!(write.send(&client).await.codes(), ["PORTAL_TIMEOUT"]);
    tokio::time::sleep(Duration::from_millis(180)).await;
    for read in ["getUsers", "getUserByIdProgram"] {
        house.simulator.faults().next(read, Fault::DelayAfter(Duration::from_millis(300)), 1);
    }
    // Made before it was carried out, come after it was expected no longer, or too late even for that.
    let late = client.ask(CLARA).await;
    assert_ne!(late.body["data"]["user"]["phone"], "5550123");
    house.simulator.faults().clear();
    assert_eq!(client.data(CLARA).await["user"]["phone"], "5550123", "the late answer was kept");
}

#[tokio::test]
async fn a_switch_and_a_change_of_one_user_at_once_undo_nothing_of_each_other() {
    let house = house().await;
    let (client, writes) = ready(&house).await;
    let find = |mutation: &str| writes.iter().find(|write| write.mutation == mutation).unwrap();
    house.simulator.faults().next("updateUser", Fault::Delay(Duration::from_millis(200)), 1);
    let later = async {
        tokio::time::sleep(Duration::from_millis(80)).await;
        find("setUserStatus").send(&client).await
    };
    let (changed, switched) = futures_util::join!(find("updateUser").send(&client), later);
    assert_eq!(changed.body["data"]["done"]["userErrors"], json!([]), "{}", changed.body);
    assert_eq!(switched.body["data"]["done"]["userErrors"], json!([]), "{}", switched.body);
    let user = client.data(CLARA).await["user"].clone();
    assert_eq!(user, json!({"phone": "5550123", "isActive": false}));
}

#[tokio::test]
async fn a_flag_the_portal_does_not_know_is_no_success() {
    let house = House::with(portalgraph::simulator::World::demo(), |config| {
        config.portal.dialect.status_field.push_str("active");
    })
    .await;
    let (client, writes) = ready(&house).await;
    for mutation in ["setUserStatus", "setUserIcmAccess"] {
        let write = writes.iter().find(|write| write.mutation == mutation).unwrap();
        let input = json!({"input": {"userId": write.input["userId"], "isActive": true}});
        let answer = client.ask_with(&write.document(), input).await;
        assert_eq!(answer.codes(), ["PORTAL_UNINTELLIGIBLE"], "{}", answer.body);
        let message = answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("portal.dialect.status_field"), "{message}");
    }
}

#[tokio::test]
async fn when_time_is_up_nothing_further_is_sent_and_the_answer_says_what_is_not_known() {
    let house = House::with(portalgraph::simulator::World::demo(), |config| {
        config.portal.dialect.status_field.push_str("enabled");
        config.server.deadline_seconds = 1;
    })
    .await;
    let (client, writes) = ready(&house).await;
    let input =
        |mutation: &str| writes.iter().find(|write| write.mutation == mutation).unwrap().input.clone();
    house.simulator.faults().next("updateUser", Fault::Delay(Duration::from_millis(1_500)), 1);
    let answer = client
        .ask_with(
            "mutation($update: UpdateUserInput!, $callback: CreateCallbackInput!) {
               first: updateUser(input: $update) { userErrors { code } }
               second: updateUser(input: $update) { userErrors { code } }
               third: createCallback(input: $callback) { userErrors { code } } }",
            json!({"update": input("updateUser"), "callback": input("createCallback")}),
        )
        .await;
    assert_eq!(answer.codes(), ["PORTAL_TIMEOUT"], "{}", answer.body);
    let extensions = &answer.body["errors"][0]["extensions"];
    assert_eq!((&extensions["outcome"], &extensions["retryable"]), (&json!("UNKNOWN"), &json!(false)));
    tokio::time::sleep(Duration::from_millis(900)).await;
    let calls = house.calls();
    assert_eq!((calls.get("updateUser"), calls.get("createCallbackRequest")), (Some(&1), None), "{calls:?}");
    assert_eq!(client.data(CLARA).await["user"]["phone"], "5550123", "what was sent is seen through");
}

#[tokio::test]
async fn an_argument_that_does_not_fit_is_not_repeated() {
    let house = house().await;
    let (client, writes) = ready(&house).await;
    let write = writes.iter().find(|write| write.mutation == "resetPassword").unwrap();
    for input in [
        json!([{"userId": "x", "newPassword": "hunter2"}]),
        json!("hunter2"),
        json!({"userId": {"a": "hunter2"}, "newPassword": ["hunter2"]}),
        json!({"userId": "x", "newPassword": {"hunter2": 1}}),
    ] {
        let answer = client.ask_with(&write.document(), json!({"input": input})).await;
        assert!(!answer.codes().is_empty(), "{}", answer.body);
        assert!(!answer.body.to_string().contains("hunter2"), "{}", answer.body);
    }
    for inline in
        ["[{newPassword: \"hunter2\"}]", "\"hunter2\"", "{userId: \"x\", newPassword: [\"hunter2\"]}"]
    {
        let query = format!("mutation {{ resetPassword(input: {inline}) {{ userErrors {{ code }} }} }}");
        let answer = client.ask(&query).await;
        assert!(!answer.body.to_string().contains("hunter2"), "{}", answer.body);
    }
    let login = "mutation($input: LoginInput!) { login(input: $input) { status } }";
    for input in [json!(["hunter2"]), json!({"username": "a", "password": {"b": "hunter2"}})] {
        let answer = house.ask(login, json!({"input": input})).await;
        assert!(!answer.body.to_string().contains("hunter2"), "{}", answer.body);
    }
}

#[tokio::test]
async fn nothing_is_kept_while_a_lost_write_may_still_be_under_way() {
    let house = impatient_house(400).await;
    let (client, writes) = ready(&house).await;
    let write = writes.iter().find(|write| write.mutation == "updateUser").unwrap();
    // The portal carries it out only after the gateway has given up on the answer.
    house.simulator.faults().next("updateUser", Fault::Delay(Duration::from_millis(650)), 1);
    assert_eq!(write.send(&client).await.codes(), ["PORTAL_TIMEOUT"]);
    assert_ne!(client.data(CLARA).await["user"]["phone"], "5550123");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(client.data(CLARA).await["user"]["phone"], "5550123", "an answer from before was kept");
}

#[tokio::test]
async fn a_precision_queue_changed_meanwhile_is_left_as_it_is() {
    let house = house().await;
    let (client, _) = ready(&house).await;
    let ids = Ids::of(&client).await;
    let queue = ids.get("PrecisionQueue", "Sales in English");
    let mutation = "mutation($input: UpdatePrecisionQueueInput!) { updatePrecisionQueue(input: $input) {
        precisionQueue { description changeStamp } userErrors { code field } } }";
    let stale = json!({"input": {"precisionQueueId": queue, "ifChangeStamp": -7, "description": "mine"}});
    house.simulator.journal().take();
    let answer = client.ask_with(mutation, stale).await;
    let payload = &answer.body["data"]["updatePrecisionQueue"];
    let expected = json!([{"code": "STALE_PRECISION_QUEUE", "field": ["input", "ifChangeStamp"]}]);
    assert_eq!(payload["userErrors"], expected, "{}", answer.body);
    assert_eq!(sent(&house.simulator, "updatePrecisionQueue"), 0);

    // Somebody else changes it between our reading and our writing.
    house.simulator.faults().next("updatePrecisionQueue", Fault::Delay(Duration::from_millis(200)), 1);
    let variables = json!({"input": {"precisionQueueId": queue, "description": "mine"}});
    let before = count(&house, "updatePrecisionQueue");
    let ours = tokio::spawn({
        let client = client.clone();
        async move { client.ask_with(mutation, variables).await }
    });
    arrival(&house, "updatePrecisionQueue", before).await;
    house.simulator.world(|world| {
        let queues = &mut world.tenants[0].precision_queues;
        let queue =
            queues.iter_mut().find(|queue| queue.name.as_deref() == Some("Sales in English")).unwrap();
        let queue = std::sync::Arc::make_mut(queue);
        queue.description = Some("theirs".to_owned());
        queue.change_stamp = queue.change_stamp.map(|stamp| stamp + 1);
    });
    let answer = ours.await.unwrap();
    let payload = &answer.body["data"]["updatePrecisionQueue"];
    assert_eq!(payload["userErrors"][0]["code"], "STALE_PRECISION_QUEUE", "{}", answer.body);
    let now = client.data("{ precisionQueue(by: {name: \"Sales in English\"}) { description } }").await;
    assert_eq!(now["precisionQueue"]["description"], "theirs");
}

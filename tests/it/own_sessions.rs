//! A person's own sessions: listed with what tells them apart, ended one by one or all at once, and nobody else's.

use std::collections::BTreeSet;

use jiff::Timestamp;
use portalgraph::simulator::{
    DEMO_ICWS_LOGIN, DEMO_LOGIN, SIZED_LOGIN, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST, World,
};
use reqwest::header::HeaderValue;
use serde_json::Value;

use crate::house::{Client, House, ICWS, PORTAL};

const LIST: &str = "{ viewer { sessions { id createdAt lastUsedAt client isCurrent } } }";
const NAME: &str = "{ viewer { loginName } }";

async fn sessions(client: &Client) -> Vec<Value> {
    client.data(LIST).await["viewer"]["sessions"].as_array().unwrap().clone()
}

async fn ids(client: &Client) -> BTreeSet<String> {
    sessions(client).await.iter().map(|session| session["id"].as_str().unwrap().to_owned()).collect()
}

async fn own_id(client: &Client) -> String {
    let own = sessions(client).await.into_iter().find(|session| session["isCurrent"] == true).unwrap();
    own["id"].as_str().unwrap().to_owned()
}

async fn is_in(client: &Client) -> bool {
    !client.data(NAME).await["viewer"].is_null()
}

async fn end(client: &Client, id: &str) -> Value {
    let mutation = format!("mutation {{ endSession(input: {{sessionId: \"{id}\"}}) {{ isEnded }} }}");
    client.data(&mutation).await["endSession"]["isEnded"].clone()
}

async fn end_all(client: &Client) -> Value {
    client.data("mutation { logoutEverywhere { endedSessionCount } }").await["logoutEverywhere"]
        ["endedSessionCount"]
        .clone()
}

#[tokio::test]
async fn each_of_one_s_sessions_is_listed_and_of_nobody_else() {
    let house = House::over(World::sized(20)).await;
    let [first, second] = [house.sign_in(SIZED_LOGIN).await, house.sign_in(SIZED_LOGIN).await];
    let east = house.sign_in(SIZED_LOGIN_EAST).await;
    house.calls();
    let listed = sessions(&second).await;
    assert_eq!(listed.len(), 2);
    assert_eq!(ids(&first).await, ids(&second).await);
    assert_ne!(own_id(&first).await, own_id(&second).await);
    assert_eq!(ids(&east).await, [own_id(&east).await].into());
    for session in &listed {
        for field in ["createdAt", "lastUsedAt"] {
            let instant: Timestamp = session[field].as_str().unwrap().parse().unwrap();
            assert!(instant.duration_until(Timestamp::now()).as_secs().abs() < 600, "{field}");
        }
    }
    assert_eq!(house.call_count(), 0, "the portal is not asked");
    // The id opens nothing.
    for id in ids(&first).await {
        assert_eq!(
            first.holding(&id).ask("{ skillGroups { totalCount } }").await.codes(),
            ["UNAUTHENTICATED"]
        );
    }
}

#[tokio::test]
async fn a_session_says_by_which_client_it_was_made() {
    let house = House::over(World::demo()).await;
    let name = HeaderValue::from_bytes(b"Desk/2.1 \xc3\xa9\xff(kiosk)").unwrap();
    let login = serde_json::json!({"query": format!(
        "mutation {{ login(input: {{username: \"{}\", password: \"{}\"}}) {{ sessionToken }} }}", DEMO_LOGIN.0, DEMO_LOGIN.1
    )});
    let request = house.http().post(format!("{}/graphql", house.url)).header("user-agent", name);
    let request = request.header("content-type", "application/json").body(login.to_string());
    let answer = crate::house::read(request.send().await.unwrap()).await;
    let client = house.nobody().holding(answer.body["data"]["login"]["sessionToken"].as_str().unwrap());
    assert_eq!(sessions(&client).await[0]["client"], "Desk/2.1 (kiosk)");
}

#[tokio::test]
async fn one_session_is_ended_here_and_at_the_portal_and_no_other() {
    let house = House::over(World::sized(20)).await;
    let [mine, lost] = [house.sign_in(SIZED_LOGIN).await, house.sign_in(SIZED_LOGIN).await];
    let west = house.sign_in(SIZED_LOGIN_WEST).await;
    let (of_lost, of_west) = (own_id(&lost).await, own_id(&west).await);
    house.calls();
    assert_eq!(end(&mine, &of_west).await, false, "somebody else's is not found");
    assert_eq!(end(&mine, "nothing").await, false);
    assert_eq!(house.call_count(), 0);
    assert_eq!(end(&mine, &of_lost).await, true);
    assert_eq!(house.calls(), [("logout", 1)].into());
    assert_eq!((is_in(&mine).await, is_in(&lost).await, is_in(&west).await), (true, false, true));
    assert_eq!(end(&mine, &of_lost).await, false, "it has ended");
    let own = own_id(&mine).await;
    assert_eq!(end(&mine, &own).await, true);
    assert!(!is_in(&mine).await);
}

#[tokio::test]
async fn all_of_one_s_sessions_end_at_once_and_nobody_else_s() {
    let house = House::over(World::sized(20)).await;
    let mut mine = Vec::new();
    for _ in 0..5 {
        mine.push(house.sign_in(SIZED_LOGIN).await);
    }
    let east = house.sign_in(SIZED_LOGIN_EAST).await;
    house.calls();
    assert_eq!(end_all(&mine[2]).await, 5);
    assert_eq!(house.calls(), [("logout", 5)].into());
    for client in &mine {
        assert!(!is_in(client).await);
    }
    assert!(is_in(&east).await);
    assert_eq!(
        house.nobody().ask("mutation { logoutEverywhere { endedSessionCount } }").await.codes(),
        ["UNAUTHENTICATED"]
    );
}

#[tokio::test]
async fn what_another_person_holds_in_the_same_session_stays_theirs() {
    let house = House::over(World::demo()).await;
    // One of each upstream, and one with both.
    let both = house.sign_in(DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await;
    let portal = house.sign_in(DEMO_LOGIN).await;
    let icws = house.nobody().entering(ICWS, DEMO_ICWS_LOGIN).await;
    let listed = icws.data("{ icws { viewer { sessions { isCurrent } } } }").await;
    assert_eq!(listed["icws"]["viewer"]["sessions"].as_array().unwrap().len(), 2);
    assert_eq!(end_all(&icws).await, 2);
    assert!(is_in(&both).await && is_in(&portal).await, "the portal's part is not what was ended");
    assert_eq!(both.ask("{ icws { viewer { userId } } }").await.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(end_all(&both).await, 2);
    assert!(!is_in(&portal).await);
}

#[tokio::test]
async fn a_session_that_changes_its_token_keeps_its_place_in_the_list() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let before = own_id(&client).await;
    let again = client.entering(PORTAL, DEMO_LOGIN).await;
    assert_ne!(client.token, again.token);
    assert_eq!(ids(&again).await, [before].into());
}

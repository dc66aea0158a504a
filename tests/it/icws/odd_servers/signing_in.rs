//! Who is signed in where, and what becomes of a session that changes.

use std::time::Duration;

use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, Fault, World};
use serde_json::{Value, json};

use super::{LOGIN, icws, login};
use crate::house::House;

const PARTNER: (&str, &str) = ("partner@dmn", DEMO_LOGIN.1);

#[tokio::test]
async fn another_person_inherits_nothing() {
    let house = House::over(World::demo()).await;
    let client = icws(&house).await;
    let other = ("billing@dmn", "demo");
    let done = login(&house, Some(&client), "PORTAL", other).await;
    assert_eq!(done["icwsViewer"], Value::Null, "{done}");
}

#[tokio::test]
async fn an_address_that_is_not_icws_is_no_wrong_password() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.simulator.faults().next("connect", Fault::Status(404), 1);
    let answer = client
        .ask_with(LOGIN, json!({"input": {"upstream": "ICWS", "username": "icadmin", "password": "demo"}}))
        .await;
    println!("{}", answer.body);
    assert_ne!(answer.body["data"]["login"]["userErrors"][0]["code"], "ICWS_REFUSED");
}

#[tokio::test]
async fn a_late_request_with_the_replaced_cookie_takes_nothing_away() {
    let house = House::over(World::demo()).await;
    let portal = house.sign_in(DEMO_LOGIN).await;
    let done = login(&house, Some(&portal), "ICWS", DEMO_ICWS_LOGIN).await;
    assert_eq!(done["status"], "SIGNED_IN");
    let response = house
        .http()
        .post(format!("{}/graphql", house.url))
        .header("cookie", format!("portalgraph={}", portal.token))
        .header("content-type", "application/json")
        .body(json!({"query": "{ viewer { loginName } }"}).to_string())
        .send()
        .await
        .unwrap();
    assert!(response.headers().get("set-cookie").is_none());
}

#[tokio::test]
async fn a_login_tells_of_both_upstreams() {
    let house = House::over(World::demo()).await;
    let plain = house.sign_in(DEMO_LOGIN).await;
    let one = login(&house, None, "ICWS", DEMO_ICWS_LOGIN).await;
    let client = plain.holding(one["sessionToken"].as_str().unwrap());
    let two = login(&house, Some(&client), "PORTAL", PARTNER).await;
    println!("{two}");
    let client = plain.holding(two["sessionToken"].as_str().unwrap());
    let three = login(&house, Some(&client), "ICWS", DEMO_ICWS_LOGIN).await;
    println!("{three}");
    assert!(two["icwsViewer"]["userId"] == "icadmin", "somebody is signed in to ICWS: {two}");
    assert_eq!(three["tenants"], json!([]), "no selection was required by this login");
}

#[tokio::test]
async fn a_logout_while_a_tenant_is_selected_stays_one() {
    let house = House::over(World::demo()).await;
    let plain = house.sign_in(DEMO_LOGIN).await;
    let one = login(&house, None, "ICWS", DEMO_ICWS_LOGIN).await;
    let two =
        login(&house, Some(&plain.holding(one["sessionToken"].as_str().unwrap())), "PORTAL", PARTNER).await;
    let client = plain.holding(two["sessionToken"].as_str().unwrap());
    house.simulator.faults().next("authorizeUserToTenant", Fault::Delay(Duration::from_millis(800)), 1);
    house.simulator.faults().next("disconnect", Fault::Status(500), 1);
    let selecting = {
        let client = client.clone();
        tokio::spawn(async move {
            client
                .ask("mutation { selectTenant(input: {tenantDatabaseId: 999}) { userErrors { code } } }")
                .await
        })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    println!("poll: {}", client.ask("{ icws { roles { totalCount } } }").await.body);
    println!("logout: {}", client.ask("mutation { logout { isSignedOut } }").await.body);
    println!("select: {}", selecting.await.unwrap().body);
    let after = client.ask("{ icws { roles { totalCount } } }").await;
    assert_eq!(after.codes(), ["UNAUTHENTICATED"], "the token lives on after logout: {}", after.body);
}

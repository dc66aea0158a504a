//! A gateway without ICWS: it says so to everybody, so that clients need not offer a sign-in that cannot succeed.

use portalgraph::simulator::{DEMO_LOGIN, World};
use serde_json::json;

use crate::house::House;

const WHO_AM_I: &str = "{ viewer { loginName } icws { viewer { userId } } }";
const LOGIN: &str = "mutation { login(input: {upstream: ICWS, username: \"ada\", password: \"secret\"}) {
    status userErrors { code } } }";

#[tokio::test]
async fn a_gateway_without_icws_says_so_before_anybody_signs_in() {
    let house = House::with(World::demo(), |config| config.icws.url.clear()).await;
    let answer = house.ask(WHO_AM_I, json!({})).await;
    assert_eq!(answer.body["data"], json!({"viewer": null, "icws": null}));
    assert_eq!(answer.codes(), ["PORTAL_UNREACHABLE"]);
    assert_eq!(answer.body["errors"][0]["extensions"]["retryable"], false);
    let refused = house.ask(LOGIN, json!({})).await;
    assert_eq!(refused.body["data"]["login"]["userErrors"], json!([{"code": "UPSTREAM_NOT_CONFIGURED"}]));
    assert_eq!(house.call_count(), 0);

    let client = house.sign_in(DEMO_LOGIN).await;
    let answer = client.ask(WHO_AM_I).await;
    assert_eq!(answer.body["data"]["viewer"]["loginName"], DEMO_LOGIN.0);
    assert_eq!(answer.codes(), ["PORTAL_UNREACHABLE"]);
}

#[tokio::test]
async fn a_gateway_with_icws_asks_to_sign_in_there() {
    let house = House::over(World::demo()).await;
    assert_eq!(house.ask(WHO_AM_I, json!({})).await.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(house.call_count(), 0);
}

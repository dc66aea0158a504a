//! Who may be told, and that being told changes nothing else: kept answers, batches, tables, subscriptions.

use portalgraph::config::{Config, Explain};
use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, World};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::{ask, demo, explained, open, reads, request, ways};
use crate::house::{Client, House, http, read};
use crate::service::account;

const SITES: &str = "{ sites { name } }";

/// The code, the status and the message of who is refused.
async fn refusal(request: RequestBuilder) -> (String, u16, String) {
    let answer =
        read(request.header("accept", "application/graphql-response+json").send().await.unwrap()).await;
    let error = &answer.body["errors"][0];
    assert!(answer.body.get("data").is_none() && answer.body.get("extensions").is_none(), "{answer:?}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&error["extensions"]["code"]), answer.status.as_u16(), text(&error["message"]))
}

async fn house(explain: Explain, names: &[&str]) -> House {
    House::with(World::demo(), |config| {
        config.limits.explain = explain;
        config.limits.explain_names = names.iter().map(|name| (*name).to_owned()).collect();
    })
    .await
}

#[tokio::test]
async fn nobody_is_told_unless_the_settings_say_so() {
    assert_eq!(Config::default().limits.explain, Explain::Nobody);
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    let (code, status, message) = refusal(request(&client, SITES, &Value::Null)).await;
    assert_eq!((code.as_str(), status, house.call_count()), ("FORBIDDEN", 403, 0));
    assert!(message.contains("limits.explain") && message.contains("portalgraph-explain"), "{message}");
}

#[tokio::test]
async fn who_has_no_session_is_asked_to_sign_in() {
    for explain in [Explain::SignedIn, Explain::Listed] {
        let house = house(explain, &[DEMO_LOGIN.0]).await;
        let (code, status, message) = refusal(request(&house.nobody(), "{ __typename }", &Value::Null)).await;
        assert_eq!((code.as_str(), status), ("UNAUTHENTICATED", 401), "{message}");
        assert!(message.contains("Sign in"), "{message}");
    }
}

#[tokio::test]
async fn those_who_are_listed_are_told_and_nobody_else() {
    let house = house(Explain::Listed, &["ADMIN@dmn"]).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    assert_eq!(ways(&explained(&client, SITES).await), ["called"], "in any case, as the portal reads names");
    // A name at ICWS is another name, whatever it is.
    let icws = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
    let (code, status, message) = refusal(request(&icws, "{ __typename }", &Value::Null)).await;
    assert_eq!((code.as_str(), status), ("FORBIDDEN", 403), "{message}");
    assert!(message.contains("limits.explain_names"), "{message}");
}

#[tokio::test]
async fn a_service_account_is_listed_by_its_own_name() {
    for (name, is_told) in [("wall", true), (DEMO_LOGIN.0, false)] {
        let (wall, token) = account("wall", DEMO_LOGIN);
        let house = House::with(World::demo(), |config| {
            config.service_accounts.push(wall);
            config.limits.explain = Explain::Listed;
            config.limits.explain_names = vec![name.to_owned()];
        })
        .await;
        let answer = ask(&house.nobody().holding(&token), SITES).await;
        assert_eq!(
            answer.body["extensions"]["explain"]["totals"]["calls"] == 1,
            is_told,
            "{name}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn a_header_that_means_nothing_is_refused_and_0_is_no() {
    let (house, client) = demo(|_| ()).await;
    let with = |value: &'static str| {
        let request = http().post(format!("{}/graphql", client.url)).bearer_auth(&client.token);
        let request = request.header("portalgraph-explain", value).header("content-type", "application/json");
        request.body(json!({ "query": SITES }).to_string())
    };
    let (code, status, message) = refusal(with("yes")).await;
    assert_eq!((code.as_str(), status, house.call_count()), ("BAD_USER_INPUT", 400, 0));
    assert!(message.contains("portalgraph-explain") && message.contains("expected 1"), "{message}");
    let answer = read(with("0").send().await.unwrap()).await;
    assert_eq!((&answer.body["extensions"], &answer.body["errors"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn it_says_whether_the_whole_answer_was_kept_and_takes_it_apart_all_the_same() {
    let (house, client) = demo(|_| ()).await;
    let told = explained(&client, SITES).await;
    assert_eq!((&told["isKeptWhole"], ways(&told)), (&json!(false), vec!["called"]), "{told}");
    // What was explained is nobody's whole answer.
    let plain = client.ask(SITES).await;
    assert_eq!(plain.body["extensions"], Value::Null, "{plain:?}");
    let told = explained(&client, SITES).await;
    assert_eq!((&told["isKeptWhole"], ways(&told)), (&json!(true), vec!["kept"]), "{told}");
    assert_eq!(house.call_count(), 1);
}

#[tokio::test]
async fn both_headers_are_answered_beside_each_other_and_agree() {
    let (_house, client) = demo(|_| ()).await;
    let query = "{ agents { nodes { skillGroups { name } } } sites { name } }";
    let request = request(&client, query, &Value::Null).header("portalgraph-cost", "1");
    let extensions = read(request.send().await.unwrap()).await.body["extensions"].clone();
    let (cost, totals) = (&extensions["cost"], &extensions["explain"]["totals"]);
    for name in ["calls", "waves", "estimatedPortalCalls"] {
        assert_eq!(cost[name], totals[name], "{extensions}");
    }
}

#[tokio::test]
async fn each_operation_of_a_batch_is_explained_by_itself() {
    let (house, client) = demo(|config| config.limits.max_batched_operations = 2).await;
    let batch = json!([{ "query": SITES }, { "query": "{ sites { id } departments { name } }" }]);
    let request = http().post(format!("{}/graphql", client.url)).bearer_auth(&client.token);
    let request = request.header("portalgraph-explain", "1").header("content-type", "application/json");
    let answer = read(request.body(batch.to_string()).send().await.unwrap()).await;
    let told = |place: usize| &answer.body[place]["extensions"]["explain"];
    assert_eq!(ways(told(0)), ["called"], "{answer:?}");
    let mut second: Vec<_> = reads(told(1)).iter().map(|read| (&read["operation"], &read["how"])).collect();
    second.sort_by_key(|(operation, _)| operation.as_str());
    assert_eq!(
        second,
        [(&json!("getAllDepartments"), &json!("called")), (&json!("getAllSites"), &json!("kept"))],
        "{answer:?}"
    );
    assert_eq!(house.call_count(), 2);
}

#[tokio::test]
async fn a_subscription_goes_on_as_if_nobody_had_asked() {
    let (_house, client) = demo(|_| ()).await;
    let request = request(&client, "subscription { viewerSession { kind } }", &Value::Null);
    let mut response = request.header("accept", "text/event-stream").send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut text = String::new();
    while !text.contains("STANDS") {
        text.push_str(&String::from_utf8_lossy(&response.chunk().await.unwrap().expect("an event")));
    }
    assert!(!text.contains("explain") && !text.contains("errors"), "{text}");
}

#[tokio::test]
async fn a_browser_of_a_listed_front_end_may_send_the_header() {
    let origin = "https://desk.example.com";
    let house = House::with(World::demo(), |config| {
        open(config);
        config.server.cors_origins = vec![origin.to_owned()];
    })
    .await;
    let request = house.http().request(reqwest::Method::OPTIONS, format!("{}/graphql", house.url));
    let request = request.header("origin", origin).header("access-control-request-method", "POST");
    let response =
        request.header("access-control-request-headers", "portalgraph-explain").send().await.unwrap();
    let allowed = response.headers()["access-control-allow-headers"].to_str().unwrap();
    assert!(allowed.contains("portalgraph-explain"), "{allowed}");
}

#[tokio::test]
async fn an_answer_without_it_is_not_taken_for_one_with_it() {
    let (_house, client) = demo(|_| ()).await;
    let get = |client: &Client| {
        let url = format!("{}/graphql?query=%7Bsites%7Bname%7D%7D", client.url);
        http().get(url).bearer_auth(&client.token)
    };
    let response = get(&client).header("portalgraph-explain", "1").send().await.unwrap();
    let varies = response.headers()["vary"].to_str().unwrap().to_owned();
    assert!(varies.split(", ").any(|name| name == "portalgraph-explain"), "{varies}");
    assert_eq!(response.headers()["cache-control"], "private, no-cache");
    assert!(response.text().await.unwrap().contains("\"explain\""));
    assert!(!get(&client).send().await.unwrap().text().await.unwrap().contains("explain"));
}

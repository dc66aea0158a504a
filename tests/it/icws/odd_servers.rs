//! Servers that answer as they should not, lists that change while they are read, and records with odd names.

mod fake;
mod signing_in;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portalgraph::config::Config;
use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, Fault, World};
use serde_json::{Value, json};

use crate::house::{Client, House};
use fake::{fake, items, role};

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) { status sessionToken viewer { loginName } icwsViewer { userId } tenants { databaseId } userErrors { code message portalCode } } }";

async fn login(
    house: &House,
    client: Option<&Client>,
    upstream: &str,
    (name, password): (&str, &str),
) -> Value {
    let input = json!({"input": {"upstream": upstream, "username": name, "password": password}});
    let answer = match client {
        Some(client) => client.ask_with(LOGIN, input).await,
        None => house.ask(LOGIN, input).await,
    };
    answer.body["data"]["login"].clone()
}

async fn icws(house: &House) -> Client {
    let plain = house.sign_in(DEMO_LOGIN).await;
    let done = login(house, Some(&plain), "ICWS", DEMO_ICWS_LOGIN).await;
    plain.holding(done["sessionToken"].as_str().unwrap_or_else(|| panic!("{done}")))
}

async fn icws_only(house: &House, who: (&str, &str)) -> Client {
    let plain = house.sign_in(DEMO_LOGIN).await;
    let done = login(house, None, "ICWS", who).await;
    plain.holding(done["sessionToken"].as_str().unwrap_or_else(|| panic!("{done}")))
}

fn place(n: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("place:{n}"))
}

async fn before(url: String, change: impl FnOnce(&mut Config)) -> (House, Client) {
    let house = House::with(World::demo(), |config| {
        config.icws.url = url;
        change(config);
    })
    .await;
    let client = icws(&house).await;
    (house, client)
}

fn ids(data: &Value) -> Vec<String> {
    data["data"]["icws"]["roles"]["nodes"]
        .as_array()
        .unwrap_or_else(|| panic!("{data}"))
        .iter()
        .map(|r| r["roleId"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_cursor_of_any_place_is_a_page_without_roles() {
    let house = House::over(World::demo()).await;
    let client = icws(&house).await;
    for n in [usize::MAX, usize::MAX - 1, usize::MAX - 100] {
        for field in ["name", "notes"] {
            let q = format!(
                "{{ icws {{ roles(first: 1, after: \"{}\") {{ totalCount nodes {{ {field} }} }} }} }}",
                place(n)
            );
            let answer = client.ask(&q).await;
            assert!(answer.body.get("errors").is_none(), "{n} {field} {}", answer.body);
        }
    }
}

#[tokio::test]
async fn of_two_roles_of_one_name_none_is_meant() {
    let url = fake(|_| {
        let role = |id: &str| json!({"configurationId": {"id": id, "displayName": "Same"}});
        (200, None, json!({"items": [role("x1"), role("x2")]}))
    })
    .await;
    let (_house, client) = before(url, |_| ()).await;
    let answer = client.ask("{ icws { role(by: {name: \"Same\"}) { roleId } } }").await;
    assert_eq!(answer.body["data"]["icws"]["role"], Value::Null, "{}", answer.body);
}

#[tokio::test]
async fn a_global_id_finds_its_own_role_alone() {
    let house = House::over(World::demo()).await;
    let client = icws(&house).await;
    let id = URL_SAFE_NO_PAD.encode("icws:IcwsRole:AGENT");
    let answer = client.ask(&format!("{{ node(id: \"{id}\") {{ id }} }}")).await;
    assert!(
        answer.body["data"]["node"].is_null() || answer.body["data"]["node"]["id"] == id,
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn a_session_that_ends_while_it_waits_for_its_role_leaves_no_old_list() {
    let house = House::over(World::demo()).await;
    house.simulator.settings(|settings| settings.icws.appears_after = Duration::from_millis(1500));
    let creator = icws(&house).await;
    let viewer = icws_only(&house, DEMO_ICWS_LOGIN).await;
    house.simulator.faults().next("listRoles", Fault::Expire, 1);
    let answer = creator.ask("mutation { createIcwsRole(input: {roleId: \"late\"}) { isAccepted isVisible userErrors { code } } }").await;
    assert_eq!(answer.body["data"]["createIcwsRole"]["isAccepted"], true, "{}", answer.body);
    let q = "{ icws { roles(first: 100) { nodes { roleId } } } }";
    assert!(!ids(&viewer.ask(q).await.body).contains(&"late".to_owned()));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(ids(&viewer.ask(q).await.body).contains(&"late".to_owned()), "old list kept");
}

#[tokio::test]
async fn waiting_for_a_role_ends_before_the_request_does() {
    let house = House::with(World::demo(), |config| config.server.deadline_seconds = 2).await;
    house.simulator.settings(|settings| settings.icws.appears_after = Duration::from_mins(1));
    let creator = icws(&house).await;
    let answer = creator.ask("mutation { createIcwsRole(input: {roleId: \"late\"}) { isAccepted isVisible userErrors { code } } }").await;
    assert_eq!(answer.body["data"]["createIcwsRole"]["isAccepted"], true, "{}", answer.body);
}

#[tokio::test]
async fn who_may_create_and_view_a_role_sees_it() {
    let url = fake(|asked| {
        if asked.post {
            return (201, None, json!({"id": "new", "uri": "/configuration/roles/new"}));
        }
        let list = if asked.query.contains("rightsFilter=view") {
            json!({"items": [{"configurationId": {"id": "new"}}]})
        } else {
            json!({"items": []})
        };
        (200, None, list)
    })
    .await;
    let (_house, client) = before(url, |config| config.icws.role_creation_wait_milliseconds = 300).await;
    let answer = client
        .ask("mutation { createIcwsRole(input: {roleId: \"new\"}) { isAccepted isVisible role { roleId } } }")
        .await;
    assert_eq!(answer.body["data"]["createIcwsRole"]["isVisible"], true, "{}", answer.body);
}

#[tokio::test]
async fn a_total_that_cannot_be_is_refused() {
    for header in [
        "items */18446744073709551615",
        "items 0-0/18446744073709551615",
        "items 18446744073709551615-18446744073709551615/18446744073709551615",
        "items 0-18446744073709551615/5",
    ] {
        let url = fake(move |_| (200, Some(header.to_owned()), items(0..1))).await;
        let (_house, client) = before(url, |_| ()).await;
        for field in ["roleId", "roleId notes"] {
            for page in ["first: 3", "last: 1", "last: 3", "first: 300"] {
                let answer = client.ask(&format!("{{ icws {{ roles({page}) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {field} }} }} }} }}")).await;
                println!("{header} {field} {page}: {}", answer.body);
                assert!(!answer.codes().contains(&"INTERNAL"), "{header} {field} {page}: {}", answer.body);
            }
        }
    }
}

#[tokio::test]
async fn a_server_that_gives_fewer_rows_and_no_total_loses_none() {
    for total in ["250", "*"] {
        let url = fake(move |asked| {
            let (a, b) = asked.range.unwrap_or((0, 249));
            let most = if asked.query.contains("select") { 100 } else { 1000 };
            let (a, b) = (a.min(250), (b + 1).min(250).min(a + most));
            (200, Some(format!("items {a}-{}/{total}", b.max(1) - 1)), items(a..b))
        })
        .await;
        let (_house, client) = before(url, |_| ()).await;
        let answer = client.ask("{ icws { roles(first: 250) { totalCount nodes { roleId notes } } } }").await;
        assert_eq!(
            (ids(&answer.body).len(), &answer.body["data"]["icws"]["roles"]["totalCount"]),
            (250, &json!(250)),
            "{total}"
        );
    }
}

#[tokio::test]
async fn pages_that_disagree_are_read_again() {
    let first = Arc::new(Mutex::new(0));
    let shown = first.clone();
    let url = fake(move |asked| {
        let gone = *shown.lock().unwrap();
        let all: Vec<usize> = (gone..400).collect();
        let (a, b) = asked.range.unwrap_or((0, 399));
        let (a, b) = (a.min(all.len()), (b + 1).min(all.len()).min(a + 200));
        let list: Vec<_> = all[a..b].iter().map(|n| role(*n)).collect();
        (200, Some(format!("items {a}-{}/{}", b.max(1) - 1, all.len())), json!({"items": list}))
    })
    .await;
    let (_house, client) = before(url, |_| ()).await;
    assert_eq!(
        ids(&client.ask("{ icws { roles(first: 200) { nodes { roleId notes } } } }").await.body).len(),
        200
    );
    *first.lock().unwrap() = 1;
    let answer = client.ask("{ icws { roles(first: 1000) { totalCount nodes { roleId notes } } } }").await;
    let got = ids(&answer.body);
    assert!(
        got.contains(&"r0200".to_owned()),
        "a role that was there all the time is lost: {} of {}",
        got.len(),
        answer.body["data"]["icws"]["roles"]["totalCount"]
    );
}

#[tokio::test]
async fn filters_too_long_for_an_address_are_judged_here() {
    let house = House::over(World::demo()).await;
    let client = icws(&house).await;
    let text = "ä".repeat(240);
    let f = format!("{{contains: \"{text}\", startsWith: \"{text}\", equals: \"{text}\"}}");
    let answer = client
        .ask(&format!(
            "{{ icws {{ roles(filter: {{name: {f}, roleId: {f}, notes: {f}}}) {{ totalCount }} }} }}"
        ))
        .await;
    assert_eq!(answer.body["data"]["icws"]["roles"]["totalCount"], 0, "{}", answer.body);
}

#[tokio::test]
async fn a_name_with_a_comma_is_found_in_any_case() {
    let house = House::over(World::demo()).await;
    let client = icws(&house).await;
    for (id, name) in [("c1", "Sales, EMEA"), ("c2", "Sales EMEA")] {
        client
            .ask(&format!(
                "mutation {{ createIcwsRole(input: {{roleId: \"{id}\", name: \"{name}\"}}) {{ isVisible }} }}"
            ))
            .await;
    }
    let answer = client.ask("{ icws { a: role(by: {name: \"sales emea\"}) { roleId } b: role(by: {name: \"sales, emea\"}) { roleId } } }").await;
    assert_eq!(answer.body["data"]["icws"], json!({"a": {"roleId": "c2"}, "b": {"roleId": "c1"}}));
}

#[tokio::test]
async fn a_selection_of_any_form_is_asked_for_whole() {
    let house = House::over(World::demo()).await;
    let client = icws(&house).await;
    let data = client
        .data("{ icws { role(by: {roleId: \"Agent\"}) { name } role(by: {roleId: \"Agent\"}) { notes } } }")
        .await;
    assert!(!data["icws"]["role"]["notes"].is_null(), "{data}");
    let data = client.data("{ icws { roles { nodes { name } } } icws { roles { nodes { notes } } } }").await;
    assert!(!data["icws"]["roles"]["nodes"][0]["notes"].is_null(), "{data}");
    let data = client.data("query { icws { roles { ...c edges { x: node { ... on IcwsRole { memo: notes } } } } } } fragment c on IcwsRoleConnection { a: nodes { ...r } } fragment r on IcwsRole { securityRights { name ... on IcwsFlagRight { mine: actual from: inheritedFrom { isGranted } } } }").await;
    assert!(!data["icws"]["roles"]["edges"][0]["x"]["memo"].is_null());
    assert!(
        !data["icws"]["roles"]["a"][0]["securityRights"][0]["mine"].is_null(),
        "{}",
        data["icws"]["roles"]["a"][0]["securityRights"][0]
    );
    house.simulator.journal().take();
    client.data("{ icws { roles(first: 7) { nodes { name notes @skip(if: true) members @include(if: false) { name } } } } }").await;
    for call in house.simulator.journal().take() {
        println!("{call:?}");
    }
}

#[tokio::test]
async fn a_refusal_that_is_not_known_does_not_name_the_portal() {
    let house = House::over(World::demo()).await;
    let client = icws(&house).await;
    house.simulator.faults().next("createRole", Fault::RefuseWith("error.request.somethingNew"), 1);
    let answer = client
        .ask("mutation { createIcwsRole(input: {roleId: \"q\"}) { userErrors { code message portalCode } } }")
        .await;
    assert!(!answer.body.to_string().contains("The portal"), "{}", answer.body);
}

#[tokio::test]
async fn a_long_part_of_a_long_list_is_whole() {
    let url = fake(|asked| {
        let (a, b) = asked.range.unwrap_or((0, 999));
        let b = (b + 1).min(1000).min(a + 200);
        assert!(asked.nth < 10);
        (200, Some(format!("items {a}-{}/1000", b - 1)), items(a..b))
    })
    .await;
    let (_house, client) = before(url, |_| ()).await;
    assert_eq!(
        ids(&client.ask("{ icws { roles(first: 450) { nodes { roleId notes } } } }").await.body).len(),
        450
    );
}

#[tokio::test]
async fn a_role_acknowledged_without_a_word_is_accepted() {
    let url = fake(|asked| {
        if asked.post {
            (201, None, Value::Null)
        } else {
            (200, None, json!({"items": [{"configurationId": {"id": "new"}}]}))
        }
    })
    .await;
    let (_house, client) = before(url, |_| ()).await;
    let answer = client
        .ask("mutation { createIcwsRole(input: {roleId: \"new\"}) { isAccepted isVisible role { roleId } } }")
        .await;
    assert_eq!(answer.body["data"]["createIcwsRole"]["isAccepted"], true, "{}", answer.body);
}

#[tokio::test]
async fn a_server_that_counts_from_one_is_told_by_its_setting() {
    let url = fake(|asked| {
        // Rows 1 to 250.
        let (a, b) = asked.range.unwrap_or((1, 250));
        let most = if asked.query.contains("select") { 200 } else { 1000 };
        let (a, b) = (a.max(1), b.min(250));
        let b = b.min(a + most - 1);
        (200, Some(format!("items {a}-{b}/250")), items(a - 1..b))
    })
    .await;
    let (_house, client) = before(url, |_| ()).await;
    let answer = client.ask("{ icws { roles(first: 500) { totalCount nodes { roleId notes } } } }").await;
    assert!(
        answer.body.get("errors").is_some() || ids(&answer.body).len() == 250,
        "{}",
        ids(&answer.body).len()
    );
}

#[tokio::test]
async fn a_range_that_is_ignored_is_cut_here() {
    let url = fake(|_| (200, None, items(0..40))).await;
    let (_house, client) = before(url, |_| ()).await;
    let answer = client
        .ask(&format!(
            "{{ icws {{ roles(first: 50, after: \"{}\") {{ totalCount nodes {{ roleId }} }} }} }}",
            place(99)
        ))
        .await;
    assert_eq!(
        (ids(&answer.body).len(), &answer.body["data"]["icws"]["roles"]["totalCount"]),
        (0, &json!(40)),
        "{}",
        answer.body
    );
}

//! Pages of many roles: how many calls they cost, which rows each asks for, and that they agree with one another.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portalgraph::simulator::icws::ContentRange;
use serde_json::{Value, json};

use super::{lists, parameter, sized};
use crate::house::{Client, House};

/// A page's arguments, and the rows of a thousand that are on it.
type Case = (&'static str, std::ops::Range<usize>);

/// The ids of all roles in the order of their names, which is that of a list nobody ordered.
fn everyone(house: &House) -> Vec<String> {
    house.simulator.world(|world| {
        let mut roles: Vec<_> = world.icws.roles.iter().map(|role| &role.identity).collect();
        roles.sort_by_key(|identity| {
            (identity.display_name.clone().unwrap().to_lowercase(), identity.id.clone())
        });
        roles.into_iter().map(|identity| identity.id.clone()).collect()
    })
}

fn cursor(place: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("place:{place}"))
}

fn ranges(house: &House) -> Vec<String> {
    let mut ranges: Vec<_> =
        lists(house).iter().map(|call| call.headers.get("Range").cloned().unwrap_or_default()).collect();
    ranges.sort_by_key(|range| (range.len(), range.clone()));
    ranges
}

async fn page(client: &Client, arguments: &str, fields: &str) -> Value {
    let query = format!(
        "{{ icws {{ roles({arguments}) {{ totalCount nodes {{ {fields} }} edges {{ cursor }}
           pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}"
    );
    client.data(&query).await["icws"]["roles"].clone()
}

fn assert_page(page: &Value, everyone: &[String], rows: std::ops::Range<usize>, about: &str) {
    let nodes = page["nodes"].as_array().unwrap();
    let ids: Vec<_> = nodes.iter().map(|node| node["roleId"].as_str().unwrap()).collect();
    assert_eq!(ids, everyone[rows.clone()], "{about}");
    assert_eq!(page["totalCount"], everyone.len(), "{about}");
    let cursors: Vec<_> = rows.clone().map(|place| json!({"cursor": cursor(place)})).collect();
    assert_eq!(page["edges"], json!(cursors), "{about}");
    let info = &page["pageInfo"];
    assert_eq!(info["hasNextPage"], rows.end < everyone.len(), "{about}");
    assert_eq!(info["hasPreviousPage"], rows.start > 0, "{about}");
    let ends = (!rows.is_empty()).then(|| [cursor(rows.start), cursor(rows.end - 1)]);
    let [start, end] = ends.map_or([None, None], |ends| ends.map(Some));
    assert_eq!((&info["startCursor"], &info["endCursor"]), (&json!(start), &json!(end)), "{about}");
}

#[tokio::test]
async fn the_names_of_a_thousand_roles_cost_one_call_that_selects_nothing() {
    let (house, client) = sized(1_000, |_| ()).await;
    let everyone = everyone(&house);
    let names = page(&client, "first: 1000", "roleId name").await;
    assert_page(&names, &everyone, 0..1_000, "names");
    let calls = lists(&house);
    let [call] = calls.as_slice() else { panic!("{calls:?}") };
    assert!(call.query.is_empty(), "{call:?}");
    // A shorter page too, and how many there are.
    page(&client, "first: 7", "roleId").await;
    client.data("{ icws { roles(first: 9) { totalCount } } }").await;
    let calls = lists(&house);
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(calls.iter().all(|call| call.query.is_empty()), "{calls:?}");
    // Asked again it costs nothing.
    page(&client, "first: 7", "roleId name").await;
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn four_hundred_and_fifty_roles_with_properties_cost_three_calls_of_the_right_rows() {
    let (house, client) = sized(1_000, |_| ()).await;
    let everyone = everyone(&house);
    let found = page(
        &client,
        "first: 450",
        "roleId notes securityRights(filter: {names: [\"followMe\"]}) { isHeld }",
    )
    .await;
    assert_page(&found, &everyone, 0..450, "450");
    for node in found["nodes"].as_array().unwrap() {
        assert_eq!(node["securityRights"].as_array().unwrap().len(), 1, "{node}");
    }
    let calls = lists(&house);
    assert!(calls.iter().all(|call| parameter(call, "select") == "notes,securityRights"), "{calls:?}");
    let found: Vec<_> = calls.iter().map(|call| call.headers["Range"].as_str()).collect();
    assert_eq!(found[0], "items=0-199", "the first page says how many there are");
    let mut found = found;
    found.sort_unstable();
    assert_eq!(found, ["items=0-199", "items=200-399", "items=400-449"]);
}

#[tokio::test]
async fn every_page_holds_its_rows_at_its_cost() {
    let (house, client) = sized(1_000, |config| config.cache.icws_role_seconds = 0).await;
    let everyone = everyone(&house);
    let after = |place: usize| format!("after: \"{}\"", cursor(place));
    let before = |place: usize| format!("before: \"{}\"", cursor(place));
    for (arguments, rows, calls) in [
        ("first: 0".to_owned(), 0..0, &["items=0-0"] as &[&str]),
        ("first: 1".to_owned(), 0..1, &["items=0-0"]),
        ("first: 200".to_owned(), 0..200, &["items=0-199"]),
        ("first: 201".to_owned(), 0..201, &["items=0-199", "items=200-200"]),
        (format!("first: 3, {}", after(9)), 10..13, &["items=10-12"]),
        (format!("first: 30, {}", after(989)), 990..1_000, &["items=990-1019"]),
        (format!("first: 250, {}", after(899)), 900..1_000, &["items=900-1099"]),
        (format!("first: 3, {}", after(999)), 1_000..1_000, &["items=1000-1002"]),
        (format!("first: 3, {}", after(5_000)), 1_000..1_000, &["items=5001-5003"]),
        (format!("first: 9, {}, {}", after(9), before(12)), 10..12, &["items=10-11"]),
        (format!("first: 9, {}", before(0)), 0..0, &["items=0-0"]),
        (format!("first: 9, {}, {}", after(20), before(12)), 21..21, &["items=21-21"]),
        ("last: 3".to_owned(), 997..1_000, &["items=0-0", "items=997-999"]),
        ("last: 250".to_owned(), 750..1_000, &["items=0-0", "items=750-949", "items=950-999"]),
        (format!("last: 4, {}", before(100)), 96..100, &["items=0-0", "items=96-99"]),
        (format!("last: 4, {}, {}", after(97), before(100)), 98..100, &["items=0-0", "items=98-99"]),
        (format!("last: 4, {}", before(2_000)), 996..1_000, &["items=0-0", "items=996-999"]),
    ] {
        let found = page(&client, &arguments, "roleId notes").await;
        assert_page(&found, &everyone, rows, &arguments);
        assert_eq!(ranges(&house), calls, "{arguments}");
    }
}

#[tokio::test]
async fn pages_are_bounded_like_those_of_any_list() {
    let (house, client) = sized(3, |_| ()).await;
    for arguments in [
        "first: -1",
        "first: 5001",
        "last: 5001",
        "first: 1, last: 1",
        "after: \"x\"",
        "first: 1, before: \"Zm9v\"",
    ] {
        let answer =
            client.ask(&format!("{{ icws {{ roles({arguments}) {{ nodes {{ notes }} }} }} }}")).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{arguments}");
        assert_eq!(answer.body["data"]["icws"], json!({"roles": null}));
    }
    assert_eq!(house.call_count(), 0);
}

/// What a page may cost at most, whatever the server tells of ranges: its own calls, and some that count.
const MOST_TO_COUNT: usize = 3;

#[tokio::test]
async fn whatever_a_server_tells_of_ranges_pages_are_the_same() {
    let cases: [Case; 6] = [
        ("first: 450", 0..450),
        ("first: 3, after: \"cGxhY2U6OQ\"", 10..13),
        ("first: 300, after: \"cGxhY2U6Mzk5\"", 400..410),
        ("first: 3, after: \"cGxhY2U6OTk5\"", 410..410),
        ("last: 250", 160..410),
        ("first: 410", 0..410),
    ];
    for sends_range_without_select in [true, false] {
        for first_item in [0, 1] {
            let (house, client) = sized(410, |config| {
                config.cache.icws_role_seconds = 0;
                config.icws.dialect.first_item = first_item;
                config.icws.dialect.sends_range_without_select = sends_range_without_select;
            })
            .await;
            let everyone = everyone(&house);
            for told in [ContentRange::Full, ContentRange::WithoutTotal, ContentRange::Absent] {
                house.simulator.settings(|settings| {
                    settings.icws.content_range = told;
                    settings.icws.first_item = first_item;
                });
                for (arguments, rows) in cases.clone() {
                    for fields in ["roleId", "roleId notes"] {
                        let about = format!(
                            "{arguments} {fields}: {told:?} {first_item} {sends_range_without_select}"
                        );
                        let rows = rows.start..rows.end.min(410);
                        let found = page(&client, arguments, fields).await;
                        assert_page(&found, &everyone, rows.clone(), &about);
                        let calls = lists(&house);
                        let own = if fields == "roleId" { 1 } else { rows.len().div_ceil(200).max(1) };
                        assert!(calls.len() <= own + MOST_TO_COUNT, "{about}: {calls:?}");
                        let without = calls.iter().filter(|call| call.query.is_empty());
                        let ranged = without.filter(|call| call.headers.contains_key("Range")).count();
                        assert!(sends_range_without_select || ranged == 0, "{about}: {calls:?}");
                        if told == ContentRange::Full
                            && arguments.starts_with("first")
                            && (fields != "roleId" || sends_range_without_select)
                        {
                            assert_eq!(calls.len(), own, "{about}: {calls:?}");
                        }
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn pages_are_read_side_by_side_and_a_failed_one_fails_the_list_alone() {
    let (house, client) = sized(1_000, |_| ()).await;
    house.simulator.settings(|settings| settings.delay = std::time::Duration::from_millis(30));
    house.simulator.journal().busiest();
    page(&client, "first: 1000", "roleId notes").await;
    assert_eq!(lists(&house).len(), 5);
    assert!(house.simulator.journal().busiest() > 1);
    house.simulator.settings(|settings| settings.delay = std::time::Duration::ZERO);
    house.simulator.faults().next("listRoles", portalgraph::simulator::Fault::Status(500), 1);
    let answer =
        client.ask("{ icws { a: roles(first: 250) { nodes { createdAt } } viewer { userId } } }").await;
    assert_eq!(answer.codes(), ["PORTAL_REFUSED"]);
    assert_eq!(answer.body["data"]["icws"], json!({"a": null, "viewer": {"userId": "icadmin"}}));
}

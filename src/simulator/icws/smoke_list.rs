//! Smoke tests of listing roles: every parameter, every limit, every refusal.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::smoke::{Client, demo, names, read};
use crate::simulator::icws::ContentRange;
use crate::simulator::{
    DEMO_ICWS_VIEWER, SIZED_ICWS_LOGIN, SIZED_ICWS_LOGIN_EAST, SIZED_ICWS_LOGIN_WEST, Simulator, World,
};

async fn range(client: &Client, query: &str, range: &str) -> (usize, String) {
    let mut request = client.listing(query);
    if !range.is_empty() {
        request = request.header("Range", range);
    }
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    let told = response.headers().get("Content-Range");
    let told = told.map(|value| value.to_str().expect("text").to_owned()).unwrap_or_default();
    let body: Value = serde_json::from_slice(&response.bytes().await.expect("a body")).expect("JSON");
    (body["items"].as_array().expect("items").len(), told)
}

#[tokio::test]
async fn what_is_selected_comes_and_nothing_else() {
    let (simulator, client) = demo().await;
    let (_, body) = client.list("").await;
    assert_eq!(body["items"].as_array().map(Vec::len), Some(13));
    let first = &body["items"][0];
    let identity = json!({
        "id": "Administrator", "displayName": "Administrator", "uri": "/configuration/roles/Administrator",
    });
    assert_eq!(first, &json!({ "configurationId": identity }));
    let (_, body) = client.list("select=notes,createdDate").await;
    let keys: BTreeSet<_> = body["items"][0].as_object().expect("a row").keys().cloned().collect();
    assert_eq!(keys, ["configurationId", "createdDate", "notes"].map(str::to_owned).into());
    assert_eq!(body["items"][0]["createdDate"], "20200101T120000Z");
    let (_, body) = client.list("select=*&where=configurationId.id eq Lobby").await;
    let lobby = body["items"][0].as_object().expect("a row");
    for absent in ["notes", "securityRights", "workgroups", "customAttributes"] {
        assert!(!lobby.contains_key(absent), "{absent} is null");
    }
    simulator.settings(|settings| settings.icws.iso_dates = true);
    let (_, body) = client.list("select=createdDate").await;
    assert_eq!(body["items"][0]["createdDate"], "2020-01-01T12:00:00Z");
    let calls = simulator.journal().take();
    let selects: Vec<_> = calls.iter().filter_map(|call| call.query.get("select")).collect();
    assert_eq!(selects, ["notes,createdDate", "*", "createdDate"]);
}

/// What the values of rights are, by the place they stand in.
fn collect(value: &Value, key: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, key, into)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            if name == key {
                into.insert(value.to_string());
            }
            collect(value, key, into);
        }),
        _ => {}
    }
}

#[tokio::test]
async fn rights_come_with_the_values_that_were_asked_for() {
    let (simulator, client) = demo().await;
    let query =
        "select=securityRights,accessRights,administrativeRights&where=configurationId.id eq Supervisor";
    let (_, plain) = client.list(query).await;
    let row = &plain["items"][0];
    for (object, count) in [("securityRights", 143), ("accessRights", 135), ("administrativeRights", 103)] {
        let rights = row[object].as_object().expect("rights");
        assert_eq!(rights.len(), count);
        assert!(rights.values().all(|right| right.as_object().expect("a right").len() == 1));
    }
    assert!(row["accessRights"]["canEditAccessRights"]["effectiveValue"].is_boolean());
    assert!(row["accessRights"]["viewWorkgroup"]["effectiveValue"].is_array());
    let (_, actual) = client.list(&format!("{query}&actualValues=true")).await;
    let right = &actual["items"][0]["securityRights"]["followMe"];
    assert!(right["actualValue"].is_boolean() && right["inheritedFrom"].is_null());
    let (_, all) = client.list(&format!("{query}&actualValues=true&inheritedValues=true")).await;
    let rights = &all["items"][0];
    let (mut kinds, mut groupings) = (BTreeSet::new(), BTreeSet::new());
    collect(rights, "objectType", &mut kinds);
    collect(rights, "grouping", &mut groupings);
    assert_eq!(kinds, ["1", "2", "3", "4"].map(str::to_owned).into());
    assert_eq!(groupings, ["0", "1", "2"].map(str::to_owned).into());
    let inherited = rights["securityRights"].as_object().expect("rights").values();
    let mut inherited = inherited.filter(|right| right["inheritedFrom"].is_array());
    let one = inherited.next().expect("one is inherited");
    assert!(
        one["inheritedFrom"][0]["values"].is_boolean() && one["inheritedFrom"][0]["from"]["id"].is_string()
    );
    let given = one["inheritedValue"].as_bool().expect("a flag") || one["actualValue"] == true;
    assert_eq!(one["effectiveValue"], given);
    simulator.settings(|settings| settings.icws.enum_names = true);
    let (_, named) = client.list(&format!("{query}&inheritedValues=true")).await;
    let mut groupings = BTreeSet::new();
    collect(&named, "grouping", &mut groupings);
    assert!(groupings.contains("\"single\""));
    let (_, old) = client.list("select=securityRights&where=configurationId.id eq older release").await;
    let old = old["items"][0]["securityRights"].as_object().expect("rights");
    assert!(old.contains_key("canUseTheOldPhone") && !old.contains_key("showHoldButton"));
}

#[tokio::test]
async fn conditions_narrow_and_sorting_orders() {
    let (simulator, client) = demo().await;
    for (query, expected) in [
        ("where=configurationId.displayName sw s", vec!["Sales agent", "Service agent", "Supervisor"]),
        ("where=notes ct CALLS,configurationId.id ct agent", vec!["Agent", "Sales agent", "Service agent"]),
        ("where=configurationId.displayName eq BUSINESS user", vec!["Business user"]),
        ("where=configurationId.id ct agent&orderBy=configurationId.id desc&select=notes", {
            vec!["Service agent", "Sales agent", "Billing agent", "Agent"]
        }),
        ("where=notes eq Nothing", vec![]),
    ] {
        let (status, body) = client.list(query).await;
        assert_eq!((status, names(&body)), (200, expected), "{query}");
    }
    simulator.settings(|settings| settings.icws.exact_case = true);
    let (_, body) = client.list("where=configurationId.id ct agent").await;
    assert_eq!(names(&body), Vec::<&str>::new());
    let (_, body) = client.list("orderBy=configurationId.id desc").await;
    assert_eq!(names(&body)[0], "Moved from an older release");
}

#[tokio::test]
async fn what_is_not_supported_is_refused_by_its_name() {
    let (_simulator, client) = demo().await;
    let list = "error.request.configuration.getObjectList";
    for (query, id, property, value) in [
        ("select=notes,colour,size", list, "select", json!(["colour", "size"])),
        ("where=colour eq red,notes sw a", list, "where", json!(["colour"])),
        ("orderBy=notes", list, "orderBy", json!("notes")),
        ("rightsFilter=everything", list, "rightsFilter", json!("everything")),
        ("select=*,notes", "error.request.configuration.get.selectAll", "select", Value::Null),
        ("where=notes like x", &format!("{list}.invalidWhereOperator"), "where", Value::Null),
        ("orderBy=configurationId.id up", &format!("{list}.invalidSortDirection"), "orderBy", Value::Null),
        (
            "actualValues=perhaps",
            "error.request.invalidRepresentation.malformed",
            "actualValues",
            Value::Null,
        ),
        ("where=notes+sw+x", list, "where", json!(["notes+sw+x"])),
    ] {
        let (status, said) = client.list(query).await;
        assert_eq!((status, &said["errorId"], &said[property]), (400, &json!(id), &value), "{query}");
        let kind = if id == list { "configuration:getObjectListError" } else { "common:error" };
        assert_eq!(said["__type"], format!("urn:inin.com:{kind}"), "{query}");
        assert!(said["message"].is_string());
    }
    let request = client.listing("").header("Range", "rows 1 to 2");
    assert_eq!(request.send().await.expect("an answer").status(), 400);
}

#[tokio::test]
async fn ranges_are_cut_and_a_selection_has_two_hundred_rows_at_most() {
    let simulator = Simulator::local(World::demo().with_icws_roles(450)).await;
    let client = Client::connected(&simulator, SIZED_ICWS_LOGIN).await;
    for (query, asked, rows, told) in [
        ("", "", 450, "items 0-449/450"),
        ("", "items=10-319", 310, "items 10-319/450"),
        ("select=notes", "", 200, "items 0-199/450"),
        ("select=notes", "items=0-449", 200, "items 0-199/450"),
        ("select=notes", "items=400-599", 50, "items 400-449/450"),
        ("select=notes", "items=445-", 5, "items 445-449/450"),
        ("select=notes", "items=450-500", 0, "items */450"),
    ] {
        assert_eq!(range(&client, query, asked).await, (rows, told.to_owned()), "{query} {asked}");
    }
    assert_eq!(simulator.journal().take()[2].headers["Range"], "items=10-319");
    for (way, told) in [(ContentRange::WithoutTotal, "items 0-199/*"), (ContentRange::Absent, "")] {
        simulator.settings(|settings| settings.icws.content_range = way);
        assert_eq!(range(&client, "select=notes", "").await, (200, told.to_owned()));
    }
}

#[tokio::test]
async fn who_may_view_sees_more_than_who_administers() {
    let (simulator, _) = demo().await;
    let viewer = Client::connected(&simulator, DEMO_ICWS_VIEWER).await;
    let (_, administered) = viewer.list("").await;
    assert_eq!(names(&administered), ["Sales agent", "Trainee"]);
    let (_, seen) = viewer.list("rightsFilter=view").await;
    assert_eq!(names(&seen).len(), 6);
}

#[tokio::test]
async fn regions_share_no_row_and_a_thousand_roles_are_quick() {
    let world = World::demo().with_icws_roles(1_000);
    assert_eq!(world.icws.roles, World::demo().with_icws_roles(1_000).icws.roles);
    let simulator = Simulator::local(world).await;
    let east = Client::connected(&simulator, SIZED_ICWS_LOGIN_EAST).await;
    let west = Client::connected(&simulator, SIZED_ICWS_LOGIN_WEST).await;
    let everyone = Client::connected(&simulator, SIZED_ICWS_LOGIN).await;
    let (_, east) = east.list("rightsFilter=view").await;
    let (_, west) = west.list("rightsFilter=view").await;
    assert_eq!((names(&east).len(), names(&west).len()), (334, 333));
    assert!(names(&east).iter().all(|name| name.starts_with("East")));
    assert!(names(&west).iter().all(|name| name.starts_with("West")));
    for _ in 0..2 {
        let began = Instant::now();
        let request = everyone.listing("select=*&actualValues=true&inheritedValues=true");
        let bytes = request.send().await.expect("an answer").bytes().await.expect("a body");
        // A tenth of a second once written, on a quiet machine.
        assert!(began.elapsed() < Duration::from_secs(10));
        assert!(bytes.len() > 200 * 30_000 && bytes.ends_with(b"}]}"));
    }
    let (status, ten) = range_of_all(&everyone).await;
    assert_eq!((status, names(&ten).len()), (200, 10));
    assert_eq!(ten["items"][9]["administrativeRights"].as_object().map(serde_json::Map::len), Some(103));
}

async fn range_of_all(client: &Client) -> (u16, Value) {
    let request = client.listing("select=*&inheritedValues=true").header("Range", "items=190-199");
    read(request.send().await.expect("an answer")).await
}

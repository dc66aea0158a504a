//! Which rows and columns an answer has, in each form.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Told, get, wall};

fn columns(told: &Told) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let answer = told.json();
    let columns = answer["columns"].as_array().unwrap().iter();
    columns.map(|column| (text(&column["name"]), text(&column["type"]))).collect()
}

const USERS: [(&str, &str); 5] = [
    ("displayName", "string"),
    ("databaseId", "number"),
    ("isActive", "boolean"),
    ("createdAt", "time"),
    ("department.name", "string"),
];

fn are_users(told: &Told) -> bool {
    columns(told) == USERS.map(|(name, kind)| (name.to_owned(), kind.to_owned()))
}

#[tokio::test]
async fn one_answer_has_three_forms_and_costs_the_calls_of_one() {
    let (house, client) = wall(|_, _| ()).await;
    let table = get(&client, "users.json").await;
    assert_eq!(
        (table.status, table.header("content-type")),
        (StatusCode::OK, "application/json; charset=utf-8")
    );
    assert_eq!(house.calls(), BTreeMap::from([("getUsers", 1), ("getAllDepartments", 1)]));
    assert!(are_users(&table), "{}", table.text);
    let asked = client.data(super::DOCUMENTS[0].1).await;
    let users = asked["users"]["nodes"].as_array().unwrap();
    assert_eq!(users.len(), 3);
    let rows: Vec<Value> = users
        .iter()
        .map(|user| {
            let keys = ["displayName", "databaseId", "isActive", "createdAt"];
            let mut row: Vec<_> = keys.iter().map(|key| user[key].clone()).collect();
            row.push(user["department"]["name"].clone());
            row.into()
        })
        .collect();
    assert_eq!(table.json()["rows"], Value::from(rows.clone()));

    let objects = get(&client, "users.json?shape=objects").await;
    let keys = ["displayName", "databaseId", "isActive", "createdAt", "department_name"];
    let expected: Vec<Value> = rows
        .iter()
        .map(|row| {
            keys.iter()
                .zip(row.as_array().unwrap())
                .map(|(key, value)| ((*key).to_owned(), value.clone()))
                .collect()
        })
        .collect();
    assert_eq!(objects.json(), Value::from(expected));
    assert!(objects.text.starts_with("[{\"displayName\":"), "{}", objects.text);

    let csv = get(&client, "users.csv").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    let mut reader = csv::Reader::from_reader(csv.text.as_bytes());
    assert_eq!(reader.headers().unwrap(), &USERS.map(|(name, _)| name)[..]);
    for (record, row) in reader.records().zip(&rows) {
        for (cell, value) in record.unwrap().iter().zip(row.as_array().unwrap()) {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            assert_eq!(cell, if value.is_null() { "" } else { &text });
        }
    }
    assert_eq!(csv.text.matches("\r\n").count(), 4);
    // All of it was one question, kept for its text.
    assert_eq!(house.call_count(), 0);
    for again in [objects, csv] {
        assert_eq!(again.header("cache-status"), "portalgraph; hit");
    }
}

#[tokio::test]
async fn a_table_without_rows_has_its_columns() {
    let (_house, client) = wall(|_, _| ()).await;
    let address = "?search=%7B%22field%22%3A%22LAST_NAME%22%2C%22term%22%3A%22nobody+has+this%22%7D";
    let empty = get(&client, &format!("users.json{address}")).await;
    assert!(are_users(&empty) && empty.json()["rows"] == json!([]), "{}", empty.text);
    let csv = get(&client, &format!("users.csv{address}")).await;
    assert_eq!(csv.text, "displayName,databaseId,isActive,createdAt,department.name\r\n");
    assert_eq!(get(&client, &format!("users.json{address}&shape=objects")).await.text, "[]");
}

#[tokio::test]
async fn each_record_of_a_list_within_is_a_row_beside_what_is_around_it() {
    let (_house, client) = wall(|_, _| ()).await;
    let asked = client.ask_with(super::DOCUMENTS[1].1, json!({"first": 5})).await.body;
    let mut expected = Vec::new();
    for agent in asked["data"]["agents"]["nodes"].as_array().unwrap() {
        let name = &agent["user"]["displayName"];
        let groups = agent["skillGroups"].as_array().unwrap();
        for group in groups {
            expected.push(json!([name, group["name"], group["agentCount"]]));
        }
        if groups.is_empty() {
            expected.push(json!([name, null, null]));
        }
    }
    let table = get(&client, "agents.json?first=5").await;
    assert_eq!(table.json()["rows"], Value::from(expected.clone()));
    assert!(expected.len() > 5, "{expected:?}");
    // Named alone, its records are rows, and what is in them is counted.
    let outer = get(&client, "agents.json?first=5&rows=agents").await;
    assert_eq!(outer.json()["rows"].as_array().unwrap().len(), 5);
    assert_eq!(columns(&outer)[1], ("skillGroups.count".to_owned(), "number".to_owned()));
    // Of two lists neither is preferred.
    let both = get(&client, "both.json").await;
    let names: Vec<_> = columns(&both).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["user.displayName", "skillGroups.count", "attributes.count"]);
    let one = get(&client, "both.json?rows=agents.nodes.attributes").await;
    let names: Vec<_> = columns(&one).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["user.displayName", "skillGroups.count", "attributes.value"]);
}

#[tokio::test]
async fn what_has_no_list_is_one_row() {
    let (_house, client) = wall(|_, _| ()).await;
    let counts = get(&client, "counts.csv").await;
    assert!(counts.text.starts_with("users.totalCount,agents.totalCount\r\n25,"), "{}", counts.text);
    assert_eq!(counts.text.matches("\r\n").count(), 2);
}

#[tokio::test]
async fn what_somebody_is_called_is_no_formula_in_anybodys_spreadsheet() {
    let (house, client) = wall(|_, _| ()).await;
    let name = "=HYPERLINK(\"https://evil.example\",\"Sales\")";
    house.simulator.world(|world| {
        let queue = Arc::make_mut(&mut world.tenants[0].callback_queues[0]);
        queue.program_dn_display_nm = Some(name.into());
    });
    let csv = get(&client, "queues.csv").await;
    let expected = "\r\n\"'=HYPERLINK(\"\"https://evil.example\"\",\"\"Sales\"\")\",";
    assert!(csv.text.contains(expected), "{}", csv.text);
    // Programs are given what it is.
    assert_eq!(get(&client, "queues.json").await.json()["rows"][0][0], name);
}

//! Paging: every record comes once, in order, from either end, however large the pages are.

use portalgraph::simulator::{DEMO_LOGIN, SIZED_LOGIN, World};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::house::{Client, House};

const FORWARD: &str = "query ($size: Int, $cursor: String) { users(first: $size, after: $cursor) {
    totalCount nodes { databaseId } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
const BACKWARD: &str = "query ($size: Int, $cursor: String) { users(last: $size, before: $cursor) {
    totalCount nodes { databaseId } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

async fn page(client: &Client, query: &str, variables: Value) -> Value {
    let answer = client.ask_with(query, variables).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.body);
    answer.body["data"]["users"].clone()
}

fn keys(page: &Value) -> Vec<i64> {
    page["nodes"].as_array().unwrap().iter().map(|node| node["databaseId"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_thousand_users_come_once_and_in_order_from_either_end() {
    let house = House::over(World::sized(1000)).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    house.calls();
    let all = keys(&page(&client, FORWARD, json!({"size": 1000})).await);
    assert_eq!(all.len(), 1000);
    for size in [37, 250, 999] {
        let (mut forward, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let page = page(&client, FORWARD, json!({"size": size, "cursor": cursor})).await;
            assert_eq!(page["totalCount"], 1000);
            assert_eq!(page["pageInfo"]["hasPreviousPage"], !forward.is_empty());
            forward.extend(keys(&page));
            cursor = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(forward, all, "forward by {size}");
        let (mut backward, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let page = page(&client, BACKWARD, json!({"size": size, "cursor": cursor})).await;
            assert_eq!(page["pageInfo"]["hasNextPage"], !backward.is_empty());
            backward.splice(0..0, keys(&page));
            cursor = page["pageInfo"]["startCursor"].clone();
            if page["pageInfo"]["hasPreviousPage"] == false {
                break;
            }
        }
        assert_eq!(backward, all, "backward by {size}");
    }
    assert_eq!(house.calls(), [("getUsers", 1)].into());
}

#[tokio::test]
async fn page_sizes_have_the_bounds_of_the_settings() {
    let house = House::with(World::demo(), |config| {
        config.limits.max_page_size = 10;
        config.limits.default_page_size = 4;
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await;
    assert_eq!(keys(&page(&client, FORWARD, json!({})).await).len(), 4);
    for query in [FORWARD, BACKWARD] {
        assert_eq!(keys(&page(&client, query, json!({"size": 10})).await).len(), 10);
        assert_eq!(keys(&page(&client, query, json!({"size": 0})).await).len(), 0);
        for size in [-1, 11, i64::from(i32::MAX)] {
            let answer = client.ask_with(query, json!({"size": size})).await;
            assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{size}");
            let message = answer.body["errors"][0]["message"].as_str().unwrap();
            assert!(message.contains("between 0 and 10"), "{message}");
        }
    }
}

#[test]
fn any_page_is_the_slice_one_would_cut() {
    const QUERY: &str = "query ($first: Int, $last: Int, $after: String, $before: String) {
        users(first: $first, last: $last, after: $after, before: $before) {
            totalCount nodes { databaseId } edges { cursor node { databaseId } }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    type Place = Option<usize>;
    type Size = (Option<usize>, Option<usize>);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let house = runtime.block_on(House::over(World::demo()));
    let client = runtime.block_on(house.sign_in(DEMO_LOGIN));
    let whole = runtime.block_on(page(&client, QUERY, json!({})));
    let (all, edges) = (keys(&whole), whole["edges"].as_array().unwrap());
    let count = all.len();
    let place = proptest::option::of(0..count);
    let size = prop_oneof![
        Just((None, None)),
        (0..count + 3).prop_map(|first| (Some(first), None)),
        (0..count + 3).prop_map(|last| (None, Some(last)))
    ];
    let property = |((first, last), after, before): (Size, Place, Place)| {
        let cursor = |place: Option<usize>| place.map(|place| edges[place]["cursor"].clone());
        let variables =
            json!({"first": first, "last": last, "after": cursor(after), "before": cursor(before)});
        let page = runtime.block_on(page(&client, QUERY, variables));
        let kept = (0..count).filter(|place| {
            after.is_none_or(|after| *place > after) && before.is_none_or(|before| *place < before)
        });
        let kept: Vec<_> = kept.collect();
        let cut = match (first, last) {
            (Some(first), _) => &kept[..first.min(kept.len())],
            (_, Some(last)) => &kept[kept.len().saturating_sub(last)..],
            _ => &kept[..],
        };
        prop_assert_eq!(keys(&page), cut.iter().map(|place| all[*place]).collect::<Vec<_>>());
        let expected: Vec<_> = cut.iter().map(|place| edges[*place].clone()).collect();
        prop_assert_eq!(&page["edges"], &Value::Array(expected));
        prop_assert_eq!(&page["totalCount"], &json!(count));
        let info = &page["pageInfo"];
        if let (Some(start), Some(end)) = (cut.first(), cut.last()) {
            prop_assert_eq!(&info["startCursor"], &edges[*start]["cursor"]);
            prop_assert_eq!(&info["endCursor"], &edges[*end]["cursor"]);
            prop_assert_eq!(&info["hasPreviousPage"], &json!(*start > 0));
            prop_assert_eq!(&info["hasNextPage"], &json!(*end + 1 < count));
        } else {
            prop_assert_eq!((&info["startCursor"], &info["endCursor"]), (&Value::Null, &Value::Null));
        }
        Ok(())
    };
    TestRunner::default().run(&(size, place.clone(), place), property).unwrap();
}

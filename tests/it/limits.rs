//! What a document may come to: refused before it is validated, before any field is executed, naming the limit.

use std::fmt::Write as _;

use portalgraph::simulator::{DEMO_LOGIN, World};
use serde_json::{Value, json};

use crate::house::{Client, House};

async fn refused(client: &Client, query: &str) -> String {
    let answer = client.ask(query).await;
    assert_eq!(answer.codes(), ["QUERY_TOO_COSTLY"], "{query:.200}: {:.300}", answer.body.to_string());
    assert!(answer.body.get("data").is_none());
    answer.body["errors"][0]["message"].as_str().unwrap().to_owned()
}

/// A document in which each fragment spreads the next one three times.
fn doubling(fragments: usize) -> String {
    let mut query = String::from("{ ...F0 }");
    for place in 0..fragments {
        let next = place + 1;
        write!(query, " fragment F{place} on Query {{ ...F{next} ...F{next} ...F{next} }}").unwrap();
    }
    query + &format!(" fragment F{fragments} on Query {{ users {{ totalCount }} }}")
}

#[tokio::test]
async fn thirteen_fragments_of_three_spreads_cost_nothing() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    let message = refused(&client, &doubling(13)).await;
    // Refused with this code, it was never validated, which would take seconds.
    assert!(message.contains("limits.max_fragment_spreads allows 200"), "{message}");
    assert_eq!(house.call_count(), 0);
    // Spread or not, it would be validated.
    let unused = doubling(13).replacen("{ ...F0 }", "{ __typename }", 1);
    assert!(refused(&client, &unused).await.contains("limits.max_fragment_spreads"));
}

#[tokio::test]
async fn each_limit_is_named_with_what_was_found_and_what_is_allowed() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    let nested = |levels: usize| format!("{}{}", "{ viewer { user", deep(levels));
    let aliases: String =
        (0..101).map(|number| format!(" a{number}: __typename")).collect::<Vec<_>>().concat();
    let fields = "__typename ".repeat(2_001);
    let tokens = "__typename ".repeat(5_000);
    let spreads = "...F ".repeat(201);
    let many_items = [json!({"ids": vec!["a"; 1_001]}), json!({"a": {"b": [{"c": vec![0; 1_001]}]}})];
    for variables in many_items {
        let answer = client.ask_with("query($ids: [ID!]) { nodes(ids: $ids) { id } }", variables).await;
        assert_eq!(answer.codes(), ["QUERY_TOO_COSTLY"]);
        assert_eq!(
            answer.body["errors"][0]["message"],
            "The number of items of the longest list in the variables of this document is 1001; \
             limits.max_list_items allows 1000."
        );
    }
    for (query, message) in [
        (nested(15), "The nesting of fields of this document is 18; limits.max_depth allows 16."),
        (
            format!("{{{aliases} }}"),
            "The number of aliases of this document is 101; limits.max_aliases allows 100.",
        ),
        (
            format!("{{ {fields} }}"),
            "The number of fields of this document is 2001; limits.max_fields allows 2000.",
        ),
        (
            format!("{{ {tokens} }}"),
            "The number of tokens of this document is 5002; limits.max_tokens allows 5000.",
        ),
        (
            format!("{{ {spreads} }} fragment F on Query {{ __typename }}"),
            "The number of fragment spreads of this document is 201; limits.max_fragment_spreads allows 200.",
        ),
        (wide(501), "The number of different fields of this document is 501; limits.max_height allows 500."),
        (rooted(51), "The number of root fields of this document is 51; limits.max_root_fields allows 50."),
        (directed(51), "The number of directives of this document is 51; limits.max_directives allows 50."),
        (
            listed(1_001),
            "The number of items of the longest list of this document is 1001; limits.max_list_items allows 1000.",
        ),
    ] {
        assert_eq!(refused(&client, &query).await, message);
    }
    assert_eq!(house.call_count(), 0);
}

/// So many different fields, below one of the root.
fn wide(fields: usize) -> String {
    let fields = (1..fields).map(|number| format!(" f{number}")).collect::<Vec<_>>().concat();
    format!("{{ viewer {{{fields} }} }}")
}

/// So many fields of the root, half of them aliases.
fn rooted(fields: usize) -> String {
    let viewer = "{ loginName }";
    let aliases = (0..fields / 2).map(|number| format!(" a{number}: viewer {viewer}"));
    let aliases = aliases.collect::<Vec<_>>().concat();
    format!("{{ __typename{aliases} {} }}", format!("viewer {viewer} ").repeat(fields - fields / 2))
}

/// So many uses of directives.
fn directed(uses: usize) -> String {
    format!("{{ {} __typename }}", "... @include(if: true) { __typename } ".repeat(uses))
}

/// A list of so many items.
fn listed(items: usize) -> String {
    format!("{{ nodes(ids: [{}]) {{ id }} }}", "\"a\" ".repeat(items))
}

/// So many fields within each other, and one in the last.
fn deep(levels: usize) -> String {
    let mut query = String::new();
    for level in 0..levels {
        query += if level % 2 == 0 { " { agent" } else { " { user" };
    }
    query + " { id" + &" }".repeat(levels + 3)
}

#[tokio::test]
async fn what_is_just_within_the_limits_is_answered() {
    let house = House::over(World::demo()).await;
    let aliases: String =
        (0..100).map(|number| format!(" a{number}: __typename")).collect::<Vec<_>>().concat();
    let spreads = "...F ".repeat(200);
    for query in [
        format!("{{{aliases} }}"),
        format!("{{ {} }}", "__typename ".repeat(2_000)),
        format!("{{ {spreads} }} fragment F on Query {{ __typename }}"),
        rooted(50),
        directed(50),
    ] {
        let answer = house.ask(&query, Value::Null).await;
        assert_eq!(answer.codes(), Vec::<&str>::new(), "{query:.80}");
    }
    // Within the limits, and wrong for another reason: fields and ids that are not there.
    assert_eq!(house.ask(&wide(500), Value::Null).await.codes()[0], "GRAPHQL_VALIDATION_FAILED");
    let client = house.sign_in(DEMO_LOGIN).await;
    for (query, variables) in [
        (listed(1_000), Value::Null),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }".to_owned(), json!({"ids": vec!["a"; 1_000]})),
    ] {
        let answer = client.ask_with(&query, variables).await;
        assert!(!answer.codes().contains(&"QUERY_TOO_COSTLY"), "{:.300}", answer.body.to_string());
    }
}

#[tokio::test]
async fn fragments_that_spread_themselves_are_refused_whatever_their_graph() {
    let house = House::over(World::demo()).await;
    for query in [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ ...A } fragment A on Query { viewer { user { ...B } } } fragment B on User { agent { user { ...B } } }",
        "{ __typename } fragment A on Query { ...A }",
        "{ __typename } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }",
        "{ ...A } fragment A on Query { ... { ... on Query { ...A } } }",
    ] {
        let answer = house.ask(query, Value::Null).await;
        assert_eq!(answer.codes(), ["GRAPHQL_VALIDATION_FAILED"], "{query}");
        assert!(answer.body["errors"][0]["message"].as_str().unwrap().contains("spreads itself"), "{query}");
    }
}

#[tokio::test]
async fn fragments_that_are_not_used_or_not_there_are_told() {
    let house = House::over(World::demo()).await;
    for query in [
        "{ __typename } fragment A on Query { __typename }",
        "{ ...A }",
        "{ ...A } fragment A on Nothing { a }",
    ] {
        let answer = house.ask(query, Value::Null).await;
        assert!(answer.codes().contains(&"GRAPHQL_VALIDATION_FAILED"), "{query}: {answer:?}");
        assert!(answer.body.get("data").is_none(), "{query}");
    }
}

#[tokio::test]
async fn brackets_and_inline_fragments_do_not_nest_without_end() {
    let house = House::over(World::demo()).await;
    for (open, close) in
        [("{ a", " }"), ("{ ... on Query ", " }"), ("{ a(b: [", "]) }"), ("{ a(b: {c: ", "}) }")]
    {
        for levels in [100, 1_000] {
            let query = format!("{}{{ a }}{}", open.repeat(levels), close.repeat(levels));
            let answer = house.ask(&query, Value::Null).await;
            let code = answer.codes()[0].to_owned();
            assert!(
                ["QUERY_TOO_COSTLY", "GRAPHQL_PARSE_FAILED"].contains(&&*code),
                "{open} {levels}: {code}"
            );
        }
    }
    let variables = json!({"a": (0..100).fold(json!(1), |inner, _| json!([inner]))});
    let answer = house.ask("query($a: [Int]) { __typename }", variables).await;
    assert!(!answer.codes().is_empty());
}

#[tokio::test]
async fn the_schema_is_not_multiplied_by_itself() {
    let house = House::over(World::demo()).await;
    let query = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    assert_eq!(house.ask(query, Value::Null).await.codes(), ["QUERY_TOO_COSTLY"]);
}

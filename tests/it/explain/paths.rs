//! Every read is told with a field of the question: over the whole graph, however its lists are written.

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, World};
use serde_json::Value;

use super::{explained, open, reads};
use crate::everything::{Draw, Schema};
use crate::house::{Client, House, ICWS};
use crate::plan::forgetful;

const QUERIES: u64 = 40;

/// Whether these keys lead from field to field of a selection.
fn leads(document: &ExecutableDocument, set: &SelectionSet, keys: &[&str]) -> bool {
    let Some((first, rest)) = keys.split_first() else { return true };
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => {
            field.node.response_key().node == *first && leads(document, &field.node.selection_set.node, rest)
        }
        Selection::InlineFragment(fragment) => leads(document, &fragment.node.selection_set.node, keys),
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(&spread.node.fragment_name.node)
            .is_some_and(|fragment| leads(document, &fragment.node.selection_set.node, keys)),
    })
}

/// Everything may be asked, by whoever is both administrators, and nothing is kept.
async fn enter() -> (House, Client) {
    let house = House::with(World::demo(), |config| {
        open(config);
        forgetful(config);
        let limits = &mut config.limits;
        limits.max_portal_calls = 1_000_000;
        for limit in [
            &mut limits.max_directives,
            &mut limits.max_aliases,
            &mut limits.max_fields,
            &mut limits.max_height,
        ] {
            *limit = 10_000;
        }
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await;
    (house, client)
}

async fn holds(house: &House, client: &Client, query: &str) {
    house.calls();
    let told = explained(client, query).await;
    let document = parse_query(query).unwrap();
    let (_, operation) = document.operations.iter().next().unwrap();
    assert_eq!(reads(&told).is_empty(), house.call_count() == 0, "{query}: {told}");
    for told in reads(&told).iter().chain(told["decisions"].as_array().unwrap()) {
        let paths = told["paths"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert!(!paths.is_empty(), "a read for nobody: {told} in {query}");
        for path in paths.iter().filter_map(Value::as_str) {
            let keys: Vec<_> = path.split('.').collect();
            assert!(leads(&document, &operation.node.selection_set.node, &keys), "{path} in {query}");
        }
    }
}

#[tokio::test]
async fn every_field_of_the_graph_is_named_by_what_is_read_for_it() {
    let (house, client) = enter().await;
    let schema = Schema::of(&house).await;
    for root in schema.roots() {
        holds(&house, &client, &format!("{{ {root}{} }}", schema.below(root))).await;
    }
}

#[tokio::test]
async fn aliases_fragments_and_directives_lead_to_where_the_answer_stands() {
    let (house, client) = enter().await;
    let schema = Schema::of(&house).await;
    for seed in 1..=QUERIES {
        let query = format!("{{ {} }}", schema.some(&mut Draw(seed)));
        holds(&house, &client, &query).await;
    }
}

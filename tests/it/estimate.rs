//! What operations are estimated to cost before they run: exactly what usual ones do cost where nothing is kept, never less
//! than any does, and the limit on it.

use std::collections::{BTreeMap, BTreeSet};

use portalgraph::config::Config;
use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, Fault, SIZED_LOGIN, World};
use serde_json::{Value, json};

use crate::everything::{Draw, Schema};
use crate::house::{Answer, Client, House, ICWS, read};
use crate::plan::forgetful;
use crate::writes::table;

const QUERIES: u64 = 60;

/// Nothing is kept, and anything may be asked.
fn boundless(config: &mut Config) {
    forgetful(config);
    config.limits.max_portal_calls = 1_000_000;
}

async fn ask(client: &Client, query: &str, variables: Value) -> Answer {
    let request = crate::house::http().post(format!("{}/graphql", client.url)).bearer_auth(&client.token);
    let request = request.header("portalgraph-cost", "1").header("content-type", "application/json");
    let body = json!({ "query": query, "variables": variables }).to_string();
    read(request.body(body).send().await.unwrap()).await
}

/// The estimate by operation. Agents' skill groups are estimated agent by agent where nobody knows how many groups there
/// are, and may then be asked for group by group: both are counted as one.
fn estimated(answer: &Answer) -> BTreeMap<String, usize> {
    let operations = answer.body["extensions"]["cost"]["operations"].as_array().unwrap();
    let mut estimate = BTreeMap::new();
    for operation in operations {
        let calls = usize::try_from(operation["estimatedCalls"].as_u64().unwrap()).unwrap();
        *estimate.entry(alike(operation["name"].as_str().unwrap())).or_default() += calls;
    }
    estimate
}

fn alike(operation: &str) -> String {
    if operation == "getAllAgentsForSkill" { "getSkillsForAgent".to_owned() } else { operation.to_owned() }
}

fn total(answer: &Answer) -> usize {
    usize::try_from(answer.body["extensions"]["cost"]["estimatedPortalCalls"].as_u64().unwrap()).unwrap()
}

/// Asks, and holds the portal's own count to the estimate, operation by operation.
async fn holds(house: &House, client: &Client, query: &str) -> (usize, usize) {
    house.calls();
    let answer = ask(client, query, Value::Null).await;
    let calls = house.calls();
    let estimate = estimated(&answer);
    let mut made: BTreeMap<String, usize> = BTreeMap::new();
    for (operation, count) in &calls {
        *made.entry(alike(operation)).or_default() += count;
    }
    for (operation, count) in &made {
        let expected = estimate.get(operation).copied().unwrap_or_default();
        assert!(*count <= expected, "{operation}: {count} calls, {expected} expected: {query}");
    }
    (made.values().sum(), total(&answer))
}

/// The administrator of both upstreams.
async fn enter(house: &House) -> Client {
    house.sign_in(DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await
}

async fn id(client: &Client, list: &str) -> String {
    let data = client.data(&format!("{{ {list}(first: 1) {{ nodes {{ id }} }} }}")).await;
    data[list]["nodes"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn usual_queries_cost_what_they_are_estimated_to() {
    let house = House::with(World::demo(), boundless).await;
    let client = enter(&house).await;
    let (user, group) = (id(&client, "users").await, id(&client, "skillGroups").await);
    for (query, calls) in [
        ("{ viewer { loginName user { displayName } } }".to_owned(), 1),
        ("{ users(first: 5) { nodes { displayName department { name } site { name } } } }".to_owned(), 3),
        ("{ agents(first: 3) { nodes { agentNumber skillGroups { name } } } }".to_owned(), 4),
        ("{ agents { nodes { attributes { attribute { name } value } team { name } } } }".to_owned(), 2),
        (
            "{ skillGroups(first: 2) { nodes { name agents(first: 9) { nodes { agentNumber } } } } }"
                .to_owned(),
            4,
        ),
        (
            "{ precisionQueues(first: 2) { nodes { steps { waitSeconds } eligibleAgentCount } } }".to_owned(),
            5,
        ),
        ("{ users(first: 4) { nodes { accessSummary { groups { name } } revision } } }".to_owned(), 9),
        (format!("{{ user(by: {{id: {user:?}}}) {{ displayName revision roleGroup {{ name }} }} }}"), 2),
        (
            format!(
                "{{ node(id: {group:?}) {{ id ... on SkillGroup {{ name agents {{ totalCount }} }} }} }}"
            ),
            3,
        ),
        ("{ callback(databaseId: 7001) { queue { name } disposition { name } } }".to_owned(), 3),
        ("{ icws { roles(first: 10) { nodes { name notes } } } }".to_owned(), 1),
        ("{ departments { name } sites { name } platforms { name users { totalCount } } }".to_owned(), 4),
        // The same records under two names, with other fields and other pages below them: one call for each group.
        (
            "{ a: skillGroups(first: 2) { nodes { agents { totalCount } } } \
               b: skillGroups(first: 2) { edges { node { x: agents(first: 1) { totalCount } } } } }"
                .to_owned(),
            4,
        ),
        // The list that the portal narrows, and the one that is narrowed here.
        (
            format!(
                "{{ a: users(filter: {{isActive: true}}) {{ totalCount }} b: users {{ totalCount }} \
                 c: users(filter: {{department: {:?}}}) {{ totalCount }} }}",
                department(&client).await
            ),
            2,
        ),
    ] {
        let (made, expected) = holds(&house, &client, &query).await;
        assert_eq!((made, expected), (calls, calls), "{query}");
    }
}

async fn department(client: &Client) -> String {
    client.data("{ departments { id } }").await["departments"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn variables_fragments_and_directives_count() {
    let house = House::with(World::demo(), boundless).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let query = "query($first: Int, $sites: Boolean = false, $roles: Boolean!) {
        users(first: $first) { nodes { ...F site @include(if: $sites) { name } ... @skip(if: $roles) { ...G } } } }
        fragment F on User { accessSummary { groups { name } } department { name } }
        fragment G on User { roleGroup { name } }";
    for (variables, calls) in [
        (json!({"first": 2, "roles": true}), 1 + 2 + 1),
        (json!({"first": 3, "roles": true, "sites": true}), 1 + 3 + 2),
        (json!({"first": 1, "roles": false, "sites": true}), 1 + 1 + 3),
    ] {
        house.calls();
        let answer = ask(&client, query, variables.clone()).await;
        assert_eq!((house.call_count(), total(&answer)), (calls, calls), "{variables}");
    }
}

#[tokio::test]
async fn what_is_kept_tells_how_long_lists_are() {
    let house = House::over(World::sized(300)).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    let query = "{ agents(first: 100) { nodes { skillGroups { name } } } }";
    let forward =
        total(&ask(&client, "{ agents(first: 100) { nodes { skillGroups { name } } } }", Value::Null).await);
    assert_eq!(forward, 1 + 1 + 100, "nobody knows how many skill groups there are");
    // They were read by it.
    assert_eq!(total(&ask(&client, query, Value::Null).await), 1 + 1 + 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_field_costs_what_it_has_no_price_for() {
    let house = House::with(World::demo(), boundless).await;
    let (schema, client) = (Schema::of(&house).await, enter(&house).await);
    let role = "icws { role(by: {roleId: \"Administrator\"})";
    let roots = [("callback(databaseId: 7001)", "Callback"), (role, "IcwsRole")];
    let queries = schema.each_field(&roots);
    assert!(queries.len() > 300, "{}", queries.len());
    let mut costly = 0;
    for query in queries {
        costly += usize::from(holds(&house, &client, &query).await.0 > 0);
    }
    assert!(costly > 200, "{costly} cost something");

    // Fields that need arguments are asked for by hand.
    let mut ids = Vec::new();
    for list in ["users", "skillGroups", "attributes", "precisionQueues"] {
        ids.push(id(&client, list).await);
    }
    let mut asked = BTreeSet::new();
    for (field, query) in [
        ("Query.node", format!("{{ node(id: {:?}) {{ id }} }}", ids[0])),
        ("Query.nodes", format!("{{ nodes(ids: {}) {{ id }} }}", json!(ids))),
        ("Query.user", "{ user(by: {loginName: \"clara.cedar@dmn\"}) { id } }".to_owned()),
        ("Query.agent", format!("{{ agent(by: {{id: {:?}}}) {{ id }} }}", ids[0])),
        ("Query.skillGroup", "{ skillGroup(by: {name: \"Sales_English\"}) { id } }".to_owned()),
        ("Query.attribute", "{ attribute(by: {databaseId: 1}) { id } }".to_owned()),
        ("Query.precisionQueue", format!("{{ precisionQueue(by: {{id: {:?}}}) {{ id }} }}", ids[3])),
        ("Query.callback", "{ callback(databaseId: 7001) { id } }".to_owned()),
        ("Icws.role", "{ icws { role(by: {name: \"a,b\"}) { notes } } }".to_owned()),
    ] {
        holds(&house, &client, &query).await;
        asked.insert(field.to_owned());
    }
    assert_eq!(asked, schema.needing_arguments());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_query_costs_more_than_it_is_estimated_to() {
    for (world, login) in
        [(World::demo(), DEMO_LOGIN), (World::sized(40), SIZED_LOGIN), (World::sized(250), SIZED_LOGIN)]
    {
        let house = House::with(world, boundless).await;
        let mut client = house.sign_in(login).await;
        if login == DEMO_LOGIN {
            client = client.entering(ICWS, DEMO_ICWS_LOGIN).await;
        }
        let schema = Schema::of(&house).await;
        let (mut made, mut tight) = (0, 0);
        for seed in 1..=QUERIES {
            let query = schema.some(&mut Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
            let (calls, expected) = holds(&house, &client, &format!("{{ {query} }}")).await;
            made += usize::from(calls > 0);
            tight += usize::from(calls > 0 && calls == expected);
        }
        assert!(
            made >= 30 && tight >= 10,
            "{made} queries cost something, {tight} exactly what was expected"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_mutation_costs_more_than_it_is_estimated_to() {
    let house = table::house().await;
    let (client, writes) = table::ready(&house).await;
    for write in writes {
        house.calls();
        let answer = ask(&client, &write.document(), json!({"input": write.input})).await;
        assert_eq!(answer.body["errors"], Value::Null, "{}: {}", write.mutation, answer.body);
        let (calls, estimate) = (house.calls(), estimated(&answer));
        assert_eq!(estimate.get(write.operation), Some(&1), "{}", write.mutation);
        let (made, expected) = (calls.values().sum::<usize>(), total(&answer));
        assert!(made <= expected, "{}: {made} of {expected}: {calls:?}", write.mutation);
    }
}

#[tokio::test]
async fn who_asks_for_too_much_is_refused_before_anything_runs() {
    let house = House::with(World::demo(), |config| config.limits.max_portal_calls = 3).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    let query = "{ departments { name } sites { name } platforms { name } roleGroups { name } }";
    let answer = ask(&client, query, Value::Null).await;
    assert_eq!(answer.codes(), ["QUERY_TOO_COSTLY"]);
    let message = answer.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("4 calls") && message.contains("limits.max_portal_calls allows 3"), "{message}");
    assert!(answer.body.get("data").is_none(), "{}", answer.body);
    assert_eq!((total(&answer), house.call_count()), (4, 0));
    // Less of the same is answered; so is a mutation, which is refused whole or not at all.
    client.data("{ departments { name } sites { name } platforms { name } }").await;
    let mutation = "mutation { updatePrecisionQueue(input: {precisionQueueId: \"x\", name: \"y\"}) { userErrors { code } } }";
    house.calls();
    assert_eq!(client.ask(mutation).await.codes(), ["QUERY_TOO_COSTLY"]);
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn nobody_is_refused_for_what_a_list_might_have_held() {
    let house = House::with(World::sized(300), |config| config.limits.max_portal_calls = 30).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    house.calls();
    // A page of a hundred at most, but there are twenty.
    client.data("{ skillGroups { nodes { agents(first: 1) { totalCount } } } }").await;
    assert_eq!(house.call_count(), 1 + 20 + 1);
    // There are as many users as that: known by one call, which the query would have begun with.
    let house = House::with(World::sized(300), |config| config.limits.max_portal_calls = 30).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    house.calls();
    let answer = ask(&client, "{ users { nodes { accessSummary { groups { name } } } } }", Value::Null).await;
    assert_eq!(answer.codes(), ["QUERY_TOO_COSTLY"]);
    assert_eq!((total(&answer), house.calls()), (101, BTreeMap::from([("getUsers", 1)])));
}

#[tokio::test]
async fn a_request_that_needs_more_than_was_expected_is_stopped() {
    let house = House::with(World::demo(), |config| config.limits.max_portal_calls = 1).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    // The portal refuses an id it does not know, and the list of users would tell whether it is one.
    house.simulator.faults().always("getUserByIdProgram", Fault::RefuseWith("USER_NOT_FOUND"));
    let answer = ask(&client, "{ user(by: {databaseId: 7}) { loginName } }", Value::Null).await;
    assert_eq!((answer.codes(), total(&answer)), (vec!["QUERY_TOO_COSTLY"], 1));
    let error = &answer.body["errors"][0];
    assert_eq!(error["path"], json!(["user"]));
    assert!(error["message"].as_str().unwrap().contains("limits.max_portal_calls"), "{error}");
    assert_eq!(house.calls(), BTreeMap::from([("getUserByIdProgram", 1)]));
}

#[tokio::test]
async fn an_estimate_beyond_all_numbers_is_too_much() {
    let house = House::over(World::demo()).await;
    let mut below = "revision".to_owned();
    for _ in 0..5 {
        below = format!("users(first: 5000) {{ nodes {{ {below} }} }}");
        below = format!("department {{ {below} }}");
    }
    let below = below.trim_start_matches("department");
    let query = format!("{{ departments {below} user(by: {{databaseId: 7}}) {{ loginName }} }}");
    let answer = house.nobody().ask(&query).await;
    assert_eq!(answer.codes(), ["QUERY_TOO_COSTLY"], "{}", answer.body);
    assert_eq!(house.call_count(), 0);
}

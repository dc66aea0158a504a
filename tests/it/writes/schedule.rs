//! Many clients read and write the same agents' skills: every read is explained by some order of the acknowledged
//! writes, and nothing is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use portalgraph::simulator::{Random, SIZED_PASSWORD, World};
use serde_json::{Value, json};

use crate::house::{Client, House};

const CLIENTS: u64 = 32;
const AGENTS: usize = 200;
const SEED: u64 = 0x5eed;
const LASTS: Duration = Duration::from_mins(1);

/// An agent and a skill group.
type Pair = (usize, usize);

/// What happened to one pair, from when it was asked for until it was acknowledged.
#[derive(Clone, Copy)]
struct Event {
    is_member: bool,
    start: Duration,
    end: Duration,
}

/// The agents and skill groups of one platform, by global id, with who was in which at first.
struct Field {
    agents: Vec<String>,
    groups: Vec<String>,
    before: BTreeSet<Pair>,
}

impl Field {
    async fn of(client: &Client) -> Self {
        let data = client
            .data(
                "{ agents(first: 5000) { nodes { id platform { name } skillGroups { id } } }
                   skillGroups(first: 5000) { nodes { id platform { name } } } }",
            )
            .await;
        let platform = data["skillGroups"]["nodes"][0]["platform"]["name"].clone();
        let on_platform = |nodes: &Value| -> Vec<Value> {
            let nodes = nodes.as_array().unwrap().iter();
            nodes.filter(|node| node["platform"]["name"] == platform).cloned().collect()
        };
        let id = |node: &Value| node["id"].as_str().unwrap().to_owned();
        let agents = on_platform(&data["agents"]["nodes"]);
        let groups: Vec<_> = on_platform(&data["skillGroups"]["nodes"]).iter().map(id).collect();
        assert!(
            agents.len() >= AGENTS && groups.len() >= 2,
            "{} agents, {} groups",
            agents.len(),
            groups.len()
        );
        let mut before = BTreeSet::new();
        for (agent, node) in agents.iter().take(AGENTS).enumerate() {
            for group in node["skillGroups"].as_array().unwrap() {
                let place = groups.iter().position(|id| group["id"] == id.as_str());
                before.extend(place.map(|group| (agent, group)));
            }
        }
        Self { agents: agents.iter().take(AGENTS).map(id).collect(), groups, before }
    }
}

#[derive(Default)]
struct Log {
    writes: BTreeMap<Pair, Vec<Event>>,
    reads: Vec<(Pair, Event)>,
}

/// One client's minute: reads and writes from either end of the edge.
async fn live(client: Client, field: &Field, mut numbers: Random, began: Instant) -> Log {
    let mut log = Log::default();
    while began.elapsed() < LASTS {
        let (agent, group) = (numbers.below(field.agents.len()), numbers.below(field.groups.len()));
        let (agent_id, group_id) = (&field.agents[agent], &field.groups[group]);
        let is_member = numbers.below(2) == 0;
        let start = began.elapsed();
        match numbers.below(6) {
            0 => {
                let change = if is_member { "addSkillGroupIds" } else { "removeSkillGroupIds" };
                let input = json!({"agentId": agent_id, change: [group_id]});
                write(&client, "updateAgentSkillGroups", "UpdateAgentSkillGroupsInput", input).await;
                let event = Event { is_member, start, end: began.elapsed() };
                log.writes.entry((agent, group)).or_default().push(event);
            }
            1 => {
                let change = if is_member { "addAgentIds" } else { "removeAgentIds" };
                let input = json!({"skillGroupId": group_id, change: [agent_id]});
                write(&client, "updateSkillGroupAgents", "UpdateSkillGroupAgentsInput", input).await;
                let event = Event { is_member, start, end: began.elapsed() };
                log.writes.entry((agent, group)).or_default().push(event);
            }
            2 => {
                let query = "query($id: ID!) { node(id: $id) { ... on SkillGroup { agents(first: 5000) { nodes { id } } } } }";
                let nodes = read(&client, query, group_id).await["agents"]["nodes"].clone();
                let members: BTreeSet<_> = nodes
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|node| node["id"].as_str().unwrap().to_owned())
                    .collect();
                let end = began.elapsed();
                for (agent, id) in field.agents.iter().enumerate() {
                    let is_member = members.contains(id);
                    log.reads.push(((agent, group), Event { is_member, start, end }));
                }
            }
            _ => {
                let query = "query($id: ID!) { node(id: $id) { ... on Agent { skillGroups { id } } } }";
                let groups = read(&client, query, agent_id).await["skillGroups"].clone();
                let end = began.elapsed();
                for (group, id) in field.groups.iter().enumerate() {
                    let is_member = groups.as_array().unwrap().iter().any(|group| group["id"] == id.as_str());
                    log.reads.push(((agent, group), Event { is_member, start, end }));
                }
            }
        }
    }
    log
}

async fn write(client: &Client, mutation: &str, input_type: &str, input: Value) {
    let document = format!(
        "mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
    );
    let answer = client.ask_with(&document, json!({"input": input})).await;
    assert_eq!(answer.body["data"][mutation]["userErrors"], json!([]), "{}", answer.body);
}

async fn read(client: &Client, query: &str, id: &str) -> Value {
    let answer = client.ask_with(query, json!({"id": id})).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.body);
    answer.body["data"]["node"].clone()
}

/// Whether some order of the writes lets the read see what it saw: a write of that value began before the read was
/// over, and no write of the other value lies wholly between the two.
fn is_explained(read: Event, before: bool, writes: &[Event]) -> bool {
    let first = Event { is_member: before, start: Duration::ZERO, end: Duration::ZERO };
    let mut same = writes.iter().chain([&first]).filter(|write| write.is_member == read.is_member);
    same.any(|write| {
        let is_overwritten = |other: &Event| {
            other.is_member != read.is_member && other.start > write.end && other.end < read.start
        };
        write.start <= read.end && !writes.iter().any(is_overwritten)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_read_is_explained_by_some_order_of_the_acknowledged_writes() {
    let house = House::over(World::sized(1_300)).await;
    let field = Field::of(&house.sign_in(("load0@siz", SIZED_PASSWORD)).await).await;
    let began = Instant::now();
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        // Eight people with four sessions each: some share what is kept, some do not.
        let name = format!("load{}@siz", number % 8);
        let client = house.sign_in((&name, SIZED_PASSWORD)).await;
        clients.push(live(client, &field, Random::new(SEED ^ (number << 32)), began));
    }
    // Meanwhile the portal's own people change other things.
    let others = async {
        let mut numbers = Random::new(SEED);
        while began.elapsed() < LASTS {
            house.simulator.world(|world| {
                let users = &mut world.tenants[0].users;
                let chosen = numbers.below(users.len());
                if let Some(user) = users.values_mut().nth(chosen) {
                    std::sync::Arc::make_mut(user).phone =
                        Some(format!("555{:05}", numbers.below(100_000)).into());
                }
            });
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let (logs, ()) = futures_util::join!(futures_util::future::join_all(clients), others);
    let mut writes: BTreeMap<Pair, Vec<Event>> = BTreeMap::new();
    for log in &logs {
        for (pair, events) in &log.writes {
            writes.entry(*pair).or_default().extend(events);
        }
    }
    let explained = |pair: &Pair, event: Event| {
        is_explained(event, field.before.contains(pair), writes.get(pair).map_or(&[], Vec::as_slice))
    };
    let reads: Vec<_> = logs.iter().flat_map(|log| &log.reads).collect();
    for (pair, event) in &reads {
        assert!(
            explained(pair, *event),
            "agent and group {pair:?} at {:?}: {}",
            event.start,
            event.is_member
        );
    }
    // Nothing is lost: what there is in the end is the outcome of a last write, by whichever end it is asked for.
    let start = began.elapsed();
    let last = Field::of(&house.sign_in(("admin@siz", SIZED_PASSWORD)).await).await;
    for agent in 0..field.agents.len() {
        for group in 0..field.groups.len() {
            let is_member = last.before.contains(&(agent, group));
            let event = Event { is_member, start, end: began.elapsed() };
            assert!(explained(&(agent, group), event), "in the end: {agent} {group} {is_member}");
        }
    }
    let count: usize = writes.values().map(Vec::len).sum();
    assert!(count > 200 && reads.len() > 2_000, "{count} writes, {} reads", reads.len());
}

#[test]
fn a_read_of_what_was_overwritten_before_it_began_is_not_explained() {
    let at = |is_member, start, end| Event {
        is_member,
        start: Duration::from_millis(start),
        end: Duration::from_millis(end),
    };
    let writes = [at(true, 10, 20), at(false, 30, 40)];
    assert!(is_explained(at(true, 25, 28), false, &writes));
    assert!(is_explained(at(true, 35, 50), false, &writes), "the second write may come after the read");
    assert!(is_explained(at(false, 15, 18), false, &writes), "the first write may come after the read");
    assert!(!is_explained(at(true, 45, 50), false, &writes));
    assert!(!is_explained(at(false, 22, 25), false, &writes));
}

//! What each part of an answer takes: reading the portal's answer, what is kept, planning an edge, parsing, writing.
//!
//! `cargo bench --bench parts`; a name after `--` picks the parts that have it in theirs.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop")]

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::parse_query;
use async_graphql::{Request, ValidationMode};
use criterion::{Criterion, Throughput};
use portalgraph::caller::{AgentKey, Deadline};
use portalgraph::config::Config;
use portalgraph::graph::{Gateway, Schema, SessionChange, Visit, schema};
use portalgraph::portal::Reply as _;
use portalgraph::portal::user::GetUsersReply;
use portalgraph::session::ClientAddress;
use portalgraph::simulator::{SIZED_LOGIN, Simulator, World};
use tokio::runtime::Runtime;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USERS: usize = 200;
const AGENTS: usize = 100;
const WIDE: &str = "{ users(first: 100) { nodes { loginName firstName lastName email phone isActive } } }";
const EDGE: &str = "{ agents(first: 100) { nodes { agentNumber skillGroups { name } } } }";

/// A gateway in front of a simulator, and somebody who has signed in.
struct House {
    runtime: Runtime,
    gateway: Arc<Gateway>,
    schema: Schema,
    token: String,
    _simulator: Simulator,
}

fn here() -> ClientAddress {
    IpAddr::from(Ipv4Addr::LOCALHOST).into()
}

fn soon() -> Deadline {
    Deadline::within(Duration::from_secs(30), "the benchmark")
}

impl House {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let simulator = runtime.block_on(Simulator::local(World::sized(USERS)));
        let mut config = Config::default();
        config.portal.url = simulator.url();
        let gateway = Gateway::new(&config).unwrap();
        let schema = schema(&config.limits, ValidationMode::Strict);
        let token = runtime.block_on(sign_in(&gateway, &schema));
        Self { runtime, gateway, schema, token, _simulator: simulator }
    }

    async fn visit(&self) -> Arc<Visit> {
        let arrival = self.gateway.arrival(Some(&self.token), here()).await.expect("nothing is shared");
        Arc::new(self.gateway.visit(arrival, soon()))
    }

    /// A query from its text to the bytes of its answer, without HTTP and without the checks before it.
    async fn ask(&self, query: &str) -> Vec<u8> {
        let request = Request::new(query).data(self.visit().await);
        serde_json::to_vec(&self.schema.execute(request).await).unwrap()
    }
}

async fn sign_in(gateway: &Arc<Gateway>, schema: &Schema) -> String {
    let (name, password) = SIZED_LOGIN;
    let login = format!(
        "mutation {{ login(input: {{username: \"{name}\", password: \"{password}\"}}) {{ status }} }}"
    );
    let arrival = gateway.arrival(None, here()).await.expect("nothing is shared");
    let visit = Arc::new(gateway.visit(arrival, soon()));
    schema.execute(Request::new(login).data(visit.clone())).await;
    match visit.change() {
        SessionChange::Issue { token, .. } => token.expose().to_owned(),
        change => panic!("signing in came to {change:?}"),
    }
}

/// The portal's answer for all users, as the simulator writes it.
fn users_answer() -> Vec<u8> {
    let world = World::sized(USERS);
    let users = world.tenants[0].users.values().cloned().collect();
    let reply = GetUsersReply { user_agent_info_list: users, code: Some(0), ..GetUsersReply::default() };
    serde_json::to_vec(&reply).unwrap()
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();

    let answer = users_answer();
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(answer.len() as u64));
    group.bench_function("200 users", |bencher| {
        bencher.iter(|| GetUsersReply::read(black_box(&answer)).unwrap());
    });
    group.finish();

    criterion.bench_function("parse a document", |bencher| {
        bencher.iter(|| parse_query(black_box(WIDE)).unwrap());
    });

    let house = House::new();
    house.runtime.block_on(house.ask(WIDE));
    house.runtime.block_on(house.ask(EDGE));
    criterion.bench_function("visit", |bencher| {
        bencher.iter(|| house.runtime.block_on(house.visit()));
    });
    criterion.bench_function("visit, and a kept answer", |bencher| {
        bencher.iter(|| {
            house.runtime.block_on(async { house.visit().await.current().unwrap().roster().await.unwrap() })
        });
    });
    let agents: Vec<AgentKey> = house.runtime.block_on(async {
        let roster = house.visit().await.current().unwrap().roster().await.unwrap();
        roster.agents().filter_map(|user| AgentKey::of(user)).take(AGENTS).collect()
    });
    criterion.bench_function("visit, and the plan for 100 agents' skill groups", |bencher| {
        bencher.iter(|| {
            house.runtime.block_on(async {
                let caller = house.visit().await.current().unwrap();
                let groups = agents.iter().map(|agent| caller.skill_groups_of(*agent));
                futures_util::future::try_join_all(groups).await.unwrap()
            })
        });
    });
    for (name, query) in [
        ("whole query: nothing", "{ __typename }"),
        ("whole query: 100 users x 6 fields", WIDE),
        ("whole query: 100 agents x skill groups", EDGE),
    ] {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| house.runtime.block_on(house.ask(query)));
        });
    }
    criterion.final_summary();
}

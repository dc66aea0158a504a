//! The servers of one measurement: a portal, a server of ready bytes, a proxy, and two gateways.

use std::time::Duration;

use serde_json::{Value, json};

use super::load::{Connection, Request};
use super::process::Process;
use super::query::Query;
use super::world::{self, PASSWORD};

/// Every time to live, by which the portal's answers are kept.
const TIMES_TO_LIVE: [&str; 8] =
    ["USER", "SKILL_GROUP", "ATTRIBUTE", "PRECISION_QUEUE", "CALLBACK", "ACCESS", "CATALOGUE", "ICWS_ROLE"];

/// How long a gateway keeps the portal's answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// As it does by default.
    Default,
    /// For so many seconds; with none, every request is cold.
    Seconds(u64),
}

/// A gateway with the default settings, or with other times to live, and people signed in to it.
pub(crate) struct Gateway {
    pub(crate) process: Process,
    pub(crate) tokens: Vec<String>,
}

/// What a query cost at the portal, as the gateway tells it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cost {
    pub(crate) calls: u64,
    pub(crate) waves: u64,
}

impl Gateway {
    /// Starts one, as `portalgraph serve` does, with further settings as the environment names them.
    pub(crate) async fn start(
        portal: &Process,
        keeps: Keeps,
        people: usize,
        settings: &[(&str, &str)],
    ) -> Self {
        let option = |name: &str, value: &str| (format!("PORTALGRAPH__{name}"), value.to_owned());
        let mut environment = vec![
            option("PORTAL__URL", &portal.url()),
            // Counted as by default, and out of reach: few people here ask more often than all of a company.
            option("RATE__IDENTITY_BURST", "1000000"),
            option("RATE__ADDRESS_BURST", "1000000"),
            option("RATE__IDENTITY_REQUESTS_PER_MINUTE", "1000000"),
            option("RATE__ADDRESS_REQUESTS_PER_MINUTE", "1000000"),
        ];
        if let Keeps::Seconds(seconds) = keeps {
            environment.extend(
                TIMES_TO_LIVE.map(|noun| option(&format!("CACHE__{noun}_SECONDS"), &seconds.to_string())),
            );
        }
        environment.extend(settings.iter().map(|(name, value)| option(name, value)));
        let process = Process::start(&["serve", "--listen", "127.0.0.1:0"], &environment);
        let mut tokens = Vec::with_capacity(people);
        let mut connection = Connection::open(process.address).await;
        for number in 0..people {
            tokens.push(sign_in(&mut connection, number).await);
        }
        Self { process, tokens }
    }

    /// What the query costs at the portal, asked by the first who has signed in.
    pub(crate) async fn cost(&self, document: &str) -> Cost {
        let mut connection = Connection::open(self.process.address).await;
        let authorization = format!("Bearer {}", self.tokens[0]);
        let headers = [("authorization", authorization.as_str()), ("portalgraph-cost", "1")];
        // Of the query that rotates, one user.
        let body = json!({ "query": document, "variables": { "id": 10_300_007 } }).to_string();
        let answer: Value =
            serde_json::from_slice(connection.ask(&Request::post("/graphql", &headers, &body)).await)
                .unwrap();
        let of = |name: &str| answer["extensions"]["cost"][name].as_u64().unwrap();
        Cost { calls: of("calls"), waves: of("waves") }
    }
}

async fn sign_in(connection: &mut Connection, number: usize) -> String {
    let name = world::login(number);
    let login = format!(
        "mutation {{ login(input: {{username: \"{name}\", password: \"{PASSWORD}\"}}) {{ sessionToken }} }}"
    );
    let body = json!({ "query": login }).to_string();
    let answer: Value =
        serde_json::from_slice(connection.ask(&Request::post("/graphql", &[], &body)).await).unwrap();
    answer["data"]["login"]["sessionToken"].as_str().unwrap().to_owned()
}

/// The portal's process, and what it is told and asked beside its calls.
pub(crate) struct Portal {
    pub(crate) process: Process,
}

impl Portal {
    pub(crate) fn start(users: usize) -> Self {
        Self { process: Process::start(&["portal", &users.to_string()], &[]) }
    }

    async fn control(&self, path: &str) -> String {
        let mut connection = Connection::open(self.process.address).await;
        let answer = connection.ask(&Request::post(&format!("/control/{path}"), &[], "")).await;
        String::from_utf8(answer.to_vec()).unwrap()
    }

    /// How many calls it has had.
    pub(crate) async fn calls(&self) -> u64 {
        self.control("calls").await.parse().unwrap()
    }

    /// Lets each call take so long from now on.
    pub(crate) async fn delay(&self, delay: Duration) {
        self.control(&format!("delay/{}", delay.as_millis())).await;
    }
}

/// A server of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Server {
    /// Ready bytes.
    Fixed,
    /// The fewest calls, without GraphQL.
    Proxy,
    /// The gateway that keeps nothing.
    Cold,
    /// The gateway as it is by default, once it has been asked.
    Warm,
    /// The same, with documents it has never seen.
    Unseen,
}

impl Server {
    /// What it is called where people and charts read it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fixed => "static",
            Self::Proxy => "proxy",
            Self::Cold => "gateway, cold",
            Self::Warm => "gateway, warm",
            Self::Unseen => "gateway, unseen",
        }
    }
}

/// All servers over one portal.
pub(crate) struct Field {
    pub(crate) portal: Portal,
    fixed: Process,
    proxy: Process,
    cold: Gateway,
    warm: Gateway,
}

impl Field {
    pub(crate) async fn start(users: usize, people: usize) -> Self {
        let portal = Portal::start(users);
        let fixed = Process::start(&["fixed"], &[]);
        let proxy = Process::start(&["proxy", &portal.process.url(), &people.to_string()], &[]);
        let cold = Gateway::start(&portal.process, Keeps::Seconds(0), people, &[]).await;
        let warm = Gateway::start(&portal.process, Keeps::Default, people, &[]).await;
        Self { portal, fixed, proxy, cold, warm }
    }

    pub(crate) fn process(&self, server: Server) -> &Process {
        match server {
            Server::Fixed => &self.fixed,
            Server::Proxy => &self.proxy,
            Server::Cold => &self.cold.process,
            Server::Warm | Server::Unseen => &self.warm.process,
        }
    }

    /// What a server is asked, by so many people in turn.
    pub(crate) fn requests(&self, server: Server, query: Query, people: usize) -> Vec<Request> {
        match server {
            Server::Fixed => query.to_fixed(),
            Server::Proxy => query.to_proxy(people),
            Server::Cold => query.to_gateway(&self.cold.tokens[..people], false),
            Server::Warm => query.to_gateway(&self.warm.tokens[..people], false),
            Server::Unseen => query.to_gateway(&self.warm.tokens[..people], true),
        }
    }

    pub(crate) async fn cost(&self, query: Query) -> Cost {
        self.cold.cost(query.document).await
    }

    /// Checks that the proxy and the gateway say the same, and gives it to the server of ready bytes.
    pub(crate) async fn agree(&self, query: Query) {
        let mut answers = Vec::new();
        for server in [Server::Cold, Server::Warm, Server::Proxy] {
            if server == Server::Proxy && query.name == "Q0" {
                continue;
            }
            let mut connection = Connection::open(self.process(server).address).await;
            let asked = &self.requests(server, query, 1)[0];
            answers.push((server, connection.ask(asked).await.to_vec()));
        }
        let as_value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
        let (_, expected) = &answers[0];
        for (server, answer) in &answers {
            let (answer, expected) = (as_value(answer), as_value(expected));
            assert!(answer.get("errors").is_none(), "{}: {answer}", query.name);
            assert!(answer == expected, "{} at {}:\n{answer}\n{expected}", query.name, server.name());
        }
        let mut connection = Connection::open(self.fixed.address).await;
        let text = std::str::from_utf8(expected).unwrap();
        connection.ask(&Request::post(&format!("/put/{}", query.name), &[], text)).await;
    }
}

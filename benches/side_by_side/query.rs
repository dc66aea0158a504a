//! The queries Q0 to Q6, as each server is asked for them.

use super::load::{COUNTER, Request};

/// The users whose ids Q4 rotates through.
const FIRST_USER: u64 = 10_300_001;
const USERS: u64 = 200;

/// A query of the field.
#[derive(Clone, Copy)]
pub(crate) struct Query {
    pub(crate) name: &'static str,
    pub(crate) document: &'static str,
    /// Whether each request asks for another user.
    pub(crate) rotates: bool,
}

const fn query(name: &'static str, document: &'static str) -> Query {
    Query { name, document, rotates: false }
}

/// What is asked.
pub(crate) const QUERIES: [Query; 7] = [
    query("Q0", "{ __typename }"),
    query("Q1", "{ users(first: 100) { nodes { loginName firstName lastName email phone isActive } } }"),
    query(
        "Q2",
        "{ users(first: 100) { nodes { loginName department { name } site { name } roleGroup { name } } } }",
    ),
    query("Q3", "{ agents(first: 100) { nodes { agentNumber skillGroups { name } } } }"),
    Query {
        name: "Q4",
        document: "query User($id: Int!) { user(by: { databaseId: $id }) { loginName firstName lastName email phone isActive } }",
        rotates: true,
    },
    query(
        "Q5",
        "{ skillGroups(first: 20) { nodes { name agents(first: 100) { nodes { agentNumber user { loginName department { name } } } } } } }",
    ),
    query(
        "Q6",
        "{ skillGroups(first: 20) { nodes { name agentCount } } \
         precisionQueues(first: 20) { nodes { name agentCount steps { stepNumber waitSeconds agentCount considerIf \
         terms { attribute { name } attributeRelation value } } } } \
         users(first: 20) { nodes { displayName department { name } site { name } roleGroup { name } } } }",
    ),
];

/// The skills of 500 agents.
pub(crate) const SKILLS_OF_500: Query =
    query("500 agents' skills", "{ agents(first: 500) { nodes { agentNumber skillGroups { name } } } }");

impl Query {
    fn variables(self) -> Vec<Option<u64>> {
        if self.rotates { (0..USERS).map(|place| Some(FIRST_USER + place)).collect() } else { vec![None] }
    }

    fn body(document: &str, id: Option<u64>) -> String {
        let document = serde_json::to_string(document).unwrap();
        match id {
            None => format!("{{\"query\":{document}}}"),
            Some(id) => format!("{{\"query\":{document},\"variables\":{{\"id\":{id}}}}}"),
        }
    }

    /// The query with a field in it by which no two of its documents are the same.
    fn unseen(self) -> String {
        let (head, rest) = self.document.split_once("{ ").unwrap();
        // Before the first selection, after the name and the variables of the operation.
        format!("{head}{{ n{COUNTER}: __typename {rest}")
    }

    /// As the gateway is asked, by the people with these tokens in turn.
    pub(crate) fn to_gateway(self, tokens: &[String], is_unseen: bool) -> Vec<Request> {
        let document = if is_unseen { self.unseen() } else { self.document.to_owned() };
        let ask = |id, token: &String| {
            let authorization = format!("Bearer {token}");
            Request::post("/graphql", &[("authorization", &authorization)], &Self::body(&document, id))
        };
        in_turn(&self.variables(), tokens, ask)
    }

    /// As the proxy is asked, by so many people in turn.
    pub(crate) fn to_proxy(self, identities: usize) -> Vec<Request> {
        let numbers: Vec<String> = (0..identities).map(|number| number.to_string()).collect();
        let ask = |id: Option<u64>, number: &String| {
            let path = id.map_or_else(|| format!("/{}", self.name), |id| format!("/{}/{id}", self.name));
            Request::post(&path, &[("identity", number)], &Self::body(self.document, id))
        };
        in_turn(&self.variables(), &numbers, ask)
    }

    /// As the server of ready bytes is asked.
    pub(crate) fn to_fixed(self) -> Vec<Request> {
        let ask = |id: &Option<u64>| {
            Request::post(&format!("/{}", self.name), &[], &Self::body(self.document, *id))
        };
        self.variables().iter().map(ask).collect()
    }
}

/// Every variable and every person once; with one of either, as many as the other has.
fn in_turn(
    variables: &[Option<u64>],
    people: &[String],
    ask: impl Fn(Option<u64>, &String) -> Request,
) -> Vec<Request> {
    let turns = variables.len().max(people.len());
    (0..turns).map(|turn| ask(variables[turn % variables.len()], &people[turn % people.len()])).collect()
}

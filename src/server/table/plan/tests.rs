//! Which tables documents have.

use async_graphql::parser::parse_query;

use super::*;
use crate::server::table::field::Fields;

const SCHEMA: &str = "
    scalar DateTime
    enum State { A B }
    interface Named { name: String }
    union Any = Agent | Group
    type Query { agents: AgentConnection groups: [Group!] viewer: Agent any: [Any] count: Int }
    type AgentConnection { totalCount: Int nodes: [Agent!]! edges: [AgentEdge!]! }
    type AgentEdge { cursor: String node: Agent! }
    type Agent implements Named { name: String age: Int! at: DateTime is: Boolean rate: Float state: State tags: [String!]!
        team: Group groups: [Group!] friends: AgentConnection }
    type Group implements Named { name: String size: Int agents: [Agent!] }";

fn plan(text: &str, rows: Option<&str>) -> Result<Plan, Refusal> {
    let document = parse_query(text).unwrap();
    let (_, operation) = document.operations.iter().next().unwrap();
    Plan::of(&Tree::of(&document, &operation.node, &Fields::of(SCHEMA)), rows)
}

fn drawn(text: &str, rows: Option<&str>) -> (String, String) {
    let plan = plan(text, rows).unwrap();
    let columns: Vec<_> =
        plan.columns.iter().map(|column| format!("{} {}", column.name, column.kind.word())).collect();
    (plan.rows.map(|path| path.join(".")).unwrap_or_default(), columns.join(", "))
}

#[test]
fn columns_are_what_is_selected_and_types_are_the_schemas() {
    for (text, rows, path, columns) in [
        (
            "{ agents { totalCount nodes { name age at is rate state tags team { name } } } }",
            None,
            "agents.nodes",
            "name string, age number, at time, is boolean, rate number, state string, tags string, team.name string",
        ),
        // By their aliases, out of fragments, and once.
        (
            "{ a: agents { edges { c: cursor node { ...F ...F team { size } } } } } fragment F on Agent { n: name team { name } }",
            None,
            "a.edges",
            "c string, n string, team.name string, team.size number",
        ),
        // Breadth first, and not the list that comes first in the text.
        ("{ viewer { groups { name } } agents { nodes { name } } }", None, "agents.nodes", "name string"),
        ("{ viewer { name groups { name size } } }", None, "viewer.groups", "name string, size number"),
        // Without a list all of it is a row.
        (
            "{ count agents { totalCount } viewer { name } }",
            None,
            "",
            "count number, agents.totalCount number, viewer.name string",
        ),
        // One list within makes rows, several are counted.
        ("{ groups { name agents { age } } }", None, "groups", "name string, agents.age number"),
        (
            "{ agents { nodes { groups { name } name friends { totalCount nodes { name } } } } }",
            None,
            "agents.nodes",
            "groups.count number, name string, friends.totalCount number, friends.count number",
        ),
        (
            "{ agents { nodes { groups { name } name friends { edges { node { name groups { name } } } } } } }",
            Some("agents.friends"),
            "agents.nodes",
            "groups.count number, name string, friends.name string, friends.groups.count number",
        ),
        (
            "{ groups { name agents { age } } agents { nodes { name } } }",
            Some("agents.nodes"),
            "agents.nodes",
            "name string",
        ),
        ("{ groups { name agents { age } } }", Some("groups"), "groups", "name string, agents.count number"),
        (
            "{ agents { edges { node { groups { name agents { name } } } } } }",
            Some("agents.groups.agents"),
            "agents.edges",
            "groups.name string, groups.agents.name string",
        ),
        // A union's members side by side; what they do not have is null.
        (
            "{ any { __typename ... on Agent { name age } ... on Group { name size } } }",
            None,
            "any",
            "__typename string, name string, age number, size number",
        ),
        // Two that would be called the same have their whole names.
        (
            "{ agents { edges { name: cursor node { name } } } }",
            None,
            "agents.edges",
            "name string, node.name string",
        ),
    ] {
        assert_eq!(drawn(text, rows), (path.to_owned(), columns.to_owned()), "{text}");
    }
}

#[test]
fn rows_are_of_a_list_that_is_there() {
    let text = "{ agents { totalCount nodes { name tags team { name } } } }";
    for path in
        ["", "agent", "agents.name", "agents.tags", "agents.team", "agents.totalCount", "agents..nodes"]
    {
        assert!(plan(text, Some(path)).is_err(), "{path}");
    }
}

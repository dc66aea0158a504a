//! `portalgraph explain`: what it prints of a document, what it refuses, and that it asks nobody.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use portalgraph::config::Config;
use portalgraph::simulator::{DEMO_LOGIN, World};
use serde_json::Value;

use super::{explained, number, open};
use crate::house::House;
use crate::plan::forgetful;
use crate::program::{output, program};

const WALL: &str = "query Wall($first: Int = 20) {
  agents(first: $first) { nodes { agentNumber user { displayName site { name } } skillGroups { name } } }
  sites { name }
}
";

/// A file of this test's own.
fn file(name: &str, text: &str) -> String {
    let path =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("explain-{}-{name}", std::process::id()));
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// What it prints with `--json`.
fn json(arguments: &[&str]) -> Value {
    let (status, printed, error) = said(&output(&[&["explain", "--json"], arguments].concat()));
    assert_eq!((status, error.as_str()), (Some(0), ""), "{arguments:?}");
    serde_json::from_str(&printed).unwrap()
}

#[test]
fn it_prints_the_fields_with_what_each_may_ask() {
    let (status, printed, error) = said(&output(&["explain", &file("wall.graphql", WALL)]));
    assert_eq!((status, error.as_str()), (Some(0), ""), "{printed}");
    assert!(printed.starts_with("query Wall\n"), "{printed}");
    let row = |wave: &str, field: &str, asks: &str| format!("{wave:<6}{field:<42}{asks}\n");
    for line in [
        row("1", "agents (about 20)", "getUsers"),
        row("", "  nodes", "").trim_end().to_owned() + "\n",
        row("2", "      site", "getAllSites"),
        row("1", "sites (about 100)", "getAllSites (asked before)"),
        "plan.agent_skill_groups = \"auto\": Whichever needs fewer calls".to_owned(),
        "Estimated calls: 23 (limits.max_portal_calls allows 500)".to_owned(),
        "Within all limits.".to_owned(),
    ] {
        assert!(printed.contains(&line), "{line}\n{printed}");
    }
    let edge = printed.lines().find(|line| line.contains("skillGroups")).unwrap();
    assert!(edge.contains("getSkillsForAgent × 20; or getSkillGroups and getAllAgentsForSkill"), "{edge}");
}

#[test]
fn json_says_the_same() {
    let told = json(&[&file("wall-json.graphql", WALL), "--variables", "{\"first\": 2}"]);
    assert_eq!((&told["operation"], &told["type"]), (&"Wall".into(), &"query".into()));
    assert_eq!((number(&told["estimatedPortalCalls"]), number(&told["maxPortalCalls"])), (4, 500), "{told}");
    let agents = &told["fields"][0];
    assert_eq!((&agents["on"], &agents["asks"][0]["operation"]), (&"Query".into(), &"getUsers".into()));
    let nodes = &agents["below"][0];
    assert_eq!((number(&nodes["records"]), number(&nodes["plainFields"])), (2, 1), "{told}");
    let choice = &nodes["below"][1]["choices"][0];
    assert_eq!((&choice["setting"], &choice["way"]), (&"plan.agent_skill_groups".into(), &"auto".into()));
    assert!(choice["decides"].as_str().unwrap().starts_with("So few"), "{choice}");
}

#[test]
fn it_reads_standard_input_and_variables_from_a_file() {
    let variables = file("variables.json", "{\"first\": 3}");
    let arguments = ["explain", "-", "--json", "--operation", "B", "--variables", &format!("@{variables}")];
    let mut child = program(&arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let text = "query A { sites { name } } query B($first: Int) { agents(first: $first) { nodes { id } } }";
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let told: Value = serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!((&told["operation"], number(&told["fields"][0]["below"][0]["records"])), (&"B".into(), 3));
}

#[test]
fn a_document_that_cannot_be_executed_is_refused_with_each_place() {
    for (name, text, arguments, expected) in [
        ("syntax", "{ agents(first: ) }", vec![], vec![":1:17: ", "expected"]),
        (
            "fields",
            "{\n  sites { nam }\n  sitess { name }\n}",
            vec![],
            vec![":2:11: ", "\"nam\"", ":3:3: ", "\"sitess\""],
        ),
        ("type", "{ agents(first: \"x\") { totalCount } }", vec![], vec![":1:", "first"]),
        ("missing", "query($id: ID!) { node(id: $id) { id } }", vec![], vec!["$id", "was not provided"]),
        (
            "wrong",
            "query($first: Int) { agents(first: $first) { totalCount } }",
            vec!["--variables", "{\"first\": \"x\"}"],
            vec!["$first", "Int"],
        ),
        (
            "several",
            "query A { sites { name } } query B { sites { id } }",
            vec![],
            vec!["several operations"],
        ),
        ("unnamed", "query A { sites { name } }", vec!["--operation", "C"], vec!["no operation named \"C\""]),
    ] {
        let file = file(&format!("{name}.graphql"), text);
        let (status, printed, error) = said(&output(&[&["explain", &file], &*arguments].concat()));
        assert_eq!((status, printed.as_str()), (Some(2), ""), "{name}: {error}");
        assert!(error.contains(&file), "{error}");
        for text in expected {
            assert!(error.contains(text), "{name}: {error} should say {text}");
        }
    }
}

#[test]
fn what_it_is_given_says_what_was_expected() {
    let good = file("good.graphql", "{ sites { name } }");
    for (arguments, expected) in [
        (vec!["not-there.graphql"], "FILE: not-there.graphql cannot be read"),
        (vec![good.as_str(), "--variables", "[1]"], "--variables: expected a JSON object"),
        (
            vec![good.as_str(), "--variables", "{\"a\":"],
            "it is no JSON at line 1, column 5; expected a JSON object",
        ),
        (vec![good.as_str(), "--variables", "@not-there.json"], "not-there.json cannot be read"),
        (vec![good.as_str(), "--config", "not-there.toml"], "not-there.toml"),
    ] {
        let (status, printed, error) = said(&output(&[&["explain"], &*arguments].concat()));
        assert_eq!((status, printed.as_str()), (Some(2), ""), "{arguments:?}: {error}");
        assert!(error.contains(expected), "{arguments:?}: {error} should say {expected}");
    }
}

#[test]
fn limits_it_would_break_are_told_all_at_once() {
    let settings = file(
        "limits.toml",
        "[limits]\nmax_depth = 2\nmax_aliases = 1\nmax_portal_calls = 3\nmax_page_size = 100\n",
    );
    let text = "{ a: agents(first: 200) { nodes { skillGroups { name } } } b: sites { name } }";
    let (status, printed, error) =
        said(&output(&["explain", &file("large.graphql", text), "--config", &settings]));
    assert_eq!(status, Some(1), "{error}");
    for limit in [
        "The nesting of fields of this document is 4; limits.max_depth allows 2.",
        "The number of aliases of this document is 2; limits.max_aliases allows 1.",
        "limits.max_portal_calls allows 3",
        "The page of a has 200 records; limits.max_page_size allows 100.",
    ] {
        assert!(printed.contains(limit), "{limit}\n{printed}");
    }
    assert!(error.contains("beyond 4 limits"), "{error}");
}

#[tokio::test]
async fn no_query_waits_more_often_or_calls_more_than_it_says() {
    let house = House::with(World::demo(), |config: &mut Config| {
        open(config);
        forgetful(config);
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await;
    for (place, (query, waves)) in [
        ("{ users { nodes { displayName } } }", 1),
        ("{ users { nodes { id department { name } } } departments { name } }", 2),
        ("{ skillGroups { nodes { agents { nodes { agentNumber } } } } }", 2),
        ("{ agents(first: 2) { nodes { skillGroups { name } } } }", 2),
        ("{ agents { nodes { skillGroups { name } } } }", 3),
        ("{ precisionQueues(first: 2) { nodes { steps { waitSeconds } } } }", 2),
        ("{ callback(databaseId: 7001) { queue { name } disposition { name } } }", 2),
        ("{ departments { name users { totalCount } } }", 2),
    ]
    .into_iter()
    .enumerate()
    {
        let draft = json(&[&file(&format!("waves-{place}.graphql"), query)]);
        assert_eq!(number(&draft["waves"]), waves, "{query}: {draft}");
        house.calls();
        let told = explained(&client, query).await;
        assert!(number(&told["totals"]["waves"]) <= waves, "{query}: {told}");
        let calls = house.call_count();
        assert!(calls <= number(&draft["estimatedPortalCalls"]), "{query}: {calls} calls, {draft}");
    }
}

//! The program as people run it: what it prints, what it refuses, and its exit status.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use portalgraph::simulator::{DEMO_LOGIN, Simulator, World};

use crate::house::{self, Client};
use crate::program::{Served, output, program};

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn committed(name: &str) -> String {
    fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// A settings file of this test's own.
fn settings(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.toml"));
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn it_prints_the_schema_and_the_settings_that_are_committed() {
    for (command, file) in [("schema", "schema.graphql"), ("config", "config/portalgraph.toml")] {
        let (status, printed, error) = said(&output(&[command]));
        assert_eq!((status, error.as_str()), (Some(0), ""));
        assert!(printed == committed(file), "`portalgraph {command}` prints another {file}");
    }
}

/// Refresh with `make docs`.
#[test]
fn it_prints_the_references_that_are_committed() {
    for page in ["configuration", "errors"] {
        let (status, printed, error) = said(&output(&["docs", page]));
        assert_eq!((status, error.as_str()), (Some(0), ""));
        assert!(
            printed == committed(&format!("docs/{page}.md")),
            "docs/{page}.md is not what `portalgraph docs {page}` prints: run `make docs`"
        );
    }
}

#[test]
fn it_tells_every_mistake_of_a_settings_file() {
    let file = settings(
        "mistakes",
        "[server]\nlisten = 4000\n[portal]\nurl = \"portal.example.com/a\"\nlogin_encodin = \"hex\"\n\
         [limits]\nintrospection = \"anyone\"\nmax_depth = -1\n[cashe]\nuser_seconds = 1\n",
    );
    let (status, printed, error) = said(&output(&["config", "check", &file]));
    assert_eq!((status, printed.as_str()), (Some(2), ""));
    for (line, key, given, expected) in [
        (2, "server.listen", "4000", "127.0.0.1:4000"),
        (4, "portal.url", "portal.example.com/a", "https://"),
        (5, "portal.login_encodin", "", "login_encoding"),
        (7, "limits.introspection", "anyone", "signed_in"),
        (8, "limits.max_depth", "-1", "expected"),
        (9, "cashe", "", "cache"),
    ] {
        let told = error.lines().find(|told| told.contains(&format!("line {line}:")));
        let told = told.unwrap_or_else(|| panic!("nothing about line {line}:\n{error}"));
        assert!(told.contains(key) && told.contains(given) && told.contains(expected), "{told}");
    }
}

#[test]
fn it_accepts_a_settings_file_without_mistakes() {
    let file = settings("valid", "[portal]\nurl = \"https://portal.example.com\"\n");
    assert_eq!(
        said(&output(&["config", "check", &file])),
        (Some(0), format!("{file} is valid\n"), String::new())
    );
    let file = settings("empty", "");
    let (status, printed, _) = said(&output(&["config", "check", &file]));
    assert!(status == Some(0) && printed.contains("PORTALGRAPH__PORTAL__URL"), "{printed}");
    let (status, _, error) = said(&output(&["config", "check", "not-there.toml"]));
    assert!(status == Some(2) && error.contains("not-there.toml"), "{error}");
}

#[test]
fn it_does_not_serve_with_settings_that_are_not_valid() {
    let file = settings("refused", "[portal]\nurl = \"ftp://portal.example.com\"\n");
    for (arguments, environment, expected) in [
        (vec!["serve"], ("A", "b"), vec!["portal.url is not set", "PORTALGRAPH__PORTAL__URL"]),
        (
            vec!["serve", "--config", &file],
            ("A", "b"),
            vec!["portal.url", "ftp://portal.example.com", "expected"],
        ),
        (vec!["serve", "--config", "not-there.toml"], ("A", "b"), vec!["not-there.toml"]),
        (
            vec!["serve"],
            ("PORTALGRAPH__SERVER__LISTEN", "everywhere"),
            vec!["PORTALGRAPH__SERVER__LISTEN", "server.listen", "everywhere", "expected"],
        ),
        (
            vec!["serve"],
            ("PORTALGRAPH__SERVER__LISTN", "1"),
            vec!["PORTALGRAPH__SERVER__LISTN", "there is no"],
        ),
        (vec!["serve", "--listen", "here"], ("A", "b"), vec!["--listen", "here"]),
    ] {
        let refused = program(&arguments).env(environment.0, environment.1).output().unwrap();
        let (status, printed, error) = said(&refused);
        assert_eq!((status, printed.as_str()), (Some(2), ""), "{arguments:?} {environment:?}: {error}");
        for text in expected {
            assert!(error.contains(text), "{arguments:?} {environment:?}: {error} should say {text}");
        }
    }
}

#[test]
fn it_says_which_address_is_taken() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = program(&["serve", "--listen", &address]);
    let refused = command.env("PORTALGRAPH__PORTAL__URL", "http://127.0.0.1:1").output().unwrap();
    let (status, printed, error) = said(&refused);
    assert_eq!((status, printed.as_str()), (Some(1), ""));
    assert!(error.contains(&address) && error.contains("--listen"), "{error}");
}

#[tokio::test]
async fn it_serves_what_the_environment_says_and_prints_one_line() {
    let simulator = Simulator::local(World::demo()).await;
    // The environment wins over the file.
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__LIMITS__MAX_DEPTH", "3"),
    ]);
    let client = Client::sign_in(&house::http(), &served.url, DEMO_LOGIN).await;
    assert_eq!(client.data("{ viewer { loginName } }").await["viewer"]["loginName"], DEMO_LOGIN.0);
    let deeper = client.ask("{ viewer { user { agent { id } } } }").await;
    assert_eq!(deeper.codes(), ["QUERY_TOO_COSTLY"]);
    let asked = output(&["health", &format!("{}/health/ready", served.url)]);
    assert_eq!(said(&asked), (Some(0), String::new(), String::new()));
    let gone = served.url.clone();
    served.end();
    let (status, _, error) = said(&output(&["health", &gone]));
    assert!(status == Some(1) && error.contains("not healthy"), "{error}");
}

#[test]
fn it_shows_itself_without_any_settings() {
    let shown = output(&["demo", "--listen", "127.0.0.1:0", "--once", "--query", "{ viewer { loginName } }"]);
    let (status, printed, error) = said(&shown);
    assert_eq!((status, error.as_str()), (Some(0), ""), "{printed}");
    assert!(printed.contains("\"loginName\": \"admin@dmn\""), "{printed}");
    let (status, _, error) =
        said(&output(&["demo", "--listen", "127.0.0.1:0", "--once", "--query", "{ nothing }"]));
    assert!(status == Some(1) && error.contains("nothing"), "{error}");
}

#[test]
fn the_demonstration_shows_its_schema_and_a_gateway_in_earnest_does_not() {
    let query = "{ __schema { queryType { name } } }";
    let shown = output(&["demo", "--listen", "127.0.0.1:0", "--once", "--query", query]);
    let (status, printed, _) = said(&shown);
    assert!(status == Some(0) && printed.contains("\"queryType\""), "{printed}");
    let (_, defaults, _) = said(&output(&["config"]));
    assert!(defaults.contains("\nintrospection = \"nobody\"\n"), "{defaults}");
}

#[test]
fn a_new_key_is_a_line_of_the_file_that_the_settings_name() {
    let keys = ["2026-11-22", "2027.spring_1"].map(|id| {
        let (status, printed, error) = said(&output(&["key", "new", id]));
        assert_eq!((status, error.as_str(), printed.lines().count()), (Some(0), "", 1), "{printed}");
        assert!(printed.starts_with(&format!("{id}:")), "{printed}");
        printed
    });
    assert_ne!(keys[0].split_once(':').unwrap().1, keys[1].split_once(':').unwrap().1);
    let (_, today, _) = said(&output(&["key", "new"]));
    let (id, _) = today.split_once(':').unwrap();
    assert!(id.len() == 10 && id.bytes().filter(|byte| *byte == b'-').count() == 2, "{today}");
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("keys-as-printed");
    fs::write(&file, keys.concat() + &today).unwrap();
    // With a key that cannot be read it would not run.
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", "http://127.0.0.1:1"),
        ("PORTALGRAPH__SESSION__STORE", "redis://127.0.0.1:1"),
        ("PORTALGRAPH__SESSION__STORE_KEYS_FILE", file.to_str().unwrap()),
    ]);
    let alive = format!("{}/health/live", served.url);
    assert_eq!(said(&output(&["health", &alive])), (Some(0), String::new(), String::new()));
    for id in ["", "of mine", "a:b", &"x".repeat(33)] {
        let (status, printed, error) = said(&output(&["key", "new", id]));
        assert_eq!((status, printed.as_str()), (Some(2), ""), "{id}: {error}");
        assert!(error.contains("1 to 32 letters"), "{error}");
    }
}

#[test]
fn each_command_explains_itself_with_an_example() {
    for command in [
        "serve",
        "demo",
        "simulate",
        "config",
        "schema",
        "explain",
        "health",
        "probe",
        "token",
        "key",
        "docs",
        "man",
        "completions",
    ] {
        let (status, printed, _) = said(&output(&[command, "--help"]));
        assert!(status == Some(0) && printed.contains("Example"), "{command}: {printed}");
        assert!(printed.contains(&format!("portalgraph {command}")), "{command}: {printed}");
    }
    let (status, printed, _) = said(&output(&["--help"]));
    assert!(status == Some(0) && printed.contains("portalgraph demo"), "{printed}");
    let (status, _, error) = said(&output(&["sreve"]));
    assert!(status == Some(2) && error.contains("serve"), "{error}");
}

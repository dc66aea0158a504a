//! A list that cannot be used: the gateway does not start, and says which file and what is wrong.

use std::path::Path;

use portalgraph::config::{Config, TrustedMode};
use portalgraph::simulator::{Simulator, World};
use serde_json::json;

use super::{LOGOUT, USERS, folder, list};
use crate::program::program;

/// What a gateway with this list says instead of serving.
async fn refusal(path: &Path) -> String {
    let simulator = Simulator::local(World::demo()).await;
    let mut config = Config::default();
    config.portal.url = simulator.url();
    list(&mut config, path, TrustedMode::Allow);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let error = portalgraph::server::run(config, listener, std::future::ready(())).await.unwrap_err();
    assert!(simulator.journal().take().is_empty());
    error.to_string()
}

#[tokio::test]
async fn a_document_that_could_not_be_asked_is_named_with_what_is_wrong() {
    let deep = format!("{{ {} a {} }}", "node(id: 1) { ".repeat(20), "} ".repeat(20));
    let long = format!("{{ {} }}", "a ".repeat(6000));
    for (text, expected) in [
        ("{ users { totalCount }", "Syntax error at line 1"),
        ("{ users { total } }", "Unknown field \"total\" on type \"UserConnection\""),
        ("query A { users { totalCount } }\nquery B { nothing }", "(line 2, column 11)"),
        ("query ($id: ID!) { users { totalCount } }", "$id"),
        (&deep, "limits.max_depth allows 16"),
        (&long, "limits.max_tokens allows 5000"),
        ("", "Syntax error"),
    ] {
        let path = folder(&[("good.graphql", USERS), ("wrong.graphql", text)]);
        let said = refusal(&path).await;
        let file = path.join("wrong.graphql");
        let begins = format!("trusted_documents.path: {}: the document \"wrong\": ", file.display());
        assert!(said.starts_with(&begins) && said.contains(expected), "{said}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_list_is_named_with_what_is_wrong() {
    for (text, expected) in [
        ("[]".to_owned(), "is no manifest: "),
        ("{".to_owned(), "is no manifest: "),
        (json!({"a": 1}).to_string(), "has something else than a text at \"a\""),
        ("{}".to_owned(), "there are no documents"),
        (format!("{{\"a\": {USERS:?}, \"a\": {LOGOUT:?}}}"), "the id \"a\" is another document's too"),
        (
            json!({"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}).to_string(),
            "of another version than 1",
        ),
        (
            json!({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a"}]})
                .to_string(),
            "has no `id` or no `body` in operations[0]",
        ),
    ] {
        let path = folder(&[("manifest.json", &text)]).join("manifest.json");
        let said = refusal(&path).await;
        assert!(said.starts_with("trusted_documents.path: ") && said.contains(expected), "{said}");
        assert!(said.contains("manifest.json"), "{said}");
    }
    let said = refusal(Path::new("/no/such/folder")).await;
    assert!(said.starts_with("trusted_documents.path: /no/such/folder: it cannot be read: "), "{said}");
    assert!(refusal(&folder(&[("a.txt", USERS)])).await.contains("there are no documents"));
}

#[test]
fn the_program_says_so_and_fails() {
    let path = folder(&[("wrong.graphql", "{ nothing }")]);
    let output = program(&["serve", "--listen", "127.0.0.1:0"])
        .env("PORTALGRAPH__PORTAL__URL", "http://127.0.0.1:1")
        .env("PORTALGRAPH__TRUSTED_DOCUMENTS__PATH", &path)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &[][..]), "{said}");
    assert!(said.contains("wrong.graphql: the document \"wrong\": Unknown field \"nothing\""), "{said}");
}

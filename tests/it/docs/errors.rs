//! docs/errors.md has every code that can be sent, and the status each refusal comes with.

use std::fs;
use std::path::Path;

use portalgraph::graph::Code;
use portalgraph::server::REFUSALS;
use portalgraph::simulator::{DEMO_LOGIN, World};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::house::{House, read};

const PAGE: &str = include_str!("../../../docs/errors.md");

#[test]
fn every_code_is_in_it_and_no_other_can_be_sent() {
    for code in Code::ALL {
        // The name in the source is the code, so that who searches for the one finds the other.
        let name = code.as_str().split('_').map(|word| word[..1].to_owned() + &word[1..].to_lowercase());
        assert_eq!(format!("{code:?}"), name.collect::<String>());
        assert_eq!(Code::of(code.as_str()), Some(*code));
        assert!(PAGE.contains(&format!("\n| `{}` | ", code.as_str())), "{code:?}");
        assert!(code.meaning().ends_with('.') && code.advice().ends_with('.'), "{code:?}");
    }
    for (status, code, when) in REFUSALS {
        assert!(PAGE.contains(&format!("\n| {status} | `{}` | ", code.as_str())), "{status} {code:?}");
        assert!(!when.is_empty() && StatusCode::from_u16(status).is_ok());
    }
    // Errors are made in three places, and each makes its code of the list.
    for file in ["graph/error.rs", "server/refusal.rs", "server/answer.rs"] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file)).unwrap();
        for (place, _) in text.match_indices(".set(\"code\", ") {
            let set = text[place..].lines().next().unwrap();
            assert!(set.ends_with(".as_str());"), "{file}: {set}");
        }
    }
}

#[test]
fn the_readme_and_the_other_pages_name_no_code_that_is_none() {
    for (page, text) in super::block::pages() {
        // In tables of codes and in prose they stand as code, alone.
        for word in text.split('`').skip(1).step_by(2) {
            let is_code =
                ["PORTAL_", "SERVICE_ACCOUNT_", "GRAPHQL_", "PERSISTED_QUERY_"].iter().any(|start| {
                    word.strip_prefix(start)
                        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
                });
            // The one of these that is a user error and variables of the environment.
            let is_other = ["PORTAL_FAILURE", "PORTAL_"].contains(&word);
            assert!(!is_code || is_other || Code::of(word).is_some(), "{page}: {word}");
        }
    }
}

#[tokio::test]
async fn refusals_have_the_status_it_says() {
    let house = House::with(World::demo(), |config| {
        config.limits.introspection = portalgraph::config::Introspection::Nobody;
        config.limits.max_depth = 3;
    })
    .await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let bearer = format!("Bearer {}", client.token);
    let media = "application/graphql-response+json";
    let post = |query: &str| json!({ "query": query }).to_string();
    let large = post(&"x".repeat(300_000));
    for (method, path, kind, accept, proof, body, expected) in [
        (Method::POST, "/graphql", "application/json", media, "", post("{"), (400, Code::GraphqlParseFailed)),
        (
            Method::POST,
            "/graphql",
            "application/json",
            media,
            "",
            post("{ no }"),
            (400, Code::GraphqlValidationFailed),
        ),
        (Method::POST, "/graphql", "application/json", media, "", "{".to_owned(), (400, Code::BadUserInput)),
        (
            Method::POST,
            "/graphql",
            "application/json",
            media,
            "",
            post("{ viewer { user { agent { id } } } }"),
            (400, Code::QueryTooCostly),
        ),
        (
            Method::POST,
            "/graphql",
            "application/json",
            media,
            "Digest no",
            post("{ sites { id } }"),
            (401, Code::Unauthenticated),
        ),
        (
            Method::POST,
            "/graphql",
            "application/json",
            media,
            &bearer,
            post("{ __schema { queryType { name } } }"),
            (403, Code::Forbidden),
        ),
        (Method::GET, "/nothing", "application/json", media, "", String::new(), (404, Code::NotFound)),
        (
            Method::GET,
            "/table/nothing.json",
            "application/json",
            "*/*",
            &bearer,
            String::new(),
            (404, Code::PersistedQueryNotFound),
        ),
        (Method::PUT, "/graphql", "application/json", media, "", String::new(), (405, Code::BadUserInput)),
        (
            Method::POST,
            "/graphql",
            "application/json",
            "text/html",
            "",
            post("{ __typename }"),
            (406, Code::BadUserInput),
        ),
        (Method::POST, "/graphql", "application/json", media, "", large, (413, Code::BadUserInput)),
        (
            Method::POST,
            "/graphql",
            "text/plain",
            media,
            "",
            post("{ __typename }"),
            (415, Code::BadUserInput),
        ),
    ] {
        let request = house.http().request(method, format!("{}{path}", house.url));
        let request = request.header("content-type", kind).header("accept", accept).body(body);
        let request = if proof.is_empty() { request } else { request.header("authorization", proof) };
        let answer = read(request.send().await.unwrap()).await;
        let (status, code) = expected;
        assert_eq!(
            (answer.status.as_u16(), answer.codes()),
            (status, vec![code.as_str()]),
            "{path} {}",
            answer.body
        );
        assert!(PAGE.contains(&format!("\n| {status} | `{}` | ", code.as_str())), "{status} {code:?}");
    }
    assert_eq!(house.simulator.journal().take().iter().filter(|call| call.operation != "login").count(), 0);
}

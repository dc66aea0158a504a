//! How answers go out: with a tag that a GET may name, and packed as the client takes them.

use std::io::Read as _;

use flate2::read::GzDecoder;
use portalgraph::simulator::{DEMO_LOGIN, SIZED_LOGIN, World};
use serde_json::json;

use super::{CATALOGUES, Told, ask, get, post, sized, told};
use crate::house::{Client, House};

/// Several hundred kilobytes of a world of 500 users.
const WIDE: &str =
    "{ users(first: 500) { totalCount nodes { id loginName firstName lastName phone email } } }";
/// A few kilobytes.
const LONG: &str = "{ users(first: 30) { nodes { id loginName firstName lastName phone email } } }";

async fn accepting(client: &Client, query: &str, accepted: &str) -> Told {
    told(post(client, &json!({ "query": query })).header("accept-encoding", accepted)).await
}

fn unpacked(told: &Told) -> Vec<u8> {
    match told.header("content-encoding") {
        None => told.body.to_vec(),
        Some("gzip") => {
            let mut plain = Vec::new();
            GzDecoder::new(&*told.body).read_to_end(&mut plain).unwrap();
            plain
        }
        Some("br") => {
            let mut plain = Vec::new();
            brotli::BrotliDecompress(&mut &*told.body, &mut plain).unwrap();
            plain
        }
        Some("zstd") => zstd::decode_all(&*told.body).unwrap(),
        Some(other) => panic!("nobody asked for {other}"),
    }
}

#[tokio::test]
async fn every_coding_unpacks_to_the_same_bytes() {
    let house = House::over(World::sized(500)).await;
    let client = house.sign_in(SIZED_LOGIN).await;
    for query in
        [WIDE, LONG, "{ viewer { loginName } users(first: 30) { nodes { id loginName firstName } } }"]
    {
        let plain = ask(&client, query).await;
        assert_eq!(plain.header("content-encoding"), None);
        for (accepted, used) in [
            ("gzip, deflate, br, zstd", Some("zstd")),
            ("gzip, br", Some("br")),
            ("gzip", Some("gzip")),
            ("zstd;q=0.1, gzip;q=0.2", Some("gzip")),
            ("br;q=0, *", Some("zstd")),
            ("identity", None),
            ("deflate", None),
            ("gzip;q=0", None),
        ] {
            let answer = accepting(&client, query, accepted).await;
            assert_eq!(answer.header("content-encoding"), used, "{accepted}");
            assert_eq!(unpacked(&answer), plain.body, "{accepted}");
            assert!(used.is_none() || answer.body.len() * 2 < plain.body.len(), "{accepted}");
            assert!(answer.header("vary").unwrap().contains("accept-encoding"));
        }
    }
}

#[tokio::test]
async fn what_is_short_goes_out_plain_unless_that_is_refused() {
    let (_house, client) = sized(|_| ()).await;
    for (accepted, used) in [("gzip, br", None), ("identity;q=0, br", Some("br")), ("*;q=0", None)] {
        let answer = accepting(&client, "{ sites { name } }", accepted).await;
        assert_eq!(answer.header("content-encoding"), used, "{accepted}");
        assert_eq!(unpacked(&answer), ask(&client, "{ sites { name } }").await.body);
    }
}

#[tokio::test]
async fn what_a_mutation_answers_is_never_packed_kept_or_tagged() {
    let (_house, client) = sized(|_| ()).await;
    let groups = client.data("{ skillGroups(first: 1) { nodes { id } } }").await;
    let id = &groups["skillGroups"]["nodes"][0]["id"];
    let save = format!(
        "mutation {{ saveSkillGroup(input: {{skillGroupId: {id}, description: \"d\"}}) {{
            skillGroup {{ {} }} }} }}",
        (0..90).fold(String::new(), |text, number| format!("{text}description{number}: description "))
    );
    for accepted in ["gzip, br, zstd", "identity;q=0, gzip"] {
        let answer = accepting(&client, &save, accepted).await;
        assert!(answer.body.len() > 1024 && answer.json()["errors"].is_null(), "{answer:?}");
        for name in ["content-encoding", "etag", "cache-status"] {
            assert_eq!(answer.header(name), None, "{name}");
        }
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn a_get_that_names_the_tag_gets_no_body_whether_or_not_the_answer_was_kept() {
    for room in [67_108_864, 0] {
        let (_house, client) = sized(|config| config.cache.max_whole_answer_bytes = room).await;
        let first = told(get(&client, LONG)).await;
        let tag = first.header("etag").unwrap().to_owned();
        assert_eq!(first.header("cache-control"), Some("private, no-cache"));
        let vary = first.header("vary").unwrap();
        for name in ["accept", "accept-encoding", "authorization", "cookie"] {
            assert!(vary.split(", ").any(|varies| varies == name), "{vary}");
        }
        for sent in
            [tag.clone(), tag.trim_start_matches("W/").to_owned(), format!("\"a\", {tag}"), "*".into()]
        {
            for accepted in ["identity", "br"] {
                let request = get(&client, LONG).header("accept-encoding", accepted);
                let same = told(request.header("if-none-match", &sent)).await;
                assert_eq!((same.status.as_u16(), same.body.len()), (304, 0), "{sent}");
                assert_eq!(same.header("etag"), Some(&*tag));
                assert_eq!(same.header("content-type"), None);
                for name in ["cache-control", "vary"] {
                    assert_eq!(same.header(name), first.header(name), "{name}");
                }
            }
        }
        let other = told(get(&client, LONG).header("if-none-match", "\"a\"")).await;
        assert_eq!((other.status.as_u16(), &other.body), (200, &first.body));
        let request = post(&client, &json!({ "query": LONG })).header("if-none-match", &tag);
        let posted = told(request).await;
        assert_eq!((posted.status.as_u16(), &posted.body), (200, &first.body));
        // Nobody keeps the answer to a POST, so it has no tag either.
        assert_eq!((posted.header("etag"), posted.header("cache-control")), (None, Some("no-store")));
    }
}

#[tokio::test]
async fn the_tag_is_another_as_soon_as_the_answer_is() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    let query = "{ skillGroups { nodes { id description } } }";
    let first = told(get(&client, query)).await;
    let id = &first.json()["data"]["skillGroups"]["nodes"][0]["id"];
    client
        .data(&format!("mutation {{ saveSkillGroup(input: {{skillGroupId: {id}, description: \"d\"}}) {{ __typename }} }}"))
        .await;
    let changed = told(get(&client, query).header("if-none-match", first.header("etag").unwrap())).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), first.header("etag"));
}

#[tokio::test]
async fn errors_have_no_tag_and_are_not_stored() {
    let (_house, client) = sized(|_| ()).await;
    for query in ["{", "{ departments { name } node(id: \"nonsense\") { id } icws { viewer { name } } }"] {
        let answer = told(get(&client, query).header("if-none-match", "*")).await;
        assert!(answer.json()["errors"].is_array(), "{answer:?}");
        assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, None));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let kept = told(get(&client, CATALOGUES)).await;
    assert!(kept.header("etag").is_some());
}

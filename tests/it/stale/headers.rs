//! What the headers of an answer to a GET say of its age, and of using it again.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::*;

const SITES: &str = "{ sites { name } }";

fn get(client: &Client, query: &str) -> RequestBuilder {
    let query = utf8_percent_encode(query, NON_ALPHANUMERIC);
    client.http().get(format!("{}/graphql?query={query}", client.url)).bearer_auth(&client.token)
}

fn age(answer: &Told) -> u64 {
    answer.header("age").unwrap().parse().unwrap()
}

/// The seconds of `max-age`.
fn max_age(answer: &Told) -> u64 {
    let control = answer.header("cache-control").unwrap();
    control.strip_prefix("private, max-age=").unwrap_or_else(|| panic!("{control}")).parse().unwrap()
}

#[tokio::test]
async fn an_answer_tells_its_age_and_is_asked_for_each_time() {
    let (house, client) = house(|_| ()).await;
    let first = told(get(&client, SITES)).await;
    tokio::time::sleep(TOO_OLD).await;
    house.calls();
    let kept = told(get(&client, SITES)).await;
    let tag = kept.header("etag").unwrap().to_owned();
    let known = told(get(&client, SITES).header("if-none-match", &tag)).await;
    assert_eq!((kept.status, known.status, house.call_count()), (200, 304, 0));
    assert_eq!(first.header("etag"), Some(&*tag));
    for answer in [&first, &kept, &known] {
        assert_eq!(answer.header("cache-control"), Some("private, no-cache"), "{answer:?}");
        let vary = answer.header("vary").unwrap();
        for name in ["accept", "accept-encoding", "authorization", "cookie", "portalgraph-cost"] {
            assert!(vary.split(", ").any(|varies| varies == name), "{vary}");
        }
    }
    assert!(age(&kept) > age(&first) && age(&known) >= age(&kept));
    // Worked out anew of what is kept, it is as old as that.
    let other = told(get(&client, "{ names: sites { name } }")).await;
    assert!(age(&other) >= age(&kept) && house.call_count() == 0);
    let nothing = told(get(&client, "{ __typename }")).await;
    assert_eq!((nothing.header("age"), nothing.header("cache-control")), (None, Some("private, no-cache")));
}

#[tokio::test]
async fn a_browser_may_use_an_answer_again_as_long_as_the_settings_and_what_is_in_it_allow() {
    let (_house, client) = house(|config| {
        config.cache.browser_seconds = 60;
        config.cache.user_seconds = 10;
    })
    .await;
    let sites = told(get(&client, SITES)).await;
    assert!((60..=61).contains(&(max_age(&sites) - age(&sites))), "{sites:?}");
    tokio::time::sleep(TOO_OLD).await;
    let kept = told(get(&client, SITES)).await;
    assert!(age(&kept) >= 1 && max_age(&kept) - age(&kept) == 60, "{kept:?}");
    let users = told(get(&client, "{ users { nodes { loginName } } }")).await;
    assert!((1..=10).contains(&(max_age(&users) - age(&users))), "{users:?}");
    // What is the session's own, or tells what it cost, is asked for each time.
    let own = told(get(&client, "{ sites { name } viewer { idleExpiresAt } }")).await;
    let costly = told(get(&client, SITES).header("portalgraph-cost", "1")).await;
    for answer in [own, costly] {
        assert_eq!(answer.header("cache-control"), Some("private, no-cache"), "{answer:?}");
    }
}

#[tokio::test]
async fn what_is_old_tells_its_age_and_is_never_used_again_without_asking() {
    let (house, client) = house(|config| {
        beyond(config, 0, 600);
        config.cache.browser_seconds = 60;
    })
    .await;
    told(get(&client, SITES)).await;
    tokio::time::sleep(TOO_OLD).await;
    fail(&house);
    let old = told(get(&client, SITES)).await;
    assert_eq!(
        (old.stale(), old.header("cache-control")),
        (vec!["sites".to_owned()], Some("private, no-cache"))
    );
    assert!(age(&old) >= 1 && old.header("etag").is_some());
    // A client is no cache between: what it says of those changes nothing.
    let only = told(get(&client, SITES).header("cache-control", "only-if-cached")).await;
    assert_eq!((only.status, only.stale()), (200, vec!["sites".to_owned()]));
}

#[tokio::test]
async fn errors_changes_and_what_was_posted_are_not_stored() {
    let (house, client) = house(|config| config.cache.browser_seconds = 60).await;
    let posted = ask(&client, SITES).await;
    let login = "mutation { logout { isSignedOut } }";
    let refused = told(get(&client, login)).await;
    let nonsense = told(get(&client, "{ nonsense }")).await;
    fail(&house);
    let failed = told(get(&client, "{ sites { name } departments { name } }")).await;
    assert!(failed.body["data"]["departments"].is_null(), "{failed:?}");
    let written = ask(&client, login).await;
    for answer in [posted, refused, nonsense, failed, written] {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
        assert_eq!((answer.header("age"), answer.header("etag")), (None, None), "{answer:?}");
    }
}

//! Service accounts as operators run them: `portalgraph token new`, settings from the environment, and what is logged.

use portalgraph::session::TokenHash;
use portalgraph::simulator::{DEMO_LOGIN, Simulator, World};
use serde_json::json;

use super::token;
use crate::house::{Client, http};
use crate::program::{Served, output};

#[test]
fn a_new_token_comes_with_its_hash_and_the_settings_to_paste() {
    let told = output(&["token", "new", "wall-display"]);
    let text = String::from_utf8(told.stdout).unwrap();
    assert!(told.status.success() && told.stderr.is_empty());
    let token = text.lines().map(str::trim).find(|line| line.starts_with("pgs_")).unwrap();
    let hash = TokenHash::of(token).unwrap().to_string();
    assert_eq!(text.matches(&hash).count(), 2, "{text}");
    for line in ["[[service_account]]", "name = \"wall-display\"", &format!("tokens = [\"{hash}\"]")] {
        assert!(text.lines().any(|told| told.trim() == line), "{line} in {text}");
    }
    assert_ne!(output(&["token", "new", "wall-display"]).stdout, text.into_bytes());
    let refused = output(&["token", "new", "Wall Display"]);
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0));
}

#[tokio::test]
async fn an_account_can_come_from_the_environment_and_nothing_of_it_is_logged() {
    let mut world = World::demo();
    let password = "s3cr3t-of-the-wall";
    world.logins.iter_mut().find(|login| login.name == DEMO_LOGIN.0).unwrap().password = password.to_owned();
    let simulator = Simulator::local(world).await;
    let (token, hash) = token();
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__SERVICE_ACCOUNT__1__NAME", "wall"),
        ("PORTALGRAPH__SERVICE_ACCOUNT__1__TOKENS", &hash),
        ("PORTALGRAPH__SERVICE_ACCOUNT__1__USERNAME", DEMO_LOGIN.0),
        ("PORTALGRAPH__SERVICE_ACCOUNT__1__PASSWORD_ENVIRONMENT", "WALL_PASSWORD"),
        ("WALL_PASSWORD", password),
        ("PORTALGRAPH__LOG__LEVEL", "trace"),
    ]);
    let client = Client::nobody(&http(), &served.url).holding(&token);
    let data = client.data("{ users { totalCount } viewer { loginName } }").await;
    assert_eq!(data, json!({"users": {"totalCount": 25}, "viewer": {"loginName": DEMO_LOGIN.0}}));
    simulator.forget_sessions();
    client.data("{ sites { name } }").await;
    simulator
        .world(|world| world.logins.iter_mut().for_each(|login| "another".clone_into(&mut login.password)));
    simulator.forget_sessions();
    client.ask("{ departments { name } }").await;
    let log = served.end();
    assert!(log.contains("a service account has signed in") && log.contains("left alone"), "{log:.500}");
    for secret in [password, &token, &hash, &token[4..], DEMO_LOGIN.0, "userToken", "JSESSIONID"] {
        assert_eq!(log.lines().find(|line| line.contains(secret)), None, "{secret} is logged");
    }
}

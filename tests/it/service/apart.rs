//! Accounts see nothing of one another, nor of a person who signs in by the same login.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use portalgraph::simulator::{
    ANY, DEMO_LOGIN, Fault, SIZED_ICWS_LOGIN_EAST, SIZED_ICWS_LOGIN_WEST, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST,
    World,
};

use super::{account, account_of_icws};
use crate::house::{Client, House};

const USERS: &str = "{ users { totalCount } }";

const EVERYTHING: [&str; 4] = [
    "{ agents(first: 50) { nodes { user { loginName department { name } } skillGroups { name } } } }",
    "{ users { nodes { loginName displayName site { name } } } departments { name } skillGroups { nodes { name } } }",
    "{ viewer { loginName user { displayName department { name } } } attributes { nodes { name } } }",
    "{ precisionQueues { nodes { name eligibleAgents(first: 9) { nodes { agent { user { loginName } } } } } } }",
];
const ROLES: [&str; 2] = [
    "{ icws { roles { nodes { name notes } } viewer { userId } } }",
    "{ icws { roles(first: 3) { nodes { name } } } }",
];

/// What each of these gets through a gateway of their own.
async fn alone(people: &[(Client, &'static [&'static str])]) -> Vec<Vec<String>> {
    let mut truth = Vec::new();
    for (client, queries) in people {
        let mut answers = Vec::new();
        for query in *queries {
            answers.push(client.text(query).await);
        }
        truth.push(answers);
    }
    truth
}

struct Together {
    house: House,
    people: Vec<(Client, &'static [&'static str])>,
}

/// Two accounts that see nothing in common, a person by the login of the first, and two of ICWS.
async fn together(seconds: u64) -> Together {
    let (east, east_token) = account("east", SIZED_LOGIN_EAST);
    let (west, west_token) = account("west", SIZED_LOGIN_WEST);
    let (east_roles, east_roles_token) = account_of_icws("east-roles", SIZED_ICWS_LOGIN_EAST);
    let (west_roles, west_roles_token) = account_of_icws("west-roles", SIZED_ICWS_LOGIN_WEST);
    let house = House::with(World::sized(20), |config| {
        config.service_accounts = vec![east, west, east_roles, west_roles];
        config.cache.user_seconds = seconds;
        config.cache.skill_group_seconds = seconds;
        config.cache.icws_role_seconds = seconds;
    })
    .await;
    let person = house.sign_in(SIZED_LOGIN_WEST).await;
    let of = |token: &str| house.nobody().holding(token);
    let people = vec![
        (of(&east_token), &EVERYTHING[..]),
        (of(&west_token), &EVERYTHING[..]),
        (person, &EVERYTHING[..]),
        (of(&east_roles_token), &ROLES[..]),
        (of(&west_roles_token), &ROLES[..]),
    ];
    Together { house, people }
}

async fn interleave(seconds: u64, is_disturbed: bool) {
    let quiet = together(30).await;
    let truth = Arc::new(alone(&quiet.people).await);
    assert_ne!(truth[0], truth[1]);
    assert_eq!(truth[1], truth[2], "a person and an account by the same login see the same, each for itself");
    let Together { house, people } = together(seconds).await;
    let asking = (0..64).map(|number| {
        let (client, queries) = people[number % people.len()].clone();
        let truth = truth.clone();
        tokio::spawn(async move {
            for round in 0..20 {
                let place = (round + number / 5) % queries.len();
                let answer = client.text(queries[place]).await;
                let expected = &truth[number % 5][place];
                // A person's session may be ended for good; an account's is opened anew.
                let may_fail = is_disturbed && answer.contains("\"errors\"");
                assert!(may_fail || &answer == expected, "{answer:.300} instead of {expected:.300}");
            }
        })
    });
    let disturbing = async {
        for _ in 0..10 {
            if is_disturbed {
                house.simulator.faults().next(ANY, Fault::Expire, 1);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (done, ()) = tokio::join!(join_all(asking), disturbing);
    done.into_iter().for_each(Result::unwrap);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn accounts_at_once_are_answered_as_if_each_were_alone() {
    interleave(30, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn so_they_are_when_nothing_is_kept_and_sessions_end_in_the_middle() {
    interleave(0, true).await;
}

#[tokio::test]
async fn what_is_kept_for_a_person_is_not_found_by_an_account_of_the_same_login() {
    let (wall, token) = account("wall", DEMO_LOGIN);
    let (door, other) = account("door", DEMO_LOGIN);
    let house = House::with(World::demo(), |config| config.service_accounts = vec![wall, door]).await;
    let person = house.sign_in(DEMO_LOGIN).await;
    person.data(USERS).await;
    house.calls();
    for token in [token, other] {
        let client = house.nobody().holding(&token);
        client.data(USERS).await;
        assert_eq!(house.calls(), [("getUsers", 1), ("login", 1)].into());
        client.data(USERS).await;
        assert_eq!(house.call_count(), 0);
    }
    // Each has a session of its own, and signing the person out leaves the others alone.
    assert_eq!(house.simulator.sessions(DEMO_LOGIN.0), 3);
    person.data("mutation { logout { isSignedOut } }").await;
    assert_eq!(house.simulator.sessions(DEMO_LOGIN.0), 2);
}

#[tokio::test]
async fn what_a_person_writes_an_account_sees_at_once() {
    let (wall, token) = account("wall", DEMO_LOGIN);
    let house = House::with(World::demo(), |config| config.service_accounts.push(wall)).await;
    let (person, client) = (house.sign_in(DEMO_LOGIN).await, house.nobody().holding(&token));
    let query = "{ users(first: 2, orderBy: {field: LOGIN_NAME}) { nodes { id phone } } }";
    let id = client.data(query).await["users"]["nodes"][1]["id"].as_str().unwrap().to_owned();
    let change = format!(
        "mutation {{ updateUser(input: {{userId: \"{id}\", phone: \"5554711\"}}) {{ userErrors {{ code }} }} }}"
    );
    assert_eq!(person.data(&change).await["updateUser"]["userErrors"], serde_json::json!([]));
    assert_eq!(client.data(query).await["users"]["nodes"][1]["phone"], "5554711");
}

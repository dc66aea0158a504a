//! However the gateway finds its answers, they are those of an executor that does nothing clever at all: for two people
//! at once, with kept answers and without, and where calls of the portal fail, each value is right or null with an error
//! on its path.

mod naive;
mod query;

use std::time::Duration;

use portalgraph::simulator::{SIZED_LOGIN_EAST, SIZED_LOGIN_WEST, World};
use serde_json::Value;

use self::naive::Naive;
use self::query::{Kind, draw, written};
use crate::everything::Draw;
use crate::failure::faults;
use crate::house::{Answer, Client, House, http};
use crate::plan::forgetful;

/// How many queries are made up.
const QUERIES: usize = 500;
/// Users of the world they are asked in.
const USERS: usize = 30;
/// How many of the queries are asked again at each rate of each fault.
const BESIDE_FAULTS: usize = 12;

const READS: [&str; 12] = [
    "getUsers",
    "getUserByIdProgram",
    "getSkillGroups",
    "getSkillsForAgent",
    "getAllAgentsForSkill",
    "getAllAgents",
    "getAllAttributes",
    "getAllDepartments",
    "getAllSites",
    "getAllRoles",
    "getAllPrecisionQueues",
    "getPQByID",
];

/// A query with what it comes to for the one and for the other.
struct Case {
    text: String,
    east: Value,
    west: Value,
}

async fn cases(house: &House, count: usize) -> Vec<Case> {
    let (http, url) = (http(), house.simulator.url());
    let east = Naive::sign_in(&http, &url, SIZED_LOGIN_EAST).await;
    let west = Naive::sign_in(&http, &url, SIZED_LOGIN_WEST).await;
    let mut cases = Vec::new();
    for seed in 1..=count {
        let mut random = Draw((seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let asked = draw(Kind::Query, 4, &mut random);
        let (east, west) =
            futures_util::join!(east.select(&asked, &Value::Null), west.select(&asked, &Value::Null));
        cases.push(Case { text: written(&asked), east, west });
    }
    cases
}

/// Both of them ask the same at the same time.
async fn ask_both((east, west): (&Client, &Client), case: &Case) -> [Answer; 2] {
    let both = async { futures_util::join!(east.ask(&case.text), west.ask(&case.text)) };
    let (east, west) =
        tokio::time::timeout(Duration::from_mins(1), both).await.expect("an answer in any case");
    [east, west]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_that_of_the_naive_executor() {
    let house = House::over(World::sized(USERS)).await;
    let cases = cases(&house, QUERIES).await;
    let differing = cases.iter().filter(|case| case.east != case.west).count();
    assert!(differing > QUERIES / 2, "the two see different things in {differing} queries only");
    let forgetting = House::with(World::sized(USERS), forgetful).await;
    for house in [&house, &forgetting] {
        let (east, west) = (house.sign_in(SIZED_LOGIN_EAST).await, house.sign_in(SIZED_LOGIN_WEST).await);
        for case in &cases {
            let answers = ask_both((&east, &west), case).await;
            for (answer, right) in answers.iter().zip([&case.east, &case.west]) {
                assert!(answer.body["errors"].is_null(), "{}: {}", case.text, answer.body["errors"]);
                assert_eq!(&answer.body["data"], right, "{}", case.text);
            }
        }
    }
}

/// Where the answer is not right, it is null and an error says so: the paths of what is wrong without one.
fn unexplained(right: &Value, answer: &Value, path: &mut Vec<Value>, errors: &[Value]) -> Vec<String> {
    let below = |key: Value, right: &Value, answer: &Value, path: &mut Vec<Value>| {
        path.push(key);
        let found = unexplained(right, answer, path, errors);
        path.pop();
        found
    };
    match (right, answer) {
        (right, answer) if right == answer => Vec::new(),
        (_, Value::Null) => {
            let tells = |error: &&Value| error["path"].as_array().is_some_and(|told| told.starts_with(path));
            if errors.iter().any(|error| tells(&error)) {
                Vec::new()
            } else {
                vec![format!("no error at {path:?}")]
            }
        }
        (Value::Object(right), Value::Object(answer)) if right.keys().eq(answer.keys()) => {
            let pairs = right.iter().zip(answer.values());
            pairs.flat_map(|((key, right), answer)| below(key.clone().into(), right, answer, path)).collect()
        }
        (Value::Array(right), Value::Array(answer)) if right.len() == answer.len() => {
            let pairs = right.iter().zip(answer).enumerate();
            pairs.flat_map(|(place, (right, answer))| below(place.into(), right, answer, path)).collect()
        }
        _ => vec![format!("{answer} instead of {right} at {path:?}")],
    }
}

/// The errors whose own place is there, and neither null nor below something null.
fn pointing_nowhere<'a>(data: &Value, errors: &'a [Value]) -> Vec<&'a Value> {
    let is_null = |error: &&Value| {
        let mut place = data;
        for step in error["path"].as_array().into_iter().flatten() {
            if place.is_null() {
                return true;
            }
            place = match step {
                Value::String(key) => &place[key.as_str()],
                step => &place[usize::try_from(step.as_u64().unwrap_or_default()).unwrap_or_default()],
            };
        }
        place.is_null()
    };
    errors.iter().filter(|error| !is_null(error)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_each_value_is_right_or_null_with_an_error_on_its_path() {
    let house = House::with(World::sized(USERS), forgetful).await;
    let cases = cases(&house, BESIDE_FAULTS).await;
    let faults_at = house.simulator.faults();
    let (mut failed, mut whole) = (0, 0);
    for fault in faults() {
        let failed_before = failed;
        for percent in [5, 20, 50] {
            let (east, west) = (house.sign_in(SIZED_LOGIN_EAST).await, house.sign_in(SIZED_LOGIN_WEST).await);
            for operation in READS {
                faults_at.sometimes(operation, fault.clone(), percent);
            }
            for case in &cases {
                let answers = ask_both((&east, &west), case).await;
                for (answer, right) in answers.iter().zip([&case.east, &case.west]) {
                    let none = Vec::new();
                    let errors = answer.body["errors"].as_array().unwrap_or(&none);
                    let data = &answer.body["data"];
                    let about = format!("{fault:?} {percent}: {}", case.text);
                    let wrong = unexplained(right, data, &mut Vec::new(), errors);
                    assert!(wrong.is_empty(), "{about}: {wrong:?} {}", answer.body);
                    let nowhere = pointing_nowhere(data, errors);
                    assert!(nowhere.is_empty(), "{about}: {nowhere:?} {}", answer.body);
                    if errors.is_empty() { whole += 1 } else { failed += 1 }
                }
            }
            faults_at.clear();
        }
        assert!(failed > failed_before, "{fault:?} was met by nobody");
    }
    assert!(failed > 100 && whole > 100, "{failed} answers with errors and {whole} without");
}

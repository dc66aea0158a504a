//! A portal that does its worst at one operation: who asks it gets an error that says what is wrong, within the time of one
//! call and in bounded memory; what the same person asks beside it, and what others ask, is answered.

mod portal;

use std::time::Duration;

use portalgraph::simulator::{SIZED_LOGIN_EAST, SIZED_LOGIN_WEST, Simulator, World};
use serde_json::{Value, json};

use self::portal::{Act, Hostile};
use crate::house::{Client, http};
use crate::program::Served;

/// What an answer of the portal may take, in bytes.
const MOST: usize = 4 * 1024 * 1024;
/// What the whole process may take, in kilobytes: itself, and several such answers with what is made of them.
const MOST_OF_PROCESS: usize = 160 * 1024;

const GARBLED: &str = "200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip";

const SITES: &str = "{ sites { name } }";
const BOTH: &str = "{ users(first: 2) { nodes { loginName } } sites { name } }";
const USERS: &str = "{ users(first: 2) { nodes { loginName } } }";

struct Rig {
    simulator: Simulator,
    hostile: Hostile,
    served: Served,
}

impl Rig {
    async fn new() -> Self {
        let simulator = Simulator::local(World::sized(30)).await;
        let hostile = Hostile::before(&simulator.url()).await;
        let most = MOST.to_string();
        let settings = [
            ("PORTALGRAPH__PORTAL__URL", hostile.url.as_str()),
            ("PORTALGRAPH__PORTAL__MAX_ANSWER_BYTES", &most),
            ("PORTALGRAPH__PORTAL__CALL_TIMEOUT_MILLISECONDS", "1500"),
            ("PORTALGRAPH__CACHE__MAX_BYTES", "0"),
        ];
        let served = Served::start(&settings);
        Self { simulator, hostile, served }
    }

    async fn sign_in(&self, login: (&str, &str)) -> Client {
        Client::sign_in(&http(), &self.served.url, login).await
    }
}

fn ok(body: impl Into<String>) -> Act {
    Act::Says { head: "200 OK\r\ncontent-type: application/json", body: body.into() }
}

fn rows(row: &str, count: usize) -> String {
    format!("{{\"code\": 0, \"siteInfoList\": [{}]}}", vec![row; count].join(","))
}

/// Half a million of these within each other.
fn nested(open: &str, close: &str) -> String {
    let (first, others) = close.split_at(close.len() - 1);
    format!("{}{first}{}", open.repeat(500_000), others.repeat(500_000))
}

/// What is done, and the code and a word of the message that tell of it.
fn acts() -> Vec<(Act, &'static str, &'static str)> {
    let unintelligible = "PORTAL_UNINTELLIGIBLE";
    let head = "200 OK\r\ncontent-type: text/html";
    vec![
        (Act::Endless, unintelligible, "larger than portal.max_answer_bytes"),
        (Act::Bomb, unintelligible, "larger than portal.max_answer_bytes"),
        (Act::Says { head, body: "<html></html>".to_owned() }, unintelligible, "HTML page"),
        (
            ok("{\"code\": 0, \"siteInfoList\": [{\"programSiteNm\": \"Mea"),
            unintelligible,
            "ends in the middle",
        ),
        (ok(nested("[", "]")), unintelligible, "expected an object"),
        (ok(nested("{\"x\":", "0}")), unintelligible, "recursion limit"),
        (ok(rows("{}", 1_000_000)), unintelligible, "more memory than"),
        (ok(rows("{\"a\":{\"a\":0}}", 250_000)), unintelligible, "more memory than"),
        (
            ok(format!("{{\"code\":0,\"x\":[{}]}}", vec!["0"; 1_900_000].join(","))),
            unintelligible,
            "more memory",
        ),
        (ok(rows("{\"idProgramSite\": {\"a\": []}}", 1)), unintelligible, "idProgramSite"),
        (
            Act::Says { head: GARBLED, body: "no gzip".to_owned() },
            "PORTAL_UNREACHABLE",
            "compression was broken",
        ),
        (Act::Drip, "PORTAL_TIMEOUT", "1500 ms"),
        (Act::HalfClosed, "PORTAL_UNREACHABLE", "broke in the middle"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_act_has_an_error_of_its_own_and_harms_nobody_else() {
    let rig = Rig::new().await;
    let (east, west) = (rig.sign_in(SIZED_LOGIN_EAST).await, rig.sign_in(SIZED_LOGIN_WEST).await);
    let right = west.ask(USERS).await.body;
    for (act, code, word) in acts() {
        let about = format!("{act:?}").chars().take(80).collect::<String>();
        rig.hostile.act("getAllSites", act);
        let (both, others) = futures_util::join!(east.ask(BOTH), west.ask(USERS));
        let errors = both.body["errors"].as_array().unwrap_or_else(|| panic!("{about}: {}", both.body));
        let [error] = errors.as_slice() else { panic!("{about}: {errors:?}") };
        assert_eq!(error["extensions"]["code"], code, "{about}: {error}");
        assert!(error["message"].as_str().unwrap().contains(word), "{about}: {error}");
        assert_eq!(error["path"], json!(["sites"]), "{about}");
        assert_eq!(both.body["data"]["sites"], Value::Null, "{about}");
        assert_eq!(both.body["data"]["users"]["nodes"].as_array().unwrap().len(), 2, "{about}");
        assert_eq!(others.body, right, "{about}");
    }
    let took = rig.served.most_memory();
    assert!(took < MOST_OF_PROCESS, "the gateway took {took} kB");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_meet_the_worst_at_once_take_no_more_than_their_room() {
    let rig = Rig::new().await;
    let east = rig.sign_in(SIZED_LOGIN_EAST).await;
    rig.hostile.act("getAllSites", ok(rows("{}", 1_000_000)));
    let asked = (0..32).map(|nth| {
        let (east, query) = (east.clone(), format!("{{ sites {{ name }} n{nth}: __typename }}"));
        async move { east.ask(&query).await }
    });
    for answer in futures_util::future::join_all(asked).await {
        assert_eq!(
            answer.body["errors"][0]["extensions"]["code"], "PORTAL_UNINTELLIGIBLE",
            "{}",
            answer.body
        );
    }
    let took = rig.served.most_memory();
    assert!(took < MOST_OF_PROCESS, "the gateway took {took} kB");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_in_the_wrong_way_but_right_is_read() {
    let rig = Rig::new().await;
    let east = rig.sign_in(SIZED_LOGIN_EAST).await;
    let row = "{\"idProgramSite\": 1, \"programSiteNm\": \"Lake\", \"programSiteNm\": \"Forest\"}";
    let head = "200 OK\r\ncontent-type: text/html";
    rig.hostile.act("getAllSites", Act::Says { head, body: rows(row, 1) });
    // Of a key that is there twice the last one holds, as with most readers of JSON.
    assert_eq!(east.ask(SITES).await.body["data"], json!({"sites": [{"name": "Forest"}]}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_comes_along_opens_nobody_elses_session() {
    let rig = Rig::new().await;
    let (east, west) = (rig.sign_in(SIZED_LOGIN_EAST).await, rig.sign_in(SIZED_LOGIN_WEST).await);
    let (easts, wests) = (east.ask(USERS).await.body, west.ask(USERS).await.body);
    assert_ne!(easts, wests);
    rig.hostile.act("getAllSites", Act::OtherCookie("0".repeat(32)));
    let before = rig.simulator.journal().count();
    assert!(east.ask(SITES).await.body["errors"].is_null());
    assert_eq!((east.ask(USERS).await.body, west.ask(USERS).await.body), (easts, wests));
    assert_eq!(rig.simulator.journal().count() - before, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_knows_nobody_any_more_is_not_stormed() {
    let rig = Rig::new().await;
    let (east, west) = (rig.sign_in(SIZED_LOGIN_EAST).await, rig.sign_in(SIZED_LOGIN_WEST).await);
    rig.hostile.act("getAllSites", Act::Says { head: "401 Unauthorized", body: String::new() });
    let asked = futures_util::future::join_all((0..20).map(|_| east.ask(SITES)));
    let answers = tokio::time::timeout(Duration::from_secs(20), asked).await.unwrap();
    for answer in answers {
        let code = answer.body["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned();
        assert!(code == "UNAUTHENTICATED", "{}", answer.body);
    }
    let code = east.ask(SITES).await.body["errors"][0]["extensions"]["code"].clone();
    assert_eq!(code, "UNAUTHENTICATED");
    assert!(west.ask(USERS).await.body["errors"].is_null());
}

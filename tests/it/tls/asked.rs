//! Upstreams that are asked over TLS: whose certificates are trusted, whom the gateway's own opens, and what is told where
//! either does not fit.

use portalgraph::config::Config;
use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, Simulator, World};
use serde_json::Value;

use super::Folder;
use super::authority::{Authority, Issued};
use super::front::{Speaks, front};
use crate::house::{self, Answer, Client, ICWS, PORTAL, http};
use crate::program::{Served, program};

const UNTRUSTED: &str = "its TLS certificate is not trusted by this machine";
const EXPIRED: &str = "its TLS certificate has expired";
const OTHER_NAME: &str = "its TLS certificate is for another name";
const WANTED: &str = "it asks for a client certificate (client_certificate_file), and was shown none";
const NOT_ACCEPTED: &str = "it does not accept the client certificate (client_certificate_file)";

/// The two sides' authorities, and somebody else's.
struct Parties {
    folder: Folder,
    theirs: Authority,
    ours: Authority,
    others: Authority,
}

/// What the upstream shows and wants, what the gateway has, and what is told; nothing if all is well.
struct Case {
    shown: Issued,
    wants: bool,
    trusts: bool,
    shows: Option<Issued>,
    told: Option<&'static str>,
}

impl Parties {
    fn new() -> Self {
        let [theirs, ours, others] = [Authority::new(), Authority::new(), Authority::new()];
        Self { folder: Folder::new(), theirs, ours, others }
    }

    fn cases(&self) -> Vec<Case> {
        let case = |shown, trusts, told| Case { shown, wants: false, trusts, shows: None, told };
        let mutual =
            |shows, told| Case { shown: self.theirs.issue(), wants: true, trusts: true, shows, told };
        vec![
            case(self.theirs.issue(), true, None),
            case(self.theirs.issue(), false, Some(UNTRUSTED)),
            case(self.others.issue(), true, Some(UNTRUSTED)),
            case(self.theirs.issue_expired(), true, Some(EXPIRED)),
            case(self.theirs.issue_for("elsewhere.example.com"), true, Some(OTHER_NAME)),
            mutual(Some(self.ours.issue()), None),
            mutual(None, Some(WANTED)),
            mutual(Some(self.others.issue()), Some(NOT_ACCEPTED)),
            mutual(Some(self.ours.issue_expired()), Some(NOT_ACCEPTED)),
        ]
    }

    async fn front(&self, behind: &str, case: &Case, speaks: Speaks) -> String {
        front(behind, &case.shown, case.wants.then_some(&self.ours), speaks).await
    }

    /// The three files of a case.
    fn files(&self, case: &Case) -> [String; 3] {
        let trusted = self.folder.write("trusted.pem", &self.theirs.pem());
        let pair = case.shows.as_ref().map(|shows| self.folder.pair("client", shows)).unwrap_or_default();
        [if case.trusts { trusted } else { String::new() }, pair.0, pair.1]
    }
}

/// Whether it is told so, and nothing of where the upstream is.
fn assert_told(answer: &Answer, told: Option<&str>, url: &str) {
    let Some(told) = told else {
        assert_eq!(answer.codes(), Vec::<&str>::new(), "{}", answer.body);
        assert!(answer.body["data"]["login"]["sessionToken"].is_string(), "{}", answer.body);
        return;
    };
    assert_eq!(answer.codes(), ["PORTAL_UNREACHABLE"], "{told}: {}", answer.body);
    let error = &answer.body["errors"][0];
    assert!(error["message"].as_str().unwrap().contains(told), "{told}: {error}");
    assert_ne!(error["extensions"]["outcome"], "UNKNOWN", "{error}");
    let port = url.rsplit(':').next().unwrap();
    let body = answer.body.to_string();
    assert!(!body.contains("127.0.0.1") && !body.contains(port) && !body.contains("example"), "{body}");
}

#[tokio::test]
async fn the_portal_is_asked_only_where_both_certificates_fit_and_each_cause_is_told() {
    let parties = Parties::new();
    for speaks in [Speaks::Newest, Speaks::Http1, Speaks::Tls12] {
        for case in parties.cases() {
            let simulator = Simulator::local(World::demo()).await;
            let mut config = Config::default();
            config.portal.url = parties.front(&simulator.url(), &case, speaks).await;
            config.portal.callback_url.clone_from(&config.portal.url);
            let files = parties.files(&case);
            [config.portal.ca_file, config.portal.client_certificate_file, config.portal.client_key_file] =
                files;
            let front = config.portal.url.clone();
            let (url, _stop) = house::gateway(config).await;
            let nobody = Client::nobody(&http(), &url);
            assert_told(&nobody.log_in(PORTAL, DEMO_LOGIN).await, case.told, &front);
            if case.told.is_some() {
                assert_eq!(simulator.journal().count(), 0, "{speaks:?} {:?}", case.told);
                continue;
            }
            let client = nobody.entering(PORTAL, DEMO_LOGIN).await;
            let data = client.data("{ departments { name } callback(databaseId: 7001) { id } }").await;
            assert!(data["callback"]["id"].is_string(), "{data}");
            let counts = simulator.journal().counts();
            assert_eq!((counts["login"], counts["getAllDepartments"]), (2, 1), "{speaks:?}");
        }
    }
}

#[tokio::test]
async fn icws_is_asked_only_where_both_certificates_fit_and_each_cause_is_told() {
    let parties = Parties::new();
    for case in parties.cases() {
        let simulator = Simulator::local(World::demo()).await;
        let mut config = Config::default();
        config.icws.url = parties.front(&simulator.url(), &case, Speaks::Http1).await;
        let files = parties.files(&case);
        [config.icws.ca_file, config.icws.client_certificate_file, config.icws.client_key_file] = files;
        let front = config.icws.url.clone();
        let (url, _stop) = house::gateway(config).await;
        let nobody = Client::nobody(&http(), &url);
        let answer = nobody.log_in(ICWS, DEMO_ICWS_LOGIN).await;
        assert_told(&answer, case.told, &front);
        if case.told.is_some() {
            assert_eq!(simulator.journal().count(), 0, "{:?}", case.told);
            continue;
        }
        let client = nobody.holding(answer.body["data"]["login"]["sessionToken"].as_str().unwrap());
        client.data("{ icws { roles(first: 1) { nodes { name } } } }").await;
        assert_eq!(simulator.journal().counts()["listRoles"], 1);
    }
}

/// What readiness says once it has made up its mind, which takes three looks two seconds apart.
async fn unready(url: &str) -> String {
    loop {
        let response = http().get(format!("{url}/health/ready")).send().await.unwrap();
        if !response.status().is_success() {
            let said: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
            return said["reason"].as_str().unwrap().to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn a_gateway_that_could_ask_nothing_is_not_ready_and_says_why() {
    let parties = Parties::new();
    let simulator = Simulator::local(World::demo()).await;
    let mut gateways = Vec::new();
    for (number, case) in parties.cases().into_iter().enumerate() {
        let speaks = if number % 2 == 0 { Speaks::Http1 } else { Speaks::Newest };
        let mut config = Config::default();
        config.portal.url = parties.front(&simulator.url(), &case, speaks).await;
        let files = parties.files(&case);
        [config.portal.ca_file, config.portal.client_certificate_file, config.portal.client_key_file] = files;
        let (url, stop) = house::gateway(config).await;
        gateways.push((url, stop, case.told));
    }
    let unready = gateways.iter().filter(|(_, _, told)| told.is_some()).map(async |(url, _, told)| {
        let expected = format!("the portal (portal.url) cannot be reached: {}", told.unwrap());
        assert_eq!(unready(url).await, expected);
    });
    futures_util::future::join_all(unready).await;
    for (url, _, _) in gateways.iter().filter(|(_, _, told)| told.is_none()) {
        let ready = http().get(format!("{url}/health/ready")).send().await.unwrap();
        assert!(ready.status().is_success());
    }
    assert_eq!(simulator.journal().count(), 0, "a look asks nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_tells_the_cause_and_neither_it_nor_its_log_tells_the_host_or_the_key() {
    let parties = Parties::new();
    let simulator = Simulator::local(World::demo()).await;
    for case in parties.cases() {
        let front = parties.front(&simulator.url(), &case, Speaks::Newest).await;
        let [trusted, certificate, key] = parties.files(&case);
        let settings = [
            ("PORTALGRAPH__PORTAL__URL", front.as_str()),
            ("PORTALGRAPH__PORTAL__CA_FILE", &trusted),
            ("PORTALGRAPH__PORTAL__CLIENT_CERTIFICATE_FILE", &certificate),
            ("PORTALGRAPH__PORTAL__CLIENT_KEY_FILE", &key),
            ("PORTALGRAPH__LOG__LEVEL", "trace"),
        ];
        let served = Served::start(&settings);
        let answer = Client::nobody(&http(), &served.url).log_in(PORTAL, DEMO_LOGIN).await;
        assert_told(&answer, case.told, &front);
        let log = served.end();
        assert!(log.contains("portal call"), "{log}");

        let mut command = program(&["probe", "--username", DEMO_LOGIN.0, "--pause", "0"]);
        command.envs(settings).env("PORTALGRAPH_PASSWORD", DEMO_LOGIN.1);
        let output = parties.folder.path().join("probed.toml");
        let _ = std::fs::remove_file(&output);
        command.arg("--output").arg(output);
        let said = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let progress = String::from_utf8(said.stderr).unwrap();
        assert_eq!(said.status.code(), Some(i32::from(case.told.is_some())), "{progress}");
        assert!(progress.contains(case.told.unwrap_or_default()), "{progress}");
        let port = format!(":{}", front.rsplit(':').next().unwrap());
        for text in [&log, &progress] {
            assert!(!text.contains(&port) && !text.contains("elsewhere"), "{text}");
            for issued in case.shows.iter().chain([&case.shown]) {
                assert!(!text.contains(issued.secret()), "{text}");
            }
        }
    }
}

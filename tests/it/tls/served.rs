//! Clients who come over TLS: what they are served, what their browsers are told, and who is not served at all.

use portalgraph::config::Config;
use portalgraph::simulator::{DEMO_LOGIN, Simulator, World};
use reqwest::header::{ORIGIN, SET_COOKIE, STRICT_TRANSPORT_SECURITY};
use reqwest::{Client as Http, StatusCode, Version, tls};
use serde_json::json;
use tokio::sync::oneshot;

use super::authority::Authority;
use super::{Folder, https, show};
use crate::house::{self, Client};
use crate::program::{Served, program};

const DEPARTMENTS: &str = "{ departments { name } }";

/// A gateway over TLS, and what it stands on.
pub(super) struct Rig {
    pub(super) authority: Authority,
    pub(super) simulator: Simulator,
    pub(super) url: String,
    _folder: Folder,
    _stop: oneshot::Sender<()>,
}

impl Rig {
    pub(super) async fn new(change: impl FnOnce(&mut Config)) -> Self {
        let (authority, folder) = (Authority::new(), Folder::new());
        let simulator = Simulator::local(World::demo()).await;
        let mut config = Config::default();
        config.portal.url = simulator.url();
        show(&mut config, folder.pair("server", &authority.issue()));
        change(&mut config);
        let (url, stop) = house::gateway(config).await;
        assert!(url.starts_with("https://"), "{url}");
        Self { authority, simulator, url, _folder: folder, _stop: stop }
    }

    pub(super) fn http(&self) -> Http {
        https(&self.authority, |builder| builder)
    }
}

#[tokio::test]
async fn clients_are_served_over_every_version_that_is_meant() {
    let rig = Rig::new(|config| config.server.worker_threads = 2).await;
    let mut answers = Vec::new();
    for (version, http1, expected) in [
        (tls::Version::TLS_1_3, false, Version::HTTP_2),
        (tls::Version::TLS_1_3, true, Version::HTTP_11),
        (tls::Version::TLS_1_2, false, Version::HTTP_2),
        (tls::Version::TLS_1_2, true, Version::HTTP_11),
    ] {
        let http = https(&rig.authority, |builder| {
            let builder = builder.tls_version_min(version).tls_version_max(version);
            if http1 { builder.http1_only() } else { builder }
        });
        let client = Client::sign_in(&http, &rig.url, DEMO_LOGIN).await;
        answers.push(client.data(DEPARTMENTS).await);
        let live = http.get(format!("{}/health/live", rig.url)).send().await.unwrap();
        assert_eq!((live.status(), live.version()), (StatusCode::OK, expected));
        assert!(!live.headers().contains_key(STRICT_TRANSPORT_SECURITY));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let counts = rig.simulator.journal().counts();
    assert_eq!((counts["login"], counts["getAllDepartments"]), (4, 1));
}

#[tokio::test]
async fn a_browser_gets_a_secure_cookie_on_loopback_too_and_no_page_without_tls_is_the_own() {
    let rig = Rig::new(|config| config.server.hsts_max_age_seconds = 300).await;
    let http = rig.http();
    let post = |query: &str| {
        let request = http.post(format!("{}/graphql", rig.url)).header("content-type", "application/json");
        request.body(json!({ "query": query }).to_string())
    };
    let (name, password) = DEMO_LOGIN;
    let login = post(&format!(
        "mutation {{ login(input: {{username: \"{name}\", password: \"{password}\"}}) {{ status }} }}"
    ));
    let response = login.send().await.unwrap();
    assert_eq!(response.headers()[STRICT_TRANSPORT_SECURITY], "max-age=300");
    let set = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(set.starts_with("__Host-portalgraph=") && set.ends_with("; Secure"), "{}", set.len());
    let cookie = set.split(';').next().unwrap();
    let plain = rig.url.replace("https:", "http:");
    for (origin, status) in [(&rig.url, StatusCode::OK), (&plain, StatusCode::FORBIDDEN)] {
        let asked = post(DEPARTMENTS).header("cookie", cookie).header(ORIGIN, origin);
        assert_eq!(asked.send().await.unwrap().status(), status, "{origin}");
    }
    assert_eq!(rig.simulator.journal().counts()["getAllDepartments"], 1);
}

#[tokio::test]
async fn a_health_check_needs_no_authority() {
    let rig = Rig::new(|_| ()).await;
    for (url, status) in [
        (format!("{}/health/live", rig.url), Some(0)),
        (format!("{}/nothing", rig.url), Some(1)),
        (format!("{}/health/live", rig.url.replace("https:", "http:")), Some(1)),
    ] {
        let mut command = program(&["health", &url]);
        let said = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert_eq!(said.status.code(), status, "{url}: {}", String::from_utf8_lossy(&said.stderr));
    }
}

#[tokio::test]
async fn a_container_is_found_healthy_by_the_settings_it_serves_by() {
    let (authority, folder) = (Authority::new(), Folder::new());
    let simulator = Simulator::local(World::demo()).await;
    let (certificate, key) = folder.pair("server", &authority.issue());
    let settings = [
        ("PORTALGRAPH__PORTAL__URL", simulator.url()),
        ("PORTALGRAPH__SERVER__TLS_CERTIFICATE_FILE", certificate.clone()),
        ("PORTALGRAPH__SERVER__TLS_KEY_FILE", key.clone()),
    ];
    let served = Served::start(&settings.each_ref().map(|(name, value)| (*name, value.as_str())));
    let port = served.url.strip_prefix("https://127.0.0.1:").unwrap();
    let file = folder.write(
        "portalgraph.toml",
        &format!(
            "[server]\nlisten = \"0.0.0.0:{port}\"\ntls_certificate_file = \"{certificate}\"\n\
             tls_key_file = \"{key}\"\n[portal]\nurl = \"{}\"\n",
            simulator.url()
        ),
    );
    let mut command = program(&["health", "--config", &file]);
    let said = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert_eq!(said.status.code(), Some(0), "{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(simulator.journal().count(), 0);
}

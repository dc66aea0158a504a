//! Certificates that change while the gateway serves: taken up by new connections, on either side, without a restart.

use std::fs;
use std::time::Duration;

use nix::sys::signal::Signal;
use portalgraph::simulator::{DEMO_LOGIN, Simulator, World};
use tokio::time::sleep;

use super::authority::Authority;
use super::front::{Speaks, front};
use super::{Folder, https};
use crate::house::{Client, PORTAL, http};
use crate::program::Served;

const DEPARTMENTS: &str = "{ departments { name } }";

/// Whether a connection opened now shows what this authority has issued.
async fn is_shown(authority: &Authority, url: &str) -> bool {
    https(authority, |builder| builder).get(format!("{url}/health/live")).send().await.is_ok()
}

async fn until_shown(authority: &Authority, url: &str) {
    while !is_shown(authority, url).await {
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_shown_to_new_connections_and_the_old_ones_go_on() {
    let folder = Folder::new();
    let authorities = [Authority::new(), Authority::new(), Authority::new()];
    let [first, second, third] = &authorities;
    let simulator = Simulator::local(World::demo()).await;
    let first_issued = first.issue();
    let (certificate, key) = folder.pair("server", &first_issued);
    let settings = format!("[portal]\nurl = \"{}\"\n[server]\n", simulator.url());
    let with_tls = format!("{settings}tls_certificate_file = \"{certificate}\"\ntls_key_file = \"{key}\"\n");
    let file = folder.write("portalgraph.toml", &with_tls);
    let served = Served::start_with(&["--config", &file], &[]);
    let client = Client::sign_in(&https(first, |builder| builder), &served.url, DEMO_LOGIN).await;
    client.data(DEPARTMENTS).await;

    // By a signal.
    let second_issued = second.issue();
    folder.pair("server", &second_issued);
    served.signal(Signal::SIGHUP);
    until_shown(second, &served.url).await;
    assert!(!is_shown(first, &served.url).await);
    client.data(DEPARTMENTS).await;

    // What cannot be used changes nothing: a key of another certificate, and what is no certificate.
    let third_issued = third.issue();
    fs::write(&certificate, &third_issued.certificate).unwrap();
    served.signal(Signal::SIGHUP);
    sleep(Duration::from_secs(1)).await;
    assert!(is_shown(second, &served.url).await && !is_shown(third, &served.url).await);
    fs::write(&certificate, "no certificate").unwrap();
    served.signal(Signal::SIGHUP);
    sleep(Duration::from_secs(1)).await;
    assert!(is_shown(second, &served.url).await);

    // By the files alone.
    folder.pair("server", &third_issued);
    until_shown(third, &served.url).await;
    // The connection of the beginning is still the one that the first client asks over: it trusts nobody else.
    client.data(DEPARTMENTS).await;

    // A door stays what it is.
    fs::write(&file, &settings).unwrap();
    served.signal(Signal::SIGHUP);
    sleep(Duration::from_secs(1)).await;
    assert!(is_shown(third, &served.url).await);
    client.data(DEPARTMENTS).await;
    assert_eq!(simulator.journal().counts()["getAllDepartments"], 1, "what is kept stays");

    let log = served.end();
    for expected in [
        "connections of clients are shown a new certificate from now on",
        "server.tls_key_file holds the key of another certificate than server.tls_certificate_file",
        "server.tls_certificate_file holds no certificate in PEM",
        "the one from before is still shown",
        "need a restart settings.changed=\"server.tls_certificate_file, server.tls_key_file\"",
    ] {
        assert!(log.contains(expected), "{expected} in {log}");
    }
    for issued in [&first_issued, &second_issued, &third_issued] {
        assert!(!log.contains(issued.secret()), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_upstream_is_asked_with_is_renewed_too() {
    let (folder, ours, theirs, other) = (Folder::new(), Authority::new(), Authority::new(), Authority::new());
    let simulator = Simulator::local(World::demo()).await;
    let url = front(&simulator.url(), &theirs.issue(), Some(&ours), Speaks::Newest).await;
    let trusted = folder.write("trusted.pem", &other.pem());
    let (certificate, key) = folder.pair("client", &other.issue());
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &url),
        ("PORTALGRAPH__PORTAL__CA_FILE", &trusted),
        ("PORTALGRAPH__PORTAL__CLIENT_CERTIFICATE_FILE", &certificate),
        ("PORTALGRAPH__PORTAL__CLIENT_KEY_FILE", &key),
        // Each try is told by its own cause.
        ("PORTALGRAPH__RATE__LOGIN_FAILURES", "1000"),
    ]);
    let nobody = Client::nobody(&http(), &served.url);
    let tried = async || {
        let answer = nobody.log_in(PORTAL, DEMO_LOGIN).await;
        answer.body["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
    };
    let until_told = async |expected: &str| {
        while !tried().await.contains(expected) {
            sleep(Duration::from_millis(100)).await;
        }
    };
    until_told("its TLS certificate is not trusted").await;
    folder.write("trusted.pem", &theirs.pem());
    served.signal(Signal::SIGHUP);
    until_told("does not accept the client certificate").await;
    fs::write(&key, "no key").unwrap();
    served.signal(Signal::SIGHUP);
    sleep(Duration::from_secs(1)).await;
    assert!(tried().await.contains("does not accept the client certificate"));
    assert_eq!(simulator.journal().count(), 0);
    // By the files alone.
    folder.pair("client", &ours.issue());
    while !tried().await.is_empty() {
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(simulator.journal().counts()["login"], 1);
    let log = served.end();
    let expected = "portal.client_key_file holds no private key in PEM";
    assert!(log.contains(expected) && log.contains("those from before still hold"), "{log}");
}

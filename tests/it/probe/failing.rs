//! What the probe says, writes and leaves when something is in its way.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::Arc;

use portalgraph::config::Config;
use portalgraph::simulator::{DEMO_LOGIN, Fault, Simulator, World};
use rustls::{ServerConfig, ServerConnection, Stream};

use super::{Said, about, calls, command, files, folder, probe, run};
use crate::house;
use crate::program::program;

#[tokio::test]
async fn when_the_session_ends_nothing_more_is_asked() {
    let simulator = Simulator::local(World::demo()).await;
    let folder = folder("ended");
    simulator.faults().next("getAllRoles", Fault::Expire, 1);
    let said = probe(&simulator, &folder, &["--record", "answers"]).await;
    assert_eq!(said.status, Some(0), "{}", said.progress);
    assert!(said.progress.contains("the portal has ended the session"), "{}", said.progress);
    assert!(said.table.contains("\n3 of 22 reads usable, 1 not usable, 18 not asked\n"), "{}", said.table);
    let told = about(&said.table, "getUsers")[0];
    assert!(told.contains("not asked: the portal had ended the session"), "{told}");
    let calls = calls(&simulator);
    assert_eq!((calls.len(), calls["logout"], calls["getAllRoles"]), (6, 1, 1), "{calls:?}");
    assert_eq!(files(&folder.join("answers")).len(), 3);
    assert!(Config::load(Some(&folder.join("portalgraph.toml")), std::iter::empty()).is_ok());
}

#[tokio::test]
async fn when_nothing_is_of_use_no_settings_are_written() {
    let simulator = Simulator::local(World::demo()).await;
    let folder = folder("of-no-use");
    simulator.faults().next("getAllDepartments", Fault::LoginPage, 1);
    let said = probe(&simulator, &folder, &["--record", "answers"]).await;
    assert_eq!(said.status, Some(1), "{}", said.progress);
    assert!(said.table.contains("\n0 of 22 reads usable, 1 not usable, 21 not asked\n"), "{}", said.table);
    assert!(said.progress.contains("no read could be used"), "{}", said.progress);
    assert!(files(&folder).is_empty(), "{:?}", files(&folder));
    assert_eq!(simulator.sessions(DEMO_LOGIN.0), 0);
}

#[tokio::test]
async fn signing_out_that_fails_is_told_from_no_answer() {
    for (fault, expected) in
        [(Fault::Status(500), "signing out failed"), (Fault::Reset, "signing out was not answered")]
    {
        let simulator = Simulator::local(World::demo()).await;
        simulator.faults().always("logout", fault);
        let said = probe(&simulator, &folder("farewell"), &[]).await;
        assert!(said.status == Some(0) && said.progress.contains(expected), "{}", said.progress);
    }
}

/// Accepts one connection after the other with a certificate that nobody trusts.
fn untrusted() -> u16 {
    house::http();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = ServerConfig::builder().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![made.cert.der().clone()], key.into()).unwrap());
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let (mut connection, mut tls) =
                (connection.unwrap(), ServerConnection::new(Arc::clone(&config)).unwrap());
            // The client hangs up as soon as it has seen the certificate.
            let _ = Stream::new(&mut tls, &mut connection).flush();
        }
    });
    port
}

#[tokio::test]
async fn what_keeps_it_from_the_portal_is_named_without_the_host() {
    let simulator = Simulator::local(World::demo()).await;
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    for (url, expected) in [
        (format!("http://127.0.0.1:{free}"), "the connection was refused"),
        ("http://portal.invalid".to_owned(), "its name was not found"),
        (simulator.url().replace("http:", "https:"), "what answers there does not speak TLS"),
        (format!("https://localhost:{}", untrusted()), "its TLS certificate is not trusted by this machine"),
    ] {
        let mut command =
            program(&["probe", "--url", &url, "--username", DEMO_LOGIN.0, "--output", "never.toml"]);
        command.env("PORTALGRAPH_PASSWORD", "secret").current_dir(folder("unreachable"));
        let said = run(command).await;
        assert!(said.status == Some(1) && said.progress.contains(expected), "{url}: {}", said.progress);
        let host = url.split("//").nth(1).unwrap();
        assert!(!said.progress.contains(host) && !said.progress.contains("secret"), "{}", said.progress);
    }
}

#[tokio::test]
async fn a_tenant_is_named_in_any_way_and_must_be_the_users() {
    let simulator = Simulator::local(World::demo()).await;
    let probe = async |name: &str, tenant: &str| -> Said {
        probe(&simulator, &folder("named"), &["--username", name, "--tenant", tenant]).await
    };
    for (name, tenant) in [("partner@dmn", "dms"), ("admin@dmn", "101"), ("admin@dmn", "DMN")] {
        let said = probe(name, tenant).await;
        assert_eq!(said.status, Some(0), "{name} {tenant}: {}", said.progress);
    }
    for (name, tenant, listed) in
        [("partner@dmn", "xyz", "102"), ("partner@dmn", "5", "101"), ("admin@dmn", "102", "101")]
    {
        calls(&simulator);
        let said = probe(name, tenant).await;
        assert_eq!(said.status, Some(1), "{name} {tenant}: {}", said.table);
        assert!(said.table.contains(listed), "{}", said.table);
        assert!(
            said.progress.contains(&format!("--tenant {tenant} is none of this user's")),
            "{}",
            said.progress
        );
        assert_eq!(calls(&simulator), [("login", 1), ("logout", 1)].into(), "{name} {tenant}");
    }
}

#[tokio::test]
async fn what_can_be_seen_to_be_wrong_is_said_before_anything_is_sent() {
    let simulator = Simulator::local(World::demo()).await;
    let folder = folder("seen-before");
    for name in ["admin", "@dmn", "admin@", "a b@dmn", "a@b@dmn"] {
        let said = probe(&simulator, &folder, &["--username", name]).await;
        assert!(said.status == Some(2) && said.progress.contains("--username"), "{name}: {}", said.progress);
    }
    let said = probe(&simulator, &folder, &["--password-file", "none.txt"]).await;
    assert!(said.status == Some(2) && said.progress.contains("none.txt cannot be read"), "{}", said.progress);
    let mut empty = command(&simulator, &folder, &[]);
    empty.env_remove("PORTALGRAPH_PASSWORD").stdin(Stdio::null());
    let said = run(empty).await;
    let expected = "standard input: it holds no password";
    assert!(said.status == Some(2) && said.progress.contains(expected), "{}", said.progress);
    assert_eq!(simulator.journal().count(), 0);
}

#[tokio::test]
async fn of_the_environment_the_written_file_has_the_address_alone() {
    let simulator = Simulator::local(World::demo()).await;
    let folder = folder("environment");
    let mut command = program(&["probe", "--username", DEMO_LOGIN.0, "--pause", "0"]);
    command.current_dir(&folder).env("PORTALGRAPH_PASSWORD", DEMO_LOGIN.1);
    command.env("PORTALGRAPH__PORTAL__URL", simulator.url());
    command
        .env("PORTALGRAPH__SERVER__DEADLINE_SECONDS", "9")
        .env("PORTALGRAPH__PORTAL__DIALECT__token_header", "X-T");
    let said = run(command).await;
    assert_eq!(said.status, Some(0), "{}", said.progress);
    let text = fs::read_to_string(folder.join("portalgraph.toml")).unwrap();
    assert!(text.contains(&simulator.url()) && !text.contains("deadline") && !text.contains("X-T"), "{text}");
}

#[tokio::test]
async fn a_recording_that_cannot_be_written_leaves_no_settings() {
    let simulator = Simulator::local(World::demo()).await;
    let folder = folder("no-recording");
    // What is to hold the folder is a file.
    fs::write(folder.join("file"), "").unwrap();
    let said = probe(&simulator, &folder, &["--record", "file/answers"]).await;
    assert!(said.status != Some(0) && said.progress.contains("file/answers"), "{}", said.progress);
    assert_eq!(files(&folder), ["file"]);
}

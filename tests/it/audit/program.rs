//! Where the real program writes its audit log, and what silences it.

use std::fs;
use std::path::PathBuf;

use portalgraph::simulator::{DEMO_LOGIN, Simulator, World};

use super::event;
use crate::house::{self, Client};
use crate::program::{Served, program};

/// What a gateway with these settings logs of one sign-in.
async fn log(settings: &[(&str, &str)]) -> String {
    let simulator = Simulator::local(World::demo()).await;
    let url = simulator.url();
    let portal = [("PORTALGRAPH__PORTAL__URL", url.as_str()), ("PORTALGRAPH__LOG__FORMAT", "json")];
    let served = Served::start(&[&portal, settings].concat());
    Client::sign_in(&house::http(), &served.url, DEMO_LOGIN).await;
    served.end()
}

#[tokio::test]
async fn no_filter_of_the_log_silences_it_and_no_line_is_written_twice() {
    for level in ["off", "error", "info", "portalgraph::audit=off,portalgraph=trace"] {
        let text = log(&[("PORTALGRAPH__LOG__LEVEL", level)]).await;
        let events: Vec<_> =
            text.lines().filter(|line| line.contains("portalgraph::audit")).map(event).collect();
        assert_eq!(events.len(), 1, "{level}: {text}");
        assert_eq!((&events[0]["event"], &events[0]["outcome"]), (&"login".into(), &"ok".into()));
        assert!(level != "off" || text.lines().count() == 1, "{text}");
    }
}

#[tokio::test]
async fn it_goes_to_a_file_or_nowhere_if_the_settings_say_so() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("audit-{}.log", std::process::id()));
    fs::write(&path, "what was there before\n").unwrap();
    let file = path.to_str().unwrap();
    let text = log(&[("PORTALGRAPH__LOG__AUDIT", file)]).await;
    assert!(!text.contains("portalgraph::audit"), "{text}");
    let written = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = written.lines().collect();
    let [before, line] = lines.as_slice() else { panic!("{written}") };
    assert_eq!((*before, &event(line)["event"]), ("what was there before", &"login".into()));
    let text = log(&[("PORTALGRAPH__LOG__AUDIT", "off"), ("PORTALGRAPH__LOG__LEVEL", "trace")]).await;
    assert!(!text.contains("portalgraph::audit") && text.contains("portal call"), "{text}");
}

#[test]
fn a_file_that_cannot_be_written_is_named_before_anybody_is_served() {
    let output = program(&["serve", "--listen", "127.0.0.1:0"])
        .env("PORTALGRAPH__PORTAL__URL", "http://127.0.0.1:1")
        .env("PORTALGRAPH__LOG__AUDIT", "/no/such/folder/audit.log")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("/no/such/folder/audit.log: "), "{said}");
}

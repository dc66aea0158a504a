//! `portalgraph probe` against a simulated portal: what it asks, what it finds out, what it writes, and that it leaves.

mod failing;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use portalgraph::config::{AuthTokenMode, Config, Encoding, UserIdKind};
use portalgraph::simulator::{DEMO_LOGIN, DEMO_PASSWORD, Fault, Quirks, Simulator, World};
use serde_json::Value;

use crate::house::{self, Client};
use crate::program::{output, program};

/// What a probe said.
struct Said {
    status: Option<i32>,
    table: String,
    progress: String,
}

/// A folder of a test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("probe").join(name);
    // It is there if the test ran before.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn command(simulator: &Simulator, folder: &PathBuf, more: &[&str]) -> Command {
    let (url, name) = (simulator.url(), DEMO_LOGIN.0);
    let mut command = program(&["probe", "--url", &url]);
    if !more.contains(&"--pause") {
        command.args(["--pause", "0"]);
    }
    if !more.contains(&"--username") {
        command.args(["--username", name]);
    }
    command.args(more).env("PORTALGRAPH_PASSWORD", DEMO_PASSWORD).current_dir(folder);
    command
}

async fn probe(simulator: &Simulator, folder: &PathBuf, more: &[&str]) -> Said {
    run(command(simulator, folder, more)).await
}

async fn run(mut command: Command) -> Said {
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { status: output.status.code(), table: text(output.stdout), progress: text(output.stderr) }
}

/// How often each operation was called since the last look.
fn calls(simulator: &Simulator) -> BTreeMap<&'static str, usize> {
    let mut calls = BTreeMap::new();
    for call in simulator.journal().take() {
        *calls.entry(call.operation).or_default() += 1;
    }
    calls
}

fn files(folder: &PathBuf) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

/// The lines of the table about one operation.
fn about<'a>(table: &'a str, operation: &str) -> Vec<&'a str> {
    let mut lines = table.lines().skip_while(|line| !line.starts_with(&format!("{operation} ")));
    let first = lines.next().unwrap_or_else(|| panic!("nothing about {operation}:\n{table}"));
    [first].into_iter().chain(lines.take_while(|line| line.starts_with("  "))).collect()
}

/// Every text and number the portal keeps of people.
fn said_of_people(simulator: &Simulator) -> BTreeSet<String> {
    simulator.world(|world| {
        let users = world.tenants.iter().flat_map(|tenant| tenant.users.values());
        let texts = users.flat_map(|user| {
            [&user.first_nm, &user.last_nm, &user.login_nm, &user.username, &user.email, &user.phone]
                .map(|text| text.as_deref().map(str::to_owned))
                .into_iter()
                .chain([user.agent_number(), user.id_program_user.map(|id| id.to_string())])
        });
        texts.flatten().filter(|text| text.len() > 2).collect()
    })
}

#[tokio::test]
async fn it_asks_every_read_once_and_leaves() {
    let simulator = Simulator::local(World::demo()).await;
    let folder = folder("once");
    let url = simulator.url();
    let said = probe(&simulator, &folder, &["--callback-url", &url, "--callback-id", "7001"]).await;
    assert_eq!(said.status, Some(0), "{}", said.progress);
    let calls = calls(&simulator);
    assert_eq!(calls.len(), 24, "{calls:?}");
    assert!(calls.values().all(|count| *count == 1), "{calls:?}");
    assert!(calls.contains_key("login") && calls.contains_key("logout"), "{calls:?}");
    assert_eq!(simulator.sessions(DEMO_LOGIN.0), 0);
    assert_eq!(simulator.journal().busiest(), 1);
    for (number, line) in said.progress.lines().filter(|line| line.contains(" of 22 ")).enumerate() {
        assert!(line.trim_start().starts_with(&format!("{} of 22 ", number + 1)), "{line}");
    }
    let users = about(&said.table, "getUsers");
    assert!(users[0].contains("200   0 GET_USERS_SUCCESS") && users[0].contains(" 25 "), "{users:?}");
    assert!(users.iter().all(|line| !line.contains("spelt otherwise")), "{users:?}");
    assert!(said.table.contains("getPQByID") && said.table.contains("testWS"), "{}", said.table);
    // All that the demonstration leaves out or has beyond the gateway's records has its reason.
    assert!(!said.table.contains("not read") && !said.table.contains("in no record"), "{}", said.table);
    assert!(said.table.contains("\n22 of 22 reads usable, 0 not usable, 0 not asked\n"), "{}", said.table);
    let host = url.strip_prefix("http://").unwrap().to_owned();
    for secret in said_of_people(&simulator).iter().chain([&host, &DEMO_PASSWORD.to_owned()]) {
        assert!(!said.table.contains(secret.as_str()), "{secret} is in the table");
        assert!(!said.progress.contains(secret.as_str()), "{secret} is in the log");
    }
}

#[tokio::test]
async fn a_user_is_asked_for_by_the_id_the_settings_name() {
    let simulator = Simulator::local(World::demo()).await;
    simulator.settings(|settings| settings.user_search_id = UserIdKind::AccountId);
    let folder = folder("search_id");
    fs::write(folder.join("own.toml"), "[portal.dialect]\nuser_search_id = \"account_id\"\n").unwrap();
    let said = probe(&simulator, &folder, &["--config", "own.toml"]).await;
    assert_eq!(said.status, Some(0), "{}", said.progress);
    let calls = simulator.journal().take();
    let asked = calls.iter().find(|call| call.operation == "getUserByIdProgram").unwrap();
    let accounts = simulator.world(|world| {
        let people = world.tenants.iter().flat_map(|tenant| tenant.users.values());
        people.filter_map(|user| user.id_user.map(|account| account.0)).collect::<BTreeSet<_>>()
    });
    let id = asked.body["searchId"].as_i64().unwrap();
    assert!(accounts.contains(&id), "{id} is no account");
    let answered = about(&said.table, "getUserByIdProgram").join(" ");
    assert!(answered.contains("GET_USERS_SUCCESS"), "{answered}");
}

#[tokio::test]
async fn what_cannot_be_asked_is_said() {
    let simulator = Simulator::local(World::demo()).await;
    let said = probe(&simulator, &folder("nothing-of-callbacks"), &[]).await;
    assert_eq!((said.status, calls(&simulator).len()), (Some(0), 20), "{}", said.progress);
    assert!(about(&said.table, "testWS")[0].contains("not asked: no --callback-url"), "{}", said.table);
    let url = simulator.url();
    let said = probe(&simulator, &folder("no-callback"), &["--callback-url", &url]).await;
    let told = about(&said.table, "getCallbackInfo")[0];
    assert!(told.contains("not asked: no callback id given"), "{told}");
    simulator.faults().always("getSkillGroups", Fault::Html);
    simulator.faults().always("getAllSites", Fault::Reset);
    simulator.faults().always("getUsers", Fault::RefuseWith("GET_USERS_FAILED"));
    let said = probe(&simulator, &folder("failing"), &[]).await;
    assert_eq!((said.status, simulator.sessions(DEMO_LOGIN.0)), (Some(0), 0), "{}", said.progress);
    for (operation, expected) in [
        ("getSkillGroups", "could not be understood: it is an HTML page"),
        ("getAllSites", "no answer: the portal could not be reached"),
        ("getUsers", "-1 GET_USERS_FAILED"),
        ("getAllAgentsForSkill", "not asked: no skill group was listed"),
        ("getSkillsForAgent", "not asked: no agent was listed"),
    ] {
        let told = about(&said.table, operation).join("\n");
        assert!(told.contains(expected), "{told}");
    }
}

#[tokio::test]
async fn the_settings_it_writes_are_valid_and_serve() {
    let simulator = Simulator::local(World::demo()).await;
    simulator.settings(|settings| {
        settings.login_encoding = Encoding::HexOfBase64;
        settings.auth_token_mode = AuthTokenMode::DocumentedOnly;
        settings.strict = true;
    });
    let (folder, url) = (folder("serves"), simulator.url());
    fs::write(
        folder.join("base.toml"),
        "[server]\ndeadline_seconds = 7\n[portal.rename.getPQByID]\nid = \"id\"\n[portal.dialect]\ntoken_header = \"X-T\"\n",
    )
    .unwrap();
    let more = ["--callback-url", &url, "--config", "base.toml", "--output", "new.toml"];
    let said = probe(&simulator, &folder, &more).await;
    assert_eq!(said.status, Some(0), "{}", said.progress);
    let calls = calls(&simulator);
    assert_eq!((calls["login"], calls["getAllDepartments"], calls["getAllSites"]), (3, 2, 1), "{calls:?}");
    let path = folder.join("new.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("# status_field = \"enabled\"") && !text.contains(DEMO_PASSWORD), "{text}");
    assert!(text.contains("getAllDepartments was answered with HTTP 400"), "{text}");
    assert!(text.contains("supervisorAgent is read as"), "{text}");
    let checked = output(&["config", "check", path.to_str().unwrap()]);
    assert_eq!(checked.status.code(), Some(0), "{}\n{text}", String::from_utf8_lossy(&checked.stderr));
    let config = Config::load(Some(&path), std::iter::empty()).unwrap();
    assert_eq!(config.portal.login_encoding, Encoding::HexOfBase64);
    assert_eq!(config.portal.auth_token_mode, AuthTokenMode::DocumentedOnly);
    assert_eq!((config.portal.url.as_str(), config.portal.callback_url.as_str()), (&*url, &*url));
    assert_eq!((config.server.deadline_seconds, config.portal.dialect.token_header.as_str()), (7, "X-T"));
    assert_eq!(config.portal.rename["getPQByID"]["id"], "id");
    let (gateway, _stop) = house::gateway(config).await;
    let client = Client::sign_in(&house::http(), &gateway, DEMO_LOGIN).await;
    let data = client.data("{ departments { name } agents { totalCount } callbackQueues { name } }").await;
    assert!(data["agents"]["totalCount"].as_i64() > Some(0), "{data}");
}

#[tokio::test]
async fn every_encoding_is_found_and_no_password_is_tried_twice() {
    for (encoding, logins) in
        [(Encoding::Base64, 1), (Encoding::Hex, 2), (Encoding::Base64OfHex, 4), (Encoding::Plain, 6)]
    {
        let simulator = Simulator::local(World::demo()).await;
        simulator.settings(|settings| settings.login_encoding = encoding);
        // A wrong password: of the encodings the portal can read, none but the first is tried.
        let folder = folder(&format!("encoding-{encoding:?}"));
        let mut wrong = command(&simulator, &folder, &[]);
        let said = run({
            wrong.env("PORTALGRAPH_PASSWORD", "wrong");
            wrong
        });
        let said = said.await;
        assert_eq!(said.status, Some(1), "{}", said.progress);
        assert!(said.progress.contains("LDAP_AUTHENTICATION_FAILED"), "{}", said.progress);
        assert_eq!(calls(&simulator), [("login", logins)].into(), "{encoding:?}");
        assert!(files(&folder).is_empty());
    }
    let simulator = Simulator::local(World::demo()).await;
    simulator.settings(|settings| settings.login_encoding = Encoding::Hex);
    let said = probe(&simulator, &folder("encoding-given"), &["--login-encoding", "plain"]).await;
    assert_eq!((said.status, calls(&simulator)), (Some(1), [("login", 1)].into()), "{}", said.progress);
    assert!(said.progress.contains("--login-encoding"), "{}", said.progress);
}

#[tokio::test]
async fn a_tenant_is_entered_when_it_is_named_and_listed_when_it_is_not() {
    let simulator = Simulator::local(World::demo()).await;
    let partner = ["--username", "partner@dmn"];
    let said = probe(&simulator, &folder("listed"), &partner).await;
    assert_eq!(said.status, Some(1));
    assert!(said.table.contains("101") && said.table.contains("102"), "{}", said.table);
    assert!(said.progress.contains("--tenant"), "{}", said.progress);
    assert_eq!(calls(&simulator), [("login", 1), ("logout", 1)].into());
    let entered = [partner.as_slice(), &["--tenant", "102"]].concat();
    let said = probe(&simulator, &folder("entered"), &entered).await;
    assert_eq!(said.status, Some(0), "{}", said.progress);
    assert_eq!(calls(&simulator)["authorizeUserToTenant"], 1);
    let said =
        probe(&simulator, &folder("refused"), &[partner.as_slice(), &["--tenant", "5"]].concat()).await;
    assert!(
        said.status == Some(1) && said.progress.contains("--tenant 5 is none of this user's"),
        "{}",
        said.progress
    );
    assert_eq!(simulator.sessions("partner@dmn"), 0);
}

#[tokio::test]
async fn spellings_and_wrappers_show_in_the_table() {
    let simulator = Simulator::local(World::demo()).await;
    simulator.quirks(Quirks {
        other_names: true,
        xml_wrappers: true,
        extra_keys: true,
        roles_list_name: "unheardOf".to_owned(),
        ..Quirks::default()
    });
    let said = probe(&simulator, &folder("spellings"), &[]).await;
    for (operation, expected) in [
        ("getAllAgents", "agentList for agents"),
        ("getAllAgents", "agentAttributes.agentAttribute for attributes"),
        ("getAllAgents", "not read (1): undocumentedKey"),
        ("getPQByID", "steps.step for steps"),
        ("getPQByID", "terms.term for terms"),
        ("getAllRoles", "unheardOf for siteInfoList"),
        ("getUsers", "emailAddress for email"),
    ] {
        let told = about(&said.table, operation).join("\n");
        assert!(told.contains(expected), "{expected}: {told}");
    }
    assert!(about(&said.table, "getAllRoles")[0].split_whitespace().nth_back(1) != Some("0"));
}

#[tokio::test]
async fn a_recording_holds_everything_but_what_is_said_of_people() {
    for (name, quirks) in [("usual", Quirks::default()), ("odd", Quirks::every())] {
        let simulator = Simulator::local(World::demo()).await;
        simulator.quirks(quirks);
        let (folder, url) = (folder(&format!("recording-{name}")), simulator.url());
        let more = ["--callback-url", &url, "--callback-id", "7001", "--record", "answers"];
        let said = probe(&simulator, &folder, &more).await;
        assert_eq!(said.status, Some(0), "{}", said.progress);
        let people: Vec<_> = said_of_people(&simulator).into_iter().map(|text| text.to_lowercase()).collect();
        let answers = folder.join("answers");
        // All but testWS, whose answer is no JSON.
        assert_eq!(files(&answers).len(), 21);
        for file in files(&answers) {
            let text = fs::read_to_string(answers.join(&file)).unwrap();
            let mut values = Vec::new();
            scalars(&serde_json::from_str(&text).unwrap(), &mut values);
            for value in values {
                let told = people.iter().find(|told| match told.parse::<u64>() {
                    // A number of few digits may be the mask of another.
                    Ok(number) => number > 9_999_999 && value == **told,
                    Err(_) => value.contains(told.as_str()),
                });
                assert_eq!(told, None, "{file}: {value}");
            }
            for secret in ["JSESSIONID", "authToken", "userToken", &url] {
                assert!(!text.contains(secret), "{file}: {secret}");
            }
        }
        let said = probe(&simulator, &folder, &["--record", "answers", "--output", "other.toml"]).await;
        assert!(said.status == Some(2) && said.progress.contains("--record"), "{}", said.progress);
    }
}

fn scalars(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| scalars(item, into)),
        Value::Object(members) => members.values().for_each(|value| scalars(value, into)),
        Value::String(text) => into.push(text.to_lowercase()),
        other => into.push(other.to_string()),
    }
}

#[tokio::test]
async fn nothing_is_sent_when_a_file_is_in_the_way_or_an_option_is_wrong() {
    let simulator = Simulator::local(World::demo()).await;
    let folder = folder("in-the-way");
    fs::write(folder.join("portalgraph.toml"), "mine").unwrap();
    for (more, expected) in [
        (vec![], "--output"),
        (vec!["--output", "there/is/none.toml"], "--output"),
        (vec!["--output", "a.toml", "--password-file", "none"], "--password-file"),
        (vec!["--output", "a.toml", "--callback-url", "ftp://x"], "--callback-url"),
        (vec!["--output", "a.toml", "--config", "none.toml"], "none.toml"),
        (vec!["--output", "a.toml", "--login-encoding", "rot13"], "hex_of_base64"),
        (vec!["--output", "a.toml", "--pause", "soon"], "500ms"),
    ] {
        let said = probe(&simulator, &folder, &more).await;
        assert_eq!(said.status, Some(2), "{more:?}: {}", said.progress);
        assert!(said.progress.contains(expected), "{more:?}: {}", said.progress);
    }
    let mut without = command(&simulator, &folder, &["--output", "a.toml"]);
    without.env_remove("PORTALGRAPH_PASSWORD");
    let said = run(without).await;
    assert!(said.status == Some(2) && said.progress.contains("PORTALGRAPH_PASSWORD"), "{}", said.progress);
    let said = run(program(&["probe", "--username", "a@abc", "--output", "/tmp/never.toml"])).await;
    assert!(said.status == Some(2) && said.progress.contains("--url"), "{}", said.progress);
    assert_eq!(simulator.journal().count(), 0);
    assert_eq!(fs::read_to_string(folder.join("portalgraph.toml")).unwrap(), "mine");
    assert_eq!(files(&folder), ["portalgraph.toml"]);
    let mut from_file =
        command(&simulator, &folder, &["--output", "a.toml", "--password-file", "password.txt"]);
    fs::write(folder.join("password.txt"), format!("{DEMO_PASSWORD}\n")).unwrap();
    from_file.env("PORTALGRAPH_PASSWORD", "wrong");
    assert_eq!(run(from_file).await.status, Some(0));
}

/// Runs a probe until so many calls were made, then stops it as Ctrl-C does.
async fn stopped_after(simulator: &Simulator, folder: &PathBuf, made: u64) -> Said {
    let mut command = command(simulator, folder, &["--record", "answers"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while simulator.journal().count() < made {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { status: output.status.code(), table: text(output.stdout), progress: text(output.stderr) }
}

#[tokio::test]
async fn stopped_it_signs_out_and_leaves_no_file() {
    // In the middle of the reads, before login is answered, and while it signs out.
    for made in [6, 1, 20] {
        let simulator = Simulator::local(World::demo()).await;
        simulator.settings(|settings| settings.delay = Duration::from_millis(200));
        let folder = folder(&format!("stopped-{made}"));
        let said = stopped_after(&simulator, &folder, made).await;
        assert_eq!((said.status, said.table.as_str()), (Some(130), ""), "{}", said.progress);
        if made == 6 {
            // What is asked is named before it is answered.
            assert!(said.progress.contains("5 of 22 getAllPlatforms … stopped"), "{}", said.progress);
        }
        assert_eq!(simulator.sessions(DEMO_LOGIN.0), 0, "after {made} calls");
        let calls = calls(&simulator);
        assert_eq!((calls["login"], calls["logout"]), (1, 1), "{calls:?}");
        assert!(files(&folder).is_empty(), "{:?}", files(&folder));
    }
}

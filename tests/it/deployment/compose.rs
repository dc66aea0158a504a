//! `config/compose/`: what its containers may do, what is published, and that the gateway starts with the secrets it makes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use portalgraph::simulator::{Simulator, World};
use serde_json::Value;

use super::{list, longest_stop, path, settings, yaml};
use crate::house::{Client, http};
use crate::metrics::free;
use crate::program::Served;

fn services() -> serde_json::Map<String, Value> {
    yaml("config/compose/compose.yaml")["services"].as_object().unwrap().clone()
}

/// A new folder with the secrets.
fn prepared(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    prepare(&folder);
    folder
}

fn prepare(folder: &Path) {
    let status = Command::new(path("config/compose/prepare")).arg(folder).stdout(Stdio::null()).status();
    assert!(status.unwrap().success());
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let read = |entry: fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())
    };
    fs::read_dir(folder).unwrap().map(|entry| read(entry.unwrap())).collect()
}

/// The options that the gateway is given in its environment.
fn variables(gateway: &Value) -> Vec<(String, String)> {
    let environment = gateway["environment"].as_object().unwrap();
    environment.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

#[test]
fn no_container_may_more_than_it_needs_and_only_two_are_reached() {
    let mut published = Vec::new();
    for (name, service) in &services() {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"][0], "ALL", "{name}");
        assert_eq!(service["security_opt"][0], "no-new-privileges:true", "{name}");
        assert!(service["healthcheck"]["test"].is_array(), "{name}");
        assert!(service["mem_limit"].is_string() && service["pids_limit"].is_u64(), "{name}");
        let image = service["image"].as_str().unwrap();
        assert!(image.contains(':') && !image.ends_with(":latest"), "{name}: {image}");
        published.extend(list(&service["ports"]).iter().map(|port| port.as_str().unwrap().to_owned()));
        let is_outside = list(&service["networks"]).iter().any(|network| network == "outside");
        assert_eq!(is_outside, ["gateway", "grafana"].contains(&name.as_str()), "{name}");
    }
    assert_eq!(published, ["127.0.0.1:4000:4000", "127.0.0.1:3000:3000"]);
}

#[test]
fn every_secret_is_made_once_and_kept_from_others() {
    let folder = prepared("compose-once");
    let made = files(&folder);
    let compose = yaml("config/compose/compose.yaml");
    let mut named: BTreeSet<_> = compose["secrets"]
        .as_object()
        .unwrap()
        .values()
        .map(|secret| secret["file"].as_str().unwrap().trim_start_matches("secrets/").to_owned())
        .collect();
    let of_grafana = &compose["services"]["grafana"]["env_file"][0];
    named.insert(of_grafana.as_str().unwrap().trim_start_matches("secrets/").to_owned());
    assert_eq!(made.keys().cloned().collect::<BTreeSet<_>>(), named);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    prepare(&folder);
    assert_eq!(files(&folder), made, "what is there stays");
    let other = prepared("compose-other");
    for name in ["store-keys", "valkey-password", "grafana-password", "grafana.env"] {
        assert_ne!(files(&other)[name], made[name], "{name}");
    }
    let ignored = fs::read_to_string(path("config/compose/.gitignore")).unwrap();
    assert!(ignored.contains("/secrets"));
    // Nor do they get into the image, or what it is built from.
    let left_out = fs::read_to_string(path(".dockerignore")).unwrap();
    assert!(
        left_out.lines().skip_while(|line| *line != "!config").any(|line| line == "config/compose/secrets")
    );
    fs::remove_dir_all(folder).unwrap();
    fs::remove_dir_all(other).unwrap();
}

/// A server of the settings that are made for Valkey, which are those of Redis.
struct Store(Child, String);

impl Store {
    fn start(folder: &Path) -> Self {
        let address = free();
        let port = address.rsplit(':').next().unwrap().to_owned();
        let mut process = Command::new("redis-server")
            .arg(folder.join("valkey.conf"))
            .args(["--bind", "127.0.0.1", "--port", &port])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("Ready to accept connections")));
        // It may go on to say something.
        std::thread::spawn(move || lines.count());
        Self(process, address)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

// The simulated portal goes on while the test waits for a check of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_starts_with_what_is_made_and_knows_the_dashboards_token() {
    let folder = prepared("compose-served");
    let gateway = &services()["gateway"];
    let file = folder.join("portalgraph.toml");
    let config = settings(&file, variables(gateway));
    assert_eq!(config.server.operator_address().unwrap().port(), 9464);
    assert!(
        config.session.store.ends_with("@valkey:6379/0")
            && config.log.format == portalgraph::config::LogFormat::Json
    );
    let grace = gateway["stop_grace_period"].as_str().unwrap().trim_end_matches('s').parse::<u64>().unwrap();
    assert!(grace >= longest_stop(&config), "{grace} < {}", longest_stop(&config));

    let (store, simulator, operator) = (Store::start(&folder), Simulator::local(World::demo()).await, free());
    // The same, with what is elsewhere in a container.
    let inside = |path: &str| folder.join(path.strip_prefix("/run/secrets/").unwrap()).display().to_string();
    let address = config.session.store.replace("valkey:6379", &store.1);
    let keys = inside(&config.session.store_keys_file);
    let password = inside(&config.service_accounts[0].password_file);
    let documents = path("config/documents").display().to_string();
    let mut all: Vec<(String, String)> = variables(gateway);
    all.extend(
        [
            ("PORTAL__URL", simulator.url()),
            ("PORTAL__CALLBACK_URL", simulator.url()),
            ("ICWS__URL", simulator.url()),
            ("SERVER__OPERATOR_LISTEN", operator.clone()),
            ("SESSION__STORE", address),
            ("SESSION__STORE_KEYS_FILE", keys),
            ("SESSION__STORE_TIMEOUT_MILLISECONDS", "20000".to_owned()),
            ("SERVICE_ACCOUNT__1__PASSWORD_FILE", password),
            ("TRUSTED_DOCUMENTS__PATH", documents),
        ]
        .map(|(name, value)| (format!("PORTALGRAPH__{name}"), value)),
    );
    let all: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let served = Served::start_with(&["--config", file.to_str().unwrap()], &all);
    let token = files(&folder)["grafana.env"].trim().strip_prefix("PORTALGRAPH_TOKEN=").unwrap().to_owned();
    let wall = Client::nobody(&http(), &served.url).holding(&token);
    let table = format!("{}/table/skill-groups.csv", served.url);
    let answer = wall.http().get(table).bearer_auth(&token).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200, "{}", answer.text().await.unwrap());
    assert_eq!(simulator.journal().counts()["login"], 1);

    // What its checks of health ask, and that of the simulated portal.
    let check = |service: &str| services()[service]["healthcheck"]["test"][3].as_str().unwrap().to_owned();
    let ready = check("gateway").replace("127.0.0.1:9464", &operator);
    let portal = check("portal").replace("http://127.0.0.1:4100", &simulator.url());
    for url in [ready, portal] {
        let asked = crate::program::output(&["health", &url]);
        assert!(asked.status.success(), "{url}: {asked:?}");
    }
    drop(served);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn prometheus_reads_what_the_gateway_shows() {
    let config = yaml("config/prometheus/prometheus.yaml");
    let found = &config["scrape_configs"][0]["dns_sd_configs"][0];
    assert!(services().contains_key(found["names"][0].as_str().unwrap()));
    assert_eq!(found["port"], 9464);
    assert_eq!(config["scrape_configs"][0]["job_name"], "portalgraph");
    for (service, folder) in [("prometheus", "../prometheus/rules"), ("grafana", "../grafana/provisioning")] {
        let mounted = services()[service]["volumes"].clone();
        let is_there = list(&mounted).iter().any(|volume| volume.as_str().unwrap().starts_with(folder));
        assert!(is_there && path("config/compose").join(folder).is_dir(), "{service}: {folder}");
    }
}

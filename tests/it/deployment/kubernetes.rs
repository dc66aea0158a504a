//! `config/kubernetes/`: settings, ports, probes and times, as the program has them.

use std::fs;
use std::path::PathBuf;

use portalgraph::config::Config;
use portalgraph::simulator::{Simulator, World};
use serde_json::Value;

use super::{list, longest_stop, settings, text, yaml};
use crate::metrics::{free, get};
use crate::program::Served;

const PORTS: [(&str, u64); 2] = [("clients", 4000), ("operator", 9464)];

fn manifest(name: &str) -> Value {
    yaml(&format!("config/kubernetes/{name}.yaml"))
}

fn container() -> Value {
    manifest("deployment")["spec"]["template"]["spec"]["containers"][0].clone()
}

/// The settings of the `ConfigMap`, in a file, and those of the container's environment.
fn deployed(name: &str) -> (PathBuf, Config) {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.toml", std::process::id()));
    let map = manifest("configmap");
    fs::write(&file, map["data"]["portalgraph.toml"].as_str().unwrap()).unwrap();
    let variables = list(&container()["env"])
        .iter()
        .map(|variable| {
            let name = variable["name"].as_str().unwrap().to_owned();
            let key = variable["valueFrom"]["secretKeyRef"]["key"].as_str().unwrap();
            assert_eq!(key, "store-url");
            (name, "rediss://gateway:password@valkey:6379/0".to_owned())
        })
        .collect();
    let config = settings(&file, variables);
    (file, config)
}

#[test]
fn settings_ports_and_times_are_those_of_the_program() {
    let (file, config) = deployed("kubernetes-settings");
    fs::remove_file(file).unwrap();
    config.require_upstream().unwrap();
    let ports: Vec<_> = list(&container()["ports"])
        .iter()
        .map(|port| (port["name"].as_str().unwrap().to_owned(), port["containerPort"].as_u64().unwrap()))
        .collect();
    assert_eq!(ports, PORTS.map(|(name, port)| (name.to_owned(), port)));
    assert_eq!(u64::from(config.server.listen.port()), PORTS[0].1);
    let operator = config.server.operator_address().unwrap();
    assert_eq!(u64::from(operator.port()), PORTS[1].1);
    assert!(config.server.listen.ip().is_unspecified() && operator.ip().is_unspecified());

    let pod = manifest("deployment")["spec"]["template"].clone();
    let grace = pod["spec"]["terminationGracePeriodSeconds"].as_u64().unwrap();
    let sleeps = container()["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64().unwrap();
    assert!(grace > sleeps + longest_stop(&config), "{grace} <= {sleeps} + {}", longest_stop(&config));
    let limit = container()["resources"]["limits"]["memory"].as_str().unwrap().to_owned();
    assert_eq!(limit, "1Gi");
    assert!(4 * (config.cache.max_bytes + config.cache.max_whole_answer_bytes) <= 1 << 30);

    assert_eq!(pod["metadata"]["annotations"]["prometheus.io/port"], PORTS[1].1.to_string());
    let shown = list(&manifest("service")["spec"]["ports"]).to_vec();
    assert!(shown.len() == 1 && shown[0]["targetPort"] == "clients", "the operator's side has no service");
    for rule in list(&manifest("networkpolicy")["spec"]["ingress"]) {
        assert!(!list(&rule["from"]).is_empty(), "nobody is let in unnamed");
        for port in list(&rule["ports"]) {
            assert!(PORTS.iter().any(|(name, _)| port["port"] == *name), "{port}");
        }
    }
    let mounts = container()["volumeMounts"].clone();
    let is_mounted =
        |file: &str| list(&mounts).iter().any(|mount| file.starts_with(mount["mountPath"].as_str().unwrap()));
    assert!(is_mounted(&config.session.store_keys_file));
    assert!(is_mounted(container()["args"][2].as_str().unwrap()));
}

#[test]
fn the_program_runs_as_nobody_and_writes_nothing() {
    let pod = manifest("deployment")["spec"]["template"]["spec"].clone();
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    let user = pod["securityContext"]["runAsUser"].as_u64().unwrap();
    assert!(text("Dockerfile").contains(&format!("USER {user}:")));
    assert_eq!(
        (&pod["automountServiceAccountToken"], &pod["enableServiceLinks"]),
        (&false.into(), &false.into())
    );
    let own = &container()["securityContext"];
    assert_eq!(
        (&own["allowPrivilegeEscalation"], &own["readOnlyRootFilesystem"]),
        (&false.into(), &true.into())
    );
    assert_eq!(own["capabilities"]["drop"][0], "ALL");
    let version = format!(":{}", env!("CARGO_PKG_VERSION"));
    assert!(container()["image"].as_str().unwrap().ends_with(&version));
}

#[test]
fn everything_is_about_the_same_pods() {
    let labels = manifest("deployment")["spec"]["template"]["metadata"]["labels"].clone();
    for (name, pointer) in [
        ("deployment", "/spec/selector/matchLabels"),
        ("service", "/spec/selector"),
        ("poddisruptionbudget", "/spec/selector/matchLabels"),
        ("networkpolicy", "/spec/podSelector/matchLabels"),
    ] {
        assert_eq!(manifest(name).pointer(pointer), Some(&labels), "{name}");
    }
    let scaled = &manifest("horizontalpodautoscaler")["spec"];
    assert_eq!(scaled["scaleTargetRef"]["name"], manifest("deployment")["metadata"]["name"]);
    assert!(scaled["minReplicas"].as_u64().unwrap() > 1, "one may always be away");
    assert!(container()["resources"]["requests"]["cpu"].is_string(), "what it scales by");
}

#[tokio::test]
async fn what_probes_ask_is_answered_at_the_operators_side() {
    let (simulator, operator) = (Simulator::local(World::demo()).await, free());
    let _served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__SERVER__OPERATOR_LISTEN", &operator),
    ]);
    let mut paths = vec![
        manifest("deployment")["spec"]["template"]["metadata"]["annotations"]["prometheus.io/path"].clone(),
    ];
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
        let asked = &container()[probe]["httpGet"];
        assert_eq!(asked["port"], "operator", "{probe}");
        paths.push(asked["path"].clone());
    }
    for path in paths {
        let url = format!("http://{operator}{}", path.as_str().unwrap());
        assert_eq!(get(&url).await.0, 200, "{url}");
    }
}

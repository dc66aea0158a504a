//! 5,000 users with forty fields each in one answer: how long beside the proxy, and how much memory.

use std::time::Duration;

use serde_json::{Value, json};

use super::field::{Gateway, Keeps, Portal};
use super::load::{Connection, Request};
use super::process::Process;
use super::proxy;

const USERS: usize = 5_000;
const ROUNDS: usize = 7;

/// One answer of many records.
pub(crate) struct Wide {
    /// Its size in bytes.
    pub(crate) bytes: usize,
    /// How long the gateway takes for it, cold.
    pub(crate) gateway: Duration,
    pub(crate) proxy: Duration,
    /// How much memory the gateway has at the most while it answers once, above the idle process.
    pub(crate) gateway_peak: u64,
    pub(crate) proxy_peak: u64,
}

impl Wide {
    pub(crate) fn as_json(&self) -> Value {
        json!({
            "answerBytes": self.bytes,
            "gatewayMilliseconds": self.gateway.as_secs_f64() * 1e3,
            "proxyMilliseconds": self.proxy.as_secs_f64() * 1e3,
            "gatewayPeakBytesAboveIdle": self.gateway_peak,
            "proxyPeakBytesAboveIdle": self.proxy_peak,
        })
    }
}

/// What one server came to: its answer, the median time, and the memory of the first answer.
async fn ask(process: &Process, request: &Request) -> (Vec<u8>, u64, Connection) {
    let idle = process.resident();
    let mut connection = Connection::open(process.address).await;
    let answer = connection.ask(request).await.to_vec();
    (answer, process.peak().saturating_sub(idle), connection)
}

async fn time(connection: &mut Connection, request: &Request) -> Duration {
    let started = std::time::Instant::now();
    connection.ask(request).await;
    started.elapsed()
}

/// Measures it and prints it.
pub(crate) async fn measure(report: &mut super::report::Report) {
    let portal = Portal::start(USERS);
    let proxy = Process::start(&["proxy", &portal.process.url(), "1"], &[]);
    let gateway = Gateway::start(&portal.process, Keeps::Seconds(0), 1, &[]).await;
    let document = proxy::wide_document(USERS);
    let authorization = format!("Bearer {}", gateway.tokens[0]);
    let body = json!({ "query": document }).to_string();
    let to_gateway = Request::post("/graphql", &[("authorization", &authorization)], &body);
    let to_proxy = Request::post(&format!("/wide/{USERS}"), &[("identity", "0")], &body);
    // The portal makes its answer once and then plays it back: the proxy's first question is nobody's to be timed.
    let (expected, proxy_peak, mut at_proxy) = ask(&proxy, &to_proxy).await;
    let (answer, gateway_peak, mut at_gateway) = ask(&gateway.process, &to_gateway).await;
    let as_value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
    assert!(as_value(&answer) == as_value(&expected), "the wide answers differ");
    let (mut of_gateway, mut of_proxy) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        of_gateway.push(time(&mut at_gateway, &to_gateway).await);
        of_proxy.push(time(&mut at_proxy, &to_proxy).await);
    }
    of_gateway.sort_unstable();
    of_proxy.sort_unstable();
    let wide = Wide {
        bytes: answer.len(),
        gateway: of_gateway[ROUNDS / 2],
        proxy: of_proxy[ROUNDS / 2],
        gateway_peak,
        proxy_peak,
    };
    println!(
        "\n{USERS} users x {} fields, {:.1} MB: gateway {:.1?}, proxy {:.1?}; at the peak {:.1} and {:.1} MB above idle",
        proxy::WIDE_FIELDS,
        wide.bytes as f64 / 1e6,
        wide.gateway,
        wide.proxy,
        wide.gateway_peak as f64 / 1e6,
        wide.proxy_peak as f64 / 1e6,
    );
    report.wide = Some(wide);
}

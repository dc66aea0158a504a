//! A gateway in front of a simulated portal, both on free loopback ports, and clients that talk to it over HTTP.

use std::collections::BTreeMap;
use std::time::Duration;

use portalgraph::config::{Config, Introspection};
use portalgraph::server::{self, Listeners, Threads};
use portalgraph::simulator::{Simulator, World};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The upstreams, as `login` names them.
pub const PORTAL: &str = "PORTAL";
pub const ICWS: &str = "ICWS";

/// A gateway and the portal behind it; both end when dropped.
pub struct House {
    pub simulator: Simulator,
    pub url: String,
    http: reqwest::Client,
    _stop: oneshot::Sender<()>,
}

/// Somebody who is signed in and sends a bearer token.
#[derive(Clone)]
pub struct Client {
    pub url: String,
    pub token: String,
    http: reqwest::Client,
}

/// An answer of the gateway.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl House {
    /// In front of this world, with default settings.
    pub async fn over(world: World) -> Self {
        Self::with(world, |_| ()).await
    }

    /// In front of this world, with settings changed from their defaults.
    pub async fn with(world: World, change: impl FnOnce(&mut Config)) -> Self {
        let simulator = Simulator::local(world).await;
        let mut config = Config::default();
        config.portal.url = simulator.url();
        config.portal.callback_url = simulator.url();
        config.icws.url = simulator.url();
        config.limits.introspection = Introspection::Everyone;
        // Tests ask more often than people do.
        config.rate.identity_requests_per_minute = 0;
        config.rate.address_requests_per_minute = 0;
        config.rate.login_failures = 1_000;
        change(&mut config);
        let (url, stop) = gateway(config).await;
        Self { simulator, url, http: http(), _stop: stop }
    }

    /// Signs in with a login of the world and its password.
    pub async fn sign_in(&self, (name, password): (&str, &str)) -> Client {
        Client::sign_in(&self.http, &self.url, (name, password)).await
    }

    /// Signs in to ICWS alone, with a user of the world and its password.
    pub async fn sign_in_to_icws(&self, login: (&str, &str)) -> Client {
        self.nobody().entering(ICWS, login).await
    }

    /// A client without a session.
    pub fn nobody(&self) -> Client {
        Client::nobody(&self.http, &self.url)
    }

    /// Asks without being signed in.
    pub async fn ask(&self, query: &str, variables: Value) -> Answer {
        post(self.http.post(format!("{}/graphql", self.url)), query, variables).await
    }

    /// A client without a session, for requests of any shape.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// How often each operation was called since the last look.
    pub fn calls(&self) -> BTreeMap<&'static str, usize> {
        let mut calls = BTreeMap::new();
        for call in self.simulator.journal().take() {
            *calls.entry(call.operation).or_default() += 1;
        }
        calls
    }

    /// How many calls there were since the last look.
    pub fn call_count(&self) -> usize {
        self.calls().values().sum()
    }
}

/// Starts a gateway; it ends when the sender is dropped. It serves on threads of its own only where the settings say how
/// many: what is collected of the thread of a test would miss them.
pub async fn gateway(config: Config) -> (String, oneshot::Sender<()>) {
    let (url, stop, _) = stoppable(config).await;
    (url, stop)
}

/// The same, and the task that serves, which ends with it.
pub async fn stoppable(config: Config) -> (String, oneshot::Sender<()>, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("{}://{}", config.server.scheme(), listener.local_addr().unwrap());
    let threads = if config.server.worker_threads == 0 { Threads::Here } else { Threads::Own };
    let listeners = Listeners { threads, ..listener.into() };
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        server::run(config, listeners, stopped).await.unwrap();
    });
    (url, stop, serving)
}

/// A plain client that follows nothing and keeps no cookies.
#[expect(clippy::disallowed_methods, reason = "tests are clients of the gateway, not of the portal")]
pub fn http() -> reqwest::Client {
    // The gateway installs the same one; whoever comes second is refused, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    // Without the machine's certificates, which take longer to read than most tests need.
    builder.timeout(Duration::from_mins(1)).tls_certs_only([]).build().unwrap()
}

impl Client {
    /// A client of a gateway without a session.
    pub fn nobody(http: &reqwest::Client, url: &str) -> Self {
        Self { url: url.to_owned(), token: String::new(), http: http.clone() }
    }

    /// Signs in at a gateway, to the portal.
    pub async fn sign_in(http: &reqwest::Client, url: &str, login: (&str, &str)) -> Self {
        Self::nobody(http, url).entering(PORTAL, login).await
    }

    /// Signs in at an upstream with the session there is: the client with the token that comes of it.
    pub async fn entering(&self, upstream: &str, login: (&str, &str)) -> Self {
        let answer = self.log_in(upstream, login).await;
        let token = answer.body["data"]["login"]["sessionToken"].as_str();
        self.holding(token.unwrap_or_else(|| panic!("{} could not sign in: {answer:?}", login.0)))
    }

    /// Tries to sign in at an upstream.
    pub async fn log_in(&self, upstream: &str, (name, password): (&str, &str)) -> Answer {
        let mutation = "mutation($input: LoginInput!) { login(input: $input) {
            status sessionToken userErrors { code field message portalCode } } }";
        let input = json!({"upstream": upstream, "username": name, "password": password});
        self.ask_with(mutation, json!({ "input": input })).await
    }

    /// The same client with another token.
    pub fn holding(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// The same client at another gateway.
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// Asks without variables.
    pub async fn ask(&self, query: &str) -> Answer {
        self.ask_with(query, Value::Null).await
    }

    /// Asks with variables.
    pub async fn ask_with(&self, query: &str, variables: Value) -> Answer {
        let request = self.http.post(format!("{}/graphql", self.url));
        let request = if self.token.is_empty() { request } else { request.bearer_auth(&self.token) };
        post(request, query, variables).await
    }

    /// Asks with variables; `None` if no answer came.
    pub async fn try_ask(&self, query: &str, variables: Value) -> Option<Answer> {
        let body = json!({"query": query, "variables": variables}).to_string();
        let request = self.http.post(format!("{}/graphql", self.url)).bearer_auth(&self.token);
        let response = request.header("content-type", "application/json").body(body).send().await.ok()?;
        let (status, text) = (response.status(), response.text().await.ok()?);
        Some(Answer { status, body: serde_json::from_str(&text).ok()? })
    }

    /// What it sends requests with.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Asks, and answers the body as it came.
    pub async fn text(&self, query: &str) -> String {
        let request = self.http.post(format!("{}/graphql", self.url)).bearer_auth(&self.token);
        let body = json!({"query": query}).to_string();
        let request = request.header("content-type", "application/json").body(body);
        request.send().await.unwrap().text().await.unwrap()
    }

    /// Asks and expects data without errors.
    pub async fn data(&self, query: &str) -> Value {
        let answer = self.ask(query).await;
        assert!(answer.body.get("errors").is_none(), "{query}: {}", answer.body);
        answer.body["data"].clone()
    }
}

impl Answer {
    /// The `extensions.code` of each error.
    pub fn codes(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or("(none)")).collect()
    }
}

async fn post(request: RequestBuilder, query: &str, variables: Value) -> Answer {
    let body = json!({"query": query, "variables": variables});
    let request = request.header("content-type", "application/json").body(body.to_string());
    read(request.send().await.unwrap()).await
}

/// Reads an answer as JSON.
pub async fn read(response: Response) -> Answer {
    let status = response.status();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    Answer { status, body }
}

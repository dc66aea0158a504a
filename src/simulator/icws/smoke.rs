//! What the smoke tests of ICWS ask with: plain HTTP, and a session kept by hand.

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::simulator::{DEMO_ICWS_LOGIN, Simulator, World};

pub(super) const ICWS_JSON: &str = "application/vnd.inin.icws+JSON;charset=utf-8";

/// A client, and a session once it is connected.
pub(super) struct Client {
    pub(super) http: reqwest::Client,
    pub(super) url: String,
    pub(super) session: String,
    pub(super) cookie: String,
    pub(super) token: String,
}

pub(super) async fn demo() -> (Simulator, Client) {
    let simulator = Simulator::local(World::demo()).await;
    let client = Client::connected(&simulator, DEMO_ICWS_LOGIN).await;
    (simulator, client)
}

pub(super) fn credentials((user, password): (&str, &str)) -> Value {
    json!({
        "__type": "urn:inin.com:connection:icAuthConnectionRequestSettings",
        "applicationName": "smoke",
        "userID": user,
        "password": password,
    })
}

/// The status and the body as JSON.
pub(super) async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// The names of a list's rows.
pub(super) fn names(body: &Value) -> Vec<&str> {
    let rows = body["items"].as_array().expect("items");
    rows.iter().map(|row| row["configurationId"]["displayName"].as_str().expect("a name")).collect()
}

impl Client {
    pub(super) fn at(url: String) -> Self {
        // A second installation in one process is refused and harmless: the first one serves both.
        let _ = rustls::crypto::ring::default_provider().install_default();
        #[expect(
            clippy::disallowed_methods,
            reason = "what is tested is the wire below the gateway's clients"
        )]
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let nothing = String::new;
        Self { http, url, session: nothing(), cookie: nothing(), token: nothing() }
    }

    pub(super) async fn connected(simulator: &Simulator, login: (&str, &str)) -> Self {
        let mut client = Self::at(simulator.url());
        let response = client.connection("", &credentials(login)).send().await.expect("an answer");
        assert_eq!(response.status(), 201);
        client.keep(response).await;
        client
    }

    /// A connection request as a good client sends it.
    pub(super) fn connection(&self, query: &str, body: &Value) -> RequestBuilder {
        self.http
            .post(format!("{}/icws/connection{query}", self.url))
            .header("Accept-Language", "en-us")
            .header("Content-Type", ICWS_JSON)
            .body(body.to_string())
    }

    /// Keeps the session of an answer, from its headers or its body, and answers the body.
    pub(super) async fn keep(&mut self, response: Response) -> Value {
        let headers = response.headers().clone();
        let header = |name: &str| headers.get(name).map(|value| value.to_str().expect("text").to_owned());
        let cookie = header("set-cookie").expect("a cookie");
        let (_, body) = read(response).await;
        let told = |name: &str, property: &str| {
            header(name).or_else(|| body[property].as_str().map(str::to_owned)).expect("told somewhere")
        };
        self.session = told("ININ-ICWS-Session-ID", "sessionId");
        self.token = told("ININ-ICWS-CSRF-Token", "csrfToken");
        assert_eq!(cookie.split("; ").nth(1), Some(&*format!("Path=/icws/{}", self.session)));
        cookie.split(';').next().unwrap_or_default().clone_into(&mut self.cookie);
        body
    }

    /// A call in the session.
    pub(super) fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}/icws/{}{path}", self.url, self.session))
            .header("Cookie", &self.cookie)
            .header("ININ-ICWS-CSRF-Token", &self.token)
    }

    /// A list of roles by its query, with blanks.
    pub(super) fn listing(&self, query: &str) -> RequestBuilder {
        let query = query.replace(' ', "%20");
        self.call(Method::GET, &format!("/configuration/roles?{query}"))
    }

    pub(super) async fn list(&self, query: &str) -> (u16, Value) {
        read(self.listing(query).send().await.expect("an answer")).await
    }

    /// A role's creation.
    pub(super) fn creation(&self, role: &Value) -> RequestBuilder {
        let call = self.call(Method::POST, "/configuration/roles");
        call.header("Content-Type", ICWS_JSON).body(role.to_string())
    }

    pub(super) async fn create(&self, role: &Value) -> (u16, Value) {
        read(self.creation(role).send().await.expect("an answer")).await
    }
}

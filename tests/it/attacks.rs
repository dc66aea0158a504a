//! The usual attacks on GraphQL over HTTP. Each ends in its own refusal, reaches no portal and costs next to nothing; what is
//! not refused tells no more than it may.

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use portalgraph::config::Introspection;
use portalgraph::simulator::{DEMO_LOGIN, World};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::house::{Client, House};

/// An attack, by somebody who is signed in.
struct Attack {
    name: &'static str,
    request: RequestBuilder,
    status: u16,
    code: &'static str,
}

/// Who attacks: with a token, or as a browser does with the cookie.
struct Attacker {
    house: House,
    client: Client,
    attacks: Vec<Attack>,
}

impl Attacker {
    async fn new() -> Self {
        // As it is by default, where the house of the other tests is open.
        let house =
            House::with(World::demo(), |config| config.limits.introspection = Introspection::Nobody).await;
        let client = house.sign_in(DEMO_LOGIN).await;
        house.calls();
        Self { house, client, attacks: Vec::new() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.house.http().request(method, format!("{}{path}", self.house.url)).bearer_auth(&self.client.token)
    }

    fn post(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.request(Method::POST, "/graphql").header("content-type", "application/json").body(body)
    }

    fn by_cookie(&self, method: &Method, query: &str) -> RequestBuilder {
        let body = json!({ "query": query }).to_string();
        let path = if *method == Method::GET {
            format!("/graphql?query={}", encoded(query))
        } else {
            "/graphql".into()
        };
        let request = self.house.http().request(method.clone(), format!("{}{path}", self.house.url));
        let request = request.header("cookie", format!("portalgraph={}", self.client.token));
        if *method == Method::GET {
            request
        } else {
            request.header("content-type", "application/json").body(body)
        }
    }

    fn add(&mut self, name: &'static str, request: RequestBuilder, (status, code): (u16, &'static str)) {
        self.attacks.push(Attack { name, request, status, code });
    }

    /// One that is a document, or one with variables.
    fn query(&mut self, name: &'static str, query: &str, expected: (u16, &'static str)) {
        let request = self.post(json!({ "query": query }).to_string());
        self.add(name, request, expected);
    }

    fn body(&mut self, name: &'static str, body: &Value, expected: (u16, &'static str)) {
        let request = self.post(body.to_string());
        self.add(name, request, expected);
    }
}

fn encoded(text: &str) -> String {
    percent_encode(text.as_bytes(), NON_ALPHANUMERIC).to_string()
}

fn times(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

const COSTLY: (u16, &str) = (200, "QUERY_TOO_COSTLY");
const INVALID: (u16, &str) = (200, "GRAPHQL_VALIDATION_FAILED");
const UNPARSED: (u16, &str) = (200, "GRAPHQL_PARSE_FAILED");
const BAD: (u16, &str) = (400, "BAD_USER_INPUT");
const FORBIDDEN: (u16, &str) = (403, "FORBIDDEN");

/// Documents that are dear to read, to check or to execute.
fn too_much(of: &mut Attacker) {
    of.query("alias overload", &format!("{{ {} }}", times(101, |n| format!("a{n}: __typename "))), COSTLY);
    let nested = format!(
        "{{ users {{ nodes {{ {} }} }} }}",
        "department { users { ".repeat(20) + "id" + &" } }".repeat(20)
    );
    of.query("deep nesting", &nested, COSTLY);
    of.query("a fragment within itself", "{ ...A } fragment A on Query { ...A }", INVALID);
    let circle =
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }";
    of.query("circular fragments", circle, INVALID);
    let bomb = times(12, |n| format!("fragment F{n} on Query {{ ...F{m} ...F{m} ...F{m} }} ", m = n + 1));
    of.query(
        "a bomb of fragments",
        &format!("{{ ...F0 }} {bomb} fragment F12 on Query {{ __typename }}"),
        COSTLY,
    );
    of.query(
        "directive overload",
        &format!("{{ __typename {} }}", "@include(if: true) ".repeat(300)),
        COSTLY,
    );
    of.query("fields over and over", &format!("{{ {} }}", "viewer { loginName } ".repeat(1_500)), COSTLY);
    of.query("a flood of tokens", &format!("{{ {} }}", "__typename ".repeat(6_000)), COSTLY);
    of.query(
        "nested lists",
        &format!("{{ nodes(ids: {}{}) {{ id }} }}", "[".repeat(500), "]".repeat(500)),
        COSTLY,
    );
    let many = times(20_000, |n| format!("\"{n}\","));
    of.query("a list without end", &format!("{{ nodes(ids: [{many}]) {{ id }} }}"), COSTLY);
    let ids: Vec<String> = (0..20_000).map(|n| n.to_string()).collect();
    let by_variable =
        json!({"query": "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": ids}});
    of.body("a list without end, by variable", &by_variable, COSTLY);
    let number = "{ users(first: 99999999999999999999) { nodes { id } } }";
    of.query("a number too large", number, (200, "BAD_USER_INPUT"));
    let schema = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    of.query("the schema multiplied by itself", schema, COSTLY);
}

/// Bodies and addresses that are not what they should be.
fn malformed(of: &mut Attacker) {
    let request = of.post(vec![b'x'; 300_000]);
    of.add("a huge body", request, (413, "BAD_USER_INPUT"));
    let mut text = br#"{"query": "{ a: __typename # "#.to_vec();
    text.extend([0xff, 0xfe, 0xc0, 0x80]);
    text.extend(br#" }"}"#);
    let request = of.post(text);
    of.add("invalid UTF-8", request, BAD);
    let request =
        of.post("{\"query\": \"{ __typename }\", \"query\": \"mutation { logout { isSignedOut } }\"}");
    of.add("a key that comes twice", request, BAD);
    of.body("a query that is a list", &json!({"query": ["{ __typename }"]}), BAD);
    of.body("variables that are text", &json!({"query": "{ __typename }", "variables": "{}"}), BAD);
    of.body("a batch of logins", &json!([{"query": LOGIN}, {"query": LOGIN}]), BAD);
    let nested = format!(
        "{{\"query\": \"{{ __typename }}\", \"variables\": {{\"a\": {}1{}}}}}",
        "[".repeat(9_000),
        "]".repeat(9_000)
    );
    let request = of.post(nested);
    of.add("variables nested without end", request, BAD);
    for (name, kind) in [
        ("text/plain", "text/plain"),
        ("a form", "application/x-www-form-urlencoded"),
        ("a form of parts", "multipart/form-data; boundary=x"),
        ("JSON by another name", "application/json-patch+json"),
    ] {
        let body = json!({ "query": "{ __typename }" }).to_string();
        let request = of.request(Method::POST, "/graphql").header("content-type", kind).body(body);
        of.add(name, request, (415, "BAD_USER_INPUT"));
    }
    let packed = of.post(vec![0x1f, 0x8b, 8, 0]).header("content-encoding", "gzip");
    of.add("a packed body", packed, (415, "BAD_USER_INPUT"));
    of.query("a syntax error", "{ users(first: ) }", UNPARSED);
    of.query("a subscription", "subscription { users { removed } }", (200, "BAD_USER_INPUT"));
    let put = of.request(Method::PUT, "/graphql").body("{}");
    of.add("another method", put, (405, "BAD_USER_INPUT"));
    let climbing = of.request(Method::GET, "/assets/..%2f..%2f..%2fetc%2fpasswd");
    of.add("a path that climbs", climbing, (404, "NOT_FOUND"));
}

const LOGIN: &str = "mutation { login(input: {username: \"admin@dmn\", password: \"guess\"}) { status } }";

/// What somebody makes another's browser or token do.
fn borrowed(of: &mut Attacker) {
    let get = of.request(Method::GET, &format!("/graphql?query={}", encoded(LOGIN)));
    of.add("a mutation by GET", get, (405, "BAD_USER_INPUT"));
    let get = of.request(Method::GET, &format!("/graphql?query={}", encoded(LOGIN)));
    of.add(
        "a method that is overridden",
        get.header("x-http-method-override", "POST"),
        (405, "BAD_USER_INPUT"),
    );
    let foreign =
        of.by_cookie(&Method::POST, "{ viewer { loginName } }").header("origin", "https://evil.example");
    of.add("another site's script", foreign, FORBIDDEN);
    let foreign =
        of.by_cookie(&Method::POST, "{ viewer { loginName } }").header("sec-fetch-site", "cross-site");
    of.add("another site's form", foreign, FORBIDDEN);
    let sandboxed = of.by_cookie(&Method::POST, "{ viewer { loginName } }").header("origin", "null");
    of.add("a sandboxed frame", sandboxed, FORBIDDEN);
    let link = of.by_cookie(&Method::GET, "{ viewer { loginName } }");
    of.add("a link with the cookie", link, FORBIDDEN);
    let twice = format!("portalgraph={token}; portalgraph={token}", token = of.client.token);
    let twice = of.house.http().post(format!("{}/graphql", of.house.url)).header("cookie", twice);
    let twice = twice.header("content-type", "application/json").body("{\"query\": \"{ __typename }\"}");
    of.add("a second cookie", twice, BAD);
    let cut = &of.client.token[..20];
    let cut = of.house.http().post(format!("{}/graphql", of.house.url)).bearer_auth(cut);
    let cut =
        cut.header("content-type", "application/json").body("{\"query\": \"{ users { totalCount } }\"}");
    of.add("a token that was guessed", cut, (200, "UNAUTHENTICATED"));
}

/// Asking for what is not told.
fn curious(of: &mut Attacker) {
    of.query("introspection", "{ __schema { queryType { name } } }", (200, "FORBIDDEN"));
    of.query("introspection of a type", "{ __type(name: \"User\") { name } }", (200, "FORBIDDEN"));
    of.query(
        "introspection by a fragment",
        "{ ...F } fragment F on Query { s: __schema { types { name } } }",
        (200, "FORBIDDEN"),
    );
    of.query("a field that is nearly one", "{ user_s { totalCount } }", INVALID);
    of.query(
        "the engine's own fields",
        "{ _service { sdl } _entities(representations: []) { __typename } }",
        INVALID,
    );
    of.body(
        "a prototype",
        &json!({"query": "{ users(first: 1) { nodes { __proto__ { id } } } }", "__proto__": {"a": 1}}),
        INVALID,
    );
}

async fn outcome(response: Response) -> (u16, String, String) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let code = body["errors"][0]["extensions"]["code"].as_str().unwrap_or("none").to_owned();
    (status, code, text)
}

#[tokio::test]
async fn each_of_the_usual_attacks_ends_in_its_own_refusal_and_reaches_no_portal() {
    let mut attacker = Attacker::new().await;
    too_much(&mut attacker);
    malformed(&mut attacker);
    borrowed(&mut attacker);
    curious(&mut attacker);
    assert!(attacker.attacks.len() >= 40, "{}", attacker.attacks.len());
    let mut wrong = Vec::new();
    for Attack { name, request, status, code } in attacker.attacks {
        let (told, said, text) = outcome(request.send().await.unwrap()).await;
        let calls = attacker.house.calls();
        if (told, said.as_str()) != (status, code) || !calls.is_empty() || text.len() > 2_000 {
            wrong.push(format!("{name}: {told} {said} instead of {status} {code}, {calls:?}, {text:.300}"));
        }
        // A name of the schema that the attacker did not know is none the attacker should learn.
        if text.contains("Did you mean") || text.contains("skillGroups") {
            wrong.push(format!("{name}: {text:.300}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // And who was attacked is still there.
    let viewer = attacker.client.data("{ viewer { loginName } }").await;
    assert_eq!(viewer["viewer"]["loginName"], DEMO_LOGIN.0);
}

#[tokio::test]
async fn a_page_without_end_costs_no_more_than_the_list() {
    let house = House::over(World::demo()).await;
    let client = house.sign_in(DEMO_LOGIN).await;
    house.calls();
    for first in [1_000_000_000, -1] {
        let answer = client.ask(&format!("{{ users(first: {first}) {{ nodes {{ id }} }} }}")).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    }
    assert_eq!(house.calls(), [("getUsers", 1)].into());
}

#[tokio::test]
async fn a_session_that_somebody_else_has_chosen_is_not_the_one_that_is_signed_in() {
    let house = House::over(World::demo()).await;
    let chosen = house.nobody().holding(&"A".repeat(43));
    let signed_in = chosen.entering(crate::house::PORTAL, DEMO_LOGIN).await;
    assert_ne!(signed_in.token, chosen.token);
    assert!(chosen.data("{ viewer { loginName } }").await["viewer"].is_null());
    // Nor does the attacker's own session become the victim's.
    let attackers = house.sign_in(("partner@dmn", "demo")).await;
    let victims = attackers.entering(crate::house::PORTAL, DEMO_LOGIN).await;
    assert!(attackers.data("{ viewer { loginName } }").await["viewer"].is_null());
    assert_eq!(victims.data("{ viewer { loginName } }").await["viewer"]["loginName"], DEMO_LOGIN.0);
}

#[tokio::test]
async fn a_name_cannot_be_written_into_the_log_or_a_header() {
    let house = House::over(World::demo()).await;
    let body =
        json!({"query": "query A { __typename }", "operationName": "A\r\nset-cookie: a=b"}).to_string();
    let request =
        house.http().post(format!("{}/graphql", house.url)).header("content-type", "application/json");
    let response = request.header("x-request-id", "a".repeat(5_000)).body(body).send().await.unwrap();
    assert!(!response.headers().contains_key("set-cookie"));
    assert!(response.headers()["x-request-id"].len() < 200);
    assert_eq!(outcome(response).await.1, "BAD_USER_INPUT");
}

//! One file in `queries/`, one situation: its snapshot holds the answer and the portal calls it cost.
//!
//! Comment lines at the top of a file set the scene:
//! - `# login: name@abc` signs in with another login than the demonstration's administrator; `nobody` has no session;
//! - `# icws: icadmin` signs in to ICWS as well, or to nothing else beside `# login: nobody`;
//! - `# tenant: 102` selects a tenant, where the login has several;
//! - `# world: 1000` takes a sized world instead of the demonstration;
//! - `# variables: {…}`, where a text `id:101:User:10100001` stands for the global id of that record;
//! - `# before: {…}` asks something else first;
//! - `# fault: operation Kind` lets an operation go wrong (see `fault`), `# stopped` all of them: nothing listens;
//! - `# again` asks twice and shows the second time, `# bodies` shows what each call asked.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portalgraph::simulator::{
    Call, DEMO_ICWS_PASSWORD, DEMO_LOGIN, Fault, SIZED_ICWS_PASSWORD, SIZED_LOGIN, SIZED_PASSWORD, World,
};
use serde_json::Value;

use crate::house::{Answer, Client, House, ICWS};

#[test]
fn every_situation_is_answered_at_its_known_cost() {
    insta::glob!("queries/*.graphql", |path| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        insta::assert_snapshot!(runtime.block_on(situation(path)));
    });
}

/// The comment lines at the top of a file.
struct Settings<'a>(Vec<&'a str>);

impl Settings<'_> {
    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(move |line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains(&name)
    }
}

async fn situation(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let settings = Settings(text.lines().map_while(|line| line.strip_prefix("# ")).collect());
    let (world, login) = match settings.get("world") {
        Some(users) => (World::sized(users.parse().unwrap()), SIZED_LOGIN),
        None => (World::demo(), DEMO_LOGIN),
    };
    let house = House::over(world).await;
    let login = settings.get("login").map_or(login, |name| (name, password(name)));
    let mut client = match login {
        ("nobody", _) => None,
        login => Some(enter(house.sign_in(login).await, settings.get("tenant")).await),
    };
    if let Some(user) = settings.get("icws") {
        let password = if settings.get("world").is_some() { SIZED_ICWS_PASSWORD } else { DEMO_ICWS_PASSWORD };
        client = Some(client.unwrap_or_else(|| house.nobody()).entering(ICWS, (user, password)).await);
    }
    if let (Some(query), Some(client)) = (settings.get("before"), &client) {
        client.data(query).await;
    }
    for line in settings.all("fault") {
        let (operation, kind) = line.split_once(' ').unwrap();
        house.simulator.faults().always(Box::leak(operation.to_owned().into_boxed_str()), fault(kind));
    }
    if settings.has("stopped") {
        house.simulator.stop().await;
    }
    let variables = settings.get("variables").map_or(Value::Null, |text| serde_json::from_str(text).unwrap());
    let variables = with_ids(variables);
    let mut answer = None;
    for _ in 0..if settings.has("again") { 2 } else { 1 } {
        house.simulator.journal().take();
        answer = Some(match &client {
            Some(client) => client.ask_with(&text, variables.clone()).await,
            None => house.ask(&text, variables.clone()).await,
        });
    }
    report(house.simulator.journal().take(), settings.has("bodies"), answer.unwrap())
}

fn password(login: &str) -> &'static str {
    if login.ends_with("@siz") { SIZED_PASSWORD } else { DEMO_LOGIN.1 }
}

/// The client in the tenant it selects.
async fn enter(client: Client, tenant: Option<&str>) -> Client {
    let Some(tenant) = tenant else { return client };
    let select =
        format!("mutation {{ selectTenant(input: {{tenantDatabaseId: {tenant}}}) {{ sessionToken }} }}");
    client.holding(client.data(&select).await["selectTenant"]["sessionToken"].as_str().unwrap())
}

/// Replaces what stands for a global id by that id.
fn with_ids(value: Value) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix("id:") {
            Some(record) => URL_SAFE_NO_PAD.encode(format!("portal:{record}")).into(),
            None => text.into(),
        },
        Value::Array(items) => items.into_iter().map(with_ids).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, with_ids(value))).collect(),
        other => other,
    }
}

fn fault(kind: &str) -> Fault {
    let mut words = kind.split(' ');
    let name = words.next().unwrap_or_default();
    let mut number = || words.next().unwrap().parse().unwrap();
    match name {
        "Status" => Fault::Status(u16::try_from(number()).unwrap()),
        "StatusWithRetryAfter" => Fault::StatusWithRetryAfter(u16::try_from(number()).unwrap(), number()),
        "Redirect" => Fault::Redirect,
        "LoginPage" => Fault::LoginPage,
        "Html" => Fault::Html,
        "Empty" => Fault::Empty,
        "NotJson" => Fault::NotJson,
        "Truncated" => Fault::Truncated,
        "Reset" => Fault::Reset,
        "Expire" => Fault::Expire,
        "Huge" => Fault::Huge(number()),
        "WrongType" => Fault::WrongType,
        "RefuseWith" => Fault::RefuseWith(Box::leak(words.next().unwrap().to_owned().into_boxed_str())),
        _ => panic!("no such fault: {kind}"),
    }
}

fn report(calls: Vec<Call>, with_bodies: bool, mut answer: Answer) -> String {
    let mut nothing = Vec::new();
    let errors = answer.body.get_mut("errors").and_then(Value::as_array_mut).unwrap_or(&mut nothing);
    // They come in the order in which they happened, which is not always the same.
    errors.sort_by_cached_key(|error| error["path"].to_string());
    for error in errors {
        // It is different every time; that it is there is promised elsewhere.
        error["extensions"].as_object_mut().map(|extensions| extensions.remove("requestId"));
    }
    let mut lines: Vec<_> = calls
        .into_iter()
        .map(|call| {
            if with_bodies {
                let mut asked = call.body;
                asked.extend(call.query.into_iter().map(|(name, value)| (name, value.into())));
                asked.extend(
                    call.headers.get("Range").map(|range| ("Range".to_owned(), range.clone().into())),
                );
                format!("{} {}", call.operation, Value::Object(asked))
            } else {
                call.operation.to_owned()
            }
        })
        .collect();
    lines.sort();
    let counted =
        lines.chunk_by(|left, right| left == right).map(|same| format!("{} x {}", same.len(), same[0]));
    let calls = if lines.is_empty() { "none".to_owned() } else { counted.collect::<Vec<_>>().join("\n") };
    format!("HTTP {}\n\nportal calls:\n{calls}\n\n{:#}", answer.status.as_u16(), answer.body)
}

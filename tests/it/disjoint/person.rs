//! Who asks, what each of them alone may see, and how an answer that holds anything else is known.

use std::collections::HashSet;
use std::sync::atomic::AtomicUsize;

use portalgraph::simulator::{
    DEMO_PASSWORD, SIZED_ICWS_LOGIN_EAST, SIZED_ICWS_LOGIN_WEST, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST, World,
};
use serde_json::Value;

use super::write::Own;
use super::{QUERIES, configure};
use crate::house::{Client, House, ICWS, PORTAL};

/// How often signing in is tried where the portal fails now and then.
const TRIES: usize = 50;

/// Somebody who sees nothing that the others see, but that callbacks are everybody's in a tenant.
pub struct Person {
    pub portal: (&'static str, &'static str),
    pub tenant: Option<i64>,
    pub icws: Option<(&'static str, &'static str)>,
    /// Is in every text that this person writes.
    pub mark: &'static str,
}

/// Two in one tenant, in turns, and one in another.
pub const PEOPLE: [Person; 3] = [
    Person { portal: SIZED_LOGIN_EAST, tenant: None, icws: Some(SIZED_ICWS_LOGIN_EAST), mark: "zeast" },
    Person { portal: SIZED_LOGIN_WEST, tenant: None, icws: Some(SIZED_ICWS_LOGIN_WEST), mark: "zwest" },
    // Has two tenants and selects the second.
    Person { portal: ("partner@dmn", DEMO_PASSWORD), tenant: Some(102), icws: None, mark: "zsouth" },
];

/// Twenty people in departments that keep to themselves, and the demonstration's two tenants.
pub fn world() -> World {
    let (sized, demo) = (World::sized(20), World::demo());
    World {
        tenants: [sized.tenants, demo.tenants].concat(),
        logins: [sized.logins, demo.logins].concat(),
        ..sized
    }
}

impl Person {
    /// Whether it is signed in where this query is answered.
    pub fn may_ask(&self, query: &str) -> bool {
        self.icws.is_some() || !query.contains("icws")
    }

    /// Signs in, again if the portal fails.
    pub async fn enter(&self, http: &reqwest::Client, url: &str) -> Client {
        for _ in 0..TRIES {
            if let Some(client) = self.try_to_enter(http, url).await {
                return client;
            }
        }
        panic!("{} could not sign in", self.portal.0);
    }

    async fn try_to_enter(&self, http: &reqwest::Client, url: &str) -> Option<Client> {
        let mut client = Client::nobody(http, url);
        let logins = [Some((PORTAL, self.portal)), self.icws.map(|login| (ICWS, login))];
        for (upstream, login) in logins.into_iter().flatten() {
            let answer = client.log_in(upstream, login).await;
            client = client.holding(answer.body["data"]["login"]["sessionToken"].as_str()?);
        }
        if let Some(tenant) = self.tenant {
            let select = format!(
                "mutation {{ selectTenant(input: {{tenantDatabaseId: {tenant}}}) {{ sessionToken }} }}"
            );
            let answer = client.ask(&select).await;
            client = client.holding(answer.body["data"]["selectTenant"]["sessionToken"].as_str()?);
        }
        Some(client)
    }
}

/// What one person may see.
pub struct Theirs {
    /// By query: the texts that tell its rows from somebody else's.
    own: Vec<HashSet<String>>,
    /// What others may see, and this one may not.
    foreign: HashSet<String>,
    /// What this one changes.
    pub records: Own,
    /// How many of the changes were begun.
    pub turn: AtomicUsize,
}

/// What each person may see: what they are answered alone, each by a portal and a gateway of their own.
pub async fn truth() -> Vec<Theirs> {
    let mut seen = Vec::new();
    for person in &PEOPLE {
        let house = House::with(world(), |config| configure(config, true)).await;
        let client = person.enter(house.http(), &house.url).await;
        let mut own = Vec::new();
        for query in QUERIES {
            let mut texts = HashSet::new();
            if person.may_ask(query) {
                // Others' pages may begin elsewhere in the list.
                gather(&client.data(&query.replace("first: 2", "first: 100")).await, &mut texts);
            }
            own.push(texts);
        }
        seen.push((own, Own::of(&client).await));
    }
    let all: Vec<HashSet<_>> =
        seen.iter().map(|(own, _)| own.iter().flatten().cloned().collect::<HashSet<_>>()).collect();
    let everyones = |text: &String| all.iter().all(|texts| texts.contains(text));
    let mut people = Vec::new();
    for (place, (mut own, records)) in seen.into_iter().enumerate() {
        for texts in &mut own {
            texts.retain(|text| !everyones(text));
        }
        for (query, texts) in QUERIES.into_iter().zip(&own) {
            let is_asked = PEOPLE[place].may_ask(query);
            assert_eq!(!texts.is_empty(), is_asked, "{} in {query}", PEOPLE[place].portal.0);
        }
        let foreign = all.iter().flatten().filter(|text| !all[place].contains(*text)).cloned().collect();
        people.push(Theirs { own, foreign, records, turn: AtomicUsize::new(0) });
    }
    people
}

fn gather(value: &Value, into: &mut HashSet<String>) {
    let _ = each_text(value, &mut |text| {
        into.insert(text.to_owned());
        Ok(())
    });
}

fn each_text(value: &Value, look: &mut impl FnMut(&str) -> Result<(), String>) -> Result<(), String> {
    match value {
        Value::String(text) => look(text),
        Value::Array(items) => items.iter().try_for_each(|item| each_text(item, look)),
        Value::Object(fields) => fields.values().try_for_each(|field| each_text(field, look)),
        _ => Ok(()),
    }
}

/// Whether an answer shows something that a person has written.
pub fn has_mark(person: &Person, answer: &Value) -> bool {
    let look = &mut |text: &str| if text.contains(person.mark) { Err(String::new()) } else { Ok(()) };
    each_text(answer, look).is_err()
}

impl Theirs {
    /// Nothing of anybody else's is in an answer to the person at a place.
    pub fn holds_nothing_foreign(&self, place: usize, answer: &Value) -> Result<(), String> {
        let others = || PEOPLE.iter().enumerate().filter(|(other, _)| *other != place);
        each_text(answer, &mut |text| {
            if self.foreign.contains(text) || others().any(|(_, person)| text.contains(person.mark)) {
                return Err(format!("holds {text:?}"));
            }
            Ok(())
        })
    }

    /// There is a row of one's own in the answer to a query.
    pub fn holds_something(&self, query: usize, answer: &Value) -> bool {
        each_text(answer, &mut |text| {
            if self.own[query].contains(text) { Err(String::new()) } else { Ok(()) }
        })
        .is_err()
    }
}

//! A hundred thousand answers, and not a row of anybody else's in them: people who see nothing in common ask everything
//! there is to read over 64 connections, while they write every write there is to records of their own.

mod line;
mod person;
mod write;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use portalgraph::config::Config;
use portalgraph::portal::Operation;
use portalgraph::portal::callback::TestWS;
use portalgraph::simulator::{ANY, Fault, Simulator};

use crate::house::{self, Answer};
use crate::isolation::short_lived;
use crate::operations::{changes, reads};
use crate::redis::Redis;
use line::Line;
use person::{PEOPLE, Theirs, has_mark, truth, world};

const CONNECTIONS: usize = 64;

/// What everybody asks, in the same words. Between them they need every read of both upstreams; records are asked for by
/// their own key, everybody's by everybody.
pub const QUERIES: [&str; 16] = [
    "{ users(first: 2) { nodes { id loginName email department { id name } } } }",
    "{ a: user(by: {databaseId: 10300001}) { id lastName } b: user(by: {databaseId: 10300003}) { id lastName }
       c: user(by: {databaseId: 10200002}) { id lastName } }",
    "{ agents(first: 2) { nodes { id attributes { attribute { id name } } } } }",
    "{ agents(first: 2) { nodes { id skillGroups { id name } } } }",
    "{ skillGroups(first: 2) { nodes { id description agents(first: 2) { nodes { id } } } } }",
    "{ attributes(first: 2) { nodes { id name } } }",
    "{ precisionQueues(first: 2) { nodes { id description steps { terms { attribute { id } } } } } }",
    "{ a: user(by: {databaseId: 10300001}) { accessSummary { groups { name } } }
       b: user(by: {databaseId: 10300003}) { accessSummary { groups { name } } }
       c: user(by: {databaseId: 10200002}) { accessSummary { groups { name } } } }",
    "{ a: user(by: {databaseId: 10300001}) { cloneOptions { selectedUserCollections { name databaseId } } }
       b: user(by: {databaseId: 10300003}) { cloneOptions { selectedUserCollections { name } } }
       c: user(by: {databaseId: 10200002}) { cloneOptions { selectedUserCollections { name } } } }",
    "{ departments { id name } sites { id name } }",
    "{ billingUnits { id name } roleGroups { id name } }",
    "{ platforms { id name } agentProfiles { id name } }",
    "{ agentDeskSettings { id name } isCallbackServiceAvailable }",
    "{ callbackQueues { id name } callbackDispositions { id name } }",
    "{ a: callback(databaseId: 7001) { id queueName } b: callback(databaseId: 7101) { id queueName } }",
    "{ icws { roles(first: 2) { nodes { id name } } } }",
];

/// Settings under which all of it is asked, where several gateways are replicas that share a store, and how many answers are asked for over each connection: more where they are cheap.
struct Setting {
    gateways: usize,
    is_cached: bool,
    goes_wrong: bool,
    answers: usize,
}

const SETTINGS: [Setting; 8] = [
    Setting { gateways: 1, is_cached: true, goes_wrong: false, answers: 384 },
    Setting { gateways: 2, is_cached: true, goes_wrong: false, answers: 384 },
    Setting { gateways: 1, is_cached: true, goes_wrong: true, answers: 384 },
    Setting { gateways: 2, is_cached: true, goes_wrong: true, answers: 384 },
    Setting { gateways: 1, is_cached: false, goes_wrong: false, answers: 20 },
    Setting { gateways: 2, is_cached: false, goes_wrong: false, answers: 20 },
    Setting { gateways: 1, is_cached: false, goes_wrong: true, answers: 20 },
    Setting { gateways: 2, is_cached: false, goes_wrong: true, answers: 20 },
];

fn configure(config: &mut Config, is_cached: bool) {
    config.rate.identity_requests_per_minute = 0;
    config.rate.address_requests_per_minute = 0;
    config.rate.login_failures = 100_000;
    config.server.worker_threads = 2;
    config.portal.dialect.status_field.push_str("enabled");
    config.icws.role_creation_wait_milliseconds = 0;
    if !is_cached {
        config.cache.max_bytes = 0;
        config.cache.max_whole_answer_bytes = 0;
        short_lived(config, 0);
    }
}

/// What goes wrong with one call in some, one kind after the other.
const FAULTS: [Fault; 12] = [
    Fault::Status(500),
    Fault::Expire,
    Fault::Delay(Duration::from_millis(5)),
    Fault::Truncated,
    Fault::Reset,
    Fault::LoginPage,
    Fault::RefuseWith("NOT_TODAY"),
    Fault::ResetAfter,
    Fault::WrongType,
    Fault::NotJson,
    Fault::DelayAfter(Duration::from_millis(5)),
    Fault::Empty,
];
const CALLS_A_FAULT: u64 = 12;

async fn go_wrong(simulator: Arc<Simulator>) {
    let mut seen = 0;
    for fault in FAULTS.iter().cycle() {
        while simulator.journal().count() < seen + CALLS_A_FAULT {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        seen = simulator.journal().count();
        simulator.faults().next(ANY, fault.clone(), 1);
    }
}

/// What the connections of one setting share.
struct Run {
    setting: &'static Setting,
    urls: Vec<String>,
    people: Arc<Vec<Theirs>>,
}

/// What came of one connection, or of many.
#[derive(Default)]
struct Outcome {
    answers: usize,
    failed: usize,
    codes: BTreeSet<String>,
    /// Who was answered something that they themselves had written.
    readers: BTreeSet<usize>,
    calls: BTreeSet<(&'static str, Option<String>)>,
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.answers += other.answers;
        self.failed += other.failed;
        self.codes.extend(other.codes);
        self.readers.extend(other.readers);
        self.calls.extend(other.calls);
    }
}

impl Run {
    /// All that is asked over one connection, by one person; neighbours ask the same at about the same time.
    async fn connect(self: Arc<Self>, place: usize) -> Outcome {
        let (who, url) = (place % PEOPLE.len(), &self.urls[place % self.urls.len()]);
        let (person, theirs, http) = (&PEOPLE[who], &self.people[who], house::http());
        // Signed in and writing at one gateway, reading at the other, where there are two.
        let home = &self.urls[(place + 1) % self.urls.len()];
        let mut client = person.enter(&http, home).await;
        let mut line = Line::open(url).await;
        let mut outcome = Outcome::default();
        // Primes, so that every connection has its share.
        let write_each = if self.setting.is_cached { 601 } else { 37 };
        for step in 0..self.setting.answers {
            let moment = step * CONNECTIONS + place;
            let codes = if moment.is_multiple_of(write_each) {
                let turn = theirs.turn.fetch_add(1, Ordering::Relaxed);
                let answers = theirs.records.write(&client, person, turn).await;
                answers.iter().flat_map(|answer| self.judge(who, answer, None)).collect()
            } else {
                let asked: Vec<_> = (0..QUERIES.len()).filter(|at| person.may_ask(QUERIES[*at])).collect();
                let query = asked[(step + place / PEOPLE.len()) % asked.len()];
                // What is kept whole answers most; one in some is a document that nobody sent before.
                let name = if moment.is_multiple_of(59) { format!("Q{moment}") } else { "Q".to_owned() };
                let answer = line.ask(&client.token, &format!("query {name} {}", QUERIES[query])).await;
                if has_mark(person, &answer.body["data"]) {
                    outcome.readers.insert(who);
                }
                self.judge(who, &answer, Some(query))
            };
            outcome.answers += 1;
            outcome.failed += usize::from(!codes.is_empty());
            if codes.contains(&"UNAUTHENTICATED".to_owned()) {
                client = person.enter(&http, home).await;
            }
            outcome.codes.extend(codes);
        }
        client.ask("mutation { logout { isSignedOut } }").await;
        outcome
    }

    /// Looks at an answer; the codes of its errors.
    fn judge(&self, who: usize, answer: &Answer, query: Option<usize>) -> Vec<String> {
        let about = || {
            let asked = query.map_or("a mutation", |query| QUERIES[query]);
            format!("{} was answered {}\nto {asked}", PEOPLE[who].portal.0, answer.body)
        };
        if let Err(why) = self.people[who].holds_nothing_foreign(who, &answer.body) {
            panic!("a foreign row: {why}: {}", about());
        }
        let codes: Vec<_> = answer.codes().into_iter().map(ToOwned::to_owned).collect();
        // The portal may refuse a write: some callbacks are cancelled twice.
        assert!(codes.is_empty() || self.setting.goes_wrong || query.is_none(), "{}", about());
        if let (true, Some(query)) = (codes.is_empty(), query) {
            assert!(self.people[who].holds_something(query, &answer.body["data"]), "no row: {}", about());
        }
        codes
    }
}

async fn run(setting: &'static Setting, people: &Arc<Vec<Theirs>>) -> Outcome {
    let simulator = Arc::new(Simulator::local(world()).await);
    let (mut urls, mut stops) = (Vec::new(), Vec::new());
    let redis = (setting.gateways > 1).then(Redis::start);
    for _ in 0..setting.gateways {
        let mut config = Config::default();
        configure(&mut config, setting.is_cached);
        if let Some(redis) = &redis {
            redis.name_in(&mut config);
            config.cache.shared = true;
        }
        config.portal.url = simulator.url();
        config.portal.callback_url = simulator.url();
        config.icws.url = simulator.url();
        let (url, stop) = house::gateway(config).await;
        urls.push(url);
        stops.push(stop);
    }
    let spoiling = setting.goes_wrong.then(|| tokio::spawn(go_wrong(Arc::clone(&simulator))));
    let run = Arc::new(Run { setting, urls, people: Arc::clone(people) });
    let connections: Vec<_> =
        (0..CONNECTIONS).map(|place| tokio::spawn(Arc::clone(&run).connect(place))).collect();
    let mut outcome = Outcome::default();
    for connection in connections {
        outcome.add(connection.await.unwrap());
    }
    if let Some(spoiling) = spoiling {
        spoiling.abort();
    }
    outcome.calls = simulator.journal().take().into_iter().map(|call| (call.operation, call.login)).collect();
    outcome
}

macro_rules! names {
    ([$($operation:path,)*]) => { [$(<$operation as Operation>::NAME),*] };
}

/// Everybody made every call that is theirs to make; those of callbacks are nobody's.
fn assert_complete(calls: &BTreeSet<(&'static str, Option<String>)>) {
    let of_portal = reads!(names).into_iter().chain(changes!(names)).chain([TestWS::NAME]);
    let mut missing = Vec::new();
    let mut count = 0;
    for operation in of_portal {
        count += 1;
        let selects = |login: &str| operation != "authorizeUserToTenant" || login == PEOPLE[2].portal.0;
        for (login, _) in PEOPLE.iter().map(|person| person.portal).filter(|(login, _)| selects(login)) {
            if ![Some(login.to_owned()), None].into_iter().any(|by| calls.contains(&(operation, by))) {
                missing.push((operation, login));
            }
        }
    }
    assert_eq!(count, 41, "operations of the portal");
    for operation in ["connect", "listRoles", "createRole", "disconnect"] {
        for (login, _) in PEOPLE.iter().filter_map(|person| person.icws) {
            if !calls.contains(&(operation, Some(login.to_owned()))) {
                missing.push((operation, login));
            }
        }
    }
    assert!(missing.is_empty(), "never called: {missing:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_thousand_answers_hold_no_foreign_row() {
    let people = Arc::new(truth().await);
    let (mut answers, mut readers) = (0, BTreeSet::new());
    let mut calls = [BTreeSet::new(), BTreeSet::new()];
    for setting in &SETTINGS {
        let outcome = run(setting, &people).await;
        if setting.goes_wrong {
            // Reads that were lost are asked again, and seldom lost twice.
            assert!(
                outcome.failed > 20 && outcome.codes.len() > 2,
                "too little went wrong: {:?}",
                outcome.codes
            );
        }
        readers.extend(outcome.readers);
        answers += outcome.answers;
        calls[usize::from(setting.is_cached)].extend(outcome.calls);
    }
    assert!(answers >= 100_000, "{answers}");
    assert_eq!(readers.len(), PEOPLE.len(), "somebody never saw what they wrote");
    calls.iter().for_each(assert_complete);
}

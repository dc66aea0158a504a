//! What one may see never reaches another: everybody asks for everything at once, and each answer must be, letter for
//! letter, what the same person gets alone through a gateway of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portalgraph::config::{Catalogue, Config};
use portalgraph::simulator::{
    ANY, DEMO_LOGIN, DEMO_PASSWORD, Fault, SIZED_ICWS_LOGIN, SIZED_ICWS_LOGIN_EAST, SIZED_ICWS_LOGIN_WEST,
    SIZED_LOGIN, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST, Tenant, World,
};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::everything::Schema;
use crate::house::{self, Client, House, ICWS, PORTAL};

/// Sees the second tenant of the demonstration.
const SOUTH: (&str, &str) = ("south@dms", DEMO_PASSWORD);

/// Somebody: each upstream they sign in to, and as whom.
type Person = &'static [(&'static str, (&'static str, &'static str))];

/// Two who see nothing in common, who sees it all, two in two other tenants, of whom one is at ICWS who the first is
/// there, and one who is at ICWS alone.
const PEOPLE: [Person; 6] = [
    &[(PORTAL, SIZED_LOGIN_EAST), (ICWS, SIZED_ICWS_LOGIN_EAST)],
    &[(ICWS, SIZED_ICWS_LOGIN_WEST), (PORTAL, SIZED_LOGIN_WEST)],
    &[(PORTAL, SIZED_LOGIN), (ICWS, SIZED_ICWS_LOGIN)],
    &[(PORTAL, DEMO_LOGIN)],
    &[(PORTAL, SOUTH), (ICWS, SIZED_ICWS_LOGIN_EAST)],
    &[(ICWS, SIZED_ICWS_LOGIN_WEST)],
];
const EAST: usize = 0;
const WEST: usize = 1;

/// What names the rows of either of the two alone: departments give their names to most of what they have, and regions
/// to everything of a role.
const EASTERN: [&str; 6] = ["Orders", "Returns", "Meadow", "Forest", "East 0", "east.user"];
const WESTERN: [&str; 6] = ["Repairs", "Travel", "Lake", "River", "West 0", "west.user"];

/// One right of each kind: all of them would be most of every answer.
const RIGHTS: [&str; 3] = ["followMe", "viewReport", "roles"];

/// Three tenants, in which the same kinds of rows have different names.
fn world() -> World {
    let (mut sized, demo) = (World::sized(20), World::demo());
    for role in sized.icws.roles.iter_mut().map(Arc::make_mut) {
        let sheets = [&mut role.security_rights, &mut role.access_rights, &mut role.administrative_rights];
        for sheet in sheets.into_iter().flatten() {
            Arc::make_mut(sheet).retain(|name, _| RIGHTS.contains(&name.as_str()));
        }
    }
    World {
        tenants: [sized.tenants, demo.tenants].concat(),
        logins: [sized.logins, demo.logins].concat(),
        ..sized
    }
}

async fn enter(http: &reqwest::Client, url: &str, person: Person) -> Client {
    let mut client = Client::nobody(http, url);
    for (upstream, login) in person {
        client = client.entering(upstream, *login).await;
    }
    client
}

fn roomy(config: &mut Config) {
    config.server.worker_threads = 3;
    config.limits.max_fields = 100_000;
    config.limits.max_tokens = 100_000;
    config.limits.default_page_size = 2;
    config.server.max_body_bytes = 4_000_000;
}

/// The same for every test, because the world is.
static TRUTH: OnceCell<Arc<Truth>> = OnceCell::const_new();

/// What everybody asks, and what each of them is to be answered.
struct Truth {
    queries: Vec<String>,
    answers: Vec<Vec<String>>,
}

impl Truth {
    async fn get() -> Arc<Self> {
        Arc::clone(TRUTH.get_or_init(|| async { Arc::new(Self::of(&*house(|_| ()).await).await) }).await)
    }

    /// Asks on behalf of each alone, each through a gateway of their own in front of one portal.
    async fn of(house: &House) -> Self {
        let schema = Schema::of(house).await;
        let mut queries: Vec<_> =
            schema.roots().map(|root| format!("{{ {root}{} }}", schema.below(root))).collect();
        let mut alone = Vec::new();
        let mut ids = BTreeMap::<String, BTreeSet<String>>::new();
        for person in PEOPLE {
            let mut config = Config::default();
            roomy(&mut config);
            config.portal.url = house.simulator.url();
            config.portal.callback_url = house.simulator.url();
            config.icws.url = house.simulator.url();
            let (url, stop) = house::gateway(config).await;
            let client = enter(house.http(), &url, person).await;
            let mut seen = BTreeMap::new();
            for query in &queries {
                gather(&client.ask(query).await.body["data"], &mut seen, &mut ids);
            }
            alone.push((client, stop));
        }
        // They are in no list.
        let callbacks = house.simulator.world(|world| {
            let of = |tenant: &Tenant| {
                let keys = tenant.callbacks.iter().filter_map(|callback| callback.id_call_back);
                keys.map(|key| format!("portal:{}:Callback:{key}", tenant.id)).collect::<Vec<_>>()
            };
            world.tenants.iter().flat_map(of).map(|id| URL_SAFE_NO_PAD.encode(id)).collect()
        });
        ids.insert("Callback".to_owned(), callbacks);
        queries.extend(by_name(&schema, &ids));
        assert_eq!(schema.missing_from(&queries), BTreeSet::new(), "fields nobody asks for");
        let mut answers = Vec::new();
        for (client, _stop) in &alone {
            let mut own = Vec::new();
            for query in &queries {
                own.push(ask(house.http(), client, query).await);
            }
            answers.push(own);
        }
        Self { queries, answers }
    }
}

/// Gathers the first global id of each type of what one person sees; `seen` counts that person's own.
fn gather(value: &Value, seen: &mut BTreeMap<String, usize>, ids: &mut BTreeMap<String, BTreeSet<String>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, seen, ids)),
        Value::Object(fields) => {
            if let (Some(Value::String(id)), Some(Value::String(kind))) =
                (fields.get("id"), fields.get("__typename"))
            {
                let known = ids.entry(kind.clone()).or_default();
                let count = seen.entry(kind.clone()).or_default();
                if *count < 1 && known.insert(id.clone()) {
                    *count += 1;
                }
            }
            fields.values().for_each(|value| gather(value, seen, ids));
        }
        _ => {}
    }
}

/// Each record by every name it has: one's own, those of others and those of other tenants.
fn by_name(schema: &Schema, ids: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut queries = Vec::new();
    for kind in schema.nodes() {
        let ids: Vec<_> = ids.get(kind).unwrap_or_else(|| panic!("nobody sees a {kind}")).iter().collect();
        let record = schema.record(kind);
        for some in ids.chunks(10) {
            let list = json!(some).to_string();
            queries.push(format!("{{ nodes(ids: {list}) {{ __typename id ... on {kind}{record} }} }}"));
        }
        queries.push(format!("{{ node(id: \"{}\") {{ __typename id ... on {kind}{record} }} }}", ids[0]));
        for (root, argument) in [
            ("User", "user(by: {databaseId: KEY})"),
            ("Agent", "agent(by: {databaseId: KEY})"),
            ("SkillGroup", "skillGroup(by: {databaseId: KEY})"),
            ("Attribute", "attribute(by: {databaseId: KEY})"),
            ("PrecisionQueue", "precisionQueue(by: {databaseId: KEY})"),
            ("Callback", "callback(databaseId: KEY)"),
            ("IcwsRole", "icws { role(by: {roleId: \"KEY\"})"),
        ] {
            if root == kind {
                let fields = ids.iter().take(6).enumerate().map(|(place, id)| {
                    let end = if argument.starts_with("icws") { " }" } else { "" };
                    format!(" a{place}: {}{record}{end}", argument.replace("KEY", &key(id)))
                });
                queries.push(format!("{{{} }}", fields.collect::<String>()));
            }
        }
    }
    queries
}

/// The portal's own key in a global id.
fn key(id: &str) -> String {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id).unwrap()).unwrap();
    text.rsplit(':').next().unwrap().to_owned()
}

async fn ask(http: &reqwest::Client, client: &Client, query: &str) -> String {
    let request = http.post(format!("{}/graphql", client.url)).bearer_auth(&client.token);
    let request = request.header("content-type", "application/json");
    request.body(json!({ "query": query }).to_string()).send().await.unwrap().text().await.unwrap()
}

/// Everybody asks everything through one gateway, `rounds` times over, some of it at the same moment; `judge` sees each
/// answer and the truth of it. Answers how many answers there were.
async fn interleave(
    house: &Arc<House>,
    truth: &Arc<Truth>,
    rounds: usize,
    judge: fn(&Value, &Value) -> Result<(), String>,
) -> usize {
    let mut askers = Vec::new();
    for (person, who) in PEOPLE.into_iter().enumerate() {
        let client = enter(house.http(), &house.url, who).await;
        // The second session of the same person may share with the first.
        let second = enter(house.http(), &house.url, who).await;
        for asker in 0..rounds {
            let (house, truth) = (Arc::clone(house), Arc::clone(truth));
            let mut client = if asker % 2 == 0 { client.clone() } else { second.clone() };
            askers.push(tokio::spawn(async move {
                let count = truth.queries.len();
                for step in 0..count {
                    // Neighbours ask the same thing at about the same time, each person in the same order.
                    let which = (step + asker * 7) % count;
                    let (query, expected) = (&truth.queries[which], &truth.answers[person][which]);
                    let answer = ask(house.http(), &client, query).await;
                    if answer != *expected {
                        let [answer, expected] =
                            [&answer, expected].map(|text| serde_json::from_str(text).unwrap());
                        if let Err(why) = judge(&answer, &expected) {
                            panic!("{who:?} asked {query}\nand was answered {why}");
                        }
                        let ended =
                            |answer: &Value| answer["errors"].to_string().matches("UNAUTHENTICATED").count();
                        if ended(&answer) > ended(&expected) {
                            client = enter(house.http(), &house.url, who).await;
                        }
                    }
                }
                count
            }));
        }
    }
    let mut answered = 0;
    for asker in askers {
        answered += asker.await.unwrap();
    }
    answered
}

fn the_same(answer: &Value, expected: &Value) -> Result<(), String> {
    if expected.get("errors").is_some() {
        // Who is not signed in somewhere is told so each time, with an id of the request.
        return if plain(answer) == plain(expected) { Ok(()) } else { Err(answer.to_string()) };
    }
    if answer == expected {
        Err("in another order".to_owned())
    } else {
        within(answer, expected).and(Err(answer.to_string()))
    }
}

fn plain(answer: &Value) -> Value {
    let mut answer = answer.clone();
    for error in answer["errors"].as_array_mut().into_iter().flatten() {
        error["extensions"].as_object_mut().map(|extensions| extensions.remove("requestId"));
    }
    answer["errors"].as_array_mut().into_iter().for_each(|errors| errors.sort_by_key(Value::to_string));
    answer
}

/// Nothing in the answer's data that is not at the same place of the truth; less of it may be there.
fn nothing_more(answer: &Value, expected: &Value) -> Result<(), String> {
    within(&answer["data"], &expected["data"])
}

fn within(answer: &Value, expected: &Value) -> Result<(), String> {
    match (answer, expected) {
        (Value::Null, _) => Ok(()),
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            items.iter().zip(others).try_for_each(|(item, other)| within(item, other))
        }
        (Value::Object(fields), Value::Object(others)) => fields.iter().try_for_each(|(name, value)| {
            within(value, others.get(name).unwrap_or(&Value::Null)).map_err(|why| format!("{name}: {why}"))
        }),
        (answer, expected) if answer == expected => Ok(()),
        (answer, expected) => Err(format!("{answer:.200} instead of {expected:.200}")),
    }
}

async fn house(change: impl FnOnce(&mut Config)) -> Arc<House> {
    Arc::new(
        House::with(world(), |config| {
            roomy(config);
            change(config);
        })
        .await,
    )
}

pub fn short_lived(config: &mut Config, seconds: u64) {
    let cache = &mut config.cache;
    for kept in [
        &mut cache.user_seconds,
        &mut cache.skill_group_seconds,
        &mut cache.attribute_seconds,
        &mut cache.precision_queue_seconds,
        &mut cache.callback_seconds,
        &mut cache.access_seconds,
        &mut cache.catalogue_seconds,
        &mut cache.icws_role_seconds,
    ] {
        *kept = seconds;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_alone_sees_nothing_of_the_other() {
    let truth = Truth::get().await;
    let [east, west] = [EAST, WEST].map(|person| truth.answers[person].concat());
    for (own, others, names) in [(&east, &west, EASTERN), (&west, &east, WESTERN)] {
        for name in names {
            assert!(own.contains(name), "{name} is not seen by who may see it");
            let found = others.find(name).map(|place| &others[place.saturating_sub(200)..place + 50]);
            assert_eq!(found, None, "{name} is seen by who may not");
        }
    }
    // Tenants have nothing in common at all, not even ids.
    for (person, tenants) in [(EAST, [101, 102]), (WEST, [101, 102]), (3, [102, 103]), (4, [101, 103])] {
        let mut ids = BTreeMap::new();
        for answer in &truth.answers[person] {
            // Counted anew for each answer, which gathers more of them.
            gather(&serde_json::from_str(answer).unwrap(), &mut BTreeMap::new(), &mut ids);
        }
        for id in ids.values().flatten() {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id).unwrap()).unwrap();
            assert!(tenants.iter().all(|tenant| !text.contains(&format!("portal:{tenant}:"))), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_questions_interleaved_are_answered_as_if_each_were_alone() {
    let house = house(|_| ()).await;
    let truth = Truth::get().await;
    let rounds = 1_000_usize.div_ceil(truth.queries.len() * PEOPLE.len()).max(2);
    assert!(interleave(&house, &truth, rounds, the_same).await >= 1_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cache_that_is_always_full_mixes_nothing() {
    let house = house(|config| {
        config.cache.max_bytes = 30_000;
        config.cache.max_whole_answer_bytes = 30_000;
    })
    .await;
    let truth = Truth::get().await;
    interleave(&house, &truth, 2, the_same).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn catalogues_that_may_be_shared_mix_nothing_even_if_every_difference_is_forgotten() {
    let house = house(|config| {
        short_lived(config, 1);
        config.cache.shared_catalogues = Catalogue::ALL.into();
        config.cache.shadow_fetch_percent = 50;
        // Less than the catalogues take: what is known of them is always being forgotten.
        config.cache.max_bytes = 30_000;
    })
    .await;
    let truth = Truth::get().await;
    interleave(&house, &truth, 2, the_same).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_shared_while_they_are_under_way_mix_nothing() {
    let house = house(|config| short_lived(config, 0)).await;
    let truth = Truth::get().await;
    house.simulator.settings(|settings| settings.delay = Duration::from_millis(2));
    interleave(&house, &truth, 2, the_same).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sessions_that_end_in_the_middle_mix_nothing() {
    let house = house(|config| short_lived(config, 1)).await;
    let truth = Truth::get().await;
    let ended = Arc::new(AtomicUsize::new(0));
    let (portal, counted) = (Arc::clone(&house), Arc::clone(&ended));
    let ending = tokio::spawn(async move {
        loop {
            portal.simulator.faults().next(ANY, Fault::Expire, 1);
            counted.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    interleave(&house, &truth, 2, nothing_more).await;
    ending.abort();
    assert!(ended.load(Ordering::Relaxed) > 10);
}

//! Filters and orders: worked out by ICWS where it can, here where it cannot, and the answer is the same.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use portalgraph::config::TextComparison;
use portalgraph::simulator::icws::{Reference, Role};
use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_ICWS_VIEWER, Random, World};
use serde_json::{Map, Value, json};

use super::{demo, lists, parameter};
use crate::house::{Client, House};

const QUERY: &str =
    "query($filter: IcwsRoleFilter, $orderBy: IcwsRoleOrder, $first: Int, $after: String, $last: Int,
      $before: String, $notes: Boolean!) { icws {
    roles(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      totalCount nodes { roleId notes @include(if: $notes) } pageInfo { hasNextPage hasPreviousPage } } } }";

/// Texts that lists of conditions are not made for, and some that differ in case alone.
const WORDS: [&str; 22] = [
    "Sales",
    "sales",
    "SALES",
    "Sales agent",
    "sales, late",
    "a,b",
    ",",
    "o'hara",
    "say \"x\"",
    "back\\slash",
    "Äpfel",
    "äpfel",
    "100 %",
    "a+b&c=d",
    "#1?",
    "two  blanks",
    " led",
    "trail ",
    "x",
    "X",
    "日本語",
    "Agent",
];

fn chosen<'a>(numbers: &mut Random, from: &[&'a str]) -> &'a str {
    from[numbers.below(from.len())]
}

fn instant(numbers: &mut Random) -> Option<Timestamp> {
    // Few days, so that many roles have the same.
    let day = numbers.below(7);
    (day > 0).then(|| Timestamp::from_second(1_600_000_000 + i64::try_from(day).unwrap() * 86_400).unwrap())
}

/// Roles with every kind of text in every place, and none in some.
fn world(numbers: &mut Random) -> World {
    let mut world = World::demo();
    let people = ["ada", "ben", "Clara", "o'hara", "a,b"];
    world.icws.roles = (0..70)
        .map(|place| {
            let mut some = |kind: &str| -> Option<Vec<Reference>> {
                let count = numbers.below(4);
                let named = |_| Reference::new(kind, people[numbers.below(people.len())], "Name");
                (count < 3).then(|| (0..count).map(named).collect())
            };
            let (users, workgroups) = (some("users"), some("workgroups"));
            let name = format!("{} {}", chosen(numbers, &WORDS), chosen(numbers, &WORDS));
            let id = format!("{}{place}", chosen(numbers, &["r", "R", "Äx,", "it's "]));
            Arc::new(Role {
                notes: (numbers.below(4) > 0).then(|| chosen(numbers, &WORDS).repeat(1 + numbers.below(2))),
                created: instant(numbers),
                modified: instant(numbers),
                users,
                workgroups,
                ..Role::new(&id, &name)
            })
        })
        .collect();
    world
}

/// A filter as a client writes it.
fn filter(numbers: &mut Random) -> Value {
    let mut filter = Map::new();
    for field in ["roleId", "name", "notes"] {
        if numbers.below(3) > 0 {
            continue;
        }
        let mut text = Map::new();
        for part in ["equals", "startsWith", "contains"] {
            if numbers.below(2) > 0 {
                continue;
            }
            let word = match numbers.below(8) {
                0 => String::new(),
                1 => chosen(numbers, &["s", "A", "r", "R1", " ", ",", "l"]).to_owned(),
                2 => format!("{} {}", chosen(numbers, &WORDS), chosen(numbers, &WORDS)),
                _ => chosen(numbers, &WORDS).to_owned(),
            };
            text.insert(part.to_owned(), json!(word));
        }
        filter.insert(field.to_owned(), Value::Object(text));
    }
    for (field, words) in [("member", ["ADA", "ben", "a,b"]), ("workgroup", ["ada", "clara", "o'hara"])] {
        if numbers.below(6) == 0 {
            filter.insert(field.to_owned(), json!(chosen(numbers, &words)));
        }
    }
    for field in ["minCreatedAt", "minLastModifiedAt"] {
        let since = instant(numbers);
        if let Some(since) = since.filter(|_| numbers.below(6) == 0) {
            filter.insert(field.to_owned(), json!(since.to_string()));
        }
    }
    Value::Object(filter)
}

fn page(numbers: &mut Random) -> Value {
    let cursor = |place: usize| json!(URL_SAFE_NO_PAD.encode(format!("place:{place}")));
    let size = numbers.below(9);
    match numbers.below(5) {
        0 => json!({"first": 200}),
        1 => json!({"first": size}),
        2 => json!({"first": size, "after": cursor(numbers.below(12))}),
        3 => json!({"last": size}),
        _ => json!({"last": size, "before": cursor(numbers.below(12))}),
    }
}

/// Whether a role is to be listed, judged plainly.
fn passes(role: &Role, filter: &Value, fold: fn(&str) -> String) -> bool {
    let texts = [
        ("roleId", Some(role.identity.id.as_str())),
        ("name", role.identity.display_name.as_deref()),
        ("notes", role.notes.as_deref()),
    ];
    let texts = texts.into_iter().all(|(field, text)| {
        let parts = filter[field].as_object().into_iter().flatten();
        parts.into_iter().all(|(part, wanted)| {
            let (text, wanted) = (text.map(fold), fold(wanted.as_str().unwrap()));
            text.is_some_and(|text| match part.as_str() {
                "equals" => text == wanted,
                "startsWith" => text.starts_with(&wanted),
                _ => text.contains(&wanted),
            })
        })
    });
    let named = |field: &str, objects: &Option<Vec<Reference>>| {
        let Some(wanted) = filter[field].as_str() else { return true };
        objects.iter().flatten().any(|object| fold(&object.id) == fold(wanted))
    };
    let since = |field: &str, at: Option<Timestamp>| {
        let Some(since) = filter[field].as_str() else { return true };
        at.is_some_and(|at| at >= since.parse().unwrap())
    };
    texts
        && named("member", &role.users)
        && named("workgroup", &role.workgroups)
        && since("minCreatedAt", role.created)
        && since("minLastModifiedAt", role.modified)
}

/// The roles in the order asked for; equals in the order of their names.
fn ordered<'a>(mut roles: Vec<&'a Role>, order: &Value, fold: fn(&str) -> String) -> Vec<&'a Role> {
    let name = |role: &Role| role.identity.display_name.clone().unwrap_or_default();
    let id = |role: &Role| role.identity.id.clone();
    roles.sort_by_key(|role| (fold(&name(role)), name(role), id(role)));
    let is_descending = order["direction"] == "DESC";
    match order["field"].as_str() {
        Some("NAME") if is_descending => roles.reverse(),
        None | Some("NAME") => {}
        Some("ROLE_ID") => {
            roles.sort_by_key(|role| (fold(&id(role)), id(role)));
            if is_descending {
                roles.reverse();
            }
        }
        Some(field) => {
            let at = |role: &Role| if field == "CREATED_AT" { role.created } else { role.modified };
            let second = |role: &Role| at(role).unwrap().as_second();
            let (mut dated, undated): (Vec<_>, Vec<_>) =
                roles.into_iter().partition(|role| at(role).is_some());
            dated.sort_by_key(|role| if is_descending { -second(role) } else { second(role) });
            roles = dated.into_iter().chain(undated).collect();
        }
    }
    roles
}

fn cut(page: &Value, total: usize) -> std::ops::Range<usize> {
    let place = |name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(page[name].as_str()?).unwrap();
        String::from_utf8(bytes).unwrap()["place:".len()..].parse::<usize>().ok()
    };
    let start = place("after").map_or(0, |place| place + 1).min(total);
    let end = place("before").unwrap_or(total).min(total).max(start);
    let size = |name: &str| page[name].as_u64().map(|size| usize::try_from(size).unwrap());
    match (size("first"), size("last")) {
        (Some(first), _) => start..end.min(start + first),
        (_, Some(last)) => start.max(end.saturating_sub(last))..end,
        _ => start..end,
    }
}

async fn compare(house: &House, client: &Client, numbers: &mut Random, fold: fn(&str) -> String) -> usize {
    let roles = house.simulator.world(|world| world.icws.roles.clone());
    let filter = filter(numbers);
    let order = if numbers.below(3) == 0 {
        Value::Null
    } else {
        let field = chosen(numbers, &["NAME", "ROLE_ID", "CREATED_AT", "LAST_MODIFIED_AT"]);
        json!({"field": field, "direction": chosen(numbers, &["ASC", "DESC"])})
    };
    let page = page(numbers);
    let mut variables = page.clone();
    variables["filter"] = filter.clone();
    variables["orderBy"] = order.clone();
    variables["notes"] = json!(numbers.below(2) == 0);
    let answer = client.ask_with(QUERY, variables.clone()).await;
    let about = format!("{variables}: {}", answer.body);
    assert!(answer.body.get("errors").is_none(), "{about}");
    let found = &answer.body["data"]["icws"]["roles"];
    let passing = roles.iter().map(AsRef::as_ref).filter(|role| passes(role, &filter, fold)).collect();
    let expected = ordered(passing, &order, fold);
    let rows = cut(&page, expected.len());
    let ids: Vec<_> = expected[rows.clone()].iter().map(|role| role.identity.id.as_str()).collect();
    let answered: Vec<_> =
        found["nodes"].as_array().unwrap().iter().map(|node| node["roleId"].as_str().unwrap()).collect();
    assert_eq!(answered, ids, "{about}");
    assert_eq!(found["totalCount"], expected.len(), "{about}");
    let info = json!({"hasNextPage": rows.end < expected.len(), "hasPreviousPage": rows.start > 0});
    assert_eq!(found["pageInfo"], info, "{about}");
    ids.len()
}

#[tokio::test]
async fn whoever_works_out_a_filter_and_an_order_the_answer_is_the_same() {
    for (comparison, fold) in [
        (TextComparison::IgnoreCase, str::to_lowercase as fn(&str) -> String),
        (TextComparison::Exact, str::to_owned),
    ] {
        let mut numbers = Random::new(0x0f11);
        let house = House::with(world(&mut numbers), |config| {
            config.icws.dialect.text_comparison = comparison;
            config.cache.icws_role_seconds = 0;
        })
        .await;
        house.simulator.settings(|settings| settings.icws.exact_case = comparison == TextComparison::Exact);
        let client = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
        let mut rows = 0;
        for _ in 0..300 {
            rows += compare(&house, &client, &mut numbers, fold).await;
        }
        assert!(rows > 300, "most of these find something: {rows}");
        let calls = house.simulator.journal().take();
        assert!(calls.iter().any(|call| call.query.contains_key("where")), "some is pushed down");
    }
}

#[tokio::test]
async fn what_icws_can_work_out_is_left_to_it() {
    let (house, client) = demo(|config| config.cache.icws_role_seconds = 0).await;
    let (id, name) = ("configurationId.id", "configurationId.displayName");
    for (arguments, wheres, order, select) in [
        ("filter: {roleId: {equals: \"Agent\"}}", format!("{id} eq Agent"), "", ""),
        ("filter: {name: {startsWith: \"Sales a\"}}", format!("{name} sw Sales a"), "", ""),
        ("filter: {notes: {contains: \"call\"}}", "notes ct call".to_owned(), "", ""),
        (
            "filter: {roleId: {startsWith: \"S\", contains: \"a\"}, notes: {contains: \"100 %\"}}",
            format!("{id} sw S,{id} ct a,notes ct 100 %"),
            "",
            "",
        ),
        ("orderBy: {field: NAME}", String::new(), "configurationId.displayName", ""),
        ("orderBy: {field: NAME, direction: DESC}", String::new(), "configurationId.displayName desc", ""),
        ("orderBy: {field: ROLE_ID, direction: DESC}", String::new(), "configurationId.id desc", ""),
        // What is to be judged here needs its property, and all the rest is still left to ICWS.
        ("filter: {name: {contains: \"a,b\", startsWith: \"S\"}}", format!("{name} sw S"), "", ""),
        ("filter: {notes: {contains: \"it's\"}}", String::new(), "", "notes"),
        (
            "filter: {member: \"AdaAlder\"}, orderBy: {field: ROLE_ID}",
            String::new(),
            "configurationId.id",
            "users",
        ),
        ("filter: {workgroup: \"Sales\", roleId: {contains: \"e\"}}", format!("{id} ct e"), "", "workgroups"),
        ("filter: {minCreatedAt: \"2020-01-03T00:00:00Z\"}", String::new(), "", "createdDate"),
        ("filter: {minLastModifiedAt: \"2020-01-03T00:00:00Z\"}", String::new(), "", "lastModifiedDate"),
        ("orderBy: {field: CREATED_AT}", String::new(), "", "createdDate"),
        ("orderBy: {field: LAST_MODIFIED_AT}", String::new(), "", "lastModifiedDate"),
        ("filter: {}", String::new(), "", ""),
    ] {
        client.data(&format!("{{ icws {{ roles({arguments}) {{ nodes {{ name }} }} }} }}")).await;
        let calls = lists(&house);
        let [call] = calls.as_slice() else { panic!("{arguments}: {calls:?}") };
        let sent = ["where", "orderBy", "select"].map(|parameter_name| parameter(call, parameter_name));
        assert_eq!(sent, [wheres.as_str(), order, select], "{arguments}");
    }
}

#[tokio::test]
async fn who_may_only_view_asks_for_the_right_to_view() {
    let (house, _) = demo(|_| ()).await;
    let client = house.sign_in_to_icws(DEMO_ICWS_VIEWER).await;
    house.calls();
    let names = |value: &Value| -> Vec<String> {
        let nodes = value["icws"]["roles"]["nodes"].as_array().unwrap();
        nodes.iter().map(|node| node["roleId"].as_str().unwrap().to_owned()).collect()
    };
    let administered = client.data("{ icws { roles { nodes { roleId } } } }").await;
    assert_eq!(names(&administered), ["SalesAgent", "Trainee"]);
    assert_eq!(parameter(&lists(&house)[0], "rightsFilter"), "");
    let viewed = client.data("{ icws { roles(rightsFilter: VIEW) { nodes { roleId notes } } } }").await;
    assert_eq!(
        names(&viewed),
        ["Agent", "ReportViewer", "SalesAgent", "ServiceAgent", "Supervisor", "Trainee"]
    );
    assert_eq!(parameter(&lists(&house)[0], "rightsFilter"), "view");
    let one = "{ icws { a: role(by: {roleId: \"Agent\"}) { name } b: role(by: {roleId: \"Agent\"}, rightsFilter: VIEW) { name }
        c: role(by: {roleId: \"Administrator\"}, rightsFilter: VIEW) { name } } }";
    let found = client.data(one).await["icws"].clone();
    assert_eq!(found, json!({"a": null, "b": {"name": "Agent"}, "c": null}));
    house.calls();
    // A global id finds what may be viewed as well.
    let id = URL_SAFE_NO_PAD.encode("icws:IcwsRole:Supervisor");
    let node = client.data(&format!("{{ node(id: \"{id}\") {{ ... on IcwsRole {{ notes }} }} }}")).await;
    assert_eq!(node["node"]["notes"], "Leads a team, and may listen in.");
    assert_eq!(lists(&house).len(), 2);
}

#[tokio::test]
async fn a_role_is_found_by_each_of_its_names_whatever_is_in_them() {
    let mut numbers = Random::new(0xab);
    let house = House::with(world(&mut numbers), |config| config.cache.icws_role_seconds = 0).await;
    let client = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
    let roles = house.simulator.world(|world| world.icws.roles.clone());
    let query = "query($by: IcwsRoleBy!) { icws { role(by: $by) { roleId notes } } }";
    for role in &roles {
        let id = &role.identity.id;
        let by =
            [json!({"roleId": id}), json!({"id": URL_SAFE_NO_PAD.encode(format!("icws:IcwsRole:{id}"))})];
        for by in by {
            let answer = client.ask_with(query, json!({"by": by})).await;
            let expected = json!({"roleId": id, "notes": role.notes});
            assert_eq!(answer.body["data"]["icws"]["role"], expected, "{id}: {}", answer.body);
        }
        let name = role.identity.display_name.as_ref().unwrap();
        let same = roles.iter().filter(|other| other.identity.display_name.as_ref() == Some(name)).count();
        let answer = client.ask_with(query, json!({"by": {"name": name}})).await;
        let found = &answer.body["data"]["icws"]["role"]["roleId"];
        assert!(answer.body.get("errors").is_none(), "{}", answer.body);
        assert_eq!(*found, if same == 1 { json!(id) } else { Value::Null }, "{name}: {}", answer.body);
        // In another case it is the one that is like it, if there is one alone.
        let lower = |role: &Role| role.identity.display_name.as_ref().unwrap().to_lowercase();
        let alike = roles.iter().filter(|other| lower(other) == lower(role)).count();
        let swapped: String = name
            .chars()
            .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect();
        let is_another = !roles.iter().any(|other| other.identity.display_name.as_ref() == Some(&swapped));
        if is_another {
            let answer = client.ask_with(query, json!({"by": {"name": swapped}})).await;
            let found = &answer.body["data"]["icws"]["role"]["roleId"];
            assert_eq!(
                *found,
                if alike == 1 { json!(id) } else { Value::Null },
                "{swapped}: {}",
                answer.body
            );
        }
    }
    for by in
        [json!({"roleId": "nobody"}), json!({"name": ""}), json!({"roleId": ","}), json!({"id": "nonsense"})]
    {
        let answer = client.ask_with(query, json!({"by": by})).await;
        assert_eq!(answer.body["data"], json!({"icws": {"role": null}}), "{}", answer.body);
    }
}

//! Nothing of the contract is lost: every operation that is due, every field of its request and of its reply, in every
//! spelling the contract allows; and every field of a reply is shown by the graph, or there is a reason why not.

mod built;
mod constants;
pub mod guide;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use portalgraph::portal::{Authentication, Base, Body};
use serde_json::Value;

use built::Built;
use guide::{Field, Guide, Offer, fate, guide};

/// Spellings that stand for a field of their own in the same record, and why that loses nothing.
const SPELLINGS_WITH_A_FIELD_OF_THEIR_OWN: [(&str, &str, &str); 1] =
    [("UserAgentInfo", "platformName", "Agent.platformName shows whichever of the two is there")];

/// The operations of the contract, with what the gateway has of them.
fn offered(guide: &Guide) -> Vec<(&Offer, Built)> {
    let mut built: BTreeMap<_, _> = built::all().into_iter().map(|built| (built.name, built)).collect();
    let offers = guide.operations.iter();
    offers.filter_map(|offer| Some((offer, built.remove(offer.id.as_str())?))).collect()
}

#[test]
fn every_operation_is_built_and_no_other_is_made_up() {
    let guide = guide();
    let offered: BTreeSet<_> = guide.operations.iter().map(|offer| offer.id.as_str()).collect();
    let built: BTreeSet<_> = built::all().iter().map(|built| built.name).collect();
    assert_eq!(built, offered);
    let reads = guide.operations.iter().filter(|offer| offer.access == "read").count();
    assert_eq!((guide.operations.len(), reads), (41, 22));
}

#[test]
fn every_operation_of_the_source_is_looked_at_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/portal");
    let built: BTreeSet<_> = built::all().iter().map(|built| built.name.to_owned()).collect();
    let mut declared = BTreeSet::new();
    let mut paths = vec![folder];
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        let names = text.split("const NAME: &'static str = \"").skip(1);
        declared.extend(names.map(|rest| rest.split('"').next().unwrap().to_owned()));
    }
    assert_eq!(declared, built);
}

#[test]
fn every_operation_is_sent_where_and_how_the_contract_says() {
    let guide = guide();
    for (offer, built) in offered(&guide) {
        let name = &offer.id;
        assert_eq!(built.path, offer.path, "{name}");
        assert!(!built.path_of_nothing.contains('{'), "{name}: {}", built.path_of_nothing);
        let base = if offer.base == "callback" { Base::Callback } else { Base::Portal };
        assert_eq!(built.base, base, "{name}");
        let body = match (offer.method.as_str(), offer.request.as_str()) {
            ("GET", _) => Body::Get,
            (_, "none") => Body::Empty,
            // The one operation whose request type does not fit.
            (_, "GetDialedNumberListRequest") => Body::EmptyObject,
            _ => Body::Json,
        };
        assert_eq!(built.body, body, "{name}");
        let has_token = guide.fields(&offer.request).iter().any(|(_, field)| field.json == "authToken");
        let authentication = match offer.auth.as_str() {
            "none" => Authentication::None,
            "cookie" => Authentication::Cookie,
            _ => Authentication::CookieAndToken { documented: has_token },
        };
        assert_eq!(built.authentication, authentication, "{name}");
        if offer.access == "read" {
            assert!(built.writes.is_empty() && !built.reads.is_empty(), "{name}");
        } else {
            // Signing in and out changes nothing that is kept.
            let is_sign_in = built.path.starts_with("/portal/services/login/");
            assert!(built.reads.is_empty() && built.writes.is_empty() == is_sign_in, "{name}");
        }
    }
}

#[test]
fn every_field_of_a_request_can_be_sent() {
    let (guide, unsent) = (guide(), fate().unsent);
    let mut excused = BTreeSet::new();
    for (offer, built) in offered(&guide) {
        for (_, field) in guide.fields(&offer.request) {
            let place =
                [offer.request.as_str(), "any"].into_iter().find(|place| is_in(&unsent, place, field));
            let is_sent = built.sends.contains(&field.json.as_str());
            assert!(is_sent || place.is_some(), "{}: {} is not sent", offer.id, field.json);
            excused.extend(place.map(|place| (place.to_owned(), field.json.clone())));
        }
    }
    let reasons =
        unsent.iter().flat_map(|(place, fields)| fields.keys().map(|field| (place.clone(), field.clone())));
    assert_eq!(excused, reasons.collect(), "reasons for fields that no request has");
}

#[test]
fn every_field_of_a_write_is_reached_from_an_input_or_made_by_the_gateway() {
    let (guide, fate, inputs) = (guide(), fate(), inputs());
    let mut known = BTreeSet::new();
    for offer in guide.operations.iter().filter(|offer| offer.access == "write") {
        let mut types = BTreeSet::new();
        guide.below(&offer.request, &mut types);
        for name in types {
            for (_, field) in guide.fields(name) {
                if is_in(&fate.unsent, "any", field) || is_in(&fate.unsent, name, field) {
                    continue;
                }
                let place = fate.reached.get(name).and_then(|fields| fields.get(&field.json));
                let place = place.unwrap_or_else(|| panic!("{name}.{}: nothing reaches it", field.json));
                known.insert((name.to_owned(), field.json.clone()));
                if place.contains(' ') {
                    continue;
                }
                let (on, sets) = place.split_once('.').unwrap_or_else(|| panic!("{name}: {place}"));
                let is_there = inputs.get(on).is_some_and(|fields| fields.contains(sets));
                assert!(is_there, "{name}.{}: {place} is in no input of the schema", field.json);
            }
        }
    }
    let listed = fate
        .reached
        .iter()
        .flat_map(|(name, fields)| fields.keys().map(|field| (name.clone(), field.clone())));
    assert_eq!(listed.collect::<BTreeSet<_>>(), known, "fields that no write has");
}

/// The fields of each input of the schema.
pub fn inputs() -> BTreeMap<String, BTreeSet<String>> {
    fields_of(|kind| match kind {
        TypeKind::InputObject(input) => {
            Some(input.fields.into_iter().map(|field| field.node.name.node.to_string()).collect())
        }
        _ => None,
    })
}

/// The fields of each type of the schema that `pick` takes.
fn fields_of(pick: impl Fn(TypeKind) -> Option<BTreeSet<String>>) -> BTreeMap<String, BTreeSet<String>> {
    let document = async_graphql::parser::parse_schema(include_str!("../../schema.graphql")).unwrap();
    let kinds = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(kind) => Some(kind.node),
        _ => None,
    });
    kinds.filter_map(|kind| Some((kind.name.node.to_string(), pick(kind.kind)?))).collect()
}

fn is_in(table: &guide::Table, place: &str, field: &Field) -> bool {
    table.get(place).is_some_and(|fields| fields.contains_key(&field.json))
}

/// Every type of every reply, skipping those that no operation answers with.
fn replied(guide: &Guide) -> BTreeSet<&str> {
    let mut types = BTreeSet::new();
    for offer in &guide.operations {
        guide.below(&offer.response, &mut types);
    }
    types
}

#[test]
fn every_field_of_a_reply_is_shown_or_omitted_for_a_reason() {
    let (guide, fate) = (guide(), fate());
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for name in replied(&guide) {
        let kind = &guide.types[name];
        for field in &kind.fields {
            // A base's field repeated in the type that extends it is the base's.
            let base = kind.extends.as_deref().map(|base| guide.fields(base)).unwrap_or_default();
            if base.iter().any(|(_, inherited)| inherited.json == field.json) {
                continue;
            }
            let is_envelope = kind.kind == "response" && fate.envelope.contains_key(&field.json);
            let fates = [is_in(&fate.shown, name, field), is_in(&fate.omitted, name, field), is_envelope];
            let count = fates.into_iter().filter(|fate| *fate).count();
            assert_eq!(count, 1, "{name}.{}: shown, omitted, of the envelope: {fates:?}", field.json);
            known.entry(name).or_default().insert(&field.json);
        }
    }
    for (name, fields) in fate.shown.iter().chain(&fate.omitted) {
        for (field, fate) in fields {
            let is_known = known.get(name.as_str()).is_some_and(|fields| fields.contains(field.as_str()));
            assert!(is_known, "{name}.{field}: no reply has it");
            assert!(fate.len() > 3, "{name}.{field}: {fate}");
        }
    }
}

#[test]
fn every_field_that_shows_something_is_in_the_graph() {
    let graph = fields_of(|kind| match kind {
        TypeKind::Object(object) => {
            Some(object.fields.into_iter().map(|field| field.node.name.node.to_string()).collect())
        }
        _ => None,
    });
    for (name, fields) in fate().shown {
        for (field, place) in fields {
            let (on, shows) = place.split_once('.').unwrap();
            let is_there = graph.get(on).is_some_and(|fields| fields.contains(shows));
            assert!(
                is_there,
                "{name}.{field} is said to be shown as {place}, which is not in schema.graphql"
            );
        }
    }
}

/// A spelling that only a reader who folds case, `_` and `-` can take for the name; no record writes it.
fn respelt(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{first}_-{}", rest.to_uppercase())
}

/// The keys that were kept as they came, so that no field read them.
fn unread(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| unread(item, into)),
        Value::Object(members) => {
            for (name, value) in members {
                if name.contains("_-") {
                    into.insert(name.clone());
                }
                unread(value, into);
            }
        }
        _ => {}
    }
}

/// Every scalar in a value, numbers and text alike as text.
fn scalars(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| scalars(item, into)),
        Value::Object(members) => members.values().for_each(|value| scalars(value, into)),
        Value::String(text) => drop(into.insert(text.clone())),
        other => drop(into.insert(other.to_string())),
    }
}

/// Reads one type's sample in the contract's spelling, in a folded one, and in each spelling it accepts; wants it equal.
fn read_every_spelling(guide: &Guide, name: &str, echo: built::Echo, skip: &dyn Fn(&str, &Field) -> bool) {
    let usual = |kind: &str, field: &Field| (!skip(kind, field)).then(|| field.json.clone());
    let read = |spell: &dyn Fn(&str, &Field) -> Option<String>| {
        echo(&guide.sample(name, spell)).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let expected = read(&usual);
    let (mut sent, mut kept) = (BTreeSet::new(), BTreeSet::new());
    scalars(&guide.sample(name, &usual), &mut sent);
    scalars(&expected, &mut kept);
    assert_eq!(sent, kept, "{name}: values that were lost or changed");
    let folded = read(&|kind, field| usual(kind, field).map(|name| respelt(&name)));
    let mut lost = BTreeSet::new();
    unread(&folded, &mut lost);
    assert!(lost.is_empty(), "{name}: not read: {lost:?}");
    assert_eq!(folded, expected, "{name}");
    let mut types = BTreeSet::new();
    guide.below(name, &mut types);
    for kind in types {
        for field in &guide.types[kind].fields {
            for other in &field.accept {
                if SPELLINGS_WITH_A_FIELD_OF_THEIR_OWN
                    .iter()
                    .any(|(on, name, _)| *on == kind && name == other)
                {
                    continue;
                }
                for spelt in [other.clone(), respelt(other)] {
                    let answer = read(&|on, at| match usual(on, at) {
                        Some(_) if on == kind && at.json == field.json => Some(spelt.clone()),
                        usual => usual,
                    });
                    assert_eq!(answer, expected, "{name}: {kind}.{} as {spelt}", field.json);
                }
            }
        }
    }
}

#[test]
fn every_field_of_a_reply_is_read_in_every_spelling_the_contract_accepts() {
    let (guide, omitted) = (guide(), fate().omitted);
    for (offer, built) in offered(&guide).iter().filter(|(offer, _)| offer.response != "none") {
        // What is omitted need not be read; the envelope and the secret are.
        let skip = |kind: &str, field: &Field| field.json != "userToken" && is_in(&omitted, kind, field);
        read_every_spelling(&guide, &offer.response, built.reply, &skip);
    }
}

#[test]
fn every_field_of_a_request_is_read_in_every_spelling_the_contract_accepts() {
    let (guide, unsent) = (guide(), fate().unsent);
    for (offer, built) in offered(&guide).iter().filter(|(offer, _)| guide.types.contains_key(&offer.request))
    {
        let skip = |kind: &str, field: &Field| is_in(&unsent, "any", field) || is_in(&unsent, kind, field);
        read_every_spelling(&guide, &offer.request, built.request, &skip);
    }
}

/// The check of replies, with a field of `UserAgentInfo` changed in the contract.
fn check_users_after(change: impl FnOnce(&mut Vec<Field>)) {
    let (mut guide, omitted) = (guide(), fate().omitted);
    change(&mut guide.types.get_mut("UserAgentInfo").unwrap().fields);
    let users = built::all().into_iter().find(|built| built.name == "getUsers").unwrap();
    read_every_spelling(&guide, "GetUsersResponse", users.reply, &|kind, field| is_in(&omitted, kind, field));
}

#[test]
#[should_panic(expected = "not read: {\"n_-EWFIELD\"}")]
fn a_field_that_nobody_reads_does_not_go_unnoticed() {
    check_users_after(|fields| {
        fields.push(Field { json: "newField".to_owned(), kind: "string".to_owned(), accept: Vec::new() });
    });
}

#[test]
#[should_panic(expected = "UserAgentInfo.firstNm as givenName")]
fn a_spelling_that_nobody_reads_does_not_go_unnoticed() {
    check_users_after(|fields| {
        let field = fields.iter_mut().find(|field| field.json == "firstNm").unwrap();
        field.accept.push("givenName".to_owned());
    });
}

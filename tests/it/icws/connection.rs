//! Connecting: other hosts where one takes nobody, proofs wherever they are told, and every form an answer may have.

use std::collections::BTreeSet;

use portalgraph::config::{EnumForm, IcwsContentType};
use portalgraph::simulator::icws::{Accepting, Proofs};
use portalgraph::simulator::{DEMO_ICWS_LOGIN, World};
use serde_json::{Value, json};

use super::demo;
use crate::house::{House, ICWS};

/// Everything whose form differs from server to server.
const WIDE: &str = "{ icws { viewer { userId name } roles { totalCount nodes { roleId name createdAt lastModifiedAt
    members { objectId } accessRights(filter: {nameContains: \"view\"}) { name ... on IcwsGroupedRight {
        effectiveObjects { objectType objectTypeCode grouping name } inheritedFrom { sourceType source { name } } } } } } } }";

const CREATE: &str = "mutation { createIcwsRole(input: {roleId: \"R1\", accessRights: [
    {name: \"viewReport\", objects: [{objectId: \"w\", objectType: WORKGROUP, grouping: SINGLE}]}]}) {
    role { accessRights(filter: {names: [\"viewReport\"]}) { ... on IcwsGroupedRight {
        effectiveObjects { objectType grouping objectId } } } } userErrors { code } } }";

/// The hosts, without ports, of the calls since the last look.
fn hosts(house: &House) -> Vec<String> {
    let calls = house.simulator.journal().take().into_iter();
    let host = |call: portalgraph::simulator::Call| {
        format!("{} {}", call.operation, call.headers["Host"].rsplit_once(':').unwrap().0)
    };
    calls.map(host).collect()
}

#[tokio::test]
async fn a_host_that_takes_nobody_sends_to_another_where_the_session_stays() {
    let house = House::over(World::demo()).await;
    house.simulator.settings(|settings| {
        settings.icws.alternate_hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        settings.icws.accepting = Accepting::ExceptAt(BTreeSet::from(["127.0.0.1".to_owned()]));
    });
    let client = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
    assert_eq!(hosts(&house), ["connect 127.0.0.1", "connect localhost"]);
    // The first takes callers again; the session is where it was begun.
    house.simulator.settings(|settings| settings.icws.accepting = Accepting::Everywhere);
    client.data("{ icws { roles { totalCount } } }").await;
    client.data("mutation { logout { isSignedOut } }").await;
    assert_eq!(hosts(&house), ["listRoles localhost", "disconnect localhost"]);
    house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
    assert_eq!(hosts(&house), ["connect 127.0.0.1"]);
}

#[tokio::test]
async fn each_host_is_tried_once_and_the_failure_tells_none_of_them() {
    let house = House::over(World::demo()).await;
    house.simulator.settings(|settings| {
        let names = ["localhost", "LOCALHOST", "127.0.0.1", "localhost:1", "http://localhost"];
        settings.icws.alternate_hosts = names.map(str::to_owned).to_vec();
        settings.icws.accepting = Accepting::Nowhere;
    });
    let answer = house.nobody().log_in(ICWS, DEMO_ICWS_LOGIN).await;
    assert_eq!(hosts(&house), ["connect 127.0.0.1", "connect localhost"]);
    assert_eq!(answer.codes(), ["PORTAL_UNREACHABLE"], "{}", answer.body);
    assert!(!answer.body.to_string().contains("localhost"), "{}", answer.body);
    // A wrong password is wrong at every host: it is not tried at another.
    house.simulator.settings(|settings| settings.icws.accepting = Accepting::Everywhere);
    house.nobody().log_in(ICWS, (DEMO_ICWS_LOGIN.0, "wrong")).await;
    assert_eq!(hosts(&house), ["connect 127.0.0.1"]);
}

#[tokio::test]
async fn whichever_form_answers_have_they_are_read_alike() {
    let (house, client) = demo(|_| ()).await;
    let usual = client.data(WIDE).await;
    let created = client.data(CREATE).await;
    let effective = &created["createIcwsRole"]["role"]["accessRights"][0]["effectiveObjects"];
    assert_eq!(*effective, json!([{"objectType": "WORKGROUP", "grouping": "SINGLE", "objectId": "w"}]));
    drop(house);
    for proofs in [Proofs::Headers, Proofs::Body] {
        for content_type in ["application/json", "Application/Vnd.Inin.ICWS+json", "text/json; charset=utf-8"]
        {
            for odd in [false, true] {
                let house = House::with(World::demo(), |config| {
                    if odd {
                        config.icws.dialect.content_type = IcwsContentType::Json;
                        config.icws.dialect.enum_form = EnumForm::Name;
                    }
                })
                .await;
                house.simulator.settings(|settings| {
                    settings.icws.proofs = proofs;
                    content_type.clone_into(&mut settings.icws.content_type);
                    (settings.icws.enum_names, settings.icws.iso_dates) = (odd, odd);
                });
                let client = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
                let about = format!("{proofs:?} {content_type} {odd}");
                assert_eq!(client.data(WIDE).await, usual, "{about}");
                assert_eq!(client.data(CREATE).await, created, "{about}");
                client.data("mutation { logout { isSignedOut } }").await;
                assert_eq!(house.simulator.icws_sessions(DEMO_ICWS_LOGIN.0), 0, "{about}");
            }
        }
    }
    assert!(usual["icws"]["roles"]["nodes"][0]["createdAt"].is_string(), "{}", Value::Null);
}

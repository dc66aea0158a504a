//! Whose records a write reaches, and in which dialects it is understood.

use portalgraph::config::AuthTokenMode;
use portalgraph::simulator::{DEMO_LOGIN, DEMO_PASSWORD, World};
use serde_json::{Value, json};

use super::table::{COUNT, Ids, Write, all, house, sign_in};
use crate::house::{Client, House};

/// The user errors of a write, which must not have been sent.
async fn refused(house: &House, client: &Client, write: &Write) -> Value {
    house.simulator.journal().take();
    let answer = write.send(client).await;
    assert!(answer.body.get("errors").is_none(), "{}: {}", write.mutation, answer.body);
    let calls = house.calls();
    assert!(!calls.contains_key(write.operation), "{}: {calls:?}", write.mutation);
    answer.body["data"]["done"]["userErrors"].clone()
}

fn world(house: &House) -> String {
    // The clock of its sessions is no part of the world.
    house.simulator.world(|world| format!("{:?}", world.tenants.iter().map(everything).collect::<Vec<_>>()))
}

fn everything(tenant: &portalgraph::simulator::Tenant) -> Value {
    json!([
        tenant.users.values().collect::<Vec<_>>(),
        tenant.skill_groups,
        tenant.attributes,
        tenant.precision_queues,
        tenant.callbacks,
        tenant.agents.values().map(|work| format!("{work:?}")).collect::<Vec<_>>(),
    ])
}

#[tokio::test]
async fn no_write_reaches_a_record_of_another_tenant() {
    let house = house().await;
    let ids = Ids::of(&house.sign_in(DEMO_LOGIN).await).await;
    let stranger = house.sign_in(("south@dms", DEMO_PASSWORD)).await;
    let before = world(&house);
    let names_no_record = ["createCallback", "createIcwsRole"];
    for write in all(&ids).iter().filter(|write| !names_no_record.contains(&write.mutation)) {
        let errors = refused(&house, &stranger, write).await;
        let code = errors[0]["code"].as_str().unwrap_or_else(|| panic!("{}: {errors}", write.mutation));
        assert!(code.ends_with("_NOT_FOUND"), "{}: {errors}", write.mutation);
    }
    assert_eq!(world(&house), before);
}

#[tokio::test]
async fn no_write_reaches_a_record_the_viewer_may_not_see() {
    let house = house().await;
    let ids = Ids::of(&house.sign_in(DEMO_LOGIN).await).await;
    let billing = house.sign_in(("billing@dmn", DEMO_PASSWORD)).await;
    let before = world(&house);
    for write in all(&ids) {
        // Callbacks belong to the tenant, and the one who leaves is of the supervisor's own department.
        if !write.is_of_portal() || write.mutation.ends_with("Callback") || write.mutation == "deleteUser" {
            continue;
        }
        let errors = refused(&house, &billing, &write).await;
        let code = errors[0]["code"].as_str().unwrap_or_else(|| panic!("{}: {errors}", write.mutation));
        assert!(code.ends_with("_NOT_FOUND"), "{}: {errors}", write.mutation);
    }
    assert_eq!(world(&house), before);
}

#[tokio::test]
async fn nobody_writes_without_a_session_or_before_a_tenant_is_selected() {
    let house = house().await;
    let ids = Ids::of(&house.sign_in(DEMO_LOGIN).await).await;
    let partner = house.sign_in(("partner@dmn", DEMO_PASSWORD)).await;
    house.simulator.journal().take();
    for write in all(&ids) {
        let answer = house.ask(&write.document(), json!({"input": write.input})).await;
        assert_eq!(answer.codes(), ["UNAUTHENTICATED"], "{}", write.mutation);
        let code = if write.is_of_portal() { "FORBIDDEN" } else { "UNAUTHENTICATED" };
        assert_eq!(write.send(&partner).await.codes(), [code], "{}", write.mutation);
    }
    assert_eq!(house.call_count(), 0);
}

#[tokio::test]
async fn a_strict_portal_understands_every_write() {
    for mode in [AuthTokenMode::Always, AuthTokenMode::DocumentedOnly] {
        for place in 0..COUNT {
            let house = House::with(World::demo(), |config| {
                config.portal.auth_token_mode = mode;
                config.portal.dialect.status_field.push_str("active");
            })
            .await;
            house.simulator.settings(|settings| {
                settings.strict = true;
                settings.auth_token_mode = mode;
                settings.status_field.replace_range(.., "active");
            });
            let client = sign_in(&house).await;
            let ids = Ids::of(&client).await;
            let write = &all(&ids)[place];
            let answer = write.send(&client).await;
            assert!(answer.body.get("errors").is_none(), "{mode:?} {}: {}", write.mutation, answer.body);
            let done = &answer.body["data"]["done"];
            assert_eq!(done["userErrors"], json!([]), "{mode:?} {}", write.mutation);
            if write.mutation == "setUserStatus" {
                assert_eq!(done["user"]["isActive"], false, "by the name that was confirmed");
            }
        }
    }
}

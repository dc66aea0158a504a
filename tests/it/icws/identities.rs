//! Whose answers these are, also where a server does not say who signed in.

use portalgraph::simulator::icws::UserIds;
use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_ICWS_VIEWER, World};
use serde_json::json;

use crate::house::{Client, House};

const ROLES: &str = "{ icws { viewer { userId } roles { totalCount nodes { roleId } } } }";

#[tokio::test]
async fn a_server_that_does_not_say_who_signed_in_lets_no_two_people_share() {
    for told in [UserIds::Told, UserIds::Blank, UserIds::Absent] {
        let house = House::over(World::demo()).await;
        house.simulator.settings(|settings| settings.icws.user_ids = told);
        let all = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
        let some = house.sign_in_to_icws(DEMO_ICWS_VIEWER).await;
        house.calls();
        for (client, user, count) in [(&all, "icadmin", 13), (&some, "icviewer", 2), (&all, "icadmin", 13)] {
            let shown = client.data(ROLES).await["icws"].clone();
            assert_eq!(
                (&shown["viewer"]["userId"], &shown["roles"]["totalCount"]),
                (&json!(user), &json!(count)),
                "{told:?}"
            );
        }
        assert_eq!(house.calls(), [("listRoles", 2)].into(), "{told:?}: each their own, and kept");
        // The same person again shares.
        let again = house.sign_in_to_icws(DEMO_ICWS_LOGIN).await;
        house.calls();
        again.data(ROLES).await;
        assert_eq!(house.call_count(), 0, "{told:?}");
    }
}

#[tokio::test]
async fn nobody_is_found_by_the_name_they_have_at_the_other_upstream() {
    let mut world = World::demo();
    // The same name and password at both.
    world.icws.users[1].id = "admin@dmn".to_owned();
    world.icws.users[1].password = "demo".to_owned();
    let house = House::over(world).await;
    let portal = house.sign_in(("admin@dmn", "demo")).await;
    let icws = house.sign_in_to_icws(("admin@dmn", "demo")).await;
    let asks = async |client: &Client, query: &str| client.ask(query).await.codes().join(" ");
    assert_eq!(asks(&portal, "{ users { totalCount } }").await, "");
    assert_eq!(asks(&icws, "{ users { totalCount } }").await, "UNAUTHENTICATED");
    assert_eq!(asks(&icws, ROLES).await, "");
    assert_eq!(asks(&portal, ROLES).await, "UNAUTHENTICATED");
}

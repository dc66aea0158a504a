//! A write that meets the ended session of a service account: refused by the upstream, told so, and not sent again.

use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_LOGIN, Fault, World};

use super::table::{COUNT, ready, sent};
use crate::house::House;
use crate::service::{account, account_of_icws};

#[tokio::test]
async fn no_write_is_sent_again_when_the_session_of_a_service_account_has_ended() {
    for place in 0..COUNT {
        let (mut portal, portal_token) = account("writer", DEMO_LOGIN);
        let (mut icws, icws_token) = account_of_icws("role-writer", DEMO_ICWS_LOGIN);
        (portal.read_only, icws.read_only) = (false, false);
        let house = House::with(World::demo(), |config| {
            config.portal.dialect.status_field.push_str("enabled");
            config.service_accounts = vec![portal, icws];
        })
        .await;
        let (_, writes) = ready(&house).await;
        let write = &writes[place];
        if write.mutation.contains("Callback") {
            // The callback service knows no sessions, so none can have ended.
            continue;
        }
        let token = if write.is_of_portal() { portal_token } else { icws_token };
        let client = house.nobody().holding(&token);
        let signs_in = if write.is_of_portal() { "login" } else { "connect" };
        client.ask("{ sites { name } icws { viewer { userId } } }").await;
        house.calls();
        house.simulator.faults().next(super::outcome::leak(write.operation), Fault::Expire, 1);
        let answer = write.send(&client).await;
        assert_eq!(answer.codes(), ["SERVICE_ACCOUNT_SIGNED_OUT"], "{}: {}", write.mutation, answer.body);
        let extensions = &answer.body["errors"][0]["extensions"];
        assert_eq!((&extensions["retryable"], extensions.get("outcome")), (&true.into(), None));
        assert_eq!(sent(&house.simulator, write.operation), 1, "{}", write.mutation);
        house.calls();
        // Sent by the client again it is carried out, with a new session.
        let answer = write.send(&client).await;
        assert!(answer.body.get("errors").is_none(), "{}: {}", write.mutation, answer.body);
        let calls = house.calls();
        assert_eq!((calls[signs_in], calls[write.operation]), (1, 1), "{}: {calls:?}", write.mutation);
    }
}

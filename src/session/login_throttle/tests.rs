//! What the throttle lets through, by a clock of its own.

use std::net::IpAddr;

use super::*;
use crate::portal::PortalError;

const WAIT: Duration = Duration::from_secs(100);

/// A throttle, and what its clock shows.
struct Scene {
    throttle: LoginThrottle,
    now: Instant,
}

fn address(number: u32) -> ClientAddress {
    IpAddr::from(number.to_be_bytes()).into()
}

fn wrong() -> Result<(), SignInError> {
    let constant = Some("LDAP_AUTHENTICATION_FAILED".into());
    Err(PortalError::Refused { operation: "login", code_message: constant }.into())
}

impl Scene {
    fn new() -> Self {
        let mut settings = config::Config::default().rate;
        (settings.login_failures, settings.login_wait_seconds) = (4, WAIT.as_secs());
        Self { throttle: LoginThrottle::new(&settings, None), now: Instant::now() }
    }

    async fn begin(&self, name: &str, from: u32) -> Result<LoginTry<'_>, Duration> {
        self.throttle.begin_at(self.now, LoginName::of(System::Portal, name), address(from)).await
    }

    /// Fails to sign in until that has to wait: how often, and how long it has to.
    async fn guess(&self, name: &str, from: u32) -> (usize, Duration) {
        for tries in 0.. {
            match self.begin(name, from).await {
                Ok(begun) => begun.settle(&wrong()).await,
                Err(wait) => return (tries, wait),
            }
        }
        unreachable!("there is an end to it")
    }

    async fn sign_in(&self, name: &str, from: u32) -> Result<(), Duration> {
        self.begin(name, from).await?.settle(&Ok(())).await;
        Ok(())
    }
}

#[tokio::test]
async fn failures_of_a_name_from_an_address_are_forgiven_one_by_one() {
    let mut scene = Scene::new();
    assert_eq!(scene.guess("Ann", 1).await, (4, WAIT));
    assert_eq!(scene.guess(" aNN ", 1).await, (0, WAIT), "the same name");
    assert!(scene.throttle.begin(System::Icws, "ann", address(1)).await.is_ok(), "somebody else");
    scene.now += WAIT;
    assert_eq!(scene.guess("ann", 1).await, (1, WAIT));
}

#[tokio::test]
async fn a_right_password_forgives_its_address_all_with_that_name() {
    let scene = Scene::new();
    for _ in 0..100 {
        scene.begin("ann", 1).await.ok().unwrap().settle(&wrong()).await;
        assert_eq!(scene.sign_in("ann", 1).await, Ok(()));
    }
    // But not what else was tried from there.
    let mut tries = 0;
    for number in 0..20 {
        scene.sign_in("ann", 1).await.unwrap();
        tries += scene.guess(&format!("victim {number}"), 1).await.0;
    }
    assert_eq!(tries, 39, "ten times four, less the one by a name that was not known yet");
}

#[tokio::test]
async fn one_address_keeps_nobody_out_elsewhere() {
    let mut scene = Scene::new();
    for _ in 0..50 {
        scene.guess("ann", 1).await;
        scene.now += WAIT / 2;
    }
    // After a typing error, from an address that was never seen.
    for result in [wrong(), Ok(())] {
        scene.begin("ann", 2).await.ok().unwrap().settle(&result).await;
    }
}

#[tokio::test]
async fn all_strangers_together_are_bounded_and_stop_nobody_who_is_known() {
    let mut scene = Scene::new();
    assert_eq!(scene.sign_in("ann", 1).await, Ok(()));
    let mut tries = 0;
    for from in 2..1_000 {
        tries += scene.guess("ann", from).await.0;
    }
    assert_eq!(tries, 8);
    assert!(scene.sign_in("ann", 1_000).await.is_err());
    scene.begin("ann", 1).await.ok().unwrap().settle(&wrong()).await;
    assert_eq!(scene.sign_in("ann", 1).await, Ok(()));
    scene.now += WAIT;
    assert_eq!(scene.sign_in("ann", 1_000).await, Ok(()));
}

#[tokio::test]
async fn what_says_nothing_of_the_account_does_not_count() {
    let scene = Scene::new();
    for _ in 0..100 {
        let lost = PortalError::Unreachable {
            operation: "login",
            reason: "refused",
            was_sent: false,
            has_begun: false,
        };
        scene.begin("ann", 1).await.ok().unwrap().settle(&Err::<(), _>(lost.into())).await;
    }
    let slow = PortalError::TimedOut { operation: "login", after: WAIT };
    scene.begin("ann", 1).await.ok().unwrap().settle(&Err::<(), _>(slow.into())).await;
    assert_eq!(scene.guess("ann", 1).await.0, 3, "what was not answered may have counted");
}

#[tokio::test]
async fn a_hundred_thousand_names_and_addresses_are_not_all_kept() {
    let scene = Scene::new();
    for number in 0..100_000 {
        let name = format!("{number}{}", "x".repeat(300));
        scene
            .begin(&name, number)
            .await
            .ok()
            .unwrap()
            .settle(&if number % 2 == 0 { wrong() } else { Ok(()) })
            .await;
    }
    let LoginThrottle { pairs, names, addresses, known, .. } = &scene.throttle;
    pairs.run_pending_tasks();
    names.run_pending_tasks();
    addresses.run_pending_tasks();
    known.run_pending_tasks();
    let counts = [pairs.entry_count(), names.entry_count(), addresses.entry_count(), known.entry_count()];
    assert!(counts.iter().all(|count| (1..=KEPT).contains(count)), "{counts:?}");
    assert!(names.iter().all(|(name, _)| name.name.len() == LONGEST_NAME));
}

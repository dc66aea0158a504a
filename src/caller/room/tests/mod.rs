//! What holds of room whatever comes in which order, and what a gate does when a server is not well.

mod model;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::permit::{News, Permit};
use super::refusal::Refusal;
use super::{Bounds, Class, Gate, Guest};
use crate::portal::{TenantId, UserId};
use crate::session::{Identity, Principal, Realm};
use crate::upstream::{Destination, Reach};

const PATIENCE: Duration = Duration::from_hours(1);

fn person(number: i64) -> Identity {
    Identity::new(Realm::Tenant(TenantId(1)), Principal::User(UserId(number)))
}

fn gate(calls: usize, waiting: usize) -> Arc<Gate> {
    Arc::new(Gate::new(Destination::Portal, Bounds { calls, waiting, is_adaptive: true }))
}

async fn enter(gate: &Arc<Gate>, class: Class, who: i64) -> Result<Permit, Refusal> {
    let (identity, calls) = (person(who), Arc::new(Semaphore::new(32)));
    let guest = Guest { identity: Some(&identity), calls: &calls, is_background: false };
    gate.enter(class, guest, PATIENCE).await
}

/// Room that there is now.
async fn entered(gate: &Arc<Gate>, class: Class, who: i64) -> Result<Permit, Refusal> {
    tokio::time::timeout(Duration::ZERO, enter(gate, class, who)).await.expect("it waits")
}

fn lost() -> News<'static> {
    News::Failed(Reach::Lost { is_unanswered: true }, None)
}

#[tokio::test]
async fn one_class_is_shut_while_the_other_is_open() {
    let gate = gate(64, 1_024);
    for _ in 0..10 {
        entered(&gate, Class::Write, 1).await.expect("room").end(lost());
    }
    assert!(matches!(entered(&gate, Class::Write, 2).await, Err(Refusal::Open(_))));
    assert!(entered(&gate, Class::Read, 2).await.is_ok());
}

#[tokio::test]
async fn whoever_waits_is_told_when_the_server_is_gone() {
    let gate = gate(1, 1_024);
    for number in 0..10 {
        let permit = entered(&gate, Class::Read, 1).await.expect("room");
        if number == 9 {
            let waiting = tokio::spawn({
                let gate = gate.clone();
                async move { enter(&gate, Class::Read, 2).await.map(drop) }
            });
            while gate.lock().waiting(Class::Read) == 0 {
                tokio::task::yield_now().await;
            }
            permit.end(lost());
            assert!(matches!(waiting.await, Ok(Err(Refusal::Open(_)))));
            return;
        }
        permit.end(lost());
    }
}

#[tokio::test]
async fn who_asks_too_much_waits_alone_and_a_server_in_trouble_is_left_alone_by_all() {
    let retry_after = Some(Duration::from_secs(7));
    let gate = gate(64, 1_024);
    let turned_away = Reach::TurnedAway { retry_after, is_for_all: false };
    entered(&gate, Class::Read, 1).await.expect("room").end(News::Failed(turned_away, Some(&person(1))));
    for class in [Class::Read, Class::Write] {
        let Err(Refusal::Paused(left)) = entered(&gate, class, 1).await else { panic!("{class:?}") };
        assert!(left <= Duration::from_secs(7) && left > Duration::from_secs(6), "{left:?}");
        assert!(entered(&gate, class, 2).await.is_ok());
    }
    let forever = Some(Duration::from_secs(1_000_000));
    let in_trouble = Reach::TurnedAway { retry_after: forever, is_for_all: true };
    entered(&gate, Class::Write, 2).await.expect("room").end(News::Failed(in_trouble, Some(&person(2))));
    for class in [Class::Read, Class::Write] {
        let Err(Refusal::Paused(left)) = entered(&gate, class, 3).await else { panic!("{class:?}") };
        assert!(left <= super::LONGEST_PAUSE, "{left:?}");
    }
}

#[tokio::test]
async fn however_many_somebody_brings_the_next_one_finds_a_place() {
    let gate = gate(1, 100);
    let mut state = gate.lock();
    let mut take =
        |who: i64| std::iter::from_fn(|| state.begin_to_wait(Class::Read, &Some(person(who))).ok()).count();
    // Who comes first may have half, who comes next half of what is left, and so on.
    assert_eq!([take(1), take(2), take(3)], [50, 25, 13]);
    assert!((4..8).all(|who| take(who) > 0));
}

#[tokio::test]
async fn of_a_lowered_limit_nobody_has_more_than_half() {
    let gate = gate(16, 1_024);
    for _ in 0..200 {
        entered(&gate, Class::Read, 1).await.expect("room").end(News::Failed(Reach::Failed, None));
    }
    assert_eq!(gate.free(Class::Read), 4);
    let hanging = [entered(&gate, Class::Read, 1).await, entered(&gate, Class::Read, 1).await];
    let mut third = Box::pin(enter(&gate, Class::Read, 1));
    assert!(tokio::time::timeout(Duration::ZERO, &mut third).await.is_err(), "it has its share");
    let others = entered(&gate, Class::Read, 2).await.expect("room");
    assert!(entered(&gate, Class::Read, 3).await.is_ok());
    drop(others);
    assert!(tokio::time::timeout(Duration::ZERO, &mut third).await.is_err(), "room alone is not enough");
    drop(hanging);
    assert!(tokio::time::timeout(Duration::ZERO, &mut third).await.is_ok_and(|entered| entered.is_ok()));
}

//! One question on its way: kept, asked for by somebody else just now, or by this request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::FutureExt as _;
use tokio::time::{timeout, timeout_at};

use super::answers::{Flight, Key};
use super::error::CallerError;
use super::explanation::Brought;
use super::freshness::Freshness;
use super::house::{Asker, House, Question};
use super::kept::Kept;
use super::notes::Notes;
use super::tally::Answered;
use crate::session::{Session, Sessions};

/// How long a read under way is kept for others when its request's time is over.
const HAND_OVER: Duration = Duration::from_millis(50);

/// Gets one answer. Of a catalogue that is shared it may be everybody's, if this person was given the same. The call may
/// be another session's of the same identity: if it was that session that had ended, the question is put again with
/// ours, which may well be alive.
pub(super) async fn fly<Q: Question>(
    (house, Notes { tally, deadline, is_beside, .. }): (Arc<House>, Notes),
    session: Arc<Session>,
    sessions: Sessions,
    (key, question): (Key, Q),
) -> Result<Arc<Kept>, CallerError> {
    if let Some(kept) = house.answers.kept(&key) {
        tally.ask(Q::NAME, Q::READS).brought(Answered::Kept, || Brought::kept::<Q>(&kept));
        return Ok(kept);
    }
    let place = house.place::<Q>(&key);
    if let Some(place) = &place {
        let client = Asker { is_beside, ..Asker::new(&session, &sessions, &tally) };
        let shared = house.shared((place, &question), client).boxed();
        match timeout_at(deadline.reads_until(), shared).await {
            Ok(Some(result)) => return result,
            Ok(None) => {}
            Err(_) => return Err(CallerError::OutOfTime { operation: Q::NAME, deadline }),
        }
    }
    // Not within what is asked: others who wait for it would be told that they may make no more. Who joins another's
    // call makes none.
    let is_counted = !house.answers.has(&key, Freshness::Required);
    if is_counted {
        tally.begin_call(house.max_calls)?;
    }
    let asking = tally.ask(Q::NAME, Q::READS);
    let ours = Arc::new(AtomicBool::new(false));
    let ask = || {
        let (house, session, sessions) = (house.clone(), session.clone(), sessions.clone());
        let tally = asking.tally().clone();
        let (key, question, place, ours) = (key.clone(), question.clone(), place.clone(), ours.clone());
        async move {
            let asks = || ours.store(true, Ordering::Relaxed);
            let client = Asker { is_beside, ..Asker::new(&session, &sessions, &tally) };
            match &place {
                Some(place) => {
                    asks();
                    house.look((place, &question), client).await
                }
                None => house.look_or_ask((&key, &question), client, asks).await,
            }
        }
    };
    let has_ended =
        |result: &Result<Arc<Kept>, CallerError>| result.as_ref().is_err_and(CallerError::ends_session);
    let mut is_first = true;
    let result = loop {
        let flight = house.answers.get(&key, ask);
        let in_time = timeout_at(deadline.reads_until(), flight.clone()).await;
        let result = in_time.unwrap_or_else(|_| {
            hand_over(flight);
            Err(CallerError::OutOfTime { operation: Q::NAME, deadline })
        });
        if !has_ended(&result) || ours.load(Ordering::Relaxed) || !std::mem::take(&mut is_first) {
            break result;
        }
    };
    if let (Some(place), Ok(kept)) = (&place, &result)
        && house.is_shared(place, kept)
    {
        house.answers.forget(&key);
    }
    match (is_counted, ours.load(Ordering::Relaxed)) {
        (true, false) => tally.give_back_call(),
        (false, true) => tally.count_call(),
        _ => {}
    }
    let how = if ours.load(Ordering::Relaxed) { Answered::Called } else { Answered::Shared };
    asking.brought(how, || Brought::of::<Q>(&result));
    if has_ended(&result) && ours.load(Ordering::Relaxed) {
        sessions.end::<Q::Upstream>(&session).await;
    }
    result
}

/// Keeps a read under way for a moment when its request has no more time for it: whoever waited for the whole answer begins
/// to wait for this read now.
fn hand_over(flight: Flight) {
    tokio::spawn(timeout(HAND_OVER, flight));
}

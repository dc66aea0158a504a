//! What is old rather than nothing: shown at once while one call beside the request renews it, or where asking has failed
//! in a way that says nothing of the data. Never where a write, a refusal or the end of a session lies between: the key
//! holds the counters of what was written, and a refusal forgets what was kept.

use std::sync::Arc;

use tracing::Instrument as _;

use super::answers::Key;
use super::deadline::Deadline;
use super::error::CallerError;
use super::explanation::Brought;
use super::flight::fly;
use super::freshness::{Freshness, Given};
use super::house::{House, Question, standing};
use super::kept::Kept;
use super::notes::Notes;
use super::tally::Answered;
use super::visibility::{Owner, Place};
use crate::session::{Session, Sessions};
use crate::upstream::metric::count_stale;
use crate::upstream::{Upstream as _, trace};

/// How many renewals are under way at once; what is beyond it stays old until somebody asks again.
pub(super) const MOST_RENEWALS: usize = 256;

/// One session's question, and where its answer is kept.
type Asked<Q> = (Arc<Session>, Sessions, Key, Q);

/// Gets one answer: fresh, or an old one where the request takes it.
pub(super) async fn answer<Q: Question>(
    (house, notes): (Arc<House>, Notes),
    session: Arc<Session>,
    sessions: Sessions,
    (key, question): (Key, Q),
) -> Result<Given, CallerError> {
    if notes.freshness == Freshness::Required {
        return fly((house, notes), session, sessions, (key, question)).await.map(Given::fresh);
    }
    if house.answers.kept(&key).is_none() {
        let place = house.place::<Q>(&key);
        let old = house.kept_or_old(&key, place.as_ref());
        if let Some(old) = old.filter(|kept| !kept.is_fresh() && kept.may_be_shown_meanwhile()) {
            let asking = notes.tally.ask(Q::NAME, Q::READS);
            asking.brought(Answered::Stale, || Brought::kept::<Q>(&old));
            count_stale(Q::NAME, "renewed");
            renew(&house, (&old, place.as_ref()), (session, sessions, key, question));
            return Ok(Given::old(old));
        }
    }
    let site = notes.tally.site().cloned();
    let failed = match fly((house.clone(), notes), session, sessions, (key.clone(), question)).await {
        Ok(kept) => return Ok(Given::fresh(kept)),
        Err(error) => error,
    };
    if !failed.says_nothing_of_data() {
        return Err(failed);
    }
    // Asking may have taken long, and others may have written meanwhile.
    house.renew().await;
    let Owner::One(identity) = &key.owner else { return Err(failed) };
    if house.epochs.stamp(identity, Q::READS) != key.epochs {
        return Err(failed);
    }
    match house.kept_or_old(&key, house.place::<Q>(&key).as_ref()) {
        Some(kept) if kept.is_fresh() => Ok(Given::fresh(kept)),
        Some(old) if old.may_stand_in() => {
            count_stale(Q::NAME, "failed");
            if let Some(site) = site {
                site.begin().answered((Q::NAME, 0), Answered::Stale, Brought::kept::<Q>(&old));
            }
            Ok(Given::old(old))
        }
        _ => Err(failed),
    }
}

/// Asks for a new answer beside the request, once for all of the same identity, behind everybody who waits for one.
fn renew<Q: Question>(
    house: &Arc<House>,
    (old, place): (&Kept, Option<&Place>),
    (session, sessions, key, question): Asked<Q>,
) {
    let is_under_way = |key: &Key| house.answers.is_under_way(key);
    if is_under_way(&key) || place.is_some_and(|place| is_under_way(&place.common)) {
        return;
    }
    let Ok(patience) = standing::<Q>(&session).map(|standing| standing.upstream.patience()) else { return };
    let Ok(turn) = house.renewals.clone().try_acquire_owned() else { return };
    if !old.is_to_be_renewed() {
        return;
    }
    // As long to wait for room as to wait for the answer.
    let notes = Notes::beside(Deadline::within(2 * patience, "a renewal"));
    let renewal = fly((house.clone(), notes), session, sessions, (key, question));
    let renewal = async move {
        // What comes of it is kept, forgotten or ended there.
        let _ = renewal.await;
        drop(turn);
    };
    tokio::spawn(trace::carried(renewal).in_current_span());
}

//! A look: one's own answer, compared with the shared one. It goes before the first shared answer, and beside later ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::Instrument as _;

use super::super::answers::Key;
use super::super::error::CallerError;
use super::super::explanation::Brought;
use super::super::house::{Asker, House, Question, standing};
use super::super::kept::Kept;
use super::super::tally::{Answered, Tally};
use super::{Place, Verdict};
use crate::session::{Realm, Session, Sessions};
use crate::upstream::metric::{DEMOTIONS, SHADOW_FETCHES};
use crate::upstream::{Upstream as _, trace};

/// Counts a call that was made to compare.
fn count<Q: Question>(outcome: &'static str) {
    metrics::counter!(SHADOW_FETCHES, "operation" => Q::NAME, "outcome" => outcome).increment(1);
}

impl House {
    /// Where the answer to a question is shared, if it is; what is not kept is not shared.
    pub(in super::super) fn place<Q: Question>(&self, own: &Key) -> Option<Place> {
        self.visibility.place::<Q>(own).filter(|_| !self.answers.life::<Q>().fresh.is_zero())
    }

    /// What is kept for this person, however old: of their own, or shared if the upstream gave them that very content.
    pub(in super::super) fn kept_or_old(&self, own: &Key, place: Option<&Place>) -> Option<Arc<Kept>> {
        let common = place.and_then(|place| {
            let common = self.answers.kept_or_old(&place.common);
            common.filter(|kept| self.visibility.is_witness(place, kept))
        });
        let kept = self.answers.kept_or_old(own).into_iter().chain(common);
        kept.max_by_key(|kept| kept.fetched_at())
    }

    /// The shared answer, if this person may be shown it: kept, or renewed by the one call of all who may. `None` if only
    /// an answer of their own will do.
    pub(in super::super) async fn shared<Q: Question>(
        self: &Arc<Self>,
        (place, question): (&Place, &Q),
        asker: Asker<'_>,
    ) -> Option<Result<Arc<Kept>, CallerError>> {
        let Asker { session, sessions, tally, is_beside } = asker;
        let asking = tally.ask(Q::NAME, Q::READS);
        if let Some(kept) = self.answers.kept(&place.common)
            && self.visibility.is_witness(place, &kept)
        {
            asking.brought(Answered::Kept, || Brought::kept::<Q>(&kept));
            if self.visibility.is_due(place, self.answers.life::<Q>().fresh) {
                tally.ask(Q::NAME, Q::READS).answered(Answered::Beside);
                self.look_beside((place.clone(), question.clone()), (session.clone(), sessions.clone()));
            }
            return Some(Ok(kept));
        }
        if !self.visibility.knows_last(place) {
            return None;
        }
        let is_ours = Arc::new(AtomicBool::new(false));
        let renew = || {
            let (house, place, question) = (self.clone(), place.clone(), question.clone());
            let (session, sessions, tally) = (session.clone(), sessions.clone(), asking.tally().clone());
            let is_ours = is_ours.clone();
            async move {
                is_ours.store(true, Ordering::Relaxed);
                let asker = Asker { is_beside, ..Asker::new(&session, &sessions, &tally) };
                Ok(house.compare((&place, &question), asker).await?.0)
            }
        };
        let result = self.answers.get(&place.common, renew).await;
        if is_ours.load(Ordering::Relaxed) {
            asking.brought(Answered::Called, || Brought::of::<Q>(&result));
            if result.as_ref().is_err_and(CallerError::ends_session) {
                sessions.end::<Q::Upstream>(session).await;
            }
            return Some(result);
        }
        // Another's failure may be of their own, and another's answer may have become a different one: then not even its size
        // is told.
        let given = result.ok().filter(|kept| self.visibility.is_witness(place, kept));
        let brought = || given.as_ref().map_or_else(Brought::default, |kept| Brought::kept::<Q>(kept));
        asking.brought(Answered::Shared, brought);
        given.map(Ok)
    }

    /// One's own answer, compared with the shared one and shared if it is the same.
    pub(in super::super) async fn look<Q: Question>(
        &self,
        (place, question): (&Place, &Q),
        asker: Asker<'_>,
    ) -> Result<Arc<Kept>, CallerError> {
        let compared = self.compare((place, question), asker).await;
        let outcome = match &compared {
            Ok((_, Some(Verdict::Alike))) => Some("alike"),
            Ok((_, Some(Verdict::Changed))) => Some("changed"),
            Ok((_, Some(Verdict::Different | Verdict::Apart))) => Some("different"),
            Ok((_, Some(Verdict::First))) => None,
            Ok((_, None)) => Some("overtaken"),
            Err(_) => Some("failed"),
        };
        if let Some(outcome) = outcome {
            count::<Q>(outcome);
        }
        let (kept, verdict) = compared?;
        if matches!(verdict, Some(Verdict::First | Verdict::Alike | Verdict::Changed)) {
            // It takes the place of what was shared: who was not given it finds nothing for them there.
            self.answers.put(place.common.clone(), kept.clone());
        }
        Ok(kept)
    }

    /// Whether it was found to be what everybody else is shown: then it need not be kept for one person.
    pub(in super::super) fn is_shared(&self, place: &Place, kept: &Arc<Kept>) -> bool {
        let common = self.answers.kept(&place.common);
        common.is_some_and(|common| Arc::ptr_eq(&common, kept))
    }

    /// Looks while the answer is on its way to the client; the call is the person's own, with their session, and no
    /// longer than a call may be.
    fn look_beside<Q: Question>(
        self: &Arc<Self>,
        (place, question): (Place, Q),
        (session, sessions): (Arc<Session>, Sessions),
    ) {
        let Ok(patience) = standing::<Q>(&session).map(|standing| standing.upstream.patience()) else {
            return;
        };
        let house = self.clone();
        let look = async move {
            // One at a time for a person and a question: whoever asks the same waits for this one.
            let look = {
                let (house, place, session, sessions) =
                    (house.clone(), place.clone(), session.clone(), sessions.clone());
                async move {
                    let tally = Tally::default();
                    let asker = Asker { is_beside: true, ..Asker::new(&session, &sessions, &tally) };
                    house.look((&place, &question), asker).await
                }
            };
            match house.answers.get(&place.own, || look).await {
                Ok(kept) if house.is_shared(&place, &kept) => house.answers.forget(&place.own),
                Err(error) if error.ends_session() => sessions.end::<Q::Upstream>(&session).await,
                Ok(_) | Err(_) => {}
            }
        };
        let timely = async move {
            if tokio::time::timeout(patience, look).await.is_err() {
                count::<Q>("failed");
            }
        };
        tokio::spawn(trace::carried(timely).in_current_span());
    }

    /// Asks with one's own session and compares. Of an answer that a write may have overtaken nothing is concluded.
    async fn compare<Q: Question>(
        &self,
        (place, question): (&Place, &Q),
        asker: Asker<'_>,
    ) -> Result<(Arc<Kept>, Option<Verdict>), CallerError> {
        let own = self.ask(question, asker).await.inspect_err(|error| {
            if error.is_refusal() {
                self.visibility.distrust(place);
            }
        })?;
        let is_current = self.epochs.stamp(&place.identity, Q::READS) == place.own.epochs;
        if !is_current || own.is_fleeting() {
            return Ok((own, None));
        }
        let (verdict, kept) = self.visibility.judge::<Q>(place, &own);
        if verdict == Verdict::Different {
            self.answers.forget(&place.common);
            metrics::counter!(DEMOTIONS, "operation" => Q::NAME).increment(1);
            let tenant = match place.identity.realm {
                Realm::Tenant(tenant) => Some(tenant.0),
                Realm::Icws => None,
            };
            tracing::warn!(
                portal.operation = Q::NAME,
                portal.tenant = tenant,
                "two users of a tenant see a shared catalogue differently: from now on each asks for their own"
            );
        }
        Ok((kept, Some(verdict)))
    }
}

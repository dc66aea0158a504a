//! How often one read is put: once more where nothing was answered, and, where the settings say so, a second time where the
//! first is slow.

use std::time::{Duration, Instant};

use futures_util::future::{Either, select};

use super::error::CallerError;
use super::house::{Asker, House, Question, standing};
use crate::upstream::{Answer, Upstream as _, metric, trace};

impl House {
    /// One read, put once more where nothing was answered: by back-off, within what the request may take and what the
    /// upstream may be asked beyond what is needed.
    pub(super) async fn call_reading<Q: Question>(
        &self,
        question: &Q,
        asker: Asker<'_>,
    ) -> Result<Answer<Q::Reply>, CallerError> {
        const { assert!(Q::WRITES.is_empty(), "what changes something is never put once more") };
        let began = Instant::now();
        self.gate::<Q>().count_needed();
        let answer = self.call_first(question, asker).await;
        if !answer.as_ref().is_err_and(CallerError::is_unanswered) {
            return answer;
        }
        Box::pin(self.ask_again(question, asker, (answer, began))).await
    }

    async fn ask_again<Q: Question>(
        &self,
        question: &Q,
        asker: Asker<'_>,
        (mut answer, began): (Result<Answer<Q::Reply>, CallerError>, Instant),
    ) -> Result<Answer<Q::Reply>, CallerError> {
        let patience = standing::<Q>(asker.session)?.upstream.patience();
        let mut retries = 0;
        while answer.as_ref().is_err_and(CallerError::is_unanswered) {
            let left = patience.saturating_sub(began.elapsed());
            let Some(wait) = self.gate::<Q>().back_off(retries, left) else { break };
            if asker.tally.begin_call(self.max_calls).is_err() {
                break;
            }
            tokio::time::sleep(wait).await;
            retries += 1;
            asker.tally.count_retry(Q::NAME);
            metric::count_retry(Q::NAME);
            answer = trace::resent(retries, self.call_in_session(question, asker)).await;
        }
        answer
    }

    /// The first time a read is put. A point read that is slow is put a second time beside it, where the settings say after how
    /// long; what is answered first counts, and the other is given up.
    async fn call_first<Q: Question>(
        &self,
        question: &Q,
        asker: Asker<'_>,
    ) -> Result<Answer<Q::Reply>, CallerError> {
        let after = Duration::from_millis(self.portal_settings.hedge_milliseconds);
        if after.is_zero() || !Q::IS_POINT {
            return self.call_in_session(question, asker).await;
        }
        Box::pin(self.call_twice(question, asker, after)).await
    }

    async fn call_twice<Q: Question>(
        &self,
        question: &Q,
        asker: Asker<'_>,
        after: Duration,
    ) -> Result<Answer<Q::Reply>, CallerError> {
        let mut first = Box::pin(self.call_in_session(question, asker));
        if let Ok(answer) = tokio::time::timeout(after, &mut first).await {
            return answer;
        }
        // Within what an upstream may be asked beyond what is needed, as a read that is put once more.
        if !self.gate::<Q>().hedges() || asker.tally.begin_call(self.max_calls).is_err() {
            return first.await;
        }
        asker.tally.count_hedge(Q::NAME);
        metric::count_hedge(Q::NAME);
        let second = Box::pin(self.call_in_session(question, asker));
        match select(first, second).await {
            Either::Left((Ok(answer), _)) | Either::Right((Ok(answer), _)) => Ok(answer),
            // One has failed: the other may not.
            Either::Left((Err(_), second)) => second.await,
            Either::Right((Err(_), first)) => first.await,
        }
    }
}

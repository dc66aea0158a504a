//! The viewer's own session, followed by the clock.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, Enum, SimpleObject};
use futures_util::stream::{Stream, StreamExt as _, unfold};
use jiff::Timestamp;

use crate::caller::Attendance;
use crate::graph::context::ContextExt as _;
use crate::graph::date_time::DateTime;
use crate::graph::error::GraphError;
use crate::graph::live::{Feed, Happening, told};
use crate::portal::Portal;
use crate::session::{Session, Sessions};

/// How often the session is looked at; looking is no use of it.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How the viewer's session stands.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum ViewerSessionNoticeKind {
    /// It is not about to end.
    Stands,
    /// It ends soon unless it is used.
    ExpiresSoon,
    /// It has ended: sign in again. Nothing is told after that.
    Ended,
}

/// How the viewer's session stands.
#[derive(Clone, Debug, SimpleObject)]
pub struct ViewerSessionNotice {
    /// How it stands.
    pub kind: ViewerSessionNoticeKind,
    /// When it ends if it is not used until then; null once it has, and where it ends with the gateway alone, as a service
    /// account's does.
    pub ends_at: Option<DateTime>,
}

/// What is watched, and what was told last.
struct Watched {
    sessions: Sessions,
    session: Arc<Session>,
    notice: Duration,
    told: Option<ViewerSessionNoticeKind>,
    _attendance: Attendance,
}

impl Watched {
    /// How it stands, once that is another than was told.
    async fn next(&mut self) -> Option<ViewerSessionNotice> {
        if self.told == Some(ViewerSessionNoticeKind::Ended) {
            return None;
        }
        loop {
            let until = self.sessions.stands_until::<Portal>(&self.session).await;
            let kind = match until {
                None => ViewerSessionNoticeKind::Ended,
                Some(until) if Sessions::is_within(until, self.notice) => {
                    ViewerSessionNoticeKind::ExpiresSoon
                }
                Some(_) => ViewerSessionNoticeKind::Stands,
            };
            if self.told != Some(kind) {
                self.told = Some(kind);
                let ends_at = until.filter(|until| *until != Timestamp::MAX).map(DateTime);
                return Some(ViewerSessionNotice { kind, ends_at });
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

pub(super) fn events(
    ctx: &Context<'_>,
    notice_seconds: i32,
) -> Result<impl Stream<Item = ViewerSessionNotice> + use<>, GraphError> {
    let Ok(seconds) = u64::try_from(notice_seconds) else {
        return Err(GraphError::bad_input(format!(
            "noticeSeconds is {notice_seconds}; it must be 0 or more."
        )));
    };
    let events = told::<ViewerSessionNotice>(ctx, || {
        let caller = ctx.caller()?;
        let (attendance, _) = caller.attend()?;
        let watched = Watched {
            sessions: ctx.visit().sessions().clone(),
            session: caller.session().clone(),
            notice: Duration::from_secs(seconds),
            told: None,
            _attendance: attendance,
        };
        let notices = unfold(watched, |mut watched| async move {
            let notice = watched.next().await?;
            Some((Happening::new(Ok(notice), Vec::new()), watched))
        });
        Ok(Feed::of_session(notices.boxed()))
    })?;
    // A notice is made here and cannot fail.
    Ok(events.filter_map(|event| std::future::ready(event.ok())))
}

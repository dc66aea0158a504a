//! The `Operation` trait: one type an operation of the portal, from which client, cache, metrics and simulator follow.

use std::borrow::Cow;

use super::client::Portal;
use super::credentials::Credentials;
use super::envelope::Reply;
use super::error::PortalError;
use super::record::Record;
use crate::upstream::{Answer, Call, Destination, Form, Noun, Shareable};

/// Which of the contract's two bases an operation is posted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Base {
    /// The administration portal.
    Portal,
    /// The callback service, which has a host of its own.
    Callback,
}

/// What an operation must prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// Nothing.
    None,
    /// The session cookie.
    Cookie,
    /// The cookie, and the token in the body.
    CookieAndToken {
        /// Whether the operation's own request table lists the token.
        documented: bool,
    },
}

/// How an operation is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// POST with the record as JSON.
    Json,
    /// POST without a body; the record's fields are in the path.
    Empty,
    /// POST with `{}`; the record's fields are in the path.
    EmptyObject,
    /// GET; the record's fields are in the path.
    Get,
}

/// An operation of the portal: what is asked, where, and what it reads or changes. The type is the request's body.
pub trait Operation: Record + Clone {
    /// The contract's id of the operation, for logs, metrics and errors.
    const NAME: &'static str;
    /// The path below the base's host, with `{…}` where a value goes.
    const PATH: &'static str;
    /// The host it is sent to.
    const BASE: Base = Base::Portal;
    /// How it is sent.
    const BODY: Body = Body::Json;
    /// What it must prove.
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: true };
    /// What its reply is made of; a write reads nothing.
    const READS: &'static [Noun] = &[];
    /// What it changes. A write is never kept, shared or sent twice.
    const WRITES: &'static [Noun] = &[];
    /// Whether it asks for one record.
    const IS_POINT: bool = false;
    /// Fields that go into the path and stay out of the body.
    const IN_PATH: &'static [&'static str] = &[];
    /// Whether its answers may be shared by everyone in a tenant, where the settings say so; but for catalogues, never.
    const SHAREABLE: Option<Shareable<Self::Reply>> = None;
    /// What comes back.
    type Reply: Reply;

    /// The path with its values in place, percent-encoded; `now` tells the time stamp some paths end in.
    fn path(&self, now: impl FnOnce() -> String) -> Cow<'static, str> {
        let _ = now;
        Cow::Borrowed(Self::PATH)
    }

    /// Whether the reply says the call did what was asked; only login looks further than `code`.
    fn accepts(reply: &Self::Reply) -> bool {
        reply.code() == Some(0)
    }
}

impl<O: Operation> Call for O {
    type Upstream = Portal;
    type Reply = <O as Operation>::Reply;
    const DESTINATION: Destination = match O::BASE {
        Base::Portal => Destination::Portal,
        Base::Callback => Destination::Callback,
    };
    const NAME: &'static str = <O as Operation>::NAME;
    const READS: &'static [Noun] = <O as Operation>::READS;
    const WRITES: &'static [Noun] = <O as Operation>::WRITES;
    const SHAREABLE: Option<Shareable<Self::Reply>> = <O as Operation>::SHAREABLE;
    const IS_POINT: bool = <O as Operation>::IS_POINT;
    const FORM: Option<Form<Self::Reply>> = Some(Form::JSON);
    // The callback service knows no session.
    const IN_SESSION: bool = matches!(O::BASE, Base::Portal);

    fn records(reply: &<O as Operation>::Reply) -> usize {
        reply.records()
    }

    async fn ask(
        &self,
        portal: &Portal,
        credentials: &Credentials,
    ) -> Result<Answer<<O as Operation>::Reply>, PortalError> {
        let answer = portal.call(self, Some(credentials)).await?;
        Ok(Answer { reply: answer.reply, size: answer.size })
    }
}

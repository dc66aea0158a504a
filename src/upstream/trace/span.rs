//! `Span`: something that takes time, with what is told of it.

use std::borrow::Cow;

use futures_util::future::Either;
use opentelemetry::trace::{SpanKind, Status, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, KeyValue, Value};
use reqwest::header::HeaderMap;

use super::{Carried, TRACING, Tracing, incoming, within};

/// What tells why something failed.
const ERROR_TYPE: &str = "error.type";

/// Something that takes time. If it is dropped before it is ended, it was cut off: whoever waited for it has gone.
#[derive(Default)]
pub struct Span(Option<Context>);

impl Span {
    /// A client's request, part of the trace that it names as far as the settings allow.
    pub fn of_request(headers: &HeaderMap, name: impl Into<Cow<'static, str>>) -> Self {
        let Some(tracing) = TRACING.get() else { return Self::default() };
        tracing.span(&incoming::parent(headers, tracing.incoming), SpanKind::Server, name)
    }

    /// A part of what is under way here; of nothing, it is a trace of its own.
    pub fn of_operation(name: impl Into<Cow<'static, str>>) -> Self {
        let Some(tracing) = TRACING.get() else { return Self::default() };
        let parent = Context::current();
        let kind = if parent.has_active_span() { SpanKind::Internal } else { SpanKind::Server };
        tracing.span(&parent, kind, name)
    }

    /// The work, part of this.
    pub fn around<F: Future>(&self, work: F) -> Carried<F> {
        match &self.0 {
            Some(context) => within(work, context.clone()),
            None => Either::Left(work),
        }
    }

    /// Whether anybody will read what is put into it.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.0.as_ref().is_some_and(|context| context.span().is_recording())
    }

    /// Puts something into it.
    pub fn set(&self, key: &'static str, value: impl Into<Value>) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new(key, value));
        }
    }

    /// Gives it another name.
    pub fn rename(&self, name: impl Into<Cow<'static, str>>) {
        if let Some(context) = &self.0 {
            context.span().update_name(name);
        }
    }

    /// Says that it failed, and why in a word.
    pub fn fail(&self, why: impl Into<Value>) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new(ERROR_TYPE, why));
            context.span().set_status(Status::error(""));
        }
    }

    /// Ends it.
    pub fn end(mut self) {
        if let Some(context) = self.0.take() {
            context.span().end();
        }
    }

    pub(super) fn context(&self) -> Option<&Context> {
        self.0.as_ref()
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(context) = self.0.take() {
            context.span().set_attribute(KeyValue::new(ERROR_TYPE, "cut_off"));
            context.span().end();
        }
    }
}

impl Tracing {
    pub(super) fn span(&self, parent: &Context, kind: SpanKind, name: impl Into<Cow<'static, str>>) -> Span {
        let span = self.tracer.span_builder(name).with_kind(kind).start_with_context(&self.tracer, parent);
        Span(Some(parent.with_span(span)))
    }
}

//! Spans for whoever collects traces: of requests, of operations, of each call of an upstream. Where nobody does, a look at one place in
//! memory is all there is to it. A span holds what is put into it by name, and nothing else gets there: no log line, no span of a library.
//! So what may be told of people and hosts is decided where it is written down.

mod call;
mod incoming;
mod share;
mod span;

use std::sync::OnceLock;

use futures_util::future::Either;
use opentelemetry::trace::{TraceContextExt as _, TraceId};
use opentelemetry::{Context, Value};
use opentelemetry_sdk::trace::SdkTracer;

pub use call::{CallSpan, resent};
pub use share::Share;
pub use span::Span;

use crate::config::{IncomingContext, Telemetry};

/// What spans are made with; a process has one, however many gateways it runs.
static TRACING: OnceLock<Tracing> = OnceLock::new();

/// What spans are made with.
struct Tracing {
    tracer: SdkTracer,
    incoming: IncomingContext,
    /// Whether the upstreams are told.
    is_propagated: bool,
}

/// Work that is part of a span, if there is one.
pub type Carried<F> = Either<F, opentelemetry::context::WithContext<F>>;

/// Begins to make spans, for as long as the process runs; the first call decides.
pub fn begin(tracer: SdkTracer, settings: &Telemetry) {
    let _ = TRACING.set(Tracing {
        tracer,
        incoming: settings.incoming_context,
        is_propagated: settings.propagate_to_upstreams,
    });
}

/// The work, part of the span under way here wherever it is done: a task of its own, or by whoever else waits for it.
pub fn carried<F: Future>(work: F) -> Carried<F> {
    if TRACING.get().is_some() { within(work, Context::current()) } else { Either::Left(work) }
}

fn within<F: Future>(work: F, context: Context) -> Carried<F> {
    use opentelemetry::context::FutureExt as _;
    Either::Right(work.with_context(context))
}

/// The trace that what is done here is part of, as log lines name it.
#[must_use]
pub fn trace_id() -> Option<TraceId> {
    TRACING.get()?;
    let id = Context::map_current(|context| context.span().span_context().trace_id());
    (id != TraceId::INVALID).then_some(id)
}

/// Puts something into the span under way here.
pub fn note(key: &'static str, value: impl Into<Value>) {
    if TRACING.get().is_some() {
        let attribute = opentelemetry::KeyValue::new(key, value);
        Context::map_current(|context| context.span().set_attribute(attribute));
    }
}

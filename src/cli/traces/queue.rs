//! Spans that wait for the collector: bounded, and each counted once, as taken or lost.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_otlp::SpanExporter as Otlp;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor};

use super::sender::Trouble;
use crate::upstream::metric::{Exported, count_spans};

/// The way of spans to the thread that sends them. What the library itself loses nobody is told of; so nothing comes to that.
pub(super) struct Queue {
    batches: BatchSpanProcessor,
    /// Those that are neither taken nor lost.
    waiting: Arc<AtomicUsize>,
    most: usize,
}

impl Queue {
    pub(super) fn new(batches: BatchSpanProcessor, waiting: Arc<AtomicUsize>, most: usize) -> Self {
        Self { batches, waiting, most }
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Queue")
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.batches.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        let next = |waiting: usize| (waiting < self.most).then_some(waiting + 1);
        match self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
            Ok(_) => self.batches.on_end(span),
            Err(_) => count_spans(1, Exported::Lost),
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

/// What sends, and tells when that begins to fail and when it no longer does.
pub(super) struct Counted {
    exporter: Otlp,
    waiting: Arc<AtomicUsize>,
    trouble: Trouble,
    is_failing: AtomicBool,
}

impl Counted {
    pub(super) fn new(exporter: Otlp, waiting: Arc<AtomicUsize>, trouble: Trouble) -> Self {
        Self { exporter, waiting, trouble, is_failing: AtomicBool::new(false) }
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Counted")
    }
}

impl SpanExporter for Counted {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let exported = self.exporter.export(batch).await;
        self.waiting.fetch_sub(spans, Ordering::Relaxed);
        count_spans(spans, if exported.is_ok() { Exported::Taken } else { Exported::Lost });
        match (exported.is_ok(), self.is_failing.swap(exported.is_err(), Ordering::Relaxed)) {
            (false, false) => {
                tracing::warn!(
                    telemetry.reason = self.trouble.told(),
                    "traces are not taken by their collector"
                );
            }
            (true, true) => tracing::info!("traces are taken by their collector again"),
            _ => {}
        }
        exported
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.exporter.shutdown()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

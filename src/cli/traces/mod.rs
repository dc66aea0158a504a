//! Where traces go: gathered by a thread of their own and sent to the collector that `[telemetry]` names, which nobody waits for.

mod headers;
mod queue;
mod sender;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider};
use tokio::sync::oneshot;

use self::queue::{Counted, Queue};
use self::sender::Sender;
use super::failure::Failure;
use crate::config::Telemetry;
use crate::upstream::trace::{self, Share};

/// Spans that are sent at once at most.
const MOST_AT_ONCE: usize = 512;

/// Spans that are made, and those on their way to the collector.
pub(super) struct Traces {
    provider: SdkTracerProvider,
    patience: Duration,
}

impl Traces {
    /// Begins to make spans, if the settings name a collector.
    pub(super) fn start(settings: &Telemetry) -> Result<Option<Self>, Failure> {
        let Some(url) = settings.traces_url() else { return Ok(None) };
        let patience = Duration::from_millis(settings.export_timeout_milliseconds);
        let sender = Sender::start(settings, patience).map_err(Failure::Traces)?;
        let trouble = sender.trouble();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(sender)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(url)
            .with_timeout(patience)
            .build();
        // Its words would be those of an address.
        let exporter =
            exporter.map_err(|_| Failure::Traces("telemetry.endpoint cannot be used".to_owned()))?;
        let waiting = Arc::<AtomicUsize>::default();
        let counted = Counted::new(exporter, Arc::clone(&waiting), trouble);
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(settings.max_queued_spans)
            .with_max_export_batch_size(settings.max_queued_spans.min(MOST_AT_ONCE))
            .with_scheduled_delay(Duration::from_millis(settings.export_interval_milliseconds))
            .build();
        let batches = BatchSpanProcessor::builder(counted).with_batch_config(batches).build();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(Queue::new(batches, waiting, settings.max_queued_spans))
            .with_sampler(Share::of(settings))
            .with_resource(resource(settings))
            .build();
        trace::begin(provider.tracer(env!("CARGO_CRATE_NAME")), settings);
        Ok(Some(Self { provider, patience }))
    }

    /// Sends what there still is, for no longer than the collector may take.
    pub(super) async fn finish(self) {
        let (tell, told) = oneshot::channel();
        // On a thread that nobody waits for: who asks the program to end at once is not held up by it.
        thread::spawn(move || {
            // What could not be sent was counted and told by then.
            let _ = self.provider.shutdown_with_timeout(self.patience);
            let _ = tell.send(());
        });
        let _ = told.await;
    }
}

/// What all spans are of. Nothing of the machine: the number of this process is made up.
fn resource(settings: &Telemetry) -> Resource {
    let mut bytes = [0; 12];
    // Without a random source all replicas are one.
    let _ = getrandom::fill(&mut bytes);
    Resource::builder_empty()
        .with_service_name(settings.service_name.clone())
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("service.instance.id", URL_SAFE_NO_PAD.encode(bytes)))
        .build()
}

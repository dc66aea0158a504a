//! `Share`: which traces are recorded.

use opentelemetry::trace::{Link, SpanKind, TraceContextExt as _, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{
    IdGenerator as _, RandomIdGenerator, SamplingDecision, SamplingResult, ShouldSample,
};

use crate::config::{IncomingContext, Telemetry};

/// A share of all traces, chosen by chance when they begin here. Not by their ids, as is usual: a client could choose those so that all of
/// its requests are recorded.
#[derive(Clone, Debug)]
pub struct Share {
    of_a_thousand: u16,
    /// Whether a client decides.
    trusts_clients: bool,
}

impl Share {
    /// What the settings say.
    #[must_use]
    pub fn of(settings: &Telemetry) -> Self {
        Self {
            of_a_thousand: settings.sample_per_thousand,
            trusts_clients: settings.incoming_context == IncomingContext::Trust,
        }
    }

    fn falls(&self) -> bool {
        let chance = u64::from_be_bytes(RandomIdGenerator::default().new_span_id().to_bytes());
        chance % 1_000 < u64::from(self.of_a_thousand)
    }
}

impl ShouldSample for Share {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        _: TraceId,
        _: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let parent = parent.filter(|parent| parent.has_active_span());
        let parent = parent.map(|parent| parent.span().span_context().clone());
        let is_recorded = match &parent {
            // What is part of something here goes the way of that.
            Some(parent) if !parent.is_remote() || self.trusts_clients => parent.is_sampled(),
            _ => self.falls(),
        };
        let decision = if is_recorded { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop };
        let trace_state = parent.map_or_else(TraceState::default, |parent| parent.trace_state().clone());
        SamplingResult { decision, attributes: Vec::new(), trace_state }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanContext, SpanId, TraceFlags};

    use super::*;

    fn is_recorded(share: &Share, parent: Option<(bool, bool)>) -> bool {
        let context = parent.map(|(is_remote, is_sampled)| {
            let flags = if is_sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
            let (trace, span) = (TraceId::from_bytes([1; 16]), SpanId::from_bytes([1; 8]));
            let told = SpanContext::new(trace, span, flags, is_remote, TraceState::default());
            Context::new().with_remote_span_context(told)
        });
        let result = share.should_sample(context.as_ref(), TraceId::INVALID, "", &SpanKind::Server, &[], &[]);
        result.decision == SamplingDecision::RecordAndSample
    }

    #[test]
    fn a_client_decides_only_where_it_is_trusted() {
        for trusts_clients in [false, true] {
            let (none, all) =
                (Share { of_a_thousand: 0, trusts_clients }, Share { of_a_thousand: 1_000, trusts_clients });
            assert!(!is_recorded(&none, None) && is_recorded(&all, None));
            assert_eq!(is_recorded(&none, Some((true, true))), trusts_clients);
            assert_eq!(is_recorded(&all, Some((true, false))), !trusts_clients);
            // The parts of one trace are recorded together.
            assert!(is_recorded(&none, Some((false, true))) && !is_recorded(&all, Some((false, false))));
        }
    }

    #[test]
    fn a_share_is_about_as_large_as_it_says() {
        let share = Share { of_a_thousand: 250, trusts_clients: false };
        let recorded = (0..20_000).filter(|_| is_recorded(&share, None)).count();
        assert!((4_500..5_500).contains(&recorded), "{recorded}");
    }
}

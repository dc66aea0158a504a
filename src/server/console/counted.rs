//! What was counted since the start, read back from what `/metrics` shows: one source, so that both tell the same, and no
//! request counts anything twice.

use std::collections::BTreeMap;

/// What was counted, by the names of metrics.
pub(super) struct Counted<'a>(BTreeMap<&'a str, Vec<Sample<'a>>>);

/// One of the numbers of a metric.
pub(super) struct Sample<'a> {
    labels: Vec<(&'a str, &'a str)>,
    pub(super) value: f64,
}

impl<'a> Counted<'a> {
    /// Reads a page of metrics. Values of labels are words and names without quotes, so that none is spelt otherwise there.
    pub(super) fn read(page: &'a str) -> Self {
        let mut samples: BTreeMap<&str, Vec<Sample<'_>>> = BTreeMap::new();
        for (name, sample) in page.lines().filter(|line| !line.starts_with('#')).filter_map(sample) {
            samples.entry(name).or_default().push(sample);
        }
        Self(samples)
    }

    /// All numbers of a metric.
    pub(super) fn samples(&self, name: &str) -> &[Sample<'a>] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// All of a counter together.
    pub(super) fn total(&self, name: &str) -> u64 {
        self.samples(name).iter().map(Sample::count).sum()
    }

    /// A counter by the values of one label.
    pub(super) fn by(&self, name: &str, label: &str) -> BTreeMap<&'a str, u64> {
        let mut counts = BTreeMap::new();
        for sample in self.samples(name) {
            *counts.entry(sample.label(label)).or_default() += sample.count();
        }
        counts
    }

    /// A counter by the values of two labels.
    pub(super) fn by_both(
        &self,
        name: &str,
        [one, other]: [&str; 2],
    ) -> BTreeMap<&'a str, BTreeMap<&'a str, u64>> {
        let mut counts: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for sample in self.samples(name) {
            let counts = counts.entry(sample.label(one)).or_default();
            *counts.entry(sample.label(other)).or_default() += sample.count();
        }
        counts
    }
}

impl<'a> Sample<'a> {
    /// The value of a label; empty if there is none.
    pub(super) fn label(&self, name: &str) -> &'a str {
        self.labels.iter().find(|(label, _)| *label == name).map_or("", |(_, value)| value)
    }

    /// The number of what was counted.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counters are whole and not negative; what is no number counts nothing"
    )]
    pub(super) fn count(&self) -> u64 {
        self.value as u64
    }
}

/// `name{label="value",other="value"} number`.
fn sample(line: &str) -> Option<(&str, Sample<'_>)> {
    let (key, value) = line.rsplit_once(' ')?;
    let (name, labels) = key.split_once('{').unwrap_or((key, ""));
    let labels = labels.trim_end_matches('}').trim_end_matches('"').split("\",");
    let labels = labels.filter_map(|label| label.split_once("=\"")).collect();
    Some((name, Sample { labels, value: value.parse().ok()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# HELP calls Calls {by=\"this\"} and that 7
# TYPE calls counter
calls{operation=\"getUsers\",outcome=\"ok\"} 3
calls{operation=\"getUsers\",outcome=\"failed\"} 1
calls{operation=\"login\",outcome=\"ok\"} 1

took_bucket{name=\"other\",le=\"0.25\"} 2
took_bucket{name=\"other\",le=\"+Inf\"} 2
took_sum{name=\"other\"} 0.125
alone 12
";

    #[test]
    fn a_page_is_read_back_as_it_was_counted() {
        let counted = Counted::read(PAGE);
        assert_eq!(counted.total("calls"), 5);
        assert_eq!(counted.by("calls", "operation"), [("getUsers", 4), ("login", 1)].into());
        let by_both = counted.by_both("calls", ["operation", "outcome"]);
        assert_eq!(by_both["getUsers"], [("failed", 1), ("ok", 3)].into());
        assert_eq!(counted.total("alone"), 12);
        let ends: Vec<_> = counted.samples("took_bucket").iter().map(|sample| sample.label("le")).collect();
        assert_eq!(ends, ["0.25", "+Inf"]);
        assert!((counted.samples("took_sum")[0].value - 0.125).abs() < f64::EPSILON);
        assert_eq!((counted.total("nothing"), counted.by("nothing", "label").len()), (0, 0));
        assert_eq!(counted.samples("calls")[0].label("nothing"), "");
    }
}

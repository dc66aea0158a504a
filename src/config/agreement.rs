//! Options that are right alone and may be wrong together.

use std::collections::BTreeMap;

use super::Config;
use super::error::{Origin, Problem};

/// What each option accepts alone but not together.
pub(super) fn disagreements(
    config: &Config,
    origins: &BTreeMap<String, Origin>,
) -> impl Iterator<Item = Problem> {
    let (limits, live) = (&config.limits, &config.live);
    let number = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
    let pairs = [
        (
            ("limits.default_page_size", number(limits.default_page_size)),
            ("limits.max_page_size", number(limits.max_page_size)),
        ),
        (
            ("live.poll_min_milliseconds", live.poll_min_milliseconds),
            ("live.poll_max_milliseconds", live.poll_max_milliseconds),
        ),
    ];
    pairs.into_iter().filter_map(|((key, given), (other, most))| {
        let origin = origins.get(key).or_else(|| origins.get(other));
        (given > most).then(|| Problem::Refused {
            origin: origin.cloned().unwrap_or(Origin::Default),
            key: key.to_owned(),
            given: given.to_string(),
            expected: format!("at most {other}, which is {most}"),
        })
    })
}

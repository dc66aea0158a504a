//! Chance in times, so that those who failed together do not come back together.

use std::time::Duration;

/// A time between none and this.
pub(in crate::caller) fn up_to(most: Duration) -> Duration {
    // Without randomness it is the longest: what waits too long does no harm.
    let chance = getrandom::u32().unwrap_or(u32::MAX);
    most.mul_f64(f64::from(chance) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_never_longer_and_not_always_the_same() {
        let most = Duration::from_secs(1);
        let times = (0..50).map(|_| up_to(most)).collect::<std::collections::HashSet<_>>();
        assert!(times.iter().all(|time| *time <= most) && times.len() > 1);
    }
}

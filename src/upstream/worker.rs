//! Which of the threads that serve clients this one is.

use std::cell::Cell;

thread_local! {
    static NUMBER: Cell<usize> = const { Cell::new(0) };
}

/// Says that this thread serves clients in a runtime of its own, which is that of what it asks the upstreams too.
pub fn begin_worker(number: usize) {
    NUMBER.set(number);
}

/// The number of this thread; of one that serves nobody it is that of the first.
pub(super) fn number() -> usize {
    NUMBER.get()
}

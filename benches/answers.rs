//! What answers cost, cold and warm, over worlds of 10 to 5,000 users: portal calls, and milliseconds as ratios in one run.
//!
//! `cargo bench --bench answers`; `--bench answers_system_allocator` is the same with the C library's allocator.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[path = "answers/measure.rs"]
mod measure;

fn main() {
    measure::run();
}

//! The same as `answers`, with the C library's allocator, to know what mimalloc is worth.

#[path = "answers/measure.rs"]
mod measure;

fn main() {
    measure::run();
}

//! What a query is going to read, told to its caller before it begins.

use super::context::Visit;
use super::estimate::Estimate;

impl Visit {
    /// Notes what a query is going to read, so that what does not hang on what is read before it need not wait for that.
    pub fn expect(&self, estimate: &Estimate) {
        if let Some(caller) = self.current() {
            caller.expect(estimate.expected());
        }
    }

    /// Notes that the query is answered, whatever of that it has needed.
    pub fn leave_begun(&self) {
        if let Some(caller) = self.current() {
            caller.leave_begun();
        }
    }
}

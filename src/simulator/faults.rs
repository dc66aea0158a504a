//! What goes wrong next.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::random::Random;

/// Stands for every operation.
pub const ANY: &str = "*";

/// A way an answer can go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The answer is right but late.
    Delay(Duration),
    /// What was asked is done at once, and the answer is right but late.
    DelayAfter(Duration),
    /// An HTTP status with a page for people.
    Status(u16),
    /// An HTTP status that asks to come back after some seconds.
    StatusWithRetryAfter(u16, u64),
    /// HTTP 302 to the login page.
    Redirect,
    /// HTTP 200 with the portal's login page.
    LoginPage,
    /// HTTP 200 with a page that is no login page.
    Html,
    /// HTTP 200 without a body.
    Empty,
    /// HTTP 200 with text that is not JSON.
    NotJson,
    /// The right answer, ending in the middle.
    Truncated,
    /// The connection closes before anything is done.
    Reset,
    /// What was asked is done, and the connection closes instead of an answer.
    ResetAfter,
    /// `code` -1 with this constant; of ICWS, 400 with this error id.
    RefuseWith(&'static str),
    /// The session is forgotten, so that the answer is 401.
    Expire,
    /// A body of this many bytes.
    Huge(u64),
    /// The right answer, but its first number is an object.
    WrongType,
}

#[derive(Debug)]
struct Plan {
    operation: &'static str,
    fault: Fault,
    /// How often it still happens; `None` is always.
    left: Option<usize>,
    /// Of how many calls in a hundred.
    percent: usize,
}

/// What goes wrong next, by operation, in the order it was planned.
#[derive(Debug)]
pub struct Faults {
    plans: Mutex<Vec<Plan>>,
    random: Mutex<Random>,
}

impl Default for Faults {
    fn default() -> Self {
        Self { plans: Mutex::default(), random: Mutex::new(Random::new(1)) }
    }
}

impl Faults {
    fn lock(&self) -> MutexGuard<'_, Vec<Plan>> {
        self.plans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the next `times` calls of an operation (`Operation::NAME`, `connect`, `disconnect`, `listRoles`,
    /// `createRole`, or [`ANY`]) go wrong.
    pub fn next(&self, operation: &'static str, fault: Fault, times: usize) {
        self.lock().push(Plan { operation, fault, left: Some(times), percent: 100 });
    }

    /// Lets every later call of an operation go wrong, when nothing is planned for it by number.
    pub fn always(&self, operation: &'static str, fault: Fault) {
        self.lock().push(Plan { operation, fault, left: None, percent: 100 });
    }

    /// Lets so many of a hundred later calls of an operation go wrong, by chance.
    pub fn sometimes(&self, operation: &'static str, fault: Fault, percent: usize) {
        self.lock().push(Plan { operation, fault, left: None, percent });
    }

    /// Nothing goes wrong any more.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// What goes wrong with this call.
    pub(super) fn strike(&self, operation: &str) -> Option<Fault> {
        let mut plans = self.lock();
        plans.retain(|plan| plan.left != Some(0));
        let ours = |plan: &&mut Plan| [operation, ANY].contains(&plan.operation);
        let plan = plans.iter_mut().filter(ours).min_by_key(|plan| plan.left.is_none())?;
        if self.random.lock().unwrap_or_else(PoisonError::into_inner).below(100) >= plan.percent {
            return None;
        }
        plan.left = plan.left.map(|left| left - 1);
        Some(plan.fault.clone())
    }
}

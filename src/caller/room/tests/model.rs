//! Random comings and goings: nobody is forgotten, nobody gets what is not there, and no room is lost.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use proptest::prelude::*;
use tokio::sync::Semaphore;

use super::*;

/// Remembers that it was woken: nobody is polled who was not.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

type Entering = Pin<Box<dyn Future<Output = Result<Permit, Refusal>>>>;

struct Scene {
    gate: Arc<Gate>,
    /// Two sessions a person.
    sessions: Vec<Arc<Semaphore>>,
    waiting: Vec<(Entering, Arc<Woken>)>,
    permits: Vec<Permit>,
}

#[derive(Clone, Debug)]
enum Step {
    Enter {
        session: usize,
        is_write: bool,
        is_background: bool,
    },
    GoAway(usize),
    /// Goes away between being told and hearing of it.
    EndAndGoAway(usize, usize),
    Abandon(usize),
    End(usize, Outcome),
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Quick,
    Slow,
    Failed,
    Lost,
    Refused,
}

fn news(outcome: Outcome) -> News<'static> {
    let usual = Duration::from_millis(10);
    match outcome {
        Outcome::Quick => News::Answered { took: usual, usual },
        Outcome::Slow => News::Answered { took: Duration::from_secs(5), usual },
        Outcome::Failed => News::Failed(Reach::Failed, None),
        Outcome::Lost => lost(),
        Outcome::Refused => News::Failed(Reach::Answered, None),
    }
}

const MOST: usize = 6;
const MOST_OF_SESSION: usize = 3;
const MOST_WAITING: usize = 24;

fn step() -> impl Strategy<Value = Step> {
    let outcome = prop_oneof![
        4 => Just(Outcome::Quick),
        2 => Just(Outcome::Slow),
        1 => Just(Outcome::Failed),
        3 => Just(Outcome::Lost),
        1 => Just(Outcome::Refused),
    ];
    prop_oneof![
        6 => (0..6_usize, any::<bool>(), any::<bool>())
            .prop_map(|(session, is_write, is_background)| Step::Enter { session, is_write, is_background }),
        2 => any::<usize>().prop_map(Step::GoAway),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(end, away)| Step::EndAndGoAway(end, away)),
        1 => any::<usize>().prop_map(Step::Abandon),
        4 => (any::<usize>(), outcome).prop_map(|(number, outcome)| Step::End(number, outcome)),
    ]
}

impl Scene {
    fn new() -> Self {
        Self {
            gate: gate(MOST, MOST_WAITING),
            sessions: (0..6).map(|_| Arc::new(Semaphore::new(MOST_OF_SESSION))).collect(),
            waiting: Vec::new(),
            permits: Vec::new(),
        }
    }

    fn enter(&mut self, session: usize, class: Class, is_background: bool) {
        let (gate, calls) = (self.gate.clone(), self.sessions[session].clone());
        let identity = person(i64::try_from(session / 2).unwrap());
        let entering = async move {
            let guest = Guest { identity: Some(&identity), calls: &calls, is_background };
            gate.enter(class, guest, PATIENCE).await
        };
        self.waiting.push((Box::pin(entering), Arc::new(Woken(AtomicBool::new(true)))));
    }

    /// Lets everybody go on who was woken, until nobody is.
    fn settle(&mut self) {
        loop {
            let woken = |(_, woken): &(Entering, Arc<Woken>)| woken.0.swap(false, Ordering::Relaxed);
            let Some(number) = self.waiting.iter().position(woken) else { break };
            let (entering, woken) = &mut self.waiting[number];
            let waker = Waker::from(woken.clone());
            if let Poll::Ready(entered) = entering.as_mut().poll(&mut Context::from_waker(&waker)) {
                drop(self.waiting.remove(number));
                self.permits.extend(entered.ok());
            }
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Enter { session, is_write, is_background } => {
                self.enter(session, if is_write { Class::Write } else { Class::Read }, is_background);
            }
            Step::GoAway(number) if !self.waiting.is_empty() => {
                let number = number % self.waiting.len();
                drop(self.waiting.remove(number));
            }
            Step::EndAndGoAway(end, away) if !self.permits.is_empty() && !self.waiting.is_empty() => {
                let permit = self.permits.swap_remove(end % self.permits.len());
                permit.end(news(Outcome::Quick));
                let told = self.waiting.iter().position(|(_, woken)| woken.0.load(Ordering::Relaxed));
                let away = told.unwrap_or(away % self.waiting.len());
                drop(self.waiting.remove(away));
            }
            Step::Abandon(number) if !self.permits.is_empty() => {
                let number = number % self.permits.len();
                drop(self.permits.swap_remove(number));
            }
            Step::End(number, outcome) if !self.permits.is_empty() => {
                let number = number % self.permits.len();
                self.permits.swap_remove(number).end(news(outcome));
            }
            _ => {}
        }
        self.settle();
    }

    fn check(&self) {
        let state = self.gate.lock();
        let (under_way, waiting) = state.counts();
        assert_eq!((under_way, waiting), (self.permits.len(), self.waiting.len()));
        assert!(under_way <= MOST && waiting <= MOST_WAITING);
        assert!(!state.holds_back(), "somebody waits who could go");
    }
}

proptest! {
    #[test]
    fn nobody_is_forgotten_and_no_room_is_lost(steps in prop::collection::vec(step(), 0..120)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _here = runtime.enter();
        let mut scene = Scene::new();
        for step in &steps {
            scene.take(step);
            scene.check();
        }
        // Whoever still waits is let in when those before have gone.
        while let Some(permit) = scene.permits.pop() {
            permit.end(news(Outcome::Quick));
            scene.settle();
            scene.check();
        }
        assert!(scene.waiting.is_empty(), "{} are forgotten", scene.waiting.len());
        for session in &scene.sessions {
            assert_eq!(session.available_permits(), MOST_OF_SESSION);
        }
    }
}

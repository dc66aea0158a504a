//! Word of what has changed, from replica to replica: a stream that each of them reads on from where it was.
//!
//! Nobody waits to be told. Every request looks when it comes, together with all others that come while somebody else's look
//! is under way; and later once more, if it is about to use something that is kept and nobody has looked within [`WINDOW`]. So
//! what another replica had said before a request came is known to it, however late that word or this thread may be.
//! When the look fails, everything is taken to have changed, now and once every window until the server is back: a replica
//! that is cut off asks the upstreams, and never tells what may be wrong.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use redis::streams::StreamRangeReply;
use redis::{Pipeline, cmd};

use super::error::StoreError;
use super::link::Link;

/// How old what is known of other replicas may be in the middle of a request.
const WINDOW: Duration = Duration::from_millis(50);

/// How often somebody looks although nobody asks.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// How many words the stream holds at least; who was away for longer takes everything to have changed.
const KEPT: usize = 10_000;

/// For how long before it begins to read a replica looks back: longer than anything that is announced is under way.
const LATELY: Duration = Duration::from_mins(10);

/// How many words are read at once.
const PAGE: usize = 1000;

/// The topic of a word that everything may have changed: a replica has been away, and may have been the only one to know.
const EVERYTHING: &str = "everything";

/// Something a replica said.
#[derive(Debug)]
pub struct Notice {
    /// What it is about.
    pub topic: String,
    /// The rest, in the topic's own form.
    pub text: String,
    /// Whether it was this replica that said it.
    pub is_own: bool,
}

/// Who wants to know what replicas say.
pub trait Listener: Send + Sync {
    /// Takes a word, in the order of the stream.
    fn hear(&self, notice: &Notice);

    /// Takes everything to have changed.
    fn forget(&self);

    /// The server is there again, after it was not.
    fn returned(&self) {}
}

/// What is known of other replicas.
pub(super) struct News {
    link: Arc<Link>,
    prefix: String,
    /// Names this replica.
    replica: String,
    listeners: RwLock<Vec<Arc<dyn Listener>>>,
    heard: Mutex<Heard>,
    began: Instant,
    /// When what is known was true, in milliseconds since `began`.
    known_at: AtomicU64,
    /// Changes when everything may have: part of every name under which an answer is shared.
    generation: AtomicU64,
    looking: tokio::sync::Mutex<()>,
    /// How many looks have begun, and which of them was the last to end well.
    begun: AtomicU64,
    ended: AtomicU64,
}

#[derive(Default)]
struct Heard {
    /// The last word that was read.
    position: Option<String>,
    /// Names the server's memory: another one is empty of what was there before.
    birth: Option<String>,
    returned_at: Option<Instant>,
    emptied_at: Option<Instant>,
}

impl News {
    pub(super) fn new(link: Arc<Link>, prefix: &str) -> Result<Arc<Self>, StoreError> {
        let news = Arc::new(Self {
            link,
            prefix: prefix.to_owned(),
            replica: format!("{:016x}", random()?),
            listeners: RwLock::default(),
            heard: Mutex::default(),
            began: Instant::now(),
            known_at: AtomicU64::new(0),
            generation: AtomicU64::new(0),
            looking: tokio::sync::Mutex::default(),
            begun: AtomicU64::new(0),
            ended: AtomicU64::new(0),
        });
        let weak = Arc::downgrade(&news);
        news.link.runtime().spawn(async move {
            while let Some(news) = weak.upgrade() {
                news.look(u64::MAX).await;
                drop(news);
                tokio::time::sleep(HEARTBEAT).await;
            }
        });
        Ok(news)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn listen(&self, listener: Arc<dyn Listener>) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    fn listeners(&self) -> RwLockReadGuard<'_, Vec<Arc<dyn Listener>>> {
        self.listeners.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self) {
        for listener in self.listeners().iter() {
            listener.forget();
        }
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// When the server came back last, if it was away.
    pub(super) fn returned_at(&self) -> Option<Instant> {
        self.heard().returned_at
    }

    /// When the server was last found without what had been there.
    pub(super) fn emptied_at(&self) -> Option<Instant> {
        self.heard().emptied_at
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn is_known(&self) -> bool {
        let known_at = self.known_at.load(Ordering::Acquire);
        let window = u64::try_from(WINDOW.as_millis()).unwrap_or_default();
        known_at != 0 && self.now().saturating_sub(known_at) < window
    }

    /// Comes to know what was said up to now; in the middle of a request, give or take the window.
    pub(super) async fn renew(self: &Arc<Self>, is_beginning: bool) {
        if self.link.is_down() {
            // Nobody waits for a server that is not there.
            if self.forget_again() {
                let news = Arc::clone(self);
                self.link.runtime().spawn(async move { news.look(0).await });
            }
        } else if is_beginning || !self.is_known() {
            self.look(self.begun.load(Ordering::Acquire)).await;
        }
    }

    /// Takes everything to have changed, if nobody did within the window.
    fn forget_again(&self) -> bool {
        let known_at = self.known_at.load(Ordering::Acquire);
        let is_first = !self.is_known()
            && self
                .known_at
                .compare_exchange(known_at, self.now().max(1), Ordering::AcqRel, Ordering::Acquire)
                .is_ok();
        if is_first {
            self.forget();
        }
        is_first
    }

    /// Reads on, unless a look that began after so many others has ended by the time there is room for one.
    async fn look(&self, after: u64) {
        let was_down = self.link.is_down();
        let _one = if was_down {
            let Ok(one) = self.looking.try_lock() else { return };
            one
        } else {
            self.looking.lock().await
        };
        // Those who waited for a look that failed do not each wait for another one.
        if !was_down && (self.ended.load(Ordering::Acquire) > after || self.link.is_down()) {
            return;
        }
        let began = self.now().max(1);
        let number = self.begun.fetch_add(1, Ordering::AcqRel) + 1;
        match self.catch_up().await {
            Ok(()) => {
                self.known_at.store(began, Ordering::Release);
                self.ended.store(number, Ordering::Release);
            }
            Err(error) => self.fail(error),
        }
    }

    /// Notes that the server was of no use: what is known of it is known no more.
    pub(super) fn fail(&self, error: StoreError) {
        let was_down = self.link.is_down();
        self.link.set_down(true);
        self.heard().position = None;
        self.known_at.store(self.now().max(1), Ordering::Release);
        self.forget();
        if !was_down {
            tracing::warn!(error = %error, "the store is gone: nobody signs in or writes until it is back");
        }
    }

    async fn catch_up(&self) -> Result<(), StoreError> {
        loop {
            let position = self.heard().position.clone();
            let Some(position) = position else { return self.begin().await };
            let mut range = cmd("XRANGE");
            range.arg(self.stream()).arg(&position).arg("+").arg("COUNT").arg(PAGE);
            let read: StreamRangeReply =
                self.link.ask(async |mut connection| range.query_async(&mut connection).await).await?;
            let is_last = read.ids.len() < PAGE;
            let mut words = read.ids.into_iter();
            if words.next().is_none_or(|first| first.id != position) {
                // It was trimmed away, or the server is another one: what came between cannot be known.
                return self.begin().await;
            }
            for word in words {
                let text = |name| word.get::<String>(name).unwrap_or_default();
                let is_own = text("by") == self.replica;
                self.take(&Notice { topic: text("topic"), text: text("text"), is_own });
                self.heard().position = Some(word.id);
            }
            if is_last {
                return Ok(());
            }
        }
    }

    fn take(&self, notice: &Notice) {
        if notice.topic == EVERYTHING {
            self.generation.store(notice.text.parse().unwrap_or_default(), Ordering::Release);
            self.forget();
        } else {
            for listener in self.listeners().iter() {
                listener.hear(notice);
            }
        }
    }

    /// Begins to read: at the start, and whenever it is not known what was said meanwhile. Then what this replica said last
    /// may have been lost as well, so that all others are to take everything to have changed.
    async fn begin(&self) -> Result<(), StoreError> {
        if self.link.is_down() || !self.link.is_connected() {
            self.link.connect().await?;
        }
        let is_return = self.heard().birth.is_some();
        let (birth, generation) = (self.key("birth"), self.key("generation"));
        let fresh = random()?;
        let mut beginning = redis::pipe();
        beginning.atomic().cmd("SET").arg(&birth).arg(random()?).arg("NX").ignore().cmd("GET").arg(&birth);
        let set = beginning.cmd("SET").arg(&generation).arg(fresh);
        if !is_return {
            set.arg("NX");
        }
        beginning.ignore().cmd("GET").arg(&generation);
        let topic = if is_return { EVERYTHING } else { "hello" };
        self.say_in(&mut beginning, topic, &fresh.to_string());
        let (birth, generation, position): (String, u64, String) =
            self.link.ask(async |mut connection| beginning.query_async(&mut connection).await).await?;
        self.generation.store(generation, Ordering::Release);
        self.forget();
        self.look_back(&position).await?;
        // Nothing is waited for from here on: who gives up before that leaves it all to the next one.
        {
            let mut heard = self.heard();
            heard.position = Some(position);
            if is_return {
                heard.returned_at = Some(Instant::now());
            }
            if heard.birth.replace(birth.clone()).is_some_and(|known| known != birth) {
                heard.emptied_at = Some(Instant::now());
            }
        }
        let was_down = self.link.is_down();
        self.link.set_down(false);
        if is_return {
            for listener in self.listeners().iter() {
                listener.returned();
            }
        }
        if was_down {
            tracing::info!("the store is back");
        }
        Ok(())
    }

    /// Hears again what was said lately: something may be under way that was announced before.
    async fn look_back(&self, until: &str) -> Result<(), StoreError> {
        let said_at = until.split('-').next().and_then(|milliseconds| milliseconds.parse().ok());
        let mut from = said_at.unwrap_or(0_u128).saturating_sub(LATELY.as_millis()).to_string();
        loop {
            let mut range = cmd("XRANGE");
            range.arg(self.stream()).arg(&from).arg(until).arg("COUNT").arg(PAGE);
            let read: StreamRangeReply =
                self.link.ask(async |mut connection| range.query_async(&mut connection).await).await?;
            let is_last = read.ids.len() < PAGE;
            for word in read.ids {
                let text = |name| word.get::<String>(name).unwrap_or_default();
                if text("topic") != EVERYTHING {
                    self.take(&Notice { topic: text("topic"), text: text("text"), is_own: false });
                }
                from = format!("({}", word.id);
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// The name of something in the store.
    pub(super) fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }

    fn stream(&self) -> String {
        self.key("news")
    }

    /// Adds a word to what is sent.
    pub(super) fn say_in(&self, commands: &mut Pipeline, topic: &str, text: &str) {
        let add = commands.cmd("XADD").arg(self.stream()).arg("MAXLEN").arg("~").arg(KEPT).arg("*");
        add.arg("by").arg(&self.replica).arg("topic").arg(topic).arg("text").arg(text);
    }
}

/// A number that nobody else has drawn, and not nought.
pub fn random() -> Result<u64, StoreError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::NoRandomness)?;
    // Kept below what a signed number holds, because the server may count with it.
    Ok((u64::from_le_bytes(bytes) >> 1).max(1))
}

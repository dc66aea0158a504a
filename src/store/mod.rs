//! What replicas of the gateway share: a Redis or Valkey server in which everything that says something of a person is
//! sealed, and word of what has changed. With one replica there is none, and nothing above misses it.

mod bucket;
mod error;
mod lease;
mod link;
mod mark;
mod news;
mod seal;

use std::sync::Arc;
use std::time::Instant;

use redis::aio::MultiplexedConnection;
use redis::{FromRedisValue, Pipeline, RedisResult};

pub use bucket::Bucket;
pub use error::StoreError;
pub use lease::Lease;
pub use mark::Mark;
pub use news::{Listener, Notice, random};
pub use seal::{is_key_id, new_key};

use self::link::Link;
use self::news::News;
use self::seal::Seals;
use crate::config::Config;

/// The server that replicas share.
#[derive(Clone)]
pub struct Store {
    link: Arc<Link>,
    news: Arc<News>,
    seals: Arc<Seals>,
}

impl Store {
    /// The one the settings name, if they do; it is not asked yet. Settings of which none can be made are told in words.
    pub fn of(config: &Config) -> Result<Option<Self>, String> {
        let settings = &config.session;
        if settings.is_in_memory() {
            return Ok(None);
        }
        // What one upstream has said or was given is nothing to another one that takes its place.
        let upstreams =
            [&config.portal.url, &config.portal.callback_url, &config.icws.url].map(String::as_str);
        let seals = Arc::new(Seals::read(settings, upstreams.join(" "))?);
        let link = Arc::new(Link::new(settings)?);
        let news = News::new(link.clone(), &settings.store_prefix).map_err(|error| error.to_string())?;
        Ok(Some(Self { link, news, seals }))
    }

    /// Comes to know, as a request begins, all that other replicas have said before.
    pub async fn begin(&self) {
        self.news.renew(true).await;
    }

    /// Comes to know, in the middle of a request, all that they had said 50 milliseconds ago.
    pub async fn renew(&self) {
        self.news.renew(false).await;
    }

    /// Tells the listener from now on.
    pub fn listen(&self, listener: Arc<dyn Listener>) {
        self.news.listen(listener);
    }

    /// Whether the server was there when it was last wanted.
    #[must_use]
    pub fn is_up(&self) -> bool {
        !self.link.is_down()
    }

    /// When the server came back last, if it was away: what was known before has to be looked at again.
    #[must_use]
    pub fn returned_at(&self) -> Option<Instant> {
        self.news.returned_at()
    }

    /// When the server was last found without what had been there.
    #[must_use]
    pub fn emptied_at(&self) -> Option<Instant> {
        self.news.emptied_at()
    }

    /// Part of every name that must mean nothing once everything may have changed.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.news.generation()
    }

    /// The name of something in the store.
    #[must_use]
    pub fn key(&self, kind: &str, subject: &str) -> String {
        self.news.key(&format!("{kind}:{subject}"))
    }

    /// The names of what must not be told from its name: one by each key, the first to write under.
    #[must_use]
    pub fn sealed_keys(&self, kind: &str, subject: &[u8]) -> Vec<String> {
        let names = self.seals.names(kind, subject).into_iter();
        names.map(|name| self.key(kind, &name)).collect()
    }

    /// Seals what is to lie under a name.
    pub fn seal(&self, key: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.seals.seal(key, value)
    }

    /// Opens what was sealed for that name; `None` for anything else.
    #[must_use]
    pub fn open(&self, key: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.seals.open(key, sealed)
    }

    /// Adds word for all replicas to what is sent.
    pub fn say_in(&self, commands: &mut Pipeline, topic: &str, text: &str) {
        self.news.say_in(commands, topic, text);
    }

    /// Asks once, and not at all while the server is known to be gone. A failure may come after it was carried out.
    pub async fn ask<T, F>(&self, question: impl FnOnce(MultiplexedConnection) -> F) -> Result<T, StoreError>
    where
        T: FromRedisValue,
        F: Future<Output = RedisResult<T>>,
    {
        if !self.is_up() {
            return Err(StoreError::Unreachable);
        }
        if !self.link.is_connected() {
            // Whoever comes first waits for the connection, or is told why there is none.
            self.news.renew(false).await;
        }
        let number = self.link.number();
        self.link.ask(question).await.inspect_err(|error| {
            // Who refuses one command is there; and what an earlier connection does is no news.
            if *error == StoreError::Unreachable && number == self.link.number() {
                self.news.fail(*error);
            }
        })
    }

    /// Runs what nobody waits for.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.link.runtime().spawn(work);
    }

    /// Sends commands that are carried out together or not at all.
    pub async fn send<T: FromRedisValue>(&self, commands: Pipeline) -> Result<T, StoreError> {
        self.ask(async move |mut connection| commands.query_async(&mut connection).await).await
    }
}
